"""The composer: the only place where stages meet, and where frame forces go back to the proof."""

from mechlock.pipeline.building import build
from mechlock.pipeline.checking import CheckResult, check

__all__ = ["CheckResult", "build", "check"]
