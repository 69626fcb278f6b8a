"""Draws the training images that are references, if not all fit into the memory allowed for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from fooler_gui.core.arrays import IntArray
from fooler_gui.core.reference_settings import ReferenceCount, ReferenceSettings, sample_sentence, sizes_within
from fooler_gui.data.dataset import Dataset
from fooler_gui.data.image_store import most_in_memory
from fooler_gui.data.starts import Noise, noise_rng


class Sample(NamedTuple):
    """A label's training images that are references.

    Attributes:
        label: The label.
        size: How many there are.
        rng_seed: Drew them; None if they are all of the label's.
        mapped: Whether they are read through a memory map, as all labels' take more than a quarter of the memory.
    """

    label: int
    size: int
    rng_seed: int | None
    mapped: bool = False

    def places(self, available: int) -> IntArray:
        """Returns (size,) the places, ascending, among the label's `available` training images.

        A smaller sample is a part of every larger one.
        """
        if self.rng_seed is None:
            return np.arange(self.size)
        rng = noise_rng(Noise.REFERENCES, self.rng_seed, self.label)
        return np.sort(rng.permutation(available)[: self.size])


class ReferencePlan(NamedTuple):
    """The references of the labels of a run.

    Attributes:
        samples: By label.
        total: Of all labels together.
        sentence: What was done to stay within the memory; "" if all training images are references.
    """

    samples: dict[int, Sample]
    total: ReferenceCount
    sentence: str


def planned(dataset: Dataset, labels: Sequence[int], settings: ReferenceSettings, bytes_each: int) -> ReferencePlan:
    """Returns which training images of `labels` are references, each of which takes `bytes_each` bytes.

    Raises:
        SettingError: The memory is too little for one reference of each label.
    """
    all_counts = np.bincount(dataset.train_labels, minlength=len(dataset.class_names))
    counts = [int(all_counts[label]) for label in labels]
    sizes = sizes_within(settings.reference_memory, counts, bytes_each)
    mapped = sum(sizes) * bytes_each > most_in_memory()
    samples = {
        label: Sample(label, size, settings.rng_seed if size < count else None, mapped)
        for label, size, count in zip(labels, sizes, counts, strict=True)
    }
    total = ReferenceCount(sum(sizes), sum(counts))
    return ReferencePlan(samples, total, sample_sentence(total, settings.reference_memory, len(labels)))
