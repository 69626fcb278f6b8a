"""The toolbar's part of the next run's set-up: start, labels, slots, pace."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QLabel, QSpinBox, QWidget

from fooler_gui.core.pace import Pace
from fooler_gui.core.run_setup import USUAL_PACE
from fooler_gui.core.run_spec import RunSpec
from fooler_gui.features.run.pace_editor import PaceEditor
from fooler_gui.features.run.starts.start_button import StartButton
from fooler_gui.widgets.label_picker import LabelPicker
from fooler_gui.widgets.number_fields import WholeSpinBox
from fooler_gui.widgets.panel_layout import SPACING, row_of
from fooler_gui.widgets.tooltips import paragraphs, range_sentence, set_disabled_because
from fooler_gui.widgets.vary_offer import name_option

_SLOTS = RunSpec.info("slots")
_FIXED = "Fixed during a run; stop it to change this."
_LABEL_TIP = "The class that the images are driven towards. Each class has its own batch."


class RunBar(QWidget):
    """Edits the labels, the slots of each label and the pace. Main thread only.

    Signals:
        labels_changed: (sorted tuple of int) The picked classes.
        slots_changed: (int) Images per label.
        pace_changed: (Pace) How fast saves may come.

    Attributes:
        start_button: Shows the start, and offers others.
    """

    labels_changed = Signal(object)
    slots_changed = Signal(int)
    pace_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._build()
        self.set_slots(RunSpec.default("slots"))
        self.set_pace(USUAL_PACE)
        self._picker.labels_changed.connect(self.labels_changed)
        self._slots.valueChanged.connect(self.slots_changed)
        self._pace.changed.connect(self.pace_changed)

    def labels(self) -> tuple[int, ...]:
        """Returns the picked classes, sorted; at least one."""
        return self._picker.labels()

    def set_labels(self, labels: Iterable[int]) -> None:
        """Picks `labels`."""
        self._picker.set_labels(labels)

    def set_class_names(self, class_names: Sequence[str]) -> None:
        """Offers the classifier's classes."""
        self._picker.set_class_names(class_names)
        self._label.setText(self._picker.accessibleName())

    def slots(self) -> int:
        """Returns the number of images per label."""
        return self._slots.value()

    def set_slots(self, slots: int) -> None:
        """Shows `slots`."""
        with QSignalBlocker(self._slots):
            self._slots.setValue(slots)

    def pace(self) -> Pace:
        """Returns how fast saves may come."""
        return self._pace.pace()

    def set_pace(self, pace: Pace) -> None:
        """Shows `pace`."""
        self._pace.set_pace(pace)

    def set_run_going(self, going: bool) -> None:
        """Disables start, labels and slots during a run, with the reason, or enables them again."""
        reason = _FIXED if going else ""
        self.start_button.set_run_going(reason)
        self._picker.set_disabled_because(reason)
        set_disabled_because(self._slots, reason)

    def _build(self) -> None:
        self.start_button = StartButton(self)
        self._picker = LabelPicker()
        self._picker.setToolTip(paragraphs(_LABEL_TIP))
        self._slots = WholeSpinBox(int(_SLOTS.minimum or 0), int(_SLOTS.maximum or 0))
        self._slots.setStepType(QSpinBox.StepType.DefaultStepType)
        self._slots.setObjectName("slots_per_label")
        self._slots.setAccessibleName(_SLOTS.label)
        self._slots.setToolTip(paragraphs(_SLOTS.tip, range_sentence(_SLOTS, whole=True)))
        self._pace = PaceEditor()
        self._label, picker = _labelled(self._picker.accessibleName(), self._picker)
        slots_label, slots = _labelled("Slots", self._slots)
        name_option("start", self.start_button)
        name_option("labels", self._label, self._picker)
        name_option("slots", slots_label, slots)
        row_of(
            self.start_button,
            SPACING,
            self._label,
            picker,
            SPACING,
            slots_label,
            slots,
            SPACING,
            *_labelled("Pace", self._pace),
            on=self,
            margins=(SPACING, 0),
        )


def _labelled(text: str, editor: QWidget) -> tuple[QLabel, QWidget]:
    label = QLabel(text)
    label.setBuddy(editor)
    label.setToolTip(editor.toolTip())
    return label, editor
