from __future__ import annotations

import dataclasses

import pytest
from evaluation_samples import make_report

from fooler_gui.core.evaluation_report import (
    FIGURE_NAMES,
    FILE_SETS,
    TEST,
    DigitFigures,
    SetFigures,
    made_sets,
    set_info,
)
from fooler_gui.core.published import MNIST_SHA256, PUBLISHED, Band, Comparison, PublishedValue, beside_published
from fooler_gui.data.file_hash import sha256_of
from fooler_gui.resources import resource


@pytest.mark.parametrize("value", PUBLISHED, ids=lambda value: f"{value.name}-{value.figure}-{value.value}")
def test_every_published_value_is_of_a_set_and_figure_that_there_are_and_tells_its_source(value: PublishedValue):
    assert value.name in {TEST, *made_sets(), *FILE_SETS}
    kind = DigitFigures if value.name == TEST else SetFigures
    assert value.figure in {entry.name for entry in dataclasses.fields(kind)}
    assert value.figure in FIGURE_NAMES
    assert value.net
    assert value.source
    assert value.convention.endswith(".")
    assert value.figure == "median_scale" or 0 <= value.value <= 1


def test_a_band_is_given_for_the_same_net_alone_and_holds_what_was_published():
    same = {value.net for value in PUBLISHED if value.band is not None}
    assert len(same) == 1
    for value in PUBLISHED:
        assert (value.band is not None) is (value.net in same)
        if value.band is not None:
            assert value.band.holds(value.value)


def test_published_values_stand_in_the_order_of_the_sets():
    order = [TEST, *made_sets(), *FILE_SETS]
    places = [order.index(value.name) for value in PUBLISHED]
    assert places == sorted(places)


def test_a_figure_is_in_its_band_ends_included_or_not_or_nothing_is_said():
    value = next(value for value in PUBLISHED if value.band is not None)
    banded = dataclasses.replace(value, band=Band(lowest=0.25, highest=0.5))
    verdicts = {ours: Comparison(published=banded, ours=ours).in_band for ours in (0.2, 0.25, 0.5, 0.6, None)}
    assert verdicts == {0.2: False, 0.25: True, 0.5: True, 0.6: False, None: None}
    assert Comparison(published=dataclasses.replace(value, band=None), ours=0.5).in_band is None


def test_a_classifier_of_other_layers_has_no_bands():
    same, other = (make_report(topology=layers) for layers in ("conv 32 · conv 64 · dense 1024", "conv 2 · dense 5"))
    assert any(comparison.in_band is not None for comparison in beside_published(same))
    assert all(comparison.in_band is None for comparison in beside_published(other))
    ours = [comparison.ours for comparison in beside_published(same)]
    assert ours == [comparison.ours for comparison in beside_published(other)]


def test_beside_other_data_than_the_included_ones_nothing_is_published():
    assert sha256_of(resource("mnist.npz")) == MNIST_SHA256
    assert len(beside_published(make_report())) == len(PUBLISHED)
    for other in ("", "ab" * 32):
        assert beside_published(make_report(dataset_sha256=other)) == ()


def test_a_set_of_ones_own_is_called_by_its_name():
    assert set_info("mine").title == "mine"
    assert set_info("emnist").title == "EMNIST letters"
