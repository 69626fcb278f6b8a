from __future__ import annotations

import numpy as np
import pytest

from fooler_gui.core.reference_settings import ReferenceSettings
from fooler_gui.data.dataset import Dataset
from fooler_gui.engine.cost import reference_sample
from fooler_gui.engine.cost.reference_sample import Sample, planned


@pytest.fixture
def dataset() -> Dataset:
    """Ten images of class 0 and four of class 1."""
    labels = np.repeat(np.arange(2, dtype=np.uint8), (10, 4))
    images = np.zeros((14, 2, 2, 1), np.uint8)
    return Dataset(
        train_images=images,
        train_labels=labels,
        test_images=images[:2],
        test_labels=labels[:2],
        class_names=("0", "1"),
    )


def test_a_sample_is_drawn_where_all_would_take_more_than_is_allowed(dataset: Dataset) -> None:
    plan = planned(dataset, [0, 1], ReferenceSettings(reference_memory=0.001, rng_seed=5), bytes_each=10**5)
    assert plan.samples == {0: Sample(0, 6, 5), 1: Sample(1, 4, None)}
    assert plan.total == (10, 14)
    assert "10 of 14 training images" in plan.sentence


def test_what_takes_more_than_a_quarter_of_the_memory_is_read_through_a_memory_map(
    dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reference_sample, "most_in_memory", lambda: 1399)
    of_both = planned(dataset, [0, 1], ReferenceSettings(), bytes_each=100)
    assert of_both.samples == {0: Sample(0, 10, None, mapped=True), 1: Sample(1, 4, None, mapped=True)}
    of_one = planned(dataset, [0], ReferenceSettings(), bytes_each=100)
    assert of_one.samples == {0: Sample(0, 10, None)}
