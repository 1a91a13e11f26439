"""Modal cases of a model file as results, and the state that linear dynamics stands on."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mechlock.fem.modal import ModalSolution

_AXES = ("x", "y", "z")
_KG = 1000.0


def modal_record(modes: ModalSolution) -> dict[str, Any]:
    """Return the figures of a modal case by the contract's keys.

    ``effective_mass_kg`` holds one list per mode with the effective masses along x, y, z; rotations stand beside it.
    """
    effective = modes.effective_mass * _KG
    rigid = np.diag(modes.rigid_mass) * _KG
    share = effective[:, :3].sum(axis=0) / np.maximum(rigid[:3], 1e-300)
    worst = modes.residual[np.isfinite(modes.residual)]
    return {
        "analysis": "modal",
        "status": "ok",
        "frequencies_Hz": modes.frequencies.tolist(),
        "effective_mass_kg": effective[:, :3].tolist(),
        "effective_inertia_kg_mm2": effective[:, 3:].tolist(),
        "total_mass_kg": rigid[:3].tolist(),
        "effective_mass_share": dict(zip(_AXES, share.tolist(), strict=True)),
        "rigid_modes": modes.rigid_count,
        "about": modes.about or None,
        "equilibrium_error": float(worst.max()) if len(worst) else 0.0,
        "orthogonality_error": modes.orthogonality,
    }


def modal_fields(modes: ModalSolution, rows: NDArray[np.int64]) -> dict[str, NDArray[np.float64]]:
    """Return the mode shapes at the rows' nodes, each scaled so that its largest displacement is 1."""
    fields = {}
    for number, shape in enumerate(modes.shapes, start=1):
        largest = np.linalg.norm(shape, axis=1).max()
        fields[f"mode:{number}"] = shape[rows] / (largest or 1.0)
    return fields
