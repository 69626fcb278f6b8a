"""The pages that have a window of their own: one registry of them. Each is made when it is asked for first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QWidget

_USUAL_SIZE = QSize(1100, 760)


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page.

    Attributes:
        title: Of its window.
        make: Makes it, bound to the session's model, for an owner.
        remember: Has what was set in it remembered.
        size: Of its window at first, where the screen is as large.
    """

    title: str
    make: Callable[[QWidget], QWidget]
    remember: Callable[[Any], object] = lambda _page: None
    size: QSize = _USUAL_SIZE


class Pages:
    """Makes pages and brings them to the front. Main thread only.

    Args:
        owner: Of the pages.
        pages: By name.
    """

    def __init__(self, owner: QWidget, pages: Mapping[str, Page]) -> None:
        self._owner = owner
        self._pages = dict(pages)
        self._made: dict[str, QWidget] = {}

    def __getitem__(self, name: str) -> Any:
        """Returns the page called `name`; None until it is asked for."""
        return self._made.get(name)

    def show(self, name: str) -> Any:
        """Brings the page called `name` to the front, and returns it."""
        page = self._pages[name]
        if name not in self._made:
            widget = self._made[name] = page.make(self._owner)
            widget.setWindowFlag(Qt.WindowType.Window)
            widget.setWindowTitle(f"{page.title} – Fooler")
            widget.resize(page.size.boundedTo(widget.screen().availableGeometry().size()))
        bring_to_front(self._made[name])
        return self._made[name]

    def remember(self) -> None:
        """Has what was set in every page remembered."""
        for name, widget in self._made.items():
            self._pages[name].remember(widget)


def bring_to_front(window: QWidget) -> None:
    """Shows `window` in front of all others, with the keyboard."""
    window.show()
    window.raise_()
    window.activateWindow()
