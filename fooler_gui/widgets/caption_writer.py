"""Writes many short texts in one drawing call: the numbers under the images of the grid.

Shaping and drawing each text by itself takes most of a frame; the glyphs of digits never change.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

from PySide6.QtCore import QPointF
from PySide6.QtGui import QFont, QGlyphRun, QPainter, QRawFont, QTextLayout

Text = tuple[str, float, float]
"""A text, its left edge or centre, and its baseline, in device pixels."""


class _Glyph(NamedTuple):
    """One character: the index of its font among the writer's, its index in the font, and its width."""

    font: int
    glyph: int
    advance: float


class CaptionWriter:
    """Writes texts in one font, shaping each character by itself, which suits digits of equal width. Main thread only.

    Args:
        font: Its size is in device pixels.
    """

    def __init__(self, font: QFont) -> None:
        self._font = font
        self._raw_fonts: list[QRawFont] = []
        self._glyphs: dict[str, _Glyph] = {}

    def write(self, painter: QPainter, texts: Iterable[Text], *, centred: bool = True) -> None:
        """Writes `texts` in the colour of the painter's pen, each `centred` at its place or from there on."""
        texts = list(texts)
        for character in set().union(*(text for text, _, _ in texts)) - self._glyphs.keys():
            self._glyphs[character] = self._shape(character)
        indexes: list[list[int]] = [[] for _ in self._raw_fonts]
        positions: list[list[QPointF]] = [[] for _ in self._raw_fonts]
        for text, place, baseline in texts:
            glyphs = [self._glyphs[character] for character in text]
            width = sum([glyph.advance for glyph in glyphs])
            # Rounded to whole pixels, so that digits are equally crisp in every text.
            left = place - math.floor(width + 0.5) / 2 if centred else place
            for font, index, advance in glyphs:
                indexes[font].append(index)
                positions[font].append(QPointF(left, baseline))
                left += advance
        for raw_font, its_indexes, its_positions in zip(self._raw_fonts, indexes, positions, strict=True):
            run = QGlyphRun()
            run.setRawFont(raw_font)
            run.setGlyphIndexes(its_indexes)
            run.setPositions(its_positions)
            painter.drawGlyphRun(QPointF(), run)

    def _shape(self, character: str) -> _Glyph:
        layout = QTextLayout(character, self._font)
        layout.beginLayout()
        line = layout.createLine()
        layout.endLayout()
        # Qt takes a character that the font lacks from another font.
        run = layout.glyphRuns()[0]
        if run.rawFont() not in self._raw_fonts:
            self._raw_fonts.append(run.rawFont())
        return _Glyph(self._raw_fonts.index(run.rawFont()), run.glyphIndexes()[0], line.naturalTextWidth())
