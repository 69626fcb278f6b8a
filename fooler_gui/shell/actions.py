"""The commands of the window: what menus, toolbar and keys share. Enabled from the lab's state in one function."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence, QPalette, QUndoStack
from PySide6.QtWidgets import QWidget

from fooler_gui.core.hindrances import why_not_now
from fooler_gui.core.lab_state import LabState
from fooler_gui.widgets.icons import icon
from fooler_gui.widgets.tooltips import paragraphs

_NO_IMAGES = "There are no images yet; press Run first."
_STOPPABLE = (
    LabState.TRAINING,
    LabState.BACKWORKING,
    LabState.PAUSED,
    LabState.RETRAINING,
    LabState.ROUNDS,
    LabState.ROUNDS_PAUSED,
    LabState.EVALUATING,
    LabState.WORKING,
)


class LabActions:
    """The actions of the main window, made once and owned by it.

    Args:
        window: Owner.
        undo_stack: What undo and redo work on.
    """

    def __init__(self, window: QWidget, undo_stack: QUndoStack) -> None:
        self._icons: dict[QAction, str] = {}
        self._tips: dict[QAction, str] = {}

        def make(name: str, text: str, icon_name: str, key: QKeySequence | str | int, tip: str) -> QAction:
            action = QAction(text, window, objectName=f"{name}_action", toolTip=tip, statusTip="")
            action.setShortcut(QKeySequence(key))
            shown = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            self._tips[action] = f"{tip} ({shown})" if shown else tip
            action.setToolTip(self._tips[action])
            if icon_name:
                self._icons[action] = icon_name
            return action

        keys = QKeySequence.StandardKey
        self.run = make(
            "run",
            "Run",
            "run",
            Qt.Key.Key_Space,
            "Start from fresh images and change them until the classifier is sure, or go on after a pause",
        )
        self.pause = make("pause", "Pause", "pause", Qt.Key.Key_Space, "Let the run wait before its next step")
        self.step = make("step", "Step", "step", ".", "Make one step, then wait")
        self.stop = make("stop", "Stop and keep", "stop", Qt.Key.Key_Escape, "End what is going on and keep its result")
        self.runs = make(
            "runs",
            "Runs…",
            "",
            "Ctrl+Shift+O",
            "All runs that recorded themselves: open, repeat, branch, compare, export, delete",
        )
        self.open_preset = make(
            "open_preset", "Open coefficients…", "", "", "Take the coefficients of a TOML file, from anywhere"
        )
        self.save_preset = make(
            "save_preset", "Save coefficients as…", "", "", "Write the coefficients to a TOML file, to keep and share"
        )
        self.export_run = make(
            "export_run",
            "Run on screen as animation, table …",
            "",
            "",
            "Write the whole recorded run: animation, film, drawing with plots, arrays or table",
        )
        self.branch = make(
            "branch",
            "Branch from here",
            "",
            "Ctrl+B",
            "Start a run from the images on screen, with the coefficients and settings as they are now",
        )
        self.rounds = make(
            "rounds",
            "Rounds of retraining…",
            "",
            "Ctrl+R",
            "Backwork, retrain and attack again, round after round, in a window of its own",
        )
        self.evaluation = make(
            "evaluation",
            "Evaluation…",
            "",
            "Ctrl+Shift+R",
            "How sure the classifier is of noise, beside published figures, in a window of its own",
        )
        self.figures = make(
            "figures", "Figures…", "", "Ctrl+F", "Both of the article's figures, live, in a window of its own"
        )
        self.inspector = make(
            "inspector", "Inspector", "", "Ctrl+I", "Look closer at the selected image, while it changes"
        )
        self.export_grid = make(
            "export_grid", "Grid as picture…", "export", "Ctrl+E", "Write the images on screen as a PNG picture"
        )
        self.export_fooling = make(
            "export_fooling",
            "Figure of fooling images…",
            "",
            "",
            "The article's first figure: a row of fooling images for each digit, with their probabilities",
        )
        self.export_worst = make(
            "export_worst",
            "Figure of worst training images…",
            "",
            "",
            "The article's second figure: for each digit the training images the classifier is least sure of",
        )
        self.export_found = make(
            "export_found",
            "Found images as NPZ…",
            "",
            "Ctrl+Shift+E",
            "Write the found images, exactly as they are, as an array file",
        )
        self.copy_grid = make(
            "copy_grid", "Copy grid", "copy", "Ctrl+Shift+C", "Copy the images on screen as a picture"
        )
        self.open_classifier = make("open_classifier", "Open classifier…", "open", keys.Open, "Load a .keras file")
        self.save_classifier = make(
            "save_classifier",
            "Save classifier as…",
            "save",
            keys.SaveAs,
            "Write the classifier in use to a .keras file",
        )
        self.quit = make("quit", "Quit", "", keys.Quit, "Close the window")
        self.reset_layout = make("reset_layout", "Reset layout", "", "", "Put every panel back in its place")
        self.reduce_motion = make(
            "reduce_motion", "Reduce motion", "", "", "Let highlights stand still instead of fading"
        )
        self.reduce_motion.setCheckable(True)
        self.shortcuts = make("shortcuts", "Keyboard shortcuts", "", keys.HelpContents, "Show every key")
        self.diagnostics = make(
            "diagnostics", "Diagnostics…", "", "", "Versions, paths, log and last error, to copy at one click"
        )
        self.about = make("about", "About Fooler", "", "", "What this program is")
        self.undo = undo_stack.createUndoAction(window, "Undo")
        self.redo = undo_stack.createRedoAction(window, "Redo")
        for action, name, key in ((self.undo, "undo", keys.Undo), (self.redo, "redo", keys.Redo)):
            action.setObjectName(f"{name}_action")
            action.setShortcut(QKeySequence(key))
            self._icons[action] = name
        self.set_palette(window.palette())

    def set_palette(self, palette: QPalette) -> None:
        """Draws every icon in the colours of `palette`."""
        for action, name in self._icons.items():
            action.setIcon(icon(name, palette))

    def set_state(self, state: LabState, *, has_images: bool, has_found: bool, all_labels: bool) -> None:
        """Enables what can be done in `state`; the tooltips of the other actions say why they cannot.

        Args:
            state: What the lab is doing.
            has_images: Whether there are images on screen.
            has_found: Whether any of them is over the threshold.
            all_labels: Whether they show every class.
        """
        now, goes_on, paused = why_not_now(state), state is LabState.BACKWORKING, state is LabState.PAUSED
        images = "" if has_images else _NO_IMAGES
        reasons = {
            self.run: "" if paused else "The run goes on already." if goes_on else now,
            self.pause: "" if goes_on else "The run is paused already." if paused else "No run goes on.",
            self.step: "" if goes_on or paused else now,
            self.branch: images or now,
            self.export_run: images,
            self.stop: "" if state in _STOPPABLE else "Nothing goes on that could be stopped.",
            self.export_grid: images,
            self.copy_grid: images,
            self.export_found: images or ("" if has_found else "No image is over the threshold yet."),
            self.export_fooling: images or ("" if all_labels else "It shows every digit: press All, then Run."),
            self.export_worst: now,
            self.open_classifier: why_not_now(state, needs_classifier=False),
            self.save_classifier: now,
        }
        for action, reason in reasons.items():
            action.setEnabled(not reason)
            action.setToolTip(paragraphs(reason, self._tips[action]) if reason else self._tips[action])

    def all(self) -> list[QAction]:
        """Returns every action, in the order of the menus."""
        return [value for value in vars(self).values() if isinstance(value, QAction)]
