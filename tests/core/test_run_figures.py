from __future__ import annotations

import itertools

import numpy as np
import pytest
from saves import make_save

from fooler_gui.core.run_figures import RunFigures, reference_distance
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


@pytest.mark.parametrize("most_pixels", [2, 4, 2**24])
def test_the_reference_distance_is_that_to_the_nearest_reference_averaged_over_the_images(monkeypatch, most_pixels):
    monkeypatch.setattr("fooler_gui.core.run_figures._MOST_PIXELS", most_pixels)
    references = np.array([[0, 0], [255, 255], [0, 255]], np.uint8).reshape(3, 1, 2, 1)
    images = np.array([[0.1, 0.3], [1.0, 0.6]], np.float32).reshape(2, 1, 2, 1)
    nearest = ((0.1**2 + 0.3**2) / 2, 0.4**2 / 2)
    assert reference_distance(images, references) == pytest.approx(sum(nearest) / 2, rel=1e-6)
