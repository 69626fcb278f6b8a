"""Uses the real window on the real engine at random: clicks, keys, edits, opens and closes, in every state.

The net is tiny and the dataset small. Files for dialogs are good, bad or missing; questions are answered by a random
button. The seed fixes the choices; when the engine answers is up to the machine. No action may raise an error on any
thread, cause a Qt warning, or ask the controller for what it must refuse; the window must close within two seconds and
leave no thread or timer of the program. In the end every button and action that was pressed must have had an effect;
see `press_watch`.
"""

from __future__ import annotations

import contextlib
import faulthandler
import gc
import logging
import os
import random
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter, deque
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest.mock import patch

import numpy as np
import tomli_w
from answers import answered, closing_is_allowed
from dropping import drop
from fault_report import FaultReport
from PIL import Image
from press_watch import Pressable, PressWatch
from PySide6.QtCore import (
    QEvent,
    QMessageLogContext,
    QPoint,
    QPointF,
    QSize,
    Qt,
    QThread,
    QTimer,
    QtMsgType,
    qInstallMessageHandler,
)
from PySide6.QtGui import QAction, QKeyEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QDockWidget,
    QDoubleSpinBox,
    QFileDialog,
    QLineEdit,
    QMenu,
    QMessageBox,
    QPlainTextEdit,
    QSpinBox,
    QTabBar,
    QTabWidget,
    QWidget,
)
from reachable import can_be_pressed, is_command, is_within_reach, open_windows, place_to_press
from small_world import write_small_dataset, write_tiny_classifier

from fooler_gui import app as app_module
from fooler_gui.app import Lab
from fooler_gui.core.lab_state import LabState
from fooler_gui.engine import backend
from fooler_gui.session import controller as controller_module
from fooler_gui.shell.log import LogHandler

FULL = 2_000
_A_SESSION = 250
CLOSES_WITHIN = 2.0
_SETTLES_WITHIN = 60.0
_HANGS_AFTER = 60.0
_STUCK = 25
_WITHOUT_CLASSIFIER = 0.2
"""The share of sessions that start without a classifier, as if the bundled one could not be read."""
_KEYS = (
    Qt.Key.Key_Space, Qt.Key.Key_Period, Qt.Key.Key_Escape, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up,
    Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Return, Qt.Key.Key_Tab, Qt.Key.Key_Backtab,
    Qt.Key.Key_Menu, Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_PageUp, Qt.Key.Key_3, Qt.Key.Key_E,
    Qt.Key.Key_Minus, Qt.Key.Key_F1,
)  # fmt: skip
_CHORDS = (
    Qt.Key.Key_Z,
    Qt.Key.Key_Y,
    Qt.Key.Key_E,
    Qt.Key.Key_I,
    Qt.Key.Key_F,
    Qt.Key.Key_R,
    Qt.Key.Key_O,
    Qt.Key.Key_A,
)
_TEXTS = ("7", "0", "-1", "1e-3", "abc", "", "3.5", "١", "😀", "nan")
_MAIN_BUTTONS = (
    "train_button", "continue_button", "retrain_button", "keep_button", "discard_button", "start_rounds", "evaluate",
    "check_honesty", "search_least_change", "make_guarantee",
)  # fmt: skip
_NEVER_TRIGGERED = ("quit_action",)
"""Closing is a separate action."""

_SETTINGS = {
    "training": {"steps": 30, "batch_size": 20, "validation_images": 50},
    "retraining": {"steps": 10, "batch_size": 20, "noise": 10, "blanks": 5},
    "rounds": {
        "rounds": 2, "images_per_label": 2, "steps_per_round": 4, "stages": 1, "digits": 50, "noise": 5, "blanks": 2,
        "batch_size": 10,
    },
    "evaluation": {"images": 10},
    "least_change": {"steps": 30, "slots": 2},
    "guarantee": {"components": 5},
    "run": {"labels": [3], "slots": 3, "pace": 0},
    "descent": {"min_probability": 0.11},
}  # fmt: skip


def run(times: int, seed: int) -> FaultReport:
    """Does `times` actions, in several sessions."""
    report = FaultReport("random use of the window")
    backend.load()
    app = QApplication.instance() or app_module.make_application()
    assert isinstance(app, QApplication)
    with tempfile.TemporaryDirectory(prefix="fooler-faults-") as name, _small_world(Path(name)):
        user = RandomUser(app, Path(name), random.Random(seed), report)
        with user.watching():
            done = 0
            while done < times:
                done += user.use(min(_A_SESSION, times - done))
        report.figures |= {f"actions while {state}": count for state, count in user.states.items()}
        report.figures |= {"slowest action, s": user.slowest, "slowest closing, s": user.slowest_closing}
        report.figures["sessions"] = user.sessions
        report.failures += [
            f"nothing followed any of the {user.presses.pressed[name]} presses of {name}"
            for name in user.presses.dead()
        ]
        report.figures |= user.presses.figures()
    return report


class RandomUser:
    """Someone who presses whatever there is.

    Args:
        app: The application.
        folder: With the files of `_small_world`.
        rng: Makes the choices.
        report: Gets the results.
    """

    def __init__(self, app: QApplication, folder: Path, rng: random.Random, report: FaultReport) -> None:
        self._app = app
        self._folder = folder
        self._rng = rng
        self._report = report
        self._troubles: list[str] = []
        self._done: deque[str] = deque(maxlen=6)
        self.presses = PressWatch(app)
        self._unchanged = 0
        self.states: Counter[str] = Counter()
        self.slowest = self.slowest_closing = 0.0
        self.sessions = 0

    # What is seen ---------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """Notes errors and Qt's warnings, and answers questions."""
        handler = _Handler(self._troubles)
        logger, hook, thread_hook = logging.getLogger("fooler_gui"), sys.excepthook, threading.excepthook
        former = qInstallMessageHandler(self._on_qt_message)
        sys.excepthook = lambda kind, error, trace: self._on_exception(error)
        threading.excepthook = lambda arguments: self._on_exception(arguments.exc_value)
        logger.addHandler(handler)
        try:
            with self.presses.watching(), answered(self._rng, self._path, self.presses.noted):
                yield
        finally:
            logger.removeHandler(handler)
            sys.excepthook, threading.excepthook = hook, thread_hook
            qInstallMessageHandler(former)

    def _on_exception(self, error: BaseException | None) -> None:
        if error is not None:
            where = traceback.extract_tb(error.__traceback__)[-1]
            self._troubles.append(f"{type(error).__name__}: {error} at {where.filename}:{where.lineno}")

    def _on_qt_message(self, kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
        if kind is QtMsgType.QtFatalMsg:
            sys.stderr.write(f"{text} after {list(self._done)}\n")
        if kind not in (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg) and not text.startswith(_PLATFORM):
            self._troubles.append(f"Qt: {text}")

    # A session ------------------------------------------------------------------------------------------------------

    def use(self, times: int) -> int:
        """Opens the window, does up to `times` actions, closes it, and returns how many were done."""
        before = set(sys._current_frames())
        self.sessions += 1
        lab = Lab(self._app, self._folder / "config")
        lab.window.show()
        log = LogHandler()
        log.connect_to(lab.window.log)
        logging.getLogger().addHandler(log)
        helper = QTimer(interval=40)
        helper.timeout.connect(self._deal_with_popup)
        helper.start()
        # The first actions come while the lab is still starting.
        if self._rng.random() < _WITHOUT_CLASSIFIER:
            lab.controller.open_classifier(str(self._folder / "files" / "bad.keras"))
        else:
            lab.start_engine()
        done = 0
        while done < times:
            done += 1
            self._act(lab)
        logging.getLogger().removeHandler(log)
        self._close(lab, helper, before)
        return done

    def _act(self, lab: Lab) -> None:
        state = lab.model.state
        self.states[state.value] += 1
        began = time.perf_counter()
        faulthandler.dump_traceback_later(_HANGS_AFTER, exit=True)
        kind, act = self._choose(lab)
        what = kind
        try:
            what = f"{kind} {act()}"
        except Exception as error:  # noqa: BLE001 - that is what is looked for
            self._on_exception(error)
        self.slowest = max(self.slowest, time.perf_counter() - began)
        self._done.append(f"{what} ({state.value})")
        self._wait(self._rng.choice((0.0, 0.0, 0.01, 0.05, 0.15)))
        faulthandler.cancel_dump_traceback_later()
        self._unchanged = self._unchanged + 1 if lab.model.state is state else 0
        self._report.count(kind, self._taken_troubles())

    def _taken_troubles(self) -> list[str]:
        troubles, self._troubles[:] = list(self._troubles), []
        return [
            f"action {self._report.times.total()}: {trouble} after {' | '.join(self._done)}" for trouble in troubles
        ]

    def _wait(self, seconds: float) -> None:
        ends = time.perf_counter() + seconds
        self._app.processEvents()
        while time.perf_counter() < ends:
            self._app.processEvents()
            time.sleep(0.002)

    def _close(self, lab: Lab, helper: QTimer, before: set[int]) -> None:
        """Closes the window, whatever is in progress, and checks what is left."""
        self._done.append(f"close ({lab.model.state.value})")
        if lab.model.state is LabState.STARTING:  # loading cannot be interrupted; the program then just ends
            model = lab.model
            self._until(lambda: model.state is not LabState.STARTING)
            del model
        for dialog in self._dialogs():
            dialog.reject()
        began = time.perf_counter()
        with closing_is_allowed():
            closed = lab.window.close()
        ended = lab.controller.close(round(1_000 * CLOSES_WITHIN))
        seconds = time.perf_counter() - began
        self.slowest_closing = max(self.slowest_closing, seconds)
        problems = [] if closed and ended and seconds < CLOSES_WITHIN else [f"it took {seconds:.1f} s to close"]
        if not ended:
            assert lab.controller.close(round(1_000 * _SETTLES_WITHIN)), "the engine does not end"
        helper.stop()
        lab.window.deleteLater()
        del lab
        for _ in range(3):
            self._app.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
            self._app.processEvents()
            gc.collect()
        problems += self._left(before)
        self._report.count("close", problems + self._taken_troubles())

    def _left(self, before: set[int]) -> list[str]:
        """Returns what the window left: threads with a Python frame, threads and timers of Qt, widgets."""
        self._until(lambda: set(sys._current_frames()) <= before, 2.0)
        names = {thread.ident: thread.name for thread in threading.enumerate()}
        left = [f"thread {names.get(thread, thread)}" for thread in set(sys._current_frames()) - before]
        for thing in gc.get_objects():
            with contextlib.suppress(RuntimeError, ReferenceError):
                if isinstance(thing, QThread) and thing.isRunning() and thing is not self._app.thread():
                    left.append(f"QThread {thing.objectName()}")
                elif isinstance(thing, QTimer) and thing.isActive():
                    left.append(f"QTimer of {thing.parent()}")
        left += [f"window {type(widget).__name__} {widget.objectName()}" for widget in open_windows()]
        return [f"{what} was left" for what in left]

    def _until(self, holds: Callable[[], bool], seconds: float = _SETTLES_WITHIN) -> None:
        ends = time.perf_counter() + seconds
        while not holds() and time.perf_counter() < ends:
            self._wait(0.01)

    # Actions --------------------------------------------------------------------------------------------------------

    def _choose(self, lab: Lab) -> tuple[str, Callable[[], str]]:
        dialogs = self._dialogs()
        if dialogs and self._rng.random() < 0.7:
            return "answer", lambda: self._answer(dialogs[-1])
        if lab.model.state.busy and self._unchanged > _STUCK:
            self._unchanged = 0
            return "action", lambda: self._trigger(lab.window.commands["stop"])
        kinds: list[tuple[int, str, Callable[[], str]]] = [
            (6, "action", lambda: self._trigger(None)),
            (8, "click", self._click_button),
            (2, "main button", self._click_main_button),
            (4, "key", self._press_key),
            (6, "edit", self._edit),
            (4, "point", self._point),
            (2, "drop", self._drop),
            (2, "window", lambda: self._change_window(lab)),
            (1, "open", lambda: self._open(lab)),
            (2, "wait", lambda: str(self._wait(self._rng.uniform(0, 0.5)) or "")),
        ]
        weights, names, acts = zip(*kinds, strict=True)
        place = self._rng.choices(range(len(kinds)), weights)[0]
        return names[place], acts[place]

    def _dialogs(self) -> list[QDialog]:
        return [window for window in open_windows() if isinstance(window, QDialog)]

    def _answer(self, dialog: QDialog) -> str:
        if isinstance(dialog, QFileDialog):
            path = self._path()
            if path:
                dialog.selectFile(path)
                dialog.accept()
                if dialog.isVisible():  # it does not take such a file
                    dialog.reject()
            else:
                dialog.reject()
            return f"{dialog.windowTitle()} {path}"
        buttons = [button for button in dialog.findChildren(QAbstractButton) if can_be_pressed(button)]
        if buttons and self._rng.random() < 0.7:
            return self._press(self._one_of(buttons))
        dialog.reject()
        return dialog.windowTitle()

    def _trigger(self, action: QAction | None) -> str:
        if action is None:
            window = self._rng.choice(self._windows())
            actions = [
                action
                for action in window.findChildren(QAction)
                if _may_be_triggered(action) and is_within_reach(action, window)
            ]
            if not actions:
                return "none"
            action = self._one_of(actions)
        if action.isEnabled():
            self.presses.observe(action, action.trigger)
        return action.objectName() or action.text()

    def _click_button(self) -> str:
        buttons = [
            button
            for button in self._widgets(QAbstractButton)
            if isinstance(button, QAbstractButton) and can_be_pressed(button)
        ]
        return self._press(self._one_of(buttons)) if buttons else "none"

    def _click_main_button(self) -> str:
        """Starts or stops one of the longer jobs, which few buttons do."""
        buttons = [window.findChild(QAbstractButton, name) for window in self._windows() for name in _MAIN_BUTTONS]
        buttons = [button for button in buttons if button is not None and can_be_pressed(button)]
        return self._press(self._rng.choice(buttons)) if buttons else "none"

    def _press(self, button: QAbstractButton) -> str:
        name = f"{button.objectName()} {button.text()}"
        at = place_to_press(button)
        self.presses.observe(button, lambda: QTest.mouseClick(button, Qt.MouseButton.LeftButton, pos=at))
        return name

    def _one_of(self, pressables: list[Pressable]) -> Pressable:
        """Chooses one, often one whose effect is not known yet."""
        unsettled = self.presses.unsettled(pressables)
        return self._rng.choice(unsettled if unsettled and self._rng.random() < 0.5 else pressables)

    def _press_key(self) -> str:
        target = self._app.focusWidget() or self._rng.choice(self._windows())
        if self._rng.random() < 0.3:
            key, modifier = self._rng.choice(_CHORDS), Qt.KeyboardModifier.ControlModifier
        else:
            key, modifier = self._rng.choice(_KEYS), Qt.KeyboardModifier.NoModifier
        name = f"{key.name} on {target.objectName()}"
        QTest.keyClick(target, key, modifier)
        return name

    def _edit(self) -> str:
        kinds = (QAbstractSpinBox, QLineEdit, QComboBox, QAbstractSlider, QTabBar, QPlainTextEdit)
        fields = [field for kind in kinds for field in self._widgets(kind) if field.isEnabled()]
        if not fields:
            return "none"
        field, rng = self._rng.choice(fields), self._rng
        name = f"{type(field).__name__} {field.objectName()}"
        match field:
            case QSpinBox():
                field.setValue(rng.choice((field.minimum(), field.minimum() + rng.randrange(20), field.value() + 1)))
            case QDoubleSpinBox():
                field.setValue(rng.choice((field.minimum(), field.maximum(), rng.random(), 1e-4)))
            case QAbstractSpinBox():
                field.stepBy(rng.choice((-2, 1)))
            case QLineEdit() if not isinstance(field.parent(), QAbstractSpinBox):
                field.setFocus()
                _type(field, rng.choice(_TEXTS))
                QTest.keyClick(field, rng.choice((Qt.Key.Key_Return, Qt.Key.Key_Tab, Qt.Key.Key_Escape)))
            case QLineEdit():
                field.selectAll()
                _type(field, rng.choice(_TEXTS))
                QTest.keyClick(field, Qt.Key.Key_Tab)
            case QComboBox():
                if field.count():
                    field.setCurrentIndex(rng.randrange(field.count()))
                    field.activated.emit(field.currentIndex())
            case QAbstractSlider():
                field.setValue(rng.randint(field.minimum(), field.maximum()))
            case QTabBar():
                if field.count():
                    field.setCurrentIndex(rng.randrange(field.count()))
        return name

    def _point(self) -> str:
        """Presses, double-clicks, opens the menu, wheels or drags somewhere on some widget."""
        widgets = [widget for widget in self._widgets(QWidget) if widget.width() > 4 and widget.height() > 4]
        favourites = [
            widget for widget in widgets if widget.objectName() in ("grid", "stage", "batch_grid", "timeline")
        ]
        widget = self._rng.choice(favourites if favourites and self._rng.random() < 0.4 else widgets)
        name = f"{type(widget).__name__} {widget.objectName()}"
        at, to = (QPoint(self._rng.randrange(widget.width()), self._rng.randrange(widget.height())) for _ in range(2))
        left, right = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
        match self._rng.randrange(5):
            case 0:
                QTest.mouseClick(widget, left, pos=at)
            case 1:
                QTest.mouseClick(widget, left, pos=at)
                QTest.mouseDClick(widget, left, pos=at)
            case 2:
                QTest.mouseClick(widget, right, pos=at)
            case 3:
                QTest.mousePress(widget, left, pos=at)
                QTest.mouseMove(widget, to)
                QTest.mouseRelease(widget, left, pos=to)
            case _:
                turned = QPoint(0, self._rng.choice((-240, 120)))
                spot, where = QPointF(at), QPointF(widget.mapToGlobal(at))
                none, phase = Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase
                wheel = QWheelEvent(spot, where, QPoint(), turned, Qt.MouseButton.NoButton, none, phase, False)
                QApplication.sendEvent(widget, wheel)
        return name

    def _drop(self) -> str:
        path = self._path()
        target = self._rng.choice(self._widgets(QWidget))
        at = QPoint(*(self._rng.randrange(max(1, side)) for side in target.size().toTuple()))
        taken = drop(target, [path] if path else [], at)
        return f"{path} on {target.objectName()}, {'taken' if taken else 'not taken'}"

    def _change_window(self, lab: Lab) -> str:
        windows = self._windows()
        window = self._rng.choice(windows)
        match self._rng.randrange(5):
            case 0:
                window.resize(QSize(self._rng.randrange(200, 2_000), self._rng.randrange(150, 1_400)))
                return "resized"
            case 1 if window is not lab.window:
                window.close()
                return f"closed {window.objectName()}"
            case 2:
                dock = self._rng.choice(lab.window.findChildren(QDockWidget))
                dock.setVisible(not dock.isVisible())
                return dock.objectName()
            case 3:
                with closing_is_allowed(allowed=False):
                    if lab.model.state.busy and lab.model.state is not LabState.STARTING:
                        lab.window.close()
                return "close, then cancelled"
            case _:
                tabs = lab.window.findChildren(QTabWidget)
                if tabs:
                    tab = self._rng.choice(tabs)
                    tab.setCurrentIndex(self._rng.randrange(max(1, tab.count())))
                return "tab"

    def _open(self, lab: Lab) -> str:
        """Opens a recorded run, as a browser of runs would."""
        runs = lab.runs
        folders = [str(path) for path in (self._folder / "data").rglob("run *") if path.is_dir()]
        folder = self._rng.choice([*folders, self._path() or str(self._folder)])
        (runs.open if self._rng.random() < 0.6 else runs.repeat)(folder)
        return folder

    def _deal_with_popup(self) -> None:
        """Chooses from menus and closes them, and answers Qt's own questions, which block the loop."""
        box = self._app.activeModalWidget()
        if isinstance(box, QMessageBox) and box.buttons():
            self._rng.choice(box.buttons()).click()
        popup = self._app.activePopupWidget()
        if isinstance(popup, QMenu) and self._rng.random() < 0.5:
            self._choose_from(popup)
        if self._app.activePopupWidget() is popup and popup is not None:
            popup.close()

    def _choose_from(self, popup: QMenu) -> None:
        commands = [action for action in popup.actions() if _may_be_triggered(action)]
        menus = [action for action in popup.actions() if action.menu() is not None and action.isEnabled()]
        if menus and self._rng.random() < len(menus) / (len(menus) + len(commands)):
            popup.setActiveAction(self._rng.choice(menus))
            QTest.keyClick(popup, Qt.Key.Key_Return)
        elif commands:
            action = self._one_of(commands)
            popup.close()  # as a menu does before its action
            self.presses.observe(action, action.trigger)

    def _windows(self) -> list[QWidget]:
        modal = self._app.activeModalWidget()
        return [modal] if modal is not None else list(open_windows())

    def _widgets(self, kind: type) -> list[QWidget]:
        window = self._rng.choice(self._windows())
        return [widget for widget in window.findChildren(kind) if widget.isVisible() and widget.isEnabled()] or [window]

    def _path(self) -> str:
        """Returns a file of any kind, good or bad, or "" for none."""
        files = sorted(str(path) for path in (self._folder / "files").iterdir())
        return self._rng.choice(
            ["", *files, str(self._folder / "files" / "missing.keras"), str(self._folder / "new.png")]
        )


_PLATFORM = ("This plugin does not support", "libpng", "QFileSystemWatcher")
"""Qt's messages about the platform and damaged pictures."""


class _Handler(logging.Handler):
    """Notes errors of the program, and requests that the controller had to refuse."""

    def __init__(self, troubles: list[str]) -> None:
        super().__init__()
        self._troubles = troubles

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        if record.levelno >= logging.ERROR:
            reason = "" if record.exc_info is None else "".join(traceback.format_exception(*record.exc_info)[-3:])
            self._troubles.append(f"log: {text} {reason}")
        elif "was asked for while" in text:
            self._troubles.append(f"log: {text}")


def _type(field: QWidget, text: str) -> None:
    """Types `text`, which may contain characters that are on no keyboard."""
    for character in text:
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.sendEvent(field, QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, character))


def _may_be_triggered(action: QAction) -> bool:
    return is_command(action) and action.objectName() not in _NEVER_TRIGGERED


@contextlib.contextmanager
def _small_world(folder: Path) -> Iterator[None]:
    """Gives the program a tiny classifier, a small dataset, quick settings, and files to be opened."""
    files = folder / "files"
    files.mkdir()
    dataset = write_small_dataset(folder / "small.npz", 300)
    first = write_tiny_classifier(folder / "first.keras")
    write_tiny_classifier(files / "other.keras", rng_seed=6)
    (files / "bad.keras").write_bytes(first.read_bytes()[:500])
    rng = np.random.default_rng(0)
    np.savez(files / "images.npz", images=rng.random((3, 28, 28), np.float32))
    np.savez(files / "bad.npz", images=np.array([1, 2, 3]))
    (files / "set.idx").write_bytes(bytes((0, 0, 8, 3, 0, 0, 0, 20, 0, 0, 0, 28, 0, 0, 0, 28)) + rng.bytes(20 * 784))
    Image.fromarray(rng.integers(0, 255, (28, 28), np.uint8)).save(files / "picture.png")
    (files / "bad.png").write_bytes(b"\x89PNG")
    (files / "folder").mkdir()
    (folder / "config").mkdir()
    (folder / "config" / "settings.toml").write_text(tomli_w.dumps(_SETTINGS), encoding="utf-8")

    def make_engine() -> object:
        from fooler_gui.engine.lab import Lab as EngineLab

        return EngineLab(dataset, first)

    with (
        contextlib.chdir(folder),  # where file dialogs start
        patch.dict(os.environ, {"XDG_DATA_HOME": str(folder / "data"), "HOME": str(folder)}),
        patch.object(app_module, "make_engine", make_engine),
        patch.object(app_module, "bundled_classifier", lambda: first),
        patch.object(controller_module, "second_opinion", lambda: first),
    ):
        yield
