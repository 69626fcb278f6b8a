"""Makes the inspector, and what is inside the net, follow the selected slot while they are visible."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from fooler_gui.core.inspection import Inspected
from fooler_gui.core.net_words import net_names
from fooler_gui.features.inspector.inside import NO_IMAGES, InsidePanel
from fooler_gui.features.inspector.inspector import InspectorPanel
from fooler_gui.session.controller import Controller
from fooler_gui.session.model import SessionModel, bind

_POINTS = 300
"""The most points that the plot of a slot has room for."""


class InspectorBinding(QObject):
    """Shows the selected slot in the save on screen, and has the engine inspect it for the panels that are visible.

    Args:
        parent: Owner.
        model: The session's model.
        controller: Requests inspections.
        inspector: Shows them.
        inside: Shows the maps of one layer; of the first image if none is selected.
    """

    def __init__(
        self,
        parent: QWidget,
        model: SessionModel,
        controller: Controller,
        inspector: InspectorPanel,
        inside: InsidePanel,
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._controller = controller
        self._inspector = inspector
        self._inside = inside
        self._inspector_is_seen = self._inside_is_seen = False
        self._inspected: tuple[object, Inspected] | None = None
        inside.layer_changed.connect(self.synchronise)
        bind(
            self.synchronise, model.run_changed, model.saves_changed, model.cursor_changed, model.selection_changed,
            model.classifier_changed, model.inspection_changed,
        )  # fmt: skip

    @Slot(bool)
    def set_inspector_seen(self, seen: bool) -> None:
        """Sets whether the inspector is visible."""
        self._inspector_is_seen = seen
        self.synchronise()

    @Slot(bool)
    def set_inside_seen(self, seen: bool) -> None:
        """Sets whether the panel of what is inside the net is visible."""
        self._inside_is_seen = seen
        self.synchronise()

    @Slot()
    def synchronise(self) -> None:
        """Shows what is known of the selected slot."""
        if self._inside_is_seen:
            self._inside.set_classifier(self._model.classifier)  # the layer to inspect is one of its
        self._inspect(self._wanted())
        if self._inspector_is_seen:
            self._show_inspector()
        if self._inside_is_seen:
            self._show_inside()

    def _wanted(self) -> tuple[object, Inspected] | None:
        """Returns the run and what is to be inspected of it, or None."""
        run, save = self._model.run, self._model.shown
        if run is None or save is None:
            return None
        if self._inside_is_seen:
            return run, Inspected(*run.looked_at(save), self._inside.layer())
        return (run, Inspected(*run.selected)) if self._inspector_is_seen and run.selected is not None else None

    def _inspect(self, wanted: tuple[object, Inspected] | None) -> None:
        if wanted == self._inspected:
            return
        self._inspected = wanted
        if wanted is None:
            self._controller.end_inspection()
        else:
            self._controller.inspect(*wanted[1])

    def _show_inspector(self) -> None:
        model, inspector, run, save = self._model, self._inspector, self._model.run, self._model.shown
        if run is None or save is None or run.selected is None:
            inspector.clear()
            return
        inspector.set_classifiers(run.classifier, model.classifier)
        inspector.set_net_names(net_names(run.spec))
        inspector.show_slot(save, *run.selected)
        inspector.set_history(*run.series.slot_history(*run.selected, _POINTS))
        inspector.set_milestones(run.milestones.of(*run.selected))
        if model.inspection is not None:
            inspector.show_inspection(model.inspection)

    def _show_inside(self) -> None:
        model, inside, run, save = self._model, self._inside, self._model.run, self._model.shown
        if model.classifier is None:
            return
        if run is None or save is None:
            inside.clear(NO_IMAGES)
            return
        label, slot = run.looked_at(save)
        if not model.classifier.takes(save.images.shape[2:], label):
            inside.clear(f"{model.classifier.name} cannot take these images: its input shape or its classes differ.")
            return
        inside.wait_for(run, label, slot)
        inspection = model.inspection
        if inspection is not None and (inspection.label, inspection.slot) == (label, slot):
            inside.show_inspection(inspection)
