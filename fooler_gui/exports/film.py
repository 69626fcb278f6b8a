"""What every file of moving pictures is: begun with what is known of its frames, filled frame by frame, closed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from PIL import Image

from fooler_gui.exports.provenance import Provenance


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmFacts:
    """What is known of a film before its first frame.

    Attributes:
        size: (width, height) of every frame.
        mode: "L" or "RGB", of every frame.
        fps: Frames per second.
        frames: How many are to come.
        provenance: What the run was made with, carried in the file.
    """

    size: tuple[int, int]
    mode: str
    fps: int
    frames: int
    provenance: Provenance


class Film(Protocol):
    """A file that is being written."""

    def add(self, frame: Image.Image, seconds: float) -> None:
        """Adds `frame`, shown for `seconds`."""

    def close(self) -> None:
        """Ends the file."""

    def let_go(self) -> None:
        """Gives back whatever the writing took, also where the file was not ended."""


class FrameFile:
    """A film that is written by this program itself.

    Args:
        path: Is written from its start.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")

    def let_go(self) -> None:
        """Gives the file back, also where it was not ended."""
        self._file.close()
