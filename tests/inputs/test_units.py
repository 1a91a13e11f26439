import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mechlock import units
from mechlock.errors import InputError, MissingExtra, NoVerdict


@pytest.mark.parametrize(
    ("text", "dimension", "value"),
    [
        ("120 mm", "length", 120.0),
        ("0.12 m", "length", 120.0),
        ("3.2 t", "mass", 3.2),
        ("3200 kg", "mass", 3.2),
        ("7 g", "mass", 7e-6),
        ("7 g", "acceleration", 7 * 9806.65),
        ("-4 g", "acceleration", -4 * 9806.65),
        ("9.80665 m/s**2", "acceleration", 9806.65),
        ("1 g**2/Hz", "acceleration_psd", 9806.65**2),
        ("180 deg", "angle", 3.141592653589793),
        ("355 MPa", "stress", 355.0),
        ("210 GPa", "stress", 210e3),
        ("42 kN", "force", 42e3),
        ("160 N*m", "torque", 160e3),
        ("100 kN/mm", "stiffness", 1e5),
        ("1 t*m**2", "inertia", 1e6),
        ("7850 kg/m**3", "density", 7.85e-9),
        ("40 K", "temperature_change", 40.0),
        ("1e-3 mm", "length", 1e-3),
    ],
)
def test_quantities_become_mm_newton_megapascal_tonne(text: str, dimension: str, value: float) -> None:
    assert units.parse(text, dimension) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize("unit", units.COMMON)
def test_common_units_are_what_pint_says_they_are_in_every_dimension(unit: str) -> None:
    found = {dimension: units.factor_of_pint(unit, dimension) for dimension in units.DIMENSIONS}
    known = {dimension: factor for dimension, factor in found.items() if factor is not None}
    # pint multiplies its way from unit to unit, which may round once
    assert known == pytest.approx(units.COMMON[unit], rel=3e-16, abs=0.0)


@pytest.mark.parametrize(
    ("value", "dimension"),
    [(120, "length"), ("120", "length"), ("120 kg", "length"), ("mm", "length"), ("nan mm", "length"), ("1e999 mm", "length"),
     (True, "length"), ("5 furlongs_per_x", "length"), ("1 mm", "angle"), ("1 g", "length"), ("__import__('os') mm", "length"),
     ("5 m**(9**9**9)", "length"), ("5 m*9**9**9", "length"), ("5 mm/0", "length"), ("1e308 mm", "length")],
)  # fmt: skip
def test_what_is_no_quantity_is_refused_with_an_example(value: object, dimension: str) -> None:
    with pytest.raises(InputError) as caught:
        units.parse(value, dimension)
    assert caught.value.mend
    assert caught.value.exit_code == 2


def test_the_message_for_a_bare_number_names_the_unit_expected() -> None:
    with pytest.raises(InputError, match=r"'12' is not a quantity; write a number and a unit, such as '355 MPa'"):
        units.parse("12", "stress")
    with pytest.raises(InputError, match=r"12 has no unit, a length is expected; write it with its unit, such as '120 mm'"):
        units.parse(12, "length")


@given(st.floats(-1e9, 1e9))
def test_infer_agrees_with_parse(number: float) -> None:
    text = f"{number!r} kN"
    assert units.infer(text) == (units.parse(text, "force"), "force")


def test_to_unit_inverts_parse() -> None:
    assert units.to_unit(units.parse("17.5 g", "acceleration"), "acceleration", "g") == pytest.approx(17.5)


@pytest.mark.parametrize("kind", [InputError, MissingExtra, NoVerdict])
def test_errors_survive_pickling(kind: type[InputError]) -> None:
    error = pickle.loads(pickle.dumps(kind("no such body", "lock.toml: joints", "name one")))  # noqa: S301
    assert str(error) == "lock.toml: joints: no such body; name one"
    assert str(error.at("design.toml")) == "design.toml: lock.toml: joints: no such body; name one"
