"""Both frames stand at their least gauges: one catalogue step thinner is not stocked, or fails a criterion.

Brackets, pads, sockets and eyes are the interface, the same in every frame, and are not sized here.
"""

import json
from pathlib import Path

import pytest

from mechlock import resources
from mechlock.cli.main import run
from mechlock.inputs.frame import FrameFile, read_frame
from mechlock.inputs.sections import hollow_stock, sheet_stock

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
def test_its_long_rails_fail_one_step_thinner(
    gauge: str, criterion: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    design = tmp_path / "resized.toml"
    text = REFERENCE.read_text(encoding="utf-8").replace("backpack_s700l.toml", "backpack_q355b_resized.toml")
    design.write_text(text.replace('"../', f'"{GEOMETRY.as_posix()}/'), encoding="utf-8")
    thickness = f"--set=frame.{gauge}.thickness={CONVENTIONAL[gauge]} mm"
    assert run(["check", str(design), "--quiet", "--json", thickness]) == 1
    rows = json.loads(capsys.readouterr().out)["criteria"]
    assert criterion in {row["name"] for row in rows if row["passed"] is False}
