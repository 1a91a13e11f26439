"""The finite-element analyses of a model file: static, modal, dynamic; figures as plain objects, fields for files."""

from mechlock.analyses.run import Solution, run_model, solve

__all__ = ["Solution", "run_model", "solve"]
