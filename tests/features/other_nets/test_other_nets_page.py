from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QLabel, QPushButton, QToolButton
from pytestqt.qtbot import QtBot
from transfer_samples import make_net, make_transfer

from fooler_gui.core.lab_state import LabState
from fooler_gui.core.messages import Working
from fooler_gui.features.other_nets.answers_table import MOST
from fooler_gui.features.other_nets.image_list import FILE, RUN, Further
from fooler_gui.features.other_nets.other_nets import OtherNetsPage
from fooler_gui.widgets.probability_scale import scale_colour
from fooler_gui.widgets.record_table import RecordTable


@pytest.fixture
def page(qtbot: QtBot, tmp_path: Path) -> OtherNetsPage:
    page = OtherNetsPage(str(tmp_path))
    qtbot.addWidget(page)
    page.resize(1100, 760)
    page.set_state(LabState.READY)
    page.show()
    return page


def button(page: OtherNetsPage, name: str) -> QPushButton | QToolButton:
    found = page.findChild(QPushButton, name) or page.findChild(QToolButton, name)
    assert found is not None
    return found


def text(page: OtherNetsPage, name: str) -> str:
    return page.findChild(QLabel, name).text()


def table(page: OtherNetsPage, name: str) -> RecordTable:
    return page.findChild(RecordTable, name)


def test_nets_are_opened_beside_those_that_are_open(
    page: OtherNetsPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.set_nets(make_net("first"), (make_net("old"),))
    assert text(page, "asked_nets") == "first, in use, and 1 other"
    assert table(page, "other_nets_table").cells() == [["old", "50.0 %"]]
    chosen = ["/nets/new.keras", "/nets/old.keras"]
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_args: (chosen, ""))
    with qtbot.waitSignal(page.nets_requested) as asked:
        button(page, "open_nets").click()
    assert asked.args == [("/nets/old.keras", "/nets/new.keras")]


def test_selected_nets_are_removed_by_the_button_or_the_delete_key(page: OtherNetsPage, qtbot: QtBot) -> None:
    page.set_nets(make_net("first"), (make_net("old"), make_net("new")))
    assert "Select a net first." in button(page, "remove_nets").toolTip()
    nets = table(page, "other_nets_table")
    nets.select(["/nets/old.keras"])
    with qtbot.waitSignal(page.nets_requested) as asked:
        qtbot.keyClick(nets, Qt.Key.Key_Delete)
    assert asked.args == [("/nets/new.keras",)]


def test_images_of_runs_and_files_are_added_and_removed(
    page: OtherNetsPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda _parent, title, _folder: f"/{title.split()[-1]}")
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_args: (["/adv.npz"], ""))
    for name in ("ask_add_run", "ask_add_file", "ask_add_folder"):
        button(page, name).click()
    assert page.images().further() == (Further(RUN, "/run"), Further(FILE, "/adv.npz"), Further(FILE, "/pictures"))
    table(page, "ask_table").select([Further(FILE, "/adv.npz")])
    button(page, "ask_remove").click()
    assert table(page, "ask_table").cells() == [["run", "run"], ["pictures", "file"]]


def test_nets_are_asked_only_about_some_images(page: OtherNetsPage, qtbot: QtBot) -> None:
    assert "Choose images first." in button(page, "ask_nets").toolTip()
    screen = page.findChild(QCheckBox, "ask_screen")
    assert "There is no run on screen." in screen.toolTip()
    page.images().set_screen(3, 8)
    assert screen.text() == "On screen (3 found of 8)"
    with qtbot.waitSignal(page.ask_requested):
        button(page, "ask_nets").click()
    screen.click()
    assert not button(page, "ask_nets").isEnabled()
    page.images().add([Further(RUN, "/run")])
    assert button(page, "ask_nets").isEnabled()
    page.set_state(LabState.BACKWORKING)
    assert "Wait until the run ends" in button(page, "ask_nets").toolTip()
    assert "Wait until the run ends" in button(page, "open_nets").toolTip()


def test_of_runs_found_images_alone_are_meant_or_all(page: OtherNetsPage) -> None:
    assert page.images().found_only()
    page.findChild(QComboBox, "ask_which").setCurrentIndex(1)
    assert not page.images().found_only()


def test_the_nets_that_are_open_are_asked_at_once_about_the_screen_or_a_run(page: OtherNetsPage, qtbot: QtBot) -> None:
    page.images().set_screen(3, 8)
    with qtbot.assertNotEmitted(page.ask_requested):
        page.ask_about_screen()
    page.set_nets(make_net("first"), (make_net("old"),))
    with qtbot.waitSignal(page.ask_requested):
        page.ask_about_screen()
    with qtbot.waitSignal(page.ask_requested):
        page.add_run("/runs/three")
    assert page.images().further() == (Further(RUN, "/runs/three"),)


def test_progress_and_problems_are_shown_and_asking_can_be_stopped(page: OtherNetsPage, qtbot: QtBot) -> None:
    page.images().set_screen(3, 8)
    page.start()
    page.set_state(LabState.WORKING)
    page.set_working(Working(sentence="Asking about three", fraction=0.5))
    assert text(page, "asking_progress_text") == "Asking about three"
    with qtbot.waitSignal(page.stop_requested):
        button(page, "stop_asking").click()
    page.set_notice("There is no file.")
    assert text(page, "other_nets_notice") == "⚠ There is no file."
    page.set_state(LabState.READY)
    assert text(page, "asking_progress_text") == ""
    assert not button(page, "stop_asking").isEnabled()
    page.start()
    assert page.findChild(QLabel, "other_nets_notice").isHidden()


def test_the_matrix_says_and_colours_what_every_net_says(page: OtherNetsPage) -> None:
    assert "There are no answers yet." in button(page, "export_transfer").toolTip()
    page.show_report(make_transfer())
    matrix = table(page, "transfer_table")
    assert matrix.cells() == [
        ["", "three", "old", "3 of 3 · .7917", "1 of 3 · .2500"],
        ["", "others.npz", "", ".8750", ".6250"],
    ]
    model = matrix.model()
    assert model.index(0, 4).data(Qt.ItemDataRole.BackgroundRole) == scale_colour(1 / 3)
    tip = model.index(0, 3).data(Qt.ItemDataRole.ToolTipRole)
    assert "old, which they were made with, calls 3 of 3 images of three their label, 100.0 %" in tip
    assert "(95 % interval 43.9 % to 100.0 %)" in tip
    assert "have no labels" in model.index(1, 3).data(Qt.ItemDataRole.ToolTipRole)
    assert text(page, "asking_progress_text") == "Asked 2 nets about 5 images."
    assert button(page, "export_transfer").isEnabled()


def test_every_image_is_listed_with_what_every_net_says(page: OtherNetsPage) -> None:
    page.show_report(make_transfer())
    answers = table(page, "answers_table")
    assert answers.cells()[:3] == [
        ["1", "three · 1", "dog", "dog · 1.000", "dog · .5000"],
        ["2", "three · 2", "dog", "dog · .7500", "cat · .7500"],
        ["3", "three · 3", "owl", "owl · .6250", "cat · .5000"],
    ]
    assert answers.cells()[3][:3] == ["1", "others.npz · 1", "–"]
    assert len(answers.cells()) == 5 < MOST
    tip = answers.model().index(1, 4).data(Qt.ItemDataRole.ToolTipRole)
    assert "new: cat · .7500; for dog, its label, .2500." in tip
    answers.viewport().grab()


def test_a_report_of_fewer_nets_replaces_one_of_more(page: OtherNetsPage) -> None:
    report = make_transfer()
    page.show_report(report)
    page.show_report(
        dataclasses.replace(
            report, nets=report.nets[:1], sets=report.sets[:1], answers=tuple(row[:1] for row in report.answers[:1])
        )
    )
    assert table(page, "transfer_table").cells() == [["", "three", "old", "3 of 3 · .7917"]]
    assert len(table(page, "answers_table").cells()) == 3
