"""The drawing half of the grid: a save's images, captions and highlights.

The images are one picture and everything around them another, so that a frame takes two drawing calls however many
slots there are.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QHideEvent,
    QImage,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QStyle, QWidget

from fooler_gui.core.class_words import class_name
from fooler_gui.core.mosaic import compose
from fooler_gui.core.save import Save
from fooler_gui.widgets.colours import INK, STAGE
from fooler_gui.widgets.grid_layout import LEAST_SIDE, Box, GridLayout, Part, arrange
from fooler_gui.widgets.grid_overlay import GridOverlay, GridState
from fooler_gui.widgets.reinitialised_highlights import ReinitialisedHighlights, Slot
from fooler_gui.widgets.slot_images import resized_images

NO_IMAGES = "No images yet. Press Space to start."
_CAPTIONS_MS = 100
_FADE_MS = 40
_FOCUS = 2
"""Width of the line around everything that shows the focus while no slot is selected."""
_ZOOM_STEP = 1.25
_MOST_ZOOM_STEPS = 9
_NOTCH = 120
"""A wheel's turn by one notch, in Qt's unit."""


class GridStage(QAbstractScrollArea):
    """Shows the slots of a save as large as possible. Main thread only.

    A slot is named by its label and its number, from 0, among that label's slots.

    Args:
        parent: Owner.
        clock: A monotonic clock, in seconds.
    """

    def __init__(self, parent: QWidget | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(parent)
        self._clock = clock
        self._save: Save | None = None
        self._names: tuple[str, ...] = ()
        self._message = NO_IMAGES
        self._selected: Slot | None = None
        self._highlights = ReinitialisedHighlights(clock)
        self._reduce_motion = False
        self._layout: GridLayout | None = None
        self._drawing: GridOverlay | None = None
        self._zoom_steps = 0
        self._turned = 0
        self._mosaic: QImage | None = None
        self._part: Part | None = None
        self._overlay = QPixmap()
        self._overlay_is_stale = True
        self._captions_drawn = float("-inf")

        self.setFrameShape(QFrame.Shape.NoFrame)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._captions_timer = QTimer(self, singleShot=True)
        self._fade_timer = QTimer(self, interval=_FADE_MS)

        self._captions_timer.timeout.connect(self.redraw_overlay)
        self._fade_timer.timeout.connect(self._fade)
        for bar in (self.horizontalScrollBar(), self.verticalScrollBar()):
            bar.valueChanged.connect(self.redraw_overlay)

    def save(self) -> Save | None:
        """Returns the save on screen, or None."""
        return self._save

    def message(self) -> str:
        """Returns the message in place of images; "" while there are some."""
        return self._message if self._save is None else ""

    def show_save(self, save: Save) -> None:
        """Shows `save`, and highlights the slots reinitialised at it."""
        before = self._save
        if before is not None and save.step < before.step:
            self._highlights.clear()
        self._highlights.show(save)
        self._save = save
        self._mosaic = None
        if before is None or _arranged_by(before) != _arranged_by(save):
            self._rearrange()
        else:
            self._redraw_captions_soon()
        self._start_fading()

    def note_reinitialised(self, save: Save) -> None:
        """Highlights the slots reinitialised at `save` without showing it."""
        self._highlights.note(save)
        self._start_fading()

    def clear(self, message: str = NO_IMAGES) -> None:
        """Shows `message`, which says what to do, in place of images."""
        self._save = self._selected = None
        self._message = message
        self._highlights.clear()
        self._rearrange()

    def set_class_names(self, names: Sequence[str]) -> None:
        """Sets the names of all labels."""
        self._names = tuple(names)
        self._rearrange()

    def set_reduce_motion(self, reduce: bool) -> None:
        """Stops highlights from fading."""
        self._reduce_motion = reduce
        self.viewport().update()

    def highlighted(self) -> frozenset[Slot]:
        """Returns the (label, slot) highlighted as reinitialised."""
        return frozenset(self._highlights.strengths())

    def class_name(self, label: int) -> str:
        """Returns the name of `label`."""
        return class_name(self._names, label)

    def image_rect(self, label: int, slot: int) -> QRect:
        """Returns the rectangle of a slot's image, in pixels of the viewport.

        Raises:
            ValueError: There is no such slot.
        """
        if self._save is None or self._layout is None or (label, slot) not in self._slots():
            raise ValueError(f"The slot must be one that is shown; received label {label}, slot {slot}.")
        return self._in_viewport(self._layout.image_box(self._save.labels.index(label), slot))

    def mosaic_rect(self) -> QRect:
        """Returns the rectangle of all cells, in pixels of the viewport; an empty one without images."""
        return QRect() if self._layout is None else self._in_viewport(self._layout.mosaic_box)

    def slot_at(self, position: QPoint) -> Slot | None:
        """Returns the (label, slot) at a point of the viewport, including captions, or None."""
        if self._save is None or self._layout is None:
            return None
        point = position * self._ratio() + self._scrolled()
        found = self._layout.slot_at(point.x(), point.y())
        return None if found is None else (self._save.labels[found[0]], found[1])

    def zoom(self) -> float:
        """Returns the factor by which images are larger than fits; 1 unless a person has zoomed in."""
        return float(_ZOOM_STEP**self._zoom_steps)

    def zoom_by(self, steps: int, at: QPoint | None = None) -> None:
        """Makes images larger by a factor of 1.25 a step, or smaller; the least is what fits.

        Args:
            steps: Negative to make them smaller.
            at: The point of the viewport that stays in its place; by default the selected slot stays visible.
        """
        before, place = self._layout, at or self.viewport().rect().center()
        fixed = place * self._ratio() + self._scrolled()
        steps_before = self._zoom_steps
        self._zoom_steps = max(0, min(steps_before + steps, _MOST_ZOOM_STEPS))
        self._rearrange()
        if before is None or self._layout is None:
            return
        if self._layout.image == before.image:
            self._zoom_steps = min(steps_before, self._zoom_steps)
            return
        old, new = QRectF(*before.mosaic_box), QRectF(*self._layout.mosaic_box)
        across, down = (fixed.x() - old.x()) / old.width(), (fixed.y() - old.y()) / old.height()
        self.horizontalScrollBar().setValue(round(new.x() + across * new.width() - place.x() * self._ratio()))
        self.verticalScrollBar().setValue(round(new.y() + down * new.height() - place.y() * self._ratio()))
        if at is None and self._selected is not None:
            self._scroll_to(*self._selected)

    def reset_zoom(self) -> None:
        """Makes images as large as fits."""
        self.zoom_by(-_MOST_ZOOM_STEPS)

    def redraw_overlay(self) -> None:
        """Redraws captions and outlines at the next paint event."""
        self._captions_timer.stop()
        self._overlay_is_stale = True
        self.viewport().update()

    def sizeHint(self) -> QSize:
        """Returns room for eight images of a useful size."""
        return QSize(660, 420)

    def minimumSizeHint(self) -> QSize:
        """Returns room for a few small images."""
        return QSize(160, 120)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draws the images, then what is around them."""
        with QPainter(self.viewport()) as painter:
            painter.fillRect(self.viewport().rect(), QColor(STAGE))
            if self._save is None or self._layout is None or self._drawing is None:
                painter.setPen(QColor(INK))
                box = self.viewport().rect().adjusted(16, 16, -16, -16)
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._message)
                self._paint_focus(painter)
                return
            self._to_device_pixels(painter)
            part = self._layout.part_in(self._seen())
            painter.drawImage(QRectF(*self._layout.part_box(part)), self._composed(self._save, self._layout, part))
            self._paint_highlights(painter, self._layout, self._drawing)
            painter.resetTransform()
            painter.drawPixmap(0, 0, self._drawn(self._save, self._layout, self._drawing))
            self._paint_focus(painter)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Rearranges the slots."""
        super().resizeEvent(event)
        self._rearrange()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zooms at the mouse while Ctrl is held, or scrolls."""
        if event.modifiers() != Qt.KeyboardModifier.ControlModifier:
            super().wheelEvent(event)
            return
        self._turned += event.angleDelta().y()
        steps = int(self._turned / _NOTCH)
        self._turned -= steps * _NOTCH
        if steps:
            self.zoom_by(steps, event.position().toPoint())
        event.accept()

    def changeEvent(self, event: QEvent) -> None:
        """Rearranges the slots when the font changes."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._rearrange()

    def event(self, event: QEvent) -> bool:
        """Rearranges the slots when the pixel ratio changes."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._rearrange()
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Shows that the grid has the focus."""
        super().focusInEvent(event)
        self.redraw_overlay()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Shows that the grid has lost the focus."""
        super().focusOutEvent(event)
        self.redraw_overlay()

    def showEvent(self, event: QShowEvent) -> None:
        """Draws the latest state."""
        super().showEvent(event)
        self.redraw_overlay()
        self._start_fading()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stops the timers."""
        super().hideEvent(event)
        self._captions_timer.stop()
        self._fade_timer.stop()

    def _slots(self) -> list[Slot]:
        """Returns the (label, slot) of all slots, in order."""
        if self._save is None:
            return []
        return [(label, slot) for label in self._save.labels for slot in range(self._save.images.shape[1])]

    def _scroll_to(self, label: int, slot: int) -> None:
        """Scrolls until a slot and its caption are fully visible."""
        if self._save is None or self._layout is None:
            return
        x, y, width, height = self._layout.cell_box(self._save.labels.index(label), slot)
        for bar, start, length in ((self.horizontalScrollBar(), x, width), (self.verticalScrollBar(), y, height)):
            bar.setValue(max(start + length - bar.pageStep(), min(start, bar.value())))

    def _ratio(self) -> float:
        return self.viewport().devicePixelRatioF()

    def _in_viewport(self, box: Box) -> QRect:
        ratio, scrolled = self._ratio(), self._scrolled()
        x, y, width, height = box
        return QRectF((x - scrolled.x()) / ratio, (y - scrolled.y()) / ratio, width / ratio, height / ratio).toRect()

    def _scrolled(self) -> QPoint:
        return QPoint(self.horizontalScrollBar().value(), self.verticalScrollBar().value())

    def _paint_focus(self, painter: QPainter) -> None:
        by_key = self.window().testAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)
        if not by_key or not self.hasFocus() or self._selected is not None:
            return
        painter.setPen(QPen(QColor(INK), _FOCUS, Qt.PenStyle.DotLine))
        painter.drawRect(self.viewport().rect().adjusted(_FOCUS // 2, _FOCUS // 2, -_FOCUS // 2, -_FOCUS // 2))

    def _seen(self) -> Box:
        """Returns the part of everything that is in the viewport."""
        scrolled, room = self._scrolled(), self.viewport().size() * self._ratio()
        return scrolled.x(), scrolled.y(), room.width(), room.height()

    def _to_device_pixels(self, painter: QPainter) -> None:
        painter.scale(1 / self._ratio(), 1 / self._ratio())
        painter.translate(-self._scrolled())

    def _rearrange(self) -> None:
        """Finds the layout for the save and the room, and redraws everything."""
        self._layout = self._mosaic = None
        if self._save is not None:
            ratio = self._ratio()
            self._drawing = GridOverlay(self.font(), ratio, self._names, self._save.nets)
            groups, slots, height, width, _ = self._save.images.shape
            room = self.maximumViewportSize() * ratio
            names = [self.class_name(label) for label in self._save.labels]
            self._layout = arrange(
                groups=groups,
                slots=slots,
                image=(height, width),
                room=(room.width(), room.height()),
                names=self._drawing.names_width(names) if groups > 1 else 0,
                captions=self._drawing.captions,
                scroll_bar=round(self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent) * ratio),
                least=round(LEAST_SIDE * ratio),
                zoom=self.zoom(),
            )
        self._set_scroll_bars()
        self.redraw_overlay()

    def _set_scroll_bars(self) -> None:
        width, height = (0, 0) if self._layout is None else self._layout.size
        room = self.maximumViewportSize() * self._ratio()
        extent = round(self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent) * self._ratio())
        high = room.height() < height
        page_width = room.width() - (extent if high else 0)
        page_height = room.height() - (extent if page_width < width else 0)
        for bar, length, page in (
            (self.horizontalScrollBar(), width, page_width),
            (self.verticalScrollBar(), height, page_height),
        ):
            bar.setPageStep(page)
            bar.setSingleStep(max(1, page // 10))
            bar.setRange(0, max(0, length - page))

    def _composed(self, save: Save, layout: GridLayout, part: Part) -> QImage:
        if self._mosaic is None or part != self._part:
            self._part = part
            slots, places = layout.places_in(part)
            images = resized_images(save.images.reshape(-1, *save.images.shape[2:])[slots], layout.image)
            pixels = compose(images, part.cells, QColor(STAGE).red(), places)
            height, width, _ = pixels.shape
            self._mosaic = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32)
        return self._mosaic

    def _paint_highlights(self, painter: QPainter, layout: GridLayout, drawing: GridOverlay) -> None:
        places = {slot: divmod(index, layout.slots) for index, slot in enumerate(self._slots())}
        strengths = {
            places[slot]: 1.0 if self._reduce_motion else strength
            for slot, strength in self._highlights.strengths().items()
            if slot in places
        }
        selected = None if self._selected is None else places.get(self._selected)
        drawing.draw_highlights(painter, layout, strengths, selected)

    def _drawn(self, save: Save, layout: GridLayout, drawing: GridOverlay) -> QPixmap:
        if self._overlay_is_stale:
            size = self.viewport().size() * self._ratio()
            if self._overlay.size() != size:
                self._overlay = QPixmap(size)
            self._overlay.setDevicePixelRatio(1.0)
            self._overlay.fill(Qt.GlobalColor.transparent)
            with QPainter(self._overlay) as painter:
                painter.translate(-self._scrolled())
                drawing.draw(
                    painter,
                    layout,
                    GridState(save=save, names=self._names, selected=self._selected, focused=self.hasFocus()),
                )
            self._overlay.setDevicePixelRatio(self._ratio())
            self._overlay_is_stale = False
            self._captions_drawn = self._clock()
        return self._overlay

    def _redraw_captions_soon(self) -> None:
        """Redraws captions at once, or later if the last time was less than 100 ms ago."""
        wait = self._captions_drawn + _CAPTIONS_MS / 1000 - self._clock()
        if wait <= 0 or not self.isVisible():
            self.redraw_overlay()
        elif not self._captions_timer.isActive():
            self._captions_timer.start(max(1, round(wait * 1000)))
        self.viewport().update()

    def _start_fading(self) -> None:
        if self.isVisible() and self._highlights.fading():
            self._fade_timer.start()
        self.viewport().update()

    def _fade(self) -> None:
        if not self._highlights.fading():
            self._fade_timer.stop()
        self.viewport().update()


def _arranged_by(save: Save) -> tuple[object, ...]:
    """Returns what a save's layout depends on."""
    return save.labels, save.images.shape, save.nets
