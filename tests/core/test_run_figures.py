from __future__ import annotations

import itertools

import numpy as np
import pytest
from saves import make_save

from fooler_gui.core.run_figures import RunFigures
from fooler_gui.core.settings import DescentSettings


def test_without_a_save_there_are_no_figures() -> None:
    assert RunFigures(DescentSettings()).figures() == {}


def test_it_counts_who_fools_and_when_half_of_them_did() -> None:
    figures = RunFigures(DescentSettings())
    for step, probabilities in (
        (0, [0.1, 0.1, 0.1, 0.1]),
        (2, [0.9995, 0.1, 0.1, 0.1]),
        (6, [0.9999, 0.9, 0.9999, 0.9995]),
    ):
        figures.add(make_save(step=step, slots=4, probabilities=probabilities))
    found = figures.figures()
    assert (found["images"], found["fooling"]) == (4, 3)
    assert (found["steps_to_999"], found["gradients_to_999"]) == (6, 6)


def test_where_none_fools_nothing_is_said_of_when() -> None:
    figures = RunFigures(DescentSettings())
    figures.add(make_save(slots=2, probabilities=[0.1, 0.2]))
    found = figures.figures()
    assert found["fooling"] == 0
    assert not {"steps_to_999", "gradients_to_999"} & found.keys()


def test_spread_is_the_mean_squared_difference_over_all_pairs() -> None:
    save = make_save(slots=3, probabilities=0.5)
    figures = RunFigures(DescentSettings())
    figures.add(save)
    pairs = [np.mean((save.images[0, i] - save.images[0, j]) ** 2) for i, j in itertools.combinations(range(3), 2)]
    assert figures.figures()["spread"] == pytest.approx(float(np.mean(pairs)), rel=1e-5)
    alone = RunFigures(DescentSettings())
    alone.add(make_save(slots=1, probabilities=0.5))
    assert "spread" not in alone.figures()
