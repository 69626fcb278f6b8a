"""The window on an engine without TensorFlow: what it shows and allows while work begins, ends and fails."""

from __future__ import annotations

import csv
import gc
import json
import threading
import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fake_engine import LIMIT, info
from open_window import OpenWindow
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QDockWidget,
    QDoubleSpinBox,
    QFileDialog,
    QLabel,
    QMessageBox,
    QPushButton,
    QSplitter,
    QWidget,
)
from pytestqt.qtbot import QtBot
from round_samples import make_report

from fooler_gui import app as app_module
from fooler_gui.app import Lab
from fooler_gui.core import jobs
from fooler_gui.core.errors import LabError
from fooler_gui.core.evaluation_report import EvaluationSettings, made_sets
from fooler_gui.core.event_words import Mark
from fooler_gui.core.guarantee import GuaranteeSettings
from fooler_gui.core.lab_state import LabState
from fooler_gui.core.pace import ADAPTIVE
from fooler_gui.core.round_report import matrix
from fooler_gui.core.rounds_spec import default_rounds
from fooler_gui.core.slot_actions import ReinitialiseSlot, SetSlotImage
from fooler_gui.features.rounds.rounds import EXPORTS
from fooler_gui.features.rounds.rounds_table import RoundsTable
from fooler_gui.records.rounds_folder import REPORT_FILE, RoundsRecord, new_rounds, round_path
from fooler_gui.records.training_record import TrainingRecord, new_training, training_folder
from fooler_gui.resources import user_folder
from fooler_gui.session.cycle_collector import CycleCollector
from fooler_gui.widgets.grid_stage import GridStage
from fooler_gui.widgets.mnemonics import plain


def test_the_very_first_run_is_of_a_three_at_a_pace_to_watch(opened: OpenWindow) -> None:
    run_bar = opened.window.run_bar
    assert (run_bar.labels(), run_bar.slots(), run_bar.pace()) == ((3,), 8, ADAPTIVE)
    assert opened.model.setup.pace == ADAPTIVE


def test_a_run_can_go_on_unless_all_its_images_are_over_the_threshold(opened: OpenWindow) -> None:
    opened.begin().run_to_its_end()
    assert opened.action("go_on").isEnabled()
    opened.engine_lab.found = 0.9999
    opened.run_to_its_end()
    assert not opened.action("go_on").isEnabled()
    assert "nowhere to go on" in opened.action("go_on").toolTip()


def test_other_noise_is_one_press_away(opened: OpenWindow) -> None:
    opened.begin().run_to_its_end()
    before = opened.model.setup.rng_seed
    opened.action("new_seed").trigger()
    opened.until(LabState.READY)
    assert opened.model.run.spec.rng_seed == opened.model.setup.rng_seed != before


def test_the_menu_asks_what_to_open_and_where_to_save(opened: OpenWindow, qtbot: QtBot) -> None:
    opened.begin()
    for name, title in (("open_classifier", "Open a classifier"), ("save_classifier", "Save the classifier in use")):
        opened.action(name).trigger()
        dialog = opened.window.findChild(QFileDialog)
        assert dialog is not None
        assert dialog.isVisible()
        assert dialog.windowTitle() == title
        dialog.reject()
        qtbot.waitUntil(lambda: opened.window.findChild(QFileDialog) is None, timeout=LIMIT)


def test_a_file_that_is_chosen_after_other_work_has_begun_is_refused_with_the_reason(opened: OpenWindow) -> None:
    opened.begin().action("save_classifier").trigger()
    dialog = opened.window.findChild(QFileDialog)
    assert dialog is not None
    opened.run()
    opened.until(LabState.BACKWORKING)
    dialog.fileSelected.emit("/chosen.keras")
    assert opened.text("error_sentence") == "Wait until the run ends, or stop it."
    assert not any(isinstance(job, jobs.SaveClassifier) for job in opened.engine.jobs)
    dialog.close()


def test_the_empty_grid_says_what_is_awaited(opened: OpenWindow) -> None:
    assert "Loading TensorFlow" in opened.window.grid.message()
    opened.begin()
    assert opened.window.grid.message() == ""
    assert opened.window.invitation.isVisible()
    opened.gate.clear()
    opened.action("run").trigger()
    assert opened.window.grid.message() == "Starting the run."
    opened.engine_lab.failure = LabError("There is no file start.npz.")
    opened.gate.set()
    opened.until(LabState.READY)
    assert opened.window.grid.message() == ""
    assert opened.window.invitation.isVisible()


def test_a_run_that_fails_leaves_the_one_before_on_screen(opened: OpenWindow, tmp_path: Path) -> None:
    opened.begin().run_to_its_end()
    shown, spec = opened.window.grid.save(), opened.lab.model.run.spec
    assert shown is not None
    opened.engine_lab.failure = LabError("There is no file start.npz.")
    opened.window.descent.set_rng_seed(77)
    opened.action("run").trigger()
    opened.until(LabState.READY)
    assert opened.text("error_sentence") == "There is no file start.npz."
    assert opened.window.grid.save() is shown
    assert opened.lab.model.run.spec is spec
    opened.lab.exports.export_grid(tmp_path / "grid.png", scale=1, captions=False)
    with Image.open(tmp_path / "grid.png") as picture:
        assert picture.text["Random seed"] == "0"


def test_slots_are_left_alone_until_the_new_run_has_a_save(opened: OpenWindow, qtbot: QtBot) -> None:
    opened.begin().run_to_its_end()
    opened.gate.clear()
    opened.run(keep_refining=True)
    menu_action = opened.window.grid.findChild(QAction, "reinitialise_slot_action")
    assert menu_action is not None
    assert not menu_action.isEnabled()
    opened.gate.set()
    qtbot.waitUntil(menu_action.isEnabled, timeout=LIMIT)
    opened.action("stop").trigger()
    opened.until(LabState.READY)
    assert not menu_action.isEnabled()


def test_an_error_is_forgotten_once_other_work_begins(opened: OpenWindow) -> None:
    opened.begin()
    opened.model.report("The file is gone.")
    opened.controller.open_classifier("second.keras")
    assert not opened.window.error_bar.isVisible()
    opened.until(LabState.READY)


def test_actions_that_cannot_be_done_say_why(opened: OpenWindow) -> None:
    assert "still starting" in opened.action("run").toolTip()
    opened.begin()
    assert "Start from new images" in opened.action("run").toolTip()
    assert "no images yet" in opened.action("export_grid").toolTip()
    opened.run_to_its_end()
    assert "press All" in opened.action("export_fooling").toolTip()
    assert "over the threshold" in opened.action("export_found").toolTip()
    assert opened.action("export_grid").isEnabled()
    assert opened.window.export_menu.toolTipsVisible()
    for action in opened.window.commands.values():
        assert action.isEnabled() or "<p>" in action.toolTip() or action.objectName() in ("undo_action", "redo_action")


def test_a_change_in_pause_is_said_to_apply_at_the_next_step(opened: OpenWindow, qtbot: QtBot) -> None:
    opened.begin()
    opened.action("step").trigger()
    qtbot.waitUntil(lambda: opened.model.newest is not None, timeout=LIMIT)
    spin_box = opened.window.findChild(QDoubleSpinBox, "layer_cost_coeff_fc")
    assert spin_box is not None
    spin_box.setValue(0.25)
    qtbot.waitUntil(lambda: opened.text("coefficients_applied") == "Applies at the next step.", timeout=LIMIT)
    opened.action("step").trigger()
    qtbot.waitUntil(lambda: "fc 0.25" in opened.text("coefficients_applied"), timeout=LIMIT)
    opened.action("stop").trigger()
    opened.until(LabState.READY)


def test_a_picture_tells_the_classifier_it_was_made_with_and_what_changed(opened: OpenWindow, tmp_path: Path) -> None:
    opened.begin().run_to_its_end()
    opened.model.run.marks.append(Mark(2, "fc 0.25"))
    made_with = opened.model.classifier
    opened.controller.open_classifier("second.keras")
    opened.until(LabState.READY)
    assert opened.model.classifier is not made_with
    assert opened.lab.model.run.classifier is made_with
    opened.lab.exports.export_grid(tmp_path / "grid.png", scale=1, captions=True)
    with Image.open(tmp_path / "grid.png") as picture:
        assert picture.text["Coefficient changes"] == "step 2: fc 0.25"


def test_a_picture_that_cannot_be_written_is_told_and_then_forgotten(opened: OpenWindow, tmp_path: Path) -> None:
    opened.begin().run_to_its_end()
    opened.lab.exports.export_grid(tmp_path / "missing" / "grid.png", scale=1, captions=False)
    assert "cannot be written" in opened.text("error_sentence")
    assert "cannot be written" in opened.text("status_sentence")
    opened.lab.exports.export_grid(tmp_path / "grid.png", scale=1, captions=False)
    assert not opened.window.error_bar.isVisible()
    assert opened.text("status_sentence").startswith("Wrote ")


def test_closing_while_a_figure_is_made_asks(opened: OpenWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    opened.begin()
    asked = []
    monkeypatch.setattr(QMessageBox, "exec", lambda question: asked.append(question.text()))
    opened.gate.clear()
    opened.controller.find_worst_images(8)
    assert not opened.window.close()
    assert asked == ["Work on a file is in progress. Stop it and close the window?"]


def test_the_toolbar_does_not_jump_between_running_and_pause(opened: OpenWindow, qtbot: QtBot) -> None:
    opened.begin()
    before = [action.text() for action in opened.window.commands.values()]
    opened.action("step").trigger()
    assert [action.text() for action in opened.window.commands.values()] == before
    opened.action("stop").trigger()
    opened.until(LabState.READY)


def test_the_centre_is_remembered_and_reset(opened: OpenWindow) -> None:
    splitter = opened.window.findChild(QSplitter, "centre_splitter")
    assert splitter is not None
    usual = _share_of_the_grid(splitter)
    splitter.setSizes([100, 200])
    moved = _share_of_the_grid(splitter)
    assert moved < 0.5 < usual
    opened.window.close()
    again = opened.again()
    again.window.show()
    remembered = again.window.findChild(QSplitter, "centre_splitter")
    assert remembered is not None
    assert _share_of_the_grid(remembered) == pytest.approx(moved, abs=0.03)
    again.window.reset_layout()
    assert _share_of_the_grid(remembered) == pytest.approx(usual, abs=0.03)


def _share_of_the_grid(splitter: QSplitter) -> float:
    return splitter.sizes()[0] / sum(splitter.sizes())


def test_a_panel_that_was_closed_beside_the_window_can_be_closed_again_once_it_is_back(
    opened: OpenWindow, qtbot: QtBot, qapp: QApplication
) -> None:
    opened.window.resize(1264, 760)
    dock = opened.window.findChild(QDockWidget, "retraining_dock")
    assert dock is not None
    dock.setFloating(True)
    qapp.processEvents()
    dock.close()
    opened.action("reset_layout").trigger()
    assert dock.isVisible()
    assert not dock.isFloating()
    close = dock.findChild(QAbstractButton, "qt_dockwidget_closebutton")
    assert close is not None
    qtbot.mouseClick(close, Qt.MouseButton.LeftButton)
    assert not dock.isVisible()


def test_closing_before_a_classifier_is_there_keeps_the_remembered_coefficients(
    opened: OpenWindow, tmp_path: Path
) -> None:
    opened.begin()
    spin_box = opened.window.findChild(QDoubleSpinBox, "layer_cost_coeff_fc")
    assert spin_box is not None
    spin_box.setValue(0.25)
    opened.window.close()
    opened.again().window.close()
    remembered = tomllib.loads((tmp_path / "config" / "settings.toml").read_text(encoding="utf-8"))
    assert remembered["coefficients"]["layer_cost_coeffs"]["fc"] == 0.25


def test_remembered_coefficients_of_a_wrong_kind_are_passed_over(
    opened: OpenWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "config").mkdir(exist_ok=True)
    (tmp_path / "config" / "settings.toml").write_text("[coefficients]\nlayer_cost_coeffs = 3\n", encoding="utf-8")
    lab = opened.again()
    lab.start_engine()
    qtbot.waitUntil(lambda: lab.model.state is LabState.READY, timeout=LIMIT)
    assert lab.window.coefficients.coefficients().layer_cost_coeffs["fc"] == 0.01


def test_a_stop_is_pressed_twice_without_harm(opened: OpenWindow, qtbot: QtBot) -> None:
    opened.begin()
    opened.run(keep_refining=True)
    qtbot.waitUntil(lambda: opened.model.newest is not None, timeout=LIMIT)
    for _ in range(3):
        opened.action("stop").trigger()
    opened.until(LabState.READY)
    retrain = opened.window.findChild(QPushButton, "retrain_button")
    assert retrain is not None
    assert not retrain.isEnabled()
    assert "found no images" in retrain.toolTip() or "No found images" in retrain.toolTip()


def test_a_picture_of_gigabytes_is_refused_in_a_sentence(opened: OpenWindow, tmp_path: Path) -> None:
    opened.begin().window.run_bar.set_slots(1024)
    opened.window.run_bar.set_labels((0, 1, 2))
    opened.run_to_its_end()
    opened.lab.exports.export_grid(tmp_path / "grid.png", scale=300, captions=False)
    assert "at most 250 megapixels" in opened.text("error_sentence")
    assert not (tmp_path / "grid.png").exists()
    opened.lab.exports.export_grid(tmp_path / "grid.png", scale=1, captions=False)
    assert (tmp_path / "grid.png").exists()


def test_plots_and_engine_are_asked_for_once_and_only_after_the_window_is_painted(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[bool] = []
    monkeypatch.setattr(app_module.ErrorHook, "install", lambda *_: None)
    monkeypatch.setattr(Lab, "start_engine", lambda lab: begun.append(lab.window.isVisible()))
    gc.enable()
    lab = app_module.open_lab(qapp, tmp_path)
    assert not gc.isenabled()
    assert lab.findChild(CycleCollector) is not None
    assert begun == []
    assert lab.window.findChild(QWidget, "probability_plot") is None
    qtbot.waitUntil(lambda: bool(begun), timeout=LIMIT)
    lab.window.repaint()
    qapp.processEvents()
    assert begun == [True]
    assert lab.window.findChild(QWidget, "probability_plot").isVisible()
    assert lab.window.findChild(QWidget, "costs_plot").isVisible()
    assert lab.controller.close(LIMIT)


def test_without_what_draws_plots_the_engine_is_started_all_the_same(
    opened: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> None:
        raise ImportError("No module named 'pyqtgraph'")

    monkeypatch.setattr(app_module, "_load_plots", missing)
    opened.lab.finish()
    opened.until(LabState.READY)
    assert opened.text("error_sentence") == "Something went wrong (No module named 'pyqtgraph')."


def test_a_window_closed_while_the_plots_are_loaded_starts_no_engine(
    opened: OpenWindow, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    monkeypatch.setattr(app_module, "_load_plots", lambda: gate.wait(LIMIT / 1000))
    opened.lab.finish()
    gate.set()
    opened.window.close()
    qapp.processEvents()
    assert opened.engine is None


def test_rounds_have_a_window_of_their_own_and_run_beside_the_lab(opened: OpenWindow) -> None:
    opened.begin().action("rounds").trigger()
    rounds = opened.lab.pages["rounds"]
    assert rounds is not None
    assert rounds.isWindow()
    assert rounds.isVisible()
    rounds.set_settings(replace(rounds.settings(), rounds=2, policy="noise"))
    rounds.findChild(QPushButton, "start_rounds").click()
    assert opened.model.state is LabState.ROUNDS
    assert not opened.action("run").isEnabled()
    assert opened.action("stop").isEnabled()
    opened.until(LabState.READY)
    assert len(rounds.findChild(RoundsTable, "rounds_table").shown()) == 3
    rounds.findChild(QPushButton, "use_round").click()
    opened.until(LabState.READY)
    assert opened.model.classifier.path == "round-02.keras"
    opened.action("rounds").trigger()
    assert opened.lab.pages["rounds"] is rounds
    opened.window.close()
    again = opened.again()
    again.pages.show("rounds")
    assert again.pages["rounds"].settings().policy == "noise"


def test_rounds_are_paused_and_stopped_from_their_window(opened: OpenWindow) -> None:
    opened.begin().lab.pages.show("rounds")
    rounds = opened.lab.pages["rounds"]
    rounds.set_settings(replace(rounds.settings(), rounds=1_000))
    rounds.findChild(QPushButton, "start_rounds").click()
    rounds.findChild(QPushButton, "pause_rounds").click()
    opened.until(LabState.ROUNDS_PAUSED)
    rounds.findChild(QPushButton, "pause_rounds").click()
    opened.until(LabState.ROUNDS)
    rounds.findChild(QPushButton, "stop_rounds").click()
    opened.until(LabState.READY)
    assert rounds.findChild(QPushButton, "start_rounds").isEnabled()


def test_rounds_are_exported_as_pictures_and_tables(
    opened: OpenWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened.begin().lab.pages.show("rounds")
    rounds = opened.lab.pages["rounds"]
    rounds.set_settings(replace(rounds.settings(), rounds=2))
    rounds.findChild(QPushButton, "start_rounds").click()
    opened.until(LabState.READY)
    for what in EXPORTS:
        path = tmp_path / f"{what}.{'csv' if what in ('figures', 'scores') else 'png'}"
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, chosen=path: (str(chosen), ""))
        rounds.export_requested.emit(what)
        if path.suffix == ".png":
            with Image.open(path) as picture:
                assert min(picture.size) > 50
                assert len(set(picture.convert("L").resize((64, 64)).tobytes())) > 2
    figures = list(csv.DictReader((tmp_path / "figures.csv").read_text().splitlines()))
    assert [line["round"] for line in figures] == ["0", "1", "2"]
    assert float(figures[2]["test_accuracy"]) == make_report(2).test_accuracy
    assert figures[2]["uniform median steps"] == "100.0"
    assert float(figures[1]["uniform sure within 300"]) == make_report(1).fresh[0].sure[1]
    scores = list(csv.reader((tmp_path / "scores.csv").read_text().splitlines()))
    assert scores[0] == ["images of round", "classifier 0", "classifier 1", "classifier 2"]
    assert [float(value) for value in scores[2][1:]] == list(matrix(tuple(map(make_report, range(3))))[1])


def test_rounds_of_an_earlier_day_are_opened_and_gone_on_with(
    opened: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened.begin().lab.pages.show("rounds")
    rounds = opened.lab.pages["rounds"]
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "earlier")
    rounds.findChild(QPushButton, "open_rounds").click()
    opened.until(LabState.READY)
    assert [report.number for report in rounds.reports()] == [0, 1]
    assert rounds.settings().noise == 7
    rounds.findChild(QPushButton, "go_on_rounds").click()
    assert opened.model.state is LabState.ROUNDS
    opened.until(LabState.READY)
    assert [report.number for report in rounds.reports()] == [0, 1, 2]


def test_rounds_are_driven_with_the_penalties_of_the_main_window_if_wanted(opened: OpenWindow) -> None:
    opened.begin().lab.pages.show("rounds")
    rounds = opened.lab.pages["rounds"]
    rounds.set_settings(replace(rounds.settings(), rounds=1))
    start, started = rounds.findChild(QPushButton, "start_rounds"), []
    opened.model.rounds_changed.connect(lambda: started.append(opened.model.rounds.spec))
    start.click()
    opened.until(LabState.READY)
    rounds.findChild(QCheckBox, "rounds_penalties").setChecked(True)
    assert not rounds.findChild(QPushButton, "go_on_rounds").isEnabled()
    start.click()
    opened.until(LabState.READY)
    assert list(dict.fromkeys(spec.has_penalties for spec in started)) == [False, True]
    assert started[-1].coefficients == opened.window.coefficients.coefficients()


def test_the_inspector_follows_the_selected_slot_and_rests_when_it_is_hidden(opened: OpenWindow, qtbot: QtBot) -> None:
    opened.window.inside_dock.close()
    opened.begin().action("inspector").trigger()
    inspector, grid = opened.window.inspector, opened.window.grid
    assert inspector.isVisible()
    assert "Select an image" in opened.text("inspector_message")
    opened.run(keep_refining=True)
    qtbot.waitUntil(lambda: opened.model.newest is not None, timeout=LIMIT)
    (label,) = opened.model.newest.labels
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=grid.image_rect(label, 1).center())
    qtbot.waitUntil(lambda: "slot 2 of 8" in opened.text("inspector_title"), timeout=LIMIT)
    qtbot.waitUntil(lambda: opened.text("inspector_as_of").startswith("Inspected at step"), timeout=LIMIT)
    opened.action("stop").trigger()
    opened.until(LabState.READY)
    qtbot.waitUntil(lambda: opened.engine_lab.looks == [(label, 1)], timeout=LIMIT)
    opened.window.inspector_dock.toggleViewAction().trigger()
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=grid.image_rect(label, 4).center())
    opened.run_to_its_end()
    qtbot.waitUntil(lambda: opened.engine_lab.judged[-1] == (label, 4), timeout=LIMIT)
    assert "slot 2 of 8" in opened.text("inspector_title")
    assert opened.engine_lab.looks == [(label, 1)]
    opened.window.inspector_dock.toggleViewAction().trigger()
    qtbot.waitUntil(lambda: "slot 5 of 8" in opened.text("inspector_title"), timeout=LIMIT)
    qtbot.waitUntil(lambda: opened.engine_lab.looks == [(label, 1), (label, 4)], timeout=LIMIT)


def test_inside_the_net_the_chosen_layer_is_shown_while_a_run_goes_on_and_at_rest(
    opened: OpenWindow, qtbot: QtBot
) -> None:
    opened.begin().action("inside").trigger()
    assert opened.window.inside.isVisible()
    assert opened.text("inside_message").startswith("No images yet. Press Space to run")
    opened.run(keep_refining=True)
    qtbot.waitUntil(lambda: opened.text("inside_title") == "conv0 · 2 maps of 2 × 2", timeout=LIMIT)
    opened.action("pause").trigger()
    layer = opened.window.findChild(QAbstractButton, "net_layer_fc")
    qtbot.mouseClick(layer, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: opened.text("inside_title") == "fc · 5 units", timeout=LIMIT)
    opened.action("stop").trigger()
    opened.until(LabState.READY)
    (label,) = opened.model.newest.labels
    qtbot.waitUntil(lambda: opened.engine_lab.looks == [(label, 0)], timeout=LIMIT)
    opened.model.select((label, 3))
    qtbot.waitUntil(lambda: opened.engine_lab.looks == [(label, 0), (label, 3)], timeout=LIMIT)
    qtbot.waitUntil(lambda: "Slot 4" in opened.window.findChild(QLabel, "inside_own_caption").toolTip(), timeout=LIMIT)
    opened.window.findChild(QDockWidget, "coefficients_dock").raise_()
    opened.model.select((label, 5))
    qtbot.waitUntil(lambda: opened.engine_lab.judged[-1] == (label, 5), timeout=LIMIT)
    assert opened.engine_lab.looks == [(label, 0), (label, 3)]


def test_both_the_inspector_and_the_layers_are_served_when_both_are_seen(opened: OpenWindow, qtbot: QtBot) -> None:
    opened.begin().run_to_its_end()
    (label,) = opened.model.newest.labels
    opened.model.select((label, 2))
    opened.action("inside").trigger()
    opened.window.inside_dock.setFloating(True)
    opened.action("inspector").trigger()
    qtbot.waitUntil(lambda: opened.text("inside_title").startswith("conv0"), timeout=LIMIT)
    qtbot.waitUntil(lambda: opened.text("inspector_as_of").startswith("Inspected at step"), timeout=LIMIT)
    opened.window.inside_dock.close()
    opened.model.select((label, 6))
    qtbot.waitUntil(lambda: "slot 7 of 8" in opened.text("inspector_title"), timeout=LIMIT)
    qtbot.waitUntil(lambda: opened.engine_lab.looks[-1] == (label, 6), timeout=LIMIT)


def test_closing_a_panel_has_the_image_inspected_only_for_a_panel_that_comes_into_view(
    opened: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = opened.begin().window
    opened.run_to_its_end()
    (label,) = opened.model.newest.labels
    opened.model.select((label, 2))
    asked: list[tuple[int, int, str]] = []
    monkeypatch.setattr(opened.controller, "inspect", lambda *wanted: asked.append(wanted))

    def close(name: str) -> None:
        window.findChild(QDockWidget, name).close()
        QApplication.processEvents()

    close("inspector_dock")
    close("coefficients_dock")
    assert window.inside.visibleRegion().isEmpty()
    assert asked == []
    window.show_inspector()
    QApplication.processEvents()
    assert asked == [(label, 2, "")]
    close("descent_dock")
    assert asked == [(label, 2, "")]
    close("inspector_dock")
    assert not window.inside.visibleRegion().isEmpty()
    assert asked == [(label, 2, ""), (label, 2, "conv0")]


def test_a_double_click_opens_the_inspector(opened: OpenWindow, qtbot: QtBot) -> None:
    opened.begin().run_to_its_end()
    grid = opened.window.grid
    width, (label,) = opened.window.width(), opened.model.newest.labels
    place = grid.image_rect(label, 2).center()
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseDClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert opened.window.inspector_dock.isVisible()
    assert opened.window.width() >= width
    qtbot.waitUntil(lambda: opened.engine_lab.looks[-1:] == [(label, 2)], timeout=LIMIT)


def test_an_evaluation_is_made_shown_and_exported(
    opened: OpenWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened.begin().action("evaluation").trigger()
    page = opened.lab.pages["evaluation"]
    assert page is not None
    page.set_settings(EvaluationSettings(images=50))
    page.evaluate_requested.emit(page.settings(), "none", ())
    assert opened.model.state is LabState.EVALUATING
    opened.until(LabState.READY)
    report = page.report()
    assert report is not None
    assert (report.settings.images, len(report.sets)) == (50, len(made_sets()))
    names = ("sets.csv", "published.csv", "report.json", "reliability.png", "confidence.png")
    paths = {name.partition(".")[0]: tmp_path / name for name in names}
    for what, path in paths.items():
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args, chosen=path: (str(chosen), ""))
        page.export_requested.emit(what)
        assert f"Wrote {path}." in opened.text("status_sentence")
    assert json.loads(paths["report"].read_text())["test"]["accuracy"] == report.test.accuracy
    with paths["sets"].open() as file:
        assert len(list(csv.reader(file))) > len(made_sets())
    for what in ("reliability", "confidence"):
        with Image.open(paths[what]) as picture:
            assert min(picture.size) > 300
    opened.lab.window.close()
    again = opened.again()
    again.pages.show("evaluation")
    assert again.pages["evaluation"].settings().images == 50


def test_the_least_change_is_looked_for_shown_and_exported(
    opened: OpenWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened.begin().action("least_change").trigger()
    page = opened.lab.pages["least_change"]
    assert page is not None
    page.set_settings({"steps": 200, "slots": 1, "from": 0, "to": 1})
    page.findChild(QPushButton, "search_least_change").click()
    assert opened.model.state is LabState.LEAST_CHANGE
    opened.until(LabState.READY)
    found = page.found()
    assert (found.report.start, found.report.label, found.report.steps) == ("digits:0", 1, 200)
    assert opened.text("status_sentence") == page.findChild(QLabel, "least_change_words").text()
    for what, name in (("picture", "c.png"), ("arrays", "c.npz"), ("table", "c.csv"), ("report", "c.json")):
        path = tmp_path / name
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args, chosen=path: (str(chosen), ""))
        page.export_requested.emit(what)
        assert f"Wrote {path}." in opened.text("status_sentence")
    assert json.loads((tmp_path / "c.json").read_text())["found"] == 1
    with np.load(tmp_path / "c.npz") as arrays:
        np.testing.assert_array_equal(arrays["images"], found.images)
    opened.lab.window.close()
    again = opened.again()
    again.pages.show("least_change")
    assert again.pages["least_change"].settings()["steps"] == 200


def test_a_classifier_with_a_guarantee_is_made_and_put_in_use(opened: OpenWindow) -> None:
    opened.begin().action("guarantee").trigger()
    page = opened.lab.pages["guarantee"]
    assert page is not None
    page.set_settings(GuaranteeSettings(components=20))
    page.findChild(QPushButton, "make_guarantee").click()
    assert opened.model.state is LabState.GUARANTEE
    opened.until(LabState.READY)
    assert page.made().report.settings.components == 20
    assert page.findChild(QLabel, "guarantee_progress_text").text() == "Done."
    page.findChild(QPushButton, "use_guarantee").click()
    opened.until(LabState.READY)
    assert opened.model.classifier.name == "guaranteed"
    assert not page.findChild(QPushButton, "use_guarantee").isEnabled()
    opened.lab.window.close()
    again = opened.again()
    again.pages.show("guarantee")
    assert again.pages["guarantee"].settings().components == 20


def test_the_first_figure_is_drawn_by_a_run_of_every_label(
    opened: OpenWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened.begin().action("figures").trigger()
    page = opened.lab.pages["figures"]
    assert page is not None
    page.fooling_requested.emit(2, 0.4, 3, 5)
    opened.until(LabState.READY)
    job = next(job for job in opened.engine.jobs if isinstance(job, jobs.Backwork))
    assert (job.spec.labels, job.spec.slots, job.spec.rng_seed) == ((0, 1, 2), 2, 5)
    assert (job.spec.descent.min_probability, job.spec.descent.max_steps) == (0.4, 3)
    assert opened.window.run_bar.labels() == (0, 1, 2)
    assert "All 6 images are over 0.4 after 3 steps." in opened.text("fooling_progress_text")
    page.worst_requested.emit(4)
    opened.until(LabState.READY)
    assert page.picture("worst") is not None
    for what, name in (("fooling", "a.png"), ("worst", "b.png"), ("milestones", "m.csv")):
        path = tmp_path / name
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args, chosen=path: (str(chosen), ""))
        page.export_requested.emit(what)
        assert path.stat().st_size > 0
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.size == page.picture("fooling").size
        assert picture.text["Random seed"] == "5"


def test_figures_take_over_a_run_that_was_made_before(opened: OpenWindow) -> None:
    opened.begin().window.run_bar.set_labels((0, 1, 2))
    opened.run_to_its_end()
    opened.action("figures").trigger()
    page = opened.lab.pages["figures"]
    assert page is not None
    picture = page.picture("fooling")
    assert picture is not None
    assert page.milestones_csv().count("\n") == 1 + 3 * 8


def test_what_is_done_to_a_slot_can_be_undone_while_the_run_goes_on(opened: OpenWindow, qtbot: QtBot) -> None:
    opened.begin().run(keep_refining=True)
    qtbot.waitUntil(lambda: opened.model.newest is not None, timeout=LIMIT)
    (label,) = opened.model.newest.labels
    grid, actions = opened.window.grid, opened.engine_lab.actions
    grid.pin_requested.emit(label, 1, True)
    qtbot.waitUntil(lambda: len(actions) == 1, timeout=LIMIT)
    assert opened.action("undo").text() == "Undo pinning slot 2"
    opened.action("undo").trigger()
    opened.action("redo").trigger()
    grid.reinitialise_requested.emit(label, 2)
    opened.action("undo").trigger()
    opened.action("redo").trigger()
    qtbot.waitUntil(lambda: len(actions) == 6, timeout=LIMIT)
    assert [getattr(action, "pinned", None) for action in actions] == [True, False, True, None, None, None]
    assert isinstance(actions[3], ReinitialiseSlot)
    assert actions[3].rng_seed is not None
    assert isinstance(actions[4], SetSlotImage)
    assert actions[4].image.shape == (4, 4, 1)
    assert actions[4].reinitialisations == 0
    assert actions[5] == actions[3]
    opened.action("stop").trigger()
    opened.until(LabState.READY)
    opened.action("undo").trigger()
    assert len(actions) == 6


@pytest.mark.parametrize(("choice", "asked_again"), [("Open", False), ("Do not ask again", False), ("Later", True)])
def test_a_training_that_was_cut_short_is_offered_at_the_start(
    opened: OpenWindow, qtbot: QtBot, choice: str, asked_again: bool
) -> None:
    folder = user_folder("classifiers")
    path = folder / "cut.keras"
    path.touch()
    training_folder(path).mkdir()
    replace(new_training("training", "", {}, 100), checkpoint=40).write(training_folder(path))
    opened.begin()
    qtbot.waitUntil(lambda: opened.window.findChild(QMessageBox, "work_recovery") is not None, timeout=LIMIT)
    question = opened.window.findChild(QMessageBox, "work_recovery")
    assert "step 40 of 100" in question.text()
    next(button for button in question.buttons() if plain(button.text()) == choice).click()
    if choice == "Open":
        qtbot.waitUntil(lambda: opened.model.classifier.path == str(path), timeout=LIMIT)
    qtbot.waitUntil(lambda: bool(list(TrainingRecord.unfinished(folder))) is asked_again, timeout=LIMIT)
    opened.until(LabState.READY)


@pytest.mark.parametrize(("choice", "asked_again"), [("Open", False), ("Do not ask again", False), ("Later", True)])
def test_rounds_that_were_cut_short_are_offered_at_the_start(
    opened: OpenWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, choice: str, asked_again: bool
) -> None:
    rounds = user_folder("rounds") / "rounds"
    for number in range(3):
        round_path(rounds, number).mkdir(parents=True)
        (round_path(rounds, number) / REPORT_FILE).touch()
    new_rounds(default_rounds("first.keras", ("fc",)), info("first")).write(rounds)
    shown: list[str] = []
    opened.begin()
    monkeypatch.setattr(opened.controller, "open_rounds", shown.append)
    qtbot.waitUntil(lambda: opened.window.findChild(QMessageBox, "work_recovery") is not None, timeout=LIMIT)
    question = opened.window.findChild(QMessageBox, "work_recovery")
    assert "2 finished rounds are saved" in question.text()
    next(button for button in question.buttons() if plain(button.text()) == choice).click()
    assert shown == ([str(rounds)] if choice == "Open" else [])
    assert (opened.lab.pages["rounds"] is not None) is (choice == "Open")
    qtbot.waitUntil(lambda: bool(list(RoundsRecord.unfinished(rounds.parent))) is asked_again, timeout=LIMIT)
    opened.until(LabState.READY)


def test_a_number_that_is_being_typed_counts_when_the_window_closes(
    opened: OpenWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    opened.begin()
    field = opened.window.findChild(QDoubleSpinBox, "layer_cost_coeff_fc")
    assert field is not None
    opened.window.activateWindow()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    field.selectAll()
    qtbot.keyClicks(field, "0.25")
    opened.window.close()
    remembered = tomllib.loads((tmp_path / "config" / "settings.toml").read_text(encoding="utf-8"))
    assert remembered["coefficients"]["layer_cost_coeffs"]["fc"] == 0.25


def test_reduced_motion_holds_for_the_comparison_whenever_it_is_made(
    opened: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, bool]] = []
    monkeypatch.setattr(
        GridStage, "set_reduce_motion", lambda stage, reduce: asked.append((stage.objectName(), reduce))
    )
    opened.begin().action("reduce_motion").setChecked(True)
    opened.lab.pages.show("comparison")
    assert {("left_stage", True), ("right_stage", True)} <= set(asked)
    opened.action("reduce_motion").setChecked(False)
    assert {("left_stage", False), ("right_stage", False)} <= set(asked)
