"""Rounds of backwork and retraining, which answer whether a classifier's artifacts can be fixed.

Each round depends only on the specification, the previous classifier and the images of all rounds so far, which are
all on disk. So stopped rounds continue as if they had not been stopped.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from functools import partial
from pathlib import Path

import numpy as np

from fooler_gui.core.arrays import FloatArray, frozen
from fooler_gui.core.classifier_info import ClassifierInfo
from fooler_gui.core.cycles import collect_cycles
from fooler_gui.core.guarantee import median_share
from fooler_gui.core.label_sample import MOST_LABELS, sample_words
from fooler_gui.core.messages import Remark, RoundFinished, RoundsOpened, Working, WorkTimed
from fooler_gui.core.path_text import text_of
from fooler_gui.core.round_report import RoundReport
from fooler_gui.core.rounds_spec import GUARANTEE, NONE_CLASS, RoundsSettings, RoundsSpec
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.sentences import given_in_round
from fooler_gui.core.work_time import ATTACKING, ROUND_TRAINING, attacked_labels, driven_batches, driving_part
from fooler_gui.data.dataset import Dataset
from fooler_gui.data.file_hash import sha256_of
from fooler_gui.engine.descent.fresh_attack import Judge, drive_fresh
from fooler_gui.engine.evaluation.pixel_neighbours import PixelNeighbours
from fooler_gui.engine.evaluation.worst_images import mean_confidence
from fooler_gui.engine.guarantee.certifying import certified_radii, nearest_distances
from fooler_gui.engine.guarantee.giving import check_givable, given_guarantee
from fooler_gui.engine.machine import machine
from fooler_gui.engine.mending import honesty
from fooler_gui.engine.mending.round_images import given_images, seek_images
from fooler_gui.engine.mending.round_training import round_examples, train_round
from fooler_gui.engine.mending.training import accuracy_on
from fooler_gui.engine.mending.training_recording import RecordedProgress, save_trained
from fooler_gui.engine.nets.classifier import Classifier
from fooler_gui.engine.nets.classifier_file import describe, load_classifier
from fooler_gui.engine.nets.none_class import with_none_class
from fooler_gui.engine.nets.wish import Wish
from fooler_gui.engine.stopwatch import Stopwatch
from fooler_gui.records.entries import RecordError
from fooler_gui.records.recording import until_written
from fooler_gui.records.rounds_folder import RoundImages, RoundsFolder, RoundsRecord, check_size, new_rounds

_SHOWN_A_LABEL = 8
_WAIT = "The round"

RoundMessage = Working | WorkTimed | Remark | RecordedProgress | RoundFinished


def perform_rounds(
    first: Classifier,
    info: ClassifierInfo,
    judge: Judge,
    dataset: Dataset,
    spec: RoundsSpec,
    folder: RoundsFolder,
    control: RunControl,
) -> Generator[RoundMessage, None, bool]:
    """Yields progress and the report of each finished round, those already in `folder` first.

    Args:
        first: The classifier before the first round; not changed.
        info: Its description.
        judge: A second opinion that knows no found image.
        dataset: The dataset it was trained on.
        spec: How rounds are made.
        folder: Where they are saved.
        control: Pause and stop. A round that is stopped is dropped.

    Returns:
        Whether all rounds of `spec` are finished.

    Raises:
        LabError: The folder cannot be used, the images of a round would take more than 1 GiB, the classifier cannot be
            given the guarantee that is wanted, or a training diverged.
    """
    check_size(spec.settings, dataset.input_shape, len(dataset.class_names))
    if spec.settings.policy == GUARANTEE:
        check_givable(first, info.name, dataset)
    rounds = _Rounds(first, info, judge, dataset, spec, folder, control)
    with folder.going_on(new_rounds(spec, info, machine(), dataset.info)) as otherwise:
        if otherwise:
            yield Remark(sentence=f"The rounds so far were made differently: {otherwise}. Further rounds may differ.")
        yield from _remark_of_sample(spec.settings, len(dataset.class_names))
        reports = folder.reports()
        for report in reports:
            yield finished_round(report, folder, dataset)
        for number in range(len(reports), spec.settings.rounds + 1):
            made = yield from rounds.perform(number)
            collect_cycles()
            if made is None:
                return False
            written = yield from until_written(partial(folder.write_report, made), _WAIT, control)
            if not written:
                return False
            yield finished_round(made, folder, dataset)
    return True


def _remark_of_sample(settings: RoundsSettings, classes: int) -> Iterator[Remark]:
    driven, attacked = (min(most, classes) for most in (settings.labels_per_round, MOST_LABELS))
    if driven < classes:
        words = sample_words(driven, classes)
        yield Remark(sentence=f"Each round drives images towards {words}; another draw in each.")
    if attacked < classes:
        words = sample_words(attacked, classes)
        yield Remark(sentence=f"Each classifier is then attacked towards {words}; the same in each round.")


def open_rounds(folder: RoundsFolder, dataset: Dataset) -> Iterator[RoundsOpened | RoundFinished]:
    """Yields the specification of the rounds in `folder`, and each finished round.

    Raises:
        LabError: The folder holds no finished round, or is damaged.
    """
    spec, reports = RoundsRecord.read(folder.path).spec, folder.reports()
    if not reports:
        raise RecordError(f"{folder.path} must hold at least one finished round; it holds none.")
    yield RoundsOpened(spec=spec, folder=text_of(folder.path))
    for report in reports:
        yield finished_round(report, folder, dataset)


def finished_round(report: RoundReport, folder: RoundsFolder, dataset: Dataset) -> RoundFinished:
    """Returns `report` with some of the round's images, evenly spaced.

    Raises:
        LabError: The images are missing or damaged.
    """
    names, shape = dataset.class_names, dataset.input_shape
    if report.number == 0:
        none = np.empty((len(names), 0, *shape), np.float32)
        return RoundFinished(
            report=report, label_names=names, images=frozen(none), probabilities=frozen(none[:, :, 0, 0, 0])
        )
    found = folder.read_images(report.number, shape, len(names))
    labels, places = np.unique(found.labels, return_index=True)
    a_label = len(found.labels) // len(labels)
    shown = np.unique(np.linspace(0, a_label - 1, _SHOWN_A_LABEL).astype(np.int64))
    chosen = (places[:, np.newaxis] + shown).ravel()
    return RoundFinished(
        report=report,
        label_names=tuple(names[label] for label in labels),
        images=frozen(found.final[chosen].reshape(len(labels), len(shown), *shape)),
        probabilities=frozen(found.probabilities[chosen].reshape(len(labels), len(shown))),
    )


class _Rounds:
    def __init__(
        self,
        first: Classifier,
        info: ClassifierInfo,
        judge: Judge,
        dataset: Dataset,
        spec: RoundsSpec,
        folder: RoundsFolder,
        control: RunControl,
    ) -> None:
        self._first, self._info, self._judge = first, info, judge
        self._dataset, self._spec, self._folder, self._control = dataset, spec, folder, control
        self._neighbours = PixelNeighbours(dataset)
        self._wish = Wish(recorded_layers=first.chosen_layers, dataset_sha256=dataset.sha256)

    def perform(self, number: int) -> Generator[RoundMessage, None, RoundReport | None]:
        """Yields progress; returns the report of round `number`, or None after a stop."""
        began = time.perf_counter()
        if number == 0:
            return (yield from self._report(0, self._first, None, [], began))
        self._folder.prepare(number)
        yield Working(sentence=f"Round {number} · Opening the classifier")
        former, info = self._former(number)
        folder = self._folder.round_path(number)
        watch = Stopwatch(self._control)
        found = yield from seek_images(former, info, self._dataset, self._spec, number, folder, self._control)
        if not found:
            return None
        part = driving_part(with_penalties=self._spec.has_penalties)
        settings, classes = self._spec.settings, len(self._dataset.class_names)
        yield watch.timed(part, former, settings.images_per_label, driven_batches(settings, classes), self._first)
        images = [self._images(earlier) for earlier in range(1, number + 1)]
        given = int(given_images(images[-1], self._spec, number).sum())
        if given and self._spec.settings.trains_on_found:
            yield Remark(sentence=f"Round {number} · {given_in_round(given)}")
        path = self._folder.classifier_path(number)
        trained = yield from self._trained(former, info.sha256, images, self._spec.settings, number, path)
        if trained is None:
            return None
        classifier, accuracy = trained
        control_accuracy = None
        if self._spec.settings.control:
            control_accuracy = yield from self._control_accuracy(number)
            if control_accuracy is None:
                return None
        return (yield from self._report(number, classifier, former, images, began, accuracy, control_accuracy))

    def _trained(
        self,
        former: Classifier,
        former_sha256: str,
        images: list[RoundImages],
        settings: RoundsSettings,
        number: int,
        path: Path,
    ) -> Generator[RoundMessage, None, tuple[Classifier, float] | None]:
        """Yields progress; returns the classifier, saved to the file `path`, with its test accuracy."""
        classifier = yield from self._to_train(former, settings)
        if classifier is None:
            return None
        pool = [found.to_train_on for found in images]
        examples = round_examples(classifier, self._dataset, pool, settings, number)
        watch = Stopwatch(self._control)
        whole = yield from train_round(
            classifier, former_sha256, self._dataset, examples, settings, number, path, self._control
        )
        if not whole:
            return None
        steps = -(-len(examples) // settings.batch_size)
        yield watch.timed(ROUND_TRAINING, classifier, settings.batch_size, steps, self._first)
        accuracy = self._accuracy(classifier)
        written = yield from until_written(
            lambda: save_trained(classifier, path, accuracy, self._dataset.sha256), _WAIT, self._control
        )
        return (classifier, accuracy) if written else None

    def _to_train(
        self, former: Classifier, settings: RoundsSettings
    ) -> Generator[RoundMessage, None, Classifier | None]:
        """Yields progress; returns a copy of `former` with what the policy adds to it, or None after a stop."""
        if settings.policy == GUARANTEE:
            return (yield from given_guarantee(former, self._dataset, settings.rng_seed, self._control))
        to_widen = settings.policy == NONE_CLASS and not former.has_none_class
        return with_none_class(former) if to_widen else former.copy()

    def _control_accuracy(self, number: int) -> Generator[RoundMessage, None, float | None]:
        if number == 1:
            former, sha256 = self._first, self._info.sha256
        else:
            path = self._folder.control_path(number - 1)
            former, sha256 = self._loaded(path)[0], sha256_of(path)
        settings, path = self._spec.settings.as_control(), self._folder.control_path(number)
        trained = yield from self._trained(former, sha256, [], settings, number, path)
        return None if trained is None else trained[1]

    def _report(
        self,
        number: int,
        classifier: Classifier,
        former: Classifier | None,
        images: list[RoundImages],
        began: float,
        accuracy: float | None = None,
        control_accuracy: float | None = None,
    ) -> Generator[Working | WorkTimed, None, RoundReport | None]:
        watch, seed = Stopwatch(self._control), self._spec.settings.rng_seed
        fresh = yield from drive_fresh(
            classifier, self._judge, self._dataset, seed, number, self._control, noted_at=honesty.STEPS
        )
        if fresh is None:
            return None
        checks = yield from honesty.honesty_checks(
            classifier, former, self._dataset, seed, number, self._control, fresh
        )
        if checks is None:
            return None
        yield watch.timed(ATTACKING, classifier, 1, attacked_labels(len(self._dataset.class_names)), self._first)
        scores = tuple(_mean_score(classifier, found) for found in images)
        former_scores = []
        for earlier in range(number):
            yield Working(sentence=f"Round {number} · Scoring by former classifiers", fraction=earlier / number)
            former_scores.append(_mean_score(self._classifier(earlier), images[-1]))
        if accuracy is None:
            accuracy = self._accuracy(classifier)
        with_control = self._spec.settings.control
        return RoundReport(
            number=number,
            classifier=text_of(self._folder.classifier_path(number)) if number else self._info.path,
            control=text_of(self._folder.control_path(number)) if number and with_control else "",
            seconds=time.perf_counter() - began,
            images=len(images[-1].labels) if images else 0,
            found=int((images[-1].over & ~given_images(images[-1], self._spec, number)).sum()) if images else 0,
            pool=self._trained_on(images),
            test_accuracy=accuracy,
            control_accuracy=accuracy if number == 0 and with_control else control_accuracy,
            fresh=fresh.shares,
            old_confidence=self._old_confidence(classifier, images),
            scores=scores,
            former_scores=tuple(former_scores),
            checks=checks,
            certified=self._certified(classifier, fresh.noise),
        )

    def _certified(self, classifier: Classifier, noise: FloatArray) -> float | None:
        """Returns how much of the way to the nearest training image is certified of `noise`; see `RoundReport`."""
        radii = certified_radii(classifier, noise)
        return None if radii is None else median_share(radii, nearest_distances(self._neighbours, noise))

    def _old_confidence(self, classifier: Classifier, images: list[RoundImages]) -> float | None:
        """Returns the mean confidence, among the dataset's classes, on the final images of all rounds."""
        if not images:
            return None
        final: FloatArray = np.concatenate([found.final for found in images])
        return mean_confidence(classifier, final, len(self._dataset.class_names))

    def _trained_on(self, images: list[RoundImages]) -> int:
        trains_on_found = self._spec.settings.trains_on_found
        return sum(len(found.to_train_on) for found in images) if trains_on_found else 0

    def _former(self, number: int) -> tuple[Classifier, ClassifierInfo]:
        """Returns the classifier that round `number` starts with."""
        if number == 1:
            return self._first, self._info
        path = self._folder.classifier_path(number - 1)
        classifier, accuracy = self._loaded(path)
        return classifier, describe(classifier, path, self._accuracy(classifier) if accuracy is None else accuracy)

    def _classifier(self, number: int) -> Classifier:
        return self._first if number == 0 else self._loaded(self._folder.classifier_path(number))[0]

    def _loaded(self, path: Path) -> tuple[Classifier, float | None]:
        """Returns the classifier of a round, which records the same layers as the first one, and its test accuracy."""
        return load_classifier(path, self._wish)

    def _images(self, number: int) -> RoundImages:
        return self._folder.read_images(number, self._dataset.input_shape, len(self._dataset.class_names))

    def _accuracy(self, classifier: Classifier) -> float:
        accuracy = accuracy_on(classifier, self._dataset.test_images, self._dataset.test_labels)
        assert accuracy is not None, "a dataset has test images"
        return accuracy


def _mean_score(classifier: Classifier, images: RoundImages) -> float:
    """Returns the mean label probability of the final `images` by `classifier`."""
    probabilities = classifier.probabilities(images.final)
    return float(probabilities[np.arange(len(images.labels)), images.labels].mean(dtype=np.float64))
