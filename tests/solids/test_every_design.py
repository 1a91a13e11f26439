"""Every design that ships: masses by hand, closed solids, meshes of the solids' volume with sound cells.

Of the locks' parts the roundest three are meshed; MECHLOCK_EVERY_PART=1 meshes all, of every lock in geometry/locks.
"""

import functools
import os

import numpy as np
import pytest

from mechlock import resources
from mechlock.checks.lock_part_model import COARSE, part_sizes
from mechlock.inputs.design import Design, read_design
from mechlock.inputs.linkage import read_linkage
from mechlock.inputs.lockparts import read_lock_parts
from mechlock.mesh.quality import check_mesh
from mechlock.mesh.tensor import tensor_mesh
from mechlock.mesh.tensor_planes import Grading
from mechlock.mesh.tetrahedra import tetrahedra
from mechlock.solids import cad, frame_step
from mechlock.solids.frame import FrameSolid, build_frame
from mechlock.solids.lock import Lock, build_lock
from mechlock.solids.parts import Part

DESIGNS = sorted((resources.folder("geometry") / "designs").glob("*.toml"))
NAMES = [path.stem for path in DESIGNS]


@functools.cache
def design(name: str) -> Design:
    return read_design(next(path for path in DESIGNS if path.stem == name))


@functools.cache
def frame(name: str) -> FrameSolid:
    return build_frame(design(name).frame, name)


def rhs(height: float, width: float, wall: float) -> float:
    return height * width - (height - 2 * wall) * (width - 2 * wall)


BRACKET = 2 * 140 * 60 * 10 - 120 * 40 * 10 + 2 * (140 + 40) * 10 * 110 + 30 * 30 * 40
EYE = 60 * 60 * 10 + 2 * 60 * 10 * 35 + 60 * 60 * 25
SOCKET = 60 * 73.35
FITTINGS = {
    "lock_brackets": 4 * BRACKET,
    "pads": 4 * 60 * 60 * 10,
    "guide_sockets": 4 * SOCKET * 40,
    "lifting_eyes": 4 * EYE,
}
BASE, POST, TOP = rhs(120, 60, 2.5), rhs(60, 60, 2.5), rhs(40, 60, 2.5)
ALONG = 2360 - 60 - 2 * 60  # between the posts, y
LOW, HIGH = 490 - 130 + 390, 2 * 390  # clear heights of two bays, from the base up and further up
SHEET = 2.5
RIB = 20 * SHEET
THIN, WIDE_BASE = rhs(60, 60, 3), rhs(120, 60, 3)
CAGE = {  # what the reference and the frame for eight years share
    "members.post_corner": 4 * 1770 * POST,
    "members.post_mid": 4 * 1770 * POST,
    "members.layer_long": 2 * 4 * ALONG * POST,
    "members.layer_cross": 4 * 4 * 690 * POST,
    "plates.end_low": 2 * 690 * LOW * SHEET,
    "plates.mid_low": 2 * 690 * LOW * SHEET,
    "plates.end_high": 2 * (690 * HIGH - 2 * 460 * 280) * SHEET,
    "plates.mid_high": 2 * (690 * HIGH - 2 * 460 * 280) * SHEET,
    "plates.floor": (690 * ALONG - 4 * SOCKET) * SHEET,
    "plates.roof": (690 * ALONG - 3 * 460 * 460) * SHEET,
}
BY_HAND = {
    "reference": {
        "members.base_long": 2 * 2300 * BASE,
        "members.base_cross": 2 * (690 + 550) * BASE,
        **CAGE,
        "plates.face_low": 2 * 726.6 * LOW * SHEET,
        "plates.face_high": 2 * (726.6 * HIGH - 2 * 460 * 280) * SHEET,
    },
    "braced": {
        "members.base_long": 2 * 2300 * BASE,
        "members.base_cross": 2 * (690 + 550) * BASE,
        **{entry: volume for entry, volume in CAGE.items() if not entry.startswith("plates.end")},
        "members.post_corner": 4 * 1770 * rhs(60, 60, 4),
        "plates.face_low": 2 * 726.6 * LOW * SHEET,
        "plates.face_high": 2 * (726.6 * HIGH - 2 * 460 * 280) * SHEET,
        "braces.end_brace": np.pi * 4 * (42.4 - 4) * (4 * np.hypot(303, 312) + 12 * np.hypot(303, 342)),
    },
    "eight_years": {
        "lock_brackets": 8 * BRACKET,
        "guide_sockets": 8 * SOCKET * 40,
        "pads": 0.0,
        "members.base_long": 2 * (2300 - 2 * 60) * BASE,
        "members.base_cross": 4 * 550 * BASE,
        **CAGE,
        "members.layer_long": 2 * 3 * ALONG * POST,
        "members.layer_cross": 4 * 3 * 690 * POST,
        "members.top_long": 2 * ALONG * TOP,
        "members.top_cross": 4 * 690 * TOP,
        "plates.floor": 0.0,
        "plates.end_low": 2 * 690 * (LOW + 390) * SHEET,
        "plates.mid_low": 2 * 690 * (LOW + 390) * SHEET,
        "plates.end_high": 2 * (690 * 400 - 560 * 300) * SHEET,
        "plates.mid_high": 2 * (690 * 400 - 560 * 300) * SHEET,
        "plates.face_low": 2 * ALONG * LOW * SHEET,
        "plates.face_high": 2 * (ALONG * (HIGH + 10) - 6 * 560 * 280) * SHEET,
        "plates.roof": (690 * ALONG - 3 * 560 * 560) * SHEET,
        **{f"members.rib_{row}_{side}": 2 * 750 * RIB for row in ("mid", "end") for side in ("right", "left")},
        "members.rib_face_rear": 2 * 2420 * RIB,
        "members.rib_face_front": 2 * 2420 * RIB,
    },
    "ladder": {
        "members.rail": 2 * 2300 * WIDE_BASE,
        "members.rung": 2 * (690 + 550) * WIDE_BASE,
        "plates.floor": (690 * ALONG - 4 * SOCKET) * 3,
    },
    "wide": {
        "members.base_long": (2 * 2300 + 2420) * WIDE_BASE,
        "members.base_cross": 2 * 2 * (640 + 570) * WIDE_BASE,
        "members.post": 12 * 870 * THIN,
        "members.layer_long": 3 * 2 * ALONG * THIN,
        "members.layer_cross": 4 * 2 * 2 * 640 * THIN,
        "plates.end": 2 * 2 * 640 * LOW * SHEET,
        "plates.mid": 2 * 2 * (640 * LOW - 2 * 400 * 200) * SHEET,
        "plates.face": 2 * 726.6 * LOW * SHEET,
        "plates.floor": (2 * 640 * ALONG - 4 * SOCKET) * SHEET,
        "plates.roof": (2 * 640 * ALONG - 6 * 400 * 460) * SHEET,
    },
}


def by_hand(name: str) -> dict[str, float]:
    """Volumes of a design's entries, mm³; those that it has none of are left out."""
    return {entry: volume for entry, volume in {**FITTINGS, **BY_HAND[name]}.items() if volume}


def test_every_design_is_reckoned_here() -> None:
    assert set(NAMES) == set(BY_HAND)


@pytest.mark.parametrize("name", NAMES)
def test_masses_by_hand(name: str) -> None:
    solid = frame(name)
    entries = dict.fromkeys(part.entry for part in solid.pieces)
    found = {entry: sum(part.volume for part in solid.pieces if part.entry == entry) for entry in entries}
    assert found == pytest.approx(by_hand(name), rel=1e-12)
    mass = solid.mass_properties(7.85e-9)
    assert mass.mass == pytest.approx(7.85e-9 * sum(by_hand(name).values()), rel=1e-12)
    assert np.linalg.eigvalsh(mass.inertia).min() > 0


@pytest.mark.parametrize("name", NAMES)
def test_solids_are_closed_and_meshes_have_their_volume(name: str) -> None:
    solid = frame(name)
    shape = frame_step.frame_shape(solid)  # itself refuses anything but one closed solid a part
    assert shape.mass == pytest.approx(solid.volume, rel=1e-9)
    tensor = tensor_mesh(solid, Grading(size=design(name).file.mesh.frame_quick))
    quality = check_mesh(tensor.mesh)
    assert quality.volume == pytest.approx(solid.volume, rel=1e-9)
    assert quality.least_jacobian_ratio > (0.5 if solid.swept else 0.99)
    assert quality.pieces == 1 + len(solid.swept)  # what is swept is tied


@pytest.mark.parametrize("name", NAMES)
def test_curved_parts_of_the_lock_keep_their_volume_in_the_mesh(name: str) -> None:
    files = design(name)
    lock = build_lock(files.linkage, files.parts, name)
    if name != "reference":
        same = design("reference")
        assert (files.linkage.file, files.parts) == (same.linkage.file, same.parts), "a lock of its own: mesh it here"
        return
    chosen = {part.name for part in lock.parts} if os.environ.get("MECHLOCK_EVERY_PART") else {"hook", "pin_C", "pin_D"}
    for part in lock.parts:
        if not part.name.endswith("_2") and part.name in chosen:
            assert_meshed(lock, part)


def assert_meshed(lock: Lock, part: Part) -> None:
    solid = cad.solid(part)
    quality = check_mesh(tetrahedra(solid, part_sizes(part, lock, COARSE)).mesh)
    assert quality.volume == pytest.approx(solid.mass, rel=2e-3), part.name
    assert quality.least_jacobian_ratio > 0.0, part.name
    assert lock.mass_properties(part).volume == pytest.approx(solid.mass, rel=1e-6), part.name


LOCKS = resources.folder("geometry") / "locks"
PARTS = sorted(path.stem.removesuffix("_parts") for path in LOCKS.glob("*_parts.toml"))


@pytest.mark.parametrize("name", PARTS)
def test_other_locks_keep_their_volume_in_the_mesh(name: str) -> None:
    lock = build_lock(read_linkage(LOCKS / f"{name}.toml"), read_lock_parts(LOCKS / f"{name}_parts.toml"), name)
    chosen = [part for part in lock.parts if not part.name.endswith("_2")]
    if not os.environ.get("MECHLOCK_EVERY_PART"):
        chosen = [part for part in chosen if part.kind in {"eccentric", "wedge", "plunger", "bush"}][:1]
    for part in chosen:
        assert_meshed(lock, part)
