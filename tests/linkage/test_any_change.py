"""Whatever one entry of a linkage file is changed to, the answer is a result without gaps or one message that names the file."""

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mechlock import resources
from mechlock.errors import InputError, MechlockError
from mechlock.inputs.linkage import linkage_from_data
from mechlock.linkage.kinematics import kinematics
from mechlock.linkage.record import kinematics_record

LOCKS = [
    resources.folder("geometry") / "locks" / f"{name}.toml" for name in ("contract_fourbar", "reference", "var_iii_eccentric")
]
QUANTITIES = ["0 mm", "-7 mm", "1e9 mm", "1e-9 mm", "1e308 mm", "0 deg", "180 deg", "1e6 deg", "3 kg", "nan mm", "5 mm/0"]
EXPRESSIONS = [
    "1/0 mm",
    "5 m**(9**9**9)",
    "a/(a - a)",
    "a**a**a**a",
    "sqrt(-a)",
    "__import__('os')",
    "",
    "ü",
    "hook",
    "increasing",
]
OTHERS: list[Any] = [0, -1, 1e308, 10**30, True, [], ["a"], {}, {"range": [1, 0]}, None]


def places(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Paths of all entries below a node."""
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        yield (*path, key)
        yield from places(value, (*path, key))


FILES = {lock: tomllib.loads(lock.read_text(encoding="utf-8")) for lock in LOCKS}
CHOICES = [(lock, path) for lock, data in FILES.items() for path in places(data)]


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(CHOICES), st.sampled_from([*QUANTITIES, *EXPRESSIONS, *OTHERS]))
def test_a_changed_entry_ends_in_an_answer_or_in_one_message(
    parts: Any, choice: tuple[Path, tuple[Any, ...]], value: Any
) -> None:
    lock, path = choice
    try:
        found = kinematics(linkage_from_data(parts.changed(FILES[lock], path, value), "lock.toml"))
        json.dumps(kinematics_record(found), allow_nan=False, default=lambda item: item.tolist())
    except MechlockError as error:
        assert "lock.toml" in str(error)


def test_a_stop_out_of_reach_is_refused_with_how_far_the_linkage_goes(parts: Any) -> None:
    reference = FILES[LOCKS[1]]
    source = linkage_from_data(parts.changed(reference, ("lock", "drive", "value"), "0 deg"), "lock.toml")
    with pytest.raises(InputError, match=r"lock.toml: lock.drive.value: .*it can go from 53.4189 to 224.752 deg"):
        kinematics_record(kinematics(source))
