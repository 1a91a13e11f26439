"""Selectors: which faces and bodies of a STEP file a group is made of, and what is wrong where they catch too few or many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mechlock.errors import InputError
from mechlock.inputs.model_cad import BodySelector, Cad, FaceSelector, Plane
from mechlock.solids.cad import kernel
from mechlock.solids.imported import CadFace, CadFile

_SHOWN = 6
"""Faces or sizes that a message lists at most."""
_SQUARE = 1e-4
"""Sine of the angle up to which directions are taken as one."""


@dataclass(frozen=True)
class Caught:
    """What a selector catches.

    Attributes
    ----------
    name : str
    faces : tuple of int
        Numbers in `CadFile.faces`.
    count : int
        Surfaces they form: faces that continue each other count as one.
    problem : InputError or None
        When that is not what the selector asks for.
    """

    name: str
    faces: tuple[int, ...]
    count: int
    problem: InputError | None = None


def select_faces(file: CadFile, cad: Cad) -> tuple[Caught, ...]:
    """Apply every face selector; problems are part of the answer, so that they can be shown."""
    return tuple(_select(file, name, selector) for name, selector in cad.faces.items())


def require(caught: Sequence[Caught], where: str) -> None:
    """Raise the first problem.

    Raises
    ------
    InputError
        When a selector catches nothing, too few or too many faces; the message says what there is.
    """
    for item in caught:
        if item.problem is not None:
            raise item.problem.at(where)


def select_bodies(file: CadFile, cad: Cad) -> dict[str, tuple[int, ...]]:
    """Bodies of every volume group: one for each body by its own name, and those that selectors name.

    Raises
    ------
    InputError
        When a selector catches nothing or too much.
    """
    groups: dict[str, tuple[int, ...]] = {name: (number,) for number, (name, _) in enumerate(file.bodies)}
    for name, selector in cad.bodies.items():
        chosen = _bodies(file, selector)
        _refuse_bodies(file, name, selector, chosen)
        groups[name] = tuple(chosen)
    return groups


def _bodies(file: CadFile, selector: BodySelector) -> list[int]:
    found = list(range(len(file.bodies)))
    if selector.name is not None:
        found = [number for number in found if file.bodies[number][0] == selector.name]
    if selector.box is not None:
        low, high = np.array(selector.box)
        boxes = {number: np.array([list(corner) for corner in file.bodies[number][1].bounding_box]) for number in found}
        found = [n for n in found if (boxes[n][0] >= low - 1e-6).all() and (boxes[n][1] <= high + 1e-6).all()]
    if selector.nearest is not None and found:
        distances = [_distance(file.bodies[number][1], selector.nearest) for number in found]
        found = [found[int(np.argmin(distances))]]
    return found


def _refuse_bodies(file: CadFile, name: str, selector: BodySelector, chosen: list[int]) -> None:
    known = ", ".join(repr(body) for body, _ in file.bodies[:_SHOWN])
    if not chosen:
        raise InputError("the selector catches no body", f"cad.bodies.{name}", f"{file.path.name} has {known}")
    if selector.count not in ("all", len(chosen)):
        names = ", ".join(repr(file.bodies[number][0]) for number in chosen[:_SHOWN])
        what = f"the selector catches {len(chosen)} bodies ({names}), {selector.count} expected"
        raise InputError(what, f"cad.bodies.{name}", f"narrow it with box or nearest, or write count = {len(chosen)}")


def _select(file: CadFile, name: str, selector: FaceSelector) -> Caught:
    where = f"cad.faces.{name}"
    if selector.body is not None and selector.body not in [body for body, _ in file.bodies]:
        known = ", ".join(repr(body) for body, _ in file.bodies[:_SHOWN])
        return Caught(name, (), 0, InputError(f"there is no body {selector.body!r}", f"{where}.body", f"there is {known}"))
    matching = {number for number, face in enumerate(file.faces) if _matches(file, face, selector)}
    found = (tuple(number for number in patch if number in matching) for patch in file.patches)
    patches: list[tuple[int, ...]] = [patch for patch in found if patch]
    if selector.nearest is not None and patches:
        distances = [min(_distance(file.faces[n].shape, selector.nearest) for n in patch) for patch in patches]
        patches = _closest(patches, distances)
    faces = tuple(sorted(number for patch in patches for number in patch))
    problem = _problem(file, selector, where, patches)
    return Caught(name, faces, len(patches), problem)


def _closest(patches: list[tuple[int, ...]], distances: list[float]) -> list[tuple[int, ...]]:
    """The nearest; all of them where several are equally near (the point lies on their common edge)."""
    least = min(distances)
    return [patch for patch, distance in zip(patches, distances, strict=True) if distance <= least + 1e-6]


def _distance(shape: object, point: tuple[float, float, float]) -> float:
    occ = kernel()
    return float(occ.Vertex(occ.Pnt(*point)).Distance(shape))


def _matches(file: CadFile, face: CadFace, selector: FaceSelector) -> bool:
    if len(face.bodies) > 1:
        return False
    if selector.name is not None and face.name != selector.name:
        return False
    if selector.body is not None and file.bodies[min(face.bodies)][0] != selector.body:
        return False
    if selector.plane is not None and not _on_plane(face, selector.plane, selector.tolerance):
        return False
    if selector.cylinder is not None:
        if face.kind != "cylinder" or abs(2 * face.radius - selector.cylinder) > selector.tolerance:
            return False
        if selector.axis is not None and not _parallel(face, selector.axis):
            return False
    if selector.box is not None:
        low, high = np.array(selector.box)
        return bool((face.low >= low - 1e-6).all() and (face.high <= high + 1e-6).all())
    return True


def _parallel(face: CadFace, direction: tuple[float, float, float]) -> bool:
    wanted = np.array(direction) / np.linalg.norm(direction)
    return bool(np.linalg.norm(np.cross(face.direction, wanted)) <= _SQUARE)


def _on_plane(face: CadFace, plane: Plane, tolerance: float) -> bool:
    if face.kind != "plane" or not _parallel(face, plane.normal):
        return False
    normal = np.array(plane.normal) / np.linalg.norm(plane.normal)
    return bool(abs((face.centre - plane.through) @ normal) <= tolerance)


def _problem(file: CadFile, selector: FaceSelector, where: str, patches: list[tuple[int, ...]]) -> InputError | None:
    if not patches:
        return InputError("the selector catches no face", where, _what_there_is(file, selector))
    if selector.count in ("all", len(patches)):
        return None
    shown = [file.faces[patch[0]] for patch in patches[:_SHOWN]]
    places = "; ".join(f"{face.text} at {_place(face)}" for face in shown)
    more = f"; and {len(patches) - _SHOWN} more" if len(patches) > _SHOWN else ""
    what = f"the selector catches {len(patches)} faces, {selector.count} expected: {places}{more}"
    if selector.nearest is not None:
        return InputError(what, f"{where}.nearest", "they are equally near: move the point")
    return InputError(what, where, f"narrow it with box, body or nearest, or write count = {len(patches)}")


def _place(face: CadFace) -> str:
    return "(" + ", ".join(f"{value + 0.0:.4g}" for value in face.centre) + ")"


def _what_there_is(file: CadFile, selector: FaceSelector) -> str:
    """What the file has of the kind that was asked for, nearest first."""
    if selector.cylinder is not None:
        wanted = selector.cylinder
        found = sorted(
            {round(2 * face.radius, 4) for face in file.faces if face.kind == "cylinder"}, key=lambda d: abs(d - wanted)
        )
        sizes = ", ".join(f"{size:g}" for size in found[:_SHOWN])
        others = any(abs(size - wanted) <= selector.tolerance for size in found)
        tail = "; those of that size lie elsewhere or the other way" if others else ""
        return f"{file.path.name} has cylinders of diameter {sizes} mm{tail}" if found else f"{file.path.name} has no cylinders"
    if selector.plane is not None:
        normal = np.array(selector.plane.normal) / np.linalg.norm(selector.plane.normal)
        wanted = float(np.dot(selector.plane.through, normal))
        across = [face for face in file.faces if face.kind == "plane" and _parallel(face, selector.plane.normal)]
        places = sorted({round(float(face.centre @ normal), 4) + 0.0 for face in across}, key=lambda at: abs(at - wanted))
        if places:
            shown = ", ".join(f"{at:g}" for at in places[:_SHOWN])
            return f"{file.path.name} has planes with that normal at {shown} mm along it"
        return f"{file.path.name} has no planes with that normal"
    if selector.name is not None:
        names = sorted({face.name for face in file.faces if face.name})
        return f"{file.path.name} names its faces {', '.join(map(repr, names[:_SHOWN]))}" if names else "its faces have no names"
    low, high = (", ".join(f"{value:.4g}" for value in corner) for corner in (file.low, file.high))
    return f"{file.path.name} reaches from ({low}) to ({high}) mm"
