"""One coefficient's row in the coefficients panel: name, slider, number and reset button."""

from __future__ import annotations

import html
import re

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QSpinBox, QWidget

from fooler_gui.core.formats import format_number, format_part
from fooler_gui.core.settings import LAYER_PREFIX
from fooler_gui.core.terms import COEFFICIENT_MAXIMUM, Term, known_terms
from fooler_gui.widgets.log_slider import LogSlider, SliderWithNumber
from fooler_gui.widgets.number_fields import NumberSpinBox, over_decades
from fooler_gui.widgets.panel_layout import QuietLabel
from fooler_gui.widgets.reset_button import ResetButton
from fooler_gui.widgets.theme import tabular_font
from fooler_gui.widgets.tooltips import paragraphs
from fooler_gui.widgets.vary_offer import name_option

SLIDER_LOWEST, SLIDER_HIGHEST = 1e-8, 1e3

SHARE_TIP = (
    "The share of the total cost in the newest save. The shares of the costs add up to 100 %; a layer's is what the "
    "costs of all layers have in it."
)

_WIDEST_TEXT, _WIDEST_SHARE = "8.88e-8", "100 %"
_RANGE = f"From 0 to {format_number(COEFFICIENT_MAXIMUM)}, no unit. The slider covers decades; its left end is 0."


class _CoefficientField(NumberSpinBox):
    """A field that shows a number with many digits rounded to three, and keeps it exact."""

    def textFromValue(self, value: float) -> str:
        """Returns a text for `value` that fits."""
        text = super().textFromValue(value)
        return text if len(text) <= len(_WIDEST_TEXT) else format_number(float(f"{value:.3g}"))

    def valueFromText(self, text: str) -> float:
        """Returns the number in `text`; if that is what is shown, the number itself."""
        return self.value() if text.strip() == self.textFromValue(self.value()) else super().valueFromText(text)


class CoefficientRow(QObject):
    """The widgets of one coefficient, in a row of a grid: name, slider, number, share of the cost, reset button.

    Main thread only.

    Args:
        name: The coefficient's name, as in `CostCoefficients.flat`.
        grid: The layout of its widgets.
        line: The grid's row.
        parent: The panel.

    Signals:
        number_changed: (float) The new value; never emitted by `set_number`.
        edit_end_requested: A drag or a text edit has ended.
        reset_requested: Reset the value to the preset's.
        effect_requested: The mouse or the focus came to it, or it was moved: `effect` may be told.

    Attributes:
        name: See above.
        title: Its name on screen.
        effect: What more of it will do, as a sentence.
    """

    number_changed = Signal(float)
    edit_end_requested = Signal()
    reset_requested = Signal()
    effect_requested = Signal()

    def __init__(self, name: str, grid: QGridLayout, line: int, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.name = name
        self.title, self.effect, tip = _describe(name)
        self._preset_number = 0.0
        self._label = QLabel(self.title, parent)
        self._slider = LogSlider(SLIDER_LOWEST, SLIDER_HIGHEST, parent=parent)
        self._spin_box = _CoefficientField(0.0, COEFFICIENT_MAXIMUM, over_decades(SLIDER_LOWEST), parent)
        self._share = QuietLabel("", parent)
        self._reset_button = ResetButton(parent)
        self._place(grid, line)
        self._name_widgets(tip)
        self._pair = SliderWithNumber(self._slider, self._spin_box, self)
        for widget in self._told:
            widget.installEventFilter(self)
        self._pair.changed.connect(self._on_changed)
        self._pair.edit_end_requested.connect(self.edit_end_requested)
        self._reset_button.clicked.connect(self.reset_requested)

    def number(self) -> float:
        """Returns the coefficient."""
        return self._pair.number()

    def set_number(self, number: float) -> None:
        """Shows `number`."""
        self._pair.set_number(number)
        self._show_whether_changed()

    def set_preset_number(self, number: float) -> None:
        """Sets the preset's value, which the slider marks and the reset button restores."""
        self._preset_number = number
        self._slider.set_mark(number)
        self._reset_button.setToolTip(f"Changed from the preset. Resets it to {format_number(number)}.")
        self._show_whether_changed()

    def set_share(self, share: float | None) -> None:
        """Shows its share of the total cost, 0 to 1; None for none."""
        self._share.setText("" if share is None else format_part(share))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Requests that the effect be told when the mouse or the focus comes to a widget of the row."""
        if event.type() in (QEvent.Type.Enter, QEvent.Type.FocusIn):
            self.effect_requested.emit()
        return super().eventFilter(watched, event)

    def is_dragged(self) -> bool:
        """Returns whether the slider is held down."""
        return self._slider.isSliderDown()

    def remove(self) -> None:
        """Removes its widgets from the panel; an unfinished edit emits no signal."""
        self.blockSignals(True)
        for widget in (*self._told, self._reset_button):
            widget.removeEventFilter(self)
            widget.setParent(None)
            widget.deleteLater()
        self.deleteLater()

    @property
    def _told(self) -> tuple[QWidget, ...]:
        """The widgets over which the effect is told."""
        return self._label, self._slider, self._spin_box, self._share

    def _place(self, grid: QGridLayout, line: int) -> None:
        self._label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._label.setBuddy(self._spin_box)
        self._spin_box.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        self._spin_box.setFixedWidth(self._spin_box.fontMetrics().horizontalAdvance(_WIDEST_TEXT) + 12)
        self._share.setFont(tabular_font(self._share.font()))
        self._share.setWordWrap(False)
        self._share.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._share.setFixedWidth(self._share.fontMetrics().horizontalAdvance(_WIDEST_SHARE) + 2)
        for column, widget in enumerate((*self._told, self._reset_button)):
            grid.addWidget(widget, line, column)

    def _name_widgets(self, tip: str) -> None:
        name_option(self.name, self._label, self._slider, self._spin_box)
        for widget in (self._label, self._slider, self._spin_box):
            widget.setToolTip(tip)
        self._share.setToolTip(paragraphs(SHARE_TIP))
        self._share.setObjectName(f"{self.name}_share")
        self._share.setAccessibleName(f"Share of the {self.title} coefficient in the cost")
        self._spin_box.setObjectName(self.name)
        self._spin_box.setAccessibleName(f"{self.title} coefficient")
        self._slider.setObjectName(f"{self.name}_slider")
        self._slider.setAccessibleName(f"{self.title} coefficient, slider over decades")
        self._reset_button.setObjectName(f"{self.name}_reset")
        self._reset_button.setAccessibleName(f"Reset the {self.title} coefficient")

    def _show_whether_changed(self) -> None:
        self._reset_button.setVisible(self.number() != self._preset_number)

    def _on_changed(self, number: float) -> None:
        self._show_whether_changed()
        self.effect_requested.emit()
        self.number_changed.emit(number)


def _describe(name: str) -> tuple[str, str, str]:
    """Returns the title of the coefficient `name`, what more of it will do, and its tooltip."""
    terms = {term.coefficient_name: term for term in known_terms().values()}
    if name in terms:
        term = terms[name]
        return term.title, _effect(term.title, term.effect), _tip(term.title, *_words_of_term(term))
    layer = name.removeprefix(LAYER_PREFIX)
    of_layers = [term for term in terms.values() if term.is_of_layers]
    parts = " + ".join(f"{term.title} coefficient × {term.formula}" for term in of_layers)
    meaning = " ".join(term.meaning for term in of_layers)
    effect = "what happens in this layer counts more for these costs; 0 turns it off"
    in_layer = ", and ".join(term.effect.partition(";")[0] for term in of_layers)
    told = _effect(layer, f"as this layer sees them, {in_layer}")
    return layer, told, _tip(layer, f"adds {layer} coefficient × ({parts}) of this layer", meaning, effect)


def _words_of_term(term: Term) -> tuple[str, str, str]:
    if term.is_of_layers:
        return f"multiplies the {term.title} cost {term.formula} of every layer", term.meaning, term.effect
    return f"adds {term.title} coefficient × {term.formula}", term.meaning, term.effect


def _effect(title: str, effect: str) -> str:
    return f"More {title}: {effect}."


def _tip(title: str, formula: str, meaning: str, effect: str) -> str:
    more = f"<b>More {html.escape(title)}</b>: {html.escape(effect)}."
    lines = (more, _RANGE, f"It {_formula(formula)}. {_formula(meaning)}")
    return "".join(f"<p>{line}</p>" for line in lines)


def _formula(text: str) -> str:
    return re.sub(r"\b(\w)_(\w+)", r"\1<sub>\2</sub>", html.escape(text))
