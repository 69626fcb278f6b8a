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

LEAST_SIDE = 48
"""Larger images are not reduced further than to this longest side, in logical pixels; then they scroll."""

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
        image: (height, width) of an image in the mosaic's pixels: its own, or fewer if it is reduced to fit.
        scale: Side length of a pixel of the mosaic.
        columns: Slots per row.
        captions: The chosen room for captions.
        inline: Whether signs are beside the probability; otherwise in the rail right of the image.
        cells: The mosaic's cells, in pixels of the mosaic.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fit:
    """The largest images that fit with one room for captions: their size in the mosaic, its scale and columns."""

    image: tuple[int, int]
    scale: int
    columns: int

    @property
    def side(self) -> int:
        """The longest side on screen."""
        return max(self.image) * self.scale


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
) -> GridLayout:
    """Returns the arrangement with the largest images that fit, enlarged by a whole factor or reduced.

    If none fit, it scrolls, with images of scale 1, or reduced to the longest side `least`. The slots of a single label
    flow; several labels get one row each, or more if one is too short.

    Args:
        groups: Number of labels, at least 1.
        slots: Slots of each label, at least 1.
        image: (height, width) of an image in its own pixels.
        room: (width, height) of the viewport without scroll bars.
        names: Width of the column of class names on the left; 0 for none.
        captions: Rooms for captions to choose from, preferred first.
        scroll_bar: Width of a vertical scroll bar.
        least: The longest side of images that are reduced.
    """
    options = [(space, inline) for space in captions for inline in (True, False)]
    beside_names = (room[0] - names, room[1])
    found = [_largest(groups, slots, image, beside_names, *option, least) for option in options]
    best = max((fit.side for fit in found if fit is not None), default=0)
    for fit, option in zip(found, options, strict=True):
        if fit is not None and fit.side >= _GOOD_ENOUGH * best:
            return _build(groups, slots, room, names, option, fit)
    room = (room[0] - scroll_bar, room[1])
    width = room[0] - names
    image = _reduced(image, least)
    for space, inline in options:
        if groups > 1 and slots * _cell(image, space, inline, 1)[1] <= width:
            return _build(groups, slots, room, names, (space, inline), _Fit(image=image, scale=1, columns=slots))
    columns = min(slots, max(1, width // _cell(image, *options[-1], 1)[1]))
    return _build(groups, slots, room, names, options[-1], _Fit(image=image, scale=1, columns=columns))


def _largest(
    groups: int,
    slots: int,
    image: tuple[int, int],
    room: tuple[int, int],
    space: CaptionSpace,
    inline: bool,
    least: int,
) -> _Fit | None:
    """Returns the largest images that fit into `room`: enlarged, or else reduced; None if not even the least do."""
    fit = _enlarged(groups, slots, image, room, space, inline)
    if fit is not None:
        return fit
    low, high = least, max(image) - 1
    while low <= high:
        middle = (low + high) // 2
        smaller = _enlarged(groups, slots, _reduced(image, middle), room, space, inline)
        if smaller is None:
            high = middle - 1
        else:
            fit, low = smaller, middle + 1
    return fit


def _enlarged(
    groups: int, slots: int, image: tuple[int, int], room: tuple[int, int], space: CaptionSpace, inline: bool
) -> _Fit | None:
    """Returns the largest images that fit into `room` enlarged by a whole factor; None if they do not."""
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
    return _Fit(image=image, scale=best[0], columns=best[1]) if best[0] else None


def _reduced(image: tuple[int, int], longest: int) -> tuple[int, int]:
    """Returns (height, width) of `image` with its longest side reduced to `longest`, or as it is if that is shorter."""
    share = min(1.0, longest / max(image))
    return max(1, round(image[0] * share)), max(1, round(image[1] * share))


def _cell(image: tuple[int, int], space: CaptionSpace, inline: bool, scale: int) -> tuple[int, int]:
    """Returns (height, width) of a cell in pixels of the image."""
    width = image[1] * scale
    needed = max(space.inline, width) if inline else max(space.number, width + space.rail)
    height = image[0] * scale + space.height
    return math.ceil((height + space.gap) / scale), math.ceil((needed + space.gap) / scale)


def _build(
    groups: int,
    slots: int,
    room: tuple[int, int],
    names: int,
    option: tuple[CaptionSpace, bool],
    fit: _Fit,
) -> GridLayout:
    image, scale, columns = fit.image, fit.scale, fit.columns
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
