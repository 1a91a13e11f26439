"""Claims of self-locking, proved by interval branch and bound, with certificates and an independent checker."""

from mechlock.proof.drive_reserve import MEANING as DRIVE_RESERVE
from mechlock.proof.limits import Limit, limits
from mechlock.proof.prover import prove
from mechlock.proof.results import Margin, ProofResult, Theorem, Value
from mechlock.proof.verify import Verdict, verify

__all__ = ["DRIVE_RESERVE", "Limit", "Margin", "ProofResult", "Theorem", "Value", "Verdict", "limits", "prove", "verify"]
