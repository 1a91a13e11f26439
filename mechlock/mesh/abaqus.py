"""Reading and writing the mesh part of Abaqus / CalculiX input files (``.inp``): nodes, elements, sets, surfaces.

Sources: Abaqus Keywords Reference Guide (*NODE, *ELEMENT, *NSET, *ELSET, *SURFACE); CalculiX CrunchiX user's manual,
chapters "Element types" and "Input deck format".
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mechlock.errors import InputError
from mechlock.mesh.shapes import shape_of
from mechlock.mesh.topology import KINDS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

INP_TYPES = {
    "tet4": "C3D4", "tet10": "C3D10", "hex8": "C3D8", "hex8i": "C3D8I", "hex20": "C3D20", "wedge6": "C3D6", "wedge15": "C3D15",
}  # fmt: skip
"""Solid elements of Abaqus and CalculiX that each kind is written as."""

ELEMENT_TYPES: dict[str, str] = {
    **{name: kind for kind, name in INP_TYPES.items()},
    "C3D8R": "hex8", "C3D20R": "hex20", "C3D10M": "tet10", "C3D10T": "tet10", "C3D10H": "tet10",
    "C3D4H": "tet4", "C3D8H": "hex8", "C3D20H": "hex20", "C3D20RH": "hex20", "C3D27": "hex27", "C3D27R": "hex27",
}  # fmt: skip
"""Solid elements of Abaqus and CalculiX by the kind whose nodes they have."""

LOWER_TYPES: dict[str, int] = {
    "M3D9": 9, "S9R5": 9, "CPS4R": 4, "CPS8R": 8, "CPE4R": 4, "CPE8R": 8, "M3D4R": 4, "M3D8R": 8, "CAX4": 4, "CAX8": 8,
    "S3": 3, "S3R": 3, "S4": 4, "S4R": 4, "S6": 6, "STRI65": 6, "S8": 8, "S8R": 8, "CPS3": 3, "CPS4": 4, "CPS6": 6,
    "CPS8": 8, "CPE3": 3, "CPE4": 4, "CPE6": 6, "CPE8": 8, "M3D3": 3, "M3D4": 4, "M3D6": 6, "M3D8": 8, "SFM3D3": 3,
    "SFM3D4": 4, "SFM3D6": 6, "SFM3D8": 8, "T3D2": 2, "T3D3": 3, "B31": 2, "B32": 3, "B31R": 2, "B32R": 3,
}  # fmt: skip
"""Shells, membranes and lines, which only name faces and nodes here, by their number of nodes."""

_LINES = ("T3D", "B3")
_SPRINGS = {"SPRING1", "SPRING2", "SPRINGA"}  # no part of a mesh
_CORNERS = {"tet": 4, "hex": 8, "wedge": 6}
_SIDES: dict[str, tuple[tuple[int, ...], ...]] = {
    "tet": ((1, 2, 3), (1, 4, 2), (2, 4, 3), (3, 4, 1)),
    "hex": ((1, 2, 3, 4), (5, 8, 7, 6), (1, 5, 6, 2), (2, 6, 7, 3), (3, 7, 8, 4), (4, 8, 5, 1)),
    "wedge": ((1, 2, 3), (4, 6, 5), (1, 4, 5, 2), (2, 5, 6, 3), (3, 6, 4, 1)),
}
_C3D27_TO_VTK = [*range(20), 26, 24, 25, 22, 21, 23, 20]
"""VTK place of each C3D27 node: after the edges come the centre and the middles of faces S1 to S6."""

_HEAD = re.compile(r"\*(?!\*)(?:[^\n]*\S)?(?:(?<=,)[ \t]*\n[^*\n][^\n]*=(?:[^\n]*\S)?)*[^\S\n]*")
_FILLED_LINE = re.compile(r"\S[^\n]*")
_NO_NUMBER = re.compile(r"[^\d\s,+-]")
_MAX_DEPTH = 8
_MOST_DIGITS = 18


def local_face(kind: str, side: int) -> int:
    """Return the local face number of side S`side` (from 1) of an element of `kind`."""
    shape = shape_of(kind)
    corners = frozenset(number - 1 for number in _SIDES[shape][side - 1])
    faces = [frozenset(face[: len(corners)]) for face in KINDS[kind].faces]
    return faces.index(corners)


def side_number(kind: str, face: int) -> int:
    """Return the side S1, S2, ... (from 1) of a local face number."""
    shape = shape_of(kind)
    return next(side for side in range(1, len(_SIDES[shape]) + 1) if local_face(kind, side) == face)


@dataclass
class Deck:
    """What an input file says about the mesh, with its own numbering."""

    path: Path
    node_ids: list[Ints] = field(default_factory=list)
    positions: list[Floats] = field(default_factory=list)
    elements: list[tuple[str, Ints, Ints]] = field(default_factory=list)
    """Kind, element numbers, node numbers of solids."""
    lower: list[tuple[bool, Ints, Ints]] = field(default_factory=list)
    """Whether they are lines, element numbers, node numbers of shells and lines."""
    nsets: dict[str, list[Ints]] = field(default_factory=dict)
    elsets: dict[str, list[Ints]] = field(default_factory=dict)
    surfaces: dict[str, list[tuple[Ints, int]]] = field(default_factory=dict)
    """Element numbers and side; side 0 is the free surface of those elements."""
    node_surfaces: dict[str, list[Ints]] = field(default_factory=dict)


def read_deck(path: Path) -> Deck:
    """Read an input file with its includes.

    Raises
    ------
    InputError
        When it is not such a file, holds an element that is not a solid, refers to something missing, or places parts
        by instances (which a flat file does not).
    """
    deck = Deck(path)
    for head, data, line in _blocks(path, 0):
        _keyword(deck, head, data, f"{path.name}, line {line}")
    if not deck.node_ids or not deck.elements:
        raise InputError("no nodes and solid elements were found", str(path), "check that this is an Abaqus or CalculiX mesh")
    return deck


def _blocks(path: Path, depth: int) -> Iterator[tuple[str, str, int]]:
    """Yield keyword line, data text and line number, following *INCLUDE."""
    if depth > _MAX_DEPTH:
        raise InputError("files include each other too deeply", str(path))
    try:
        text = path.read_text(encoding="latin-1").replace("\r\n", "\n").replace("\r", "\n")
    except OSError as error:
        raise InputError(f"the file cannot be read ({error.strerror})", str(path)) from None
    heads = list(_heads(text))
    line, counted = 1, 0
    for number, match in enumerate(heads):
        line, counted = line + text.count("\n", counted, match.start()), match.start()
        end = heads[number + 1].start() if number + 1 < len(heads) else len(text)
        data = text[match.end() : end]
        if "**" in data:
            data = "\n".join(line for line in data.split("\n") if not line.lstrip().startswith("**"))
        head = " ".join(match.group().split("\n"))
        if head.strip().upper().startswith("*INCLUDE"):
            yield from _blocks(path.parent / _options(head)[1].get("INPUT", ""), depth + 1)
        else:
            yield head, data, line


def _heads(text: str) -> Iterator[re.Match[str]]:
    """Keywords with the lines that continue them; stars are looked for first, since hardly any line has one."""
    at = text.find("*")
    while at >= 0:
        before = text[text.rfind("\n", 0, at) + 1 : at]
        found = None if before.strip(" \t") else _HEAD.match(text, at)
        if found:
            yield found
        end = found.end() if found else text.find("\n", at)
        at = text.find("*", end) if end >= 0 else -1


def _options(head: str) -> tuple[str, dict[str, str]]:
    """Split ``*ELSET, ELSET=a, GENERATE`` into keyword and options."""
    parts = [part.strip() for part in head.strip().lstrip("*").split(",")]
    options = {}
    for part in parts[1:]:
        key, _, value = part.partition("=")
        options[key.strip().upper()] = value.strip().strip('"')
    return re.sub(r"\s+", " ", parts[0].upper()), options


def _keyword(deck: Deck, head: str, data: str, where: str) -> None:
    keyword, options = _options(head)
    if keyword == "NODE":
        _nodes(deck, options, data, where)
    elif keyword == "ELEMENT":
        _elements(deck, options, data, where)
    elif keyword in {"NSET", "ELSET"}:
        _set(deck, keyword, options, data, where)
    elif keyword == "SURFACE":
        _surface(deck, options, data, where)
    elif keyword == "INSTANCE":
        raise InputError("the file places parts by *INSTANCE", where, "write it without parts and assemblies (flat input)")


def _numbers(data: str, where: str) -> Floats:
    text = data.replace(",", " ").replace("D", "E").replace("d", "e")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            return np.fromstring(text, sep=" ") if text.strip() else np.zeros(0)
        except (DeprecationWarning, ValueError):
            raise InputError("a number was expected here", where, "check the lines below this keyword") from None


def _integers(data: str, where: str) -> Ints:
    digits = _from_digits(data)
    if digits is not None:
        return digits
    numbers = _numbers(data, where)
    if np.any(numbers != np.rint(numbers)):
        raise InputError("a whole number was expected here", where)
    return numbers.astype(np.int64)


def _from_digits(data: str) -> Ints | None:
    """Whole numbers of a text of digits, commas and blanks, three times as fast as by `np.fromstring`; None for other texts."""
    text = np.frombuffer(data.encode("latin-1"), np.uint8)
    digit = np.zeros(len(text) + 2, bool)
    digit[1:-1] = text - np.uint8(ord("0")) < 10
    if not (digit[1:-1] | (text <= ord(" ")) | (text == ord(","))).all():
        return None
    edges = np.flatnonzero(digit[1:] != digit[:-1])
    first, length = edges[::2], edges[1::2] - edges[::2]
    longest = int(length.max(initial=0))
    if longest > _MOST_DIGITS:
        return None
    values = np.zeros(len(first), np.int64)
    for place in range(longest):
        longer = np.flatnonzero(length > place)
        values[longer] = 10 * values[longer] + (text[first[longer] + place] - ord("0"))
    return values


def _nodes(deck: Deck, options: dict[str, str], data: str, where: str) -> None:
    if options.get("SYSTEM", "R").upper() not in {"", "R"}:
        raise InputError("nodes in a cylindrical or spherical system are not read", where, "write Cartesian coordinates")
    numbers = _numbers(data, where)
    if numbers.size != 4 * len(_FILLED_LINE.findall(data)):
        raise InputError("a node needs a number and three coordinates on one line", where)
    table = numbers.reshape(-1, 4)
    deck.node_ids.append(table[:, 0].astype(np.int64))
    deck.positions.append(table[:, 1:])
    if options.get("NSET"):
        deck.nsets.setdefault(options["NSET"], []).append(deck.node_ids[-1])


def _elements(deck: Deck, options: dict[str, str], data: str, where: str) -> None:
    name = options.get("TYPE", "").upper()
    if name in _SPRINGS:
        return
    kind = ELEMENT_TYPES.get(name, "")
    if not kind and name not in LOWER_TYPES:
        known = ", ".join(sorted(ELEMENT_TYPES))
        raise InputError(f"elements of type {name!r} are not known here", where, f"known solids are {known}")
    count = KINDS[kind].n_nodes if kind else LOWER_TYPES[name]
    numbers = _integers(data, where)
    if numbers.size % (count + 1):
        raise InputError(f"elements of type {name} need a number and {count} nodes each", where)
    table = numbers.reshape(-1, count + 1)
    nodes = table[:, 1:]
    if kind == "hex27":
        nodes = nodes[:, np.argsort(_C3D27_TO_VTK)]
    if kind:
        deck.elements.append((kind, table[:, 0], nodes))
    else:
        deck.lower.append((name.startswith(_LINES), table[:, 0], nodes))
    if options.get("ELSET"):
        deck.elsets.setdefault(options["ELSET"], []).append(table[:, 0])


def _set(deck: Deck, keyword: str, options: dict[str, str], data: str, where: str) -> None:
    sets = deck.nsets if keyword == "NSET" else deck.elsets
    name = options.get(keyword, "")
    if not name:
        raise InputError(f"*{keyword} without {keyword}=NAME", where)
    members = sets.setdefault(name, [])
    if "GENERATE" in options:
        rows = _integers("\n".join(_padded(row) for row in data.split("\n") if row.strip()), where).reshape(-1, 3)
        members += [np.arange(first, last + 1, step) for first, last, step in rows]
        return
    if not _NO_NUMBER.search(data):
        members.append(_integers(data, where))
        return
    words = data.replace(",", " ").split()
    named = [word for word in words if not re.fullmatch(r"[+-]?\d+", word)]
    for word in named:
        members += _member_set(sets, word, where)
    members.append(np.array([int(word) for word in words if word not in named], np.int64))


def _padded(row: str) -> str:
    """Give a GENERATE row its step where it was left out."""
    words = [word for word in row.replace(",", " ").split() if word]
    return " ".join(words + ["1"] * (3 - len(words)))


def _member_set(sets: dict[str, list[Ints]], name: str, where: str) -> list[Ints]:
    for known, members in sets.items():
        if known.upper() == name.strip('"').upper():
            return list(members)
    raise InputError(f"the set {name!r} is not defined above", where, "define it before it is used")


def _surface(deck: Deck, options: dict[str, str], data: str, where: str) -> None:
    name = options.get("NAME", "")
    if not name:
        raise InputError("*SURFACE without NAME", where)
    nodal = options.get("TYPE", "ELEMENT").upper() == "NODE"
    for row in filter(str.strip, data.split("\n")):
        words = [word.strip() for word in row.split(",") if word.strip()]
        sets = deck.nsets if nodal else deck.elsets
        numbers = [np.array([int(words[0])])] if words[0].isdigit() else _member_set(sets, words[0], where)
        members = np.concatenate(numbers) if numbers else np.zeros(0, np.int64)
        if nodal:
            deck.node_surfaces.setdefault(name, []).append(members)
            continue
        side = words[1].upper() if len(words) > 1 else "S0"
        if not re.fullmatch(r"S[0-6]", side):
            raise InputError(f"side {words[1]!r} is not one of S1 to S6", where)
        deck.surfaces.setdefault(name, []).append((members, int(side[1])))
