"""What is drawn over and around the images of the grid: captions, signs, class names, outlines.

Main thread only. Painters work in device pixels.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontInfo, QFontMetrics, QFontMetricsF, QPainter, QPen

from fooler_gui.core.class_words import class_name
from fooler_gui.core.formats import format_activation, format_percent
from fooler_gui.core.net_words import SEPARATOR, caption
from fooler_gui.core.save import Save
from fooler_gui.widgets.caption_writer import CaptionWriter
from fooler_gui.widgets.colours import INK, PAPER, REINITIALISED, SELECTED
from fooler_gui.widgets.grid_layout import Box, CaptionSpace, GridLayout
from fooler_gui.widgets.grid_signs import GridSigns
from fooler_gui.widgets.net_chips import NetChips

_LARGE = 1.25
"""The size of captions where there is room, over that of the widget's font."""
_LINE = 1.3
"""The distance of two lines, over the size of the font."""
_READABLE, _LEAST = 13, 11
"""The least sizes of the usual captions and of those of many images, in pixels of the widget."""
_WIDEST_NAME = 96
"""The widest name of a class in a row's head, in pixels of the widget."""
_WIDEST_SAID = 6
"""The widest name of a class in a caption, over the size of the font."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GridState:
    """What the overlay shows, besides the layout.

    Attributes:
        save: The save on screen.
        names: The names of all classes.
        selected: (label, slot), or None.
        focused: Whether the grid has the focus.
    """

    save: Save
    names: Sequence[str]
    selected: tuple[int, int] | None
    focused: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _CaptionPen:
    """A writer of captions in one font size, and the height of its capitals."""

    writer: CaptionWriter
    signs: GridSigns
    cap_height: int


class _CaptionPlace(NamedTuple):
    """Where a caption is: its image's box, and the left and right edges and the vertical centre of its own room."""

    box: Box
    left: float
    right: float
    y: float


class GridOverlay:
    """Draws captions and outlines in one font, for one pixel ratio.

    Args:
        font: The widget's font.
        ratio: Device pixels per pixel of the widget.
        names: The names of all classes.
        nets: How many nets there are chips for; none for one.
    """

    def __init__(self, font: QFont, ratio: float, names: Sequence[str], nets: int = 1) -> None:
        self._font = QFont(font)
        self._font.setFeature(QFont.Tag("tnum"), 1)
        self._ratio = ratio
        self._pens: dict[int, _CaptionPen] = {}
        self._places_of: GridLayout | None = None
        self._places: list[_CaptionPlace] = []
        pixels = QFontInfo(font).pixelSize()
        usual, small = max(_READABLE, pixels), max(_LEAST, round(pixels * 0.8))
        self._chips = NetChips(self._sized(round(small * ratio)), ratio) if nets > 1 else None
        self.captions: tuple[CaptionSpace, ...] = (
            self._space(max(usual, round(pixels * _LARGE)), gap=12, padding=12, margin=8, names=names),
            self._space(usual, gap=12, padding=9, margin=8, names=names),
            self._space(usual, gap=3, padding=6, margin=3, names=names),
            self._space(usual, gap=6, padding=6, margin=4, names=names, two_lines=True),
            self._space(usual, gap=6, padding=6, margin=4),
            self._space(small, gap=8, padding=6, margin=4, names=names),
            self._space(small, gap=8, padding=6, margin=4),
            self._beside(small, gap=3),
            self._space(small, gap=3, padding=3, margin=0),
        )

    def names_width(self, names: Sequence[str]) -> int:
        """Returns the width of a column that holds `names`."""
        metrics = QFontMetricsF(self._name_font())
        widest = max((metrics.horizontalAdvance(name) for name in names), default=0.0)
        return math.ceil(min(widest, _WIDEST_NAME * self._ratio)) + round(12 * self._ratio)

    def draw(self, painter: QPainter, layout: GridLayout, state: GridState) -> None:
        """Draws everything except the highlights."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if layout.groups > 1:
            self._draw_names(painter, layout, state)
        if state.selected is not None and state.selected[0] in state.save.labels:
            group = state.save.labels.index(state.selected[0])
            self._draw_selection(painter, layout, layout.image_box(group, state.selected[1]), state.focused)
        self._draw_captions(painter, layout, state)

    def draw_highlights(
        self,
        painter: QPainter,
        layout: GridLayout,
        strengths: Mapping[tuple[int, int], float],
        selected: tuple[int, int] | None,
    ) -> None:
        """Outlines slots, given by (group, slot), with the opacity in `strengths`, 0 to 1.

        The outline is dashed, and outside the solid one of the `selected` slot.
        """
        width = self._outline_width(layout)
        for place, strength in strengths.items():
            away = width + self._ratio if place == selected else 0.0
            box = QRectF(*layout.image_box(*place)).adjusted(-away, -away, away, away)
            painter.setOpacity(strength)
            _outline(painter, box, width + self._ratio, QPen(QColor(PAPER)))
            pen = QPen(QColor(REINITIALISED))
            pen.setDashPattern([4.0, 1.0])
            _outline(painter, box, width + self._ratio, pen)
        painter.setOpacity(1.0)

    def _space(
        self, font: int, gap: int, padding: int, margin: int, names: Sequence[str] = (), *, two_lines: bool = False
    ) -> CaptionSpace:
        pixels = round(font * self._ratio)
        metrics = QFontMetricsF(self._sized(pixels))
        text = math.ceil(metrics.horizontalAdvance(format_percent(0.9999999)))
        name = min(max(map(metrics.horizontalAdvance, names), default=0.0), _WIDEST_SAID * pixels)
        if names and not two_lines:
            text += math.ceil(metrics.horizontalAdvance(SEPARATOR) + name)
        reinitialised = math.ceil(metrics.horizontalAdvance("00")) + pixels
        beside = _before_signs(pixels) + 2 * pixels + reinitialised + 2 * _apart(pixels)
        line = round(_LINE * pixels) if two_lines else 0
        chips = 0 if self._chips is None else self._chips.height
        return CaptionSpace(
            font=pixels,
            height=chips + line + math.ceil(metrics.capHeight()) + round(padding * self._ratio),
            text=max(text, math.ceil(name)),
            inline=max(text + beside, math.ceil(name)),
            rail=pixels + 2 * _apart(pixels),
            gap=round(gap * self._ratio),
            margin=round(margin * self._ratio),
            names=bool(names),
            line=line,
            chips=chips,
        )

    def _beside(self, font: int, gap: int) -> CaptionSpace:
        """Returns the room for captions right of their images, where many low rows leave none below them."""
        pixels = round(font * self._ratio)
        width = math.ceil(QFontMetricsF(self._sized(pixels)).horizontalAdvance(_number(0.9999999)))
        chips = 0 if self._chips is None else self._chips.low_height
        return CaptionSpace(
            font=pixels,
            height=chips,
            text=0,
            inline=0,
            rail=_before_beside(pixels) + width,
            gap=round(gap * self._ratio),
            margin=0,
            beside=True,
            chips=chips,
        )

    def _sized(self, pixels: int) -> QFont:
        font = QFont(self._font)
        font.setPixelSize(pixels)
        return font

    def _name_font(self) -> QFont:
        font = self._sized(round(QFontInfo(self._font).pixelSize() * self._ratio))
        font.setBold(True)
        return font

    def _draw_names(self, painter: QPainter, layout: GridLayout, state: GridState) -> None:
        painter.setFont(self._name_font())
        painter.setPen(QColor(INK))
        metrics = QFontMetricsF(painter.font())
        gap = round(12 * self._ratio)
        names = [class_name(state.names, label) for label in state.save.labels]
        width = self.names_width(names) - gap
        for group, name in enumerate(names):
            _, y, _, height = layout.image_box(group, 0)
            box = QRectF(layout.left - gap / 2 - width, y, width, height)
            text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, width)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)

    def _draw_captions(self, painter: QPainter, layout: GridLayout, state: GridState) -> None:
        save = state.save
        pen = self._pen(layout.captions.font)
        draw_signs = (
            _draw_inline_signs if layout.inline else _draw_beside_signs if layout.captions.beside else _draw_rail_signs
        )
        from_left = layout.inline or layout.captions.beside
        columns = (save.done, save.pinned, save.reinitialisations)
        slots = list(zip(*(column.ravel().tolist() for column in columns), strict=True))
        places = self._caption_places(layout)
        lower = pen.cap_height / 2
        if self._chips is not None and save.net_probabilities is not None:
            by_net = save.net_probabilities.reshape(save.nets, -1)
            self._chips.draw(painter, [place.box for place in places], by_net, layout.captions.chips)
        painter.setPen(QColor(INK))
        texts = [
            (text, place.left if from_left else (place.left + place.right) / 2, place.y + lower - up)
            for lines, place in zip(self._captions_of(state, layout.captions), places, strict=True)
            for text, up in zip(lines, (0, layout.captions.line), strict=False)
        ]
        pen.writer.write(painter, texts, centred=not from_left)
        for (done, pinned, reinitialisations), place in zip(slots, places, strict=True):
            if done or pinned or reinitialisations:
                draw_signs(painter, pen.signs, layout.captions, place, done, pinned, reinitialisations)

    def _captions_of(self, state: GridState, space: CaptionSpace) -> list[tuple[str, ...]]:
        """Returns the lines of each caption, from below: what the net takes the image for, and how sure it is.

        Without names it is the label's probability. With the objective unit it is the activation alone.
        """
        save = state.save
        if save.activations is not None:
            return [(format_activation(activation),) for activation in save.activations.ravel().tolist()]
        if not space.names:
            words = _number if space.beside else format_percent
            return [(words(probability),) for probability in save.probabilities.ravel().tolist()]
        metrics = QFontMetricsF(self._sized(space.font))
        groups, slots = save.probabilities.shape
        said = [caption(state.names, save, (group, slot)) for group in range(groups) for slot in range(slots)]
        elided = {
            name: metrics.elidedText(name, Qt.TextElideMode.ElideRight, _WIDEST_SAID * space.font)
            for name in {name for name, _ in said}
        }
        if space.line:
            return [(percent, elided[name]) for name, percent in said]
        return [(SEPARATOR.join(filter(None, (elided[name], percent))),) for name, percent in said]

    def _caption_places(self, layout: GridLayout) -> list[_CaptionPlace]:
        """Returns the place of each slot's caption."""
        if self._places_of is not layout:
            boxes = [layout.image_box(group, slot) for group in range(layout.groups) for slot in range(layout.slots)]
            if layout.captions.beside:
                self._places = [self._place_beside(box, layout.captions) for box in boxes]
                self._places_of = layout
                return self._places
            down = layout.captions.height - layout.captions.font * 0.5
            over = max(0, layout.captions.inline - layout.image[1]) // 2 if layout.inline else 0
            self._places = [
                _CaptionPlace(box, box[0] - over, box[0] + box[2] + over, box[1] + box[3] + down) for box in boxes
            ]
            self._places_of = layout
        return self._places

    def _place_beside(self, box: Box, space: CaptionSpace) -> _CaptionPlace:
        right = box[0] + box[2]
        return _CaptionPlace(box, right + _before_beside(space.font), right + space.rail, box[1] + space.font * 0.5)

    def _pen(self, pixels: int) -> _CaptionPen:
        if pixels not in self._pens:
            font = self._sized(pixels)
            self._pens[pixels] = _CaptionPen(
                writer=CaptionWriter(font), signs=GridSigns(font), cap_height=QFontMetrics(font).capHeight()
            )
        return self._pens[pixels]

    def _draw_selection(self, painter: QPainter, layout: GridLayout, box: Box, focused: bool) -> None:
        width = self._outline_width(layout) + (self._ratio if focused else 0)
        _outline(painter, QRectF(*box), width, QPen(QColor(PAPER)))
        _outline(painter, QRectF(*box), width - self._ratio, QPen(QColor(SELECTED)))

    def _outline_width(self, layout: GridLayout) -> float:
        return 2 * self._ratio if layout.captions is self.captions[-1] else 3 * self._ratio


def _apart(side: int) -> int:
    """Returns the distance between neighbouring signs of height `side`."""
    return max(2, side // 4)


def _before_signs(side: int) -> int:
    """Returns the distance between a caption and its signs."""
    return max(4, side // 2)


def _before_beside(side: int) -> int:
    """Returns the distance between an image and the caption right of it."""
    return max(3, side // 3)


def _number(probability: float) -> str:
    """Returns a percentage without its sign, for which there is no room beside the smallest images."""
    return format_percent(probability).removesuffix(" %")


def _outline(painter: QPainter, box: QRectF, width: float, pen: QPen) -> None:
    """Draws a frame of `width` around `box`, entirely outside it."""
    pen.setWidthF(width)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(box.adjusted(-width / 2, -width / 2, width / 2, width / 2))


def _draw_inline_signs(
    painter: QPainter,
    signs: GridSigns,
    space: CaptionSpace,
    place: _CaptionPlace,
    done: bool,
    pinned: bool,
    reinitialisations: int,
) -> None:
    """Draws the signs beside the caption: from its right edge to the left done, reinitialised and the pin."""
    side = space.font
    corner = QPointF(place.right, place.y - side / 2)
    if done:
        corner.setX(corner.x() - side)
        signs.draw_done(painter, corner)
        corner.setX(corner.x() - _apart(side))
    if reinitialisations:
        corner.setX(corner.x() - signs.width_reinitialised(reinitialisations))
        signs.draw_reinitialised(painter, corner, reinitialisations, upright=False)
        corner.setX(corner.x() - _apart(side))
    if pinned:
        corner.setX(corner.x() - side)
        signs.draw_pin(painter, corner)


def _draw_beside_signs(
    painter: QPainter,
    signs: GridSigns,
    space: CaptionSpace,
    place: _CaptionPlace,
    done: bool,
    pinned: bool,
    reinitialisations: int,
) -> None:
    """Draws the signs in a row below the caption; the count stands below its arrow if the image is high enough."""
    corner = QPointF(place.left, place.y + space.font * 0.65)
    for shown, draw in ((done, signs.draw_done), (pinned, signs.draw_pin)):
        if shown:
            draw(painter, corner)
            corner.setX(corner.x() + space.font + _apart(space.font))
    if reinitialisations:
        signs.draw_reinitialised(painter, corner, reinitialisations, upright=place.box[3] >= 3 * space.font)


def _draw_rail_signs(
    painter: QPainter,
    signs: GridSigns,
    space: CaptionSpace,
    place: _CaptionPlace,
    done: bool,
    pinned: bool,
    reinitialisations: int,
) -> None:
    """Draws the signs below each other, right of the image."""
    down = QPointF(place.box[0] + place.box[2] + 1.5 * _apart(space.font), place.box[1])
    if done:
        signs.draw_done(painter, down)
        down.setY(down.y() + space.font + 1)
    if pinned:
        signs.draw_pin(painter, down)
        down.setY(down.y() + space.font + 1)
    if reinitialisations:
        signs.draw_reinitialised(painter, down, reinitialisations, upright=True)
