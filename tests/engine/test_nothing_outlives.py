"""Rounds of backwork and retraining make classifier after classifier: what a former one needed must be let go."""

from __future__ import annotations

import gc
import weakref

import numpy as np
from tiny import TINY_NET, make_classifier

from fooler_gui.core.run_control import RunControl
from fooler_gui.core.settings import MethodSettings, article_coefficients
from fooler_gui.data.dataset import Dataset
from fooler_gui.engine.cost.cost_function import CostFunction
from fooler_gui.engine.mending.training import Trainer, examples_of
from fooler_gui.engine.nets.classifier import Classifier


def is_let_go(reference: weakref.ref[Classifier]) -> bool:
    gc.collect()  # networks and compiled functions form reference cycles
    return reference() is None


def test_a_classifier_goes_with_its_cost_function() -> None:
    classifier = make_classifier(TINY_NET)
    cost = CostFunction(classifier, MethodSettings())
    images = np.random.default_rng(0).random((4, *classifier.input_shape), np.float32)
    cost.evaluate(images, 1, cost.record(images), article_coefficients(classifier.recorded_layers))
    reference = weakref.ref(classifier)
    del classifier, cost
    assert is_let_go(reference)


def test_a_classifier_goes_with_its_trainer(dataset: Dataset) -> None:
    classifier = make_classifier(TINY_NET)
    trainer = Trainer(classifier)
    nothing = dataset.train_images[:0], dataset.train_labels[:0]
    training = trainer.train(
        examples_of(dataset, 0), nothing, RunControl(), steps=2, batch_size=4, learning_rate=1e-3, rng_seed=0
    )
    assert [progress.step for progress in training] == [2]
    reference = weakref.ref(classifier)
    del classifier, trainer, training
    assert is_let_go(reference)
