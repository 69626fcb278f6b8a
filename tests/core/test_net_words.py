from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from saves import by_nets, make_save

from fooler_gui.core.formats import format_percent
from fooler_gui.core.further_classifier import FurtherClassifier
from fooler_gui.core.net_words import by_net_sentence, caption, images_sentence, net_names, net_sentence
from fooler_gui.core.run_spec import RunSpec
from fooler_gui.core.save import Save
from fooler_gui.core.settings import article_coefficients

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


def test_with_the_objective_unit_its_activation_is_told_too(save: Save) -> None:
    driven = dataclasses.replace(save, activations=np.float32([[3.214, -0.4]]))
    assert net_sentence(NAMES, driven, (0, 0)) == "The net: elephant, 75.00 % sure. Its activation is 3.21."
    former = dataclasses.replace(driven, tops=None, top_probabilities=None)
    assert net_sentence(NAMES, former, (0, 0)).endswith("12.50 % for that. Its activation is 3.21.")


def test_of_an_ensemble_the_least_sure_net_speaks_and_each_is_told(save: Save) -> None:
    ensemble = by_nets(save, 0.5)
    assert net_sentence(NAMES, ensemble, (0, 0)) == "The least sure of 2 nets: elephant, 75.00 % sure."
    assert images_sentence(NAMES, ensemble).startswith("The least sure of 2 nets sees 3 in 1 of 2 images, ")
    assert by_net_sentence(("first", "second"), ensemble, (0, 1)) == "By net: first .9997 · second .5000."
    assert by_net_sentence(("first",), save, (0, 1)) == ""


def test_nets_are_called_by_their_files() -> None:
    further = (FurtherClassifier(classifier="/b/second.h5"),)
    spec = RunSpec(classifier="/a/first.keras", labels=(3,), coefficients=article_coefficients(()), further=further)
    assert net_names(spec) == ("first", "second")


@pytest.mark.parametrize(
    ("probability", "text"),
    [(0.0, "0.00 %"), (0.1234567, "12.35 %"), (0.99994, "99.99 %"), (0.9999999, "99.99 %"), (1.0, "100 %")],
)
def test_a_percentage_is_never_rounded_up_to_certainty(probability: float, text: str) -> None:
    assert format_percent(probability) == text


def test_percentages_below_certainty_are_equally_wide_so_that_captions_do_not_jump() -> None:
    assert {len(format_percent(probability)) for probability in (0.1, 0.5, 0.99994, 0.99996, 0.9999999)} == {7}
