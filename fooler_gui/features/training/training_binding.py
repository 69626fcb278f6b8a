"""Binds the training panel to the session's model."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from fooler_gui.core.lab_state import why_not_now
from fooler_gui.features.training.training import TrainingPanel
from fooler_gui.session.controller import Controller
from fooler_gui.session.model import NewItems, SessionModel, bind


class TrainingBinding(QObject):
    """Shows the classifier in use and the latest training, and requests both.

    Args:
        parent: Owner.
        model: The session's model.
        controller: Opens, saves and trains.
        panel: Shows them.
        reveal: Scrolls a part of the panel into view.
        actions: By name: "open_classifier" and "save_classifier".
    """

    def __init__(
        self,
        parent: QWidget,
        model: SessionModel,
        controller: Controller,
        panel: TrainingPanel,
        reveal: Callable[[QWidget], object],
        actions: dict[str, QAction],
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._panel = panel
        self._reveal = reveal
        self._new_items = NewItems()
        self._end_is_shown = True
        actions["open_classifier"].triggered.connect(panel.ask_what_to_open)
        actions["save_classifier"].triggered.connect(panel.ask_where_to_save)
        panel.open_requested.connect(lambda path: self._unless_busy(controller.open_classifier, path))
        panel.save_requested.connect(lambda path: self._unless_busy(controller.save_classifier, path))
        panel.use_former_requested.connect(controller.use_former_classifier)
        panel.input_range_requested.connect(controller.set_input_range)
        panel.output_requested.connect(controller.open_with_output)
        model.output_requested.connect(panel.ask_which_output)
        panel.train_requested.connect(controller.train)
        panel.continue_requested.connect(controller.continue_training)
        panel.stop_requested.connect(controller.stop)
        bind(
            self.synchronise,
            model.state_changed,
            model.classifier_changed,
            model.dataset_changed,
            model.training_changed,
            model.speeds_changed,
        )

    @Slot()
    def synchronise(self) -> None:
        """Shows the classifier in use and the state of the latest training."""
        model, panel, training = self._model, self._panel, self._model.training
        panel.set_state(model.state)
        panel.set_speeds(model.speeds)
        panel.set_classifier(model.classifier, model.former)
        panel.set_dataset(model.dataset)
        if training is None:
            return
        if self._new_items.is_new(training):
            self._end_is_shown = False
            panel.start_training()
            self._reveal(panel.live_plot())
        progress = self._new_items.of(training.progress)
        if progress:
            panel.add_progress(progress)
        if training.finished is not None and not self._end_is_shown:
            self._end_is_shown = True
            panel.set_finished(training.finished)

    def _unless_busy(self, ask: Callable[[str], object], path: str) -> None:
        """Calls `ask` with `path`, or refuses if work has begun while the file was being chosen."""
        reason = why_not_now(self._model.state, needs_classifier=False)
        if reason:
            self._model.report(reason)
        else:
            ask(path)
