"""Tests of the presets of coefficients, and of those scaled to a net's distances."""

from __future__ import annotations

import dataclasses
import math

import pytest

from fooler_gui.core.coefficient_presets import (
    ARTICLE_DISTANCES,
    DESCENT_OF_PRESETS,
    PRESET_TITLES,
    coefficient_presets,
    descent_to_keep,
    scaled_coefficients,
    strong_diversity,
    strong_penalties,
    usual_coefficients,
)
from fooler_gui.core.settings import DescentSettings, article_coefficients, no_penalties
from fooler_gui.core.terms import COEFFICIENT_MAXIMUM

FOUR = ("inputs", "conv0", "conv1", "fc")


def scaled(*distances: float) -> list[float]:
    layers = [f"layer{index}" for index in range(len(distances))]
    return list(scaled_coefficients(dict(zip(layers, distances, strict=True))).layer_cost_coeffs.values())


def test_presets_of_coefficients_do_what_they_are_called() -> None:
    presets = coefficient_presets(FOUR)
    assert set(presets) == {"article", "no penalties", "strong diversity", "strong", "recognisable", "static", "nguyen"}
    assert presets["article"] == article_coefficients(FOUR)
    assert presets["no penalties"] == no_penalties(FOUR)
    assert set(no_penalties(FOUR).layer_cost_coeffs.values()) == {0.0}
    assert no_penalties(FOUR).term_coeffs["misclassification"] == 10
    assert strong_diversity(FOUR).term_coeffs["batch"] == 10 * article_coefficients(FOUR).term_coeffs["batch"]
    assert strong_diversity(FOUR).layer_cost_coeffs == article_coefficients(FOUR).layer_cost_coeffs


def test_a_net_with_distances_has_a_preset_of_its_own_which_it_begins_with() -> None:
    distances = (0.1, 0.02, 3.0, 7.0)
    presets = coefficient_presets(FOUR, distances)
    assert list(presets) == list(PRESET_TITLES)
    assert usual_coefficients(FOUR, distances) == presets["scaled"] == presets["static"]
    assert presets["scaled"] == scaled_coefficients(dict(zip(FOUR, distances, strict=True)))
    assert presets["scaled"].term_coeffs == presets["article"].term_coeffs
    assert presets["strong diversity"].layer_cost_coeffs == presets["scaled"].layer_cost_coeffs
    assert usual_coefficients(FOUR) == article_coefficients(FOUR)


def test_strong_penalties_differ_from_the_usual_ones_in_the_inputs_alone() -> None:
    assert strong_penalties(FOUR).layer_cost_coeffs == {"inputs": 1.0, "conv0": 1e-4, "conv1": 1e-3, "fc": 1e-2}
    assert strong_penalties(FOUR).term_coeffs == article_coefficients(FOUR).term_coeffs
    distances = (2 * ARTICLE_DISTANCES[0], 0.02, 3.0, 7.0)
    expected = {**usual_coefficients(FOUR, distances).layer_cost_coeffs, "inputs": 2.0}
    assert strong_penalties(FOUR, distances).layer_cost_coeffs == expected
    assert strong_penalties(()) == article_coefficients(())


def test_recognisable_images_have_no_penalty_but_total_variation_whatever_the_net() -> None:
    presets = coefficient_presets(FOUR, (0.1, 0.02, 3.0, 7.0))
    variation = presets["recognisable"].term_coeffs["total_variation"]
    assert variation > 0
    assert presets["recognisable"] == no_penalties(FOUR).with_terms(total_variation=variation)


def test_static_is_the_article_and_puts_back_all_that_recognisable_changes() -> None:
    assert set(DESCENT_OF_PRESETS) == {"recognisable", "static", "nguyen"}
    robust = DescentSettings.from_dict(DESCENT_OF_PRESETS["recognisable"])
    assert robust.transformations > 0
    assert DESCENT_OF_PRESETS["static"].keys() == DESCENT_OF_PRESETS["recognisable"].keys()
    assert dataclasses.replace(robust, **DESCENT_OF_PRESETS["static"]) == DescentSettings()
    assert coefficient_presets(FOUR)["static"] == article_coefficients(FOUR)


def test_evolution_of_2015_breeds_200_generations_of_200_without_penalties() -> None:
    bred = DescentSettings.from_dict(DESCENT_OF_PRESETS["nguyen"])
    assert (bred.optimiser, bred.population, bred.min_steps, bred.max_steps) == ("evolution", 200, 200, 200)
    assert coefficient_presets(FOUR)["nguyen"] == no_penalties(FOUR)
    assert dataclasses.replace(bred, **DESCENT_OF_PRESETS["static"]) == DescentSettings()


def test_of_the_descent_that_is_kept_which_presets_set_unless_it_is_usual() -> None:
    assert descent_to_keep(DescentSettings(save_frequency=5)) == {}
    kept = descent_to_keep(DescentSettings(save_frequency=5, transformations=3))
    assert kept == {**DESCENT_OF_PRESETS["static"], "transformations": 3}


def test_a_net_with_the_articles_distances_gets_the_articles_coefficients() -> None:
    assert scaled(*ARTICLE_DISTANCES) == [1e-5, 1e-4, 1e-3, 1e-2]


def test_each_coefficient_grows_with_its_layers_distance_so_that_weighted_costs_stay() -> None:
    factors = (255.0**2, 1e-3, 2.0, 0.5)
    distances = [factor * distance for factor, distance in zip(factors, ARTICLE_DISTANCES, strict=True)]
    assert scaled(*distances) == [0.65, 1e-7, 2e-3, 5e-3]


def test_layers_between_the_articles_are_compared_with_distances_between_the_articles() -> None:
    inputs, conv0, conv1, fc = ARTICLE_DISTANCES
    halfway = math.sqrt(conv0 * conv1)
    assert scaled(inputs, halfway, fc) == [1e-5, float(f"{10**-3.5:.3g}"), 1e-2]
    seven = scaled(*[1.0] * 7)
    assert [round(value * 1e9) for value in seven[::2]] == [
        round(float(f"{value / distance:.3g}") * 1e9)
        for value, distance in zip((1e-5, 1e-4, 1e-3, 1e-2), ARTICLE_DISTANCES, strict=True)
    ]
    assert seven[3] == float(f"{10**-3.5 / halfway:.3g}")


def test_the_inputs_alone_are_compared_with_the_articles_inputs() -> None:
    assert scaled(3 * ARTICLE_DISTANCES[0]) == [3e-5]


@pytest.mark.parametrize("distance", [0.0, math.nan, math.inf])
def test_a_layer_in_which_nothing_differs_or_nothing_is_a_number_counts_for_nothing(distance: float) -> None:
    assert scaled(ARTICLE_DISTANCES[0], distance, ARTICLE_DISTANCES[3]) == [1e-5, 0.0, 1e-2]


def test_no_coefficient_is_larger_than_one_may_be() -> None:
    assert scaled(1e30, 1e30)[1] == COEFFICIENT_MAXIMUM
