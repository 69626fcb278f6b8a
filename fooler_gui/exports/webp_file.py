"""Lossless animated WebP files, written frame by frame; Pillow would need all frames at once."""

from __future__ import annotations

import io
import struct
from pathlib import Path

from PIL import Image

from fooler_gui.exports.carried_text import exif_of
from fooler_gui.exports.film import FilmFacts, FrameFile, check_size

_MOST_PIXELS = 16_383
"""The longest side."""

_ANIMATION, _EXIF = 0x02, 0x08
_NO_BLENDING = 0x02
_FILE_HEADER = 12


class WebpFile(FrameFile):
    """A WebP file that repeats for ever; every pixel is kept exactly.

    Args:
        path: Overwritten from its start.
        facts: The frames' properties.

    Raises:
        ExportError: The frames are too large for a WebP file.
    """

    def __init__(self, path: Path, facts: FilmFacts) -> None:
        check_size("A WebP file", facts, _MOST_PIXELS)
        super().__init__(path)
        self._canvas = b"".join(_three_bytes(side - 1) for side in facts.size)
        self._exif = exif_of(facts.provenance.to_text())
        self._file.write(b"RIFF\0\0\0\0WEBP")
        self._write(b"VP8X", bytes([_ANIMATION | _EXIF, 0, 0, 0]) + self._canvas)
        self._write(b"ANIM", b"\xff\xff\xff\xff\0\0")

    def add(self, frame: Image.Image, seconds: float) -> None:
        """Adds `frame`, shown for `seconds`, exact to a thousandth."""
        alone = io.BytesIO()
        frame.save(alone, format="WEBP", lossless=True)
        place = bytes(6) + self._canvas + _three_bytes(round(1_000 * seconds)) + bytes([_NO_BLENDING])
        self._write(b"ANMF", place + alone.getvalue()[_FILE_HEADER:])

    def close(self) -> None:
        """Ends the file."""
        self._write(b"EXIF", self._exif)
        length = self._file.tell() - 8
        self._file.seek(4)
        self._file.write(struct.pack("<I", length))

    def _write(self, kind: bytes, content: bytes) -> None:
        self._file.write(struct.pack("<4sI", kind, len(content)) + content + bytes(len(content) % 2))


def _three_bytes(number: int) -> bytes:
    return number.to_bytes(3, "little")
