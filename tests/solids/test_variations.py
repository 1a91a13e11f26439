"""Random variations of frames and lock parts: each is valid, with a sound mesh, or refused with dimension and limit.

A short form by default; MECHLOCK_VARIATIONS=300 runs the long one.
"""

import copy
import functools
import os
import re

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mechlock import resources, units
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


def changes(table: dict[str, tuple[float, float]], given: dict):
    """One to four keys of the table, each with a length between its two ends, or (half of them) within 12 % of the given one."""
    keys = st.lists(st.sampled_from(sorted(table)), min_size=1, max_size=4, unique=True)

    def lengths(names, near):
        own = {}
        for name in names:
            nominal = units.parse(at(given, name), "length")
            close = st.integers(-24, 24).map(lambda n, v=nominal: f"{v * (1 + n / 200):.6g} mm")
            wide = st.integers(int(2 * table[name][0]), int(2 * table[name][1])).map(lambda n: f"{n / 2:g} mm")
            own[name] = close if near and nominal else wide
        return st.fixed_dictionaries(own)

    return st.tuples(keys, st.booleans()).flatmap(lambda drawn: lengths(*drawn))


def at(data, key):
    """Value at a dotted key."""
    for step in key.split("."):
        data = data[int(step)] if isinstance(data, list) else data[step]
    return data


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


def meshed(data):
    """Solid, mesh and its quality of a frame file's content; None where it is refused, helpfully."""
    try:
        solid = build_frame(reading.validate(FrameFile, data, "frame.toml"), "frame.toml")
        tensor = tensor_mesh(solid, Grading(size=400.0))
    except InputError as error:
        assert_helpful(error)
        return None
    return solid, tensor, check_mesh(tensor.mesh)


@MANY
@given(data=st.data())
def test_a_changed_frame_is_sound_or_refused(portal, data) -> None:
    changed = data.draw(changes(FRAME, portal))
    made = meshed(put(portal, changed))
    if made is None:
        return
    solid, tensor, quality = made
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


FITTED = {
    "profiles.rail.thickness": (1, 20), "profiles.rail.flange": (1, 25), "profiles.rail.height": (50, 70),
    "profiles.tie.height": (10, 60), "profiles.tie.width": (10, 50), "profiles.tie.thickness": (1, 12),
    "sections.post.thickness": (2, 12), "sections.cross.thickness": (2, 10), "sections.post.width": (50, 70),
    "profiles.strut.height": (8, 60), "profiles.strut.width": (8, 60), "profiles.strut.thickness": (1, 10),
    "braces.1.paths.a.0.0": (-300, 300), "braces.1.paths.a.1.1": (60, 560), "members.4.shift.2": (-400, 40),
    "tubes.pipe.diameter": (10, 45), "tubes.pipe.thickness": (2, 6), "grid.x.front": (250, 350),
    "gauges.sheet.thickness": (1, 30), "caps.0.margin": (0, 30), "doublers.0.length": (5, 400), "doublers.0.width": (5, 62),
    "doublers.0.at.0": (60, 600), "gussets.0.snipe": (2, 50), "gussets.0.offset": (-20, 20), "gussets.0.corners.a.1.0": (10, 300),
    "gussets.0.corners.a.1.1": (10, 480), "braces.0.paths.a.0.1": (60, 400), "braces.0.paths.a.1.0": (-280, 200),
    "plates.0.cutouts.a.0.0": (-300, 90), "plates.0.cutouts.a.1.1": (210, 600), "plates.0.holes.b.diameter": (2, 160),
    "plates.0.holes.b.at.0": (-250, 250), "holes.0.diameter": (2, 50), "holes.0.at.0": (40, 600), "holes.0.aside": (-20, 20),
}  # fmt: skip
"""Ranges in which about half of the frames can be built."""


def with_every_kind(portal):
    """The portal on channels, with angles, gussets, tubes, caps, doublers and a cut-out."""
    data = copy.deepcopy(portal)
    del data["mounts"], data["sections"]["rail"]
    rail = {"type": "channel", "height": "60 mm", "width": "60 mm", "thickness": "4 mm", "flange": "6 mm"}
    data["profiles"] = {"rail": rail, "tie": {"type": "angle", "height": "50 mm", "width": "40 mm", "thickness": "4 mm"}}
    data["tubes"] = {"pipe": {"diameter": "30 mm", "thickness": "3 mm"}}
    data["members"][0] |= {"section": "rail", "opens": ["+x"]}
    data["members"][3] |= {"section": "tie", "opens": ["+x", "-z"]}
    del data["plates"][0]["window"]
    data["plates"][0] |= {"x": ["rear", "front"], "at": ["left"], "cutouts": {"a": [["-100 mm", "200 mm"], ["100 mm", "400 mm"]]}}
    data["plates"][0]["holes"] = {"b": {"at": ["180 mm", "160 mm"], "diameter": "60 mm"}}
    data["holes"] = [{"name": "access", "member": "post", "side": "+x", "diameter": "20 mm", "at": ["440 mm"], "aside": "0 mm"}]
    data["holes"][0] |= {"x": ["front"]}
    data["caps"] = [{"name": "cap", "member": "post", "gauge": "sheet", "margin": "5 mm"}]
    data["doublers"] = [{"name": "pad", "member": "post", "gauge": "sheet", "side": "-x", "length": "80 mm", "width": "50 mm",
                         "at": ["300 mm"]}]  # fmt: skip
    corner = [["-270 mm", "60 mm"], ["90 mm", "70 mm"]]  # on the cross of 40 mm, against the post
    data["gussets"] = [{"name": "knee", "gauge": "sheet", "normal": "y", "at": ["right"], "corners": {"a": corner}}]
    data["gussets"][0] |= {"snipe": "10 mm", "offset": "0 mm"}
    path = [["270 mm", "90 mm"], ["-200 mm", "580 mm"]]
    data["braces"] = [{"name": "brace", "section": "pipe", "normal": "y", "at": ["right"], "paths": {"a": path}}]
    strut = {"type": "channel", "height": "30 mm", "width": "24 mm", "thickness": "4 mm", "flange": "3 mm"}
    data["profiles"]["strut"] = strut
    leg = [["-100 mm", "70 mm"], ["-370 mm", "300 mm"]]  # from the rail up to the post
    data["braces"].append({"name": "leg", "section": "strut", "normal": "x", "at": ["rear"], "paths": {"a": leg}})
    low = ["0 mm", "0 mm", "-90 mm"]
    data["members"].append({"name": "bar", "section": "pipe", "along": "y", "x": "all", "z": ["top"], "shift": low})
    return data


@pytest.fixture
def fitted(portal):
    return with_every_kind(portal)


def test_the_frame_of_every_kind_of_part_is_sound_as_it_is(fitted) -> None:
    solid = build_frame(reading.validate(FrameFile, fitted, "fitted.toml"), "fitted.toml")
    entries = {part.entry.split(".")[0] for part in solid.parts} | {part.entry.split(".")[0] for part in solid.swept}
    assert {"members", "plates", "caps", "doublers", "gussets", "braces", "pads"} == entries


@MANY
@given(data=st.data())
def test_a_changed_frame_of_every_kind_of_part_is_sound_or_refused(fitted, data) -> None:
    changed = data.draw(changes(FITTED, fitted))
    made = meshed(put(fitted, changed))
    if made is None:
        return
    solid, tensor, quality = made
    assert quality.least_jacobian_ratio > 0.05
    assert quality.pieces == 1 + len(solid.swept)  # swept parts are tied, which a mesh alone does not show
    assert abs(quality.volume / solid.volume - 1) < (1e-3 if solid.holes else 1e-9)
    for swept in solid.swept:
        assert len(tensor.mesh.volumes[swept.name]) > 0


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
@given(changed=changes(LOCK, reading.read_toml(LOCKS / "reference_parts.toml")))
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
