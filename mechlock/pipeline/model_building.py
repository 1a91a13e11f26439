"""`build` of a model file: its mesh in every format, and what the selectors of its STEP file caught."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from mechlock.inputs.model import ModelSource
from mechlock.inputs.model_cad import Cad
from mechlock.mesh.from_cad import MeshedCad, mesh_step
from mechlock.mesh.gmsh_format import msh_bytes
from mechlock.mesh.mesh import Mesh
from mechlock.mesh.quality import check_mesh
from mechlock.mesh.reading import read_mesh
from mechlock.mesh.writing import inp_text, mesh_vtu_bytes


def model_files(source: ModelSource, progress: Callable[[str], None]) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Return the record of a model's mesh and its files by name.

    Raises
    ------
    InputError, NoVerdict, MissingExtra
        When the mesh cannot be read or made, or a selector does not catch what it should.
    """
    cad: dict[str, Any] = {}
    if source.file.is_cad:
        progress("meshing the STEP file")
        made = mesh_step(source.mesh_path, source.file.cad or Cad(), str(source.path))
        mesh, cad = made.tet.mesh, {"cad": _cad_record(made)}
    else:
        progress("reading the mesh")
        mesh = read_mesh(source.mesh_path, source.file.length_unit or "mm")
    record = {"model": source.file.name or source.path.name, "mesh": _mesh_record(mesh), **cad}
    progress("files")
    files = {
        "mesh.msh": msh_bytes(mesh),
        "mesh.vtu": mesh_vtu_bytes(mesh),
        "mesh.inp": inp_text(mesh).encode(),
        "mesh.json": json.dumps(record, indent=2, allow_nan=False).encode(),
    }
    return record, files


def _mesh_record(mesh: Mesh) -> dict[str, Any]:
    quality = check_mesh(mesh)
    return {
        "elements": mesh.n_cells,
        "nodes": len(mesh.points),
        "dofs": 3 * len(mesh.points),
        "volume_mm3": quality.volume,
        "quality": quality.as_dict(),
        "face_groups": sorted(mesh.faces),
        "volume_groups": sorted(mesh.volumes),
    }


def _cad_record(made: MeshedCad) -> dict[str, Any]:
    faces = made.file.faces
    return {
        "volume_mm3": made.file.volume,
        "size_mm": made.size,
        "straightened": made.tet.straightened,
        "bodies": [name for name, _ in made.file.bodies],
        "selectors": {
            item.name: [
                {"face": faces[n].text, "centre_mm": faces[n].centre.tolist(), "area_mm2": faces[n].area} for n in item.faces
            ]
            for item in made.caught
        },
    }
