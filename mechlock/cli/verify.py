"""`mechlock verify`: check a certificate with the independent checker alone."""

from __future__ import annotations

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
    payload = {
        "accepted": verdict.accepted,
        "reason": verdict.reason,
        "theorems": [dict(theorem) for theorem in verdict.theorems],
    }
    lines = [f"{theorem['name']}: {theorem['verdict']}" for theorem in verdict.theorems]
    emit(common, payload, "\n".join([*lines, "accepted" if verdict.accepted else f"rejected: {verdict.reason}"]))
    return 0 if verdict.accepted else 1
