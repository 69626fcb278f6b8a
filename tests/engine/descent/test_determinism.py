from __future__ import annotations

import itertools

import numpy as np
import pytest
from descents import run_to_end
from tiny import make_batch, make_classifier, make_control

from fooler_gui.core.save import Save
from fooler_gui.core.settings import METHODS, CostCoefficients
from fooler_gui.data.dataset import Dataset
from fooler_gui.engine.cost.cost_function import CostFunction

LABELS = (0, 1, 2)


def run(dataset: Dataset, labels: tuple[int, ...], preset: str, rng_seed: int = 0) -> list[Save]:
    """A run with everything made anew and with reinitialisations in it."""
    classifier, method = make_classifier(), METHODS[preset]
    cost = CostFunction(classifier, method)
    batches = [make_batch(cost, dataset, label, method=method, rng_seed=rng_seed) for label in labels]
    coefficients = CostCoefficients(
        layer_cost_coeffs=dict.fromkeys(classifier.recorded_layers, 0.01), term_coeffs={"misclassification": 0.1}
    )
    control = make_control(classifier, coefficients, max_steps=25, num_mono_dec_saves=2, min_probability=1.0)
    saves, _ = run_to_end(batches, control)
    return saves


@pytest.fixture(scope="module")
def all_labels(dataset: Dataset) -> dict[str, list[Save]]:
    return {preset: run(dataset, LABELS, preset) for preset in ("article", "2016")}


@pytest.mark.parametrize("preset", ["article", "2016"])
def test_the_same_seed_gives_the_same_saves_to_the_bit(
    preset: str, all_labels: dict[str, list[Save]], dataset: Dataset
) -> None:
    again = run(dataset, LABELS, preset)
    assert any(save.reinitialised.any() for save in again)
    assert len(again) == len(all_labels[preset])
    for save, same in zip(all_labels[preset], again, strict=True):
        for name in ("images", "probabilities", "reinitialisations"):
            assert getattr(save, name).tobytes() == getattr(same, name).tobytes()
        assert save.costs == same.costs


@pytest.mark.parametrize("label", LABELS)
def test_a_label_alone_comes_out_as_it_does_beside_others(
    label: int, all_labels: dict[str, list[Save]], dataset: Dataset
) -> None:
    for alone, beside in zip(run(dataset, (label,), "article"), all_labels["article"], strict=True):
        np.testing.assert_array_equal(alone.images[0], beside.images[label])
        np.testing.assert_array_equal(alone.reinitialisations[0], beside.reinitialisations[label])
        assert alone.costs[0] == beside.costs[label]


def test_the_order_of_labels_changes_nothing(all_labels: dict[str, list[Save]], dataset: Dataset) -> None:
    turned = run(dataset, LABELS[::-1], "article")
    np.testing.assert_array_equal(turned[-1].images[::-1], all_labels["article"][-1].images)
    assert turned[-1].labels == LABELS[::-1]


def test_another_seed_gives_other_images(all_labels: dict[str, list[Save]], dataset: Dataset) -> None:
    other = run(dataset, LABELS, "article", rng_seed=1)
    assert not np.array_equal(other[0].images, all_labels["article"][0].images)
    assert not np.array_equal(other[-1].images, all_labels["article"][-1].images)


def test_labels_differ_from_each_other(all_labels: dict[str, list[Save]]) -> None:
    first = all_labels["article"][0]
    assert not np.array_equal(first.images[0], first.images[1])


def test_no_two_saves_share_their_images(all_labels: dict[str, list[Save]]) -> None:
    saves = all_labels["article"]
    assert not any(np.shares_memory(one.images, other.images) for one, other in itertools.pairwise(saves))
