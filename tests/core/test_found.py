from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fake_engine import info
from recorded_runs import closed
from run_samples import make_spec
from saves import make_save

from fooler_gui.core.found import found_slots, given_slots
from fooler_gui.core.run_spec import AVERAGES, NOISE
from fooler_gui.core.sentences import given_in_round, given_sentence
from fooler_gui.records.run_folder import new_record, run_recorder
from fooler_gui.records.run_reader import read_found_images

BEGUN, ENDED = [0.9999, 0.9999, 0.1, 0.1], [0.9999, 0.9999, 0.9999, 0.1]
"""Probabilities of four slots: two are over the threshold from the start, of which one is replaced later."""


def saves():
    first = make_save((1,), 4, (4, 4, 1), 0, probabilities=BEGUN)
    last = make_save((1,), 4, (4, 4, 1), 1, probabilities=ENDED, replacements=np.array([[0, 1, 0, 0]]))
    return first, last


@pytest.mark.parametrize(
    ("start", "found"),
    [
        (NOISE, [True, True, True, False]),
        ("permuted", [True, True, True, False]),
        (AVERAGES, [False, True, True, False]),
        ("faint", [False, True, True, False]),
        ("negative", [False, True, True, False]),
        ("sevens.npz", [False, True, True, False]),
        ("digits:7", [False, True, True, False]),
    ],
)
def test_images_of_something_that_were_over_the_threshold_from_the_start_are_not_found(
    start: str, found: list[bool]
) -> None:
    first, last = saves()
    spec = replace(make_spec((1,), slots=4), start=start)
    assert found_slots(spec, first, last).tolist() == [found]
    assert given_slots(spec, first, last).tolist() == [[not found[0], False, False, False]]


def test_what_excites_a_unit_is_no_found_image() -> None:
    spec, first = make_spec((1,), slots=2), make_save((1,), 2, (4, 4, 1), activations=[9.0, 0.0])
    assert first.done.tolist() == [[True, False]]
    assert not found_slots(spec, first, first).any()


def test_an_image_that_showed_its_label_is_not_found_after_the_objective_was_a_unit() -> None:
    spec = replace(make_spec((1,), slots=2), start="sevens.npz")
    first = make_save((1,), 2, (4, 4, 1), activations=[9.0, 9.0], leads=[True, False])
    last = make_save((1,), 2, (4, 4, 1), 1, probabilities=[0.9999, 0.9999])
    assert found_slots(spec, first, last).tolist() == [[False, True]]


def test_they_are_read_from_a_recorded_run_likewise(tmp_path: Path) -> None:
    first, last = saves()
    spec = replace(make_spec((1,), slots=4), start=AVERAGES)
    recorder = run_recorder(tmp_path / "run", new_record(spec, info("first")))
    for save in (first, last):
        recorder.add(save)
    assert closed(recorder) == ""
    found = read_found_images(tmp_path / "run", (4, 4, 1))
    np.testing.assert_array_equal(found.images, last.images[0, [1, 2]])
    assert found.labels.tolist() == [1, 1]


def test_that_a_round_trains_on_them_is_said() -> None:
    assert given_in_round(1) == (
        "One image was over the threshold from the start and is no found image. In training it counts as nothing all "
        "the same."
    )
    assert given_in_round(2).endswith("no found images. In training they count as nothing all the same.")


def test_how_many_are_left_out_is_said_in_a_sentence() -> None:
    assert given_sentence(0) == ""
    assert given_sentence(1) == "One image was over the threshold from the start and is no found image."
    assert given_sentence(8) == "8 images were over the threshold from the start and are no found images."
