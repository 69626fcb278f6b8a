"""Evaluates a classifier: its accuracy on the test images, and its confidence on images of no class."""

from __future__ import annotations

import dataclasses
import time
import zlib
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from fooler_gui.core.arrays import FloatArray, IntArray, frozen
from fooler_gui.core.attack_settings import AttackSettings
from fooler_gui.core.certified_radii import CertifiedRadii
from fooler_gui.core.classifier_info import ClassifierInfo
from fooler_gui.core.evaluation_report import (
    DRIVEN,
    FILE_SETS,
    FOUND,
    SCALED,
    TAKEN_AS_STORED,
    THRESHOLD,
    TURNED_UPRIGHT,
    DigitFigures,
    EvaluationReport,
    OpinionShare,
    SetFigures,
    set_info,
)
from fooler_gui.core.guarantee import least_level
from fooler_gui.core.image_kinds import EVALUATIONS, ImageKind, ImageRequest, kinds_for
from fooler_gui.core.jobs import Evaluate
from fooler_gui.core.label_sample import sample_words, sampled_labels
from fooler_gui.core.messages import DigitsEvaluated, EvaluationFinished, Message, SetEvaluated, Working
from fooler_gui.core.path_text import path_of
from fooler_gui.core.run_control import Next, RunControl
from fooler_gui.data.dataset import Dataset, to_float
from fooler_gui.data.idx_file import is_emnist, is_idx
from fooler_gui.data.image_file import read_image_set
from fooler_gui.data.starts import Noise, make_images, noise_rng, uniform_noise
from fooler_gui.engine.descent.attack import drive
from fooler_gui.engine.evaluation.inspector import INDEPENDENT_NET, NEAREST_NEIGHBOURS
from fooler_gui.engine.evaluation.noise_scales import FACTORS, least_factors
from fooler_gui.engine.evaluation.pixel_neighbours import PixelNeighbours
from fooler_gui.engine.evaluation.set_figures import (
    Numbers,
    Scores,
    digit_figures,
    radii_figures,
    scores_of,
    set_figures,
)
from fooler_gui.engine.guarantee.bounds import Bounds
from fooler_gui.engine.guarantee.certifying import nearest_distances
from fooler_gui.engine.nets.classifier import Classifier

_AT_A_TIME = 500
_DRIVEN_A_LABEL, _DRIVEN_STEPS = 20, 60
_MAKING = 0.9
"""The share of a set's time that goes into making it, if it is driven or scaled."""
_MOST_SCALED = 2_000
_MOST_CERTIFIED = 1_000

Bools = npt.NDArray[np.bool_]


class _Stopped(Exception):
    """A stop was requested; the evaluation so far is reported."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _ImageSet:
    """Images to evaluate.

    Attributes:
        name: The set's name.
        images: (N, H, W, C) float32.
        labels: (N,), the labels they were driven towards; None if they were not.
        median_scale: See `SetFigures`.
        note: See `SetFigures`.
    """

    name: str
    images: FloatArray
    labels: IntArray | None = None
    median_scale: float | None = None
    note: str = ""


Made = Generator[Working, None, _ImageSet]


def evaluate_classifier(
    classifier: Classifier,
    info: ClassifierInfo,
    second: Classifier | None,
    neighbours: PixelNeighbours,
    dataset: Dataset,
    job: Evaluate,
    control: RunControl,
    bounds: Bounds | None = None,
) -> Iterator[Message]:
    """Yields progress, the figures of the test images and of each set, and last the report.

    After a stop the report has the figures so far; none if the test images were not finished.

    Args:
        classifier: The classifier to evaluate.
        info: Its description.
        second: An independent classifier for second opinions on driven and found images; None if there is none.
        neighbours: Nearest neighbours, likewise.
        dataset: Its test images are evaluated.
        job: What to evaluate on.
        control: Pause and stop.
        bounds: What the classifier's guarantee promises; None if it has none.

    Raises:
        ArrayFileError: A file cannot be used; all are read first.
    """
    yield from _Evaluation(classifier, info, second, neighbours, dataset, job, control, bounds).messages()


@dataclass(slots=True, eq=False)
class _Evaluation:
    classifier: Classifier
    info: ClassifierInfo
    second: Classifier | None
    neighbours: PixelNeighbours
    dataset: Dataset
    job: Evaluate
    control: RunControl
    bounds: Bounds | None
    sets: list[SetFigures] = field(default_factory=list)
    opinions: list[OpinionShare] = field(default_factory=list)
    parts: int = 0
    done: int = 0
    within: float = 0.0

    @property
    def classes(self) -> int:
        """The number of classes, without one for images of nothing."""
        return len(self.dataset.class_names)

    def messages(self) -> Iterator[Message]:
        began = time.perf_counter()
        yield Working(sentence="Evaluating", fraction=0.0)
        makers = self._makers(self._read_files())
        self.parts = 1 + len(makers)
        digits, stopped = None, False
        try:
            of_digits, right = yield from self._on_test_images()
            certified = yield from self._certified(self.dataset.test_images, "Certifying the test images")
            digits = dataclasses.replace(digit_figures(of_digits, right), certified=certified)
            self.done, self.within = 1, 0.0
            yield DigitsEvaluated(figures=digits, example=_first(to_float(self.dataset.test_images[:1])))
            for make in makers:
                image_set = yield from make()
                figures = yield from self._on_set(image_set, of_digits)
                self.sets.append(figures)
                self._ask_others(image_set)
                self.done, self.within = self.done + 1, 0.0
                yield SetEvaluated(figures=figures, example=_first(image_set.images))
        except _Stopped:
            stopped = True
        if digits is not None:
            yield EvaluationFinished(report=self._report(digits, time.perf_counter() - began, stopped=stopped))

    def _report(self, digits: DigitFigures, seconds: float, *, stopped: bool) -> EvaluationReport:
        given = {name for name, _ in self.job.files}
        missing = [name for name in FILE_SETS if name not in given]
        return EvaluationReport(
            classifier=self.info.name,
            sha256=self.info.sha256,
            topology=self.info.topology,
            settings=self.job.settings,
            test=digits,
            sets=tuple(self.sets),
            missing=tuple(missing if len(self.job.found) else [FOUND, *missing]),
            opinions=tuple(self.opinions),
            seconds=seconds,
            stopped=stopped,
            dataset=self.dataset.name,
            dataset_sha256=self.dataset.sha256,
        )

    def _read_files(self) -> list[_ImageSet]:
        return [self._read_file(name, path_of(path)) for name, path in self.job.files]

    def _read_file(self, name: str, path: Path) -> _ImageSet:
        emnist = is_emnist(name, path)
        turned = emnist and is_idx(path)
        images = read_image_set(path, self.dataset.input_shape, self.job.settings.images, is_transposed=turned)
        note = TURNED_UPRIGHT if turned else TAKEN_AS_STORED if emnist else ""
        return _ImageSet(name=name, images=images, note=note)

    def _makers(self, from_files: list[_ImageSet]) -> list[Callable[[], Made]]:
        found = _ImageSet(name=FOUND, images=self.job.found, labels=self.job.found_labels)
        given = [*([found] if len(found.images) else []), *from_files]
        return [
            *(self._making(name, kind) for name, kind in kinds_for(EVALUATIONS).items()),
            self._scaled_noise,
            self._driven_noise,
            *(self._given(image_set) for image_set in given),
        ]

    def _making(self, name: str, kind: ImageKind) -> Callable[[], Made]:
        def make() -> Made:
            yield self._working(f"Making {_in_words(name)}", 0.0)
            wanted = ImageRequest(rng=self._rng(name), count=self.job.settings.images, dataset=self.dataset)
            return _ImageSet(name=name, images=make_images(kind, wanted))

        return make

    def _given(self, image_set: _ImageSet) -> Callable[[], Made]:
        def make() -> Made:
            yield self._working(f"Evaluating {_in_words(image_set.name)}", 0.0)
            return image_set

        return make

    def _scaled_noise(self) -> Made:
        noise = uniform_noise(
            self._rng(SCALED), (min(_MOST_SCALED, self.job.settings.images), *self.dataset.input_shape)
        )

        def confidence(chosen: IntArray, factor: float, known: float) -> Generator[Working, None, Numbers]:
            images = noise[chosen] * np.float32(factor)
            return (yield from self._scores(images, f"Making {_in_words(SCALED)}", (known, known))).confidence

        factors = yield from least_factors(len(noise), confidence)
        median = float(np.median(factors))
        scales = np.minimum(factors, FACTORS[-1]).astype(np.float32)[:, np.newaxis, np.newaxis, np.newaxis]
        return _ImageSet(
            name=SCALED,
            images=np.clip(noise * scales, 0, 1),
            median_scale=median if np.isfinite(median) else None,
        )

    def _driven_noise(self) -> Made:
        settings = self.job.settings
        each = sampled_labels(self.classes, settings.rng_seed)
        labels = np.repeat(each, max(1, min(_DRIVEN_A_LABEL, settings.images // len(each))))
        starts = uniform_noise(self._rng(DRIVEN), (len(labels), *self.dataset.input_shape))
        attack = AttackSettings(steps=_DRIVEN_STEPS, threshold=THRESHOLD)
        images = starts
        for driven in drive(self.classifier, starts, labels, attack, go_on=True):
            self._mind_stop()
            images = driven.images
            yield self._working(f"Making {_in_words(DRIVEN)}", _MAKING * driven.step / _DRIVEN_STEPS)
        words = sample_words(len(each), self.classes)
        return _ImageSet(name=DRIVEN, images=images, labels=labels, note=f"Towards {words}." if words else "")

    def _on_test_images(self) -> Generator[Working, None, tuple[Scores, Bools]]:
        images = self.dataset.test_images
        logits = yield from self._logits(images, "Evaluating the test images", (0.0, 1.0))
        return scores_of(logits, self.classes), logits.argmax(axis=1) == self.dataset.test_labels

    def _on_set(self, image_set: _ImageSet, of_digits: Scores) -> Generator[Working, None, SetFigures]:
        sentence, span = f"Evaluating {_in_words(image_set.name)}", (self.within, 1.0)
        scores = yield from self._scores(image_set.images, sentence, span)
        figures = set_figures(
            image_set.name, scores, of_digits, self._rng(image_set.name, 1), median_scale=image_set.median_scale
        )
        certified = yield from self._certified(image_set.images, f"Certifying {_in_words(image_set.name)}")
        return dataclasses.replace(figures, note=image_set.note, certified=certified)

    def _certified(self, images: npt.NDArray[Any], sentence: str) -> Generator[Working, None, CertifiedRadii | None]:
        """Yields progress; returns how far the guarantee holds around the first of `images`, as of `_logits`."""
        if self.bounds is None:
            return None
        level, few = least_level(len(self.info.class_names)), _as_float(images[:_MOST_CERTIFIED])
        radii, nearest = [], []
        for start in range(0, len(few), _AT_A_TIME):
            self._mind_stop()
            yield self._working(sentence, self.within)
            part = few[start : start + _AT_A_TIME]
            radii.append(self.bounds.around(part).radii(level))
            nearest.append(nearest_distances(self.neighbours, part))
        return radii_figures(np.concatenate(radii), np.concatenate(nearest), level)

    def _scores(self, images: FloatArray, sentence: str, span: tuple[float, float]) -> Generator[Working, None, Scores]:
        return scores_of((yield from self._logits(images, sentence, span)), self.classes)

    def _logits(
        self, images: npt.NDArray[Any], sentence: str, span: tuple[float, float]
    ) -> Generator[Working, None, FloatArray]:
        """Yields progress over `span`; returns the logits (N, K) of `images`, float32 or the dataset's uint8."""
        logits = []
        for start in range(0, len(images), _AT_A_TIME):
            self._mind_stop()
            few = images[start : start + _AT_A_TIME]
            logits.append(self.classifier.logits(_as_float(few)))
            share = min(1.0, (start + _AT_A_TIME) / len(images))
            yield self._working(sentence, span[0] + share * (span[1] - span[0]))
        return np.concatenate(logits)

    def _ask_others(self, image_set: _ImageSet) -> None:
        if image_set.labels is None:
            return
        agreed = {NEAREST_NEIGHBOURS: self.neighbours.agrees(image_set.images, image_set.labels)}
        if self.second is not None:
            theirs = self.second.probabilities(image_set.images).argmax(axis=1) == image_set.labels
            agreed = {INDEPENDENT_NET: theirs, **agreed}
        self.opinions += [
            OpinionShare(name=image_set.name, who=who, images=len(agrees), agreed=float(agrees.mean()))
            for who, agrees in agreed.items()
        ]

    def _working(self, sentence: str, fraction: float) -> Working:
        self.within = fraction
        return Working(sentence=sentence, fraction=(self.done + fraction) / self.parts)

    def _mind_stop(self) -> None:
        if self.control.next() is Next.STOP:
            raise _Stopped

    def _rng(self, name: str, use: int = 0) -> np.random.Generator:
        """Returns the source of noise of a set, independent of other sets."""
        return noise_rng(Noise.EVALUATION, self.job.settings.rng_seed, zlib.crc32(name.encode()), use)


def _as_float(images: npt.NDArray[Any]) -> FloatArray:
    """Returns `images`, float32 or the dataset's uint8, as float32."""
    return to_float(images) if images.dtype == np.uint8 else images


def _first(images: FloatArray) -> FloatArray:
    return frozen(images[0].copy())


def _in_words(name: str) -> str:
    title = set_info(name).title
    return title[0].lower() + title[1:] if title[1:].islower() or " " in title else title
