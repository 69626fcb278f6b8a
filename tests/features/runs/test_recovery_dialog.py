from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QLabel, QPushButton
from pytestqt.qtbot import QtBot
from run_samples import make_spec, make_summary

from fooler_gui.core.run_summary import UNFINISHED
from fooler_gui.features.runs.recovery_dialog import OPEN, RECOVER, SKIP, RecoveryDialog
from fooler_gui.widgets.mnemonics import plain
from fooler_gui.widgets.theme import dark_palette

FIRST = make_summary("/runs/a", name="First", state=UNFINISHED, stopped_by=(), steps=1)
SECOND = make_summary("/runs/b", state=UNFINISHED, stopped_by=(), spec=make_spec(tuple(range(10))), steps=1200)


@pytest.fixture
def dialog(qtbot: QtBot) -> RecoveryDialog:
    dialog = RecoveryDialog([FIRST, SECOND])
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitExposed(dialog)
    return dialog


def decisions(dialog: RecoveryDialog) -> list[tuple[str, str]]:
    made: list[tuple[str, str]] = []
    dialog.choice_requested.connect(lambda folder, choice: made.append((folder, choice)))
    return made


def row_buttons(dialog: RecoveryDialog, choice: str) -> list[QPushButton]:
    return [button for button in dialog.findChildren(QPushButton, f"{choice}_run") if button.isVisible()]


def test_each_run_is_shown_with_name_digit_time_and_steps(dialog: RecoveryDialog) -> None:
    texts = [label.text() for label in dialog.findChildren(QLabel)]
    assert "2 runs were interrupted." in texts
    assert "First" in texts
    assert "digit 3 · started 2026-03-14 09:26 · 1 step" in texts
    assert "b" in texts
    assert "digits 0–9 · started 2026-03-14 09:26 · 1,200 steps" in texts


def test_return_recovers_all(dialog: RecoveryDialog) -> None:
    made = decisions(dialog)
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert made == [("/runs/a", RECOVER), ("/runs/b", RECOVER)]
    assert dialog.result() == QDialog.DialogCode.Accepted


def test_escape_and_later_decide_nothing(dialog: RecoveryDialog, qtbot: QtBot) -> None:
    made = decisions(dialog)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert made == []
    assert not dialog.isVisible()
    other = RecoveryDialog([FIRST])
    qtbot.addWidget(other)
    other.show()
    made = decisions(other)
    other.findChild(QPushButton, "decide_later").click()
    assert made == []
    assert not other.isVisible()


@pytest.mark.parametrize("choice", [RECOVER, OPEN, SKIP])
def test_each_run_is_decided_by_itself(dialog: RecoveryDialog, choice: str) -> None:
    made = decisions(dialog)
    row_buttons(dialog, choice)[1].click()
    assert made == [("/runs/b", choice)]
    assert dialog.undecided() == ["/runs/a"]
    assert dialog.isVisible()
    assert dialog.focusWidget() is row_buttons(dialog, RECOVER)[0]
    row_buttons(dialog, choice)[0].click()
    assert made == [("/runs/b", choice), ("/runs/a", choice)]
    assert not dialog.isVisible()


def test_what_was_decided_is_not_recovered_with_the_rest(dialog: RecoveryDialog) -> None:
    made = decisions(dialog)
    row_buttons(dialog, SKIP)[0].click()
    assert not dialog.findChild(QPushButton, "recover_all").isVisible()
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert made == [("/runs/a", SKIP), ("/runs/b", RECOVER)]


def test_a_single_run_is_recovered_by_its_own_button_alone(qtbot: QtBot) -> None:
    dialog = RecoveryDialog([FIRST])
    qtbot.addWidget(dialog)
    dialog.show()
    seen = sorted(plain(button.text()) for button in dialog.findChildren(QPushButton) if button.isVisible())
    assert seen == ["Decide later", "Open read-only", "Recover", "Skip"]
    made = decisions(dialog)
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert made == [(FIRST.folder, RECOVER)]


def test_every_button_is_reached_by_tab_and_names_its_run(dialog: RecoveryDialog) -> None:
    reached = set()
    for _ in range(12):
        QTest.keyClick(dialog, Qt.Key.Key_Tab)
        reached.add(dialog.focusWidget().accessibleName())
    assert {"Recover: First", "Open read-only: b", "Skip: First", "Decide later", "Recover all"} <= reached


def test_many_runs_and_both_themes_are_painted(qtbot: QtBot) -> None:
    runs = [make_summary(f"/runs/{number}", state=UNFINISHED, name="N" * 200) for number in range(60)]
    dialog = RecoveryDialog(runs)
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.height() < 700
    light = dialog.grab().toImage()
    dialog.setPalette(dark_palette())
    assert dialog.grab().toImage() != light
