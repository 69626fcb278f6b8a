"""The search for the least change against the known attacks by other libraries, each by its documented interface.

All drive the same 100 test digits, the first ten of each class, towards the next class on the article's classifier.
Ours is without randomness; the others are seeded with 0.
"""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from benchmarks.descents import article_classifier, article_dataset
from benchmarks.row import FAILED, NOT_INSTALLED, Quantity, Row, Target, judged
from fooler_gui.core.arrays import FloatArray, IntArray
from fooler_gui.core.errors import reason_of
from fooler_gui.core.least_change import L2, LINF, LeastChangeSettings
from fooler_gui.data.dataset import to_float
from fooler_gui.engine.descent.least_change import nearest_images
from fooler_gui.engine.nets.classifier import Classifier
from fooler_gui.engine.nets.recorded_layers import follow

_OF_A_CLASS = 10
_PGD_STEPS = 40
_BUDGETS = (0.1, 0.2, 0.3)
_STEP_OF_BUDGET = 2.5 / _PGD_STEPS
"""The step of PGD as a share of its budget (Madry and others 2018)."""
_ROUNDING = 1e-6
_NEARER, _FASTER = Target.at_most(1.0), Target.at_most(0.5)
_AS_OFTEN, _AS_FAST = Target.at_least(1.0), Target.at_most(1.0)
_BROKEN = (ImportError, AttributeError, TypeError, ValueError, RuntimeError)
"""Errors of a library that does not work with what is installed."""

Attack = Callable[[], FloatArray]
"""Returns the images (N, H, W, C) that an attack makes."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Task:
    """What all attacks are given: the classifier, (N, H, W, C) images, and (N,) labels they are to become."""

    classifier: Classifier
    images: FloatArray
    labels: IntArray

    def distances(self, made: FloatArray, norm: str) -> FloatArray:
        """Returns how far images are from their starts; infinite where the classifier does not call them the label."""
        change = np.abs((made.astype(np.float64) - self.images).reshape(len(made), -1))
        distances = np.sqrt(np.square(change).sum(axis=1)) if norm == L2 else change.max(axis=1)
        is_label = self.classifier.probabilities(made).argmax(axis=1) == self.labels
        far: FloatArray = np.where(is_label, distances, np.inf)
        return far

    @property
    def logits(self) -> keras.Model:
        """The classifier without its softmax."""
        signals = follow(self.classifier.network)
        return keras.Model(signals.images, signals.logits)

    @property
    def one_hot(self) -> FloatArray:
        """(N, classes), the labels as other libraries take them."""
        return np.eye(len(self.classifier.class_names), dtype=np.float32)[self.labels]


@dataclass(frozen=True, slots=True)
class _Peer:
    """A library: what its attack is called, its package, its module, and what prepares the attack."""

    name: str
    package: str
    module: str
    prepare: Callable[..., Attack]

    def attack(self, task: _Task, *arguments: float) -> tuple[FloatArray, float]:
        """Returns the images it makes, and the seconds that takes.

        Raises:
            _Absent: It is not installed or fails here.
        """
        if importlib.util.find_spec(self.module) is None:
            raise _Absent(NOT_INSTALLED, f"{self.package} is not installed.")
        try:
            return _timed(self.prepare(task, *arguments))
        except _BROKEN as error:
            raise _Absent(FAILED, f"{self.name} fails here: {reason_of(error)}.") from error


class _Absent(Exception):
    """Why there is nothing to compare with: a word or two, and a sentence."""

    def __init__(self, words: str, sentence: str) -> None:
        super().__init__(sentence)
        self.words = words
        self.sentence = sentence

    def rows(self, name: str, works: Sequence[tuple[str, Target]]) -> list[Row]:
        """Returns a row for each of `works` with its target."""
        about: dict[str, Any] = {"name": "attacks", "comparison": name, "absent": self.words, "note": self.sentence}
        return [Row(work=work, target=target.words, **about) for work, target in works]


def measure_least_change() -> list[Row]:
    """Returns how near the nearest images are to their starts, and how long that takes."""
    task = _task()
    images, seconds = _ours(task, LeastChangeSettings())
    distances = task.distances(images, L2)
    works = (("least change: mean L2", _NEARER), ("least change: 100 images", _FASTER))
    rows: list[Row] = []
    for peer in _NEAREST:
        try:
            others, others_seconds = peer.attack(task)
        except _Absent as absent:
            rows += absent.rows(peer.name, works)
            continue
        others_distances = task.distances(others, L2)
        found = f"Found: ours {_share(distances)}, theirs {_share(others_distances)}."
        values = ((_mean(distances), _mean(others_distances), ""), (seconds, others_seconds, "s"))
        rows += [_judged(peer, about, value, found) for about, value in zip(works, values, strict=True)]
    return rows


def measure_budgets() -> list[Row]:
    """Returns how often 40 steps make the label the top class within a budget, and how long that takes."""
    task = _task()
    images, seconds = _ours(task, LeastChangeSettings(norm=LINF, steps=_PGD_STEPS))
    distances = task.distances(images, LINF)
    works = [(f"{_PGD_STEPS} steps, L∞ ≤ {budget}: share found", _AS_OFTEN) for budget in _BUDGETS]
    works.append((f"{_PGD_STEPS} steps of 100 images, three budgets", _AS_FAST))
    rows: list[Row] = []
    for peer in _WITHIN:
        try:
            others, others_seconds = zip(*(peer.attack(task, budget) for budget in _BUDGETS), strict=True)
        except _Absent as absent:
            rows += absent.rows(peer.name, works)
            continue
        shares = [
            (_within(distances, budget), _within(task.distances(made, LINF), budget), "%")
            for made, budget in zip(others, _BUDGETS, strict=True)
        ]
        values = (*shares, (seconds, sum(others_seconds), "s"))
        note = "Ours is one search for the least L∞, which answers every budget."
        rows += [_judged(peer, about, value, note) for about, value in zip(works, values, strict=True)]
    return rows


def _judged(peer: _Peer, about: tuple[str, Target], compared: tuple[float, float, str], note: str) -> Row:
    """Returns a row about work and target, that compares ours with theirs, in a unit."""
    (work, target), (ours, theirs, unit) = about, compared
    return judged(
        target,
        ours / theirs,
        name="attacks",
        work=work,
        comparison=peer.name,
        ours=Quantity(ours, unit),
        theirs=Quantity(theirs, unit),
        note=note,
    )


def _task() -> _Task:
    dataset = article_dataset()
    classes = len(dataset.class_names)
    places = np.concatenate([np.flatnonzero(dataset.test_labels == label)[:_OF_A_CLASS] for label in range(classes)])
    labels = (dataset.test_labels[places].astype(np.int64) + 1) % classes
    return _Task(classifier=article_classifier(), images=to_float(dataset.test_images[places]), labels=labels)


def _timed(attack: Attack) -> tuple[FloatArray, float]:
    began = time.perf_counter()
    images = attack()
    return images, time.perf_counter() - began


def _ours(task: _Task, settings: LeastChangeSettings) -> tuple[FloatArray, float]:
    """Returns the nearest images, and the seconds that takes once the gradient is compiled."""

    def nearest(settings: LeastChangeSettings) -> FloatArray:
        *_, last = nearest_images(task.classifier, task.images, task.labels, settings)
        return last.images

    nearest(LeastChangeSettings(steps=1))
    return _timed(partial(nearest, settings))


def _share(distances: FloatArray) -> str:
    return f"{np.isfinite(distances).sum()} of {len(distances)}"


def _mean(distances: FloatArray) -> float:
    return float(distances[np.isfinite(distances)].mean())


def _within(distances: FloatArray, budget: float) -> float:
    return 100 * float((distances <= budget + _ROUNDING).mean())


def _art_estimator(task: _Task) -> object:
    from art.estimators.classification import TensorFlowV2Classifier

    return TensorFlowV2Classifier(
        model=task.logits,
        nb_classes=len(task.classifier.class_names),
        input_shape=task.classifier.input_shape,
        loss_object=keras.losses.CategoricalCrossentropy(from_logits=True),
        clip_values=(0.0, 1.0),
    )


def _art_carlini(task: _Task) -> Attack:
    from art.attacks.evasion import CarliniL2Method

    attack = CarliniL2Method(_art_estimator(task), targeted=True, batch_size=len(task.images), verbose=False)
    return lambda: attack.generate(task.images, task.one_hot)


def _art_pgd(task: _Task, budget: float) -> Attack:
    from art.attacks.evasion import ProjectedGradientDescent

    attack = ProjectedGradientDescent(
        _art_estimator(task),
        norm=np.inf,
        eps=budget,
        eps_step=_STEP_OF_BUDGET * budget,
        max_iter=_PGD_STEPS,
        targeted=True,
        batch_size=len(task.images),
        verbose=False,
    )
    return lambda: attack.generate(task.images, task.one_hot)


def _cleverhans_pgd(task: _Task, budget: float) -> Attack:
    from cleverhans.tf2.attacks.projected_gradient_descent import projected_gradient_descent

    logits = task.logits

    def attack(steps: int = _PGD_STEPS) -> FloatArray:
        made: FloatArray = projected_gradient_descent(
            logits,
            tf.constant(task.images),
            eps=budget,
            eps_iter=_STEP_OF_BUDGET * budget,
            nb_iter=steps,
            norm=np.inf,
            clip_min=0.0,
            clip_max=1.0,
            y=tf.constant(task.labels),
            targeted=True,
            rand_init=False,
        ).numpy()
        return made

    attack(1)  # compiles the gradient
    return attack


_ART, _CLEVERHANS = ("adversarial-robustness-toolbox", "art"), ("cleverhans", "cleverhans")
_NEAREST = (_Peer("ART CarliniL2Method", *_ART, _art_carlini),)
_WITHIN = (_Peer("ART PGD", *_ART, _art_pgd), _Peer("CleverHans PGD", *_CLEVERHANS, _cleverhans_pgd))
