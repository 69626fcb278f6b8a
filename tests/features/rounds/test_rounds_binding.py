from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest
from fake_engine import info
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot
from round_samples import make_report
from strong_samples import make_attacked

from fooler_gui.core.lab_state import LabState
from fooler_gui.core.messages import HonestyChecked, Working
from fooler_gui.core.strong_attack import StrongAttackSettings
from fooler_gui.features.rounds.rounds import RoundsPage
from fooler_gui.features.rounds.rounds_feature import RoundsBinding
from fooler_gui.session.controller import Controller
from fooler_gui.session.model import SessionModel


class Asked:
    """Stands for a controller; notes what it is asked for."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *arguments: self.calls.append((name, *arguments))


class Bound:
    """A page bound to a model with a classifier in use."""

    def __init__(self, qtbot: QtBot) -> None:
        self.page = RoundsPage()
        qtbot.addWidget(self.page)
        self.model = SessionModel()
        self.model.set_classifier(info("mine"), None)
        self.model.state = LabState.READY
        self.asked = Asked()
        RoundsBinding(self.page, self.model, cast("Controller", self.asked))

    def check(self, name: str) -> None:
        self.model.checked = HonestyChecked(name=name, checks=make_report(1).checks)
        self.model.honesty_changed.emit()

    def attack(self, name: str) -> None:
        self.model.attacked = make_attacked(name)
        self.model.attacked_changed.emit()

    @property
    def heading(self) -> str:
        return self.page.findChild(QLabel, "honesty_heading").text()


@pytest.fixture
def bound(qtbot: QtBot) -> Bound:
    return Bound(qtbot)


def test_the_strongest_attack_joins_the_plain_checks_of_the_same_classifier(bound: Bound) -> None:
    bound.check("mine")
    assert bound.heading == "mine · No masking found in 1 check."
    bound.attack("mine")
    assert bound.heading == "mine · No masking found in 2 checks."
    assert bound.page.strongest().picture() is not None
    bound.check("mine")
    assert bound.heading == "mine · No masking found in 2 checks."


def test_of_two_classifiers_only_what_was_made_last_is_shown(bound: Bound) -> None:
    bound.attack("mine")
    bound.check("other")
    assert bound.heading == "other · No masking found in 1 check."
    bound.attack("third")
    assert bound.heading == "third · No masking found in 1 check."


def test_the_attack_is_asked_of_the_controller_and_shows_its_progress(bound: Bound) -> None:
    panel = bound.page.strongest()
    panel.attack_requested.emit(panel.settings(), ("sparse",))
    panel.stop_requested.emit()
    assert bound.asked.calls == [("attack_strongly", StrongAttackSettings(), ("sparse",)), ("stop",)]
    text = panel.findChild(QLabel, "strongest_progress_text")
    bound.model.working = Working(sentence="Opening the classifier", fraction=0.5)
    bound.model.working_changed.emit()
    assert text.text() == ""
    bound.model.state = LabState.ATTACKING
    bound.model.state_changed.emit(LabState.ATTACKING)
    bound.model.working = Working(sentence="Attacking by margin", fraction=0.5)
    bound.model.working_changed.emit()
    assert text.text().startswith("Attacking by margin")
