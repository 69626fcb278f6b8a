"""In a narrow window the left column folds to a rail of icons, which open it."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QDockWidget, QMainWindow, QToolBar, QToolButton

from fooler_gui.widgets.icons import icon
from fooler_gui.widgets.shortcut_keys import keep_space
from fooler_gui.widgets.tooltips import paragraphs

NARROW = 1100
"""A window narrower than this, in pixels, has room for the grid only beside one column."""

_ICON_SIDE = 24


class ColumnRail(QToolBar):
    """Folds `docks` of `window`, which share a place by tabs, while it is narrow. Main thread only.

    Args:
        window: Owner.
        docks: The docks of the column with the names of their icons, the first one first.
    """

    def __init__(self, window: QMainWindow, docks: Mapping[QDockWidget, str]) -> None:
        super().__init__("Folded panels", window)
        self._window = window
        self._icons = dict(docks)
        self._folded: list[QDockWidget] = []
        self._front = next(iter(docks))
        self._is_suspended = False
        self.setObjectName("rail_toolbar")
        self.setMovable(False)
        self.setOrientation(Qt.Orientation.Vertical)
        self.setIconSize(QSize(_ICON_SIDE, _ICON_SIDE))
        self._buttons: dict[QDockWidget, QToolButton] = {}
        for dock in docks:
            button = self._buttons[dock] = QToolButton(self)
            button.setObjectName(f"rail_{dock.objectName()}")
            button.setAccessibleName(dock.windowTitle())
            button.setToolTip(paragraphs(f"{dock.windowTitle()}: open the panel, or fold it again"))
            button.setCheckable(True)
            button.setAutoRaise(True)
            keep_space(button)
            button.clicked.connect(lambda _checked, dock=dock: self._toggle(dock))
            self.addWidget(button)
            dock.visibilityChanged.connect(lambda seen, dock=dock: self._on_seen(dock, seen))
        self.set_palette(window.palette())
        window.addToolBar(Qt.ToolBarArea.LeftToolBarArea, self)
        self.hide()
        window.installEventFilter(self)

    def set_palette(self, palette: QPalette) -> None:
        """Draws the icons in the colours of `palette`."""
        for dock, button in self._buttons.items():
            button.setIcon(icon(self._icons[dock], palette))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Folds the column when the window becomes narrow, and unfolds it when there is room again."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            self.arrange()
        return super().eventFilter(watched, event)

    def arrange(self) -> None:
        """Folds or unfolds the column if the rail is not as the width asks for; not on the full screen."""
        narrow = self._window.width() < NARROW
        if narrow is not self.isHidden() or not self._window.isVisible() or self._window.isFullScreen():
            return
        self.setVisible(narrow)
        if narrow:
            self._fold()
        else:
            self._unfold()

    def suspend(self) -> None:
        """Unfolds the column until `resume`, so that the arrangement of the window can be taken down."""
        self._is_suspended = bool(self._folded)
        self._unfold()

    def resume(self) -> None:
        """Folds the column again that `suspend` unfolded."""
        if self._is_suspended:
            self._is_suspended = False
            self._fold()

    def _fold(self) -> None:
        self._folded = [dock for dock in self._buttons if not (dock.isHidden() or dock.isFloating())] or self._folded
        self._front = next((dock for dock in self._folded if self._buttons[dock].isChecked()), self._front)
        folded, self._folded = self._folded, []  # what comes to the front meanwhile has not been opened
        for dock in folded:
            dock.hide()
        self._folded = folded

    def _unfold(self) -> None:
        folded, self._folded = self._folded, []
        for dock in folded:
            dock.show()
        if self._front in folded:
            self._front.raise_()

    def _toggle(self, dock: QDockWidget) -> None:
        if not self._buttons[dock].isChecked():  # the click has unchecked it
            self._fold()
            return
        self._front = dock
        self._unfold()
        dock.show()
        dock.raise_()

    def _on_seen(self, dock: QDockWidget, seen: bool) -> None:
        """Opens the whole column with a dock that is shown by other means."""
        self._buttons[dock].setChecked(seen)
        if seen and dock in self._folded:
            self._front = dock
            self._unfold()
