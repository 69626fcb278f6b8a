"""Which pixels raise or lower the probability of an image's label, as colours over the image."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QLabel, QWidget

from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.formats import format_two_digits
from fooler_gui.core.salience import (
    COLOURS,
    NEGATIVE,
    POSITIVE,
    SIGNED,
    TOGETHER,
    Salience,
    SalienceSettings,
    chosen,
    pixel_salience,
    strengths,
)
from fooler_gui.widgets.colours import CHANGED, SELECTED
from fooler_gui.widgets.log_slider import LogSlider
from fooler_gui.widgets.number_fields import WholeSpinBox
from fooler_gui.widgets.panel_layout import STRETCH, QuietLabel, column_of, fill, row_of
from fooler_gui.widgets.pixel_picture import PixelPicture
from fooler_gui.widgets.setting_form import SettingForm
from fooler_gui.widgets.slot_images import image_from_array
from fooler_gui.widgets.tooltips import paragraphs

ZERO = "The gradient is zero here."
WAITING = "Shown with the next inspection."
PICTURE_MARGIN = 4
PICTURE_PART, REST_PART = 3, 2
"""How the picture and the controls share the width."""
_CONTRAST = 0.5
"""Contrast of the image under the colours, so that they stand out from black and white."""
_RAISES, _LOWERS = CHANGED, SELECTED
_LEGENDS = {
    POSITIVE: f'<span style="color:{_RAISES}">■</span> + brighter raises p',
    NEGATIVE: f'<span style="color:{_LOWERS}">■</span> − brighter lowers p',
}
_NOTHING = {POSITIVE: "No pixel raises the probability here.", NEGATIVE: "No pixel lowers the probability here."}
_TIP = (
    "The gradient of the label's probability p with respect to the pixels: how much p changes when a pixel gets "
    "brighter. Under the colours the image has half its contrast. Hover over a pixel for its value."
)
_TOGETHER_TIP = "Of a coloured image all channels get brighter at once, or the chosen one alone."
_USUAL_PIXELS = 784


class SalienceView(QWidget):
    """Shows the salient features of one image, with settings beside it. Main thread only."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("salience_view")
        self._image: FloatArray | None = None
        self._gradient: FloatArray | None = None
        self._picture = PixelPicture(PICTURE_MARGIN, self)
        self._picture.setObjectName("salience_picture")
        self._picture.setAccessibleName("Salient features")
        self._picture.setToolTip(paragraphs(_TIP, _TOGETHER_TIP))
        self._form = SettingForm(SalienceSettings(), ("part", "channel", "binary", "overlaid"), self)
        self._form.setObjectName("salience_form")
        self._strongest = _StrongestField(_USUAL_PIXELS, self)
        self._legend = QLabel(self)
        self._legend.setObjectName("salience_legend")
        self._legend.setTextFormat(Qt.TextFormat.RichText)
        self._legend.setWordWrap(True)
        self._words = QuietLabel(WAITING, self)
        self._words.setObjectName("salience_words")
        self._layout = column_of(
            row_of(fill(self._picture, PICTURE_PART), fill(column_of(self._form, STRETCH), REST_PART)),
            self._legend,
            self._strongest,
            self._words,
            on=self,
        )
        self.set_settings({})

        self._form.changed.connect(self._draw)
        self._strongest.changed.connect(self._on_strongest_changed)

    def settings(self) -> dict[str, Any]:
        """Returns the settings as plain values."""
        return self._chosen().to_dict()

    def set_settings(self, settings: Mapping[str, Any]) -> None:
        """Applies `settings`; missing or invalid ones get their defaults."""
        good, _ = SalienceSettings.from_dict_leniently(settings)
        self._form.set_value(good)
        self._strongest.set_count(good.strongest)
        self._draw()

    def set_gradient(self, image: FloatArray, gradient: FloatArray) -> None:
        """Shows the salient features of `image` (H, W, C); `gradient` (H, W, C) is that of its label's probability."""
        self._image, self._gradient = image, gradient
        self._form.set_row_visible("channel", gradient.shape[2] == len(COLOURS))
        pixels = gradient.shape[0] * gradient.shape[1]
        if pixels != self._strongest.pixels:
            self._replace_field(pixels)
        self._draw()

    def blank(self) -> None:
        """Shows no image."""
        self._image = self._gradient = None
        self._draw()

    def _chosen(self) -> SalienceSettings:
        settings = self._form.value()
        assert isinstance(settings, SalienceSettings)
        return settings

    def _replace_field(self, pixels: int) -> None:
        former, self._strongest = self._strongest, _StrongestField(pixels, self)
        self._strongest.set_count(self._chosen().strongest)
        self._strongest.changed.connect(self._on_strongest_changed)
        self._layout.replaceWidget(former, self._strongest)
        self._strongest.show()
        self._strongest.follow_in_tab_order(self._form.editor("overlaid"))
        former.hide()
        former.deleteLater()

    def _on_strongest_changed(self, count: int) -> None:
        self._form.set_value(dataclasses.replace(self._chosen(), strongest=count))
        self._draw()

    def _draw(self) -> None:
        settings = self._chosen()
        legends = [words for part, words in _LEGENDS.items() if settings.part in (SIGNED, part)]
        self._legend.setText("&nbsp;&nbsp; ".join(legends))
        if self._image is None or self._gradient is None:
            self._picture.set_image(QImage())
            self._picture.set_words_at(None)
            self._say(WAITING)
            return
        every, shown = pixel_salience(self._gradient, settings.channel), chosen(self._gradient, settings)
        colours = _coloured(self._image, strengths(shown, binary=settings.binary), overlaid=settings.overlaid)
        self._picture.set_image(image_from_array(colours))
        gradient = self._gradient
        self._picture.set_words_at(
            lambda row, column: (
                f"{_place(row, column)}: {_signed(every[row, column])}{_by_colour(gradient[row, column])}"
            )
        )
        is_alone = gradient.shape[2] == len(COLOURS) and settings.channel != TOGETHER
        self._say(_sentence(every, shown, settings.part, settings.channel if is_alone else ""))

    def _say(self, words: str) -> None:
        self._words.setText(words)
        self._picture.setAccessibleDescription(words)


class _StrongestField(QWidget):
    """Edits how many pixels are shown, by a slider and as a number; 0 stands for all.

    Args:
        pixels: How many there are.
        parent: The widget it belongs to.

    Signals:
        changed: (int) The new count, when the user changed it.
    """

    changed = Signal(int)

    def __init__(self, pixels: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.pixels = pixels
        info = SalienceSettings.info("strongest")
        self._slider = LogSlider(1, max(2, pixels), zero_at_right=True, parent=self)
        self._slider.setObjectName("salience_strongest_slider")
        self._slider.setAccessibleName("Strongest pixels, slider")
        self._number = WholeSpinBox(1, pixels, self)
        self._number.setObjectName("salience_strongest")
        self._number.setAccessibleName("Strongest pixels")
        self._number.setSuffix(f" of {pixels:,}")
        self._number.setStepType(WholeSpinBox.StepType.AdaptiveDecimalStepType)
        label = QLabel(info.label, self)
        label.setBuddy(self._number)
        row_of(label, fill(self._slider), self._number, on=self)
        for widget in (label, self._slider, self._number):
            widget.setToolTip(paragraphs(info.tip, f"From 1 to all {pixels:,} pixels."))
        self.set_count(0)

        self._slider.number_changed.connect(lambda number: self._number.setValue(round(number) or pixels))
        self._number.valueChanged.connect(self._on_number_changed)

    def set_count(self, count: int) -> None:
        """Shows `count`; 0 stands for all."""
        count = min(count, self.pixels) or self.pixels
        with QSignalBlocker(self._number):
            self._number.setValue(count)
        self._move_slider(count)

    def follow_in_tab_order(self, widget: QWidget) -> None:
        """Makes Tab lead here from `widget`."""
        QWidget.setTabOrder(widget, self._slider)
        QWidget.setTabOrder(self._slider, self._number)

    def _move_slider(self, count: int) -> None:
        self._slider.set_number(0 if count == self.pixels else count)

    def _on_number_changed(self, count: int) -> None:
        if not self._slider.isSliderDown():
            self._move_slider(count)
        self.changed.emit(0 if count == self.pixels else count)


def _coloured(image: FloatArray, strength: Salience, *, overlaid: bool) -> FloatArray:
    """Returns an (H, W, 3) image in [0, 1] coloured by `strength` (H, W), −1 to 1.

    Args:
        image: (H, W, C), C = 1 or 3, under the colours.
        strength: Positive and negative values have different colours.
        overlaid: Whether the image shows through, rather than black.
    """
    ground = np.zeros((*strength.shape, 3), np.float32)
    if overlaid:
        ground += 0.5 + _CONTRAST * (np.clip(np.nan_to_num(image), 0, 1) - 0.5)
    colours = np.where(strength[..., np.newaxis] > 0, _channels(_RAISES), _channels(_LOWERS))
    opacity = np.abs(strength)[..., np.newaxis]
    painted: FloatArray = ((1 - opacity) * ground + opacity * colours).astype(np.float32)
    return painted


def _channels(name: str) -> np.ndarray:
    colour = QColor(name)
    return np.array([colour.redF(), colour.greenF(), colour.blueF()])


def _by_colour(gradient: FloatArray) -> str:
    """Returns the effects of a coloured pixel's channels; "" for a grey one."""
    if len(gradient) != len(COLOURS):
        return ""
    return f" ({', '.join(f'{colour} {_signed(value)}' for colour, value in zip(COLOURS, gradient, strict=True))})"


def _sentence(every: Salience, shown: Salience, part: str, colour: str) -> str:
    if not every.any():
        return ZERO
    if not shown.any():
        return _NOTHING[part]
    row, column = divmod(int(np.abs(shown).argmax()), shown.shape[1])
    unit = f"a whole unit of {colour or 'brightness'}"
    return f"The strongest is {_place(row, column)}: {_signed(shown[row, column])} for {unit}."


def _place(row: int, column: int) -> str:
    return f"row {row + 1}, column {column + 1}"


def _signed(value: float) -> str:
    return f"{'−' if value < 0 else '+'}{format_two_digits(abs(float(value)))}"
