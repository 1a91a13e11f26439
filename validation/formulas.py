"""Closed formulas of the hand calculations against published figures."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from mechlock.checks import bolted_joints as bolts
from mechlock.checks import hand_calculations as hand

Inputs = Mapping[str, Any]


def case_C01(inputs: Inputs) -> dict[str, float]:  # noqa: N802
    young, nu = (inputs["E_cyl"], inputs["E_block"]), (inputs["nu"], inputs["nu"])
    found = hand.line_contact(inputs["F_per_mm"], 1.0, inputs["R"], math.inf, young, nu)
    return {"half width": found.half_width, "max pressure": found.pressure}


def case_C05(inputs: Inputs) -> dict[str, float]:  # noqa: N802
    young, nu = (inputs["E"], inputs["E"]), (inputs["nu"], inputs["nu"])
    found = hand.line_contact(inputs["q"], 1.0, inputs["R1"], inputs["R2"], young, nu)
    depths = (found.half_width * step / 1000.0 for step in range(3001))
    return {
        "half width": found.half_width,
        "max pressure": found.pressure,
        "max subsurface shear 0.3003 p0": max(found.shear(depth) for depth in depths),
    }


def case_J04(inputs: Inputs) -> dict[str, float]:  # noqa: N802
    low, high = inputs["x"]
    return {
        "Ktn x=0.3": hand.lug_factor_net(low),
        "Ktn x=0.5": hand.lug_factor_net(high),
        "Ktb x=0.5": hand.lug_factor_bearing(high),
    }


def case_J01(inputs: Inputs) -> dict[str, float]:  # noqa: N802
    size = inputs["d"], inputs["l"], inputs["E"]
    return {
        "(a) km": bolts.member_stiffness_fit(*size),
        "(b) km": bolts.member_stiffness_frusta(*size),
    }
