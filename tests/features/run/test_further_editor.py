from __future__ import annotations

from typing import TypeVar

import pytest
from PySide6.QtWidgets import QAbstractButton, QDoubleSpinBox, QFileDialog, QLabel, QWidget
from pytestqt.qtbot import QtBot

from fooler_gui.core.further_classifier import FurtherClassifier
from fooler_gui.features.run.further_editor import FurtherEditor

Kind = TypeVar("Kind", bound=QWidget)

TWO = (
    FurtherClassifier(classifier="/nets/second.keras", weight=0.5, sha256="ab"),
    FurtherClassifier(classifier="/nets/third.keras", sha256="cd"),
)


@pytest.fixture
def editor(qtbot: QtBot) -> FurtherEditor:
    editor = FurtherEditor()
    qtbot.addWidget(editor)
    return editor


@pytest.fixture
def changes(editor: FurtherEditor) -> list[tuple[FurtherClassifier, ...]]:
    received: list[tuple[FurtherClassifier, ...]] = []
    editor.changed.connect(lambda: received.append(editor.further()))
    return received


def part(editor: QWidget, kind: type[Kind], name: str) -> Kind:
    found = editor.findChild(kind, name)
    assert found is not None, name
    return found


def told(editor: FurtherEditor) -> str:
    return part(editor, QLabel, "further_told").text()


def test_further_classifiers_are_shown_as_they_are(editor: FurtherEditor, changes: list[object]) -> None:
    assert (editor.further(), told(editor)) == ((), "Images are driven to fool the classifier in use alone.")
    editor.set_further(TWO)
    assert editor.further() == TWO
    assert "until all are sure" in told(editor)
    assert changes == []


def test_a_weight_is_changed(editor: FurtherEditor, changes: list[tuple[FurtherClassifier, ...]]) -> None:
    editor.set_further(TWO)
    part(editor, QDoubleSpinBox, "weight_of_third").setValue(2.0)
    assert [[each.weight for each in change] for change in changes] == [[0.5, 2.0]]
    assert changes[0][1].sha256 == "cd"


def test_a_classifier_is_removed(editor: FurtherEditor, changes: list[tuple[FurtherClassifier, ...]]) -> None:
    editor.set_further(TWO)
    part(editor, QAbstractButton, "remove_second").click()
    assert changes == [TWO[1:]]
    part(editor, QAbstractButton, "remove_third").click()
    assert changes[-1] == ()
    assert told(editor) == "Images are driven to fool the classifier in use alone."


def test_a_file_is_asked_for_and_left_to_others_to_open(qtbot: QtBot, editor: FurtherEditor) -> None:
    asked: list[str] = []
    editor.add_requested.connect(asked.append)
    part(editor, QAbstractButton, "add_further_button").click()
    dialog = editor.findChild(QFileDialog, "further_dialog")
    assert dialog is not None
    dialog.fileSelected.emit("/nets/fourth.keras")
    dialog.close()
    assert asked == ["/nets/fourth.keras"]
    assert editor.further() == ()


def test_during_a_run_nothing_can_be_changed_and_the_reason_is_told(editor: FurtherEditor) -> None:
    editor.set_further(TWO)
    editor.set_disabled_because("Fixed during a run.")
    names = ("add_further_button", "weight_of_second", "remove_second")
    controls = [part(editor, QWidget, name) for name in names]
    assert not any(control.isEnabled() for control in controls)
    assert all("Fixed during a run." in control.toolTip() for control in controls)
    editor.set_disabled_because("")
    assert all(control.isEnabled() for control in controls)
