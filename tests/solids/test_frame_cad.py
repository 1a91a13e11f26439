"""Frames through the CAD kernel and back: the same volumes, the same names, closed solids."""

from pathlib import Path

import numpy as np
import pytest

from mechlock.inputs import reading
from mechlock.inputs.frame import FrameFile
from mechlock.solids import frame_step
from mechlock.solids.frame import build_frame
from mechlock.solids.frame_blanks import blanks
from mechlock.solids.frame_surface import stl_bytes


@pytest.fixture
def solid(portal):
    return build_frame(reading.validate(FrameFile, portal, "portal"))


def test_step_file_has_every_part_with_its_name_and_volume(solid, tmp_path: Path) -> None:
    from netgen.occ import OCCGeometry

    shape = frame_step.frame_shape(solid)
    assert shape.mass == pytest.approx(solid.volume, rel=1e-9)
    path = tmp_path / "portal.step"
    frame_step.write_step(shape, path)
    read = {item.name: item for item in OCCGeometry(str(path)).shape.solids}
    assert set(read) == {part.name for part in solid.parts}
    for part in solid.parts:
        assert read[part.name].mass == pytest.approx(part.volume, rel=1e-9)
        centre = np.average((part.low + part.high) / 2, axis=0, weights=np.prod(part.high - part.low, axis=1))
        assert list(read[part.name].center) == pytest.approx(centre.tolist(), abs=1e-6)


def test_plate_with_window_is_one_solid_with_four_inner_faces(solid) -> None:
    sheet = next(part for part in solid.parts if part.kind == "plate")
    assert len(list(frame_step.part_shape(sheet).faces)) == 6 + 4


def test_stl_encloses_the_volume(solid) -> None:
    data = stl_bytes(solid)
    count = int(np.frombuffer(data[80:84], np.uint32)[0])
    table = np.frombuffer(data[84:], dtype=[("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])
    assert len(table) == count
    corners = table["corners"].astype(float)
    enclosed = np.einsum("ni,ni->", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])) / 6
    assert enclosed == pytest.approx(solid.volume, rel=1e-6)
    assert np.linalg.norm(table["normal"], axis=1) == pytest.approx(1.0, abs=1e-6)


def test_blanks_of_sheets_have_their_area_and_are_counted(solid) -> None:
    files = blanks(solid)
    assert list(files) == ["sheet_end_1.dxf"]
    rows = files["sheet_end_1.dxf"].splitlines()
    pairs = list(zip(rows[::2], rows[1::2], strict=False))
    values = [float(value) for code, value in pairs if code in {"10", "20", "11", "21"}]
    lines = np.array(values[:-2]).reshape(-1, 2, 2)  # the last point is the note's
    assert len(lines) == 8
    ends = np.sort(lines.reshape(-1, 2).round(6).view([("x", float), ("y", float)]).ravel())
    assert (ends[::2] == ends[1::2]).all(), "every corner joins two lines"
    upright = lines[lines[:, 0, 0] == lines[:, 1, 0]]
    assert sorted(set(upright[:, 0, 0])) == pytest.approx([0, 170, 370, 540])
    sheet = next(part for part in solid.parts if part.kind == "plate")
    assert (540 * 520 - 200 * 150) * sheet.thickness == pytest.approx(sheet.volume)
    assert "plates.end 4 mm, 2 off, Q355B" in rows
