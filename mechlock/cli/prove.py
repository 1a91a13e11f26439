"""`mechlock prove`: the self-locking theorems of a lock, proved, refuted or undecided."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from mechlock.cli.output import Common, emit, progress, replace_file
from mechlock.errors import InputError

TRIALS = 2_000
"""Boxes for each condition of the proofs that look for a tolerance to tighten."""


def prove(
    file: Path,
    /,
    *,
    out: Annotated[Path | None, Parameter(name=["--out", "-o"])] = None,
    claim: list[str] | None = None,
    budget: int = 20_000,
    margins: bool = False,
    failures: bool = False,
    page: Path | None = None,
    parts: Path | None = None,
    common: Common = Common(),
) -> int:
    """Prove that the lock of a linkage or design file locks itself, or show where it does not.

    Exit code 0 when every claim asked for is proved, 1 when one is refuted, 3 when nothing could be decided.

    Example: ``mechlock prove geometry/locks/hook_fourbar_13.toml -o certificate.json``

    Parameters
    ----------
    file
        Linkage file, or design file with a lock.
    out
        Where to write the certificate; without it none is written.
    claim
        Look at this claim only (may be given more than once); default those of the file.
    budget
        Boxes to look at for each condition before giving up.
    margins
        Find also how far the claims hold beyond what the file asks, by bisection on proofs.
    failures
        Look also at partial failures: each spring broken, each hook not engaged, the clamp lost, the actuator on by mistake.
    page
        Write one HTML page for a review: figure, formula, box, reserve, assumptions; for a claim that fails the values, the
        opened mechanism and which tolerance to tighten.
    parts
        File of the lock's parts: joints to which the linkage gives no clearance get the greatest play of their pins' fits. A
        design names its parts itself.
    """
    from mechlock.inputs import reading
    from mechlock.inputs.joint_play import with_fits
    from mechlock.inputs.linkage import linkage_from_data
    from mechlock.inputs.lockparts import read_lock_parts
    from mechlock.linkage.semantics import build
    from mechlock.proof import limits
    from mechlock.proof import prove as run
    from mechlock.proof.failures import failures as partial
    from mechlock.proof.tighten import tighten
    from mechlock.report.proof_page import proof_page

    if page is not None and page.is_dir():
        raise InputError("this is a folder, a file is needed", str(page), "name the page, for example proof.html")
    data = reading.read_toml(file)
    if data.get("format") == "mechlock-design/1":
        from mechlock.inputs.design import lock_linkage

        if parts is not None:
            raise InputError("a design names its parts itself", "--parts", "leave it out")
        source = lock_linkage(file)
    else:
        source = linkage_from_data(data, str(file))
        source = source if parts is None else with_fits(source, read_lock_parts(parts), str(parts))
    with progress(common) as report:
        result = run(source, claims=claim, budget=budget, margins=margins, report=report)
        proved = tuple(theorem.name for theorem in result.theorems if theorem.verdict == "proved")
        found = limits(source, proved, budget=budget, report=report) if margins else ()
        broken = partial(source, budget=min(budget, TRIALS), report=report) if failures else ()
        failing = next((theorem.name for theorem in result.theorems if theorem.verdict != "proved"), None)
        tightened = tighten(source, failing, budget=TRIALS, report=report) if page is not None and failing is not None else ()
        text = proof_page(build(source), result, found, tightened) if page is not None else ""
    if out is not None and result.certificate:
        replace_file(out, result.certificate)
    if page is not None:
        replace_file(page, text)
    payload = result.payload() | {"certificate": str(out) if out is not None and result.certificate else None}
    if source.fits:
        given = {joint.name: joint.clearance for joint in source.file.joints}
        payload["fits"] = [{"joint": name, "radial_mm": given[name], "fits": fits} for name, fits in source.fits.items()]
    if failures:
        payload["failures"] = [failure.payload() for failure in broken]
    if tightened:
        payload["tighten"] = [item.payload() for item in tightened]
    if margins:
        payload["limits"] = [limit.payload() for limit in found]
    emit(common, payload, _text(payload))
    return result.exit_code


def _text(payload: dict[str, Any]) -> str:
    lines: list[str] = []
    for theorem in payload["theorems"]:
        lines.append(f"{theorem['name']}: {theorem['verdict'].upper()}   ({theorem['boxes']} boxes, {theorem['time_s']:.2f} s)")
        lines.append(f"  {theorem['statement']}")
        for margin in theorem["margins"]:
            governs = f"; {margin['governs']} takes most of it" if margin["governs"] else ""
            lines.append(f"  {margin['meaning']}: {margin['value']:.5g} {margin['unit']}{governs}")
        if theorem["violates"]:
            lines.append(f"  {theorem['violates']}, at")
        lines += [f"    {value['name']} = {_number(value['value'])} {value['unit']}" for value in theorem["counterexample"]]
    for limit in payload.get("limits", ()):
        governs = f"; {limit['governs']} takes most of it" if limit["governs"] else ""
        lines.append(f"{limit['claim']}: {limit['meaning']}: {limit['value']:.4g}{governs}")
        lines.append(f"  {limit['outcome']} with {limit['beyond']:.4g}")
    for item in payload.get("failures", ()):
        kept = {"proved": "stays locked", "refuted": "MAY OPEN", "undecided": "undecided"}[item["verdict"]]
        lines.append(f"{item['name']}: {kept} ({item['words']})")
    for item in payload.get("fits", ()):
        lines.append(f"clearance of {item['joint']}: {item['radial_mm']:.4g} mm, the greatest play of {item['fits']}")
    for item in payload.get("tighten", ()):
        lines.append(f"proved with {item['what']} at {item['share']:.3g} of what the file gives")
    lines.append(f"certificate: {payload['certificate'] or 'not written (-o FILE writes it)'}")
    return "\n".join(lines)


def _number(value: float) -> str:
    return str(int(value)) if Fraction(value).denominator == 1 else repr(value)
