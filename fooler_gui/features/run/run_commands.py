"""The commands of a run: start, pause, step, stop, branch, and actions on its slots."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, QRandomGenerator, Slot
from PySide6.QtGui import QAction, QUndoStack
from PySide6.QtWidgets import QWidget

from fooler_gui.core.errors import LabError
from fooler_gui.core.lab_state import LabState
from fooler_gui.core.run_spec import BRANCH, Parent
from fooler_gui.core.save import Save
from fooler_gui.core.settings import MAXIMUM_SEED
from fooler_gui.core.slot_actions import PinSlot, ReinitialiseSlot, SetSlotImage, SlotAction
from fooler_gui.features.run.batch_grid import BatchGrid
from fooler_gui.features.run.slot_undo import SlotCommand
from fooler_gui.session.controller import Controller
from fooler_gui.session.model import SessionModel

_SEEDS = 2**31 - 1
"""A reinitialised slot gets one of this many seeds, so that redo makes the same noise."""


class RunCommands(QObject):
    """Turns actions and the grid's requests into runs, and into changes of the present run.

    Args:
        parent: Owner.
        model: The session's model.
        controller: Starts and changes runs.
        grid: Requests the actions on slots.
        undo_stack: Gets the actions on slots.
        actions: By name: "run", "new_seed", "pause", "step", "stop", "branch" and "go_on".
    """

    def __init__(
        self,
        parent: QWidget,
        model: SessionModel,
        controller: Controller,
        grid: BatchGrid,
        undo_stack: QUndoStack,
        actions: dict[str, QAction],
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._controller = controller
        self._undo_stack = undo_stack
        actions["run"].triggered.connect(self._on_run)
        actions["pause"].triggered.connect(controller.pause)
        actions["step"].triggered.connect(self._on_step)
        actions["stop"].triggered.connect(controller.stop)
        actions["new_seed"].triggered.connect(self._on_new_seed)
        actions["branch"].triggered.connect(self.branch)
        actions["go_on"].triggered.connect(self._on_go_on)
        grid.reinitialise_requested.connect(self._on_reinitialise)
        grid.pin_requested.connect(self._on_pin)
        grid.image_requested.connect(self._on_image_given)
        grid.refusal_changed.connect(model.report)

    @Slot()
    def branch(self) -> None:
        """Starts a run from the save on screen, with the coefficients and settings of the set-up."""
        self._branch_from(self._model.shown)

    def _branch_from(self, save: Save | None) -> None:
        model = self._model
        run, classifier = model.run, model.classifier
        if run is None or save is None or classifier is None or model.state is not LabState.READY:
            return
        try:
            spec = model.present_setup().spec(
                classifier.path,
                labels=save.labels,
                slots=save.images.shape[1],
                start=BRANCH,
                parent=Parent(run=run.recorded_id(), step=save.step),
            )
        except LabError as error:
            model.report(str(error))
            return
        starts = np.clip(save.images, 0, 1) if spec.method.keep_in_range else save.images
        self._controller.run(spec, starts=starts)

    @Slot()
    def _on_go_on(self) -> None:
        self._branch_from(self._model.newest)

    @Slot()
    def _on_new_seed(self) -> None:
        seed = self._model.setup.rng_seed
        while seed == self._model.setup.rng_seed:
            seed = QRandomGenerator.global_().bounded(MAXIMUM_SEED + 1)
        self._model.change_setup(rng_seed=seed)
        self._start(single_step=False)

    @Slot()
    def _on_run(self) -> None:
        if self._model.state is LabState.PAUSED:
            self._controller.resume()
        else:
            self._start(single_step=False)

    @Slot()
    def _on_step(self) -> None:
        if self._model.state is LabState.READY:
            self._start(single_step=True)
        else:
            self._controller.single_step()

    def _start(self, *, single_step: bool) -> None:
        classifier = self._model.classifier
        if classifier is None:
            return
        try:
            spec = self._model.present_setup().spec(classifier.path)
        except LabError as error:
            self._model.report(str(error))
            return
        self._controller.run(spec, single_step=single_step)

    @Slot(int, int)
    def _on_reinitialise(self, label: int, slot: int) -> None:
        seed = QRandomGenerator.global_().bounded(_SEEDS)
        self._act(ReinitialiseSlot(label=label, slot=slot, rng_seed=seed))

    @Slot(int, int, bool)
    def _on_pin(self, label: int, slot: int, pinned: bool) -> None:
        self._act(PinSlot(label=label, slot=slot, pinned=pinned))

    @Slot(int, int, object)
    def _on_image_given(self, label: int, slot: int, image: np.ndarray) -> None:
        self._model.dismiss_problem()
        self._act(SetSlotImage(label=label, slot=slot, image=image))

    def _act(self, action: SlotAction) -> None:
        run = self._model.run
        if run is not None and run.newest is not None and action.label in run.newest.labels:
            self._undo_stack.push(SlotCommand(self._model, self._controller, action, run))
