"""The result of an export."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What was written.

    Attributes:
        saves: The number of saves in it.
        of: The number of saves in the run.
        size: (width, height) of the picture in pixels; None if it is not a picture.
    """

    saves: int
    of: int
    size: tuple[int, int] | None = None
