"""The static sets read as they are written: gravity included, crash rows ultimate, every case with its source."""

from __future__ import annotations

from pathlib import Path

import pytest

from mechlock.errors import InputError
from mechlock.loads.static_sets import read_static_sets, static_set, with_opposite_signs

OWN = """
[[static_case]]
id = "client"
status = "found"
source = "client's handbook, table 3"
certainty = "high"
cases = [
  { name = "pothole", z = "-45 m/s**2", class = "limit" },
  { name = "crash", x = "12 g", z = -1.0, class = "ultimate" },
]
"""


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "own.toml"
    path.write_text(text)
    return path


def test_default_set_has_eleven_cases_with_gravity_inside():
    cases = {case.name: case for case in static_set().cases}
    assert len(cases) == 11
    assert cases["vertical_down"].g == pytest.approx((0.0, 0.0, -4 * 9806.65))
    assert cases["kerb_side"].factors == pytest.approx((0.0, 1.75, -2.0))
    assert cases["twist_one_corner"].rail_twist == 30.0
    assert cases["braking"].rail_twist == 0.0


def test_crash_rows_are_ultimate_and_lifting_is_handling():
    default = static_set()
    assert [case.name for case in default.of_class("ultimate")] == ["crash_x", "crash_y"]
    assert [case.name for case in default.of_class("handling")] == ["lift_crane"]
    assert len(default.of_class("limit")) == 8


def test_every_case_says_where_it_comes_from():
    for case in static_set().cases:
        assert case.source.startswith("mechlock_default_set: ")
        assert case.status == "assumption"
        assert case.certainty


def test_own_set_takes_units_or_multiples_of_g(tmp_path):
    own = read_static_sets(write(tmp_path, OWN))["client"]
    assert own.cases[0].g == pytest.approx((0.0, 0.0, -45e3))
    assert own.cases[1].g == pytest.approx((12 * 9806.65, 0.0, -9806.65))
    assert own.source == "client's handbook, table 3"


def test_opposite_signs_reverse_only_the_horizontal_part():
    names = {case.name: case.factors for case in with_opposite_signs(static_set().cases)}
    assert names["combined_rough_opposite"] == pytest.approx((-1.0, -0.7, -3.0))
    assert "vertical_down_opposite" not in names


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('class = "limit"', 'class = "limits"', "limits"),
        ('"-45 m/s**2"', '"-45 m/s"', "not an acceleration"),
        ('name = "pothole"', 'name = "crash"', "two cases are called 'crash'"),
        ('status = "found"', 'status = "rumour"', "status 'rumour' is not known"),
        ('certainty = "high"', "", "lacks 'certainty'"),
        ("x = ", "xx = ", "did you mean 'x'"),
        ('"12 g"', "nan", "not finite"),
    ],
)
def test_wrong_sets_are_refused_with_file_and_mend(tmp_path, old, new, message):
    with pytest.raises(InputError, match=message) as caught:
        read_static_sets(write(tmp_path, OWN.replace(old, new)))
    assert "own.toml" in str(caught.value)


def test_a_rule_is_not_a_set():
    with pytest.raises(InputError, match="is a rule"):
        static_set("load_securing_highway")


def test_a_misspelt_set_names_the_closest():
    with pytest.raises(InputError, match="did you mean 'mechlock_default_set'"):
        static_set("mechlock_defalt_set")
