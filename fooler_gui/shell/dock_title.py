"""The title bar of a dock: its title, unless a tab says it, and buttons for help, to float it and to close it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QDockWidget, QLabel, QMainWindow, QSizePolicy, QWidget

from fooler_gui.widgets.icon_button import IconButton
from fooler_gui.widgets.panel_layout import SPACING, fill, row_of
from fooler_gui.widgets.tooltips import paragraphs

_BUTTON_SIDE = 20
_PLACED = (QEvent.Type.Show, QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.WindowStateChange)


class DockTitle(QWidget):
    """Shows the title of `dock`, which no tab beside it says already; it is dragged by this. Main thread only.

    Signals:
        help_requested: Show what the guide says about the dock.
    """

    help_requested = Signal()

    def __init__(self, dock: QDockWidget) -> None:
        super().__init__(dock)
        self._dock = dock
        title = self._title = QLabel(dock.windowTitle(), self)
        title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        asks = self._make("help", f"What the guide says about {dock.windowTitle()}", dock)
        asks.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        floats = self._make("float", f"Float or dock {dock.windowTitle()}", dock)
        closes = self._make("close", f"Close {dock.windowTitle()}", dock)
        row_of(fill(title), asks, floats, closes, on=self, gap=0, margins=(SPACING, 2, 2, 2))

        asks.clicked.connect(self.help_requested)
        floats.clicked.connect(lambda: dock.setFloating(not dock.isFloating()))
        closes.clicked.connect(dock.close)
        dock.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Looks whether there is a tab once the dock and those beside it have come to another place."""
        if event.type() in _PLACED:
            QTimer.singleShot(0, self, self._show_title)
        return super().eventFilter(watched, event)

    @Slot()
    def _show_title(self) -> None:
        window = self._dock.parent()
        tabbed = isinstance(window, QMainWindow) and any(
            not dock.isHidden() for dock in window.tabifiedDockWidgets(self._dock)
        )
        self._title.setText("" if tabbed and not self._dock.isFloating() else self._dock.windowTitle())

    def _make(self, icon_name: str, words: str, dock: QDockWidget) -> IconButton:
        button = IconButton(icon_name, self)
        button.setObjectName(f"{icon_name}_{dock.objectName()}")
        button.setAccessibleName(words)
        button.setToolTip(paragraphs(words))
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setFixedSize(QSize(_BUTTON_SIDE, _BUTTON_SIDE))
        return button
