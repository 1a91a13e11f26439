"""A rendered picture: its bytes with title, text alternative and the section of the report it belongs to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Picture:
    """An encoded image with what a reader needs to know of it.

    Attributes
    ----------
    name : str
        Short unique name, usable as a file name.
    title, alt : str
        Caption; and what the picture shows, for those who cannot see it.
    section : str
        Section of the report: ``stress``, ``modes``, ``lock_parts``, ``mechanism`` or ``summary``.
    data : bytes
        The encoded image.
    mime : str
        Its media type.
    """

    name: str
    title: str
    alt: str
    section: str
    data: bytes
    mime: str = "image/png"
