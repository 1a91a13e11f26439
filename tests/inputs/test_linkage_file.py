import copy
import tomllib
from pathlib import Path

import pytest

from mechlock import resources
from mechlock.errors import InputError
from mechlock.inputs.linkage import LinkageFile, linkage_from_data, read_linkage
from mechlock.inputs.reading import read_toml

GOOD = tomllib.loads(
    """
format = "mechlock-linkage/1"
[parameters]
a = { value = "40 mm", tolerance = "0.1 mm" }
mu = { range = [0.05, 0.20] }
[bodies.ground.points]
O = ["0 mm", "0 mm"]
[bodies.crank.points]
O = ["0 mm", "0 mm"]
A = ["a", "0 mm"]
[[joints]]
name = "O"
type = "revolute"
of = ["ground.O", "crank.O"]
pin_radius = "8 mm"
friction = "mu"
[drive]
joint = "O"
value = "40 deg"
"""
)


@pytest.mark.parametrize("path", sorted((resources.folder("geometry") / "locks").glob("*.toml")), ids=lambda p: p.stem)
def test_shipped_locks_are_valid(path: Path) -> None:
    if read_toml(path)["format"] == "mechlock-linkage/1":
        assert read_linkage(path).file.joints


def test_parameters_keep_their_interval_exactly() -> None:
    a = linkage_from_data(GOOD, "x").file.parameters["a"]
    assert (a.nominal, a.low, a.high, a.dimension) == (40.0, 39.9, 40.1, "length")
    assert a.exact[1] * 10 == 399
    assert linkage_from_data(GOOD, "x").file.parameters["mu"].dimension == ""


def change(key: str, value: object) -> dict[str, object]:
    data = copy.deepcopy(GOOD)
    place, *path = [data], *key.split(".")
    target: object = data
    for part in path[:-1]:
        target = target[int(part)] if isinstance(target, list) else target[part]  # type: ignore[index]
    if value is None:
        del target[path[-1]]  # type: ignore[attr-defined]
    else:
        target[path[-1]] = value  # type: ignore[index]
    assert place
    return data


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("drive", None, r"lock.toml: drive: this key is missing"),
        ("joints.0.pin_radius", 8, r"lock.toml: joints\[0\].pin_radius: 8 has no unit, a length is expected"),
        ("joints.0.pin_radius", "8 kg", r"joints\[0\].pin_radius: '8 kg' is not a length"),
        ("joints.0.pin_radius", "-8 mm", r"joints\[0\].pin_radius: must be greater than 0"),
        ("joints.0.tpye", "revolute", r"joints\[0\].tpye: unknown key; did you mean 'type'\?"),
        ("joints.0.type", "spherical", r"joints\[0\].type: 'spherical' is not allowed"),
        ("joints.0.of", ["ground.O"], r"joints\[0\].of"),
        ("parameters.a", {"value": "40 mm", "tolerance": "0.1 kg"}, r"parameters.a: '0.1 kg' is not a length"),
        ("parameters.a", {"value": "40 mm", "tolerance": "-0.1 mm"}, r"parameters.a: the tolerance is negative"),
        ("parameters.mu", {"range": [0.2, 0.05]}, r"parameters.mu: the range is upside down"),
        ("parameters.a", "nan mm", r"parameters.a: 'nan mm' is not a quantity"),
        ("format", "mechlock-linkage/9", r"format: 'mechlock-linkage/9' is not allowed"),
    ],
)
def test_errors_name_file_key_and_mend(key: str, value: object, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        linkage_from_data(change(key, value), "lock.toml")
    assert caught.value.mend


def test_a_validated_model_is_its_own_input() -> None:
    file = linkage_from_data(GOOD, "x").file
    assert LinkageFile.model_validate(file) == file


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"a = [", "not valid TOML"), (b"\xff\xfe", "not UTF-8"), (None, "no such file"), (b"a = " + b"[" * 5000, "not valid TOML"),
     (b"[a.b]\n[a.b]\n", r"the table \[a.b\] stands twice .*put all its keys into one")],
)  # fmt: skip
def test_unreadable_files(tmp_path: Path, content: bytes | None, message: str) -> None:
    path = tmp_path / "lock.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=message):
        read_toml(path)
