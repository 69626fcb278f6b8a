from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from run_samples import make_run

from fooler_gui.core.lab_state import LabState
from fooler_gui.features.runs import run_opening
from fooler_gui.features.runs.run_opening import RunOpening
from fooler_gui.session.model import SessionModel
from fooler_gui.session.run_view import RunView


class Opening:
    """An opening whose controller notes what it is given."""

    def __init__(self, qtbot: QtBot) -> None:
        self.parent = QWidget()
        qtbot.addWidget(self.parent)
        self.model = SessionModel(self.parent)
        self.model.set_state(LabState.READY)
        self.shown: list[RunView] = []
        self.fronts = 0
        controller = SimpleNamespace(show_run=self.shown.append)
        self.opening = RunOpening(self.parent, self.model, controller, self._bring_to_front)

    def _bring_to_front(self) -> None:
        self.fronts += 1


@pytest.fixture
def bench(qtbot: QtBot) -> Opening:
    return Opening(qtbot)


def test_a_recorded_run_is_shown_and_the_window_comes_to_the_front(
    bench: Opening, qtbot: QtBot, tmp_path: Path
) -> None:
    folder = make_run(tmp_path / "run")
    bench.opening.open(str(folder))
    qtbot.waitUntil(lambda: bench.fronts == 1)
    assert [run.folder for run in bench.shown] == [str(folder)]
    assert bench.model.status == f"Opened {folder}: 3 saves."
    bench.opening.close()


def test_a_run_that_was_read_while_other_work_began_is_closed_and_refused(
    bench: Opening, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = []
    monkeypatch.setattr(RunView, "close", lambda run: closed.append(run.folder))

    def read(folder: Path) -> tuple[RunView, object]:
        opened = run_opening_open_run(folder)
        bench.model.state = LabState.TRAINING
        return opened

    run_opening_open_run = run_opening.open_run
    monkeypatch.setattr(run_opening, "open_run", read)
    bench.opening.open(str(make_run(tmp_path / "run")))
    qtbot.waitUntil(lambda: bench.fronts == 1)
    bench.opening.close()
    assert not bench.shown
    assert closed == [str(tmp_path / "run")]
    assert "training" in bench.model.problem[0]
