"""What is written as TOML reads back the same, whatever its names hold."""

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from mechlock.inputs.writing import toml_tables

TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20)
VALUE = st.recursive(
    TEXT | st.booleans() | st.integers(-9, 9) | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(["format", "name", "bodies", "pins"]), VALUE))
def test_tables_read_back_as_they_were(data: dict[str, object]) -> None:
    assert tomllib.loads("\n".join(toml_tables(data))) == data
