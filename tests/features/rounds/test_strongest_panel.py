from __future__ import annotations

import pytest
from PySide6.QtWidgets import QCheckBox, QLabel, QPushButton, QSpinBox
from pytestqt.qtbot import QtBot
from strong_samples import make_attacked

from fooler_gui.core.lab_state import LabState
from fooler_gui.core.messages import Working
from fooler_gui.core.strong_attack import NONE_SURE, StrongAttackSettings, strong_attack_sentence, strong_starts
from fooler_gui.exports.sure_images import sure_picture
from fooler_gui.features.rounds.strongest_panel import StrongestPanel
from fooler_gui.widgets.figure_view import FigureView

NAMES = ("zero", "one", "two")


@pytest.fixture
def panel(qtbot: QtBot) -> StrongestPanel:
    panel = StrongestPanel()
    qtbot.addWidget(panel)
    panel.resize(600, 700)
    panel.set_state(LabState.READY)
    panel.show()
    return panel


def button(panel: StrongestPanel, name: str) -> QPushButton:
    return panel.findChild(QPushButton, name)


def test_an_attack_is_asked_for_with_what_is_shown(qtbot: QtBot, panel: StrongestPanel) -> None:
    panel.findChild(QSpinBox, "strongest_images_a_kind").setValue(5)
    with qtbot.waitSignal(panel.attack_requested) as asked:
        button(panel, "attack_strongly").click()
    assert asked.args == [StrongAttackSettings(images_a_kind=5), ()]
    assert all(panel.findChild(QCheckBox, f"strongest_start_{name}") for name in strong_starts())
    panel.findChild(QCheckBox, "strongest_start_sparse").setChecked(True)
    assert panel.starts() == ("sparse",)


def test_settings_are_shown_without_an_echo(panel: StrongestPanel) -> None:
    panel.set_settings(StrongAttackSettings(queries=7))
    assert panel.findChild(QSpinBox, "strongest_queries").value() == 7
    assert panel.settings() == StrongAttackSettings(queries=7)


def test_an_attack_shows_its_progress_and_can_be_stopped(qtbot: QtBot, panel: StrongestPanel) -> None:
    assert not button(panel, "stop_attack").isEnabled()
    panel.set_state(LabState.ATTACKING)
    panel.set_working(Working(sentence="Attacking by margin", fraction=0.25))
    text = panel.findChild(QLabel, "strongest_progress_text")
    assert text.text().startswith("Attacking by margin")
    assert not button(panel, "attack_strongly").isEnabled()
    with qtbot.waitSignal(panel.stop_requested):
        button(panel, "stop_attack").click()
    panel.set_state(LabState.READY)
    assert text.text() == ""
    assert button(panel, "attack_strongly").isEnabled()


def test_what_remains_sure_is_shown_and_exported(qtbot: QtBot, panel: StrongestPanel) -> None:
    attacked = make_attacked()
    panel.show_attacked(attacked, NAMES)
    assert panel.attacked() is attacked
    assert panel.findChild(QLabel, "strongest_words").text() == strong_attack_sentence(attacked.report)
    picture = panel.picture()
    assert picture is not None
    assert picture.tobytes() == sure_picture(attacked, NAMES).tobytes()
    panel.show_attacked(make_attacked(withstands=True), NAMES)
    assert panel.picture() is None
    assert panel.findChild(FigureView, "sure_images").accessibleName() == NONE_SURE


def test_without_a_dataset_nothing_is_attacked(panel: StrongestPanel) -> None:
    panel.set_state(LabState.READY, lacks_dataset=True)
    assert "needs a dataset" in button(panel, "attack_strongly").toolTip()
