"""Lets the inspector follow the slot that is selected in the grid, for as long as its dock is seen."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from fooler_gui.core.messages import ClassifierInfo, Save
from fooler_gui.features.run.wiring import Wiring
from fooler_gui.session.controller import Controller
from fooler_gui.shell.main_window import MainWindow

_POINTS = 300
"""As many as the plot of a slot has room for."""


class InspectorWiring(QObject):
    """Holds the connections of the inspector. To be made after those of the grid and the plots, which it reads.

    Args:
        window: The main window, which owns the wiring.
        controller: The lab's conductor.
        wiring: Knows what the images of the run on screen reached.
    """

    def __init__(self, window: MainWindow, controller: Controller, wiring: Wiring) -> None:
        super().__init__(window)
        self._window = window
        self._controller = controller
        self._wiring = wiring
        self._is_seen = False
        window.inspector_dock.visibilityChanged.connect(self._on_visibility_changed)
        window.grid.slot_selected.connect(self._on_slot_selected)
        window.grid.look_requested.connect(self._on_look_requested)
        wiring.shown.connect(self._on_shown)
        controller.inspected.connect(window.inspector.show_inspection)
        controller.classifier_changed.connect(self._on_classifier_changed)

    @Slot(bool)
    def _on_visibility_changed(self, seen: bool) -> None:
        self._is_seen = seen
        if seen:
            self._show_selected()
        else:
            self._controller.end_inspection()

    @Slot(int, int)
    def _on_slot_selected(self, _label: int, _slot: int) -> None:
        if self._is_seen:
            self._show_selected()

    @Slot(int, int)
    def _on_look_requested(self, _label: int, _slot: int) -> None:
        self._window.show_inspector()

    @Slot(object)
    def _on_shown(self, save: Save) -> None:
        if self._is_seen:
            self._show_save(save)

    @Slot(object, object)
    def _on_classifier_changed(self, classifier: ClassifierInfo, _former: ClassifierInfo | None) -> None:
        self._window.inspector.set_class_names(classifier.class_names)

    def _show_selected(self) -> None:
        """Begins to look at the selected slot."""
        save, selected = self._wiring.on_screen(), self._window.grid.selected()
        if save is None or selected is None:
            self._controller.end_inspection()
            self._window.inspector.clear()
            return
        self._show_save(save)
        self._controller.inspect(*selected)

    def _show_save(self, save: Save) -> None:
        selected = self._window.grid.selected()
        if selected is None:
            self._window.inspector.clear()
            return
        inspector = self._window.inspector
        inspector.show_slot(save, *selected)
        inspector.set_history(*self._window.plots.slot_history(*selected, _POINTS))
        inspector.set_milestones(self._wiring.milestones.of(*selected))
