"""Time of geometry and meshes of the reference design against their bars.

    python benchmarks/geometry.py [--without-gmsh]

Bars: a tensor-grid frame of 250 000 degrees of freedom in 1 s; all parts of the lock as solids with the STEP files of lock and
frame in 10 s; the frame in quadratic tetrahedra at 300 000 degrees of freedom by gmsh (extra `cad`) in 60 s.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from mechlock.inputs import reading
from mechlock.inputs.design import read_design
from mechlock.inputs.model_cad import Cad
from mechlock.mesh.from_cad import mesh_step
from mechlock.mesh.tensor import tensor_mesh
from mechlock.mesh.tensor_planes import Grading
from mechlock.solids.frame import build_frame
from mechlock.solids.frame_step import frame_shape, write_step
from mechlock.solids.lock import build_lock, lock_shape

DESIGN = Path(__file__).parent.parent / "geometry" / "designs" / "reference.toml"
TENSOR = Grading(size=140.0, toe_rows=(1.0,), growth=10.0)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--without-gmsh", action="store_true")
    design = read_design(DESIGN)
    without = parser.parse_args().without_gmsh
    late = False

    def report(what: str, began: float, bar: float) -> None:
        nonlocal late
        took = time.perf_counter() - began
        late |= took > bar
        print(f"{what}: {took:.2f} s (bar {bar:g} s){'' if took <= bar else '  TOO SLOW'}", flush=True)

    began = time.perf_counter()
    solid = build_frame(design.frame, "frame")
    mesh = tensor_mesh(solid, TENSOR).mesh
    report(f"tensor grid, {3 * len(mesh.points):,} DOF", began, 1.0)
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "frame.step"
        began = time.perf_counter()
        write_step(lock_shape(build_lock(design.linkage, design.parts, "lock")), Path(scratch) / "lock.step")
        write_step(frame_shape(solid), path)
        report("parts of the lock, STEP of lock and frame", began, 10.0)
        if not without:
            began = time.perf_counter()
            made = mesh_step(path, reading.validate(Cad, {"mesher": "gmsh", "dofs": 300_000}, "cad"), "frame")
            report(f"tet10 by gmsh, {3 * len(made.tet.mesh.points):,} DOF, sizes tried", began, 60.0)
    return int(late)


if __name__ == "__main__":
    sys.exit(main())
