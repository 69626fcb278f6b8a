"""A descent step with all costs against a plain gradient step by other libraries, each by its documented interface.

The others drive the same eight images towards the same label without any reference or batch cost.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from benchmarks.descents import (
    FIRST_STEPS,
    LABEL,
    SLOTS,
    STEPS,
    Descents,
    article_classifier,
    article_dataset,
)
from benchmarks.row import FAILED, Quantity, Row, Target, judged, not_installed
from benchmarks.timing import Timing, interleaved, timed
from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.errors import reason_of
from fooler_gui.engine.nets.classifier import Classifier
from fooler_gui.engine.nets.recorded_layers import follow

_REPETITIONS, _PEER_STEPS = 3, 40
_STEP_SIZE = 0.01
_TARGET = Target.at_least(1.3)
_WORK = "a step: 8 slots, label 3, all costs"
_BROKEN = (ImportError, AttributeError, TypeError, ValueError, RuntimeError)
"""Errors of a library that does not work with the installed Keras."""

Steps = Callable[[], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Peer:
    """A library.

    Attributes:
        name: Its name in the report.
        package: Its package to install.
        module: Its module to import.
        prepare: Takes the classifier and the images, and returns a function that makes `_PEER_STEPS` steps.
    """

    name: str
    package: str
    module: str
    prepare: Callable[[Classifier, FloatArray], Steps]


def measure() -> list[Row]:
    """Returns a row for each library."""
    classifier = article_classifier()
    descents = Descents(classifier, article_dataset(), [LABEL])
    descents.run(FIRST_STEPS)
    images = np.random.default_rng(0).random((SLOTS, *classifier.input_shape), np.float32)
    ready: dict[str, Steps] = {}
    reasons: dict[str, str] = {}
    for peer in _PEERS:
        if importlib.util.find_spec(peer.module) is None:
            continue
        try:
            steps = peer.prepare(classifier, images)
            steps()
        except _BROKEN as error:
            reasons[peer.name] = f"{peer.name} fails here: {reason_of(error)}."
        else:
            ready[peer.name] = steps
    timings = interleaved(
        {
            "ours": lambda: descents.run().mean,
            **{name: partial(_seconds_a_step, timed(steps)) for name, steps in ready.items()},
        },
        _REPETITIONS,
    )
    return [_row(peer, timings, reasons) for peer in _PEERS]


def _seconds_a_step(part: Callable[[], float]) -> float:
    return part() / _PEER_STEPS


def _row(peer: _Peer, timings: dict[str, Timing], reasons: dict[str, str]) -> Row:
    about: dict[str, Any] = {"name": "peers", "work": _WORK, "comparison": peer.name}
    if peer.name in reasons:
        return Row(**about, target=_TARGET.words, absent=FAILED, note=reasons[peer.name])
    if peer.name not in timings:
        return not_installed(peer.package, _TARGET, **about)
    ours, theirs = timings["ours"].median, timings[peer.name].median
    return judged(
        _TARGET,
        theirs / ours,
        **about,
        ours=Quantity(1000 * ours, "ms"),
        theirs=Quantity(1000 * theirs, "ms"),
        note=f"Ours is the mean of whole runs of {STEPS} steps with every cost; theirs of {_PEER_STEPS} steps without "
        "reference and batch costs.",
        samples={"ours": timings["ours"].to_dict(), "theirs": timings[peer.name].to_dict()},
    )


def _art(classifier: Classifier, images: FloatArray) -> Steps:
    from art.attacks.evasion import ProjectedGradientDescent
    from art.estimators.classification import TensorFlowV2Classifier

    names = len(classifier.class_names)
    estimator = TensorFlowV2Classifier(
        model=classifier.network,
        nb_classes=names,
        input_shape=classifier.input_shape,
        loss_object=keras.losses.CategoricalCrossentropy(),
        clip_values=(0.0, 1.0),
    )
    attack = ProjectedGradientDescent(
        estimator,
        norm=np.inf,
        eps=1.0,
        eps_step=_STEP_SIZE,
        max_iter=_PEER_STEPS,
        targeted=True,
        batch_size=SLOTS,
        verbose=False,
    )
    targets = np.eye(names, dtype=np.float32)[np.full(SLOTS, LABEL)]
    return lambda: attack.generate(images, targets)


def _cleverhans(classifier: Classifier, images: FloatArray) -> Steps:
    from cleverhans.tf2.attacks.projected_gradient_descent import projected_gradient_descent

    signals = follow(classifier.network)
    logits = keras.Model(signals.images, signals.logits)
    labels = tf.fill((SLOTS,), LABEL)
    return lambda: projected_gradient_descent(
        logits,
        tf.constant(images),
        eps=1.0,
        eps_iter=_STEP_SIZE,
        nb_iter=_PEER_STEPS,
        norm=np.inf,
        clip_min=0.0,
        clip_max=1.0,
        y=labels,
        targeted=True,
        rand_init=False,
        sanity_checks=False,
    ).numpy()


def _tf_keras_vis(classifier: Classifier, images: FloatArray) -> Steps:
    from tf_keras_vis.activation_maximization import ActivationMaximization
    from tf_keras_vis.utils.scores import CategoricalScore

    maximization = ActivationMaximization(classifier.network, clone=False)
    score = CategoricalScore([LABEL] * SLOTS)
    return lambda: maximization(
        score,
        seed_input=images,
        input_range=(0.0, 1.0),
        input_modifiers=None,
        regularizers=None,
        steps=_PEER_STEPS,
        optimizer=keras.optimizers.Adam(_STEP_SIZE),
    )


def _eager_loop(classifier: Classifier, images: FloatArray) -> Steps:
    def steps() -> FloatArray:
        pixels = tf.Variable(images)
        optimizer = keras.optimizers.Adam(_STEP_SIZE)
        for _ in range(_PEER_STEPS):
            with tf.GradientTape() as tape:
                cost = tf.reduce_mean(1 - classifier.network(pixels, training=False)[:, LABEL])
            optimizer.apply_gradients([(tape.gradient(cost, pixels), pixels)])
            pixels.assign(tf.clip_by_value(pixels, 0, 1))
        changed: FloatArray = pixels.numpy()
        return changed

    return steps


_PEERS = (
    _Peer(name="ART PGD", package="adversarial-robustness-toolbox", module="art", prepare=_art),
    _Peer(name="CleverHans PGD", package="cleverhans", module="cleverhans", prepare=_cleverhans),
    _Peer(name="tf-keras-vis", package="tf-keras-vis", module="tf_keras_vis", prepare=_tf_keras_vis),
    _Peer(name="eager Keras loop", package="keras", module="keras", prepare=_eager_loop),
)
