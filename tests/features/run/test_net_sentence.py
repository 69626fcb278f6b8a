from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from fake_engine import info
from inspections import make_inspection
from PySide6.QtWidgets import QLabel, QWidget
from run_samples import make_spec
from saves import make_save

from fooler_gui.core.inspection import Inspection, Opinion, Opinions
from fooler_gui.core.lab_state import LabState
from fooler_gui.features.run.net_sentence import NetSentence, SentenceBinding
from fooler_gui.session.model import SessionModel
from fooler_gui.session.run_view import RunView


class Shown:
    """The two lines, bound to a model."""

    def __init__(self) -> None:
        self.parent = QWidget()
        self.model = SessionModel(self.parent)
        self.widget = NetSentence(self.parent)
        SentenceBinding(self.parent, self.model, self.widget)

    def run(self, start: str = "noise") -> None:
        spec = dataclasses.replace(make_spec((1,), slots=2), start=start)
        run = RunView(spec, info("first"), "a run")
        save = make_save((1,), 2, (4, 4, 1), 7, probabilities=[0.25, 0.99971], leads=np.array([[False, True]]))
        run.add([dataclasses.replace(save, tops=np.array([[2, 1]]), top_probabilities=np.float32([[0.5, 0.99971]]))])
        self.model.show_run(run)

    @property
    def lines(self) -> list[str]:
        names = ("net_sentence", "net_sentence_beside")
        return [self.widget.findChild(QLabel, name).text() for name in names]


@pytest.fixture
def shown(qtbot) -> Shown:
    made = Shown()
    qtbot.addWidget(made.parent)
    return made


def test_without_images_nothing_is_said(shown: Shown) -> None:
    assert shown.widget.isHidden()


def test_the_sentence_is_of_the_first_image_until_another_is_selected(shown: Shown) -> None:
    shown.run()
    assert not shown.widget.isHidden()
    assert shown.lines == ["The net: 2, 50.00 % sure.", "It began as uniform noise."]
    shown.model.select((1, 1))
    assert shown.lines[0] == "The net: 1, 99.97 % sure."


def test_an_image_of_ones_own_that_was_reinitialised_says_so(shown: Shown) -> None:
    shown.run(start="/mine/drawing.npz")
    assert shown.lines[1] == "It began as “drawing”."
    run, save = shown.model.run, shown.model.shown
    assert run is not None
    assert save is not None
    run.add([dataclasses.replace(save, step=8, reinitialisations=np.array([[1, 0]]))])
    shown.model.show_run(run)
    assert shown.lines[1] == "It began as “drawing”, but was reinitialised and is now made of uniform noise."
    shown.model.select((1, 1))
    assert shown.lines[1] == "It began as “drawing”."


def looked(step: int = 7) -> Inspection:
    return make_inspection(
        1, 0, step, (4, 4, 1), probabilities=(0.1, 0.8, 0.1), net_sees=0, neighbour_labels=(2, 2, 1, 2, 0)
    )


def give(shown: Shown, opinions: tuple[Opinion, ...], slot: int = 0, step: int = 7) -> None:
    shown.model.opinions = Opinions(label=1, slot=slot, step=step, opinions=opinions)
    shown.model.opinions_changed.emit()


NET = " A second net: 0, 75.00 % sure."


def test_a_second_opinion_is_told_as_that_of_another_net(shown: Shown) -> None:
    shown.run()
    for slot, words in ((1, ""), (0, NET)):
        give(shown, looked().opinions, slot)
        assert shown.lines[1] == f"It began as uniform noise.{words}"


def test_the_second_opinions_of_an_inspection_are_told_if_it_is_of_this_image(shown: Shown) -> None:
    shown.run()
    for step, words in ((6, ""), (7, NET)):
        shown.model.inspection = looked(step)
        shown.model.inspection_changed.emit()
        assert shown.lines[1] == f"It began as uniform noise.{words}"


def test_at_rest_the_last_second_opinion_stays_until_the_next_one_is_given(shown: Shown) -> None:
    shown.run()
    give(shown, looked().opinions, step=6)
    assert shown.lines[1] == "It began as uniform noise."
    shown.model.set_state(LabState.READY)
    shown.model.cursor_changed.emit()
    assert shown.lines[1] == f"It began as uniform noise.{NET}"
    shown.model.opinions = None
    shown.model.opinions_changed.emit()
    assert shown.lines[1] == "It began as uniform noise."


def test_without_a_second_net_the_nearest_training_images_are_told(shown: Shown) -> None:
    shown.run()
    give(shown, looked().opinions[1:])
    assert shown.lines[1] == "It began as uniform noise. Of the 5 nearest training images, 3 are of 2."


def test_the_sentence_is_the_largest_text_of_the_window(shown: Shown) -> None:
    sizes = [shown.widget.findChild(QLabel, name).fontInfo().pixelSize() for name in ("net_sentence",)]
    assert sizes[0] >= 1.5 * shown.parent.fontInfo().pixelSize()
