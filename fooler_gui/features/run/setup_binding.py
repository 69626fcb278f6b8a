"""Binds the panels of the next run's set-up to the session's model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from fooler_gui.core.classifier_info import ClassifierInfo
from fooler_gui.core.coefficient_presets import NO_PENALTIES, NOT_SCALED
from fooler_gui.core.cost_facts import cost_shares
from fooler_gui.core.lab_state import LabState
from fooler_gui.core.run_setup import RunSetup
from fooler_gui.features.run.coefficients import CoefficientsPanel
from fooler_gui.features.run.descent import DescentPanel
from fooler_gui.features.run.run_bar import RunBar
from fooler_gui.session.controller import Controller
from fooler_gui.session.model import SessionModel, bind
from fooler_gui.widgets.number_fields import commit_edits


class SetupBinding(QObject):
    """Keeps panels and set-up in step; lets the idle engine precompute for the next run.

    Args:
        parent: Owner.
        model: The session's model.
        controller: Lets the engine precompute, and opens further classifiers.
        run_bar: Edits labels, slots and pace.
        descent: Edits start, seed, method, settings and further classifiers.
        coefficients: Edits the coefficients.
    """

    def __init__(
        self,
        parent: QWidget,
        model: SessionModel,
        controller: Controller,
        run_bar: RunBar,
        descent: DescentPanel,
        coefficients: CoefficientsPanel,
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._controller = controller
        self._run_bar = run_bar
        self._descent = descent
        self._coefficients = coefficients
        self._editors: dict[str, tuple[Callable[[], Any], Callable[[Any], None]]] = {
            "labels": (run_bar.labels, run_bar.set_labels),
            "slots": (run_bar.slots, run_bar.set_slots),
            "pace": (run_bar.pace, run_bar.set_pace),
            "start": (descent.start, descent.set_start),
            "rng_seed": (descent.rng_seed, descent.set_rng_seed),
            "reference_memory": (descent.reference_memory, descent.set_reference_memory),
            "descent": (descent.descent, descent.set_descent),
            "method": (descent.method, descent.set_method),
            "further": (descent.further, descent.set_further),
            "coefficients": (coefficients.coefficients, coefficients.set_coefficients),
        }
        self._class_names: tuple[str, ...] = ()
        self._classifier: ClassifierInfo | None = None
        self._shown: RunSetup | None = None
        for edited in (
            run_bar.labels_changed,
            run_bar.slots_changed,
            run_bar.pace_changed,
            descent.descent_changed,
            descent.setup_changed,
            coefficients.coefficients_changed,
        ):
            edited.connect(self._take_edits)
        descent.further_requested.connect(controller.add_further)
        coefficients.descent_requested.connect(self._change_descent)
        model.setup_requested.connect(self._finish_edits)
        bind(
            self.synchronise, model.setup_changed, model.classifier_changed, model.dataset_changed, model.state_changed
        )
        bind(self._show_applied, model.setup_changed, model.state_changed, model.run_changed, model.saves_changed)
        bind(self._show_shares, model.run_changed, model.saves_changed, model.classifier_changed)
        bind(self._prepare, model.setup_changed, model.state_changed)

    @Slot()
    def synchronise(self) -> None:
        """Shows the set-up for the classifier in use."""
        self._coefficients.set_descent(self._model.setup.descent)
        self._show_classifier()
        self._show_setup()
        self._run_bar.set_run_going(self._model.run_is_active)
        self._descent.set_run_going(self._model.run_is_active)

    @Slot()
    def use_no_penalties(self) -> None:
        """Sets the coefficients to the preset *no penalties*, which can be undone."""
        self._coefficients.use_preset(NO_PENALTIES)
        self._take_edits()
        if self._model.state is LabState.READY:
            self._model.tell_done("The next run has no penalties. Press Space to run.")

    def _show_setup(self) -> None:
        """Shows what has changed in the set-up, except what is being edited."""
        shown, self._shown = self._shown, self._model.setup
        if self._shown is shown:
            return
        for name, (get, show) in self._editors.items():
            wanted = getattr(self._shown, name)
            if (shown is None or wanted != getattr(shown, name)) and get() != wanted:
                show(wanted)
                self._model.change_setup(**{name: get()})

    def _show_classifier(self) -> None:
        classifier, dataset = self._model.classifier, self._model.dataset
        if classifier is not None:
            self._show_class_names(classifier.label_names)
        elif dataset is not None:
            self._show_class_names(dataset.class_names)
        if classifier is not None and classifier != self._classifier:
            self._classifier = classifier
            lacks_images = not classifier.fits_article and not classifier.layer_distances
            self._coefficients.set_recorded_layers(
                classifier.recorded_layers, classifier.layer_distances, NOT_SCALED if lacks_images else ""
            )
            self._descent.set_units(classifier.channels)
            self._model.change_setup(coefficients=self._coefficients.coefficients(), descent=self._descent.descent())

    def _show_class_names(self, names: tuple[str, ...]) -> None:
        if names != self._class_names:
            self._class_names = names
            self._run_bar.set_class_names(names)
            self._model.change_setup(labels=self._run_bar.labels())

    @Slot()
    def _show_applied(self) -> None:
        """Shows whether and where a change has been applied."""
        self._coefficients.set_applied(self._applied())

    def _applied(self) -> str:
        run, model = self._model.run, self._model
        if model.starting is not None:
            return ""
        if model.awaits_change:
            return "Applies at the next step." if model.state is LabState.PAUSED else ""
        if run is None or not run.marks:
            return ""
        return f"Applied at step {run.marks[-1].step:,}: {run.marks[-1].text}."

    @Slot()
    def _show_shares(self) -> None:
        """Shows how the cost of the newest save is made up."""
        newest = self._model.newest
        self._coefficients.set_shares({} if newest is None else cost_shares(newest))

    @Slot(object)
    def _change_descent(self, changes: Mapping[str, Any]) -> None:
        self._descent.set_descent(replace(self._descent.descent(), **changes))
        self._take_edits()

    @Slot()
    def _take_edits(self) -> None:
        self._model.change_setup(**{name: get() for name, (get, _) in self._editors.items()})

    @Slot()
    def _finish_edits(self) -> None:
        commit_edits()
        self._take_edits()

    @Slot()
    def _prepare(self) -> None:
        if self._model.state is LabState.READY:
            self._controller.prepare(self._model.setup)
