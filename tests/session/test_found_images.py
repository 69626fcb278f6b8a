from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from fake_engine import info
from saves import LAYERS, make_save

from fooler_gui.core.run_spec import AVERAGES, RunSpec
from fooler_gui.core.settings import article_coefficients
from fooler_gui.session import found_images
from fooler_gui.session.found_images import ALL_RUNS, NONE, RUN, FoundImages
from fooler_gui.session.run_view import RunView


def run_of(
    name: str, shape: tuple[int, int, int] = (4, 4, 1), classes: str = "012", probability: float = 1.0
) -> RunView:
    """Returns a run with two slots of label 1, which are found images if their `probability` is high."""
    spec = RunSpec(classifier="a.keras", labels=(1,), slots=2, coefficients=article_coefficients(LAYERS))
    run = RunView(spec, replace(info("a"), class_names=tuple(classes)), name)
    run.add([make_save((1,), 2, shape, 0, probabilities=probability)])
    return run


def counts(found: FoundImages) -> tuple[int, int, int]:
    made = tuple(len(found.found(which)[0]) for which in (RUN, ALL_RUNS, NONE))
    assert made == tuple(found.count(which) for which in (RUN, ALL_RUNS, NONE))
    return made


def test_images_of_earlier_runs_are_kept_and_a_run_opened_twice_counts_once() -> None:
    found = FoundImages()
    assert counts(found) == (0, 0, 0)
    for name, expected in (("one", (2, 2, 0)), ("two", (2, 4, 0)), ("one", (2, 4, 0))):
        found.follow(run_of(name))
        assert counts(found) == expected
    found.follow(run_of("three", probability=0.5))
    assert counts(found) == (0, 4, 0)


@pytest.mark.parametrize("other", [{"shape": (5, 4, 3)}, {"classes": "abc"}])
def test_all_runs_are_those_whose_images_and_classes_are_those_on_screen(other: dict[str, object]) -> None:
    found = FoundImages()
    found.follow(run_of("one"))
    found.follow(run_of("two", **other))  # type: ignore[arg-type]
    assert counts(found) == (2, 2, 0)
    found.follow(run_of("three"))
    assert counts(found) == (2, 4, 0)
    images, labels = found.found(ALL_RUNS)
    assert (images.shape, labels.tolist()) == ((4, 4, 4, 1), [1, 1, 1, 1])


def test_images_of_the_oldest_runs_are_forgotten_beyond_a_gigabyte(monkeypatch: pytest.MonkeyPatch) -> None:
    assert found_images.MOST_BYTES == 2**30
    monkeypatch.setattr(found_images, "MOST_BYTES", 2 * (2 * 16 * 4))  # two runs of two images of sixteen pixels
    found = FoundImages()
    runs = [run_of(name) for name in ("one", "two", "three", "four")]
    for number, (run, expected) in enumerate(zip(runs, (2, 4, 6, 6), strict=True)):
        assert run.newest is not None
        run.newest.images.setflags(write=True)
        run.newest.images[...] = number
        found.follow(run)
        assert found.count(ALL_RUNS) == expected
    assert np.unique(found.found(ALL_RUNS)[0]).tolist() == [1, 2, 3]


def test_averages_that_are_the_label_already_are_no_found_images() -> None:
    found, run = FoundImages(), run_of("one")
    run.spec = replace(run.spec, start=AVERAGES)
    found.follow(run)
    assert counts(found) == (0, 0, 0)
