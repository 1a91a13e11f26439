"""Both frames stand at their least gauges: one catalogue step thinner is not stocked, or fails a criterion.

Brackets, pads, sockets and eyes are the interface, the same in every frame, and are not sized here.
"""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mechlock import resources
from mechlock.fem.pardiso import keep_to_one_thread
from mechlock.inputs.acceptance import acceptance
from mechlock.inputs.design import read_design
from mechlock.inputs.frame import FrameFile, read_frame
from mechlock.inputs.materials import find
from mechlock.inputs.sections import hollow_stock, sheet_stock
from mechlock.mesh.tensor_planes import Grading
from mechlock.pipeline.checking import AT_ONCE
from mechlock.pipeline.frame_analysis import read_stress, stand, with_modes
from mechlock.pipeline.frame_criteria import stress_criteria
from mechlock.pipeline.frame_stage import GROWTH, TOE_LENGTH, TOE_ROWS, stress_limits
from mechlock.pipeline.frame_zoom import zoom_in
from mechlock.solids.frame import build_frame

GEOMETRY = resources.folder("geometry")
REFERENCE = GEOMETRY / "designs" / "reference.toml"


def thinner(frame: FrameFile) -> dict[str, float]:
    """Gauges that could be had one step thinner, by dotted key, with that step in mm."""
    steps = {f"sections.{name}": hollow_stock(item).thinner(item.thickness) for name, item in frame.sections.items()}
    sheets = {plate.gauge for plate in frame.plates}
    steps |= {f"gauges.{name}": sheet_stock().thinner(frame.gauges[name].thickness) for name in sheets}
    return {name: step for name, step in steps.items() if step is not None}


def test_no_wall_of_the_s700l_frame_is_stocked_thinner() -> None:
    assert thinner(read_frame(GEOMETRY / "frames" / "backpack_s700l.toml")) == {}


CONVENTIONAL = {"sections.base_long": 2.5, "sections.layer_long": 2.5}


def test_of_the_conventional_frame_in_its_own_steel_only_the_long_rails_could_be_thinner() -> None:
    assert thinner(read_frame(GEOMETRY / "frames" / "backpack_q355b_resized.toml")) == CONVENTIONAL


@pytest.mark.slow
@pytest.mark.parametrize(
    ("gauge", "criterion"),
    [("sections.base_long", "limit_load_weld_HAZ"), ("sections.layer_long", "limit_load_von_mises_base")],
)
def test_its_long_rails_fail_one_step_thinner(gauge: str, criterion: str, tmp_path: Path) -> None:
    """The stress part of a whole check: own mesh, then submodels of what governs."""
    path = tmp_path / "resized.toml"
    text = REFERENCE.read_text(encoding="utf-8").replace("backpack_s700l.toml", "backpack_q355b_resized.toml")
    path.write_text(text.replace('"../', f'"{GEOMETRY.as_posix()}/'), encoding="utf-8")
    design = read_design(path, {f"frame.{gauge}.thickness": f"{CONVENTIONAL[gauge]} mm"})
    rows, steel = acceptance(design.file.criteria, design.where), find(design.frame.material, design.where)
    solid = build_frame(design.frame)
    grading = Grading(design.file.mesh.frame, TOE_ROWS, growth=GROWTH)
    analysis = read_stress(with_modes(stand(solid, steel, design, grading), 0), steel, TOE_LENGTH)
    with ThreadPoolExecutor(AT_ONCE, initializer=keep_to_one_thread) as pool:
        looked = zoom_in(analysis, steel, *stress_limits(solid, steel, rows), pool).finer
    found = stress_criteria(looked.base, looked.weld, analysis.weld_coverage, steel, rows)
    assert criterion in {row.name for row in found if row.status == "failed"}
