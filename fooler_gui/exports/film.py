"""The protocol of animation files: opened with the frames' properties, filled frame by frame, closed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from PIL import Image

from fooler_gui.exports.export_error import ExportError
from fooler_gui.exports.provenance import Provenance


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmFacts:
    """The properties of a film before its first frame.

    Attributes:
        size: (width, height) of every frame.
        mode: "L" or "RGB", of every frame.
        fps: Frames per second.
        frames: The number of frames.
        provenance: How the run was made, stored in the file.
    """

    size: tuple[int, int]
    mode: str
    fps: float
    frames: int
    provenance: Provenance


class Film(Protocol):
    """A file that is being written."""

    def add(self, frame: Image.Image, seconds: float) -> None:
        """Adds `frame`, shown for `seconds`."""

    def close(self) -> None:
        """Ends the file."""

    def let_go(self) -> None:
        """Releases all resources, also if the file was not closed."""


def check_size(what: str, facts: FilmFacts, most: int) -> None:
    """Checks that the frames of `what` are at most `most` pixels wide and high.

    Raises:
        ExportError: They are larger.
    """
    largest = max(facts.size)
    if largest > most:
        raise ExportError(f"{what} may be at most {most:,} pixels wide and high; received {largest:,}.")


class FrameFile:
    """A film in a format that this program writes itself.

    Args:
        path: Overwritten from its start.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")

    def let_go(self) -> None:
        """Closes the file, also if it was not finished."""
        self._file.close()
