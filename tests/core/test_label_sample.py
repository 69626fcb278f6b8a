from __future__ import annotations

import dataclasses

import pytest
from fake_engine import info

from fooler_gui.core.label_sample import MOST_LABELS, sample_words, sampled_labels


@pytest.mark.parametrize("classes", [1, 10, MOST_LABELS])
def test_few_classes_are_all_labels_whatever_the_seed(classes: int) -> None:
    assert sampled_labels(classes, 0) == sampled_labels(classes, 7, 3) == tuple(range(classes))
    assert sample_words(classes, classes) == ""


def test_of_many_classes_a_sample_is_drawn_with_the_seed() -> None:
    labels = sampled_labels(1_000, 5)
    assert (len(labels), len(set(labels))) == (MOST_LABELS, MOST_LABELS)
    assert labels == tuple(sorted(labels)) == sampled_labels(1_000, 5)
    assert set(labels) < set(range(1_000))
    assert len({labels, sampled_labels(1_000, 6), sampled_labels(1_000, 5, 1), sampled_labels(1_000, 5, 2)}) == 4
    assert len(sampled_labels(1_000, 5, most=4)) == 4
    assert sample_words(30, 1_000) == "30 of 1,000 classes, drawn with the random seed"


def test_the_first_figure_has_every_label_or_a_sample_of_very_many() -> None:
    few, many = info("few"), dataclasses.replace(info("many"), class_names=tuple(map(str, range(1_000))))
    assert few.figure_labels(3) == few.every_label == (0, 1, 2)
    assert many.figure_labels(3) == sampled_labels(1_000, 3)
    assert many.is_figure(tuple(reversed(sampled_labels(1_000, 3))), 3)
    assert many.is_figure(many.every_label, 3)
    assert not many.is_figure(sampled_labels(1_000, 3), 4)
    assert not few.is_figure((0, 1), 3)
