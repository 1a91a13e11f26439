"""Frame, pack and tray as one finite-element model, and the design's load cases on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from mechlock.errors import InputError
from mechlock.fem.model import Base, Lock, Material, Model, Pad, PointMass, Spring, StaticCase, Tie
from mechlock.fem.patches import make_patch
from mechlock.inputs.design import Design
from mechlock.inputs.materials import MaterialRecord
from mechlock.inputs.tray import TrayFile
from mechlock.loads.static_sets import StaticFactor, static_set
from mechlock.mesh.mesh import Floats, Mesh
from mechlock.units import STANDARD_GRAVITY

PRELOADS: tuple[Literal["low", "high"], ...] = ("low", "high")
EYE = "eye_"
"""Face groups of the lifting eyes, and the slings at them, start so."""

ASIDE = 0.1
"""Stiffness across a sling over that along it; it only keeps the hanging frame from swinging, and carries nothing."""

PAD_RASTER = 3
"""Contact points per side of a pad: its shoe is a thick block, so that nine of them see it tilt and lift."""

REST = "at rest"
"""The state that vibration is about: preload and 1 g."""


@dataclass(frozen=True)
class FrameCase:
    """One load case of the design.

    Attributes
    ----------
    factor : StaticFactor
    evaluated : bool
        Ultimate cases need dynamics with separating pads and are shown without being evaluated.
    """

    factor: StaticFactor
    evaluated: bool


def frame_cases(design: Design) -> tuple[FrameCase, ...]:
    """Return the design's load cases in order.

    Raises
    ------
    InputError
        When the set is unknown, a case to skip is not in it, or two cases share a name.
    """
    section = design.file.cases
    try:
        rows = static_set(section.set).cases
    except InputError as error:
        raise error.at(f"{design.where}: cases.set") from None
    known = [row.name for row in rows]
    for name in section.skip:
        if name not in known:
            raise InputError(
                f"there is no case {name!r} in {section.set}", f"{design.where}: cases.skip", f"known: {', '.join(known)}"
            )
    extra = tuple(
        StaticFactor(case.name, case.g_load, case.rail_twist, case.category, case.source, "", "design file")
        for case in section.extra
    )
    chosen = (*(row for row in rows if row.name not in section.skip), *extra)
    names = [row.name for row in chosen]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"two cases are called {name!r}", f"{design.where}: cases.extra", "give each its own name")
    return tuple(FrameCase(row, row.class_ != "ultimate") for row in chosen)


def frame_model(mesh: Mesh, frame_mass: float, steel: MaterialRecord, design: Design, ties: tuple[Tie, ...] = ()) -> Model:
    """Return the model of a frame on the design's tray, carrying its pack.

    Parameters
    ----------
    mesh : Mesh
        The frame, with the face groups that tray and pack name.
    frame_mass : float
        Mass of the meshed frame in tonne, over which smeared masses are spread.
    ties : tuple of Tie
        Welds between faces whose meshes do not match.

    Raises
    ------
    InputError
        When tray or pack name a group that the frame does not have.
    """
    tray, pack = design.tray, design.pack
    require_interface(design, mesh.faces)
    smeared = 1.0 + sum(part.mass for part in pack.smeared) / frame_mass
    material = Material(steel.name, steel.E, steel.nu, steel.density * smeared, steel.expansion)
    pads = tuple(
        Pad(name, (name,), group.gap, group.stiffness, (0.0, 0.0, 1.0), PAD_RASTER) for group in tray.pads for name in group.on
    )
    locks = tuple(
        Lock(name, (name,), (0.0, 0.0, -1.0), tray.locks.stiffness, tray.locks.lateral_stiffness, tray.locks.preload)
        for name in tray.locks.on
    )
    kx, ky = tray.pins.stiffness
    # pins and slings let their faces turn; so one factorisation serves standing on the tray and hanging from the eyes
    pins = tuple(Spring(name, (name,), (kx, ky, 0.0), mean=True) for name in tray.pins.on)
    masses = tuple(
        PointMass(item.name, item.mass, item.at, item.attach, item.inertia, coupling=item.coupling) for item in pack.items
    )
    return Model(
        mesh,
        ((material, ()),),
        pads=pads,
        springs=(*pins, *_slings(mesh, design.file.cases.slings.stiffness)),
        locks=locks,
        bases=(_base(mesh, tray),),
        masses=masses,
        ties=ties,
    )


def static_cases(design: Design, model: Model) -> tuple[StaticCase, ...]:
    """Return the static cases to solve: rest first, then every evaluated case at both ends of the preload.

    Lifting acts on the eyes alone, with pads, locks and pins off.
    """
    eyes = tuple(spring.name for spring in model.springs if spring.name.startswith(EYE))
    held = (item.name for group in (model.pads, model.springs, model.locks) for item in group)
    on_tray = tuple(name for name in held if name not in eyes)
    cases = [
        StaticCase(f"{REST}, {end} preload", (0.0, 0.0, -STANDARD_GRAVITY), supports=on_tray, preload=end) for end in PRELOADS
    ]
    for case in frame_cases(design):
        factor = case.factor
        if not case.evaluated:
            continue
        if factor.class_ == "handling":
            cases.append(StaticCase(factor.name, factor.g, supports=eyes))
            continue
        moved = _twist(model, factor.rail_twist) if factor.rail_twist else {}
        cases += [
            StaticCase(f"{factor.name}, {end} preload", factor.g, supports=on_tray, displacements=moved, preload=end)
            for end in PRELOADS
        ]
    return tuple(cases)


def load_case(state: str) -> str:
    """Return the load case that a static state belongs to: its name without the end of the preload."""
    suffixes = tuple(f", {end} preload" for end in PRELOADS)
    return next((state.removesuffix(suffix) for suffix in suffixes if state.endswith(suffix)), state)


def require_interface(design: Design, faces: Iterable[str]) -> None:
    """Refuse a tray or pack that names face groups which the frame does not have.

    Raises
    ------
    InputError
        With the groups that there are.
    """
    known = set(faces)
    tray, pack = design.tray, design.pack
    needed = {
        "tray": [name for pads in tray.pads for name in pads.on] + [*tray.locks.on, *tray.pins.on],
        "pack": [name for item in pack.items for name in item.attach],
    }
    for part, names in needed.items():
        for name in names:
            if name not in known:
                where = design.files.get(part, f"{design.where}: {part}")
                raise InputError(f"the frame has no face group {name!r}", where, f"use one of {', '.join(sorted(known))}")


def _slings(mesh: Mesh, stiffness: float) -> tuple[Spring, ...]:
    """Slings at the eyes; two of them also aside, so that the frame is held without being squeezed."""
    names = sorted(name for name in mesh.faces if name.startswith(EYE))
    if len(names) < 3:
        raise InputError(f"the frame has {len(names)} lifting eyes", "frame: lifting_eyes", "three or four are needed to lift it")
    aside = {names[0]: (ASIDE * stiffness, ASIDE * stiffness), names[1]: (ASIDE * stiffness, 0.0)}
    return tuple(Spring(name, (name,), (*aside.get(name, (0.0, 0.0)), stiffness), mean=True) for name in names)


def _places(mesh: Mesh, names: list[str]) -> Floats:
    """Centroids of faces, mm: a mean over their nodes would move with the mesh, and the heights of the seats with it."""
    return np.array([make_patch(mesh, (name,), name).centre for name in names])


def _warp_shape(places: Floats) -> Floats:
    """Height of each place when the four corners of the tray rise and fall by 1 in turn (the warp x·y)."""
    reach = np.abs(places).max(axis=0)
    return places[:, 0] * places[:, 1] / (reach[0] * reach[1])


def _base(mesh: Mesh, tray: TrayFile) -> Base:
    """The tray as a base that yields in warp only.

    A corner moved by d with the other three held is a rigid motion plus a warp of d/4 at each corner, so that a force of
    k per mm at one corner means an energy of k (4 w)²/2 at the warp w, and the compliance v vᵀ/(16 k) for the shape v.
    """
    names = [name for pads in tray.pads for name in pads.on] + list(tray.locks.on)
    shape = _warp_shape(_places(mesh, names))
    return Base(tuple(names), np.outer(shape, shape) / (16.0 * tray.warp.stiffness))


def _twist(model: Model, height: float) -> Mapping[str, Mapping[str, float]]:
    """Heights of the seats when one corner of the rails rises by `height`, less the rigid motion, which strains nothing.

    One corner raised by h is a rigid motion plus a warp of h/4 at every corner, up and down in turn.
    """
    names = [pad.name for pad in model.pads] + [lock.name for lock in model.locks]
    rise = height / 4.0 * _warp_shape(_places(model.mesh, names))
    return {name: {"z": float(value)} for name, value in zip(names, rise, strict=True)}
