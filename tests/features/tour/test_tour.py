from __future__ import annotations

import pytest
from fake_engine import info
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QDockWidget, QLabel, QMainWindow, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from run_samples import make_spec
from saves import make_save

from fooler_gui.core.lab_state import LabState
from fooler_gui.core.messages import Fooledness, RetrainingFinished
from fooler_gui.core.settings import RetrainingSettings
from fooler_gui.features.tour.callout import place_beside
from fooler_gui.features.tour.tour import Tour
from fooler_gui.features.tour.tour_steps import STEPS
from fooler_gui.session.model import SessionModel
from fooler_gui.session.run_view import RunView
from fooler_gui.session.work_views import RetrainingView

_MEASURED = Fooledness(test_accuracy=0.9, found_mean_confidence=0.5, noise_mean_confidence=0.4, fresh_fooled_share=0.3)
FINISHED = RetrainingFinished(
    before=_MEASURED, after=_MEASURED, found_images=2, steps=1, seconds=1.0, stopped=False, candidate=info("second")
)


class Bench:
    """A window with the controls that the tour points at, and a model."""

    def __init__(self, qtbot: QtBot) -> None:
        self.window = QMainWindow()
        qtbot.addWidget(self.window)
        self.window.resize(900, 600)
        self.window.setCentralWidget(self.widget("batch_grid"))
        dock = QDockWidget("Dataset and classifier", self.window)
        dock.setObjectName("classifier_dock")
        dock.setWidget(self.widget("run_button"))
        self.window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, dock)
        for name in ("reference_cost_coeff_slider", "retrain_button"):
            self.widget(name).setParent(self.window)
        self.window.show()
        self.model = SessionModel(self.window)
        self.tour = Tour(self.window, self.model)
        self.ended: list[bool] = []
        self.tour.ended.connect(lambda: self.ended.append(True))

    def widget(self, name: str) -> QWidget:
        made = QWidget()
        made.setObjectName(name)
        made.setMinimumSize(60, 40)
        return made

    def button(self, name: str) -> QPushButton:
        return self.window.findChild(QPushButton, name)

    @property
    def title(self) -> str:
        return self.window.findChild(QLabel, "tour_title").text()

    @property
    def callout(self) -> QWidget:
        return self.window.findChild(QWidget, "tour_callout")

    def run(self) -> None:
        self.model.set_state(LabState.BACKWORKING)
        run = RunView(make_spec((1,), slots=2), info("first"), "a run")
        run.add([make_save((1,), 2, (4, 4, 1))])
        self.model.show_run(run)

    def rest(self) -> None:
        self.model.set_state(LabState.READY)


@pytest.fixture
def bench(qtbot: QtBot) -> Bench:
    return Bench(qtbot)


def test_each_step_waits_for_what_it_asks_for(bench: Bench) -> None:
    seen = []
    bench.tour.begin()
    for happens in (
        lambda: (bench.model.set_classifier(info("first"), None), bench.rest()),
        bench.run,
        bench.rest,
        lambda: bench.model.select((1, 1)),
        lambda: (
            bench.model.change_setup(coefficients=bench.model.setup.coefficients.with_terms(reference=3.0)),
            bench.run(),
            bench.rest(),
        ),
        lambda: retrained(bench.model),
    ):
        seen.append((bench.tour.place, bench.title))
        happens()
    assert seen == [(place, step.title) for place, step in enumerate(STEPS)]
    assert bench.tour.place == len(STEPS)
    assert bench.ended == []
    bench.button("tour_leave").click()
    assert bench.callout.isHidden()
    assert bench.ended == [True]


def retrained(model: SessionModel) -> None:
    retraining = RetrainingView(before=info("first"))
    model.retraining = retraining
    model.retraining_changed.emit()
    retraining.finished = FINISHED
    model.retraining_changed.emit()


def test_retraining_says_how_many_steps_it_takes_and_where_its_time_is_told() -> None:
    step = STEPS[-1]
    assert step.target == "retrain_button"
    assert f"{RetrainingSettings().steps:,} steps" in step.words
    assert "the line below the buttons says how long" in step.words


def test_coefficients_alone_or_a_run_alone_do_not_change_the_rules(bench: Bench) -> None:
    bench.model.set_classifier(info("first"), None)
    bench.rest()
    bench.tour.begin()
    bench.run()
    bench.rest()
    bench.model.select((1, 1))
    assert bench.tour.place == 4
    bench.run()
    bench.rest()
    assert bench.tour.place == 4


def test_a_tour_that_begins_late_passes_over_what_is_done(bench: Bench) -> None:
    bench.model.set_classifier(info("first"), None)
    bench.rest()
    bench.tour.begin()
    assert bench.title == STEPS[1].title


def test_it_can_be_passed_over_step_by_step_and_left_at_any_time(bench: Bench) -> None:
    bench.tour.begin()
    for step in STEPS[1:]:
        bench.button("tour_next").click()
        assert bench.title == step.title
    bench.button("tour_leave").click()
    assert (bench.tour.place, bench.ended) == (-1, [True])
    bench.run()
    assert bench.callout.isHidden()
    bench.tour.begin()
    assert bench.callout.isVisible()


def test_the_frame_is_around_the_control_and_the_words_are_beside_it(bench: Bench, qtbot: QtBot) -> None:
    bench.tour.begin()
    frame, dock = bench.window.findChild(QWidget, "tour_frame"), bench.window.findChild(QDockWidget, "classifier_dock")
    qtbot.waitUntil(lambda: frame.geometry().contains(dock.geometry().center()), timeout=2000)
    assert not bench.callout.geometry().intersects(dock.geometry())
    assert bench.window.rect().contains(bench.callout.geometry())
    assert bench.window.childAt(frame.geometry().center()) is not frame


def test_the_words_stand_at_the_height_of_their_control_and_beside_its_whole_column() -> None:
    slider = QRect(500, 240, 300, 20)
    assert place_beside(slider, QSize(200, 100), QRect(0, 0, 800, 600), sideways=True) == QPoint(288, 240)


@pytest.mark.parametrize(
    ("around", "place"),
    [
        (QRect(0, 0, 100, 300), QPoint(111, 12)),  # a column at the left: to its right
        (QRect(700, 0, 100, 300), QPoint(488, 12)),  # at the right: to its left
        (QRect(20, 5, 50, 20), QPoint(20, 36)),  # a button at the top: below
        (QRect(20, 570, 50, 20), QPoint(20, 458)),  # at the bottom: above
        (QRect(0, 0, 800, 600), QPoint(587, 12)),  # no room beside it
    ],
)
def test_the_words_are_placed_where_they_cover_least(around: QRect, place: QPoint) -> None:
    assert place_beside(around, QSize(200, 100), QRect(0, 0, 800, 600)) == place
