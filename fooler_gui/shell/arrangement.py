"""How the main window is arranged: its place and size, docks, toolbars, and the heights of grid and plots."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QByteArray, QSettings, Qt
from PySide6.QtWidgets import QMainWindow, QSplitter, QTabBar

LAYOUT_VERSION = 5
"""Increased whenever docks or toolbars change, so that an older layout is not restored."""


class Arrangement:
    """Takes down how `window` and its `centre` are arranged, and arranges them so again. Main thread only."""

    def __init__(self, window: QMainWindow, centre: QSplitter) -> None:
        self._window, self._centre = window, centre

    def taken(self) -> dict[str, QByteArray]:
        """Returns the present arrangement."""
        return {
            "geometry": self._window.saveGeometry(),
            "state": self._window.saveState(LAYOUT_VERSION),
            "centre": self._centre.saveState(),
        }

    def restore(self, parts: Mapping[str, QByteArray]) -> bool:
        """Arranges the window as in `parts`; False if they have docks or toolbars of another version."""
        if "geometry" in parts:
            self._window.restoreGeometry(parts["geometry"])
        if "centre" in parts:
            self._centre.restoreState(parts["centre"])
        return "state" not in parts or self._restore_docks(parts["state"])

    def read(self, layout: QSettings) -> dict[str, QByteArray]:
        """Returns the arrangement in `layout`, without the parts that are missing or of another kind."""
        parts = {name: layout.value(name) for name in ("geometry", "state", "centre")}
        return {name: part for name, part in parts.items() if isinstance(part, QByteArray)}

    def _restore_docks(self, state: QByteArray) -> bool:
        tabs = self._window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly)
        before = [bar for bar in tabs if bar.count()]
        done = self._window.restoreState(state, LAYOUT_VERSION)
        if done:
            for bar in before:  # Qt makes others and forgets these, which would stay on screen
                bar.hide()
        return done
