"""Arranges the slots of the grid so that images are as large as possible. Arithmetic only.

Lengths are device pixels unless stated otherwise, so that images lie on whole pixels of the screen.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from fooler_gui.core.mosaic import Cells

_GOOD_ENOUGH = 0.85
"""Preferred captions are used if images keep at least this share of the largest possible size, and are no narrower."""

_BESIDE_LINES = 2.2
"""The height of a caption and its signs below each other, over the size of the font."""

LEAST_SIDE = 48
"""Images are not reduced further than to this longest side, in logical pixels; then they scroll."""

LARGEST_SIDE = 2048
"""Images are not enlarged by zooming to more than this longest side, in device pixels."""

_LEAST_SCALE = 0.75
"""Smaller images are reduced to this at most, so that all can be seen at once."""

Box = tuple[int, int, int, int]
"""x, y, width and height."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptionSpace:
    """The room for captions in one font size.

    Attributes:
        font: Height of the font.
        height: Height of what is under an image: its chips, and its caption.
        text: Width of the longest caption.
        inline: Width of a caption with its signs on its right.
        rail: Width of the column right of an image that holds the signs if they are not inline.
        gap: Minimum space between neighbouring cells.
        margin: Minimum space around all cells.
        names: Whether captions name the class that the net takes an image for.
        line: Distance of the class's own line from the one below it; 0 if a caption is one line.
        beside: Whether the captions stand in the rail, too, above the signs.
        chips: Height of the chips of an ensemble's nets; 0 for a single net.
    """

    font: int
    height: int
    text: int
    inline: int
    rail: int
    gap: int
    margin: int
    names: bool = False
    line: int = 0
    beside: bool = False
    chips: int = 0

    @property
    def least(self) -> int:
        """The least height of an image: a caption beside it and the signs below that are as high."""
        return round(_BESIDE_LINES * self.font) if self.beside else 1


class Part(NamedTuple):
    """Neighbouring cells of a mosaic: the first row and column, and the cells as a mosaic of their own."""

    row: int
    column: int
    cells: Cells


@dataclass(frozen=True, slots=True, kw_only=True)
class GridLayout:
    """An arrangement of slots. Made by `arrange`.

    Attributes:
        groups: Number of labels.
        slots: Slots of each label.
        image: (height, width) of an image on screen.
        columns: Slots per row.
        captions: The chosen room for captions.
        inline: Whether signs are beside the caption; otherwise in the rail right of the image.
        cells: The mosaic's cells.
        left: Left edge of the mosaic.
        top: Top edge of the mosaic.
        size: (width, height) of everything; larger than the viewport if it must be scrolled.
    """

    groups: int
    slots: int
    image: tuple[int, int]
    columns: int
    captions: CaptionSpace
    inline: bool
    cells: Cells
    left: int
    top: int
    size: tuple[int, int]

    @property
    def rows_per_group(self) -> int:
        """Rows per label."""
        return math.ceil(self.slots / self.columns)

    @property
    def mosaic_box(self) -> Box:
        """The mosaic's rectangle."""
        return self.left, self.top, self.cells.columns * self.cells.width, self.cells.rows * self.cells.height

    def part_in(self, box: Box) -> Part:
        """Returns the least part of the mosaic that holds all cells within `box`; at least one cell."""
        x, y, width, height = box
        row, rows = _span(y - self.top, height, self.cells.height, self.cells.rows)
        column, columns = _span(x - self.left, width, self.cells.width, self.cells.columns)
        return Part(row, column, replace(self.cells, rows=rows, columns=columns))

    def part_box(self, part: Part) -> Box:
        """Returns the rectangle of `part`."""
        cells = part.cells
        left, top = self.left + part.column * cells.width, self.top + part.row * cells.height
        return left, top, cells.columns * cells.width, cells.rows * cells.height

    def places_in(self, part: Part) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
        """Returns the indexes of the slots in `part`, group by group, and the cell of `part` that each lies in."""
        places = np.add.outer(
            np.arange(self.groups) * self.rows_per_group * self.columns, np.arange(self.slots)
        ).reshape(-1)
        row, column = places // self.columns - part.row, places % self.columns - part.column
        inside = (row >= 0) & (row < part.cells.rows) & (column >= 0) & (column < part.cells.columns)
        return np.flatnonzero(inside), (row * part.cells.columns + column)[inside]

    def place(self, group: int, slot: int) -> int:
        """Returns the index of a slot's cell, row by row."""
        return group * self.rows_per_group * self.columns + slot

    def cell_box(self, group: int, slot: int) -> Box:
        """Returns a slot's cell, including its caption."""
        row, column = divmod(self.place(group, slot), self.columns)
        width, height = self.cells.width, self.cells.height
        return self.left + column * width, self.top + row * height, width, height

    def image_box(self, group: int, slot: int) -> Box:
        """Returns the rectangle of a slot's image."""
        x, y, _, _ = self.cell_box(group, slot)
        height, width = self.image
        return x + self.cells.left, y + self.cells.top, width, height

    def slot_at(self, x: int, y: int) -> tuple[int, int] | None:
        """Returns (group, slot) of the cell at a point, or None."""
        column, row = (x - self.left) // self.cells.width, (y - self.top) // self.cells.height
        if not (0 <= column < self.columns and 0 <= row < self.cells.rows):
            return None
        group, row_of_group = divmod(row, self.rows_per_group)
        slot = row_of_group * self.columns + column
        return (group, slot) if slot < self.slots else None


class _Fit(NamedTuple):
    """The largest images that fit with one room for captions, as a factor of their own size, and their columns."""

    scale: float
    columns: int


def arrange(
    *,
    groups: int,
    slots: int,
    image: tuple[int, int],
    room: tuple[int, int],
    names: int,
    captions: Sequence[CaptionSpace],
    scroll_bar: int,
    least: int = LEAST_SIDE,
    zoom: float = 1.0,
) -> GridLayout:
    """Returns the arrangement with the largest images that fit, enlarged by `zoom`.

    If none fit, it scrolls, with images of their own size, or reduced to the longest side `least`. The slots of a
    single label flow; several labels get one row each, or more if one is too short. A zoom above 1 keeps the rows.

    Args:
        groups: Number of labels, at least 1.
        slots: Slots of each label, at least 1.
        image: (height, width) of an image in its own pixels.
        room: (width, height) of the viewport without scroll bars.
        names: Width of the column of class names on the left; 0 for none.
        captions: Rooms for captions to choose from, preferred first.
        scroll_bar: Width of a vertical scroll bar.
        least: The longest side of images that are reduced.
        zoom: At least 1; its effect ends where the longest side is `LARGEST_SIDE`.
    """
    option, fit, room = _usual_fit(groups, slots, image, room, names, captions, scroll_bar, least)
    largest = max(fit.scale, min(fit.scale * zoom, LARGEST_SIDE / max(image)))
    if largest > fit.scale:
        fit = _Fit(largest, fit.columns)
        room = (room[0] - scroll_bar, room[1] - scroll_bar)
    return _build(groups, slots, image, room, names, option, fit)


def _usual_fit(
    groups: int,
    slots: int,
    image: tuple[int, int],
    room: tuple[int, int],
    names: int,
    captions: Sequence[CaptionSpace],
    scroll_bar: int,
    least: int,
) -> tuple[tuple[CaptionSpace, bool], _Fit, tuple[int, int]]:
    """Returns captions and whether signs are inline, the largest images that fit, and the room without scroll bars."""
    smallest = min(_LEAST_SCALE, least / max(image))
    options = [(space, inline) for space in captions if not space.beside for inline in (True, False)]
    within_names = room[0] - names, room[1]
    found = [_largest(groups, slots, image, within_names, *option) for option in options]
    best = max(fit.scale for fit in found)
    for space in captions if groups > 1 else ():  # a row's head names the class
        fit = _largest(groups, slots, image, within_names, space, inline=False) if space.beside else _Fit(0.0, 1)
        if _GOOD_ENOUGH * fit.scale > max(best, smallest):
            return (space, False), fit, room
    if best >= smallest:
        large = [
            (option, fit)
            for fit, option in zip(found, options, strict=True)
            if fit.scale >= max(smallest, _GOOD_ENOUGH * best)
        ]
        within = [(option, fit) for option, fit in large if _text(*option) <= fit.scale * image[1]]
        return *(within or large)[0], room
    room = (room[0] - scroll_bar, room[1])
    own = min(1.0, least / max(image))
    width, size = room[0] - names, _scaled(image, own)
    for space, inline in options:
        if groups > 1 and slots * _cell(size, space, inline)[1] <= width:
            return (space, inline), _Fit(own, slots), room
    columns = min(slots, max(1, width // _cell(size, *options[-1])[1]))
    return options[-1], _Fit(own, columns), room


def _largest(
    groups: int, slots: int, image: tuple[int, int], room: tuple[int, int], space: CaptionSpace, inline: bool
) -> _Fit:
    """Returns the largest images that fit into `room`, of scale 0 if none do."""
    width, height = (length - 2 * space.margin for length in room)
    best, best_merit = _Fit(0.0, 1), (0.0, 0.0)
    for columns in range(1, slots + 1) if groups == 1 else [slots]:
        rows = groups * math.ceil(slots / columns)
        across, down = width // columns - space.gap, height // rows - space.gap - space.height
        if across < _text(space, inline):
            continue
        scale = min((across if inline else across - space.rail) / image[1], down / image[0])
        if scale * image[0] < space.least:
            continue
        merit = (scale, float(slots % columns == 0))
        if merit > best_merit:
            best, best_merit = _Fit(scale, columns), merit
    return best


def _text(space: CaptionSpace, inline: bool) -> int:
    """Returns the width of a caption, with its signs if they are `inline`."""
    return space.inline if inline else space.text


def _span(start: int, length: int, of_cell: int, cells: int) -> tuple[int, int]:
    """Returns the first of the `cells`, each of length `of_cell`, that a stretch touches, and how many it touches."""
    first = min(max(0, start // of_cell), cells - 1)
    return first, max(1, min(cells, -(-(start + length) // of_cell)) - first)


def _scaled(image: tuple[int, int], scale: float) -> tuple[int, int]:
    """Returns (height, width) of `image` at `scale`, rounded down."""
    return max(1, int(image[0] * scale + 1e-6)), max(1, int(image[1] * scale + 1e-6))


def _cell(size: tuple[int, int], space: CaptionSpace, inline: bool) -> tuple[int, int]:
    """Returns (height, width) of the least cell for an image of `size`, (height, width) on screen."""
    width = max(space.inline, size[1]) if inline else max(space.text, size[1] + space.rail)
    return size[0] + space.height + space.gap, width + space.gap


def _build(
    groups: int,
    slots: int,
    image: tuple[int, int],
    room: tuple[int, int],
    names: int,
    option: tuple[CaptionSpace, bool],
    fit: _Fit,
) -> GridLayout:
    size, columns = _scaled(image, fit.scale), fit.columns
    space, inline = option
    height, width = _cell(size, space, inline)
    rows = groups * math.ceil(slots / columns)
    height += _stretch(room[1] - rows * height, rows, round(1.5 * space.font))
    width += _stretch(room[0] - names - columns * width, columns, 3 * space.font)
    cells = Cells(
        rows=rows,
        columns=columns,
        height=height,
        width=width,
        top=(height - size[0] - space.height) // 2,
        left=max(0, width - size[1] - (0 if inline else space.rail)) // 2,
    )
    all_width, all_height = names + columns * width, rows * height
    return GridLayout(
        groups=groups,
        slots=slots,
        image=size,
        columns=columns,
        captions=space,
        inline=inline,
        cells=cells,
        left=names + max(0, room[0] - all_width) // 2,
        top=max(0, room[1] - all_height) // 2,
        size=(all_width, all_height),
    )


def _stretch(spare: int, cells: int, most: int) -> int:
    """Returns the extra length for each of `cells` from `spare` room, at most `most`."""
    return max(0, min(spare // cells, most))
