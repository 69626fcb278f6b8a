"""Every button of every dialog is pressed with Alt and a letter of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from fake_engine import info
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QPushButton
from pytestqt.qtbot import QtBot
from run_samples import make_summary

from fooler_gui.core.array_store import ArrayStore
from fooler_gui.core.classifier_info import LayerFacts, RecordedFacts
from fooler_gui.core.messages import LayersDescribed
from fooler_gui.core.run_summary import UNFINISHED
from fooler_gui.features.run.starts.drawing_dialog import DrawingDialog
from fooler_gui.features.run.starts.gallery_dialog import GalleryDialog
from fooler_gui.features.runs.recovery_dialog import RECOVER, SKIP, RecoveryDialog
from fooler_gui.features.training.recorded_layers_dialog import RecordedLayersDialog
from fooler_gui.shell.diagnostics import DiagnosticsDialog
from fooler_gui.shell.shortcuts import ShortcutsDialog
from fooler_gui.widgets.mnemonics import plain


def recorded_layers() -> QDialog:
    layers = (LayerFacts("inputs", "InputLayer", (4, 4, 1), 0), LayerFacts("fc", "Dense", (5,), 65))
    recorded = (RecordedFacts("inputs", 16, 64, 16_000), RecordedFacts("fc", 5, 20, 10_000))
    return RecordedLayersDialog(info("net"), LayersDescribed(layers=layers, recorded=recorded, proposed=("inputs",)))


def gallery() -> QDialog:
    return GalleryDialog(None, ("a", "b"), np.zeros((2, 8, 8, 1), np.uint8), ("b",))


def drawing() -> QDialog:
    return DrawingDialog(None, (8, 8, 3), dark=True, class_names=("a", "b"), label=0)


def recovery(*folders: str) -> RecoveryDialog:
    return RecoveryDialog([make_summary(folder, state=UNFINISHED, stopped_by=()) for folder in folders or ("/runs/a",)])


def diagnostics() -> QDialog:
    return DiagnosticsDialog("all well", ArrayStore(Path("nowhere")))


def shortcuts() -> QDialog:
    return ShortcutsDialog(())


def letters(dialog: QDialog) -> dict[str, str]:
    """Returns the mnemonic of each visible button, by its words; "" where it has none."""
    return {
        f"{button.objectName()} {plain(button.text())}": button.shortcut().toString()
        for button in dialog.findChildren(QPushButton)
        if button.isVisible()
    }


@pytest.mark.parametrize("make", [recorded_layers, gallery, drawing, recovery, diagnostics, shortcuts])
def test_every_button_has_a_letter_of_its_own(make: Callable[[], QDialog], qtbot: QtBot) -> None:
    dialog = make()
    qtbot.addWidget(dialog)
    dialog.show()
    found = letters(dialog)
    assert found
    assert all(letter.startswith("Alt+") for letter in found.values()), found
    assert len(set(found.values())) == len(found)


def test_of_several_interrupted_runs_the_letters_press_the_buttons_of_the_first_undecided(qtbot: QtBot) -> None:
    dialog, made = recovery("/runs/a", "/runs/b", "/runs/c"), []
    qtbot.addWidget(dialog)
    with qtbot.waitActive(dialog):
        dialog.show()
    dialog.choice_requested.connect(lambda folder, choice: made.append((folder, choice)))
    for count, key in enumerate((Qt.Key.Key_S, Qt.Key.Key_R, Qt.Key.Key_S), start=1):
        qtbot.keyClick(dialog, key, Qt.KeyboardModifier.AltModifier)
        qtbot.waitUntil(lambda count=count: len(made) == count)  # the button is shown pressed for a moment
    assert made == [("/runs/a", SKIP), ("/runs/b", RECOVER), ("/runs/c", SKIP)]
