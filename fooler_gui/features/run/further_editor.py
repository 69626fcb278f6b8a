"""The further classifiers that the next run's images are driven to fool, beside the one in use."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QLabel, QSizePolicy, QWidget

from fooler_gui.core.further_classifier import FurtherClassifier
from fooler_gui.core.path_text import path_of
from fooler_gui.widgets.action_button import ActionButton
from fooler_gui.widgets.icon_button import IconButton
from fooler_gui.widgets.number_fields import NumberSpinBox, over_decades
from fooler_gui.widgets.panel_layout import SPACING, STRETCH, QuietLabel, column_of, fill, row_of
from fooler_gui.widgets.shortcut_keys import keep_space
from fooler_gui.widgets.tooltips import paragraphs, range_sentence, set_disabled_because

_FILES = ("Keras classifiers (*.keras *.h5 *.hdf5)", "All files (*)")
_NONE = "Images are driven to fool the classifier in use alone."
_SOME = "Images are driven to fool the classifier in use, with weight 1, and these, until all are sure:"
_TIP = (
    "Chooses a further classifier, of the same images and classes, that images are driven to fool at the same time: "
    "misclassification cost is then the weighted mean over all."
)
_NAME_WIDTH = 150
_WEIGHT = FurtherClassifier.info("weight")


class FurtherEditor(QWidget):
    """Lists further classifiers with their weights. Main thread only.

    Signals:
        add_requested: (str) Add the classifier of this file.
        changed: A weight was changed or a classifier removed; never emitted by `set_further`.
    """

    add_requested = Signal(str)
    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[_Row] = []
        self._reason = ""
        self._told = QuietLabel(_NONE, self)
        self._told.setObjectName("further_told")
        self._list = column_of(gap=SPACING // 2)
        self._add = ActionButton("Add a classifier…", "add_further_button", _TIP, parent=self)
        keep_space(self._add)
        column_of(self._told, self._list, row_of(self._add, STRETCH), on=self, gap=SPACING // 2)
        self._add.clicked.connect(self.ask_what_to_add)

    def further(self) -> tuple[FurtherClassifier, ...]:
        """Returns the further classifiers."""
        return tuple(row.further() for row in self._rows)

    def set_further(self, further: Sequence[FurtherClassifier]) -> None:
        """Shows `further`."""
        for row in self._rows:
            row.setParent(None)
            row.deleteLater()
        self._rows = [_Row(each, self) for each in further]
        for row in self._rows:
            self._list.addWidget(row)
            row.changed.connect(self.changed)
            row.remove_requested.connect(partial(self._remove, row))
        self._told.setText(_SOME if further else _NONE)
        self.set_disabled_because(self._reason)

    def set_disabled_because(self, reason: str) -> None:
        """Disables every control with `reason` in its tooltip, or enables them if it is ""."""
        self._reason = reason
        set_disabled_because(self._add, reason)
        for row in self._rows:
            row.set_disabled_because(reason)

    def ask_what_to_add(self) -> None:
        """Asks for the file of a further classifier."""
        dialog = QFileDialog(self, "Add a classifier")
        dialog.setObjectName("further_dialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setNameFilters(_FILES)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.add_requested)
        dialog.open()

    def _remove(self, gone: _Row) -> None:
        self.set_further([row.further() for row in self._rows if row is not gone])
        self.changed.emit()


class _Row(QWidget):
    """A further classifier: its name, its weight, and a button to remove it.

    Signals:
        changed: The weight was changed.
        remove_requested: Remove it.
    """

    changed = Signal()
    remove_requested = Signal()

    def __init__(self, further: FurtherClassifier, parent: QWidget) -> None:
        super().__init__(parent)
        self._further = further
        path = path_of(further.classifier)
        elided = self.fontMetrics().elidedText(path.stem, Qt.TextElideMode.ElideMiddle, _NAME_WIDTH)
        self._name = QLabel(elided, self)
        self._name.setTextFormat(Qt.TextFormat.PlainText)
        self._name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._name.setToolTip(paragraphs(further.classifier))
        assert _WEIGHT.minimum is not None
        assert _WEIGHT.maximum is not None
        self._weight = NumberSpinBox(_WEIGHT.minimum, _WEIGHT.maximum, over_decades(_WEIGHT.minimum), self)
        self._weight.setPrefix("weight ")
        self._weight.setObjectName(f"weight_of_{path.stem}")
        self._weight.setAccessibleName(f"Weight of {path.stem}")
        self._weight.setToolTip(paragraphs(f"{_WEIGHT.tip} {range_sentence(_WEIGHT, whole=False)}"))
        with QSignalBlocker(self._weight):
            self._weight.setValue(further.weight)
        self._remove = IconButton("remove", self)
        self._remove.setObjectName(f"remove_{path.stem}")
        self._remove.setAccessibleName(f"Remove {path.stem}")
        self._remove.setToolTip(paragraphs("Leaves this classifier out of the next run; the file is kept."))
        keep_space(self._remove)
        row_of(fill(self._name), self._weight, self._remove, on=self, gap=SPACING // 2)
        self._weight.valueChanged.connect(self.changed)
        self._remove.clicked.connect(self.remove_requested)

    def further(self) -> FurtherClassifier:
        """Returns it with the weight shown."""
        return dataclasses.replace(self._further, weight=self._weight.value())

    def set_disabled_because(self, reason: str) -> None:
        """Disables the fields with `reason` in their tooltips, or enables them if it is ""."""
        for control in (self._weight, self._remove):
            set_disabled_because(control, reason)
