from __future__ import annotations

import dataclasses

import pytest
from fake_engine import info
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QAbstractButton, QLabel, QMenu, QWidget
from pytestqt.qtbot import QtBot
from run_samples import make_spec
from saves import make_save

from fooler_gui.core.lab_state import LabState
from fooler_gui.core.messages import Fooledness, HonestyChecked, RetrainingFinished, RunFinished
from fooler_gui.features.lessons.lesson_binding import LessonBinding
from fooler_gui.features.lessons.lesson_panel import LessonPanel
from fooler_gui.features.lessons.lessons import LESSONS
from fooler_gui.session.model import SessionModel
from fooler_gui.session.run_view import RunView
from fooler_gui.session.work_views import RetrainingView

FOOL, WHY, MEND = LESSONS
ENDED = RunFinished(stopped_by=("probability",), steps=3, seconds=0.1)
_MEASURED = Fooledness(test_accuracy=0.9, found_mean_confidence=0.5, noise_mean_confidence=0.4, fresh_fooled_share=0.3)


class Owner(QWidget):
    inspect_requested = Signal(int, int)


class Bench:
    """A model, the panel of lessons and their menu."""

    def __init__(self, qtbot: QtBot) -> None:
        self.owner = Owner()
        qtbot.addWidget(self.owner)
        self.model = SessionModel(self.owner)
        self.panel = LessonPanel(self.owner)
        self.menu = QMenu(self.owner)
        self.shown = 0
        self.binding = LessonBinding(
            self.owner, self.model, self.menu, self.panel, self._show, self.owner.inspect_requested
        )
        self.model.set_classifier(info("first"), None)
        self.model.set_state(LabState.READY)

    def _show(self) -> None:
        self.shown += 1

    def run(
        self, labels: tuple[int, ...] = (1,), found: float = 0.9999, classifier: str = "first", **changes: object
    ) -> None:
        """A run of two slots a label that begins and ends."""
        spec = dataclasses.replace(make_spec(labels, slots=2), **changes)
        run = RunView(spec, info(classifier), "a run")
        run.add([make_save(labels, 2, (4, 4, 1), step, probabilities=found) for step in range(3)])
        self.model.set_state(LabState.BACKWORKING)
        self.model.show_run(run)
        run.finished = ENDED
        self.model.set_state(LabState.READY)
        self.model.run_changed.emit()

    @property
    def done(self) -> list[int]:
        """The numbers of the tasks that are ticked."""
        signs = [sign for sign in self.panel.findChildren(QLabel) if sign.objectName().endswith("_sign")]
        return [int(sign.objectName().split("_")[1]) for sign in signs if sign.text() == "✓" and not sign.isHidden()]

    @property
    def progress(self) -> str:
        return self.panel.findChild(QLabel, "lesson_progress").text()


@pytest.fixture
def bench(qtbot: QtBot) -> Bench:
    return Bench(qtbot)


def test_every_lesson_is_in_the_menu_and_is_shown_with_its_tasks(bench: Bench) -> None:
    assert [action.text() for action in bench.menu.actions()] == [
        f"{number}. {lesson.title}" for number, lesson in enumerate(LESSONS, start=1)
    ]
    for lesson, action in zip(LESSONS, bench.menu.actions(), strict=True):
        action.trigger()
        assert bench.panel.findChild(QLabel, "lesson_title").text() == lesson.title
        assert bench.progress == f"0 of {len(lesson.tasks)} done · about 10 minutes"
    assert bench.shown == 3


def test_what_was_done_before_a_lesson_does_not_count(bench: Bench) -> None:
    bench.run()
    bench.binding.begin(FOOL)
    bench.model.run_changed.emit()
    assert bench.done == []
    bench.run()
    assert bench.done == [1]


def test_the_tasks_of_fooling(bench: Bench) -> None:
    bench.binding.begin(FOOL)
    bench.run(found=0.5)
    assert bench.done == []
    bench.run()
    assert bench.done == [1]
    bench.run(rng_seed=9)
    assert bench.done == [1, 2]
    bench.model.run.cursor = 0
    bench.model.cursor_changed.emit()
    assert bench.done == [1, 2, 3]
    bench.run((0, 1, 2))
    assert bench.done == [1, 2, 3, 4]
    bench.run(start="a seven.npz")
    assert bench.done == [1, 2, 3, 4, 5]
    assert bench.progress == "All done. The next lesson is in the Help menu."


def test_a_save_that_was_looked_at_before_a_lesson_is_no_look_back(bench: Bench) -> None:
    bench.run()
    bench.model.run.cursor = 0
    bench.binding.begin(FOOL)
    bench.model.cursor_changed.emit()
    assert bench.done == []
    bench.model.run.cursor = 1
    bench.model.cursor_changed.emit()
    assert bench.done == [3]


def test_the_tasks_of_why_it_works(bench: Bench) -> None:
    article = make_spec((1,)).coefficients.with_terms(reference=0.5, batch=0.5)
    bench.binding.begin(WHY)
    bench.run(coefficients=article)
    assert bench.done == []
    bench.model.select((1, 0))
    assert bench.done == []
    bench.owner.inspect_requested.emit(1, 0)
    assert bench.done == [1]
    bench.run(coefficients=article, rng_seed=5)
    assert bench.done == [1]
    bench.run(coefficients=article.with_terms(reference=0.0, batch=0.0))
    assert bench.done == [1, 2]
    bench.run(coefficients=article.with_terms(reference=3.0))
    assert bench.done == [1, 2, 3]
    bench.model.select((1, 1))
    assert bench.done == [1, 2, 3]
    bench.run((2,))
    bench.model.select((2, 0))
    assert bench.done == [1, 2, 3, 4]


def test_the_tasks_of_mending(bench: Bench) -> None:
    bench.binding.begin(MEND)
    bench.run((0, 1))
    assert bench.done == [1]
    retraining = bench.model.retraining = RetrainingView(before=info("first"))
    bench.model.retraining_changed.emit()
    assert bench.done == [1]
    retraining.finished = RetrainingFinished(
        before=_MEASURED, after=_MEASURED, found_images=4, steps=1, seconds=1.0, stopped=False, candidate=info("second")
    )
    bench.model.retraining_changed.emit()
    assert bench.done == [1, 2]
    bench.model.set_classifier(info("second"), info("first"))
    assert bench.done == [1, 2]
    bench.run((0, 1), classifier="second")
    assert bench.done == [1, 2, 3]
    bench.model.checked = HonestyChecked(name="second", checks=())
    bench.model.honesty_changed.emit()
    assert bench.done == [1, 2, 3, 4]


def test_the_answers_are_hidden_until_they_are_asked_for(bench: Bench) -> None:
    bench.binding.begin(FOOL)
    (answer,) = [label for label in bench.panel.findChildren(QLabel) if label.text() == FOOL.tasks[0].answer]
    assert not answer.isVisibleTo(bench.panel)
    bench.panel.findChild(QAbstractButton, "task_1_answer").click()
    assert answer.isVisibleTo(bench.panel)
