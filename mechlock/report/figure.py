"""A picture for the report: its bytes with title, text alternative and the section it belongs to."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Protocol


class Picture(Protocol):
    """What the report needs to know of a picture, whoever made it."""

    @property
    def name(self) -> str:
        """Short unique name, usable as a file name."""
        ...

    @property
    def title(self) -> str:
        """Caption."""
        ...

    @property
    def alt(self) -> str:
        """What the picture shows, for those who cannot see it."""
        ...

    @property
    def section(self) -> str:
        """Section of the report: summary, mass, criteria, mechanism, lock_forces, lock_parts, stress or modes."""
        ...

    @property
    def data(self) -> bytes:
        """The encoded image."""
        ...

    @property
    def mime(self) -> str:
        """Media type, such as ``image/png``."""
        ...


@dataclass(frozen=True)
class Figure:
    """A picture in memory; the attributes are those of `Picture`."""

    name: str
    title: str
    alt: str
    section: str
    data: bytes
    mime: str = "image/png"


def data_uri(picture: Picture) -> str:
    """Return the picture as a ``data:`` address, so that a page that shows it fetches nothing."""
    return f"data:{picture.mime};base64,{base64.b64encode(picture.data).decode()}"
