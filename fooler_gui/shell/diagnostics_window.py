"""Collects the contents of the diagnostics dialog."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from pathlib import Path

import PySide6.QtCore
from PySide6.QtGui import QGuiApplication

from fooler_gui.core.array_store import ArrayStore
from fooler_gui.core.formats import format_bytes
from fooler_gui.core.versions import versions
from fooler_gui.resources import references_path, resource, runs_folder
from fooler_gui.shell.diagnostics import DiagnosticsDialog, diagnostics_text
from fooler_gui.shell.main_window import MainWindow


def show_diagnostics(window: MainWindow, folder: Path, machine: Mapping[str, str]) -> DiagnosticsDialog:
    """Opens the diagnostics dialog and returns it.

    Args:
        window: The window whose log and last error are shown.
        folder: The folder of settings and log.
        machine: What the engine computes on; empty until it is loaded.
    """
    kept = ArrayStore(references_path())
    facts = {
        "Versions": versions() | {"pyside6": PySide6.__version__, "qt": PySide6.QtCore.qVersion()},
        "Machine": {
            "system": platform.platform(),
            "processor": platform.machine(),
            "screen": QGuiApplication.platformName(),
        },
        "Engine": machine or {"loaded": "not yet"},
        "Paths": {
            "settings": str(folder / "settings.toml"),
            "log": str(folder / "fooler.log"),
            "runs": str(runs_folder()),
            "program": str(resource("mnist.npz").parent),
            "references": f"{references_path()} ({format_bytes(kept.bytes_kept())})",
        },
    }
    text = diagnostics_text(facts, window.error_bar.last_error(), window.log.text())
    dialog = DiagnosticsDialog(text, kept, window)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog
