from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from tiny import make_dataset

from fooler_gui.core.image_kinds import EVALUATIONS, KINDS, RUNS, ImageKind, ImageRequest
from fooler_gui.core.plug_ins import Found
from fooler_gui.core.run_spec import RunSpec
from fooler_gui.core.settings import CostCoefficients, SettingError
from fooler_gui.core.start_words import start_name
from fooler_gui.data.kind_check import problem_of
from fooler_gui.data.starts import make_images, slot_rng, start_images

_turns = itertools.count()


def offered(make: Callable[[ImageRequest], Any], **changes: Any) -> ImageKind:
    facts = {"name": "fog", "title": "Fog", "tip": "Grey.", "formula": "x_i = 1/2", "source": "a test", "make": make}
    return ImageKind(**facts | changes)


def grey(wanted: ImageRequest) -> np.ndarray:
    return np.full(wanted.shape, 0.5, np.float32)


def into_the_dataset(wanted: ImageRequest) -> np.ndarray:
    wanted.dataset.train_images[...] = 0
    return grey(wanted)


def infinite(wanted: ImageRequest) -> np.ndarray:
    return np.full(wanted.shape, np.inf, np.float32)


def from_time_to_time(wanted: ImageRequest) -> np.ndarray:
    return grey(wanted) / np.float32(2 + next(_turns))


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Callable[[ImageKind], None]:
    """Returns what has a kind be offered by another package, until the test is over."""
    own = dict(KINDS.known())

    def offer(kind: ImageKind) -> None:
        monkeypatch.setattr(KINDS, "_found", Found(entries=own | {kind.name: kind}, packages={kind.name: "pack"}))

    return offer


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (
            lambda wanted: grey(wanted)[1:],
            r"must be float32 of shape \(3, 6, 5, 1\); received float32 .* \(2, 6, 5, 1\)",
        ),
        (lambda wanted: grey(wanted)[..., 0], r"received float32 of shape \(3, 6, 5\)"),
        (lambda wanted: grey(wanted).astype(float), r"received float64 of shape \(3, 6, 5, 1\)"),
        (lambda wanted: np.full((3, 6, 5, 1), 0.5, np.float32), r"must be float32 of shape \(3, 4, 4, 3\)"),
        (lambda wanted: grey(wanted).tolist(), "its images must be a NumPy array; received list"),
        (lambda wanted: grey(wanted) * np.float32(np.nan), "must be finite numbers; some are not"),
        (infinite, "must be finite numbers; some are not"),
        (lambda wanted: grey(wanted) * 3, r"its images must be in \[0, 1\]; received values from 1.5 to 1.5"),
        (lambda wanted: grey(wanted.nothing), "its make fails: "),
        (into_the_dataset, "its make fails: assignment destination is read-only"),
        (from_time_to_time, "they differ between calls"),
    ],
)
def test_a_kind_that_cannot_be_made_is_told_why(make: Callable[[ImageRequest], Any], problem: str) -> None:
    assert re.search(problem, problem_of(offered(make)))


def test_a_good_kind_of_another_package_stays_and_a_run_starts_from_it(registry: Callable[[ImageKind], None]) -> None:
    registry(offered(grey))
    assert problem_of(KINDS.known()["fog"]) == ""
    spec = RunSpec(
        classifier="x.keras", labels=(1,), slots=2, start="fog", coefficients=CostCoefficients(layer_cost_coeffs={})
    )
    assert spec.is_start_made
    assert start_name(spec.start) == "fog"
    assert (start_images(spec, 1, make_dataset(), slot_rng(0, 1)) == 0.5).all()


def test_what_is_evaluated_alone_need_not_stay_in_the_pixels_range() -> None:
    def bright(wanted: ImageRequest) -> np.ndarray:
        return grey(wanted) * 3

    assert problem_of(offered(bright, uses=(EVALUATIONS,))) == ""
    assert problem_of(offered(bright, uses=(RUNS, EVALUATIONS))) != ""


def test_a_kind_that_fails_on_the_dataset_in_use_is_refused_with_its_package(
    registry: Callable[[ImageKind], None],
) -> None:
    kind = offered(lambda wanted: grey(wanted)[:1])
    registry(kind)
    request = ImageRequest(rng=np.random.default_rng(0), count=2, dataset=make_dataset())
    with pytest.raises(SettingError, match=r"^Fog of pack cannot be used: its images must be float32 of shape \(2, "):
        make_images(kind, request)
