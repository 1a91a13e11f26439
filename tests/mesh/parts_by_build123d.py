"""Writes three parts as STEP files with build123d, a CAD library that is not mechlock's: python parts_by_build123d.py FOLDER.

Run in a process of its own, since build123d brings another build of the CAD kernel than Netgen does.
"""

import sys
from pathlib import Path

from build123d import (
    Align,
    Box,
    BuildPart,
    BuildSketch,
    Circle,
    Compound,
    GridLocations,
    Locations,
    Mode,
    Plane,
    Pos,
    Rectangle,
    export_step,
    extrude,
)

MIN_X = (Align.MIN, Align.CENTER, Align.CENTER)


def bracket():
    """Base plate 120 x 80 x 12 with four bolt holes of 13, and an upright 12 thick with an eye of 70 and a bore of 40."""
    with BuildPart() as part:
        with BuildSketch(Plane.XY):
            Rectangle(120, 80)
            with GridLocations(90, 50, 2, 2):
                Circle(6.5, mode=Mode.SUBTRACT)
        extrude(amount=12)
        with BuildSketch(Plane.XZ.offset(-6)):
            with Locations((0, 12)):
                Rectangle(70, 60, align=(Align.CENTER, Align.MIN))
            with Locations((0, 72)):
                Circle(35)
            with Locations((0, 72)):
                Circle(20, mode=Mode.SUBTRACT)
        extrude(amount=12)
    part.part.label = "bracket"
    return part.part


def arm():
    """A tube 80 x 50 x 5, 600 long, with an end plate 12 x 120 x 90: two bodies."""
    tube = Box(600, 80, 50, align=MIN_X) - Box(600, 70, 40, align=MIN_X)
    plate = Pos(600, 0, 0) * Box(12, 120, 90, align=MIN_X)
    tube.label, plate.label = "tube", "end plate"
    return Compound(label="arm", children=[tube, plate])


def strip():
    """A strip 200 x 50 x 3 with a round hole of 10 in its middle."""
    with BuildPart() as part:
        with BuildSketch(Plane.XY):
            Rectangle(200, 50)
            Circle(5, mode=Mode.SUBTRACT)
        extrude(amount=3)
    part.part.label = "strip"
    return part.part


if __name__ == "__main__":
    out = Path(sys.argv[1])
    export_step(bracket(), str(out / "bracket.step"))
    export_step(arm(), str(out / "arm.step"))
    export_step(strip(), str(out / "strip.step"))
