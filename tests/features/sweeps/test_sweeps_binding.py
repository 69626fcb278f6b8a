from __future__ import annotations

import dataclasses
import shutil
import sqlite3
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from fake_engine import DATASET, info
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton, QTabWidget
from pytestqt.qtbot import QtBot
from run_samples import make_run
from sweep_samples import done_sweep

from fooler_gui.core.lab_state import LabState
from fooler_gui.core.rounds_spec import RoundsSettings
from fooler_gui.core.settings import TrainingSettings, article_coefficients
from fooler_gui.core.topology import Topology
from fooler_gui.features.sweeps import sweep_watch
from fooler_gui.features.sweeps.heat_map import HeatMap
from fooler_gui.features.sweeps.sweep_process import SweepProcess
from fooler_gui.features.sweeps.sweeps import SweepsPage
from fooler_gui.features.sweeps.sweeps_feature import SweepsBinding, SweepSurroundings, make_page
from fooler_gui.session.model import SessionModel
from fooler_gui.session.user_settings import UserSettings
from fooler_gui.sweeps.results import Results
from fooler_gui.sweeps.sweep_folder import SweepFolder
from fooler_gui.sweeps.sweep_spec import Share, read_sweep
from fooler_gui.widgets.pixel_picture import PixelPicture

LIMIT = 30_000
TEXT = 'job = "backwork"\nlabels = [1]\n[vary]\nbatch_cost_coeff = [0.0, 0.5]\nrng_seed = [0, 1, 2]\n'
WORKS = """
import sys
from pathlib import Path
from fooler_gui.sweeps.sweep_folder import SweepFolder
from fooler_gui.sweeps.sweep_spec import Share
file, _, out = sys.argv[1:4]
with SweepFolder(Path(out), Path(file)) as folder:
    while (place := folder.results.claim(Share())) is not None:
        folder.results.finish(place, seconds=0.1, worker="process 1", run="", figures={"steps": 10.0 + place})
        if "--dry-run" in sys.argv:
            print("20 cells, of which 1 done.")
            break
"""
REFUSES = "import sys; print('--objective must be another.', file=sys.stderr); sys.exit(2)"


@dataclasses.dataclass
class Shown:
    """A page with what it is bound to, and what it asked for."""

    page: SweepsPage
    model: SessionModel
    binding: SweepsBinding
    opened: list[str]
    repeated: list[str]

    def text(self, name: str) -> str:
        return self.page.findChild(QLabel, name).text().replace("\u200b", "")

    def press(self, name: str) -> None:
        self.page.findChild(QPushButton, name).click()


@pytest.fixture
def code() -> str:
    return WORKS


@pytest.fixture
def shown(qtbot: QtBot, tmp_path: Path, code: str) -> Iterator[Shown]:
    model, opened, repeated = SessionModel(), [], []
    classifier = info("net")
    model.set_classifier(classifier, None)
    model.set_dataset(dataclasses.replace(DATASET, path="tiny.npz"), model.examples)
    model.change_setup(coefficients=article_coefficients(classifier.recorded_layers))
    model.set_state(LabState.READY)
    page = make_page(None, UserSettings(tmp_path / "settings.toml"))
    qtbot.addWidget(page)
    surroundings = SweepSurroundings(
        open_run=opened.append,
        repeat_run=repeated.append,
        training=lambda: (Topology(), TrainingSettings()),
        rounds=RoundsSettings,
        new_folder=lambda: tmp_path / "new",
    )
    binding = SweepsBinding(page, model, surroundings, SweepProcess(page, (sys.executable, "-c", code)))
    page.show()
    yield Shown(page, model, binding, opened, repeated)
    binding.close()


def sweep(folder: Path, most: int | None = None) -> Path:
    def found(options: Mapping[str, Any]) -> dict[str, float]:
        return {"steps": 10.0 + options["rng_seed"]}

    return done_sweep(folder, TEXT, found, most)


def test_a_sweep_is_worked_through_by_another_process_and_shown(qtbot: QtBot, shown: Shown, tmp_path: Path) -> None:
    shown.binding.vary("backwork", "batch_cost_coeff")
    shown.press("start_sweep")
    assert shown.binding.is_going
    shown.binding.open(str(tmp_path))
    assert shown.text("sweep_told") == "A sweep is in progress; stop it first."
    qtbot.waitUntil(lambda: not shown.binding.is_going, timeout=LIMIT)
    qtbot.waitUntil(lambda: shown.text("sweep_progress_text") == "20 of 20 cells done", timeout=LIMIT)
    spec = read_sweep(tmp_path / "new" / "sweep.toml")
    assert spec.vary == {"rng_seed": (0, 1, 2, 3, 4), "batch_cost_coeff": (0, 0.25, 0.5, 1)}
    assert shown.page.sweep().folder == tmp_path / "new"
    assert shown.text("sweep_words") == "new: backwork"
    assert not shown.page.findChild(QPushButton, "start_sweep").isEnabled()


def test_an_estimate_does_one_cell_and_tells_the_rest(qtbot: QtBot, shown: Shown) -> None:
    shown.press("estimate_sweep")
    qtbot.waitUntil(lambda: not shown.binding.is_going, timeout=LIMIT)
    assert shown.text("sweep_told") == "20 cells, of which 1 done."
    qtbot.waitUntil(lambda: shown.text("sweep_progress_text") == "1 of 5 cells done", timeout=LIMIT)
    assert shown.page.findChild(QPushButton, "start_sweep").text() == "Continue"


@pytest.mark.parametrize("code", [REFUSES])
def test_why_it_cannot_be_done_is_told(qtbot: QtBot, shown: Shown) -> None:
    shown.press("start_sweep")
    qtbot.waitUntil(lambda: not shown.binding.is_going, timeout=LIMIT)
    assert shown.text("sweep_told") == "--objective must be another."


def test_a_folder_that_holds_something_else_is_refused(shown: Shown, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "letter.txt").touch()
    shown.press("start_sweep")
    assert not shown.binding.is_going
    assert "it holds something else" in shown.text("sweep_told")


@pytest.mark.parametrize("name", ["", "sweep.toml", "results.sqlite"])
def test_a_sweep_is_opened_from_its_folder_or_a_file_in_it(
    qtbot: QtBot, shown: Shown, tmp_path: Path, name: str
) -> None:
    folder = sweep(tmp_path / "done")
    shown.binding.open(str(folder / name))
    qtbot.waitUntil(lambda: shown.page.sweep() is not None, timeout=LIMIT)
    assert shown.page.sweep().folder == folder
    assert shown.text("sweep_count") == "2 × 3 = 6 cells"
    qtbot.waitUntil(lambda: shown.text("sweep_progress_text") == "6 of 6 cells done", timeout=LIMIT)


def test_a_file_alone_is_a_plan(qtbot: QtBot, shown: Shown, tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    path.write_text(TEXT)
    shown.binding.open(str(path))
    qtbot.waitUntil(lambda: shown.text("sweep_count") == "2 × 3 = 6 cells", timeout=LIMIT)
    assert shown.page.sweep() is None
    path.write_text("job = 3")
    shown.binding.open(str(path))
    qtbot.waitUntil(lambda: "must say its job" in shown.text("sweep_told"), timeout=LIMIT)


def test_a_sweep_of_another_process_is_watched(
    qtbot: QtBot, shown: Shown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep_watch, "_IDLE_SECONDS", 0.1)
    folder = sweep(tmp_path / "begun", most=1)
    with SweepFolder(folder, folder / "sweep.toml"):
        shown.binding.open(str(folder))
        qtbot.waitUntil(lambda: "Another process works on it." in shown.text("sweep_progress_text"), timeout=LIMIT)
        results = Results(folder / "results.sqlite", "other")
        place = results.claim(Share())
        results.finish(place, seconds=1.0, worker="process 9", run="", figures={"steps": 3.0})
        results.close()
        qtbot.waitUntil(lambda: shown.text("sweep_progress_text").startswith("2 of 6 cells done"), timeout=LIMIT)
    qtbot.waitUntil(lambda: "Another process" not in shown.text("sweep_progress_text"), timeout=LIMIT)
    with SweepFolder(folder, folder / "sweep.toml"):
        qtbot.waitUntil(lambda: "Another process" in shown.text("sweep_progress_text"), timeout=LIMIT)


def test_a_folder_that_is_gone_is_told_and_what_was_read_stays(qtbot: QtBot, shown: Shown, tmp_path: Path) -> None:
    folder = sweep(tmp_path / "begun", most=1)
    shown.binding.open(str(folder))
    qtbot.waitUntil(lambda: shown.page.sweep() is not None, timeout=LIMIT)
    shutil.rmtree(folder)
    shown.binding._watch.look()
    assert shown.text("sweep_told") == f"{folder} no longer holds the sweep that is shown."
    assert len(shown.page.sweep().cells) == 6
    shown.page._results.cells_chosen.emit((0,))
    assert not shown.page.findChild(QPushButton, "open_cell_run").isEnabled()


def test_views_are_computed_when_they_are_looked_at(qtbot: QtBot, shown: Shown, tmp_path: Path) -> None:
    shown.binding.open(str(sweep(tmp_path / "done")))
    qtbot.waitUntil(lambda: shown.page.sweep() is not None, timeout=LIMIT)
    heat = shown.page.findChild(HeatMap)
    assert heat.accessibleName() == ""
    shown.page.findChild(QTabWidget, "sweep_results").setCurrentIndex(2)
    qtbot.waitUntil(lambda: heat.accessibleName() == "Steps over batch coefficient and random seed", timeout=LIMIT)


def test_the_images_of_a_cell_are_shown_and_its_run_is_opened_and_repeated(
    qtbot: QtBot, shown: Shown, tmp_path: Path
) -> None:
    folder = sweep(tmp_path / "done")
    run = make_run(folder / "runs" / "first", stopped_by="")
    with sqlite3.connect(folder / "results.sqlite") as connection:
        connection.execute("UPDATE cells SET run = 'runs/first' WHERE place = 0")
    connection.close()
    shown.binding.open(str(folder))
    qtbot.waitUntil(lambda: shown.page.sweep() is not None, timeout=LIMIT)
    shown.page._results.cells_chosen.emit((0, 1))
    picture = shown.page.findChild(PixelPicture)
    qtbot.waitUntil(lambda: not picture.image().isNull(), timeout=LIMIT)
    shown.press("open_cell_run")
    shown.press("repeat_cell_run")
    assert (shown.opened, shown.repeated) == ([str(run)], [str(run)])


def test_a_sweep_is_saved_as_a_file(
    qtbot: QtBot, shown: Shown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "saved.toml"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(path), ""))
    shown.press("save_sweep")
    assert read_sweep(path).vary == {"rng_seed": (0, 1, 2, 3, 4)}
    assert shown.model.status == f"Wrote {path}."


@pytest.mark.parametrize("ending", [".html", ".csv", ".json"])
def test_a_sweep_is_exported(
    qtbot: QtBot, shown: Shown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    path = tmp_path / f"out{ending}"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(path), ""))
    shown.binding.open(str(sweep(tmp_path / "done")))
    qtbot.waitUntil(lambda: shown.page.sweep() is not None, timeout=LIMIT)
    shown.page.export_requested.emit(ending)
    qtbot.waitUntil(lambda: shown.text("sweep_told") == f"Wrote {path}.", timeout=LIMIT)
    assert path.stat().st_size > 100


def test_what_no_option_stands_for_cannot_be_varied(shown: Shown) -> None:
    shown.binding.vary("backwork", "per_unit_minimum")
    assert shown.text("sweep_told") == "This setting cannot be varied now."
