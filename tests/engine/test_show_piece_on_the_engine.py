"""A show-piece in the real window, on the real engine with a tiny net."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_engine import LIMIT
from lab_jobs import make_lab
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from fooler_gui import app as app_module
from fooler_gui.app import Lab
from fooler_gui.core.lab_state import LabState
from fooler_gui.features.run.pace_editor import FASTEST_PACE


@pytest.fixture
def window(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dataset_path: Path, path: str
) -> Iterator[Lab]:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setattr(app_module, "make_engine", lambda: make_lab(dataset_path))
    monkeypatch.setattr(app_module, "bundled_classifier", lambda: Path(path))
    lab = Lab(qapp, tmp_path / "config")
    lab.window.show()
    lab.start_engine()
    qtbot.waitUntil(lambda: lab.model.state is LabState.READY, timeout=LIMIT)
    lab.window.run_bar.set_pace(FASTEST_PACE)
    yield lab
    lab.window.close_requested.emit()
    assert lab.controller.close(LIMIT)


def test_penalties_off_and_on_end_side_by_side_with_the_settings_that_differ(window: Lab, qtbot: QtBot) -> None:
    own = window.model.present_setup()
    action = window.window.findChild(QAction, "show_penalties_action")
    assert action is not None
    action.trigger()
    qtbot.waitUntil(lambda: not window.show_pieces.is_going, timeout=10 * LIMIT)
    assert window.model.problem == ("", "")
    caption = window.window.findChild(QLabel, "caption_text")
    assert caption is not None
    assert caption.text().startswith("Left without penalties, sure of ")
    page = window.pages["comparison"]
    left, right = (page.findChild(QLabel, f"{side}_settings") for side in ("left", "right"))
    qtbot.waitUntil(lambda: "inputs" in left.accessibleName() + right.accessibleName(), timeout=LIMIT)
    assert "inputs 0 (differs)" in left.accessibleName()
    assert "inputs 0 (differs)" not in right.accessibleName()
    assert window.model.setup == own
