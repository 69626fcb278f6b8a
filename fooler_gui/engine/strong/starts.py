"""The images that the strongest attack starts from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fooler_gui.core.arrays import BoolArray, FloatArray, IntArray
from fooler_gui.core.image_kinds import KINDS, ImageRequest
from fooler_gui.core.label_sample import MOST_LABELS, sampled_labels
from fooler_gui.core.round_report import THRESHOLD
from fooler_gui.core.settings import SettingError
from fooler_gui.core.strong_attack import MIXED_STARTS
from fooler_gui.data.dataset import Dataset, to_float
from fooler_gui.data.starts import Noise, make_images, noise_rng, uniform_noise
from fooler_gui.engine.nets.classifier import Classifier


class StrongStarts:
    """Starts of several kinds, so many images of each, driven towards all labels in turn.

    Images of a kind that may show a class are left out where the classifier is sure of them from the start.

    Args:
        classifier: The classifier to attack.
        dataset: What kinds are made of.
        kinds: Their names.
        images_a_kind: How many images of each.
        rng_seed: The number that starts the noise.

    Attributes:
        images: (N, H, W, C) float32 in [0, 1].
        labels: (N,), what each is driven towards.
        kinds: (N,), the place of each image's kind among the names.

    Raises:
        SettingError: A kind cannot be made from this dataset.
    """

    def __init__(
        self, classifier: Classifier, dataset: Dataset, kinds: Sequence[str], images_a_kind: int, rng_seed: int
    ) -> None:
        self._classifier, self._dataset, self._names, self._rng_seed = classifier, dataset, tuple(kinds), rng_seed
        labels = sampled_labels(len(dataset.class_names), rng_seed, most=most_labels(images_a_kind))
        self._labels_of_a_kind: IntArray = np.sort(np.resize(labels, images_a_kind))
        images = self._made(0)
        self._chosen = ~self._given(images)
        self.images = images[self._chosen]
        self.labels: IntArray = np.tile(self._labels_of_a_kind, len(kinds))[self._chosen]
        self.kinds: IntArray = np.repeat(np.arange(len(kinds)), images_a_kind)[self._chosen]

    def fresh(self, places: IntArray, attempt: int) -> FloatArray:
        """Returns other starts of the images at `places` (M,); the same ones where others show a class."""
        images = self._made(attempt)
        kept = np.flatnonzero(self._chosen)[places]
        others = images[kept]
        given = self._given(images)[kept].reshape(-1, 1, 1, 1)
        return np.where(given, self.images[places], others)

    def _made(self, attempt: int) -> FloatArray:
        return np.concatenate([self._of_kind(place, name, attempt) for place, name in enumerate(self._names)])

    def _of_kind(self, place: int, name: str, attempt: int) -> FloatArray:
        rng = noise_rng(Noise.STRONG_ATTACK, self._rng_seed, attempt, place)
        labels, counts = np.unique(self._labels_of_a_kind, return_counts=True)
        requests = [
            ImageRequest(rng=rng, count=int(count), dataset=self._dataset, label=int(label))
            for label, count in zip(labels, counts, strict=True)
        ]
        if name in MIXED_STARTS:
            return np.concatenate([_mixed(request, MIXED_STARTS[name]) for request in requests])
        return np.concatenate([make_images(KINDS.known()[name], request) for request in requests])

    def _given(self, images: FloatArray) -> BoolArray:
        """Returns which of all `images` may show the class that the classifier is sure of from the start."""
        shows = [name in MIXED_STARTS or KINDS.known()[name].shows_classes for name in self._names]
        may: BoolArray = np.repeat(shows, len(self._labels_of_a_kind))
        sure = np.zeros(len(images), np.bool_)
        if may.any():
            sure[may] = self._classifier.probabilities(images[may]).max(axis=1) > THRESHOLD
        return sure


def most_labels(images_a_kind: int) -> int:
    """Returns towards how many classes, at most, so many images of a kind are driven."""
    return min(MOST_LABELS, images_a_kind)


def _mixed(wanted: ImageRequest, share: float) -> FloatArray:
    if not wanted.dataset.has_images:
        raise SettingError("Images between noise and training images need a dataset, and none is in use.")
    trained = wanted.dataset.train_images
    chosen = to_float(trained[wanted.rng.integers(0, len(trained), wanted.count)])
    mixed: FloatArray = np.float32(share) * chosen + np.float32(1 - share) * uniform_noise(wanted.rng, wanted.shape)
    return mixed
