"""Starts the program as `main.py` does; besides, it tells on request what is on its screen and where.

It is asked in lines of JSON on standard input, ``[question, argument]``, and answers with a line each on standard
output. It is never told what to do: that comes from mouse and keys. Its own output goes to standard error.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator

from fooler_gui.__main__ import open_window
from fooler_gui.surroundings import prepare

prepare()

from PySide6.QtCore import QObject, QRect, QSocketNotifier  # noqa: E402
from PySide6.QtGui import QAction, QGuiApplication  # noqa: E402
from PySide6.QtWidgets import QApplication, QMenu, QMenuBar, QTabBar, QWidget  # noqa: E402

from fooler_gui import app as app_module  # noqa: E402
from fooler_gui.features.run.batch_grid import BatchGrid  # noqa: E402
from fooler_gui.widgets.mnemonics import plain  # noqa: E402

_PROPERTIES = ("text", "plainText", "currentText", "value", "enabled", "focus")


class Answers(QObject):
    """Answers on the window's own thread, also while a dialog or a menu is open."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._out = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(2, 1)
        self._notifier = QSocketNotifier(0, QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._answer)

    def _answer(self) -> None:
        line = sys.stdin.readline()
        if not line:
            self._notifier.setEnabled(False)
            return
        question, argument = json.loads(line)
        self._out.write(json.dumps(_QUESTIONS[question](argument)) + "\n")
        self._out.flush()


def widget(name: str) -> dict[str, object] | None:
    """Returns what the widget called `name` shows, and the part of it that is on screen; None if there is none."""
    found = [shown for shown in QApplication.allWidgets() if shown.objectName() == name and shown.isVisible()]
    if not found:
        return None
    shown = max(found, key=lambda each: each.isActiveWindow())
    seen = shown.visibleRegion().boundingRect()
    at = QApplication.widgetAt(shown.mapToGlobal(seen.center()))
    return {
        **{name: value for name in _PROPERTIES if isinstance(value := shown.property(name), str | bool | int | float)},
        "place": _on_screen(shown, seen),
        "covered": seen.isEmpty() or at is None or (at is not shown and not shown.isAncestorOf(at)),
    }


def entry(name: str) -> list[int] | None:
    """Returns the place of an entry of an open menu, called so by its object or in words; None if there is none."""
    for menu in filter(QWidget.isVisible, QApplication.allWidgets()):
        if isinstance(menu, QMenu | QMenuBar):
            for choice in menu.actions():
                if name in (choice.objectName(), plain(choice.text())) and choice.isEnabled():
                    return _on_screen(menu, menu.actionGeometry(choice))
    return None


def tab(words: str) -> list[int] | None:
    """Returns the place of a tab; None if there is none."""
    for bar in filter(QWidget.isVisible, QApplication.allWidgets()):
        if isinstance(bar, QTabBar):
            for index in range(bar.count()):
                if plain(bar.tabText(index)) == words:
                    return _on_screen(bar, bar.tabRect(index))
    return None


def action(name: str) -> bool:
    """Returns whether there is an action called `name` that can be done now."""
    found = (window.findChild(QAction, name) for window in QApplication.topLevelWidgets())
    return any(each is not None and each.isEnabled() for each in found)


def slots(name: str) -> list[dict[str, object]]:
    """Returns the images that the grid called `name` shows."""
    grid = next(grid for grid in _grids() if grid.objectName() == name)
    save = grid.save()
    if save is None:
        return []
    return [
        {
            "label": label,
            "step": save.step,
            "probability": float(save.probabilities[row, slot]),
            "done": bool(save.done[row, slot]),
            "place": _on_screen(grid.viewport(), grid.image_rect(label, slot)),
        }
        for row, label in enumerate(save.labels)
        for slot in range(save.probabilities.shape[1])
    ]


def windows(_: str) -> list[str]:
    """Returns the titles of the visible windows, that of the active one first."""
    shown = [window for window in QApplication.topLevelWidgets() if window.isVisible() and window.windowTitle()]
    return [window.windowTitle() for window in sorted(shown, key=QWidget.isActiveWindow, reverse=True)]


def popup(_: str) -> bool:
    """Returns whether a menu or a list of choices is open."""
    return QApplication.activePopupWidget() is not None


def picture(path: str) -> bool:
    """Writes what is on the whole screen, frames of windows and all, to `path`."""
    return QGuiApplication.primaryScreen().grabWindow(0).save(path)


_QUESTIONS: dict[str, Callable[[str], object]] = {
    act.__name__: act for act in (widget, entry, tab, action, slots, windows, popup, picture)
}


def _grids() -> Iterator[BatchGrid]:
    return (grid for grid in QApplication.allWidgets() if isinstance(grid, BatchGrid) and grid.isVisible())


def _on_screen(shown: QWidget, place: QRect) -> list[int]:
    """Returns x, y, width and height."""
    return [*shown.mapToGlobal(place.topLeft()).toTuple(), place.width(), place.height()]


def main() -> int:
    """Opens the window and returns the exit status when it is closed."""
    make_application = app_module.make_application

    def make_and_answer() -> QApplication:
        app = make_application()
        app_module.make_application = make_application
        Answers(app)
        return app

    app_module.make_application = make_and_answer
    return open_window()


if __name__ == "__main__":
    sys.exit(main())
