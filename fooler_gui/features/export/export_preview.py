"""The preview of an export: the picture, what will be written in numbers, and for an animation play and a slider."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

from PySide6.QtCore import QElapsedTimer, QSignalBlocker, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QSlider, QWidget

from fooler_gui.core.formats import format_count
from fooler_gui.exports.mp4_file import even
from fooler_gui.exports.run_export import Shows
from fooler_gui.features.export.preview_drawer import Preview
from fooler_gui.widgets.colours import STAGE
from fooler_gui.widgets.icon_button import IconButton
from fooler_gui.widgets.panel_layout import column_of, fill, row_of
from fooler_gui.widgets.shortcut_keys import keep_space
from fooler_gui.widgets.theme import tabular_font

_TICK = 20
"""Milliseconds between two looks at the time while it plays."""
_MARGIN = 16


class ExportPreview(QWidget):
    """Shows a preview, and plays an animation. Main thread only.

    Signals:
        frame_requested: (int) Draw this frame of the animation, from 0.
    """

    frame_requested = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ends: list[float] = []
        self._frame = 0
        self._picture = _Picture(self)
        self._play = IconButton("run", self)
        self._play.setObjectName("export_play")
        self._play.setCheckable(True)
        keep_space(self._play)
        self._slider = QSlider(Qt.Orientation.Horizontal, self)
        self._slider.setObjectName("export_frame")
        self._slider.setAccessibleName("Frame of the animation")
        self._facts = QLabel(self)
        self._facts.setObjectName("export_facts")
        self._facts.setWordWrap(True)
        self._facts.setFont(tabular_font(self._facts.font()))
        self._facts.setMinimumHeight(2 * self._facts.fontMetrics().lineSpacing())
        self._facts.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK)
        self._clock = QElapsedTimer()
        self._begun_at = 0.0
        self._player = QWidget(self)
        row_of(self._play, fill(self._slider), on=self._player)
        keeps = self._player.sizePolicy()
        keeps.setRetainSizeWhenHidden(True)
        self._player.setSizePolicy(keeps)
        column_of(fill(self._picture), self._player, self._facts, on=self)
        self._player.hide()
        self._show_playing()
        self._play.toggled.connect(self._on_play_toggled)
        self._slider.valueChanged.connect(self._on_slid)
        self._timer.timeout.connect(self._on_tick)
        self.set_waiting()

    def frame(self) -> int:
        """Returns the frame of the animation that is wanted, from 0."""
        return self._frame

    def set_waiting(self) -> None:
        """Says that the preview of another kind of file is being drawn."""
        self._picture.show_words("Drawing the preview.")
        self._facts.clear()

    def set_preview(self, preview: Preview) -> None:
        """Shows `preview`, or why there is none."""
        self._facts.setText(preview.problem or _facts(preview))
        if preview.problem or preview.image.isNull():
            self._picture.show_words("There is no preview." if preview.problem else "Numbers have no picture.")
        else:
            self._picture.show_image(preview.image)
        self._ends = list(accumulate(preview.seconds))
        moves = len(preview.seconds) > 1
        self._player.setVisible(moves)
        if not moves:
            self._play.setChecked(False)
        with QSignalBlocker(self._slider):
            self._slider.setRange(0, max(0, len(preview.seconds) - 1))
            self._frame = self._slider.value()

    def _on_play_toggled(self, playing: bool) -> None:
        self._show_playing()
        if playing:
            at_end = self._frame >= len(self._ends) - 1
            self._begun_at = 0.0 if at_end or not self._frame else self._ends[self._frame - 1]
            self._clock.start()
            self._timer.start()
        else:
            self._timer.stop()

    def _show_playing(self) -> None:
        playing = self._play.isChecked()
        words = "Pause the preview" if playing else "Play the preview"
        self._play.set_icon_name("pause" if playing else "run")
        self._play.setToolTip(words)
        self._play.setAccessibleName(words)

    def _on_tick(self) -> None:
        if self._ends:
            passed = (self._begun_at + self._clock.elapsed() / 1_000) % self._ends[-1]
            with QSignalBlocker(self._slider):
                self._slider.setValue(bisect_right(self._ends, passed))
            self._ask(self._slider.value())

    def _on_slid(self, frame: int) -> None:
        self._play.setChecked(False)
        self._ask(frame)

    def _ask(self, frame: int) -> None:
        if frame != self._frame:
            self._frame = frame
            self.frame_requested.emit(frame)


class _Picture(QWidget):
    """An image on the stage's grey, reduced to its room, or words in its place."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("export_picture")
        self.setAccessibleName("Preview")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._image, self._words = QImage(), ""

    def image(self) -> QImage:
        """Returns the image shown; null if there are words."""
        return self._image

    def show_image(self, image: QImage) -> None:
        self._image, self._words = image, ""
        self.update()

    def show_words(self, words: str) -> None:
        self._image, self._words = QImage(), words
        self.update()

    def minimumSizeHint(self) -> QSize:
        return QSize(360, 240)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(STAGE))
            if self._words:
                painter.setPen(Qt.GlobalColor.white)
                painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._words)
            if self._image.isNull():
                return
            ratio = self.devicePixelRatioF()
            room = (self.rect().adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN).size() * ratio).expandedTo(QSize(1, 1))
            size = self._image.size()
            if size.boundedTo(room) != size:
                size.scale(room, Qt.AspectRatioMode.KeepAspectRatio)
            shown = self._image.scaled(size, mode=Qt.TransformationMode.SmoothTransformation)
            shown.setDevicePixelRatio(ratio)
            corner = (self.size() - shown.deviceIndependentSize().toSize()) / 2
            painter.drawImage(corner.width(), corner.height(), shown)


def _facts(preview: Preview) -> str:
    """Returns what will be written: ``1,920 × 1,080 pixels · 37 frames · 5.1 s``."""
    form = preview.wish.form
    if form.shows is Shows.NUMBERS:
        return format_count(preview.saves, "save")
    size = even(preview.size) if form.ending == ".mp4" else preview.size
    facts = [f"{size[0]:,} × {size[1]:,} pixels"]
    if "size" in form.without:
        facts.append("sharp at any size")
    if preview.seconds:
        facts += [format_count(len(preview.seconds), "frame"), f"{sum(preview.seconds):.1f} s"]
        if len(preview.seconds) < preview.saves:
            facts.append(f"of {format_count(preview.saves, 'save')}")
    if preview.shot is not None:
        facts.append(f"shown: step {preview.shot.save.step:,}")
    return " · ".join(facts)
