"""Connects window and controller: what is pressed becomes an order, what the engine tells is shown."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal, Slot

from fooler_gui.core.errors import LabError
from fooler_gui.core.hindrances import NO_CLASSIFIER
from fooler_gui.core.lab_state import LabState
from fooler_gui.core.messages import (
    ClassifierInfo,
    RetrainingFinished,
    RunFinished,
    Save,
    TrainingFinished,
    TrainingProgress,
    Working,
)
from fooler_gui.core.milestones import Milestones
from fooler_gui.core.path_text import path_of
from fooler_gui.core.run_spec import RunSpec
from fooler_gui.core.settings import CostCoefficients, RetrainingSettings, TrainingSettings
from fooler_gui.core.slot_actions import PinSlot, ReinitialiseSlot, SetSlotImage, SlotAction
from fooler_gui.core.topology import Topology
from fooler_gui.features.run.slot_undo import SlotCommand
from fooler_gui.records.run_folder import read_record
from fooler_gui.session.controller import Controller
from fooler_gui.shell.main_window import MainWindow
from fooler_gui.shell.refusing import unless_busy
from fooler_gui.widgets.grid_stage import NO_IMAGES

_RECORDING = (LabState.BACKWORKING, LabState.PAUSED)
_EMPTY_GRID = {
    LabState.STARTING: "TensorFlow and the classifier are being loaded; this takes a few seconds.",
    LabState.UNTRAINED: NO_CLASSIFIER,
    LabState.TRAINING: "No images yet. Press Space once the training has ended.",
    LabState.EVALUATING: "No images yet. The classifier is being evaluated; a window of its own shows it.",
    LabState.ROUNDS: "No images yet. Rounds are made; their own window shows them.",
    LabState.ROUNDS_PAUSED: "No images yet. Rounds are made; their own window shows them.",
    LabState.BACKWORKING: "The run begins.",
    LabState.PAUSED: "The run begins.",
}
"""What the grid says while there are no images."""


class Wiring(QObject):
    """Holds the connections between `window` and `controller`, and what little they need to remember.

    Args:
        window: The main window, which owns the wiring.
        controller: The lab's conductor.

    Attributes:
        spec: What the run on screen was begun with.
        classifier: The one that it is about.
        milestones: What its images reached.
        earlier: The save that is looked back at, or None while the newest is on screen.

    Signals:
        shown: (Save) Another save is on screen.
    """

    shown = Signal(object)

    def __init__(self, window: MainWindow, controller: Controller) -> None:
        super().__init__(window)
        self._window = window
        self._controller = controller
        self.spec: RunSpec | None = None
        self.classifier: ClassifierInfo | None = None
        self.milestones = Milestones()
        self.earlier: Save | None = None
        self._coming: RunSpec | None = None
        self._was_busy = False
        self._connect_panels()
        self._connect_grid()
        self._connect_controller()
        self._on_state_changed(controller.state)

    def _connect_panels(self) -> None:
        window, controller = self._window, self._controller
        actions = window.actions_
        actions.run.triggered.connect(self._on_run)
        actions.pause.triggered.connect(controller.pause)
        actions.step.triggered.connect(self._on_step)
        actions.stop.triggered.connect(controller.stop)
        window.run_bar.pace_changed.connect(controller.set_pace)
        window.run_bar.labels_changed.connect(self._prepare)
        window.descent.setup_changed.connect(self._prepare)
        window.coefficients.coefficients_changed.connect(self._on_coefficients_changed)
        window.descent.descent_changed.connect(controller.change_descent)
        training = window.training
        actions.open_classifier.triggered.connect(training.ask_what_to_open)
        actions.save_classifier.triggered.connect(training.ask_where_to_save)
        training.open_requested.connect(unless_busy(window, controller, controller.open_classifier))
        training.save_requested.connect(unless_busy(window, controller, controller.save_classifier))
        training.use_former_requested.connect(controller.use_former_classifier)
        training.train_requested.connect(self._on_train)
        training.continue_requested.connect(self._on_continue)
        training.stop_requested.connect(controller.stop)
        retraining = window.retraining
        retraining.retrain_requested.connect(self._on_retrain)
        retraining.stop_requested.connect(controller.stop)
        retraining.keep_requested.connect(controller.keep_candidate)
        retraining.discard_requested.connect(controller.discard_candidate)

    def _connect_grid(self) -> None:
        window = self._window
        window.grid.reinitialise_requested.connect(self._on_reinitialise)
        window.grid.pin_requested.connect(self._on_pin)
        window.grid.image_given.connect(self._on_image_given)
        window.grid.refused.connect(window.error_bar.show_error)
        window.actions_.reduce_motion.toggled.connect(window.grid.set_reduce_motion)

    def _connect_controller(self) -> None:
        window, controller = self._window, self._controller
        controller.state_changed.connect(self._on_state_changed)
        controller.status_changed.connect(window.set_status)
        controller.classifier_changed.connect(self._on_classifier_changed)
        controller.working.connect(self._on_working)
        controller.training_progressed.connect(self._on_training_progressed)
        controller.training_finished.connect(self._on_training_finished)
        controller.run_started.connect(self._on_run_started)
        controller.saves_arrived.connect(self._on_saves_arrived)
        controller.recording_stalled.connect(window.error_bar.show_error)
        controller.remarked.connect(window.error_bar.show_error)
        controller.recording_went_on.connect(window.error_bar.hide)
        controller.run_finished.connect(self._on_run_finished)
        controller.change_applied.connect(self._on_change_applied)
        controller.retraining_finished.connect(self._on_retraining_finished)
        controller.found_counts_changed.connect(window.retraining.set_found_counts)
        controller.candidate_changed.connect(window.retraining.set_candidate_waiting)
        controller.failed.connect(window.error_bar.show_error)

    @Slot()
    def _prepare(self) -> None:
        # One label only: the references of all together take gigabytes that a run may never need.
        self._controller.prepare(self._window.run_bar.labels()[:1], self._window.descent.method())

    @Slot()
    def _on_run(self) -> None:
        if self._controller.state is LabState.PAUSED:
            self._controller.resume()
        else:
            self._start(single_step=False)

    @Slot()
    def _on_step(self) -> None:
        if self._controller.state is LabState.READY:
            self._start(single_step=True)
        else:
            self._controller.single_step()

    def _start(self, *, single_step: bool) -> None:
        classifier = self._controller.classifier
        if classifier is None:
            return
        window = self._window
        window.commit_edits()
        try:
            spec = RunSpec(
                classifier=classifier.path,
                labels=window.run_bar.labels(),
                slots=window.run_bar.slots(),
                start=window.descent.start(),
                rng_seed=window.descent.rng_seed(),
                descent=window.descent.descent(),
                method=window.descent.method(),
                coefficients=window.coefficients.coefficients(),
            )
        except LabError as error:
            window.error_bar.show_error(str(error))
            return
        self._controller.run(spec, window.run_bar.pace(), single_step=single_step)

    @Slot(object, object)
    def _on_train(self, topology: Topology, settings: TrainingSettings) -> None:
        self._controller.train(topology, settings)

    @Slot(object)
    def _on_continue(self, settings: TrainingSettings) -> None:
        self._controller.continue_training(settings)

    @Slot(object, str)
    def _on_retrain(self, settings: RetrainingSettings, which: str) -> None:
        self._controller.retrain(settings, which)

    @Slot(object)
    def _on_coefficients_changed(self, coefficients: CostCoefficients) -> None:
        self._controller.change_coefficients(coefficients)
        if self._controller.state is LabState.PAUSED:
            self._window.coefficients.set_applied("Applies at the next step.")

    @Slot(int, int)
    def _on_reinitialise(self, label: int, slot: int) -> None:
        self._act(ReinitialiseSlot(label=label, slot=slot))

    @Slot(int, int, bool)
    def _on_pin(self, label: int, slot: int, pinned: bool) -> None:
        self._act(PinSlot(label=label, slot=slot, pinned=pinned))

    @Slot(int, int, object)
    def _on_image_given(self, label: int, slot: int, image: object) -> None:
        self._window.error_bar.hide()
        self._act(SetSlotImage(label=label, slot=slot, image=image))

    def _act(self, action: SlotAction) -> None:
        save = self._controller.save
        if save is not None and action.label in save.labels:
            self._window.undo_stack.push(SlotCommand(self._controller, action, save))

    @Slot(object)
    def _on_state_changed(self, state: LabState) -> None:
        window = self._window
        if state.busy and not self._was_busy:
            window.error_bar.hide()
        self._was_busy = state.busy
        if state is LabState.TRAINING:
            window.training.start_training()
            window.reveal(window.training.live_plot())
        elif state is LabState.RETRAINING:
            window.retraining.start_retraining()
        going = state in _RECORDING
        window.training.set_state(state)
        window.retraining.set_state(state)
        window.run_bar.set_run_going(going)
        window.descent.set_run_going(going)
        if not state.busy:
            window.set_progress(None, going=False)
            self._coming = None
        window.grid.set_slot_actions_enabled(going and self._coming is None and self.earlier is None)
        if self._controller.save is None:
            window.grid.clear(_EMPTY_GRID.get(state, NO_IMAGES))
        if state is LabState.READY:
            self._prepare()
        self._enable_actions()

    def _enable_actions(self) -> None:
        save, classifier = self._controller.save, self.classifier
        every_label = save is not None and classifier is not None and len(save.labels) == len(classifier.label_names)
        self._window.actions_.set_state(
            self._controller.state,
            has_images=save is not None,
            has_found=save is not None and bool(save.done.any()),
            all_labels=every_label,
        )

    @Slot(object, object)
    def _on_classifier_changed(self, classifier: ClassifierInfo, former: ClassifierInfo | None) -> None:
        window = self._window
        window.set_classifier(classifier)
        window.training.set_classifier(classifier, former)
        window.grid.set_class_names(classifier.class_names)
        window.run_bar.set_class_names(classifier.label_names)
        if tuple(window.coefficients.coefficients().layer_cost_coeffs) != classifier.recorded_layers:
            window.coefficients.set_recorded_layers(classifier.recorded_layers)

    @Slot(object)
    def _on_working(self, working: Working) -> None:
        self._window.set_progress(working.fraction)
        if self._controller.state is LabState.RETRAINING:
            self._window.retraining.set_working(working)

    @Slot(object)
    def _on_training_progressed(self, progress: Sequence[TrainingProgress]) -> None:
        window = self._window
        if self._controller.state is LabState.TRAINING:
            window.training.add_progress(list(progress))
        elif self._controller.state is LabState.RETRAINING:
            window.retraining.add_progress(list(progress))
        window.set_progress(progress[-1].step / progress[-1].steps)

    @Slot(object)
    def _on_training_finished(self, finished: TrainingFinished) -> None:
        self._window.training.set_finished(finished)

    @Slot(object)
    def _on_run_started(self, spec: RunSpec) -> None:
        self._coming = spec
        self._window.coefficients.set_applied("")
        self._window.grid.set_slot_actions_enabled(False)

    @Slot(object)
    def _on_saves_arrived(self, saves: Sequence[Save]) -> None:
        window = self._window
        if self._coming is not None:
            self._show_run(self._coming, self._controller.classifier)
            self._coming = self.earlier = None
            window.plots.set_cursor(None)
            window.grid.set_slot_actions_enabled(True)
        for save in saves:
            self.milestones.add(save)
        window.plots.add_saves(saves)
        if self.earlier is None:
            for save in saves[:-1]:
                if save.reinitialised.any():
                    window.grid.note_restarts(save)
            window.grid.show_save(saves[-1])
            self.shown.emit(saves[-1])
        descent = window.descent.descent()
        window.set_progress(None if descent.keep_refining else min(1.0, saves[-1].step / descent.max_steps))
        self._enable_actions()

    def on_screen(self) -> Save | None:
        """Returns the save that the grid shows, or None where there is none."""
        return self.earlier or self._controller.save

    def run_id(self) -> str:
        """Returns the id of the run on screen; "" where it has left no record."""
        try:
            return read_record(path_of(self._controller.run_folder)).id
        except LabError:
            return ""

    def show_earlier(self, save: Save | None) -> None:
        """Shows an earlier save of the run on screen, or with None the newest again."""
        if save is None and self.earlier is None:
            return
        window, newest = self._window, self._controller.save
        self.earlier = save
        window.plots.set_cursor(None if save is None else save.step)
        self._controller.look_back(save)
        shown = newest if save is None else save
        if shown is not None:
            window.grid.show_save(shown)
            self.shown.emit(shown)
        going = self._controller.state in _RECORDING
        window.grid.set_slot_actions_enabled(going and self._coming is None and save is None)

    def show_recorded(self, spec: RunSpec, classifier: ClassifierInfo, saves: Sequence[Save]) -> None:
        """Shows a recorded run by `saves` from its whole course, the last one among them."""
        self._coming, self.earlier = None, None
        self._show_run(spec, classifier)
        for save in saves:
            self.milestones.add(save)
        self._window.plots.add_saves(saves)
        self._window.plots.set_cursor(None)
        self._window.grid.set_class_names(classifier.class_names)
        self._window.grid.show_save(saves[-1])
        self._window.grid.set_slot_actions_enabled(False)
        self._enable_actions()
        self.shown.emit(saves[-1])

    def _show_run(self, spec: RunSpec, classifier: ClassifierInfo | None) -> None:
        """Makes room for a run; until then the one before it stays on screen."""
        self.spec, self.classifier = spec, classifier
        self.milestones = Milestones()
        self._window.plots.start_run(self.classifier.class_names if self.classifier else ())

    @Slot(object)
    def _on_run_finished(self, _finished: RunFinished) -> None:
        self._enable_actions()

    @Slot(int, str)
    def _on_change_applied(self, step: int, text: str) -> None:
        self._window.plots.mark_change(step, text)
        self._window.coefficients.set_applied(f"Applied at step {step:,}: {text}.")

    @Slot(object)
    def _on_retraining_finished(self, finished: RetrainingFinished) -> None:
        self._window.retraining.set_finished(finished)
        self._window.reveal(self._window.retraining.result())
