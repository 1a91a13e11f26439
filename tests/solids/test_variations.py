"""Random variations of frames and lock parts: each is valid, with a sound mesh, or refused with dimension and limit.

A short form by default; MECHLOCK_VARIATIONS=300 runs the long one.
"""

import copy
import functools
import os
import re

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mechlock import resources
from mechlock.errors import InputError
from mechlock.inputs import reading
from mechlock.inputs.frame import FrameFile
from mechlock.inputs.linkage import read_linkage
from mechlock.inputs.lockparts import lock_parts_from_data
from mechlock.linkage.semantics import build
from mechlock.mesh.quality import check_mesh
from mechlock.mesh.tensor import tensor_mesh
from mechlock.mesh.tensor_planes import Grading
from mechlock.solids import cad
from mechlock.solids.frame import build_frame
from mechlock.solids.lock import build_lock

VARIATIONS = int(os.environ.get("MECHLOCK_VARIATIONS", "20"))
MANY = settings(
    max_examples=VARIATIONS,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
LOCKS = resources.folder("geometry") / "locks"


def changes(table: dict[str, tuple[float, float]]):
    """One to four keys of the table, each with a length between its two ends in steps of half a millimetre."""
    keys = st.lists(st.sampled_from(sorted(table)), min_size=1, max_size=4, unique=True)

    def lengths(names):
        own = {
            name: st.integers(int(2 * table[name][0]), int(2 * table[name][1])).map(lambda n: f"{n / 2:g} mm") for name in names
        }
        return st.fixed_dictionaries(own)

    return keys.flatmap(lengths)


def put(data, changed):
    """The data with values at dotted keys replaced."""
    made = copy.deepcopy(data)
    for key, value in changed.items():
        *path, last = key.split(".")
        place = made
        for step in path:
            place = place[int(step)] if isinstance(place, list) else place[step]
        place[int(last) if isinstance(place, list) else last] = value
    return made


def assert_helpful(error: InputError) -> None:
    """A refusal names a key of the file, says what to do, and gives at least one figure."""
    text = str(error)
    assert error.where.count(":") or "." in error.where or "," in error.where, text
    assert error.mend, text
    assert re.search(r"\d", text), text


FRAME = {
    "sections.rail.height": (20, 120), "sections.rail.width": (20, 100), "sections.rail.thickness": (1, 20),
    "sections.post.height": (20, 90), "sections.post.width": (20, 90), "sections.post.thickness": (1, 12),
    "sections.cross.height": (20, 80), "sections.cross.width": (20, 80), "sections.cross.thickness": (1, 10),
    "gauges.sheet.thickness": (0, 40), "grid.x.rear": (-500, 350), "grid.x.front": (-200, 600), "grid.y.left": (-450, 700),
    "grid.z.base": (5, 120), "grid.z.top": (20, 900), "plates.0.window.x": (0, 700), "plates.0.window.z": (0, 700),
    "members.0.overhang.0": (0, 90), "members.1.overhang.1": (0, 60), "pads.size.0": (5, 120), "pads.size.2": (1, 60),
    "mounts.0.length": (5, 200), "mounts.0.at.box.0": (-500, 500),
}  # fmt: skip


@MANY
@given(changed=changes(FRAME))
def test_a_changed_frame_is_sound_or_refused(portal, changed) -> None:
    try:
        solid = build_frame(reading.validate(FrameFile, put(portal, changed), "portal.toml"), "portal.toml")
        tensor = tensor_mesh(solid, Grading(size=400.0))
    except InputError as error:
        assert_helpful(error)
        return
    quality = check_mesh(tensor.mesh)
    assert quality.least_jacobian_ratio > 0.99
    assert quality.pieces == 1
    assert quality.duplicate_nodes == 0
    assert abs(tensor.volume / solid.volume - 1) < 1e-9
    assert {"pad_A", "pad_B", "pad_C", "pad_D", "mount_box"} == set(tensor.mesh.faces)
    for name, axis, sense in (("pad_A", 2, -1), ("mount_box", 2, 1)):
        points = tensor.mesh.points[tensor.mesh.face_nodes(name)]
        assert np.ptp(points[:, axis]) < 1e-9, "the name has left its face"
        inside = tensor.mesh.points[tensor.mesh.blocks[0].cells[tensor.mesh.faces[name][:, 0]]]
        assert (sense * (points[0, axis] - inside[..., axis]) > -1e-9).all(), "the name has changed sides"


LOCK = {
    "side_gap": (0, 3), "bodies.hook.thickness": (10, 60), "bodies.hook.arm_neck": (20, 140),
    "bodies.hook.eyes.H.diameter": (40, 120), "bodies.hook.eyes.H.hub_width": (30, 100), "bodies.hook.eyes.B.diameter": (20, 90),
    "bodies.hook.saddle.radius": (5, 40), "bodies.hook.saddle.throat": (30, 140), "bodies.hook.saddle.nose_radius": (2, 40),
    "bodies.hook.saddle.shoulder_radius": (10, 120), "bodies.link.thickness": (4, 40), "bodies.link.inside": (20, 60),
    "bodies.link.waist": (10, 80), "bodies.link.eyes.A.diameter": (20, 90), "bodies.crank.thickness": (10, 60),
    "bodies.crank.eyes.C.diameter": (30, 110), "bodies.crank.eyes.D.thickness": (4, 50), "bodies.rod.waist": (5, 50),
    "bodies.slider.shaft.height": (5, 60), "bodies.slider.shaft.length": (20, 300), "bodies.ground.inside": (40, 120),
    "bodies.ground.foot.level": (-260, -20), "bodies.ground.foot.width": (60, 240), "bodies.ground.stop.width": (5, 100),
    "bodies.ground.guide.cover": (1, 40), "pins.H.diameter": (10, 80), "pins.A.diameter": (8, 60), "pins.C.diameter": (8, 70),
    "pins.H.head_diameter": (20, 90), "striker.diameter": (10, 60), "striker.side_gap": (0, 10),
}  # fmt: skip


@functools.cache
def lock_data():
    return build(read_linkage(LOCKS / "reference.toml")), reading.read_toml(LOCKS / "reference_parts.toml")


@MANY
@given(changed=changes(LOCK))
def test_changed_lock_parts_are_closed_solids_or_refused(changed) -> None:
    mechanism, data = lock_data()
    try:
        lock = build_lock(mechanism, lock_parts_from_data(put(data, changed), "parts.toml"), "parts.toml")
    except InputError as error:
        assert_helpful(error)
        return
    bodies = {key.split(".")[1] for key in changed if key.startswith("bodies")} | {"hook"}
    for part in lock.parts:
        if part.body in bodies and not part.name.endswith("_2"):
            assert cad.solid(part).mass > 0.0  # itself refuses anything but one closed solid of the part's volume
    assert all(row.mass > 0.0 for row in map(lock.mass_properties, lock.parts))
