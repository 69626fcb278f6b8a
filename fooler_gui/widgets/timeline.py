"""The timeline under the grid: every save of a run, to drag through, to play, and to follow live."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QComboBox, QLabel, QLayout, QWidget

from fooler_gui.widgets.debounce import Debounce
from fooler_gui.widgets.icon_button import IconButton
from fooler_gui.widgets.panel_layout import SPACING, fill, row_of
from fooler_gui.widgets.pick_button import PickButton
from fooler_gui.widgets.shortcut_keys import keep_space
from fooler_gui.widgets.theme import tabular_font
from fooler_gui.widgets.timeline_track import Change, Places, TimelineTrack
from fooler_gui.widgets.tooltips import paragraphs, set_disabled_because

NO_RUN = "No run yet."
SPEEDS = (1, 2, 5, 10, 25, 50, 100)
"""Saves per second."""

_USUAL_SPEED = 10
_INTERVAL_MS = 30
_LEAST_TRACK = 140
_ONE_SAVE = "There is only one save."
_AT_FIRST = "This is the first save."
_AT_LAST = "This is the last save."
_LIVE = "The newest save is already followed."
_NO_RUN_IS_RUNNING = "No run is running."
_TRACK_TIP = "Every save of the run. Drag, or press the arrow keys, Home and End."
_BUTTONS = (
    ("first", "first", "First save", "Go to the first save (Home, when the timeline has the focus).", ""),
    ("back", "back", "Previous save", "Go to the previous save.", "Ctrl+Left"),
    ("play", "run", "Play", "Play the saves at the chosen speed, or stop playing.", "Ctrl+Space"),
    ("forward", "forward", "Next save", "Go to the next save.", "Ctrl+Right"),
    ("last", "last", "Last save", "Go to the last save (End, when the timeline has the focus).", ""),
)
_LIVE_TIP = "Follow the newest save while a run is running."
_LIVE_KEY = "L"
KEYS = (
    *((key, words) for _, _, words, _, key in _BUTTONS if key),
    (_LIVE_KEY, "Follow the newest save"),
    ("Arrow keys, Home, End", "Go to another save, when the timeline has the focus"),
)
"""The keys of the timeline, and what they do."""


class TimelinePanel(QWidget):
    """Chooses one of a run's saves by its place, from 0. Main thread only.

    It is live while it follows the newest save of a running run; choosing another save ends that.

    Args:
        parent: Owner.
        clock: A monotonic clock, in seconds.
        compares: Whether it is for several ended runs: it counts steps, not saves, and is never live.

    Signals:
        place_changed: (int) The place chosen by the user or played; at most every 30 ms during a drag, and always the
            last one.
        live_requested: It is live again; show the newest save.
    """

    place_changed = Signal(int)
    live_requested = Signal()

    def __init__(
        self, parent: QWidget | None = None, clock: Callable[[], float] = time.monotonic, *, compares: bool = False
    ) -> None:
        super().__init__(parent)
        self.setObjectName("timeline_panel")
        self._compares = compares
        self._clock = clock
        self._steps: Places = np.empty(0, np.int64)
        self._reinitialised: Places = np.empty(0, np.int64)
        self._changes: list[Change] = []
        self._message = NO_RUN
        self._going = self._live = self._is_long = False
        self._played_from = (0, 0.0)
        self._reasons: dict[QWidget, str] = {}
        self._play_timer = QTimer(self)
        self._moves = Debounce(self, _INTERVAL_MS)
        self._build()
        self.clear()

        self._track.place_changed.connect(self._go_to)
        self._moves.value_changed.connect(lambda place: self.place_changed.emit(place))
        self._play_timer.timeout.connect(self._play_on)
        self._speed.currentIndexChanged.connect(self._play_at_speed)
        self._live_button.clicked.connect(self._on_live)

    def clear(self, message: str = NO_RUN) -> None:
        """Shows `message`, which says why there are no saves."""
        self._message = message
        self._moves.cancel()
        self._stop_playing()
        self._live = self._going
        self._track.set_message(message)
        self._set_saves(np.empty(0, np.int64), np.empty(0, np.int64), [])

    def set_index(
        self, steps: npt.ArrayLike, reinitialised: npt.ArrayLike, changes: Iterable[tuple[int, str]] = ()
    ) -> None:
        """Shows a whole run at the present step, or at the newest save if there was none or it is live.

        Args:
            steps: (n,), the saves' steps, never falling.
            reinitialised: (n,), how many slots were reinitialised at each.
            changes: (place, text): the first save made with a change, and what changed.
        """
        before = None if self._live else self.step()
        self._moves.cancel()
        self._stop_playing()
        self._set_saves(
            np.asarray(steps, np.int64), np.asarray(reinitialised, np.int64), [Change(*each) for each in changes]
        )
        if before is not None and len(self._steps):
            self._show(max(0, int(np.searchsorted(self._steps, before, side="right")) - 1))

    def add_saves(
        self, steps: npt.ArrayLike, reinitialised: npt.ArrayLike, changes: Iterable[tuple[int, str]] = ()
    ) -> None:
        """Appends saves; see `set_index`. Places are counted from the run's first save."""
        place = None if self._live or not len(self._steps) else self.place()
        self._set_saves(
            np.append(self._steps, np.asarray(steps, np.int64)),
            np.append(self._reinitialised, np.asarray(reinitialised, np.int64)),
            [*self._changes, *(Change(*each) for each in changes)],
            place,
        )

    def set_run_going(self, going: bool) -> None:
        """Sets whether a run is running; if so, it is live."""
        if going is not self._going:
            self._going = self._live = going
            if going:
                self.go_live()
            self._refresh()

    def place(self) -> int:
        """Returns the present place; -1 without saves."""
        return self._track.value() if len(self._steps) else -1

    def step(self) -> int | None:
        """Returns the step of the present save; None without saves."""
        return int(self._steps[self.place()]) if len(self._steps) else None

    def set_place(self, place: int) -> None:
        """Goes to `place`, clipped to the range; ends being live."""
        self._moves.cancel()
        self._stop_playing()
        self._live = False
        self._show(place)

    def go_live(self) -> None:
        """Follows the newest save, if a run is running."""
        if self._going:
            self._moves.cancel()
            self._stop_playing()
            self._live = True
            self._show(len(self._steps) - 1)

    def is_playing(self) -> bool:
        """Returns whether saves are being played."""
        return self._play_timer.isActive()

    def minimumSizeHint(self) -> QSize:
        """Returns the room for everything except the text, which is hidden if there is no room."""
        width = self._width_of_others() + self._track.minimumSizeHint().width()
        return QSize(width, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shortens the text if there is no room."""
        super().resizeEvent(event)
        self._fit_words()
        self._refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stops playing."""
        super().hideEvent(event)
        self._stop_playing()

    def _build(self) -> None:
        self._buttons: dict[str, IconButton] = {}
        for name, icon_name, words, tip, key in _BUTTONS:
            button = self._buttons[name] = IconButton(icon_name, self)
            self._describe(button, f"timeline_{name}", words, tip, key)
            keep_space(button)
            act = getattr(self, f"_on_{name}")
            button.clicked.connect(act)
            if key:
                QShortcut(QKeySequence(key), self, act)
        keys = QShortcut(QKeySequence(_LIVE_KEY), self, self._on_live)
        keys.setAutoRepeat(False)
        self._track = TimelineTrack(self, counts_saves=not self._compares)
        self._track.setObjectName("timeline_track")
        self._track.setAccessibleName("Saves of the run")
        self._track.setToolTip(paragraphs(_TRACK_TIP))
        self._words = QLabel(self)
        self._words.setObjectName("timeline_words")
        self._words.setFont(tabular_font(self._words.font()))
        self._speed = QComboBox(self)
        self._speed.setObjectName("timeline_speed")
        self._speed.setAccessibleName("Saves per second while playing")
        self._speed.setToolTip(paragraphs("How many saves per second are played."))
        for speed in SPEEDS:
            self._speed.addItem(f"{speed} /s", speed)
        self._speed.setCurrentIndex(SPEEDS.index(_USUAL_SPEED))
        self._live_button = PickButton("○ Live", self)
        self._describe(self._live_button, "timeline_live", "Live", _LIVE_TIP, _LIVE_KEY)
        layout = row_of(
            row_of(*self._buttons.values(), gap=0),
            self._speed,
            fill(self._track),
            self._words,
            self._live_button,
            on=self,
            margins=(SPACING, 2),
        )
        layout.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self._live_button.setHidden(self._compares)

    def _describe(self, button: IconButton | PickButton, name: str, words: str, tip: str, key: str) -> None:
        shown = QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
        button.setObjectName(name)
        button.setAccessibleName(words)
        button.setToolTip(paragraphs(f"{tip} ({shown})" if shown else tip))

    def _set_saves(
        self, steps: Places, reinitialised: Places, changes: Sequence[Change], place: int | None = None
    ) -> None:
        """Takes all saves and goes to `place`, or the newest."""
        self._steps, self._reinitialised, self._changes = (
            steps,
            reinitialised,
            sorted(changes, key=lambda each: each.place),
        )
        self._track.set_saves(steps, reinitialised, self._changes)
        self._fit_words()
        self._show(len(steps) - 1 if place is None else place)

    def _show(self, place: int) -> None:
        self._track.set_place(place)
        self._refresh()

    def _go_to(self, place: int) -> None:
        """Goes to another place chosen by the user."""
        self._stop_playing()
        self._live = False
        self._show(place)
        self._moves.submit(self.place())

    def _on_first(self) -> None:
        if self.place() > 0:
            self._go_to(0)

    def _on_back(self) -> None:
        if self.place() > 0:
            self._go_to(self.place() - 1)

    def _on_forward(self) -> None:
        if self.place() < len(self._steps) - 1:
            self._go_to(self.place() + 1)

    def _on_last(self) -> None:
        if self.place() < len(self._steps) - 1:
            self._go_to(len(self._steps) - 1)

    def _on_play(self) -> None:
        if self.is_playing():
            self._stop_playing()
        elif len(self._steps) > 1 and not self._live:
            if self.place() == len(self._steps) - 1:
                self._go_to(0)
            self._play_at_speed()
            self._play_timer.start()
            self._refresh()

    def _on_live(self) -> None:
        if self._going:
            self.go_live()
            self.live_requested.emit()

    def _play_at_speed(self) -> None:
        self._played_from = (self.place(), self._clock())
        self._play_timer.setInterval(max(_INTERVAL_MS, round(1000 / self._speed.currentData())))

    def _play_on(self) -> None:
        begun_at, begun = self._played_from
        last = len(self._steps) - 1
        place = min(last, begun_at + round((self._clock() - begun) * self._speed.currentData()))
        if place != self.place():
            self._show(place)
            self.place_changed.emit(place)
        if place == last:
            self._stop_playing()
            if self._going:
                self._on_live()

    def _stop_playing(self) -> None:
        if self._play_timer.isActive():
            self._play_timer.stop()
            self._refresh()

    def _refresh(self) -> None:
        """Updates text and buttons for the present place."""
        place, last = self.place(), len(self._steps) - 1
        words = self._track.words_at(place) if last >= 0 else self._message
        self._words.setText(words if self._is_long else words.partition(" · ")[0])
        self._track.setAccessibleDescription(words)
        why = self._message if last < 0 else _ONE_SAVE if last == 0 else ""
        before, after = (_AT_FIRST if place <= 0 else ""), (_AT_LAST if place == last else "")
        reasons = {
            self._buttons["first"]: why or before,
            self._buttons["back"]: why or before,
            self._buttons["play"]: why or (_LIVE if self._live else ""),
            self._buttons["forward"]: why or after,
            self._buttons["last"]: why or after,
            self._live_button: "" if self._going else _NO_RUN_IS_RUNNING,
            self._track: why,
        }
        for widget, reason in reasons.items():
            if self._reasons.get(widget) != reason:
                set_disabled_because(widget, reason)
        self._reasons = reasons
        self._buttons["play"].set_icon_name("pause" if self.is_playing() else "run")
        self._live_button.setChecked(self._live)
        self._live_button.setText("● Live" if self._live else "○ Live")

    def _fit_words(self) -> None:
        """Gives the text the width of the longest one to come, or of a shorter one, or none."""
        room = self.width() - self._width_of_others() - _LEAST_TRACK - SPACING
        longest = self._track.words_at(len(self._steps) - 1) if len(self._steps) else ""
        metrics = self._words.fontMetrics()
        long, short = (metrics.horizontalAdvance(words) + 2 for words in (longest, longest.partition(" · ")[0]))
        self._is_long = long <= room
        self._words.setVisible(bool(longest) and short <= room)
        self._words.setFixedWidth(long if self._is_long else short)

    def _width_of_others(self) -> int:
        """Returns the width of everything except line and text."""
        widgets: list[QWidget] = [*self._buttons.values(), self._speed]
        if not self._compares:
            widgets.append(self._live_button)
        return sum(widget.sizeHint().width() for widget in widgets) + 5 * SPACING
