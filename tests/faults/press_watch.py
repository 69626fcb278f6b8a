"""Watches the effects of pressing buttons and triggering actions. One without any effect is dead.

Every effect starts before the press returns: a job, a question, a window, another text or picture. Until then no event
is handled, so that unrelated changes in the window are not mistaken for an effect.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from unittest.mock import patch

import shiboken6
from PySide6.QtCore import QObject, QPoint, QRect, Qt
from PySide6.QtGui import QAction, QImage, QPainter
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QFileDialog,
    QLineEdit,
    QMenu,
    QPushButton,
    QRadioButton,
    QToolButton,
    QWidget,
)
from reachable import can_be_pressed, open_windows

from fooler_gui.core.run_control import RunControl
from fooler_gui.session.background import Background
from fooler_gui.session.engine_thread import EngineThread

SURE_AFTER = 3
"""How many presses without effect show that a button is dead; a single one may have nothing to do."""
_DOORS = (
    (EngineThread, "perform"), (RunControl, "stop"), (RunControl, "single_step"), (Background, "do"),
    (QWidget, "raise_"),
)  # fmt: skip
"""Invisible effects: calls that leave the window's thread, and a window raised to the front."""
_PROPERTIES = ("text", "value", "currentIndex", "currentText", "plainText", "windowTitle", "toolTip")

Pressable = QAbstractButton | QAction


class PressWatch:
    """Counts how often each button and action was pressed, and how often it had an effect.

    Pressing what is already checked and stays so is not counted.

    Args:
        app: The application.

    Attributes:
        pressed: How often each was pressed.
        followed: How often each had an effect.
    """

    def __init__(self, app: QApplication) -> None:
        self._app = app
        self._events = 0
        self.pressed: Counter[str] = Counter()
        self.followed: Counter[str] = Counter()

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """Notes invisible effects and copies to the clipboard."""
        copied = self._app.clipboard().dataChanged
        with contextlib.ExitStack() as stack:
            copied.connect(self._note)
            stack.callback(copied.disconnect, self._note)
            for owner, name in _DOORS:
                stack.enter_context(patch.object(owner, name, self.noted(getattr(owner, name))))
            yield

    def observe(self, pressable: Pressable, press: Callable[[], object]) -> None:
        """Presses `pressable` by `press`, and counts whether it has an effect."""
        if _is_qts_own(pressable):
            press()
            return
        if isinstance(pressable, QAbstractButton):
            _move_focus(pressable)
            if not can_be_pressed(pressable):  # committing typed text has disabled it
                return
        name, own, was_checked = _name(pressable), _own_widgets(pressable), pressable.isChecked()
        self._pictures(own)  # performs pending layouts
        pictures, again, states, events = self._pictures(own), self._pictures(own), self._states(own), self._events
        with self._menu_watched(pressable):
            press()
        checked = shiboken6.isValid(pressable) and pressable.isChecked()
        follows = (
            self._events > events
            or (checked is not was_checked and _holds_a_choice(pressable))
            or self._states(own) != states
            or pictures == again != self._pictures(own)
        )
        if follows or not (was_checked and checked):
            self.pressed[name] += 1
            self.followed[name] += follows

    def unsettled(self, pressables: Iterable[Pressable]) -> list[Pressable]:
        """Returns those whose effect is not known yet."""
        return [
            pressable
            for pressable in pressables
            if not self.followed[_name(pressable)] and self.pressed[_name(pressable)] < SURE_AFTER
        ]

    def dead(self) -> list[str]:
        """Returns the names of those without any effect."""
        return [name for name, times in self.pressed.items() if times >= SURE_AFTER and not self.followed[name]]

    def figures(self) -> dict[str, float | str]:
        """Returns the counts for a report."""
        doubtful = sorted(name for name in self.pressed if not self.followed[name])
        return {
            "buttons and actions pressed": len(self.pressed),
            "presses": self.pressed.total(),
            "of these, something followed": self.followed.total(),
            "that nothing followed so far": ", ".join(doubtful) or "none",
        }

    @contextlib.contextmanager
    def _menu_watched(self, pressable: Pressable) -> Iterator[None]:
        """Notes that a button's menu opens, which may close before the press returns."""
        menu = pressable.menu() if isinstance(pressable, QPushButton | QToolButton) else None
        if menu is not None:
            menu.aboutToShow.connect(self._note)
        yield
        if menu is not None and shiboken6.isValid(menu):
            menu.aboutToShow.disconnect(self._note)

    def _note(self) -> None:
        self._events += 1

    def noted(self, act: Callable[..., object]) -> Callable[..., object]:
        """Returns `act` wrapped to count as an effect."""

        def noted(*arguments: object, **more: object) -> object:
            self._note()
            return act(*arguments, **more)

        return noted

    def _states(self, own: list[QWidget]) -> dict[int, tuple[object, ...]]:
        """Returns the state of every widget, without the check marks of those in `own`."""
        own_pointers = set(map(_pointer, filter(shiboken6.isValid, own)))
        states = {}
        for widget in filter(shiboken6.isValid, self._app.allWidgets()):
            pointer = _pointer(widget)
            names = _PROPERTIES if pointer in own_pointers else (*_PROPERTIES, "checked")
            icon = widget.icon().cacheKey() if isinstance(widget, QAbstractButton) else None
            seen = widget.isVisible(), widget.isEnabled(), widget.geometry(), icon
            states[pointer] = (*seen, *map(widget.property, names))
        return states

    def _pictures(self, own: list[QWidget]) -> list[QImage]:
        """Returns pictures of all windows, without the widgets in `own`."""
        pictures = []
        for window in open_windows():
            if not isinstance(window, QMenu):
                picture = window.grab().toImage()
                with QPainter(picture) as painter:
                    for widget in filter(shiboken6.isValid, own):
                        if widget.window() is window:
                            place = QRect(widget.mapTo(window, QPoint()), widget.size())
                            painter.fillRect(place, Qt.GlobalColor.black)
                pictures.append(picture)
        return pictures


def _is_qts_own(pressable: Pressable) -> bool:
    """Returns whether `pressable` is part of Qt's own dialogs, fields or toolbars.

    A toolbar's overflow appears only after the press has returned.
    """
    is_part = any(isinstance(ancestor, QFileDialog | QLineEdit) for ancestor in _ancestors(pressable))
    return is_part or pressable.objectName() == "qt_toolbar_ext_button"


def _move_focus(button: QAbstractButton) -> None:
    """Moves the focus as a click on `button` will, before the press is watched."""
    widget: QWidget = button
    while not widget.isWindow() and not widget.focusPolicy() & Qt.FocusPolicy.ClickFocus:
        widget = widget.parentWidget()
    if widget.focusPolicy() & Qt.FocusPolicy.ClickFocus:
        widget.setFocus(Qt.FocusReason.MouseFocusReason)


def _holds_a_choice(pressable: Pressable) -> bool:
    """Returns whether the check mark of `pressable` is a setting that is read only when used."""
    return isinstance(pressable, QCheckBox | QRadioButton | QAction)


def _own_widgets(pressable: Pressable) -> list[QWidget]:
    """Returns the widgets that look different just because `pressable` is pressed."""
    if isinstance(pressable, QAbstractButton):
        return [pressable]
    return [widget for widget in pressable.associatedObjects() if isinstance(widget, QAbstractButton)]


def _name(pressable: Pressable) -> str:
    """Returns the names of `pressable` and its part of the program."""
    names = [ancestor.objectName() for ancestor in _ancestors(pressable)]
    place = next((name for name in names if name and not name.startswith("qt_")), "")
    return f"{place}/{pressable.objectName() or pressable.text()}"


def _ancestors(thing: QObject) -> Iterator[QObject]:
    parent = thing.parent()
    while parent is not None:
        yield parent
        parent = parent.parent()


def _pointer(widget: QWidget) -> int:
    return int(shiboken6.getCppPointer(widget)[0])
