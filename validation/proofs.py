"""P06: the over-centre hook four-bar with 13 uncertain quantities, at the tolerances where a prototype proved and refuted it."""

from __future__ import annotations


def case_P06() -> dict[str, float]:  # noqa: N802
    from mechlock.inputs import reading
    from mechlock.inputs.linkage import linkage_from_data
    from mechlock.proof import prove, verify
    from mechlock.resources import folder

    path = folder("geometry") / "locks" / "hook_fourbar_13.toml"

    def is_verdict(tolerance_mm: float, verdict: str) -> float:
        data = reading.read_toml(path)
        for name in ("a", "b", "c", "x4", "y4"):
            data["parameters"][name]["tolerance"] = f"{tolerance_mm} mm"
        for name in ("px", "py"):
            data["parameters"][name]["tolerance"] = f"{2 * tolerance_mm} mm"
        result = prove(linkage_from_data(data, str(path)))
        return float(result.verdict == verdict and verify(result.certificate).accepted)

    return {"proved at 2.6 mm": is_verdict(2.6, "proved"), "refuted at 2.8 mm": is_verdict(2.8, "refuted")}
