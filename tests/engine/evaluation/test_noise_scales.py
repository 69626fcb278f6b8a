from __future__ import annotations

from collections.abc import Generator

import numpy as np
import pytest
from generators import outcome

from fooler_gui.engine.evaluation.noise_scales import FACTORS, least_factors


class Looks:
    """The confidence on images at each factor, and which images were looked at, how often, in which order."""

    def __init__(self, confidence: np.ndarray) -> None:
        self.confidence = confidence
        self.looked: list[tuple[int, list[int]]] = []

    def __call__(self, chosen: np.ndarray, factor: float, known: float) -> Generator[float, None, np.ndarray]:
        place = FACTORS.tolist().index(factor)
        self.looked.append((place, chosen.tolist()))
        yield known
        return self.confidence[chosen, place]


def rising_to(*places: int, before: float = 0.5) -> np.ndarray:
    """Confidence of which each image's is `before` and then, from the factor of its place on, 1."""
    return np.where(np.arange(len(FACTORS)) < np.array(places)[:, None], before, 1.0)


def factors_of(looks: Looks) -> list[float]:
    return outcome(least_factors(len(looks.confidence), looks))[1].tolist()


def test_the_factors_go_from_1_to_nearly_100_by_5_per_cent() -> None:
    assert len(FACTORS) == 95
    assert FACTORS[0] == 1
    assert FACTORS[1:] / FACTORS[:-1] == pytest.approx(1.05)
    assert 95 < FACTORS[-1] < 100


@pytest.mark.parametrize("before", [0.1, 0.9905])
def test_the_least_factor_is_found_wherever_it_is(before: float) -> None:
    looks = Looks(rising_to(*range(95), before=before))
    assert factors_of(looks) == FACTORS.tolist()


def test_an_image_that_is_never_over_has_no_factor() -> None:
    assert factors_of(Looks(rising_to(95, 2, before=0.9985))) == [np.inf, FACTORS[2]]


def test_a_confidence_of_just_the_threshold_is_not_over_it() -> None:
    assert factors_of(Looks(np.full((1, 95), 0.999))) == [np.inf]


def test_of_four_factors_the_last_is_looked_at_first_and_the_others_for_images_that_are_nearly_over() -> None:
    looks = Looks(rising_to(5, 7, 9))
    looks.confidence[2, 3] = 0.995
    assert factors_of(looks) == [FACTORS[5], FACTORS[7], FACTORS[9]]
    assert looks.looked == [
        (3, [0, 1, 2]),
        (0, [2]),
        (1, [2]),
        (2, [2]),
        (7, [0, 1, 2]),
        (4, [0, 1]),
        (5, [0, 1]),
        (6, [1]),
        (11, [2]),
        (8, [2]),
        (9, [2]),
    ]


def test_an_image_that_is_over_and_falls_back_is_found_where_it_is_still_nearly_over() -> None:
    confidence = np.full((2, 95), 0.5)
    confidence[:, 5], confidence[0, 7], confidence[:, 20:] = 1.0, 0.991, 1.0
    assert factors_of(Looks(confidence)) == [FACTORS[5], FACTORS[20]]


def test_progress_tells_the_share_of_images_whose_factor_is_known() -> None:
    looks = Looks(rising_to(3, 7))
    known, _ = outcome(least_factors(2, looks))
    assert known == [0, 0, 0, 0, 0.5, 0.5, 0.5, 0.5]
