from __future__ import annotations

import dataclasses

import pytest
from run_samples import make_spec

from fooler_gui.core.run_spec import BRANCH, ROUND, Parent
from fooler_gui.core.start_words import start_in_full, start_name, start_sentence

FILE = "/mine/mnist 7, test image 35.npz"


@pytest.mark.parametrize(
    ("start", "name", "in_full", "sentence"),
    [
        ("noise", "uniform noise", "uniform noise", "It began as uniform noise."),
        ("faint", "faint training images", "faint training images", "It began as faint training images."),
        ("digits:7", "test images of class 7", "test images of class 7",
         "It began as one of the test images of class 7."),
        (ROUND, "one of the starts of a round", "one of the starts of a round",
         "It began as one of the starts of a round."),
        (FILE, "mnist 7, test image 35", FILE, "It began as “mnist 7, test image 35”."),
        (BRANCH, "an image of another run", "an image of another run", "It began as an image of another run."),
    ],
)  # fmt: skip
def test_a_start_is_called_by_its_kind_or_by_its_files_name(start: str, name: str, in_full: str, sentence: str) -> None:
    parent = Parent(run="r", step=1) if start == BRANCH else None
    spec = dataclasses.replace(make_spec((1,)), start=start, parent=parent)
    assert (start_name(start), start_in_full(spec), start_sentence(spec)) == (name, in_full, sentence)


def test_a_reinitialised_image_no_longer_counts_as_what_it_began_as() -> None:
    of_noise, of_file = (dataclasses.replace(make_spec((1,)), start=start) for start in ("noise", FILE))
    assert start_sentence(of_noise, 2) == "It was reinitialised and began again as uniform noise."
    assert start_sentence(of_file, 1) == (
        "It began as “mnist 7, test image 35”, but was reinitialised and is now made of uniform noise."
    )
