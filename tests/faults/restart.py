"""Restarts the program after something was killed, and checks whether it asks what to do with it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from program_window import comes_true, program_window
from PySide6.QtWidgets import QLabel, QWidget
from reachable import open_windows

from fooler_gui.core.formats import format_moment
from fooler_gui.records.record import SETTINGS_FILE
from fooler_gui.records.run_folder import read_record
from fooler_gui.records.training_record import training_folder


def what_is_not_asked_of_run(home: Path, folder: Path) -> list[str]:
    """Returns what is missing in the question about the run in `folder`, which was killed after a save."""
    return _what_is_not_asked(home, "recovery_dialog", (folder.name, format_moment(read_record(folder).begun)))


def what_is_not_asked_of_training(home: Path, classifier: Path) -> list[str]:
    """Returns what is missing in the question about the interrupted training of the file `classifier`."""
    begun = str(_about(classifier)["begun"])
    return _what_is_not_asked(home, "work_recovery", (str(classifier), format_moment(begun)))


def has_checkpoint(classifier: Path) -> bool:
    """Returns whether an unfinished training of the file `classifier` with a checkpoint is recorded."""
    about = _about(classifier)
    return bool(about) and about["checkpoint"] > 0 and not about["ended"]


def _about(classifier: Path) -> dict[str, Any]:
    path = training_folder(classifier) / SETTINGS_FILE
    return tomllib.loads(path.read_text(encoding="utf-8"))["about"] if path.exists() else {}


def _what_is_not_asked(home: Path, dialog_name: str, words: tuple[str, ...]) -> list[str]:
    def asks() -> bool:
        return any(
            dialog.objectName() == dialog_name and all(word in _text(dialog) for word in words)
            for dialog in open_windows()
        )

    with program_window(home):
        is_asked = comes_true(asks)
    return [] if is_asked else [f"the next start does not ask about {', '.join(words)}"]


def _text(dialog: QWidget) -> str:
    return "\n".join(label.text() for label in dialog.findChildren(QLabel))
