"""The choices of an export: format, what is shown, size and speed."""

from __future__ import annotations

import math
from typing import Any, TypeVar

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QCheckBox, QFormLayout, QLabel, QLineEdit, QWidget

from fooler_gui.core.export_settings import (
    BEFORE_AFTER,
    FASTEST,
    GRID,
    LONGEST_SIDE,
    LONGEST_TITLE,
    PLOTS,
    SHORTEST_SIDE,
    ExportSettings,
)
from fooler_gui.exports.figures import fitting_scale
from fooler_gui.exports.mp4_file import BRINGS_VIDEO
from fooler_gui.exports.run_export import FILE_FORMATS, FORMATS, RunFormat, Shows
from fooler_gui.exports.timing import shortest_seconds
from fooler_gui.widgets.number_fields import ChoiceBox, NumberSpinBox, WholeSpinBox, over_decades
from fooler_gui.widgets.panel_layout import LABEL_SIDE, SPACING, STRETCH, QuietLabel, row_of
from fooler_gui.widgets.tooltips import paragraphs, range_sentence

_CONTENTS = {GRID: "Images alone", PLOTS: "Images and plots", BEFORE_AFTER: "Before → after"}
_BY_SCALE, _OWN_SIZE = "By scale", "Own size"
_SIZES = {f"{width:,} × {height:,}": (width, height) for width, height in ((1280, 720), (1920, 1080), (1080, 1080))}
_INFOS = ExportSettings.infos()

_Field = TypeVar("_Field", bound=QWidget)
_Number = TypeVar("_Number", WholeSpinBox, NumberSpinBox)


class ExportForm(QWidget):
    """Edits how a run is exported. Main thread only.

    Args:
        ending: The ending of the format that is chosen at first.
        parent: Owner.

    Signals:
        changed: Something was changed by a person.
    """

    changed = Signal()

    def __init__(self, ending: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._what_is_own = self._title_is_own = self._scale_is_own = self._goes_by_seconds = False
        self._make_fields()
        self._show_formats(ending)
        self._layout = QFormLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setHorizontalSpacing(SPACING)
        self._layout.setVerticalSpacing(SPACING)
        self._layout.setLabelAlignment(LABEL_SIDE)
        self._own_sides = QWidget(self)
        row_of(self._width, QLabel("×"), self._height, STRETCH, on=self._own_sides, gap=SPACING // 2)
        for label, part in (
            ("For&mat", self._format),
            ("", self._video_note),
            ("Sh&ows", self._what),
            ("&Title", self._title),
            ("", self._captions),
            ("S&ize", self._size),
            ("&Scale", self._scale),
            ("", self._own_sides),
            ("&Frames a second", self._fps),
            ("S&econds in all", self._seconds),
            ("&Last frame for", self._hold),
            ("Most f&rames", self._frames),
        ):
            self._layout.addRow(label, part)
        first, widest = (self._layout.labelForField(field) for field in (self._format, self._fps))
        assert isinstance(first, QLabel)
        first.setMinimumWidth(widest.sizeHint().width())  # so that rows that come and go move no other
        first.setAlignment(LABEL_SIDE)
        self._show_rows()
        self._connect()

    def form(self) -> RunFormat:
        """Returns the chosen format."""
        return FORMATS[self._format.currentData()]

    def settings(self) -> ExportSettings:
        """Returns the choices; those that the format does not have are left at their defaults."""
        form = self.form()
        if form.shows is Shows.NUMBERS:
            return ExportSettings()
        size = None
        if "size" not in form.without and self._size.currentText() != _BY_SCALE:
            size = _SIZES.get(self._size.currentText(), (self._width.value(), self._height.value()))
        moving: dict[str, Any] = {}
        if form.shows is Shows.EVERY_SAVE_MOVING:
            moving = {"frames": self._frames.value(), "hold": self._hold.value()}
            moving |= {"seconds": self._seconds.value()} if self._goes_by_seconds else {"fps": self._fps.value()}
        return ExportSettings(
            scale=self._scale.value(),
            what=self._what.currentData(),
            title=self._title.text(),
            captions=self._captions.isChecked(),
            size=size,
            **moving,
        )

    def propose(self, title: str, image_size: tuple[int, ...]) -> None:
        """Shows `title`, and the scale that suits images of this (height, width), where a person has chosen none."""
        scale = fitting_scale(image_size, ExportSettings.default("scale"))
        before = self._title.text(), self._scale.value()
        if not self._title_is_own:
            self._title.setText(title)
        if not self._scale_is_own:
            with QSignalBlocker(self._scale):
                self._scale.setValue(scale)
        if before != (self._title.text(), self._scale.value()):
            self.changed.emit()

    def set_times(self, seconds: tuple[float, ...]) -> None:
        """Shows how long an animation of these frames lasts."""
        if not seconds or self.form().shows is not Shows.EVERY_SAVE_MOVING:
            return
        with QSignalBlocker(self._seconds), QSignalBlocker(self._fps):
            shortest = shortest_seconds(len(seconds), self.settings())
            self._seconds.setRange(math.ceil(10 * shortest) / 10, _INFOS["seconds"].maximum or 0)
            if not self._goes_by_seconds:
                self._seconds.setValue(round(sum(seconds), 2))
            elif len(seconds) > 1:
                self._fps.setValue(float(f"{(len(seconds) - 1) / sum(seconds[:-1]):.2g}"))

    def _make_fields(self) -> None:
        self._format = _named(ChoiceBox(self), "export_format", "Format", "What kind of file is written.")
        self._video_note = _named(
            QuietLabel(f"MP4 needs FFmpeg. To get it:\n{BRINGS_VIDEO}", self),
            "export_video_note",
            "How to get MP4",
            "Films can be written once this command has been given in a terminal.",
        )
        self._video_note.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._what = _named(
            ChoiceBox(self),
            "export_what",
            "Shows",
            "Before → after puts each image of the first save above what became of it.",
        )
        for what, words in _CONTENTS.items():
            self._what.addItem(words, what)
        self._title = _named(
            QLineEdit(self),
            "export_title",
            "Title",
            "Written above, with a line on the step and what the net says. Empty: none; an animation keeps the line.",
        )
        self._title.setMaxLength(LONGEST_TITLE)
        self._captions = _named(
            QCheckBox("&Probability under each image", self),
            "export_captions",
            "Probability under each image",
            "Off: no number stands under an image.",
        )
        self._captions.setChecked(True)
        self._size = _named(
            ChoiceBox(self),
            "export_size",
            "Size",
            "By scale: as large as its images make it. Others are exactly that many pixels; images get the largest "
            "whole scale that has room.",
        )
        self._size.addItems([_BY_SCALE, *_SIZES, _OWN_SIZE])
        self._scale = self._number(
            WholeSpinBox(1, int(_INFOS["scale"].maximum or 1), self), "scale", ExportSettings.default("scale")
        )
        self._scale.setSuffix(" ×")
        sides = "Pixels of the picture. From 64 to 3,840."
        self._width, self._height = (
            _named(WholeSpinBox(SHORTEST_SIDE, LONGEST_SIDE, self), f"export_{name.lower()}", name, sides)
            for name in ("Width", "Height")
        )
        self._width.setValue(1280)
        self._height.setValue(720)
        step = over_decades(0.1)
        self._fps = self._number(NumberSpinBox(0.1, FASTEST, step, self), "fps", ExportSettings.default("fps"))
        self._seconds = self._number(NumberSpinBox(0, _INFOS["seconds"].maximum or 0, step, self), "seconds", 0.0)
        self._hold = self._number(NumberSpinBox(0, _INFOS["hold"].maximum or 0, step, self), "hold", 1.5)
        for field in (self._seconds, self._hold):
            field.setSuffix(" s")
        most = WholeSpinBox(2, int(_INFOS["frames"].maximum or 2), self)
        self._frames = self._number(most, "frames", ExportSettings.default("frames"))

    def _show_formats(self, ending: str) -> None:
        """Offers every format; one that cannot be written here is disabled, with the command that brings it."""
        items = self._format.model()
        assert isinstance(items, QStandardItemModel)
        missing = False
        for row, form in enumerate(FILE_FORMATS):
            self._format.addItem(f"{form.title} ({form.ending[1:].upper()})", form.ending)
            reason = form.why_not()
            items.item(row).setEnabled(not reason)
            items.item(row).setToolTip(paragraphs(reason))
            missing = missing or bool(reason)
        self._video_note.setVisible(missing)
        self._format.setCurrentIndex(self._format.findData(ending))

    def _show_rows(self) -> None:
        form = self.form()
        is_drawn, moves = form.shows is not Shows.NUMBERS, form.shows is Shows.EVERY_SAVE_MOVING
        has_size = is_drawn and "size" not in form.without
        by_scale = not has_size or self._size.currentText() == _BY_SCALE
        for part, visible in (
            *dict.fromkeys((self._what, self._title, self._captions), is_drawn).items(),
            (self._size, has_size),
            (self._scale, is_drawn and by_scale),
            (self._own_sides, has_size and self._size.currentText() == _OWN_SIZE),
            *dict.fromkeys((self._fps, self._seconds, self._hold, self._frames), moves).items(),
        ):
            self._layout.setRowVisible(part, visible)
        self._layout.setRowVisible(self._video_note, not self._video_note.isHidden())

    def _connect(self) -> None:
        self._format.currentIndexChanged.connect(self._on_format_changed)
        self._what.activated.connect(self._on_what_chosen)
        self._what.currentIndexChanged.connect(self.changed)
        self._title.textEdited.connect(self._on_title_edited)
        self._captions.toggled.connect(self.changed)
        self._size.currentIndexChanged.connect(self._on_size_changed)
        self._scale.valueChanged.connect(self._on_scale_changed)
        for field in (self._width, self._height, self._hold, self._frames):
            field.valueChanged.connect(self.changed)
        self._fps.valueChanged.connect(lambda: self._set_speed(goes_by_seconds=False))
        self._seconds.valueChanged.connect(lambda: self._set_speed(goes_by_seconds=True))

    def _on_format_changed(self) -> None:
        if not self._what_is_own:
            usual = PLOTS if "size" in self.form().without else GRID
            with QSignalBlocker(self._what):
                self._what.setCurrentIndex(self._what.findData(usual))
        self._show_rows()
        self.changed.emit()

    def _on_what_chosen(self) -> None:
        self._what_is_own = True

    def _on_title_edited(self) -> None:
        self._title_is_own = True
        self.changed.emit()

    def _on_scale_changed(self) -> None:
        self._scale_is_own = True
        self.changed.emit()

    def _on_size_changed(self) -> None:
        self._show_rows()
        self.changed.emit()

    def _set_speed(self, *, goes_by_seconds: bool) -> None:
        self._goes_by_seconds = goes_by_seconds
        self.changed.emit()

    def _number(self, field: _Number, name: str, value: float) -> _Number:
        info = _INFOS[name]
        tip = paragraphs(info.tip, range_sentence(info, whole=isinstance(field, WholeSpinBox)))
        field.setValue(value)  # type: ignore[arg-type]
        return _named(field, f"export_{name}", info.label, tip)


def _named(field: _Field, name: str, title: str, tip: str) -> _Field:
    field.setObjectName(name)
    field.setAccessibleName(title)
    field.setToolTip(tip if tip.startswith("<p>") else paragraphs(tip))
    return field
