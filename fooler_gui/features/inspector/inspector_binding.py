"""Makes the inspector follow the selected slot while it is visible."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from fooler_gui.features.inspector.inspector import InspectorPanel
from fooler_gui.session.controller import Controller
from fooler_gui.session.model import SessionModel, bind

_POINTS = 300
"""The most points that the plot of a slot has room for."""


class InspectorBinding(QObject):
    """Shows the selected slot in the save on screen, and has the engine inspect it.

    Args:
        parent: Owner.
        model: The session's model.
        controller: Requests inspections.
        inspector: Shows them.
    """

    def __init__(self, parent: QWidget, model: SessionModel, controller: Controller, inspector: InspectorPanel) -> None:
        super().__init__(parent)
        self._model = model
        self._controller = controller
        self._inspector = inspector
        self._is_seen = False
        self._inspected: tuple[object, tuple[int, int]] | None = None
        bind(
            self.synchronise, model.run_changed, model.saves_changed, model.cursor_changed, model.selection_changed,
            model.classifier_changed, model.inspection_changed,
        )  # fmt: skip

    @Slot(bool)
    def set_seen(self, seen: bool) -> None:
        """Sets whether the inspector is visible."""
        self._is_seen = seen
        self.synchronise()

    @Slot()
    def synchronise(self) -> None:
        """Shows what is known of the selected slot."""
        model, inspector, run = self._model, self._inspector, self._model.run
        save = model.shown
        selected = None if run is None else run.selected
        self._look_at((run, selected) if self._is_seen and selected is not None else None)
        if not self._is_seen:
            return
        if run is None or save is None or selected is None:
            inspector.clear()
            return
        inspector.set_classifiers(run.classifier, model.classifier)
        inspector.show_slot(save, *selected)
        inspector.set_history(*run.series.slot_history(*selected, _POINTS))
        inspector.set_milestones(run.milestones.of(*selected))
        if model.inspection is not None:
            inspector.show_inspection(model.inspection)

    def _look_at(self, inspected: tuple[object, tuple[int, int]] | None) -> None:
        if inspected == self._inspected:
            return
        self._inspected = inspected
        if inspected is None:
            self._controller.end_inspection()
        else:
            self._controller.inspect(*inspected[1])
