"""Reading the mesh part of Nastran bulk data (``.bdf``, ``.nas``, ``.dat``): grids, solids, shells that name faces, sets.

Names: ``property_ID`` for the elements of a property (or the name that HyperMesh and ANSA write for it in a comment), and
``set_ID`` for a SET of the case control, which holds numbers of grids, of elements, or of either.

Source: MSC Nastran Quick Reference Guide, "Format of bulk data entries" and the entries GRID, CTETRA, CPENTA, CHEXA, CTRIA3,
CTRIA6, CQUAD4, CQUAD8, CBAR, CROD.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mechlock.errors import InputError
from mechlock.mesh.abaqus import Deck

Ints = NDArray[np.int64]

_SOLIDS = {"CTETRA": {4: "tet4", 10: "tet10"}, "CPENTA": {6: "wedge6", 15: "wedge15"}, "CHEXA": {8: "hex8", 20: "hex20"}}
_TO_VTK = {
    "hex20": [*range(12), 16, 17, 18, 19, 12, 13, 14, 15],
    "wedge15": [*range(9), 12, 13, 14, 9, 10, 11],
}
"""For each node in VTK's order its place in Nastran's, which lists the upright edges before the upper ones."""
_FACES = {"CTRIA3": 3, "CTRIAR": 3, "CTRIA6": 6, "CQUAD4": 4, "CQUADR": 4, "CQUAD8": 8}
_LINES = {"CBAR": 2, "CBEAM": 2, "CROD": 2, "CTUBE": 2}
_NUMBER = re.compile(r"(?<=[\d.])([+-]\d+)$")
_NAME = re.compile(
    r'^\$(?:HMNAME\s+(?:COMP|PROP)\S*\s+(\d+)\s*"([^"]+)"|ANSA_NAME_COMMENT;(\d+);P(?:SOLID|SHELL|BAR);([^;]+);)', re.IGNORECASE
)
_SET = re.compile(r"^\s*SET\s+(\d+)\s*=\s*(.+)$", re.IGNORECASE)


def read_bulk(path: Path) -> Deck:
    """Read a bulk data file.

    Raises
    ------
    InputError
        When it holds no grids and solids, a card cannot be understood, or grids stand in another coordinate system.
    """
    try:
        lines = path.read_text(encoding="latin-1").splitlines()
    except OSError as error:
        raise InputError(f"the file cannot be read ({error.strerror})", str(path)) from None
    names = {int(m[1] or m[3]): (m[2] or m[4]).strip() for m in map(_NAME.match, lines) if m}
    deck = Deck(path)
    grids: list[tuple[int, float, float, float]] = []
    cells: dict[tuple[str, str], list[list[int]]] = {}
    for fields, line in _cards(lines):
        try:
            _card(fields, grids, cells)
        except (ValueError, IndexError):
            where = f"{path.name}, line {line}"
            raise InputError(f"the card {fields[0]} cannot be read", where, "check its fields") from None
        except InputError as error:
            raise error.at(f"{path.name}, line {line}") from None
    if not grids or not any(kind in _SOLIDS for kind, _ in cells):
        raise InputError("no grids and solid elements were found", str(path), "check that this is Nastran bulk data")
    table = np.array(grids)
    deck.node_ids.append(table[:, 0].astype(np.int64))
    deck.positions.append(table[:, 1:])
    for (card, kind), rows in cells.items():
        _add(deck, card, kind, np.array(rows, np.int64), names)
    _sets(deck, lines)
    return deck


def _cards(lines: list[str]) -> Iterator[tuple[list[str], int]]:
    """Fields of each bulk data card (name first, continuations joined), with its line number."""
    begin = next((i for i, line in enumerate(lines) if re.match(r"\s*BEGIN\s+BULK", line, re.IGNORECASE)), -1)
    fields: list[str] = []
    start = 0
    for number in range(begin + 1, len(lines)):
        line = lines[number].split("$")[0].rstrip()
        if not line.strip():
            continue
        if line[0] in "+* \t," and fields:
            fields += _fields(line)[1:]
            continue
        if fields:
            yield fields, start
        fields, start = _fields(line), number + 1
        if fields[0] == "ENDDATA":
            return
    if fields:
        yield fields, start


def _fields(line: str) -> list[str]:
    """Name and data fields of one line: free, large or small format."""
    if "," in line:
        words = [word.strip() for word in line.split(",")]
        words += [""] * (9 - len(words))
        return [words[0].rstrip("*").upper(), *words[1:9]]
    line = line.expandtabs(8)
    wide = "*" in line[:8]
    size, count = (16, 4) if wide else (8, 8)
    data = [line[8 + i * size : 8 + (i + 1) * size].strip() for i in range(count)]
    return [line[:8].strip().rstrip("*").upper(), *data]


def _real(text: str) -> float:
    """A real number; Nastran leaves out the E of an exponent."""
    return float(_NUMBER.sub(r"E\1", text.upper().replace("D", "E"))) if text else 0.0


def _card(fields: list[str], grids: list[tuple[int, float, float, float]], cells: dict[tuple[str, str], list[list[int]]]) -> None:
    card = fields[0]
    if card == "GRID":
        if fields[2] not in {"", "0"}:
            raise InputError("a grid stands in a coordinate system of its own", mend="write basic coordinates")
        grids.append((int(fields[1]), _real(fields[3]), _real(fields[4]), _real(fields[5])))
    elif card in _SOLIDS:
        nodes = [int(word) for word in fields[3:] if word and not word.startswith("+")]
        kind = _SOLIDS[card].get(len(nodes))
        if kind is None:
            raise InputError(f"a {card} with {len(nodes)} grids is not read", mend="give all or none of the mid-side grids")
        cells.setdefault((card, kind), []).append([int(fields[1]), int(fields[2]), *nodes])
    elif card in _FACES or card in _LINES:
        count = _FACES.get(card) or _LINES[card]
        nodes = [int(word) for word in fields[3 : 3 + count]]
        cells.setdefault((card, ""), []).append([int(fields[1]), int(fields[2] or 0), *nodes])


def _add(deck: Deck, card: str, kind: str, table: Ints, names: dict[int, str]) -> None:
    numbers, properties, nodes = table[:, 0], table[:, 1], table[:, 2:]
    if kind:
        deck.elements.append((kind, numbers, nodes[:, _TO_VTK.get(kind, list(range(nodes.shape[1])))]))
    else:
        deck.lower.append((card in _LINES, numbers, nodes))
    for label in np.unique(properties).tolist():
        name = names.get(label, f"property_{label}")
        deck.elsets.setdefault(name, []).append(numbers[properties == label])


def _sets(deck: Deck, lines: list[str]) -> None:
    """SETs of the case control, as nodes where all their numbers are grids, as elements where all are elements."""
    grids = np.concatenate(deck.node_ids)
    elements = np.concatenate([numbers for _, numbers, _ in [*deck.elements, *deck.lower]])
    text = ""
    for line in lines:
        if re.match(r"\s*BEGIN\s+BULK", line, re.IGNORECASE):
            return
        text = text + " " + line.strip() if text.rstrip().endswith(",") else line
        found = _SET.match(text)
        if not found or text.rstrip().endswith(","):
            continue
        members = _members(found[2])
        if len(members) and np.isin(members, grids).all():
            deck.nsets[f"set_{found[1]}"] = [members]
        if len(members) and np.isin(members, elements).all():
            deck.elsets[f"set_{found[1]}"] = [members]


def _members(text: str) -> Ints:
    words = re.sub(r"\s+THRU\s+", ":", text.upper()).replace(",", " ").split()
    found: list[int] = []
    for word in words:
        first, _, last = word.partition(":")
        if not first.isdigit() or (last and not last.isdigit()):
            return np.zeros(0, np.int64)
        found += range(int(first), int(last or first) + 1)
    return np.unique(np.array(found, np.int64))
