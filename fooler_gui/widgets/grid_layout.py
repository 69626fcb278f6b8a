"""Arranges the slots of the grid so that images are as large as possible. Arithmetic only.

Lengths are device pixels unless stated otherwise, so that images lie on whole pixels of the screen.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from fooler_gui.core.mosaic import Cells

_GOOD_ENOUGH = 0.85
"""Preferred captions are used if images keep at least this share of the largest possible size."""

Box = tuple[int, int, int, int]
"""x, y, width and height."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptionSpace:
    """The room for captions in one font size.

    Attributes:
        font: Height of the font.
        height: Height of the caption under an image.
        number: Width of a probability.
        inline: Width of a centred probability with its signs beside it.
        rail: Width of the column right of an image that holds the signs if they are not inline.
        gap: Minimum space between neighbouring cells.
        margin: Minimum space around all cells.
    """

    font: int
    height: int
    number: int
    inline: int
    rail: int
    gap: int
    margin: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GridLayout:
    """An arrangement of slots. Made by `arrange`.

    Attributes:
        groups: Number of labels.
        slots: Slots of each label.
        image: (height, width) of an image in its own pixels.
        scale: Side length of an image's pixel.
        columns: Slots per row.
        captions: The chosen room for captions.
        inline: Whether signs are beside the probability; otherwise in the rail right of the image.
        cells: The mosaic's cells, in pixels of the images.
        left: Left edge of the mosaic.
        top: Top edge of the mosaic.
        size: (width, height) of everything; larger than the viewport if it must be scrolled.
    """

    groups: int
    slots: int
    image: tuple[int, int]
    scale: int
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
        return self.left, self.top, *self._pitch(self.cells.columns, self.cells.rows)

    def place(self, group: int, slot: int) -> int:
        """Returns the index of a slot's cell, row by row."""
        return group * self.rows_per_group * self.columns + slot

    def cell_box(self, group: int, slot: int) -> Box:
        """Returns a slot's cell, including its caption."""
        row, column = divmod(self.place(group, slot), self.columns)
        x, y = self._pitch(column, row)
        return self.left + x, self.top + y, *self._pitch(1, 1)

    def image_box(self, group: int, slot: int) -> Box:
        """Returns the rectangle of a slot's image."""
        x, y, _, _ = self.cell_box(group, slot)
        height, width = self.image
        scale = self.scale
        return x + self.cells.left * scale, y + self.cells.top * scale, width * scale, height * scale

    def slot_at(self, x: int, y: int) -> tuple[int, int] | None:
        """Returns (group, slot) of the cell at a point, or None."""
        width, height = self._pitch(1, 1)
        column, row = (x - self.left) // width, (y - self.top) // height
        if not (0 <= column < self.columns and 0 <= row < self.cells.rows):
            return None
        group, row_of_group = divmod(row, self.rows_per_group)
        slot = row_of_group * self.columns + column
        return (group, slot) if slot < self.slots else None

    def _pitch(self, columns: int, rows: int) -> tuple[int, int]:
        return columns * self.cells.width * self.scale, rows * self.cells.height * self.scale


def arrange(
    *,
    groups: int,
    slots: int,
    image: tuple[int, int],
    room: tuple[int, int],
    names: int,
    captions: Sequence[CaptionSpace],
    scroll_bar: int,
) -> GridLayout:
    """Returns the arrangement with the largest images that fit, or one of scale 1 that scrolls.

    The slots of a single label flow; several labels get one row each, or more if one is too short.

    Args:
        groups: Number of labels, at least 1.
        slots: Slots of each label, at least 1.
        image: (height, width) of an image in its own pixels.
        room: (width, height) of the viewport without scroll bars.
        names: Width of the column of class names on the left; 0 for none.
        captions: Rooms for captions to choose from, preferred first.
        scroll_bar: Width of a vertical scroll bar.
    """
    options = [(space, inline) for space in captions for inline in (True, False)]
    beside_names = (room[0] - names, room[1])
    found = [_biggest(groups, slots, image, beside_names, space, inline) for space, inline in options]
    best = max((scale for scale, _ in found), default=0)
    if best:
        scale_columns, option = next(
            (pair, option) for pair, option in zip(found, options, strict=True) if pair[0] >= _GOOD_ENOUGH * best
        )
        return _build(groups, slots, image, room, names, option, *scale_columns)
    room = (room[0] - scroll_bar, room[1])
    width = room[0] - names
    for space, inline in options:
        if groups > 1 and slots * _cell(image, space, inline, 1)[1] <= width:
            return _build(groups, slots, image, room, names, (space, inline), 1, slots)
    columns = min(slots, max(1, width // _cell(image, *options[-1], 1)[1]))
    return _build(groups, slots, image, room, names, options[-1], 1, columns)


def _biggest(
    groups: int, slots: int, image: tuple[int, int], room: tuple[int, int], space: CaptionSpace, inline: bool
) -> tuple[int, int]:
    """Returns (scale, columns) of the largest images that fit into `room`; scale 0 if none do."""
    width, height = (length - 2 * space.margin for length in room)
    best, best_merit = (0, 1), (0.0, 0.0, 0.0)
    for columns in range(1, slots + 1) if groups == 1 else [slots]:
        rows = groups * math.ceil(slots / columns)
        most = min(width // (columns * image[1]), height // (rows * image[0]))
        for scale in range(most, max(best[0], 1) - 1, -1):
            cell_height, cell_width = (length * scale for length in _cell(image, space, inline, scale))
            if columns * cell_width <= width and rows * cell_height <= height:
                uneven = abs(columns * cell_width / width - rows * cell_height / height)
                merit = (float(scale), float(slots % columns == 0), -uneven)
                if merit > best_merit:
                    best, best_merit = (scale, columns), merit
                break
    return best


def _cell(image: tuple[int, int], space: CaptionSpace, inline: bool, scale: int) -> tuple[int, int]:
    """Returns (height, width) of a cell in pixels of the image."""
    width = image[1] * scale
    needed = max(space.inline, width) if inline else max(space.number, width + space.rail)
    height = image[0] * scale + space.height
    return math.ceil((height + space.gap) / scale), math.ceil((needed + space.gap) / scale)


def _build(
    groups: int,
    slots: int,
    image: tuple[int, int],
    room: tuple[int, int],
    names: int,
    option: tuple[CaptionSpace, bool],
    scale: int,
    columns: int,
) -> GridLayout:
    space, inline = option
    height, width = _cell(image, space, inline, scale)
    rows = groups * math.ceil(slots / columns)
    height += _stretch(room[1] - rows * height * scale, rows, round(1.5 * space.font)) // scale
    width += _stretch(room[0] - names - columns * width * scale, columns, 3 * space.font) // scale
    rail = 0 if inline else math.ceil(space.rail / scale)
    cells = Cells(
        rows=rows,
        columns=columns,
        height=height,
        width=width,
        top=(height - image[0] - math.ceil(space.height / scale)) // 2,
        left=max(0, width - image[1] - rail) // 2,
    )
    all_width, all_height = names + columns * width * scale, rows * height * scale
    return GridLayout(
        groups=groups,
        slots=slots,
        image=image,
        scale=scale,
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
