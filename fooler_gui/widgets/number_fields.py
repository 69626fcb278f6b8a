"""Fields for numbers: shortest text, typed exponents, steps suited to the range, no accidental change by the wheel.

A typed value is applied once it is finished (Enter, Tab, a click elsewhere), so that no half-typed number ever
reaches a run.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QValidator, QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QComboBox, QDoubleSpinBox, QSpinBox, QWidget

from fooler_gui.core.formats import shortest_text
from fooler_gui.core.number_text import read_number, read_whole
from fooler_gui.widgets.number_steps import step_over_decades, step_towards_one
from fooler_gui.widgets.shortcut_keys import pass_on_shortcuts

_BEGINNING = re.compile(r"-?[\d.,٫٬．，_'’ \u00a0\u202f]*(e[+-]?\d{0,3})?", re.IGNORECASE)
"""A text that may become a number, with all separators allowed between digits."""
_USUAL_TEXT = "0.99999"
_DECIMALS = 20
_STEPS_A_DECADE = 3
_LARGE_RANGE = 1000

Step = Callable[[float, int], float]


def over_decades(smallest: float) -> Step:
    """Returns steps of 1-2-5 per decade, with 0 below `smallest`."""
    return lambda value, steps: step_over_decades(value, steps, smallest)


TOWARDS_ONE: Step = step_towards_one
"""The steps of fields for probabilities."""


def commit_edits() -> None:
    """Applies a number that is still being typed."""
    field = QApplication.focusWidget()
    if isinstance(field, QAbstractSpinBox):
        field.interpretText()


class NumberSpinBox(QDoubleSpinBox):
    """A spin box for a number of at least 0, shown in its shortest form.

    Page up and page down, and Ctrl with the wheel, move by a decade.

    Args:
        minimum: The smallest value.
        maximum: The largest value; larger ones that are typed become this one.
        step: Returns the value a number of steps away from another.
        parent: Owner.
    """

    def __init__(self, minimum: float, maximum: float, step: Step, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._step = step
        pass_on_shortcuts(self, self.lineEdit())
        self.setDecimals(_DECIMALS)
        self.setRange(minimum, maximum)
        self.setKeyboardTracking(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def sizeHint(self) -> QSize:
        """Returns room for both ends of the range and for a number of usual length."""
        ends = (self.textFromValue(self.minimum()), self.textFromValue(self.maximum()), self.specialValueText())
        advance = self.fontMetrics().horizontalAdvance
        missing = advance(_USUAL_TEXT) - max(map(advance, ends))
        return super().sizeHint() + QSize(max(missing, 0), 0)

    def textFromValue(self, value: float) -> str:
        """Returns the shortest text for `value`."""
        return shortest_text(value)

    def valueFromText(self, text: str) -> float:
        """Returns the number in `text`, clipped to the range."""
        bare = _bare(self, text)
        if self.specialValueText() and bare == self.specialValueText():
            return self.minimum()
        number = read_number(bare)
        return self.value() if number is None else min(max(float(number), self.minimum()), self.maximum())

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Returns whether `text` is a number, may become one, or is neither. Called by Qt during typing."""
        bare, special = _bare(self, text), self.specialValueText()
        if special and special.startswith(bare):
            state = QValidator.State.Acceptable if bare == special else QValidator.State.Intermediate
        else:
            number = read_number(bare)
            state = _state(bare, is_number=number is not None and number >= 0)
        return state, text, position

    def fixup(self, text: str) -> str:
        """Leaves invalid text as it is, so that the former number comes back; Qt would drop its commas."""
        return text

    def stepBy(self, steps: int) -> None:
        """Moves `steps` steps up, or down if negative, at most a decade."""
        self.interpretText()
        steps = max(-_STEPS_A_DECADE, min(_STEPS_A_DECADE, steps))
        self.setValue(self._step(self.value(), steps))
        self.selectAll()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Steps only with the focus."""
        _wheel_if_focused(self, super().wheelEvent, event)


class WholeSpinBox(QSpinBox):
    """A spin box for a whole number. In large ranges its steps grow with the value.

    Args:
        minimum: The smallest value.
        maximum: The largest value; larger ones that are typed become this one.
        parent: Owner.
    """

    def __init__(self, minimum: int, maximum: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._unit = ""
        pass_on_shortcuts(self, self.lineEdit())
        self.setRange(minimum, maximum)
        self.setKeyboardTracking(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if maximum >= _LARGE_RANGE:
            self.setStepType(QAbstractSpinBox.StepType.AdaptiveDecimalStepType)
        self.valueChanged.connect(self._show_unit)

    def set_unit(self, unit: str) -> None:
        """Shows `unit`, an English plural such as "steps", after the number; without its s after 1."""
        self._unit = unit
        self._show_unit(self.value())

    def sizeHint(self) -> QSize:
        """Returns room for the plural of the unit, also while the value is 1."""
        advance = self.fontMetrics().horizontalAdvance
        missing = advance(f" {self._unit}") - advance(self.suffix()) if self._unit else 0
        return super().sizeHint() + QSize(max(missing, 0), 0)

    def textFromValue(self, value: int) -> str:
        """Returns the digits of `value`, in every locale the same: a count of units with commas, others without."""
        return f"{value:,}" if self._unit else str(value)

    def valueFromText(self, text: str) -> int:
        """Returns the whole number in `text`, at most the largest."""
        number = read_whole(_bare(self, text))
        return self.value() if number is None else min(number, self.maximum())

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Returns whether `text` is a number, may become one, or is neither. Called by Qt during typing."""
        number = read_whole(_bare(self, text))
        return _state(_bare(self, text), is_number=number is not None and number >= self.minimum()), text, position

    def fixup(self, text: str) -> str:
        """Leaves invalid text as it is, so that the former number comes back; Qt would drop its commas."""
        return text

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Steps only with the focus."""
        _wheel_if_focused(self, super().wheelEvent, event)

    def setValue(self, value: int) -> None:
        """Shows `value` with its unit, even while signals are blocked."""
        super().setValue(value)
        self._show_unit(self.value())

    def _show_unit(self, value: int) -> None:
        if self._unit:
            self.setSuffix(f" {self._unit.removesuffix('s') if value == 1 else self._unit}")


class ChoiceBox(QComboBox):
    """A combo box that the wheel changes only with the focus."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Steps only with the focus."""
        _wheel_if_focused(self, super().wheelEvent, event)


def _bare(box: QSpinBox | QDoubleSpinBox, text: str) -> str:
    return text.removeprefix(box.prefix()).removesuffix(box.suffix()).strip()


def _state(bare: str, *, is_number: bool) -> QValidator.State:
    if is_number:
        return QValidator.State.Acceptable
    return QValidator.State.Intermediate if _BEGINNING.fullmatch(bare) else QValidator.State.Invalid


def _wheel_if_focused(widget: QWidget, turn: Callable[[QWheelEvent], None], event: QWheelEvent) -> None:
    if widget.hasFocus():
        turn(event)
    else:
        event.ignore()
