"""Refuses, with the reason, what cannot be ordered at present though it can be asked for."""

from __future__ import annotations

from collections.abc import Callable

from fooler_gui.core.hindrances import why_not_now
from fooler_gui.session.controller import Controller
from fooler_gui.shell.main_window import MainWindow


def unless_busy(window: MainWindow, controller: Controller, order: Callable[[str], object]) -> Callable[[str], None]:
    """Returns `order` so that while the lab is busy the window says why nothing is ordered."""

    def give(path: str) -> None:
        reason = why_not_now(controller.state, needs_classifier=False)
        if reason:
            window.error_bar.show_error(reason)
        else:
            order(path)

    return give
