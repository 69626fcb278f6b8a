from __future__ import annotations

import pytest
from change_samples import make_found
from PySide6.QtWidgets import QComboBox, QLabel, QProgressBar, QPushButton, QSpinBox, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from fooler_gui.core.lab_state import LabState
from fooler_gui.core.least_change import LINF, LeastChangeSettings
from fooler_gui.core.messages import Working
from fooler_gui.features.least_change.least_change import LeastChangePage
from fooler_gui.widgets.figure_view import FigureView
from fooler_gui.widgets.record_table import RecordTable

DIGITS = tuple("0123456789")


@pytest.fixture
def page(qtbot: QtBot) -> LeastChangePage:
    page = LeastChangePage()
    qtbot.addWidget(page)
    page.resize(1100, 760)
    page.set_classes(DIGITS, [100] * 10)
    page.set_state(LabState.READY)
    page.show()
    return page


def choice(page: LeastChangePage, which: str) -> QComboBox:
    return page.findChild(QComboBox, f"least_change_{which}")


def search(page: LeastChangePage) -> QPushButton:
    return page.findChild(QPushButton, "search_least_change")


def words(page: LeastChangePage) -> str:
    return page.findChild(QLabel, "least_change_words").text()


def cells(page: LeastChangePage) -> list[list[str]]:
    model = page.findChild(RecordTable).model()
    return [
        [model.index(row, column).data() for column in range(model.columnCount())] for row in range(model.rowCount())
    ]


def test_a_search_is_asked_for_with_what_is_shown(qtbot: QtBot, page: LeastChangePage) -> None:
    choice(page, "norm").setCurrentText("L∞")
    page.findChild(QSpinBox, "least_change_steps").setValue(50)
    with qtbot.waitSignal(page.search_requested) as asked:
        search(page).click()
    assert asked.args == [LeastChangeSettings(norm=LINF, steps=50), "digits:7", 3]


def test_all_fields_are_equally_wide(page: LeastChangePage) -> None:
    fields = ("from", "to", *LeastChangeSettings.infos())
    widths = {page.findChild(QWidget, f"least_change_{name}").width() for name in fields}
    assert len(widths) == 1


def test_classes_are_chosen_by_their_names(qtbot: QtBot, page: LeastChangePage) -> None:
    page.set_classes(("cat", "dog"), (9, 9))
    assert [choice(page, which).currentText() for which in ("from", "to")] == ["dog", "cat"]
    with qtbot.waitSignal(page.search_requested) as asked:
        search(page).click()
    assert asked.args[1:] == ["digits:1", 0]


def test_images_cannot_be_changed_to_the_class_they_are_of(qtbot: QtBot, page: LeastChangePage) -> None:
    box = choice(page, "to")
    qtbot.keyClick(box, "7")
    assert box.currentText() == "7"
    assert not search(page).isEnabled()
    assert "Choose another digit to change the images to." in search(page).toolTip()


def test_no_more_images_can_be_asked_for_than_there_are(page: LeastChangePage) -> None:
    page.set_classes(DIGITS, [*[100] * 7, 5, 100, 100])
    assert not search(page).isEnabled()
    assert "The dataset has 5 test images of 7; choose at most so many." in search(page).toolTip()
    page.findChild(QSpinBox, "least_change_slots").setValue(5)
    assert search(page).isEnabled()
    page.set_settings({"slots": 6})
    assert not search(page).isEnabled()


def test_what_is_found_is_shown_as_it_comes(page: LeastChangePage) -> None:
    page.set_state(LabState.LEAST_CHANGE)
    found = make_found(steps=100)
    page.show_found(found, DIGITS)
    assert page.found() is found
    assert words(page) == "After 100 steps: 1 of 2 images became 1; mean L2 3.920, mean L∞ 0.800."
    assert page.findChild(FigureView).accessibleName() == words(page)
    assert cells(page) == [
        ["1", "0  .7500", "3.920", "0.800", "24", ".5000"],
        ["2", "0  .5000", "–", "–", "–", "–"],
    ]
    page.show_found(make_found(), DIGITS)
    assert words(page).startswith("1 of 2 images became 1;")


def test_a_search_can_be_stopped_while_it_goes_on_and_exported_when_it_has_ended(
    qtbot: QtBot, page: LeastChangePage
) -> None:
    stop, export = page.findChild(QPushButton, "stop_least_change"), page.findChild(QToolButton, "export_least_change")
    assert not stop.isEnabled()
    assert not export.isEnabled()
    page.set_state(LabState.LEAST_CHANGE)
    page.show_found(make_found(steps=100), DIGITS)
    assert not search(page).isEnabled()
    assert not export.isEnabled()
    with qtbot.waitSignal(page.stop_requested):
        stop.click()
    page.show_found(make_found(steps=150, stopped=True), DIGITS)
    page.set_state(LabState.READY)
    assert not stop.isEnabled()
    assert search(page).isEnabled()
    assert export.isEnabled()


def test_progress_is_shown_until_the_end(page: LeastChangePage) -> None:
    page.set_state(LabState.LEAST_CHANGE)
    page.set_working(Working(sentence="Looking for the least change", fraction=0.25))
    bar = page.findChild(QProgressBar)
    assert bar.value() / bar.maximum() == 0.25
    page.set_state(LabState.READY)
    assert bar.value() == 0


def test_without_a_dataset_there_is_nothing_to_start_from(page: LeastChangePage) -> None:
    page.set_state(LabState.READY, lacks_dataset=True)
    assert not search(page).isEnabled()
    assert "needs a dataset" in search(page).toolTip()


def test_settings_come_back_and_bad_ones_are_the_default(qtbot: QtBot, page: LeastChangePage) -> None:
    page.set_settings({"norm": LINF, "steps": 0, "from": 4, "to": 9, "odd": 1})
    kept = page.settings()
    assert (kept["norm"], kept["steps"], kept["from"], kept["to"]) == (LINF, 300, 4, 9)
    other = LeastChangePage()
    qtbot.addWidget(other)
    other.set_settings(kept)
    assert other.settings() == kept
    other.set_classes(DIGITS, [100] * 10)
    assert other.settings() == kept
