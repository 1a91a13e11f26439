"""Small cases decided by an SMT solver too: real arithmetic over the constraint equations themselves, no closed form."""

from __future__ import annotations

from types import ModuleType

import pytest

from mechlock.inputs.linkage import linkage_from_data
from mechlock.proof import prove

z3 = pytest.importorskip("z3", reason="z3-solver comes with the extra `oracle`")

LENGTHS = (40.0, 120.0, 80.0, 100.0)
"""Crank, coupler, rocker, ground (mm): dead centre where crank and coupler are in line, at 24.15 deg."""


def _answer(tolerance: float, sine: str, cosine: str) -> str:
    """Ask for lengths within the tolerance at which the toggle's height is not positive, crank at a rational angle."""
    a, b, c, x, y = z3.Reals("a b c x y")
    s, k = z3.RealVal(sine), z3.RealVal(cosine)
    solver = z3.Solver()
    solver.set("timeout", 20_000)
    for variable, nominal in zip((a, b, c), LENGTHS[:3], strict=True):
        solver.add(variable >= nominal - tolerance, variable <= nominal + tolerance)
    solver.add((x - a * k) ** 2 + (y - a * s) ** 2 == b**2, (x - LENGTHS[3]) ** 2 + y**2 == c**2, y > 0)
    # height of the crank's pivot over the coupler's line, times the coupler's length: positive beyond dead centre
    solver.add(a * k * (y - a * s) - a * s * (x - a * k) >= 0)
    return str(solver.check())


@pytest.mark.parametrize(("tolerance", "verdict"), [(0.1, "proved"), (0.5, "proved"), (4.0, "refuted")])
def test_small_four_bars_agree(fourbars: ModuleType, tolerance: float, verdict: str) -> None:
    """Stop at atan(8/15) = 28.07 deg, nearly four degrees past dead centre; lengths of crank, coupler and rocker in tolerance."""
    data = fourbars.fourbar(LENGTHS, 28.07, tolerance=tolerance, direction=(140.0, 140.0), point=(120.0, 10.0))
    data["parameters"]["d"] = "100 mm"
    result = prove(linkage_from_data(data, "lock.toml"), claims=("over_centre",), budget=4000)
    assert (result.verdict, _answer(tolerance, "8/17", "15/17")) == (verdict, {"proved": "unsat", "refuted": "sat"}[verdict])
