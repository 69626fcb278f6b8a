from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel, QProgressBar

from fooler_gui.core.messages import TrainingProgress
from fooler_gui.widgets.progress_line import ProgressLine


@pytest.fixture
def line(qtbot):
    made = ProgressLine("training_progress", "Training progress")
    qtbot.addWidget(made)
    return made


def share(line: ProgressLine) -> float:
    bar = line.findChild(QProgressBar, "training_progress")
    return bar.value() / bar.maximum()


def text(line: ProgressLine) -> str:
    return line.findChild(QLabel, "training_progress_text").text()


def test_it_shows_a_fraction_and_words(line):
    line.set_progress(0.25, "1,240 images/s · 2:10 left")
    assert share(line) == 0.25
    assert text(line) == "1,240 images/s · 2:10 left"
    assert line.is_running()


@pytest.mark.parametrize(("fraction", "shown"), [(-1.0, 0.0), (7.0, 1.0)])
def test_a_fraction_out_of_range_is_brought_back(line, fraction, shown):
    line.set_progress(fraction, "")
    assert share(line) == shown


def test_an_unknown_fraction_shows_a_bar_that_moves_to_and_fro(line):
    line.set_progress(None, "Loading")
    bar = line.findChild(QProgressBar, "training_progress")
    assert (bar.minimum(), bar.maximum()) == (0, 0)


def test_idle_empties_the_bar(line):
    line.set_progress(None, "Loading")
    line.set_idle("Trained 3,000 steps in 1:20.")
    assert share(line) == 0
    assert text(line) == "Trained 3,000 steps in 1:20."
    assert not line.is_running()


def test_training_is_told_by_step_rate_and_time_left(line):
    progress = TrainingProgress(
        step=1000, steps=4000, loss=0.1, validation_accuracy=None, images_per_second=1240.4, seconds_left=130.0
    )
    line.show_training(progress)
    assert share(line) == 0.25
    assert text(line) == "Step 1,000 of 4,000\n1,240 images/s · 2:10 left"


def test_its_height_is_the_same_for_every_text(line):
    heights = set()
    for words in ("", "one", "one\ntwo", "a long sentence " * 20):
        line.set_progress(0.5, words)
        heights.add(line.sizeHint().height())
    assert len(heights) == 1
