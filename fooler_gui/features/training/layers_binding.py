"""Opens the dialog of recorded layers, and carries out what is asked for in it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from fooler_gui.features.training.recorded_layers_dialog import RecordedLayersDialog
from fooler_gui.features.training.training import TrainingPanel
from fooler_gui.session.controller import Controller
from fooler_gui.session.model import SessionModel


class LayersBinding(QObject):
    """Shows the layers that the classifier in use can record, once the engine has described them.

    Args:
        parent: Owner, and parent of the dialog.
        model: The session's model.
        controller: Describes, measures and records layers.
        panel: Asks for the dialog.
    """

    def __init__(self, parent: QWidget, model: SessionModel, controller: Controller, panel: TrainingPanel) -> None:
        super().__init__(parent)
        self._window = parent
        self._model = model
        self._controller = controller
        self._dialog: RecordedLayersDialog | None = None
        panel.layers_requested.connect(controller.describe_layers)
        model.layers_changed.connect(self._show)
        model.state_changed.connect(self._show_state)

    @Slot()
    def _show(self) -> None:
        """Shows the layers in a new dialog, or what was measured of them in the present one."""
        if self._dialog is None:
            self._open()
        else:
            self._dialog.set_times(self._model.layer_times)

    def _open(self) -> None:
        classifier, layers = self._model.classifier, self._model.layers
        if classifier is None or layers is None:
            return
        dialog = self._dialog = RecordedLayersDialog(classifier, layers, self._window)
        dialog.set_times(self._model.layer_times)
        dialog.set_state(self._model.state)
        dialog.measure_requested.connect(self._controller.measure_layers)
        dialog.stop_requested.connect(self._controller.stop)
        dialog.use_requested.connect(self._controller.record_layers)
        dialog.finished.connect(self._close)
        dialog.open()

    @Slot()
    def _close(self) -> None:
        if self._dialog is not None:
            self._dialog.deleteLater()
            self._dialog = None

    @Slot()
    def _show_state(self) -> None:
        if self._dialog is not None:
            self._dialog.set_state(self._model.state)
