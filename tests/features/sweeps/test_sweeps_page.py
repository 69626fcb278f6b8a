from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from dropping import drop
from fake_engine import DATASET, info
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QSpinBox,
    QTabWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot
from sweep_samples import done_sweep

from fooler_gui.core.lab_state import LabState
from fooler_gui.core.processors import processors
from fooler_gui.core.rounds_spec import RoundsSettings
from fooler_gui.core.run_setup import RunSetup
from fooler_gui.core.settings import TrainingSettings, article_coefficients
from fooler_gui.core.topology import Topology
from fooler_gui.features.sweeps.cells_table import CellsTable
from fooler_gui.features.sweeps.questions import answer
from fooler_gui.features.sweeps.settings_table import SettingsTable
from fooler_gui.features.sweeps.sweep_process import SweepOptions
from fooler_gui.features.sweeps.sweeps import SweepsPage
from fooler_gui.sweeps.job_setup import JobSetup, backwork_setup, rounds_setup, train_setup
from fooler_gui.sweeps.sweep_spec import SweepSpec, read_sweep
from fooler_gui.sweeps.sweep_state import SweepState, read_state

CLASSIFIER = info("net")
DATA = dataclasses.replace(DATASET, path="tiny.npz")
TEXT = 'job = "backwork"\nlabels = [1]\n[vary]\nbatch_cost_coeff = [0.0, 0.5]\nrng_seed = [0, 1, 2]\n'


def setups(**changes: Any) -> Mapping[str, JobSetup]:
    setup = RunSetup(coefficients=article_coefficients(CLASSIFIER.recorded_layers))
    return {
        "backwork": backwork_setup(dataclasses.replace(setup, **changes), CLASSIFIER, DATA),
        "train": train_setup(Topology(), TrainingSettings(), DATA),
        "rounds": rounds_setup(RoundsSettings(), CLASSIFIER, DATA),
    }


@pytest.fixture
def page(qtbot: QtBot) -> SweepsPage:
    page = SweepsPage({"html": "Report…"})
    qtbot.addWidget(page)
    page.resize(1280, 800)
    page.set_state(LabState.READY)
    page.set_setups(setups())
    page.show()
    return page


@pytest.fixture
def sweep(tmp_path: Path) -> SweepState:
    def found(options: Mapping[str, Any]) -> dict[str, float] | str:
        if options["batch_cost_coeff"] and options["rng_seed"] == 2:
            return "The cost is not a number."
        return {"images": 4.0, "fooling": 4.0 - options["rng_seed"], "steps": 10.0 + options["rng_seed"]}

    return read_state(done_sweep(tmp_path / "sweep", TEXT, found))


def button(page: QWidget, name: str) -> QPushButton:
    found = page.findChild(QPushButton, name)
    assert found is not None
    return found


def text(page: QWidget, name: str) -> str:
    return page.findChild(QLabel, name).text().replace("\u200b", "")


def values(page: QWidget, option: str) -> QLineEdit:
    return page.findChild(QLineEdit, f"vary_{option}")


def started(qtbot: QtBot, page: SweepsPage) -> tuple[SweepSpec, str, SweepOptions]:
    with qtbot.waitSignal(page.start_requested) as asked:
        button(page, "start_sweep").click()
    return tuple(asked.args)


def test_what_is_on_screen_is_swept_over_five_seeds(qtbot: QtBot, page: SweepsPage) -> None:
    assert text(page, "sweep_count") == "5 cells"
    spec, folder, options = started(qtbot, page)
    assert (spec.job, spec.vary, folder) == ("backwork", {"rng_seed": (0, 1, 2, 3, 4)}, "")
    assert spec.fixed["labels"] == [0]
    assert "rng_seed" not in spec.fixed
    assert options == SweepOptions(workers=max(1, processors() - 1))


def test_a_setting_is_varied_with_values_to_overwrite(qtbot: QtBot, page: SweepsPage) -> None:
    assert page.vary("backwork", "batch_cost_coeff")
    line = values(page, "batch_cost_coeff")
    assert line.text() == "0, 0.25, 0.5, 1"
    assert line.selectedText() == line.text()
    assert text(page, "sweep_count") == "5 × 4 = 20 cells"
    line.setText("0, 0.5")
    values(page, "rng_seed").setText("0 to 9")
    assert text(page, "sweep_count") == "10 × 2 = 20 cells"
    spec, *_ = started(qtbot, page)
    assert spec.vary == {"rng_seed": tuple(range(10)), "batch_cost_coeff": (0, 0.5)}
    assert "batch_cost_coeff" not in spec.fixed
    assert page.vary("backwork", "batch_cost_coeff")
    assert line.text() == "0, 0.5"


def test_settings_are_added_from_a_list_and_removed(qtbot: QtBot, page: SweepsPage) -> None:
    choice = page.findChild(QComboBox, "vary_another")
    assert choice.findData("rng_seed") < 0
    choice.activated.emit(choice.findData("objective"))
    assert values(page, "objective").text().startswith("probability, ")
    page.findChild(QWidget, "fix_objective").click()
    page.findChild(QWidget, "fix_rng_seed").click()
    assert text(page, "sweep_count") == "Vary a setting, or several seeds."
    assert not button(page, "start_sweep").isEnabled()


@pytest.mark.parametrize(
    ("option", "written", "sentence"),
    [
        ("rng_seed", "", "Random seed: Values must be listed"),
        ("slots", "0", "Slots per label must be a whole number from 1 to 1024; received 0."),
        ("optimiser", "adam, luck", "Steps by must be one of adam"),
        ("rng_seed", "0 to 9999999", "at most 1,000,000 cells"),
    ],
)
def test_values_that_cannot_be_are_told_and_hold_the_start_back(
    page: SweepsPage, option: str, written: str, sentence: str
) -> None:
    page.vary("backwork", option)
    values(page, option).setText(written)
    assert sentence in text(page, "sweep_count")
    for name in ("start_sweep", "estimate_sweep", "save_sweep"):
        assert not button(page, name).isEnabled()
    assert sentence in button(page, "start_sweep").toolTip()


def test_another_job_keeps_what_it_knows_of_what_was_varied(qtbot: QtBot, page: SweepsPage) -> None:
    page.vary("backwork", "objective")
    assert page.vary("train", "learning_rate")
    spec, *_ = started(qtbot, page)
    assert (spec.job, tuple(spec.vary)) == ("train", ("rng_seed", "learning_rate"))
    assert spec.vary["learning_rate"] == (5e-5, 1e-4, 2e-4)
    assert not page.vary("train", "objective")
    assert not page.vary("score", "objective")


def test_what_all_cells_share_follows_the_window_until_a_file_is_opened(page: SweepsPage) -> None:
    assert "Slots: 8" in text(page, "sweep_fixed")
    page.set_setups(setups(slots=2))
    assert "Slots: 2" in text(page, "sweep_fixed")
    page.open_plan(read_like(TEXT + "[draw]\ncount = 3\nlearning_rate = {low = 1e-3, high = 0.1}\n"))
    assert text(page, "sweep_fixed") == "Labels: 1"
    assert text(page, "sweep_drawn") == "Learning rate: 3 numbers from 1e-3 to 0.1"
    assert text(page, "sweep_count") == "2 × 3 × 3 = 18 cells"
    page.set_setups(setups(slots=4))
    assert text(page, "sweep_fixed") == "Labels: 1"
    page.findChild(QWidget, "sweep_from_screen").click()
    assert "Slots: 4" in text(page, "sweep_fixed")


def read_like(written: str) -> SweepSpec:
    import tomllib

    return SweepSpec.from_dict(tomllib.loads(written))


def test_a_file_of_another_job_is_shown_and_started(qtbot: QtBot, page: SweepsPage) -> None:
    spec = read_like('job = "retrain"\nsteps = 5\nruns = ["a"]\n[vary]\nrng_seed = [3, 1]\n')
    page.open_plan(spec)
    assert page.findChild(QComboBox, "sweep_job").currentText() == "Retrain"
    assert values(page, "rng_seed").text() == "3, 1"
    assert started(qtbot, page)[0] == spec
    page.findChild(QComboBox, "sweep_job").activated.emit(0)


@pytest.mark.parametrize(
    "written",
    [
        'job = "train"\n[vary]\nconv = [["5x5x16"], ["5x5x16", "5x5x32"]]\n',
        'job = "retrain"\n[vary]\nnote = ["1", "true", "a  b"]\nlearning_rate = [0.1234567890123456789]\n',
        f'job = "backwork"\n[vary]\nrng_seed = [{", ".join(str(n * n) for n in range(5_000))}]\n',
    ],
)
def test_values_of_a_file_that_nobody_edits_stay_exactly_as_they_are(page: SweepsPage, written: str) -> None:
    spec = read_like(written)
    page.open_plan(spec)
    assert page.setup().spec() == spec


def test_values_too_many_to_be_edited_are_counted(page: SweepsPage) -> None:
    seeds = ", ".join(str(n * n) for n in range(5_000))
    page.open_plan(read_like(f'job = "backwork"\n[vary]\nrng_seed = [{seeds}]\n'))
    assert (values(page, "rng_seed").text(), values(page, "rng_seed").isReadOnly()) == ("5,000 values", True)
    assert text(page, "sweep_count") == "5,000 cells"


def test_long_names_and_texts_of_a_file_do_not_widen_the_page(qtbot: QtBot, page: SweepsPage) -> None:
    width = page.minimumSizeHint().width()
    page.open_plan(read_like(f'job = "retrain"\nnote = "{"x" * 900}"\n[vary]\n{"n" * 200} = ["{"y" * 900}", 2]\n'))
    page.tell("x" * 900)
    QApplication.processEvents()
    assert page.minimumSizeHint().width() == width


def test_sweeps_that_ship_are_opened_from_the_menu(qtbot: QtBot, page: SweepsPage) -> None:
    actions = {action.text(): action for action in button(page, "open_sweep").menu().actions() if action.text()}
    assert list(actions) == ["A file…", "Hope of the article", "Nets", "What the penalties do"]
    with qtbot.waitSignal(page.open_requested) as asked:
        actions["Nets"].trigger()
    assert Path(asked.args[0]).name == "nets.toml"
    assert read_sweep(Path(asked.args[0])).job == "train"


def test_it_says_what_is_left_of_the_processors(page: SweepsPage) -> None:
    workers = page.findChild(QSpinBox, "sweep_workers")
    workers.setValue(processors())
    assert "what you run in this window meanwhile takes longer" in text(page, "sweep_busy")
    assert page.settings() == {"workers": processors(), "cluster": ""}
    page.set_settings({"workers": 7})
    assert workers.value() == 7
    page.set_settings({"workers": "many", "cluster": 5})
    assert workers.value() == 7
    assert page.findChild(QLineEdit, "sweep_cluster").text() == ""


def test_a_cluster_does_the_cells_in_place_of_this_computer(qtbot: QtBot, page: SweepsPage) -> None:
    workers, cluster = page.findChild(QSpinBox, "sweep_workers"), page.findChild(QLineEdit, "sweep_cluster")
    qtbot.keyClicks(cluster, " tcp://far:8786 ")
    assert text(page, "sweep_busy") == "Connects to tcp://far:8786 and sends the files that the cells need."
    assert not workers.isEnabled()
    assert started(qtbot, page)[2] == SweepOptions(workers=workers.value(), cluster="tcp://far:8786")
    kept = page.settings()
    cluster.clear()
    assert workers.isEnabled()
    page.set_settings(kept)
    assert cluster.text() == "tcp://far:8786"
    page.set_going(True)
    assert not cluster.isEnabled()
    page.set_going(False)
    assert (cluster.isEnabled(), workers.isEnabled()) == (True, False)


def test_which_runs_are_kept_is_chosen(qtbot: QtBot, page: SweepsPage) -> None:
    keep, at_most = page.findChild(QComboBox, "sweep_keep"), page.findChild(QLineEdit, "sweep_keep_at_most")
    choose(keep, "best")
    qtbot.keyClicks(at_most, "500 MB")
    options = started(qtbot, page)[2]
    assert (options.keep, options.keep_at_most) == ("best", "500 MB")
    choose(keep, "none")
    assert not at_most.isEnabled()
    options = started(qtbot, page)[2]
    assert (options.keep, options.keep_at_most) == ("none", "")
    assert "keep" not in page.settings()


def choose(box: QComboBox, data: str) -> None:
    box.setCurrentIndex(box.findData(data))
    box.activated.emit(box.currentIndex())


def test_what_cannot_be_kept_is_told_and_holds_the_start_back(page: SweepsPage) -> None:
    page.findChild(QLineEdit, "sweep_keep_at_most").setText("much")
    sentence = "must be a size in kB, MB, GB or TB, such as 500MB; received much."
    assert sentence in text(page, "sweep_count")
    assert sentence in button(page, "start_sweep").toolTip()
    assert button(page, "save_sweep").isEnabled()
    page.findChild(QLineEdit, "sweep_keep_at_most").clear()
    choose(page.findChild(QComboBox, "sweep_keep"), "best")
    assert button(page, "start_sweep").isEnabled()
    page.vary("rounds", "policy")
    assert "To keep the best runs, images must be driven to fool" in text(page, "sweep_count")


def test_cells_that_failed_are_tried_again(qtbot: QtBot, page: SweepsPage, sweep: SweepState) -> None:
    assert not button(page, "retry_failed").isEnabled()
    page.open_plan(sweep.spec)
    page.show_sweep(sweep)
    with qtbot.waitSignal(page.start_requested) as asked:
        button(page, "retry_failed").click()
    spec, folder, options = asked.args
    assert (spec, folder, options.again, options.dry_run) == (sweep.spec, str(sweep.folder), True, False)
    page.set_going(True)
    assert not button(page, "retry_failed").isEnabled()


def test_while_it_works_nothing_changes_but_it_can_be_stopped(qtbot: QtBot, page: SweepsPage) -> None:
    page.set_going(True)
    page.show_progress(0.25, "5 of 20 cells done")
    bar = page.findChild(QProgressBar)
    assert bar.value() / bar.maximum() == 0.25
    for name in ("start_sweep", "estimate_sweep", "open_sweep"):
        assert not button(page, name).isEnabled()
    assert "once the workers have started" in text(page, "sweep_empty")
    assert not values(page, "rng_seed").isEnabled()
    assert not page.vary("backwork", "objective")
    with qtbot.waitSignal(page.stop_requested):
        button(page, "stop_sweep").click()
    page.set_going(True, stopping=True)
    assert button(page, "stop_sweep").text() == "End now"
    page.set_going(False)
    page.show_end("5 of 20 cells done")
    assert not button(page, "stop_sweep").isEnabled()
    assert values(page, "rng_seed").isEnabled()


def test_the_sweep_on_screen_is_continued_in_its_folder(qtbot: QtBot, page: SweepsPage, tmp_path: Path) -> None:
    folder = done_sweep(tmp_path / "half", TEXT, lambda _options: {"steps": 1.0}, most=2)
    page.open_plan(read_sweep(folder / "sweep.toml"))
    page.show_sweep(read_state(folder))
    assert button(page, "start_sweep").text() == "Continue"
    assert started(qtbot, page)[1] == str(folder)
    values(page, "rng_seed").setText("0, 1")
    assert button(page, "start_sweep").text() == "Start"


def test_a_sweep_whose_cells_have_all_ended_is_not_begun_again(page: SweepsPage, sweep: SweepState) -> None:
    page.open_plan(sweep.spec)
    page.show_sweep(sweep)
    assert not button(page, "start_sweep").isEnabled()
    assert "All its cells have ended" in button(page, "start_sweep").toolTip()


def test_cells_are_listed_sorted_and_searched(qtbot: QtBot, page: SweepsPage, sweep: SweepState) -> None:
    assert page.findChild(QLabel, "sweep_empty").isVisible()
    page.show_sweep(sweep)
    assert not page.findChild(QLabel, "sweep_empty").isVisible()
    table = page.findChild(CellsTable)
    model = table.model()
    heads = [model.headerData(column, Qt.Orientation.Horizontal) for column in range(5)]
    assert heads == ["Cell", "Batch coefficient", "Random seed", "State", "Images"]
    assert [model.index(5, column).data() for column in range(5)] == ["6", "0.5", "2", "failed", "–"]
    search = page.findChild(QLineEdit, "sweep_search")
    search.setText("done rng_seed=0")
    assert [model.index(row, 0).data() for row in range(model.rowCount())] == ["1", "4"]
    assert text(page, "sweep_shown") == "2 of 6 cells"
    search.clear()
    table.sortByColumn(2, Qt.SortOrder.DescendingOrder)
    assert [model.index(row, 2).data() for row in range(6)] == ["2", "2", "1", "1", "0", "0"]


def test_a_chosen_cell_tells_what_it_found_or_why_it_failed(page: SweepsPage, sweep: SweepState) -> None:
    page.show_sweep(sweep)
    table = page.findChild(CellsTable)
    table.setCurrentIndex(table.model().index(1, 0))
    assert text(page, "sweep_cell_heading") == "Cell 2"
    assert "Steps: 11" in text(page, "sweep_cell_facts")
    table.setCurrentIndex(table.model().index(5, 0))
    assert text(page, "sweep_cell_told") == "The cost is not a number."
    for name in ("open_cell_run", "repeat_cell_run"):
        assert not button(page, name).isEnabled()
        assert "has recorded no run" in button(page, name).toolTip()


def show_tab(page: SweepsPage, title: str) -> None:
    tabs = page.findChild(QTabWidget, "sweep_results")
    tabs.setCurrentIndex(next(place for place in range(tabs.count()) if tabs.tabText(place) == title))
    question = page.question()
    assert question is not None
    page.show_answer(question, answer(page.sweep().cells, question))


def test_settings_are_told_with_their_intervals_and_lead_to_their_cells(page: SweepsPage, sweep: SweepState) -> None:
    page.show_sweep(sweep)
    show_tab(page, "Settings")
    table = page.findChild(SettingsTable)
    assert [column.heading for column in table.columns()][:4] == [
        "Batch coefficient",
        "Done",
        "Failed",
        "Images that fool",
    ]
    first, second = table.cells()
    assert first[:3] == ["0", "3", "0"]
    assert first[3].startswith("75.0 % (")
    assert second[:3] == ["0.5", "2", "1"]
    table.select_row(1)
    assert text(page, "sweep_cell_heading") == "Cell 4, 1 of 3"
    page.findChild(QWidget, "next_cell").click()
    page.findChild(QWidget, "next_cell").click()
    assert text(page, "sweep_cell_told") == "The cost is not a number."
    assert not page.findChild(QWidget, "next_cell").isEnabled()


@pytest.mark.parametrize("is_folder", [True, False])
def test_a_dropped_folder_or_file_is_opened(qtbot: QtBot, page: SweepsPage, tmp_path: Path, is_folder: bool) -> None:
    path = tmp_path if is_folder else tmp_path / "sweep.toml"
    if not is_folder:
        path.write_text(TEXT)
    with qtbot.waitSignal(page.open_requested) as asked:
        assert drop(page, [str(path)], QPoint(600, 400))
    assert asked.args == [str(path)]


@pytest.mark.parametrize("size", [(1280, 760), (1366, 728), (1024, 660)])
def test_nothing_is_cut_off_on_a_small_screen(page: SweepsPage, sweep: SweepState, size: tuple[int, int]) -> None:
    page.vary("backwork", "batch_cost_coeff")
    page.show_sweep(sweep)
    page.resize(*size)
    assert page.minimumSizeHint().width() <= size[0]
    for name in ("start_sweep", "stop_sweep", "estimate_sweep", "save_sweep", "open_sweep", "open_cell_run"):
        widget = button(page, name)
        assert widget.width() >= widget.minimumSizeHint().width(), name
        assert page.rect().contains(widget.mapTo(page, QPoint(widget.width() - 1, 0))), name
