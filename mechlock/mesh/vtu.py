"""Writing ``.vtu`` files: VTK's XML format with raw, compressed, appended data.

Source: VTK file formats, "XML file formats" (vtk.org), with vtkZLibDataCompressor and 64-bit headers.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mechlock.errors import InputError
from mechlock.mesh.mesh import Block

VTK_TYPES = {"tet4": 10, "tet10": 24, "hex8": 12, "hex8i": 12, "hex20": 25, "hex27": 29, "wedge6": 13, "wedge15": 26}
TENSOR = ("xx", "yy", "zz", "xy", "yz", "zx")
"""Names of the six components of a symmetric tensor."""

_BLOCK = 1 << 18
_LEVEL = 1
Fields = Mapping[str, NDArray[Any]]
Each = Callable[[Callable[[Any], bytes], Sequence[Any]], Iterable[bytes]]
_TYPES = {"f8": "Float64", "f4": "Float32", "i8": "Int64", "i4": "Int32", "u1": "UInt8"}


@dataclass(frozen=True)
class _Array:
    """One compressed array: its element, with a place for the offset, and its data."""

    head: str
    data: bytes


@dataclass(frozen=True)
class Grid:
    """What all files of one mesh hold, compressed once: points, cells, and the fields that they share."""

    n_points: int
    blocks: tuple[Block, ...]
    points: tuple[_Array, ...]
    cells: tuple[_Array, ...]
    point_data: tuple[_Array, ...]
    cell_data: tuple[_Array, ...]


def vtu_grid(
    points: NDArray[np.float64], blocks: tuple[Block, ...], point_data: Fields | None = None, cell_data: Fields | None = None,
    each: Each = map,
) -> Grid:  # fmt: skip
    """Compress a mesh with the fields that all its files share; parameters as for `vtu_bytes`."""
    point_data, cell_data = point_data or {}, cell_data or {}
    refuse_lengths(len(points), blocks, point_data, cell_data)
    sizes = np.concatenate([np.full(len(block.cells), block.cells.shape[1]) for block in blocks])
    types = np.concatenate([np.full(len(block.cells), VTK_TYPES[block.kind], np.uint8) for block in blocks])
    cells = {
        "connectivity": np.concatenate([vtk_cells(block) for block in blocks]),
        "offsets": np.cumsum(sizes).astype(np.int64),
        "types": types,
    }
    return Grid(
        len(points),
        blocks,
        _arrays({"Points": np.asarray(points, np.float64)}, each),
        _arrays(cells, each),
        _arrays({name: stored(values) for name, values in point_data.items()}, each),
        _arrays({name: stored(values) for name, values in cell_data.items()}, each),
    )


def vtu_content(
    grid: Grid,
    point_data: Fields | None = None,
    cell_data: Fields | None = None,
    field_data: Fields | None = None,
    each: Each = map,
) -> bytes:
    """Return the content of one file of a mesh; parameters as for `vtu_bytes`."""
    point_data, cell_data = point_data or {}, cell_data or {}
    refuse_lengths(grid.n_points, grid.blocks, point_data, cell_data)
    whole = [
        _Array(item.head.replace("<DataArray ", f'<DataArray NumberOfTuples="{len(values)}" ', 1), item.data)
        for name, values in (field_data or {}).items()
        for item in _arrays({name: np.asarray(values, np.float64)}, each)
    ]
    own_points = _arrays({name: stored(values) for name, values in point_data.items()}, each)
    own_cells = _arrays({name: stored(values) for name, values in cell_data.items()}, each)
    n_cells = sum(len(block.cells) for block in grid.blocks)
    sections = (
        ("<FieldData>", whole, "</FieldData>"),
        (f'<Piece NumberOfPoints="{grid.n_points}" NumberOfCells="{n_cells}">\n<Points>', grid.points, "</Points>"),
        ("<Cells>", grid.cells, "</Cells>"),
        ("<PointData>", (*own_points, *grid.point_data), "</PointData>"),
        ("<CellData>", (*own_cells, *grid.cell_data), "</CellData>"),
    )
    lines = [
        '<?xml version="1.0"?>',
        '<VTKFile type="UnstructuredGrid" version="1.0" byte_order="LittleEndian" header_type="UInt64" '
        'compressor="vtkZLibDataCompressor">',
        "<UnstructuredGrid>",
    ]
    offset, appended = 0, list[bytes]()
    for begin, arrays, end in sections:
        heads = []
        for item in arrays:
            heads.append(item.head.format(offset=offset))
            appended.append(item.data)
            offset += len(item.data)
        lines.append(begin + "".join(heads) + end)
    lines += ["</Piece></UnstructuredGrid>", '<AppendedData encoding="raw">']
    return ("\n".join(lines) + "\n_").encode() + b"".join(appended) + b"\n</AppendedData></VTKFile>\n"


def vtu_bytes(
    points: NDArray[np.float64], blocks: tuple[Block, ...], point_data: Fields | None = None, cell_data: Fields | None = None,
    field_data: Fields | None = None, each: Each = map,
) -> bytes:  # fmt: skip
    """Return the content of a file that has its mesh to itself.

    Parameters
    ----------
    points : (n_points, 3) float array
    blocks : tuple of Block
        Node numbers refer to `points`.
    point_data, cell_data : dict of str to (n, ...) array
        Fields; floats are stored in single precision, whole numbers as they are.
    field_data : dict of str to (n,) array, optional
        Numbers that belong to the whole file.
    each : callable
        Works as `map` does, and may do so on several cores.

    Raises
    ------
    InputError
        When a field has the wrong length.
    """
    return vtu_content(vtu_grid(points, blocks, each=each), point_data, cell_data, field_data, each)


def _arrays(fields: Fields, each: Each) -> tuple[_Array, ...]:
    return tuple(_Array(_head(name, values), _compressed(values, each)) for name, values in fields.items())


def refuse_lengths(n_points: int, blocks: tuple[Block, ...], point_data: Fields, cell_data: Fields) -> None:
    """Refuse fields that have not one value for every node or cell.

    Raises
    ------
    InputError
    """
    n_cells = sum(len(block.cells) for block in blocks)
    for fields, count, what in ((point_data, n_points, "nodes"), (cell_data, n_cells, "cells")):
        for name, values in fields.items():
            if len(values) != count:
                raise InputError(f"the field {name!r} has {len(values)} values for {count} {what}")


def vtk_cells(block: Block) -> NDArray[np.int32]:
    """Return cells in VTK's order, which for linear wedges has the first triangle's normal point out of the cell."""
    cells = block.cells[:, [0, 2, 1, 3, 5, 4]] if block.kind == "wedge6" else block.cells
    return cells.astype(np.int32).ravel()


def stored(values: NDArray[Any]) -> NDArray[Any]:
    """Return a field as files keep it: numbers in single precision, flags as bytes, whole numbers in four bytes."""
    values = np.asarray(values)
    if values.dtype.kind == "f":
        return values.astype(np.float32)
    return values.astype(np.uint8) if values.dtype.kind == "b" else values.astype(np.int32)


def _head(name: str, values: NDArray[Any]) -> str:
    kind = _TYPES[values.dtype.str[1:]]
    components = values.shape[1] if values.ndim > 1 else 1
    text = f'<DataArray type="{kind}" Name="{_braced(escape(name))}" format="appended" offset="{{offset}}"'
    if components > 1:
        text += f' NumberOfComponents="{components}"'
    if components == len(TENSOR):
        text += "".join(f' ComponentName{i}="{part}"' for i, part in enumerate(TENSOR))
    return text + "/>"


def _braced(text: str) -> str:
    """A text for `str.format` to leave as it is."""
    return text.replace("{", "{{").replace("}", "}}")


def _compressed(values: NDArray[Any], each: Each) -> bytes:
    """Header (blocks, block size, size of the last, compressed sizes) and the compressed blocks."""
    data = np.ascontiguousarray(values).reshape(-1).view(np.uint8)
    blocks = [data[start : start + _BLOCK] for start in range(0, len(data), _BLOCK)]
    parts = list(each(lambda block: zlib.compress(block, _LEVEL), blocks))
    last = len(data) % _BLOCK
    header = np.array([len(parts), _BLOCK, last, *(len(part) for part in parts)], np.uint64)
    return header.tobytes() + b"".join(parts)


def is_whole(content: bytes) -> bool:
    """Whether the compressed blocks of a file with raw appended data lie where its header says; True for other kinds of files.

    VTK ends its process where they do not.
    """
    head, _, appended = content.partition(b'<AppendedData encoding="raw">')
    if not appended or b'header_type="UInt64"' not in head or b"vtkZLibDataCompressor" not in head:
        return True
    data = np.frombuffer(appended, np.uint8)[appended.find(b"_") + 1 :]
    offsets = sorted(int(found) for found in re.findall(rb'offset="(\d{1,18})"', head))
    for offset, following in zip(offsets, [*offsets[1:], len(data)], strict=True):
        room = (min(following, len(data)) - offset) // 8
        if room < 3:
            return False
        count = int(data[offset : offset + 8].view("<u8")[0])
        if count > room - 3:
            return False
        sizes = data[offset + 24 : offset + 24 + 8 * count].view("<u8")
        if float(sizes.sum(dtype=float)) > following - offset - 24 - 8 * count:
            return False
    return True
