"""The transfer matrix as a picture: a row for each set with some of its images, a cell for each net."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw

from fooler_gui.core.class_words import short_name
from fooler_gui.core.formats import format_count, format_probability
from fooler_gui.core.transfer import ImageSet, TransferReport
from fooler_gui.exports.figures import (
    CAPTION_PIXELS,
    INK,
    MARGIN,
    NAME_PIXELS,
    PAPER,
    draw_figure,
    fitting_scale,
    font_of,
    text_width,
)

_EXAMPLES = 4
_SCALE = 2
_LEAST_CELL = 132
_LINE = NAME_PIXELS + 8
_BAR = 6
_GAP = 4
_QUIET, _GROUND = (96, 96, 96), (224, 228, 232)
_FILLED = (8, 48, 107)


class _Places(NamedTuple):
    """Where the parts of the picture lie, in its pixels: from the left, and the height of a row."""

    images: int
    cells: int
    cell: int
    row: int

    def top(self, row: int) -> int:
        """Returns where a row begins, from the top."""
        return 2 * MARGIN + _LINE + row * (self.row + MARGIN)


def draw_transfer(report: TransferReport) -> Image.Image:
    """Returns the picture of `report` on white; the same report gives the same picture.

    In each cell stand how many of the images the net calls their label, as a bar too, and the mean probability that it
    gives their labels. The cell of the net that the images were made with has a frame.
    """
    strips = [_strip(images) for images in report.sets]
    names = max(text_width(words, NAME_PIXELS) for images in report.sets for words in _words_of(images))
    strip = max((part.width for part in strips if part is not None), default=0)
    images = MARGIN + names + MARGIN
    places = _Places(
        images=images,
        cells=images + (strip + MARGIN if strip else 0),
        cell=max(_LEAST_CELL, *(text_width(short_name(net.name), NAME_PIXELS) + MARGIN for net in report.nets)),
        row=max(3 * _LINE, *(part.height for part in strips if part is not None)) if strip else 3 * _LINE,
    )
    size = (places.cells + len(report.nets) * (places.cell + MARGIN), places.top(len(report.sets)))
    picture = Image.new("RGB", size, PAPER)
    drawing = ImageDraw.Draw(picture)
    for column, net in enumerate(report.nets):
        left = places.cells + column * (places.cell + MARGIN)
        _write(drawing, (left, MARGIN), short_name(net.name), INK, NAME_PIXELS)
    for row, part in enumerate(strips):
        top = places.top(row)
        for line, words in enumerate(_words_of(report.sets[row])):
            _write(drawing, (MARGIN, top + line * _LINE), words, _QUIET if line else INK, NAME_PIXELS)
        if part is not None:
            picture.paste(part, (places.images, top))
        for column in range(len(report.nets)):
            _draw_cell(drawing, report, (row, column), (places.cells + column * (places.cell + MARGIN), top), places)
    return picture


def example_places(count: int, most: int) -> list[int]:
    """Returns the places of at most `most` of `count` images, evenly spaced from the first to the last."""
    places: list[int] = np.linspace(0, count - 1, min(most, count)).round().astype(int).tolist()
    return places


def _words_of(images: ImageSet) -> tuple[str, ...]:
    made_with = f"made with {short_name(images.made_with)}" if images.made_with else ""
    return tuple(filter(None, (short_name(images.name), made_with, format_count(len(images.images), "image"))))


def _strip(images: ImageSet) -> Image.Image | None:
    """Returns some of the images side by side; None if there are none."""
    places = example_places(len(images.images), _EXAMPLES)
    if not places:
        return None
    scale = fitting_scale(images.images.shape[1:3], _SCALE)
    drawn = draw_figure(images.images[places][np.newaxis], scale=scale)
    return drawn.crop((MARGIN, MARGIN, drawn.width - MARGIN, drawn.height - MARGIN))


def _draw_cell(
    drawing: ImageDraw.ImageDraw, report: TransferReport, cell: tuple[int, int], at: tuple[int, int], places: _Places
) -> None:
    (left, top), figures = at, report.figures(*cell)
    if figures.called is None:
        words, mean, kind = "no labels", figures.mean_confidence, "mean highest"
    else:
        words, mean, kind = f"{figures.called:,} of {figures.images:,}", figures.mean_probability, "mean p"
    _write(drawing, (left, top), words, INK, NAME_PIXELS)
    bar = (left, top + _LINE, left + places.cell - MARGIN, top + _LINE + _BAR)
    drawing.rectangle(bar, _GROUND)
    if figures.share:
        drawing.rectangle((bar[0], bar[1], round(bar[0] + figures.share * (bar[2] - bar[0])), bar[3]), _FILLED)
    told = "–" if mean is None else format_probability(mean)
    below = top + _LINE + _BAR + _GAP
    _write(drawing, (left, below), f"{kind} {told}", _QUIET, CAPTION_PIXELS)
    if report.is_own(*cell):
        drawing.rectangle((left - _GAP, top - _GAP, bar[2] + _GAP, below + CAPTION_PIXELS + _GAP), outline=INK)


def _write(drawing: ImageDraw.ImageDraw, at: tuple[int, int], words: str, ink: tuple[int, int, int], size: int) -> None:
    """Writes `words` of that `size`, whose line begins `at` its upper left corner."""
    drawing.text((at[0], at[1] + size), words, ink, font_of(size), anchor="ls")
