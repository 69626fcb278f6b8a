from __future__ import annotations

from dataclasses import replace

import pytest
from fake_engine import info
from guarantee_samples import make_guarantee
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton, QSpinBox
from pytestqt.qtbot import QtBot

from fooler_gui.core.guarantee import GuaranteeSettings
from fooler_gui.core.lab_state import LabState
from fooler_gui.core.messages import GuaranteeMade, Working
from fooler_gui.features.guarantee.guarantee import GuaranteePage

MADE = GuaranteeMade(report=make_guarantee(), classifier=replace(info("guaranteed"), has_guarantee=True))


@pytest.fixture
def page(qtbot: QtBot) -> GuaranteePage:
    page = GuaranteePage()
    qtbot.addWidget(page)
    page.resize(560, 640)
    page.set_classifier(info("plain"))
    page.set_state(LabState.READY)
    page.show()
    return page


def button(page: GuaranteePage, name: str) -> QPushButton:
    return page.findChild(QPushButton, f"{name}_guarantee")


def text(page: GuaranteePage, name: str) -> str:
    return page.findChild(QLabel, f"guarantee_{name}").text()


def test_a_guarantee_is_asked_for_with_the_settings_shown(page: GuaranteePage, qtbot: QtBot) -> None:
    page.findChild(QSpinBox, "guarantee_components").setValue(50)
    with qtbot.waitSignal(page.make_requested) as asked:
        button(page, "make").click()
    assert asked.args == [GuaranteeSettings(components=50)]
    page.set_settings(GuaranteeSettings(kept=0.99))
    assert page.settings() == GuaranteeSettings(kept=0.99)


def test_progress_is_told_and_the_work_can_be_stopped(page: GuaranteePage, qtbot: QtBot) -> None:
    assert "No guarantee is being made" in button(page, "stop").toolTip()
    page.set_state(LabState.GUARANTEE)
    page.set_working(Working(sentence="Fitting", fraction=0.25))
    assert page.findChild(QProgressBar, "guarantee_progress").value() == 250
    assert text(page, "progress_text") == "Fitting"
    assert not button(page, "make").isEnabled()
    with qtbot.waitSignal(page.stop_requested):
        button(page, "stop").click()
    page.set_state(LabState.READY)
    assert text(page, "progress_text") == "It ended early; nothing was made."


def test_what_was_made_is_told_and_can_be_put_in_use(page: GuaranteePage, qtbot: QtBot) -> None:
    assert not button(page, "use").isVisible()
    page.set_state(LabState.GUARANTEE)
    page.show_made(MADE)
    page.set_state(LabState.READY)
    assert text(page, "progress_text") == "Done."
    assert text(page, "words") == "Made guaranteed with a guarantee."
    assert "Test images right: 99.07 %, before 99.09 %." in text(page, "details")
    assert "No image whatsoever over 21.50 from every component" in text(page, "details")
    assert "Kept: 99.95 % of 10,000 validation images." in text(page, "details")
    with qtbot.waitSignal(page.use_requested) as asked:
        button(page, "use").click()
    assert asked.args == ["guaranteed.keras"]
    page.set_classifier(MADE.classifier)
    assert "It is in use" in button(page, "use").toolTip()


def test_a_classifier_with_a_guarantee_gets_no_other(page: GuaranteePage) -> None:
    page.set_classifier(MADE.classifier)
    assert "has a guarantee already" in button(page, "make").toolTip()
    page.set_classifier(info("plain"))
    assert button(page, "make").isEnabled()
    page.set_state(LabState.READY, lacks_dataset=True)
    assert "needs a dataset" in button(page, "make").toolTip()
