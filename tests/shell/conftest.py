"""Opens a window on an engine without TensorFlow."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from open_window import OpenWindow
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fooler_gui import app as app_module


@pytest.fixture
def opened(qtbot: QtBot, qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenWindow]:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    made: list[OpenWindow] = []
    monkeypatch.setattr(app_module, "make_engine", lambda: made[0].make_engine())
    made.append(OpenWindow(qtbot, qapp, tmp_path / "config"))
    yield made[0]
    assert made[0].close()
