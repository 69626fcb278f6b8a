from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from tiny import make_classifier, make_dataset

from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.settings import SettingError
from fooler_gui.core.strong_attack import strong_starts
from fooler_gui.data.dataset import to_float
from fooler_gui.engine.strong.starts import StrongStarts

DATASET = make_dataset()
NET = make_classifier()


def test_every_kind_can_be_made_towards_all_classes() -> None:
    starts = StrongStarts(NET, DATASET, strong_starts(), 4, 0)
    assert starts.images.dtype == np.float32
    assert starts.images.min() >= 0
    assert starts.images.max() <= 1
    assert set(starts.kinds.tolist()) <= set(range(len(strong_starts())))
    uniform = starts.kinds == 0
    assert starts.labels[uniform].tolist() == [0, 0, 1, 2]


def test_mixtures_lie_between_noise_and_training_images() -> None:
    def distances(name: str) -> FloatArray:
        images = StrongStarts(make_classifier(factor=0.1), DATASET, (name,), 6, 0).images
        trained = to_float(DATASET.train_images)
        apart = np.square(images[:, np.newaxis] - trained).sum(axis=(2, 3, 4))
        return apart.min(axis=1)

    assert distances("mixed 75").max() < distances("mixed 25").min()


def test_images_that_show_what_the_classifier_is_sure_of_from_the_start_are_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sure = np.zeros((6, 3), np.float32)
    sure[:4, 1] = 1
    monkeypatch.setattr(NET, "probabilities", lambda images: sure[: len(images)])
    starts = StrongStarts(NET, DATASET, ("uniform", "faint"), 6, 0)
    assert starts.kinds.tolist() == [0] * 6 + [1] * 2  # noise shows nothing, however sure the net is
    assert starts.labels.tolist() == [0, 0, 1, 1, 2, 2, 2, 2]
    again = starts.fresh(np.arange(8), 1)
    assert not np.array_equal(again[:6], starts.images[:6])
    monkeypatch.setattr(NET, "probabilities", lambda images: np.ones((len(images), 3), np.float32))
    np.testing.assert_array_equal(starts.fresh(np.array([7]), 2), starts.images[7:])


def test_the_same_seed_gives_the_same_starts() -> None:
    first, again, other = (StrongStarts(NET, DATASET, ("uniform", "sparse"), 3, seed).images for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_mixtures_need_a_dataset() -> None:
    alone = dataclasses.replace(DATASET, train_images=DATASET.train_images[:0], train_labels=DATASET.train_labels[:0])
    assert not alone.has_images
    with pytest.raises(SettingError, match="need a dataset, and none is in use"):
        StrongStarts(NET, alone, ("mixed 50",), 2, 0)
