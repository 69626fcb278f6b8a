"""Animated PNG files, written frame by frame; Pillow would keep every frame until the end."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

from fooler_gui.exports.film import FilmFacts, FrameFile
from fooler_gui.exports.provenance import picture_texts

_COLOUR_TYPES = {"L": 0, "RGB": 2}
_MILLISECONDS = 1_000


class ApngFile(FrameFile):
    """An APNG file that repeats for ever; programs without animations show its first frame.

    Args:
        path: Overwritten from its start.
        facts: The frames' properties; frames are kept exactly.
    """

    def __init__(self, path: Path, facts: FilmFacts) -> None:
        super().__init__(path)
        self._size = facts.size
        self._numbers = iter(range(2 * facts.frames))
        self._is_first = True
        self._file.write(b"\x89PNG\r\n\x1a\n")
        self._write(b"IHDR", struct.pack(">IIBBBBB", *facts.size, 8, _COLOUR_TYPES[facts.mode], 0, 0, 0))
        self._write(b"acTL", struct.pack(">II", facts.frames, 0))
        for keyword, text in picture_texts(facts.provenance).items():
            self._write(b"iTXt", keyword.encode("latin-1") + b"\0\0\0\0\0" + text.encode())

    def add(self, frame: Image.Image, seconds: float) -> None:
        """Adds `frame`, shown for `seconds`, exact to a thousandth."""
        delay = round(_MILLISECONDS * seconds)
        control = struct.pack(">IIIIIHHBB", next(self._numbers), *self._size, 0, 0, delay, _MILLISECONDS, 0, 0)
        self._write(b"fcTL", control)
        rows = np.asarray(frame).reshape(frame.height, -1)
        content = zlib.compress(np.pad(rows, ((0, 0), (1, 0))).tobytes())  # each row unfiltered, after a 0 that says so
        if self._is_first:
            self._write(b"IDAT", content)
        else:
            self._write(b"fdAT", struct.pack(">I", next(self._numbers)) + content)
        self._is_first = False

    def close(self) -> None:
        """Ends the file."""
        self._write(b"IEND", b"")

    def _write(self, kind: bytes, content: bytes) -> None:
        self._file.write(struct.pack(">I4s", len(content), kind) + content)
        self._file.write(struct.pack(">I", zlib.crc32(kind + content)))
