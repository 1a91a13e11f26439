"""How the body of a model file can move although its supports act, for whoever has to mend it."""

from __future__ import annotations

from mechlock.fem.assembly import assemble
from mechlock.fem.free_motion import free_shapes
from mechlock.fem.from_file import problem
from mechlock.fem.restraint import restrain
from mechlock.inputs.model import ModelSource
from mechlock.inputs.model_cases import StaticCase
from mechlock.mesh.mesh import Floats, Mesh


def free_motions(source: ModelSource, mesh: Mesh) -> list[tuple[str, Floats]]:
    """Free motions in words and as shapes (n_nodes, 3), under the first static case that does not hold the body.

    Cases with inertia relief stand on nothing by intention. Contacts count as closed: a body that they hold may still lift off.

    Raises
    ------
    InputError
        For what makes the file unusable on its mesh.
    """
    model = problem(source, mesh).model
    cases = [case for case in source.file.cases if isinstance(case, StaticCase) and not case.inertia_relief]
    system = assemble(model)
    for names in dict.fromkeys(None if case.supports is None else tuple(case.supports) for case in cases):
        found = free_shapes(system, restrain(system, names))
        if found:
            return found
    return []
