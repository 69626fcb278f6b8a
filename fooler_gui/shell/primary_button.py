"""Fills one button of the window: that of the next sensible step."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from fooler_gui.core.found import is_held_back
from fooler_gui.core.next_step import NextStep, Situation, next_step
from fooler_gui.session.found_images import RUN
from fooler_gui.session.model import SessionModel, bind
from fooler_gui.shell.main_window import MainWindow
from fooler_gui.widgets.action_button import ActionButton
from fooler_gui.widgets.tool_button import ToolButton

_IN_PANELS = {
    NextStep.OPEN: "open_classifier_button",
    NextStep.TRAIN: "train_button",
    NextStep.RETRAIN: "retrain_button",
    NextStep.KEEP: "keep_button",
}
"""The names of the buttons in panels."""


class PrimaryBinding(QObject):
    """Fills the button of the next step; while the panel of retraining is not in view, the one that leads there.

    Args:
        window: Owner; its buttons are filled.
        model: The session's model.
    """

    def __init__(self, window: MainWindow, model: SessionModel) -> None:
        super().__init__(window)
        self._model, self._toolbar = model, window.toolbar
        toolbar = self._toolbar
        self._buttons: dict[NextStep, ActionButton | ToolButton] = {
            NextStep.RUN: toolbar.run_button,
            NextStep.PAUSE: toolbar.pause_button,
            NextStep.GO_ON: toolbar.next_button,
            NextStep.DROP_PENALTIES: toolbar.next_button,
        }
        for step, name in _IN_PANELS.items():
            button = window.findChild(ActionButton, name)
            assert button is not None, name
            self._buttons[step] = button
        self._sees_retraining = False
        window.retraining_dock.visibilityChanged.connect(self._see_retraining)
        bind(
            self.synchronise, model.state_changed, model.run_changed, model.classifier_changed, model.dataset_changed,
            model.found_changed, model.retraining_changed, model.setup_changed,
        )  # fmt: skip

    @Slot()
    def synchronise(self) -> None:
        """Fills the button of the next step, and no other."""
        step = next_step(self._model.state, self._situation())
        mends = step in (NextStep.RETRAIN, NextStep.KEEP)
        follows = "use_no_penalties" if step is NextStep.DROP_PENALTIES else "go_on"
        self._toolbar.set_next("show_retraining" if mends else follows)
        primary = self._buttons.get(step)
        if mends and not self._sees_retraining:
            primary = self._toolbar.next_button
        for button in self._buttons.values():
            button.set_primary(button is primary)

    @Slot(bool)
    def _see_retraining(self, seen: bool) -> None:
        self._sees_retraining = seen
        self.synchronise()

    def _situation(self) -> Situation:
        model = self._model
        run, newest, retraining, setup = model.run, model.newest, model.retraining, model.setup
        return Situation(
            has_dataset=model.dataset is not None and model.dataset.has_images,
            has_run=newest is not None and not model.run_is_of_another,
            all_over=newest is not None and bool(newest.done.all()),
            is_held_back=run is not None and newest is not None and is_held_back(run.spec, newest),
            stays_held_back=run is not None and setup.start == run.spec.start and setup.coefficients.has_penalties,
            found_some=model.found.count(RUN) > 0,
            awaits_decision=retraining is not None and retraining.awaits_decision,
        )
