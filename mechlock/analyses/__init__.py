"""The finite-element analyses of a model file: static, modal, dynamic; figures as plain objects, fields for files."""

from mechlock.analyses.run import Solution, run_model
from mechlock.analyses.solving import Refinement, solve

__all__ = ["Refinement", "Solution", "run_model", "solve"]
