"""The images a descent starts from (method.md, Descent)."""

from __future__ import annotations

import enum

import numpy as np

from fooler_gui.core.messages import FloatArray
from fooler_gui.core.path_text import path_of
from fooler_gui.core.run_spec import AVERAGES, BRANCH, NOISE, ROUND, RunSpec
from fooler_gui.core.settings import SettingError
from fooler_gui.data.array_file import read_images
from fooler_gui.data.dataset import Dataset, to_float


class Noise(enum.IntEnum):
    """What noise is for. Each use has streams of its own, so that no two uses ever see the same noise."""

    SLOTS = 101
    FRESH_SLOTS = 102
    FRESH_IMAGES = 103
    IMAGES_OF_NOTHING = 104
    ROUND_STARTS = 105
    ROUND_TRAINING = 106
    ROUND_EVALUATION = 107
    HONESTY = 108
    EVALUATION = 109
    SEEDED_LAYERS = 110
    SLOT_ACTIONS = 111


def noise_rng(use: Noise, rng_seed: int, *numbers: int) -> np.random.Generator:
    """Returns the source of noise for `use` that `rng_seed` starts; other `numbers` (label, round …), other noise."""
    return np.random.default_rng([use, rng_seed, *(numbers or (0,))])


def slot_rng(rng_seed: int, label: int) -> np.random.Generator:
    """Returns the source of all noise for `label`: the same whether the label runs alone or beside others."""
    return noise_rng(Noise.SLOTS, rng_seed, label)


def uniform_noise(rng: np.random.Generator, shape: tuple[int, ...]) -> FloatArray:
    """Returns float32 noise, uniform in [0, 1), of `shape`."""
    return rng.random(shape, np.float32)


def start_images(spec: RunSpec, label: int, dataset: Dataset, rng: np.random.Generator) -> FloatArray:
    """Returns the (B, H, W, C) float32 images in [0, 1] that the batch of `label` starts from.

    Raises:
        ArrayFileError: The file of images cannot be used.
        SettingError: There are fewer images than slots, or none for a branch or a round.
    """
    if spec.start in (BRANCH, ROUND):
        raise SettingError("A run that is branched, or of a round, starts from images of its own; none were given.")
    if spec.start == NOISE:
        return uniform_noise(rng, (spec.slots, *dataset.input_shape))
    if spec.start == AVERAGES:
        return _averages(dataset, label, spec.slots, rng)
    images = read_images(path_of(spec.start), dataset.input_shape)
    if len(images) < spec.slots:
        raise SettingError(
            f"{path_of(spec.start).name} must hold at least {spec.slots} images, one for each slot; it "
            f"holds {len(images)}."
        )
    return images[: spec.slots].copy()


def _averages(dataset: Dataset, label: int, slots: int, rng: np.random.Generator) -> FloatArray:
    images = dataset.training_images_of(label)
    if len(images) < slots:
        raise SettingError(
            f"Averages need at least one training image of class {dataset.class_names[label]} for "
            f"each of the {slots} slots; there are {len(images)}."
        )
    parts = np.array_split(rng.permutation(len(images)), slots)
    return np.stack([to_float(images[part]).mean(axis=0) for part in parts])
