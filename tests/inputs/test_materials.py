import pytest

from mechlock.errors import InputError
from mechlock.inputs.acceptance import acceptance
from mechlock.inputs.materials import find, library


def test_the_doubtful_name_is_read_conservatively() -> None:
    record = find("S700L")
    assert record.row == "700L"
    assert record.yield_at(5.0) == 600.0 < find("S700MC").yield_at(5.0)
    assert "mill certificate" in record.note


def test_yield_falls_with_thickness() -> None:
    steel = find("S700MC")
    assert [steel.yield_at(t) for t in (3.0, 8.0, 8.1)] == [700.0, 700.0, 680.0]
    assert find("Q355B").yield_at(20.0) == 345.0


def test_both_frame_steels_have_the_same_modulus_and_density() -> None:
    assert find("S700L").E == find("Q355B").E == 210e3
    assert find("S700L").density == find("Q355B").density == pytest.approx(7.85e-9)


def test_every_row_carries_its_source() -> None:
    assert all(record.source and record.certainty and record.status for record in library().values())


def test_an_unknown_material_lists_the_known_ones() -> None:
    with pytest.raises(InputError, match=r"unknown material 'S700'; use one of .*S700L"):
        find("S700")


def test_criteria_can_be_changed_by_name_only() -> None:
    rows = acceptance({"limit_load_von_mises_base": {"SF": 2.0}})
    assert rows["limit_load_von_mises_base"].number("SF") == 2.0
    assert rows["mass"].default
    with pytest.raises(InputError, match="did you mean 'limit_load_von_mises_base'"):
        acceptance({"limit_load_von_mises_bas": {"SF": 2.0}})
    with pytest.raises(InputError, match="known: SF"):
        acceptance({"limit_load_von_mises_base": {"sF": 2.0}})
