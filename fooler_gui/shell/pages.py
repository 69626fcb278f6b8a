"""The registry of pages, which have windows of their own. Each is made when it is first requested."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QByteArray, QSettings, QSize, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from fooler_gui.widgets.window_fit import centre_over, resize_to_fit

_USUAL_SIZE = QSize(1100, 760)


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page.

    Attributes:
        title: The window's title.
        make: Makes the page for an owner, bound to the session's model.
        remember: Saves its settings.
        help: The page of the guide that F1 shows; "" if it is the guide.
        size: The window's initial size, if the screen is large enough.
    """

    title: str
    make: Callable[[QWidget], QWidget]
    remember: Callable[[Any], object] = lambda _page: None
    help: str = ""
    size: QSize = _USUAL_SIZE


class Pages:
    """Makes pages and brings them to the front. Main thread only.

    Args:
        owner: Owner of the pages.
        pages: The pages by name.
        layout: Where the places and sizes of their windows are saved.
        show_help: Shows a page of the guide.
    """

    def __init__(
        self, owner: QWidget, pages: Mapping[str, Page], layout: QSettings, show_help: Callable[[str], object]
    ) -> None:
        self._owner = owner
        self._pages = dict(pages)
        self._layout = layout
        self._show_help = show_help
        self._made: dict[str, QWidget] = {}

    def __getitem__(self, name: str) -> Any:
        """Returns the page called `name`; None until it is first shown."""
        return self._made.get(name)

    def show(self, name: str) -> Any:
        """Brings the page called `name` to the front and returns it."""
        page = self._pages[name]
        if name not in self._made:
            widget = self._made[name] = page.make(self._owner)
            widget.setWindowFlag(Qt.WindowType.Window)
            widget.setWindowTitle(f"{page.title} – Fooler")
            resize_to_fit(widget, page.size)
            centre_over(widget, self._owner.window())
            geometry = self._layout.value(_key(name))
            if isinstance(geometry, QByteArray):
                widget.restoreGeometry(geometry)
            if page.help:
                QShortcut(QKeySequence.StandardKey.HelpContents, widget, lambda: self._show_help(page.help))
        bring_to_front(self._made[name])
        return self._made[name]

    def remember(self) -> None:
        """Saves the settings of all pages, and where their windows are."""
        for name, widget in self._made.items():
            self._pages[name].remember(widget)
            self._layout.setValue(_key(name), widget.saveGeometry())
        self._layout.sync()


def _key(name: str) -> str:
    return f"page_{name}"


def bring_to_front(window: QWidget) -> None:
    """Shows `window` in front of all others and gives it the focus."""
    window.show()
    window.raise_()
    window.activateWindow()
