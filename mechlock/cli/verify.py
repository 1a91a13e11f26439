"""`mechlock verify`: check a certificate with the independent checker alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from mechlock.cli.output import Common, emit
from mechlock.errors import InputError


def verify(
    certificate: Path,
    /,
    *,
    design: Annotated[Path | None, Parameter(name="--design")] = None,
    common: Common = Common(),
) -> int:
    """Check a certificate of self-locking with the independent checker alone.

    Exit code 0 when it is accepted, 1 when it is rejected, 2 when it cannot be read. The checker is one file that runs without
    mechlock: ``python verify.py certificate.json``.

    Example: ``mechlock verify certificate.json --design lock.toml``

    Parameters
    ----------
    certificate
        What ``mechlock prove -o`` wrote.
    design
        Linkage or design file that the certificate must belong to.
    """
    from mechlock.proof.verify import Unreadable
    from mechlock.proof.verify import verify as run

    try:
        verdict = run(certificate.read_text(encoding="utf-8"), design)
    except Unreadable as error:
        raise InputError(f"this is not a certificate that can be read ({error})", str(certificate)) from None
    except OSError as error:
        raise InputError(f"the file cannot be read ({error.strerror})", str(certificate), "check the path") from None
    except UnicodeDecodeError:
        raise InputError("the file is not UTF-8 text", str(certificate)) from None
    reason = verdict.reason
    if verdict.added and design is not None:
        reason = _other_fits(certificate, design, verdict.added)
    theorems = [dict(theorem) for theorem in verdict.theorems] if not reason else []
    payload = {"accepted": not reason, "reason": reason, "theorems": theorems, "clearances_not_in_file": list(verdict.added)}
    lines = [f"{theorem['name']}: {theorem['verdict']}" for theorem in theorems]
    if verdict.added and not reason:
        lines.append(f"clearances that the linkage file leaves out: {', '.join(verdict.added)}")
    emit(common, payload, "\n".join([*lines, f"rejected: {reason}" if reason else "accepted"]))
    return 1 if reason else 0


def _other_fits(certificate: Path, design: Path, joints: tuple[str, ...]) -> str:
    """Say where the certificate's clearances are not those of the fits of a design's parts; empty where they are."""
    from mechlock.inputs import reading
    from mechlock.inputs.design import FORMAT, lock_linkage
    from mechlock.inputs.linkage import linkage_from_data

    if reading.read_toml(design).get("format") != FORMAT:
        return ""  # a linkage alone: whatever play its joints have, the certificate says for which it holds
    fitted = {joint.name: joint.clearance for joint in lock_linkage(design).file.joints}
    proved = linkage_from_data(json.loads(certificate.read_text(encoding="utf-8"))["linkage"], str(certificate))
    for joint in proved.file.joints:
        if joint.name in joints and joint.clearance != fitted[joint.name]:
            least = f"{fitted[joint.name] or 0.0:g} mm"
            return f"its clearance of {joint.name} is {joint.clearance:g} mm, the fits of the design's parts give {least}"
    return ""
