"""`build`: the solids, meshes, masses and bills of a frame or a whole design, or the mesh of a model, as files' content."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from mechlock.errors import InputError
from mechlock.inputs import design as designs
from mechlock.inputs import frame as frames
from mechlock.inputs import linkage as linkages
from mechlock.inputs import model as models
from mechlock.inputs import reading
from mechlock.inputs.joint_play import with_fits
from mechlock.inputs.lockparts import lock_parts_from_data, read_lock_parts
from mechlock.inputs.materials import MaterialRecord, find
from mechlock.linkage import semantics
from mechlock.mesh.gmsh_format import msh_bytes
from mechlock.mesh.tensor import TensorMesh, tensor_mesh
from mechlock.mesh.tensor_planes import QUICK, Grading
from mechlock.mesh.tensor_sizing import sized
from mechlock.mesh.weld_lines import weld_csv, weld_lines, weld_nodes
from mechlock.mesh.writing import mesh_vtu_bytes
from mechlock.pipeline import frame_decks
from mechlock.pipeline.error_sizing import Round, rounds_to, worst_error
from mechlock.pipeline.frame_analysis import FrameSolution, stand, with_modes
from mechlock.pipeline.lock_building import (
    hook_load,
    lock_files,
    lock_record,
    mass_record,
    parts_toml,
    plays_record,
    step_bytes,
    travel_record,
)
from mechlock.pipeline.model_building import model_files
from mechlock.solids import frame_bill, frame_step
from mechlock.solids.frame import FrameSolid, build_frame
from mechlock.solids.frame_blanks import blanks
from mechlock.solids.frame_surface import stl_bytes
from mechlock.solids.lock import Lock, build_lock
from mechlock.solids.lock_proposal import propose_parts


@dataclass(frozen=True)
class Built:
    """What was built.

    Attributes
    ----------
    record : dict
        Masses, bills, mesh sizes; the object of ``mass_properties.json`` and of ``--json``.
    files : dict of str to bytes
        Content of every file by name.
    solid : FrameSolid or None
        The frame, where one was built.
    lock : Lock or None
        The lock, where one was built.
    """

    record: dict[str, Any]
    files: dict[str, bytes]
    solid: FrameSolid | None = None
    lock: Lock | None = None


def build(
    design: str | Path,
    *,
    overrides: Mapping[str, str] | None = None,
    dofs: int | None = None,
    error: float | None = None,
    parts: str | Path | None = None,
    progress: Callable[[str], None] = lambda message: None,
) -> Built:
    """Build the solids and meshes of a design, or of a frame file alone, or the mesh of a model file.

    Parameters
    ----------
    design : path
        A ``mechlock-design/1``, ``mechlock-frame/1`` or ``mechlock-model/1`` file, or a ``mechlock-linkage/1`` file.
    overrides : mapping of str to str, optional
        Values to change, by dotted key (``frame.sections.post.thickness`` in both kinds of file).
    dofs : int, optional
        Degrees of freedom that the frame's mesh should have, within a tenth; by default it is a coarse one.
    error : float, optional
        Estimated relative error in the energy norm that no load case of a design may exceed on the frame's mesh.
    parts : path, optional
        A ``mechlock-lockparts/1`` file, for a linkage; without it parts are proposed.
    progress : callable
        Told what is being done.

    Raises
    ------
    InputError
        For whatever is wrong in the files.
    NoVerdict
        When the CAD kernel fails.
    """
    if dofs is not None and error is not None:
        raise InputError("a mesh is sized to a number of unknowns or to an error", "--dofs, --error", "give one of them")
    path = Path(design)
    found = reading.read_toml(path).get("format")
    if parts is not None or found == linkages.FORMAT:
        return _lock_alone(path, found, parts, sized_by=(dofs, error), overrides=overrides, progress=progress)
    if error is not None and found in (frames.FORMAT, models.FORMAT):
        mend = "name a design" if found == frames.FORMAT else "`mechlock solve MODEL --converge` refines until figures settle"
        raise InputError("an error belongs to the load cases of a design", "--error", mend)
    if found == frames.FORMAT:
        return _frame_alone(path, overrides or {}, dofs, progress)
    if found == models.FORMAT:
        if dofs is not None:
            raise InputError("a model file says itself how fine its mesh is", "--dofs", "write dofs in its table [cad]")
        if overrides:
            raise InputError("values of a model file cannot be changed from outside", "--set", "change the file")
        return Built(*model_files(models.read_model(path), progress))
    if found != designs.FORMAT:
        raise InputError(
            f"this is neither a design nor a frame nor a model (format is {found!r})",
            f"{path}: format",
            f"write format = {designs.FORMAT!r}, {frames.FORMAT!r} or {models.FORMAT!r}",
        )
    return _frame_and_lock(designs.read_design(path, overrides), path, dofs, error, progress)


def _frame_alone(path: Path, overrides: Mapping[str, str], dofs: int | None, progress: Callable[[str], None]) -> Built:
    """The frame of a frame file."""
    solid = build_frame(_frame_file(path, overrides), str(path))
    steel = find(solid.material, f"{path}: material")
    progress("frame: mesh")
    tensor = tensor_mesh(solid, QUICK if dofs is None else sized(solid, dofs, QUICK))
    progress("frame: own weight, for CalculiX")
    return _frame(tensor, steel, frame_decks.frame_decks(tensor, steel), progress)


def _frame_and_lock(
    data: designs.Design, path: Path, dofs: int | None, error: float | None, progress: Callable[[str], None]
) -> Built:
    """Frame and lock of a design, the frame's mesh sized as asked."""
    where = data.files.get("frame", str(path))
    steel = find(data.frame.material, f"{where}: material")
    solid, grading = build_frame(data.frame, where), Grading(data.file.mesh.frame)
    if dofs is not None:
        grading = sized(solid, dofs, grading)
    job = _Job(solid, steel, data, progress)
    solved, rounds = (job.solve(grading), ()) if error is None else job.sized_to(error, grading)
    built = _frame(solved.tensor, steel, frame_decks.design_decks(solved), progress)
    if rounds:
        built.record["frame"]["mesh"]["rounds"] = [asdict(item) for item in rounds]
    progress("lock: solids and meshes")
    lock = build_lock(data.linkage, data.parts, data.files.get("lock.parts", str(path)))
    plays, way = plays_record(data.linkage, data.parts), travel_record(lock, data.files.get("lock.parts", str(path)))
    record = {**built.record, "lock": {**lock_record(lock), "joints": plays, **way}}
    files = {
        **built.files,
        **lock_files(lock, data.file.lock.load),
        "mass_properties.json": json.dumps(record, indent=2, allow_nan=False).encode(),
    }
    return Built(record, files, built.solid, lock)


@dataclass(frozen=True)
class _Job:
    """A design's frame to be meshed and solved."""

    solid: FrameSolid
    steel: MaterialRecord
    design: designs.Design
    progress: Callable[[str], None]

    def solve(self, grading: Grading) -> FrameSolution:
        return with_modes(stand(self.solid, self.steel, self.design, grading, progress=self.progress), 0)

    def sized_to(self, wanted: float, grading: Grading) -> tuple[FrameSolution, tuple[Round, ...]]:
        """The solution on the first mesh that reaches an error, and the rounds up to it."""
        last: list[FrameSolution] = []

        def measure(size: float) -> tuple[str, float]:
            last[:] = [self.solve(replace(grading, size=size))]
            case, error = worst_error(last[0], self.steel)
            self.progress(f"frame: elements of {size:.3g} mm, estimated error {error:.3g} in {case}")
            return case, error

        def count(size: float) -> int:
            return 3 * len(tensor_mesh(self.solid, replace(grading, size=size)).mesh.points)

        rounds = rounds_to(wanted, grading.size, count, measure)
        return last[0], rounds


def _lock_alone(
    path: Path,
    found: object,
    parts: str | Path | None,
    *,
    sized_by: tuple[int | None, float | None],
    overrides: Mapping[str, str] | None,
    progress: Callable[[str], None],
) -> Built:
    """The lock of a linkage file and a file of its parts, proposed where there is none."""
    if found != linkages.FORMAT:
        raise InputError("parts are given for what is no linkage", "--parts", f"name a {linkages.FORMAT} file, or leave it out")
    if sized_by != (None, None) or overrides:
        raise InputError("a lock alone takes no --dofs, --error or --set", str(path), "leave them out")
    linkage, record, own = linkages.read_linkage(path), dict[str, Any](), dict[str, bytes]()
    if parts is None:
        progress("lock: proposing parts")
        proposal = propose_parts(semantics.build(linkage))
        lock, where = proposal.lock, str(path)
        own["parts.toml"] = parts_toml(proposal).encode()
        record = {"proposed": {"forces_N": dict(proposal.forces), "notes": list(proposal.notes)}}
        lock = replace(lock, file=lock_parts_from_data(proposal.data, "parts.toml"))
    else:
        where = str(parts)
        file = read_lock_parts(Path(parts))
        linkage = with_fits(linkage, file, where)
        lock = build_lock(linkage, file, where)
    progress("lock: solids and meshes")
    plays = plays_record(linkage, lock.file)
    record = {"lock": {**lock_record(lock), **record, "joints": plays, **travel_record(lock, where)}}
    own |= {"mass_properties.json": json.dumps(record, indent=2, allow_nan=False).encode()}
    return Built(record, {**lock_files(lock, hook_load(lock)), **own}, lock=lock)


def _frame_file(path: Path, overrides: Mapping[str, str]) -> frames.FrameFile:
    holder = {"frame": reading.read_toml(path)}
    for key, value in overrides.items():
        designs.override(holder, key, value)
    return reading.validate(frames.FrameFile, holder["frame"], str(path))


def _frame(tensor: TensorMesh, steel: MaterialRecord, decks: dict[str, bytes], progress: Callable[[str], None]) -> Built:
    solid, density = tensor.solid, steel.density
    progress("frame: STEP")
    shape = frame_step.frame_shape(solid)
    bill = frame_bill.bill_of_materials(solid, density)
    record = {
        "frame": {
            "name": solid.name,
            "material": solid.material,
            **mass_record(solid.mass_properties(density)),
            "mass_with_radii_kg": sum(row.rounded_mass for row in bill) * 1e3,
            "volume_mm3": solid.volume,
            "cad_volume_mm3": float(shape.mass),
            "parts": len(solid.parts),
            "groups_kg": {name: mass * 1e3 for name, mass in frame_bill.group_masses(solid, density).items()},
            "bill_of_materials": [
                {
                    "group": row.group,
                    "entry": row.entry,
                    "stock": row.text,
                    "count": row.count,
                    "length_mm": row.length,
                    "area_mm2": row.area,
                    "mass_kg": row.mass * 1e3,
                    "mass_with_radii_kg": row.rounded_mass * 1e3,
                }
                for row in bill
            ],
            "mesh": _mesh_record(tensor),
        }
    }
    progress("frame: files")
    files = {
        "frame.step": step_bytes(shape),
        "frame.stl": stl_bytes(solid),
        "frame.msh": msh_bytes(replace(tensor.mesh, nodes={**tensor.mesh.nodes, **weld_nodes(tensor)})),
        "frame.vtu": mesh_vtu_bytes(tensor.mesh),
        **decks,
        **{name: text.encode() for name, text in blanks(solid).items()},
        "welds.csv": weld_csv(weld_lines(tensor)).encode(),
        "bom.csv": frame_bill.bill_csv(bill).encode(),
    }
    files["mass_properties.json"] = json.dumps(record, indent=2, allow_nan=False).encode()
    return Built(record, files, solid)


def _mesh_record(tensor: TensorMesh) -> dict[str, Any]:
    mesh = tensor.mesh
    return {
        "elements": mesh.n_cells,
        "nodes": len(mesh.points),
        "dofs": 3 * len(mesh.points),
        "volume_mm3": tensor.volume,
        "face_groups": sorted(mesh.faces),
        "volume_groups": list(tensor.solid.groups),
    }
