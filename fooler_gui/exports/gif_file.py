"""Animated GIF files, written frame by frame with one palette for all. Pillow would keep every frame until the end."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

from PIL import GifImagePlugin, Image

from fooler_gui.exports.film import FilmFacts, FrameFile, check_size

_MOST_PIXELS = 65_535
"""The longest side."""

_GREYS = bytes(shade for grey in range(256) for shade in (grey, grey, grey))
_LEVELS = (6, 7, 6)
"""The number of shades of red, green and blue in the palette for colour images."""


class GifFile(FrameFile):
    """A GIF file that repeats for ever.

    Args:
        path: Overwritten from its start.
        facts: The frames' properties; "L" is kept exactly, "RGB" is reduced to 252 colours.

    Raises:
        ExportError: The frames are too large for a GIF file.
    """

    def __init__(self, path: Path, facts: FilmFacts) -> None:
        check_size("A GIF file", facts, _MOST_PIXELS)
        super().__init__(path)
        self._palette: Image.Image | None = None
        colours = _GREYS
        if facts.mode == "RGB":
            colours = _mixed_colours()
            self._palette = Image.new("P", (1, 1))
            self._palette.putpalette(colours)
        self._file.write(b"GIF89a" + struct.pack("<HHBBB", *facts.size, 0xF7, 0, 0) + colours.ljust(768, b"\0"))
        self._file.write(b"!\xff\x0bNETSCAPE2.0\x03\x01\0\0\0")
        self._file.write(b"!\xfe" + b"".join(_blocks(facts.provenance.to_text().encode("ascii"))) + b"\0")

    def add(self, frame: Image.Image, seconds: float) -> None:
        """Adds `frame`, shown for `seconds`, exact to a hundredth."""
        if self._palette is not None:
            frame = frame.quantize(palette=self._palette, dither=Image.Dither.NONE)
        self._file.write(b"".join(GifImagePlugin.getdata(frame, duration=10 * round(100 * seconds))))

    def close(self) -> None:
        """Ends the file."""
        self._file.write(b";")


def _blocks(content: bytes) -> Iterator[bytes]:
    for begin in range(0, len(content), 255):
        block = content[begin : begin + 255]
        yield bytes([len(block)]) + block


def _mixed_colours() -> bytes:
    reds, greens, blues = ([round(255 * level / (count - 1)) for level in range(count)] for count in _LEVELS)
    return bytes(shade for red in reds for green in greens for blue in blues for shade in (red, green, blue))
