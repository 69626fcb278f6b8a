"""Binds the retraining panel to the session's model."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from fooler_gui.features.retraining.retraining import RetrainingPanel
from fooler_gui.session.controller import Controller
from fooler_gui.session.found_images import ALL_RUNS, RUN
from fooler_gui.session.model import SessionModel, bind


class RetrainingBinding(QObject):
    """Shows the latest retraining and its effect, and requests others.

    Args:
        parent: Owner.
        model: The session's model.
        controller: Retrains.
        panel: Shows it.
        reveal: Scrolls a part of the panel into view.
    """

    def __init__(
        self,
        parent: QWidget,
        model: SessionModel,
        controller: Controller,
        panel: RetrainingPanel,
        reveal: Callable[[QWidget], object],
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._panel = panel
        self._reveal = reveal
        self._retraining: object = None
        self._latest: object = None
        self._end_is_shown = True
        panel.retrain_requested.connect(controller.retrain)
        panel.stop_requested.connect(controller.stop)
        panel.keep_requested.connect(controller.keep_candidate)
        panel.discard_requested.connect(controller.discard_candidate)
        bind(
            self.synchronise, model.state_changed, model.classifier_changed, model.retraining_changed,
            model.found_changed, model.dataset_changed, model.speeds_changed,
        )  # fmt: skip

    @Slot()
    def synchronise(self) -> None:
        """Shows how many images there are to retrain on, and the state of the latest retraining."""
        model, panel, retraining = self._model, self._panel, self._model.retraining
        panel.set_found_counts(model.found.count(RUN), model.found.count(ALL_RUNS))
        if retraining is not None:
            if retraining is not self._retraining:
                self._retraining, self._latest, self._end_is_shown = retraining, None, False
                panel.start_retraining()
            if retraining.latest is not None and retraining.latest is not self._latest:
                self._latest = retraining.latest
                panel.set_latest(retraining.latest)
            if retraining.finished is not None and not self._end_is_shown:
                self._end_is_shown = True
                panel.set_finished(retraining.finished, retraining.before.name)
                self._reveal(panel.result())
            panel.set_candidate_waiting(retraining.awaits_decision)
            is_of_others = model.classifier is not None and not retraining.is_of(model.classifier)
            panel.set_in_use(model.classifier.name if is_of_others and model.classifier is not None else "")
        panel.set_speeds(model.speeds, model.classifier, 0 if model.dataset is None else sum(model.dataset.train))
        panel.set_state(model.state, lacks_dataset=model.lacks_dataset)
