"""The window's part in sweeps: every setting can be varied, what is dropped is opened, and closing asks."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from fake_engine import DATASET, LIMIT
from open_window import OpenWindow
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QMenu, QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from sweep_samples import done_sweep

from fooler_gui.features.sweeps.sweep_process import SweepProcess
from fooler_gui.widgets.mnemonics import plain

TEXT = 'job = "backwork"\nlabels = [1]\n[vary]\nrng_seed = [0, 1, 2]\n'


@pytest.fixture
def window(opened: OpenWindow) -> OpenWindow:
    opened.begin()
    opened.model.set_dataset(dataclasses.replace(DATASET, path="tiny.npz"), opened.model.examples)
    return opened


def vary(control: QWidget) -> None:
    """Chooses Vary this… in the menu of `control`."""
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, QPoint(3, 3), control.mapToGlobal(QPoint(3, 3)))
    QApplication.sendEvent(control, event)
    menu = next(menu for menu in QApplication.topLevelWidgets() if isinstance(menu, QMenu) and menu.isVisible())
    menu.actions()[-1].trigger()
    menu.close()


@pytest.mark.parametrize(
    ("control", "option"),
    [
        ("batch_cost_coeff", "batch_cost_coeff"),
        ("layer_cost_coeff_fc_slider", "layer_cost_coeff_fc"),
        ("learning_rate", "learning_rate"),
        ("optimiser", "optimiser"),
        ("rng_seed", "rng_seed"),
        ("start_kind", "start"),
        ("start_button", "start"),
        ("label_picker", "labels"),
        ("label_1", "labels"),
        ("slots_per_label", "slots"),
        ("method_preset", "preset"),
        ("reference_memory", "reference_memory"),
    ],
)
def test_every_setting_of_a_run_can_be_varied(window: OpenWindow, control: str, option: str) -> None:
    vary(window.window.findChild(QWidget, control))
    page = window.lab.pages["sweeps"]
    assert page.isVisible()
    line = page.findChild(QLineEdit, f"vary_{option}")
    assert line is not None
    assert page.findChild(QPushButton, "start_sweep").isEnabled()


def test_settings_of_trainings_and_rounds_are_options_of_these(window: OpenWindow) -> None:
    vary(window.window.training.findChild(QWidget, "training_learning_rate"))
    page = window.lab.pages["sweeps"]
    job = page.findChild(QComboBox, "sweep_job")
    assert (job.currentText(), page.findChild(QLineEdit, "vary_learning_rate").text()) == (
        "Training",
        "5e-5, 1e-4, 2e-4",
    )
    vary(window.lab.pages.show("rounds").findChild(QWidget, "rounds_policy"))
    assert job.currentText() == "Rounds of retraining"
    assert page.findChild(QLineEdit, "vary_policy").text() == "uniform, none-class, guarantee, noise, control"


def test_what_the_window_shows_is_followed_while_the_page_is_seen(window: OpenWindow) -> None:
    page = window.lab.pages.show("sweeps")
    window.window.run_bar.slots_changed.emit(3)
    window.model.change_setup(slots=3)
    assert page.setup().spec().fixed["slots"] == 3
    page.hide()
    window.model.change_setup(slots=4)
    assert page.setup().spec().fixed["slots"] == 3
    page.show()
    assert page.setup().spec().fixed["slots"] == 4


def test_a_sweep_dropped_onto_the_window_is_shown(window: OpenWindow, qtbot: QtBot, tmp_path: Path) -> None:
    folder = done_sweep(tmp_path / "sweep", TEXT, lambda _options: {"steps": 3.0})
    window.window.file_requested.emit(str(folder))
    page = window.lab.pages["sweeps"]
    qtbot.waitUntil(lambda: page.sweep() is not None, timeout=LIMIT)
    assert page.sweep().folder == folder


@pytest.mark.parametrize("closes", [True, False])
def test_closing_asks_while_a_sweep_is_in_progress(
    window: OpenWindow, monkeypatch: pytest.MonkeyPatch, closes: bool
) -> None:
    window.lab.pages.show("sweeps")
    asked = []

    def answer(question: QMessageBox) -> int:
        asked.append(question.text())
        return 0

    monkeypatch.setattr(SweepProcess, "is_going", property(lambda _process: not asked or not closes))
    monkeypatch.setattr(QMessageBox, "exec", answer)
    choice = "Stop and close" if closes else "Cancel"
    monkeypatch.setattr(
        QMessageBox, "clickedButton", lambda box: next(each for each in box.buttons() if choice in plain(each.text()))
    )
    assert window.window.close() is closes
    assert asked == ["A sweep is in progress. Stop it and close the window?"]
    window.lab._sweeping = None


def test_the_page_is_reached_with_its_key(window: OpenWindow, qtbot: QtBot) -> None:
    window.window.activateWindow()
    qtbot.waitUntil(window.window.isActiveWindow)
    qtbot.keyClick(window.window, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier)
    assert window.lab.pages["sweeps"].isVisible()
