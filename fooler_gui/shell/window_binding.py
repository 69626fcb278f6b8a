"""Binds the window itself to the session's model: title, status line, progress and errors."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from fooler_gui.session.model import SessionModel, bind
from fooler_gui.shell.main_window import MainWindow


class WindowBinding(QObject):
    """Shows what the lab is doing.

    Args:
        window: Owner; shows it.
        model: The session's.
    """

    def __init__(self, window: MainWindow, model: SessionModel) -> None:
        super().__init__(window)
        self._window = window
        self._model = model
        window.error_bar.close_requested.connect(model.dismiss_problem)
        bind(self._show_classifier, model.classifier_changed)
        bind(self._show_status, model.status_changed)
        bind(self._show_progress, model.progress_changed, model.state_changed)
        bind(self._show_problem, model.problem_changed)

    @Slot()
    def _show_classifier(self) -> None:
        self._window.set_classifier(self._model.classifier)

    @Slot()
    def _show_status(self) -> None:
        self._window.set_status(self._model.status)

    @Slot()
    def _show_progress(self) -> None:
        self._window.set_progress(self._model.progress, going=self._model.state.busy)

    @Slot()
    def _show_problem(self) -> None:
        sentence, details = self._model.problem
        if sentence:
            self._window.error_bar.show_error(sentence, details)
        else:
            self._window.error_bar.hide()
