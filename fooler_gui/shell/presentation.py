"""Presentation: the images, the sentence and the plot of probabilities alone, large, on the full screen."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QObject, QRect, Qt, Slot
from PySide6.QtGui import QFont, QKeySequence
from PySide6.QtWidgets import QDockWidget, QMainWindow, QSplitter, QToolBar, QWidget

from fooler_gui.features.run.batch_grid import BatchGrid
from fooler_gui.features.run.net_sentence import NetSentence
from fooler_gui.features.run.plots import PlotsPanel
from fooler_gui.shell.actions import LabActions
from fooler_gui.shell.arrangement import Arrangement
from fooler_gui.widgets.timeline import TimelinePanel

_LARGER = 1.5
"""The size of all texts, over their usual size."""
_HEIGHTS = (720, 280)
"""Heights of grid and plot; any screen keeps their proportion."""
_NO_LIMIT = 16_777_215
"""Qt's greatest height of a widget."""


class Presentation(QObject):
    """Shows only what is to be seen from afar, while its action is checked. Main thread only.

    Args:
        window: Owner.
        commands: Its actions; their keys work although menus and toolbar are hidden. Esc leaves, and does not stop.
        arrangement: Takes down how the window is arranged, and restores it.
        centre: Holds the stage and `plots`.
        sentence: The sentence above the grid.
        grid: The images.
        timeline: Has no height meanwhile, but goes on playing, and its keys work.
        plots: The plots.
    """

    def __init__(
        self,
        window: QMainWindow,
        commands: LabActions,
        arrangement: Arrangement,
        centre: QSplitter,
        sentence: NetSentence,
        grid: BatchGrid,
        timeline: TimelinePanel,
        plots: PlotsPanel,
    ) -> None:
        super().__init__(window)
        self._window, self._commands, self._arrangement, self._centre = window, commands, arrangement, centre
        self._sentence, self._grid, self._timeline, self._plots = sentence, grid, timeline, plots
        self._before: dict[str, QByteArray] | None = None
        self._window_state = Qt.WindowState.WindowNoState
        self._place = QRect()
        self._focus: QWidget | None = None
        self._keys: list[QKeySequence] = []
        self._stop_keys: list[QKeySequence] = []
        commands["presentation"].toggled.connect(self._show)

    def arrangement(self) -> dict[str, QByteArray]:
        """Returns how the window is arranged; during a presentation, how it was before."""
        return self._arrangement.taken() if self._before is None else self._before

    def leave(self) -> None:
        """Restores everything as it was before the presentation, if there is one."""
        self._commands["presentation"].setChecked(False)

    @Slot(bool)
    def _show(self, on: bool) -> None:
        if on:
            self._begin()
        else:
            self._end()

    def _begin(self) -> None:
        window, commands = self._window, self._commands
        self._before = self._arrangement.taken()
        self._window_state, self._place = window.windowState(), window.geometry()
        self._focus = window.focusWidget()
        hidden: list[QWidget] = [*window.findChildren(QDockWidget), *window.findChildren(QToolBar)]
        for widget in (*hidden, window.menuBar(), window.statusBar()):
            widget.hide()
        self._timeline.setMaximumHeight(0)
        window.addActions(list(commands.values()))
        self._stop_keys = commands["stop"].shortcuts()
        commands["stop"].setShortcuts([])
        self._keys = commands["presentation"].shortcuts()
        commands["presentation"].setShortcuts([*self._keys, QKeySequence(Qt.Key.Key_Escape)])
        self._enlarge(True)
        self._centre.setSizes(_HEIGHTS)
        window.setWindowState(self._window_state | Qt.WindowState.WindowFullScreen)
        self._grid.setFocus()

    def _end(self) -> None:
        window, commands, before = self._window, self._commands, self._before
        assert before is not None
        self._before = None
        self._enlarge(False)
        commands["presentation"].setShortcuts(self._keys)
        commands["stop"].setShortcuts(self._stop_keys)
        for action in commands.values():
            window.removeAction(action)
        self._timeline.setMaximumHeight(_NO_LIMIT)
        for widget in (window.menuBar(), window.statusBar()):
            widget.show()
        window.setWindowState(self._window_state)
        if self._window_state == Qt.WindowState.WindowNoState:
            window.setGeometry(self._place)
        self._arrangement.restore({name: part for name, part in before.items() if name != "geometry"})
        if self._focus is not None:
            self._focus.setFocus()

    def _enlarge(self, large: bool) -> None:
        font = QFont()
        if large:
            font = QFont(self._grid.font())
            font.setPointSizeF(font.pointSizeF() * _LARGER)
        self._grid.setFont(font)
        self._sentence.enlarge(_LARGER if large else 1.0)
        self._plots.show_probability_alone(large)
        self._plots.enlarge(_LARGER if large else 1.0)
