"""Pictures of saves of a run, all with the same layout: words above, the images, and perhaps a plot below."""

from __future__ import annotations

from bisect import bisect_left

from PIL import Image, ImageDraw

from fooler_gui.core.export_settings import PLOTS, ExportSettings
from fooler_gui.exports.arrangement import arrange, heads
from fooler_gui.exports.export_error import ExportError
from fooler_gui.exports.figures import (
    INK,
    MARGIN,
    PAPER,
    USUAL_SIZES,
    FigureLayout,
    Rectangle,
    TypeSizes,
    draw_figure,
    font_of,
    lay_out_figure,
    text_width,
)
from fooler_gui.exports.picture_size import MOST_MEGAPIXELS, MOST_MEGAPIXELS_OF_A_FRAME, check_size
from fooler_gui.exports.plot_picture import draw_plot
from fooler_gui.exports.shot import Shot

_WIDEST_CAPTION = ">.9999"
_ROOM_FOR_DIGITS = "00000"
"""What a sentence may grow by from one save to another."""
_SENTENCE_PIXELS, _LINE_GAP = 14, 8
_LEAST_IMAGE = 3
"""The height of an image over that of its caption, below which texts are made smaller."""
_PLOT_PIXELS, _LEAST_PLOT_WIDTH = 150, 480
_PLOT_SHARES = ((0.0, 0.28), (0.36, 0.0))
"""What a plot below the images, or to the right of them, takes of the width and height."""
_HIGHEST_PLOT = 0.24
"""Of one to the right, as a share of the width."""
_USUAL_SIZE, _SMALLEST_TYPE = (960, 540), 0.75
"""A size in which texts are as large as in a picture drawn by scale; in other sizes they are larger or smaller."""


class FrameArtist:
    """Draws the saves of a run.

    Args:
        shot: The last save, or the only one.
        settings: What is drawn, and how large.
        moving: Whether it is for an animation, whose frames have the same layout.

    Attributes:
        size: (width, height) of every frame.
        mode: "L" for grey images, otherwise "RGB".
        scale: The size of an image's pixel in pixels of a frame.
        cells: The rectangles of the images, row by row.

    Raises:
        ExportError: The frames would have too many pixels, or too few for the images.
    """

    def __init__(self, shot: Shot, settings: ExportSettings, *, moving: bool = False) -> None:
        self._settings, self._moving = settings, moving
        self.mode = "L" if shot.save.images.shape[-1] == 1 else "RGB"
        self._columns, self.scale = 0, settings.scale
        if settings.size is None:
            self._lay_out(shot, 1.0)
        else:
            usual = max(_SMALLEST_TYPE, min(side / of for side, of in zip(settings.size, _USUAL_SIZE, strict=True)))
            for type_ in (usual, max(_SMALLEST_TYPE, usual / 1.5), _SMALLEST_TYPE):
                has_room = self._lay_out(shot, type_)
                if has_room and self.cells[0][0][3] >= _LEAST_IMAGE * self._sizes.caption:
                    break
            if not has_room:
                raise ExportError(_too_small(shot, settings.size))
        check_size(self.size, self.scale, MOST_MEGAPIXELS_OF_A_FRAME if moving else MOST_MEGAPIXELS)

    def draw(self, shot: Shot) -> Image.Image:
        """Returns the frame of `shot`."""
        picture = Image.new(self.mode, self.size, self._shade(PAPER))
        rows = arrange(shot, self._settings.what, self._columns, names_one=not self._head_height)
        captions = rows.captions if self._settings.captions else None
        figure = draw_figure(rows.images, rows.names, captions, self.scale, layout=self._figure, sizes=self._sizes)
        picture.paste(figure.convert(self.mode), self._figure_at)
        self._write_heads(picture, shot)
        if self._plot is not None:
            left, top, width, height = self._plot
            picture.paste(draw_plot(shot, width, height, self._sizes), (left, top))
        return picture

    def _lay_out(self, shot: Shot, type_: float) -> bool:
        """Places everything, with texts `type_` times as large as usual; returns whether there is room for it."""
        self._type, exact = type_, self._settings.size
        self._sizes = TypeSizes(
            caption=self._of_type(USUAL_SIZES.caption),
            name=self._of_type(USUAL_SIZES.name),
            title=self._of_type(USUAL_SIZES.title),
        )
        self._margin, self._sentence_pixels = self._of_type(MARGIN), self._of_type(_SENTENCE_PIXELS)
        self._head_width, self._head_height = self._head_room(shot)
        margin, shows_plot = self._margin, self._settings.what == PLOTS
        if exact is None:
            below = _PLOT_PIXELS + margin if shows_plot else 0
            self._figure = self._figure_layout(shot, self._columns, self.scale)
            width = max(self._figure.size[0], self._head_width + 2 * margin, _LEAST_PLOT_WIDTH if shows_plot else 0)
            self.size, room = (width, self._head_height + self._figure.size[1] + below), (width, self._figure.size[1])
        else:
            self.size, room = exact, (exact[0], exact[1] - self._head_height)
            shares = _PLOT_SHARES if shows_plot else ((0.0, 0.0),)
            rooms = [(round(room[0] - across * exact[0]), round(room[1] - down * exact[1])) for across, down in shares]
            room = max(rooms, key=lambda room: self._largest(shot, room)[1])
            self._columns, self.scale = self._largest(shot, room)
            if not self.scale:
                return False
            self._figure = self._figure_layout(shot, self._columns, self.scale)
        x, y = (room[0] - self._figure.size[0]) // 2, self._head_height + (room[1] - self._figure.size[1]) // 2
        self._figure_at = x, y
        self._plot = self._plot_box(room) if shows_plot else None
        self.cells: tuple[tuple[Rectangle, ...], ...] = tuple(
            tuple((x + left, y + top, wide, tall) for left, top, wide, tall in row) for row in self._figure.cells
        )
        return True

    def _plot_box(self, room: tuple[int, int]) -> Rectangle:
        """Returns where the plot is: to the right of the images, in `room`, or below them."""
        (width, height), margin = self.size, self._margin
        if room[0] < width:
            top = self._head_height + margin
            tall = min(height - top - margin, round(width * _HIGHEST_PLOT))
            return room[0], top + (height - top - margin - tall) // 2, width - room[0] - margin, tall
        top = self._head_height + room[1]
        return margin, top, width - 2 * margin, height - top - margin

    def _head_room(self, shot: Shot) -> tuple[int, int]:
        """Returns the width and height of the words above the images, with the margin above them."""
        title, sentence = heads(shot, self._settings, moving=self._moving)
        lines = [(title, self._sizes.title)] if title else []
        if sentence:
            lines.append((sentence + (_ROOM_FOR_DIGITS if self._moving else ""), self._sentence_pixels))
        if not lines:
            return 0, 0
        gaps = (len(lines) - 1) * self._of_type(_LINE_GAP)
        return max(text_width(*line) for line in lines), self._margin + gaps + sum(pixels for _, pixels in lines)

    def _largest(self, shot: Shot, room: tuple[int, int]) -> tuple[int, int]:
        """Returns how many images in a row fill `room` best, and their scale; 0 if there is no room for them."""
        slots, (height, width, _) = shot.save.probabilities.shape[1], shot.save.images.shape[2:]
        best = (0, 0)
        for columns in (count for count in range(slots, 0, -1) if slots % count == 0):
            scales = range(1, 1 + max(room[0] // width, room[1] // height, 0))
            too_large = bisect_left(
                scales, True, key=lambda scale: not _fits(self._figure_layout(shot, columns, scale), room)
            )
            if too_large > best[1]:
                best = (columns, too_large)
        return best

    def _figure_layout(self, shot: Shot, columns: int, scale: int) -> FigureLayout:
        rows = arrange(shot, self._settings.what, columns, names_one=not self._head_height)
        captions = rows.captions if self._settings.captions else None
        if captions is not None and self._moving:
            captions = [[_WIDEST_CAPTION] * len(row) for row in captions]
        return lay_out_figure(rows.images, rows.names, captions, scale, sizes=self._sizes)

    def _write_heads(self, picture: Image.Image, shot: Shot) -> None:
        drawing, room = ImageDraw.Draw(picture), self.size[0] - 2 * self._margin
        begin = self._figure_at[0] + MARGIN
        left, top = max(self._margin, min(begin, self.size[0] - self._margin - self._head_width)), self._margin
        lines = zip(
            heads(shot, self._settings, moving=self._moving), (self._sizes.title, self._sentence_pixels), strict=True
        )
        for words, pixels in lines:
            if words:
                drawing.text(
                    (left, top), _shortened(words, pixels, room), self._shade(INK), font_of(pixels), anchor="lt"
                )
                top += pixels + self._of_type(_LINE_GAP)

    def _of_type(self, pixels: int) -> int:
        return round(pixels * self._type)

    def _shade(self, colour: tuple[int, int, int]) -> int | tuple[int, int, int]:
        return colour[0] if self.mode == "L" else colour


def _too_small(shot: Shot, size: tuple[int, int]) -> str:
    height, width, _ = shot.save.images.shape[2:]
    return (
        f"{shot.save.probabilities.size:,} images of {width} × {height} pixels must have room in the picture; "
        f"{size[0]:,} × {size[1]:,} pixels are too few. Choose a larger size."
    )


def _fits(figure: FigureLayout, room: tuple[int, int]) -> bool:
    return figure.size[0] <= room[0] and figure.size[1] <= room[1]


def _shortened(words: str, pixels: int, room: int) -> str:
    """Returns `words`, or as many letters of them as have `room`."""
    kept = len(words)
    while kept > 1 and text_width(words[:kept] + "…", pixels) > room:
        kept -= 1
    return words if text_width(words, pixels) <= room else words[:kept] + "…"
