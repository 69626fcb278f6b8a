"""The toolbar: what steers a run, the set-up of the next one, what follows a run, show-pieces and exports."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QMainWindow, QMenu, QSizePolicy, QToolBar, QToolButton, QWidget

from fooler_gui.features.run.run_bar import RunBar
from fooler_gui.shell.actions import LabActions
from fooler_gui.shell.toolbar_rows import ToolbarRows
from fooler_gui.widgets.icons import icon
from fooler_gui.widgets.tool_button import ToolButton

_FOLLOWS = ("show_retraining", "use_no_penalties", "go_on")
_STEERING = ("run", "new_seed", "pause", "step", "stop")


class RunToolbar(QToolBar):
    """The toolbar of `window`, to which it is added. Main thread only.

    Args:
        window: Owner.
        actions: The window's actions.
        run_bar: Edits the set-up of the next run.
        show_menu: The show-pieces.
        export_menu: The exports.

    Attributes:
        run_button: Runs.
        pause_button: Pauses.
        next_button: Does what follows a run: goes on while images are below the threshold, drops penalties that hold a
            picture back, or leads to retraining.
    """

    def __init__(
        self, window: QMainWindow, actions: LabActions, run_bar: RunBar, show_menu: QMenu, export_menu: QMenu
    ) -> None:
        super().__init__("Run", window)
        self._actions = actions
        self.setObjectName("run_toolbar")
        self.setMovable(False)
        steering = {name: ToolButton(self, f"{name}_button", with_text=name == "run") for name in _STEERING}
        for name, button in steering.items():
            button.set_action(actions[name])
            self.addWidget(button)
        self.run_button, self.pause_button = steering["run"], steering["pause"]
        self.next_button = ToolButton(self, "next_button", with_text=True)
        self.next_button.setMinimumSize(self.next_button.room_for(*(actions[name] for name in _FOLLOWS)))
        self.addWidget(self.next_button)
        self.addSeparator()
        part = self.addWidget(run_bar)
        spacer = QWidget(self)
        spacer.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        after = self.addWidget(spacer)
        self._show = self._menu_button("show", "Show", show_menu)
        self._show.setAccessibleName("Show-pieces")
        self._show.setToolTip("Demonstrations that start with one click, each with what to watch")
        self._export = self._menu_button("export", "Export", export_menu)
        self._export.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._export.setToolTip("Write images and figures to files")
        self.set_palette(window.palette())
        window.addToolBar(self)
        ToolbarRows(window, self, part, after, run_bar)

    def set_palette(self, palette: QPalette) -> None:
        """Draws the icons that belong to no action in the colours of `palette`."""
        self._show.setIcon(icon("show", palette))
        self._export.setIcon(icon("export", palette))

    def set_next(self, name: str) -> None:
        """Offers the action called `name` as what follows a run."""
        self.next_button.set_action(self._actions[name])

    def _menu_button(self, name: str, text: str, menu: QMenu) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(f"{name}_button")
        button.setText(text)
        button.setAccessibleName(text)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setMenu(menu)
        self.addWidget(button)
        return button


def exports(window: QMainWindow, actions: LabActions) -> QMenu:
    """Returns the menu of exports."""
    menu = QMenu("Export", window)
    menu.setToolTipsVisible(True)
    menu.addActions([actions[name] for name in ("export_grid", "copy_grid", "export_found", "export_run")])
    menu.addSeparator()
    menu.addActions([actions[name] for name in ("export_fooling", "export_worst")])
    return menu
