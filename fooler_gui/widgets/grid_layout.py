"""Where each slot of the grid stands: the arrangement that gives the biggest images. Arithmetic only.

All lengths are device pixels unless said otherwise, so that images lie on whole pixels of the screen. `BatchGrid`
and its overlay use this module.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from fooler_gui.core.mosaic import Cells

_GOOD_ENOUGH = 0.85
"""Preferred captions are taken if they leave images of at least this share of the biggest size."""

Box = tuple[int, int, int, int]
"""x, y, width and height."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptionSpace:
    """The room that captions of one font size need.

    Attributes:
        font: Height of the font.
        height: Of the caption under an image.
        number: Width of a probability.
        inline: Width of a probability in the middle with its signs beside it.
        rail: Width of the column at an image's right that holds the signs when they do not stand inline.
        gap: Least space between neighbouring cells.
        margin: Least space around all cells.
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
        scale: Side of an image's pixel.
        columns: Slots in a row.
        captions: The room for captions that was chosen.
        inline: Whether signs stand beside the probability; otherwise in the rail at the image's right.
        cells: Of the mosaic, in pixels of the images.
        left: Where the mosaic begins.
        top: Where the mosaic begins.
        size: (width, height) of everything; more than the viewport has when it must be scrolled.
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
        """Rows that the slots of one label take."""
        return math.ceil(self.slots / self.columns)

    @property
    def mosaic_box(self) -> Box:
        """The mosaic's place."""
        return self.left, self.top, *self._pitch(self.cells.columns, self.cells.rows)

    def place(self, group: int, slot: int) -> int:
        """Returns the cell of a slot, counted row after row."""
        return group * self.rows_per_group * self.columns + slot

    def cell_box(self, group: int, slot: int) -> Box:
        """Returns the whole cell of a slot, caption included."""
        row, column = divmod(self.place(group, slot), self.columns)
        x, y = self._pitch(column, row)
        return self.left + x, self.top + y, *self._pitch(1, 1)

    def image_box(self, group: int, slot: int) -> Box:
        """Returns the place of a slot's image."""
        x, y, _, _ = self.cell_box(group, slot)
        height, width = self.image
        scale = self.scale
        return x + self.cells.left * scale, y + self.cells.top * scale, width * scale, height * scale

    def slot_at(self, x: int, y: int) -> tuple[int, int] | None:
        """Returns (group, slot) of the cell at a point, or None where there is none."""
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
    """Returns the arrangement with the biggest images that fits, else one of scale 1 to be scrolled.

    The slots of one label flow; several labels get a row each, or several rows where one cannot hold them.

    Args:
        groups: Number of labels, from 1.
        slots: Slots of each label, from 1.
        image: (height, width) of an image in its own pixels.
        room: (width, height) of the viewport without scroll bars.
        names: Width of the column of class names at the left; 0 for none.
        captions: Rooms for captions to choose from, the preferred first.
        scroll_bar: Width that a vertical scroll bar takes.
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
    """Returns (scale, columns) of the biggest images that fit into `room`; a scale of 0 if none does."""
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
    """Returns how much longer each of `cells` may be made of `spare` room, up to `most`."""
    return max(0, min(spare // cells, most))
