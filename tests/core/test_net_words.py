from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from saves import make_save

from fooler_gui.core.formats import format_percent
from fooler_gui.core.net_words import caption, net_sentence, start_sentence
from fooler_gui.core.run_spec import BRANCH, ROUND
from fooler_gui.core.save import Save

NAMES = (*map(str, range(9)), "elephant")


@pytest.fixture
def save() -> Save:
    """The net takes the first image for an elephant; the second one, like the label, for a 3."""
    made = make_save((3,), 2, (2, 2, 1), probabilities=[0.125, 0.99971], leads=np.array([[False, True]]))
    return dataclasses.replace(made, tops=np.array([[9, 3]]), top_probabilities=np.float32([[0.75, 0.99971]]))


def test_what_the_net_says_is_the_most_probable_class_and_how_sure_it_is(save: Save) -> None:
    assert caption(NAMES, save, (0, 0)) == ("elephant", "75.00 %")
    assert caption(NAMES, save, (0, 1)) == ("3", "99.97 %")
    assert net_sentence(NAMES, save, (0, 0)) == "The net: elephant, 75.00 % sure."
    assert net_sentence(NAMES, save, (0, 1)) == "The net: 3, 99.97 % sure."


def test_of_a_save_without_the_most_probable_classes_only_the_label_is_known(save: Save) -> None:
    former = dataclasses.replace(save, tops=None, top_probabilities=None)
    assert caption(NAMES, former, (0, 0)) == ("", "12.50 %")
    assert caption(NAMES, former, (0, 1)) == ("3", "99.97 %")
    assert net_sentence(NAMES, former, (0, 0)) == "The net: another class than 3, 12.50 % for that."


@pytest.mark.parametrize(
    ("probability", "text"),
    [(0.0, "0.00 %"), (0.1234567, "12.35 %"), (0.99994, "99.99 %"), (0.99996, ">99.99 %"), (1.0, "100 %")],
)
def test_a_percentage_is_never_rounded_up_to_certainty(probability: float, text: str) -> None:
    assert format_percent(probability) == text


@pytest.mark.parametrize(
    ("start", "sentence"),
    [
        ("noise", "It began as uniform noise."),
        (BRANCH, "It began as an image of another run."),
        (ROUND, "It began as one of the starts of a round."),
        ("/mine/mnist 7, test image 35.npz", "It began as “mnist 7, test image 35”."),
    ],
)
def test_a_start_is_called_by_its_kind_or_by_its_files_name(start: str, sentence: str) -> None:
    assert start_sentence(start) == sentence
