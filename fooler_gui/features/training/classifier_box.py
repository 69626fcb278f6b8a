"""The classifier in use: its name, and opening, saving and going back to the former one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QFileDialog, QInputDialog, QLabel, QMenu, QSizePolicy, QWidget

from fooler_gui.core.classifier_info import ClassifierInfo
from fooler_gui.core.formats import format_share
from fooler_gui.core.input_range import INPUT_RANGES
from fooler_gui.core.lab_state import NO_CLASSIFIER, LabState, why_not_now
from fooler_gui.widgets.action_button import ActionButton
from fooler_gui.widgets.panel_layout import SPACING, QuietLabel, column_of, heading, row_of
from fooler_gui.widgets.tooltips import paragraphs, set_disabled_because

FILE_FILTER = "Keras classifiers (*.keras)"
_OPENED = "Keras classifiers (*.keras *.h5 *.hdf5)"
_GUARANTEED = (
    "With a guarantee: far from all training images it provably is not sure. The inspector and the evaluation tell how "
    "far it holds."
)
NO_FORMER = "There is no former classifier: none was replaced in this session."


def short_name(info: ClassifierInfo) -> str:
    """Returns a classifier's name and, if measured, test accuracy: ``article · 99.2 %``."""
    return info.name if info.test_accuracy is None else f"{info.name} · {format_share(info.test_accuracy)}"


class ClassifierBox(QWidget):
    """Names the classifier in use. Main thread only.

    Signals:
        open_requested: (str) The path of a classifier to put in use.
        save_requested: (str) The path to write the classifier in use to; a file there may be replaced.
        use_former_requested: Put the former classifier back in use.
        layers_requested: Show the layers that the classifier in use can record.
        input_range_requested: (str) Give the classifier in use pixels in this range; "" for the proposed one.
        output_requested: (str) Open the classifier with this one of its outputs.
    """

    open_requested = Signal(str)
    save_requested = Signal(str)
    use_former_requested = Signal()
    layers_requested = Signal()
    input_range_requested = Signal(str)
    output_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._info: ClassifierInfo | None = None
        self._former: ClassifierInfo | None = None
        self._state = LabState.STARTING
        self._name = heading("")
        self._name.setParent(self)
        self._topology = QLabel(self)
        self._parameters = QuietLabel(parent=self)
        for label, name in (
            (self._name, "classifier_name"),
            (self._topology, "classifier_topology"),
            (self._parameters, "classifier_parameters"),
        ):
            label.setObjectName(name)
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._open = ActionButton(
            "Open…", "open_classifier_button", "Opens a .keras file and puts its classifier in use.", parent=self
        )
        self._save = ActionButton(
            "Save as…", "save_classifier_button", "Writes the classifier in use to a .keras file.", parent=self
        )
        self._use_former = ActionButton(
            "Use former",
            "use_former_button",
            "Puts the previous classifier back in use; this one becomes the former.",
            parent=self,
        )
        self._layers = ActionButton(
            "Recorded layers…",
            "recorded_layers_button",
            "Shows the layers in which images are compared with training images, and lets you choose others.",
            parent=self,
        )
        self._range = ActionButton(
            "Input range", "input_range_button", "Sets which pixels the classifier gets.", parent=self
        )
        self._ranges = self._range_menu()
        self._range.setMenu(self._ranges)
        column_of(
            self._name,
            self._topology,
            self._parameters,
            SPACING // 2,
            row_of(self._open, self._save, self._use_former),
            row_of(self._layers, self._range),
            on=self,
            gap=SPACING // 2,
        )
        self._show_classifiers()

        self._open.clicked.connect(self.ask_what_to_open)
        self._save.clicked.connect(self.ask_where_to_save)
        self._use_former.clicked.connect(self.use_former_requested)
        self._layers.clicked.connect(self.layers_requested)

    def set_classifier(self, info: ClassifierInfo | None, former: ClassifierInfo | None) -> None:
        """Shows the classifier in use, if any, and offers the former one, if any."""
        self._info, self._former = info, former
        self._show_classifiers()

    def ask_which_output(self, outputs: Sequence[str]) -> None:
        """Asks which of several outputs of a classifier to use."""
        dialog = QInputDialog(self)
        dialog.setObjectName("output_question")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle("Several outputs")
        dialog.setLabelText("Which output tells the classes?")
        dialog.setComboBoxItems(list(outputs))
        dialog.textValueSelected.connect(self.output_requested)
        dialog.open()

    def set_state(self, state: LabState) -> None:
        """Enables what can be pressed while the lab is in `state`."""
        self._state = state
        self._show_classifiers()

    def ask_what_to_open(self) -> None:
        """Asks for the file of a classifier to put in use."""
        dialog = self._make_dialog("Open a classifier")
        dialog.setNameFilters((_OPENED, "All files (*)"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.open_requested)
        dialog.open()

    def ask_where_to_save(self) -> None:
        """Asks for the file to write the classifier in use to."""
        dialog = self._make_dialog("Save the classifier in use")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("keras")
        if self._info:
            dialog.selectFile(f"{self._info.name}.keras")
        dialog.fileSelected.connect(self.save_requested)
        dialog.open()

    def _show_classifiers(self) -> None:
        info = self._info
        loading = self._state is LabState.STARTING
        self._name.setText(short_name(info) if info else "Loading …" if loading else "No classifier yet")
        waiting = "Ready in a few seconds." if loading else "Train one, or open one."
        self._topology.setText(info.topology if info else waiting)
        former = f"Former: {short_name(self._former)}" if self._former else ""
        weights = f"{info.parameters:,} weights" if info else ""
        told = (*info.adapted, info.doubt) if info else ()
        self._parameters.setText("\n".join(filter(None, (*told, weights, former))))
        self._name.setToolTip(paragraphs("Name and test accuracy.", info.path) if info else "")
        self._topology.setToolTip(paragraphs(_GUARANTEED) if info and info.has_guarantee else "")
        for action in self._ranges.actions():
            action.setChecked(info is not None and action.data() == info.asked_range)
        self._enable_buttons()

    def _range_menu(self) -> QMenu:
        menu = QMenu(self)
        group = QActionGroup(menu)
        for value, words in {"": "As proposed", **INPUT_RANGES}.items():
            action = menu.addAction(words[0].upper() + words[1:])
            action.setCheckable(True)
            group.addAction(action)
            action.setData(value)
            action.triggered.connect(lambda _checked, chosen=value: self.input_range_requested.emit(chosen))
        return menu

    def _enable_buttons(self) -> None:
        now = why_not_now(self._state, needs_classifier=False)
        set_disabled_because(self._open, now)
        set_disabled_because(self._save, now or ("" if self._info else NO_CLASSIFIER))
        for button in (self._layers, self._range):
            set_disabled_because(button, now or ("" if self._info else NO_CLASSIFIER))
        set_disabled_because(self._use_former, now or ("" if self._former else NO_FORMER))

    def _make_dialog(self, title: str) -> QFileDialog:
        dialog = QFileDialog(self, title)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setNameFilter(FILE_FILTER)
        return dialog
