"""What came of an export."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What was written.

    Attributes:
        saves: How many saves are in it.
        of: How many the run had.
        size: (width, height) of the picture in pixels; None where it is none.
    """

    saves: int
    of: int
    size: tuple[int, int] | None = None
