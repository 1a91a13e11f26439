"""Every lock of geometry/locks is proved or refuted, or it is said here why nothing can be decided."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from mechlock.inputs import reading
from mechlock.inputs.linkage import linkage_from_data
from mechlock.proof import prove

checker = import_module("mechlock.proof.verify")
FOLDER = Path(__file__).parents[2] / "geometry" / "locks"

PROVED = {
    "contract_fourbar": ("over_centre", "release"),
    "eccentric_cam": ("over_centre",),
    "four_hooks_one_slider": ("over_centre",),
    "friction_toggle": ("friction",),
    "hook_fourbar_13": ("over_centre",),
    "parallel_hooks": ("over_centre",),
    "ref_sixbar_crank_stop": ("over_centre", "release"),
    "reference": ("over_centre",),
    "stephenson_iii_dwelling_hook": ("over_centre",),
    "var_i_fourbar": ("over_centre", "release"),
    "var_ii_slider_pair": ("over_centre",),
    "var_iii_eccentric": ("friction",),
    "var_iii_wedge": ("friction",),
}
SLOW = {"ref_sixbar_rod_stop": ("over_centre",), "watt_i_reaching_hook": ("over_centre",)}
"""Proved as well: on a thousand boxes, since the stop on the rod leaves 0.06 mm of reserve; and on five hundred, since the hook
of the Watt I chain floats, so that its lever is a difference of large terms in 30 quantities."""

WITHOUT_LOCK = {"contract_slider_crank"}
PARTS = "_parts"
"""End of the names of files that hold a lock's parts, not a linkage."""


def test_every_file_is_accounted_for() -> None:
    files = {path.stem for path in FOLDER.glob("*.toml")}
    linkages = {name for name in files if not name.endswith(PARTS)}
    assert linkages == {*PROVED, *SLOW, *WITHOUT_LOCK}
    assert {name.removesuffix(PARTS) for name in files - linkages} <= linkages


@pytest.mark.parametrize("name", [*PROVED, *(pytest.param(name, marks=pytest.mark.slow) for name in SLOW)])
def test_shipped_lock_is_proved(name: str, fourbars: ModuleType) -> None:
    result = prove(linkage_from_data(fourbars.shipped(name), name))
    assert [(t.name, t.verdict) for t in result.theorems] == [(claim, "proved") for claim in (PROVED | SLOW)[name]]
    assert all(theorem.margin and theorem.margin.value > 0.0 for theorem in result.theorems)
    assert checker.verify(result.certificate, FOLDER / f"{name}.toml").accepted


@pytest.mark.parametrize("name", ["reference", "var_i_fourbar", "var_ii_slider_pair", "hook_fourbar_13"])
def test_a_stop_moved_back_over_dead_centre_is_refuted(name: str, fourbars: ModuleType) -> None:
    data = fourbars.shipped(name)
    data["lock"]["claims"] = ["over_centre"]
    low = checker.quantity(data["lock"]["drive"]["value"])[0]
    data["lock"]["drive"]["value"] = f"{float(low) - 9.0} {'mm' if name == 'var_ii_slider_pair' else 'deg'}"
    result = prove(linkage_from_data(data, name))
    assert result.verdict == "refuted"
    assert checker.verify(result.certificate).accepted


def test_design_files_name_locks_that_exist() -> None:
    for path in FOLDER.glob("*.toml"):
        assert reading.read_toml(path).get("format") in ("mechlock-linkage/1", "mechlock-lockparts/1")
