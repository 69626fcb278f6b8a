"""What is promised to the bit holds for every layer that a classifier may have."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from fooler_gui.core.attack_settings import AttackSettings
from fooler_gui.core.settings import MethodSettings, no_penalties
from fooler_gui.engine.cost.cost_function import CostFunction
from fooler_gui.engine.cost.evaluation import Batch, Evaluation
from fooler_gui.engine.cost.references import ReferenceSearch
from fooler_gui.engine.descent.attack import Driven, drive
from fooler_gui.engine.nets.allowed_layers import LAYERS, WRAPPERS

sys.path.append(str(Path(__file__).parents[1]))

from layer_samples import CLASSES, SAMPLES, SHAPE, classifier_with

IMAGES = np.random.default_rng(0).random((len(CLASSES), 8, *SHAPE), np.float32)


def test_there_is_a_sample_of_every_layer_that_may_be_used() -> None:
    assert {*LAYERS, *WRAPPERS} - {"InputLayer"} <= SAMPLES.keys()


def same_bits(one: Evaluation, other: Evaluation) -> bool:
    return one.costs == other.costs and all(
        getattr(one, name).tobytes() == getattr(other, name).tobytes() for name in ("gradient", "probabilities")
    )


@pytest.mark.filterwarnings("ignore:Layer 'flatten':UserWarning")
@pytest.mark.parametrize("name", SAMPLES)
def test_a_labels_images_come_out_the_same_alone_and_beside_the_others(name: str) -> None:
    classifier = classifier_with(name)
    cost = CostFunction(classifier, MethodSettings(), layers=())
    coefficients, nothing = no_penalties(classifier.recorded_layers), cost.record(IMAGES[0, :1])
    for slots in (8, 3, 1):
        batches = [
            Batch(images[:slots], label, ReferenceSearch(nothing), images[:slots])
            for label, images in enumerate(IMAGES)
        ]
        beside = cost.evaluate_together(batches, coefficients)
        alone = [cost.evaluate_together([batch], coefficients)[0] for batch in batches]
        assert all(map(same_bits, alone, beside))
        assert any(evaluation.gradient.any() for evaluation in alone)


def end_of_a_descent(name: str) -> Driven:
    *_, end = drive(classifier_with(name), IMAGES[0], np.arange(8), AttackSettings(steps=4, threshold=1.0))
    return end


@pytest.mark.parametrize(
    "name",
    ["LSTM", "GRU", "MultiHeadAttention", "SeparableConv2D", "DepthwiseConv2D", "Resizing", "RandomRotation",
     "GlobalAveragePooling2D", "Dropout"],
)  # fmt: skip
def test_the_same_images_are_driven_to_the_same_bits(name: str) -> None:
    once, again = end_of_a_descent(name), end_of_a_descent(name)
    assert not np.array_equal(once.images, IMAGES[0])
    assert once.images.tobytes() == again.images.tobytes()
    assert once.probabilities.tobytes() == again.probabilities.tobytes()
