"""The window's commands, shared by menus, toolbar and shortcuts. One function enables them from the session's model."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction, QKeySequence, QPalette, QUndoStack
from PySide6.QtWidgets import QWidget

from fooler_gui.core.class_words import FEW_CLASSES
from fooler_gui.core.lab_state import LabState, why_not_now
from fooler_gui.session.model import SessionModel, bind
from fooler_gui.widgets.icons import icon
from fooler_gui.widgets.tooltips import REASON, paragraphs

_NO_IMAGES = "There are no images yet; press Run first."
_NO_PENALTIES = "No layer's coefficient is above zero."
_ALL_OVER = "Every image of the run on screen is over the threshold; there is nowhere to go on to."
_OF_ANOTHER = "The run on screen is of another classifier."
_NO_FIGURE = (
    f"The figure needs every class: press All, then Run. With more than {FEW_CLASSES} classes Figures… in the Run menu "
    "draws it."
)


class _Command(NamedTuple):
    """A command's text, icon and shortcut ("" for none), and what it does."""

    text: str
    icon: str
    key: QKeySequence.StandardKey | Qt.Key | str
    tip: str


_KEYS = QKeySequence.StandardKey
_COMMANDS = {
    "run": _Command(
        "Run",
        "run",
        Qt.Key.Key_Space,
        "Start from new images and change them until the classifier is sure, or resume after a pause",
    ),
    "pause": _Command("Pause", "pause", Qt.Key.Key_Space, "Pause the run before its next step"),
    "new_seed": _Command(
        "Other noise", "reinitialise", "Ctrl+Shift+N", "Run again from other noise: draws another random seed"
    ),
    "step": _Command("Step", "step", ".", "Make one step, then pause"),
    "stop": _Command("Stop and keep", "stop", Qt.Key.Key_Escape, "Stop the work in progress and keep its result"),
    "runs": _Command(
        "Runs…",
        "",
        "Ctrl+Shift+O",
        "All recorded runs: open, repeat, branch, compare, export, delete",
    ),
    "open": _Command("Open…", "", "", "Open any file that can be dropped on the window, for what it is"),
    "open_preset": _Command("Open coefficients…", "", "", "Load coefficients from a TOML file"),
    "save_preset": _Command("Save coefficients as…", "", "", "Write the coefficients to a TOML file"),
    "export_run": _Command(
        "Run on screen as animation, table …",
        "",
        "",
        "Write the whole recorded run, in a dialog that shows it: animation, film, drawing with plots, arrays or table",
    ),
    "branch": _Command(
        "Branch from here",
        "",
        "Ctrl+B",
        "Start a run from the images on screen, with the present coefficients and settings",
    ),
    "go_on": _Command(
        "Go on",
        "forward",
        "Ctrl+G",
        "Go on from where the run on screen ended, with the present coefficients and settings, as a run of its own",
    ),
    "use_no_penalties": _Command(
        "Use no penalties",
        "",
        "",
        "Images change freely: sets the coefficients to the preset no penalties; this can be undone",
    ),
    "show_retraining": _Command(
        "Retrain…", "retrain", "", "Mend the classifier: train it further with the found images, labelled as no class"
    ),
    "rounds": _Command(
        "Rounds of retraining…",
        "",
        "Ctrl+R",
        "Backwork, retrain and attack again, round after round, in a separate window",
    ),
    "guarantee": _Command(
        "Guarantee…",
        "",
        "",
        "Give the classifier a guarantee: far from all training images it then provably is not sure, in a separate "
        "window",
    ),
    "evaluation": _Command(
        "Evaluation…",
        "",
        "Ctrl+Shift+R",
        "Measure the classifier's confidence in noise, beside published figures, in a separate window",
    ),
    "other_nets": _Command(
        "Ask other nets…",
        "",
        "Ctrl+Shift+A",
        "Open other nets and ask them about the images on screen, of any run or of a file, in a separate window",
    ),
    "least_change": _Command(
        "Least change…",
        "",
        "Ctrl+L",
        "Turn images of one class into another with as little change as possible, in a separate window",
    ),
    "sweeps": _Command(
        "Sweeps…",
        "",
        "Ctrl+M",
        "Make many runs with varied settings on all processors, and see what they have in common, in a separate window",
    ),
    "figures": _Command("Figures…", "", "Ctrl+F", "Both of the article's figures, live, in a separate window"),
    "inspector": _Command("Inspector", "", "Ctrl+I", "Inspect the selected image as it changes"),
    "inside": _Command(
        "Layers",
        "",
        "Ctrl+Shift+I",
        "Look inside the net: what each recorded layer makes of the selected image and of its nearest training image",
    ),
    "command_palette": _Command(
        "All commands…", "", "Ctrl+Shift+P", "Find a command by a part of its name, and do it with Enter"
    ),
    "presentation": _Command(
        "Presentation", "", "F11", "Images, what the net says, and probabilities alone, on the full screen; Esc leaves"
    ),
    "zoom_in": _Command("Larger images", "", "Ctrl++", "Enlarge the images on screen; or turn the wheel with Ctrl"),
    "zoom_out": _Command("Smaller images", "", "Ctrl+-", "Make enlarged images smaller again"),
    "zoom_reset": _Command("Images as large as fits", "", "Ctrl+0", "Show all images as large as there is room"),
    "export_grid": _Command(
        "Grid as picture…",
        "export",
        "Ctrl+E",
        "Write the images on screen as a picture, in a dialog that shows it, or their run as an animation or a film",
    ),
    "export_fooling": _Command(
        "Figure of fooling images…",
        "",
        "",
        "The article's first figure: a row of fooling images for each class, with their probabilities",
    ),
    "export_worst": _Command(
        "Figure of worst training images…",
        "",
        "",
        "The article's second figure: for each class, the training images with the lowest confidence",
    ),
    "export_found": _Command(
        "Found images as NPZ…",
        "",
        "Ctrl+Shift+E",
        "Write the found images, unchanged, to an array file",
    ),
    "copy_grid": _Command("Copy grid", "copy", "Ctrl+Shift+C", "Copy the images on screen as a picture"),
    "open_classifier": _Command("Open classifier…", "open", _KEYS.Open, "Load a .keras file"),
    "save_classifier": _Command(
        "Save classifier as…", "save", _KEYS.SaveAs, "Write the classifier in use to a .keras file"
    ),
    "quit": _Command("Quit", "", "Ctrl+Q", "Close the window"),
    "reset_layout": _Command("Reset layout", "", "", "Put every panel back in its place"),
    "reduce_motion": _Command("Reduce motion", "", "", "Show highlights without fading"),
    "tour": _Command("Tour", "", "", "Six steps through the window; each waits until you have done it"),
    "guide": _Command("Guide", "help", _KEYS.HelpContents, "What there is, how it works and what the words mean"),
    "shortcuts": _Command("Keyboard shortcuts", "", "Ctrl+F1", "Show all keyboard shortcuts"),
    "diagnostics": _Command("Diagnostics…", "", "", "Versions, paths, log and last error, to copy with one click"),
    "about": _Command("About Fooler", "", "", "What this program is"),
}


class LabActions(dict[str, QAction]):
    """The actions of the main window by name, in the order of the menus.

    Args:
        window: Owner.
        undo_stack: What undo and redo work on.
    """

    def __init__(self, window: QWidget, undo_stack: QUndoStack) -> None:
        super().__init__()
        self._tips: dict[str, str] = {}
        for name, command in _COMMANDS.items():
            action = QAction(command.text, window)
            action.setObjectName(f"{name}_action")
            action.setShortcut(QKeySequence(command.key))
            shown = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            self._tips[name] = f"{command.tip} ({shown})" if shown else command.tip
            action.setToolTip(self._tips[name])
            self[name] = action
        for name in ("reduce_motion", "presentation"):
            self[name].setCheckable(True)
        self["zoom_in"].setShortcuts(list(map(QKeySequence, ("Ctrl++", "Ctrl+="))))
        self["undo"] = undo_stack.createUndoAction(window, "Undo")
        self["redo"] = undo_stack.createRedoAction(window, "Redo")
        for name, keys in (("undo", ["Ctrl+Z"]), ("redo", ["Ctrl+Shift+Z", "Ctrl+Y"])):
            self[name].setObjectName(f"{name}_action")
            self[name].setShortcuts(list(map(QKeySequence, keys)))
        self.set_palette(window.palette())

    def follow(self, model: SessionModel) -> None:
        """Enables what the state of `model` allows, now and whenever it changes."""
        self._model = model
        bind(
            self._synchronise, model.state_changed, model.run_changed, model.saves_changed, model.cursor_changed,
            model.setup_changed,
        )  # fmt: skip

    def set_palette(self, palette: QPalette) -> None:
        """Draws every icon in the colours of `palette`."""
        icons = {name: command.icon for name, command in _COMMANDS.items() if command.icon}
        for name, icon_name in {**icons, "undo": "undo", "redo": "redo"}.items():
            self[name].setIcon(icon(icon_name, palette))

    @Slot()
    def _synchronise(self) -> None:
        for name, reason in self._reasons().items():
            action = self[name]
            action.setEnabled(not reason)
            action.setProperty(REASON, reason)
            action.setToolTip(paragraphs(reason, self._tips[name]) if reason else self._tips[name])

    def _reasons(self) -> dict[str, str]:
        """Returns, by action, why it is not available; "" if it is."""
        state, run, save = self._model.state, self._model.run, self._model.shown
        now, goes_on, paused = why_not_now(state), state is LabState.BACKWORKING, state is LabState.PAUSED
        images = _NO_IMAGES if save is None else ""
        found = save is not None and bool(save.done.any())
        is_figure = run is not None and run.shows_figure
        return {
            "run": "" if paused else "The run is already running." if goes_on else now,
            "pause": "" if goes_on else "The run is already paused." if paused else "No run is running.",
            "step": "" if goes_on or paused else now,
            "new_seed": now,
            "branch": images or now,
            "go_on": images or now or _why_not_on(self._model),
            "use_no_penalties": "" if self._model.setup.coefficients.has_penalties else _NO_PENALTIES,
            "export_run": images,
            "stop": "" if state.stoppable else "There is nothing to stop.",
            "export_grid": images,
            "copy_grid": images,
            "export_found": images or ("" if found else "No image is over the threshold yet."),
            "export_fooling": images or ("" if is_figure else _NO_FIGURE),
            "export_worst": now,
            "open_classifier": why_not_now(state, needs_classifier=False),
            "save_classifier": now,
        }


def _why_not_on(model: SessionModel) -> str:
    """Returns why the run on screen cannot go on; "" if it can."""
    if model.run_is_of_another:
        return _OF_ANOTHER
    newest = model.newest
    return _ALL_OVER if newest is not None and newest.done.all() else ""
