"""The images a descent starts from (method.md, Descent)."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.class_words import class_name
from fooler_gui.core.image_kinds import KINDS, RUNS, ImageKind, ImageRequest, kinds_for
from fooler_gui.core.path_text import path_of
from fooler_gui.core.run_spec import BRANCH, ROUND, RunSpec, class_of_start
from fooler_gui.core.settings import SettingError
from fooler_gui.data.dataset import Dataset, to_float
from fooler_gui.data.pixel_range import range_problem

if TYPE_CHECKING:
    from fooler_gui.data.labelled_images import LabelledImages

ONE_IMAGE_SIGMA = 0.02
"""The standard deviation of the noise that tells apart the slots that start from one image."""


class Noise(enum.IntEnum):
    """What noise is for. Each use has its own streams, so that no two uses see the same noise."""

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
    REFERENCES = 112
    STARTS_OF_ONE_IMAGE = 113
    STARTS_OF_A_CLASS = 114
    TRANSFORMATIONS = 115
    EVOLUTION = 117
    GUARANTEE = 118
    STRONG_ATTACK = 119


def noise_rng(use: Noise, rng_seed: int, *numbers: int) -> np.random.Generator:
    """Returns the source of noise for `use`, seeded by `rng_seed` and further `numbers` (label, round …)."""
    return np.random.default_rng([use, rng_seed, *(numbers or (0,))])


def slot_rng(rng_seed: int, label: int) -> np.random.Generator:
    """Returns the source of all noise for `label`, the same whether the label runs alone or with others."""
    return noise_rng(Noise.SLOTS, rng_seed, label)


def uniform_noise(rng: np.random.Generator, shape: tuple[int, ...]) -> FloatArray:
    """Returns float32 noise, uniform in [0, 1), of `shape`."""
    return rng.random(shape, np.float32)


def start_images(spec: RunSpec, label: int, dataset: Dataset, rng: np.random.Generator) -> FloatArray:
    """Returns the (B, H, W, C) float32 images in [0, 1] that the batch of `label` starts from.

    Raises:
        ArrayFileError: The file of images cannot be used.
        SettingError: There are fewer images than slots, no images for a branch or a round, or a kind cannot be made.
    """
    if spec.start in (BRANCH, ROUND):
        raise SettingError("A branched run or a run of a round starts from given images; none were given.")
    shown = class_of_start(spec.start)
    if shown is not None:
        return _test_images(spec, shown, dataset)
    if spec.is_start_made:
        kind = kinds_for(RUNS)[spec.start]
        return make_images(kind, ImageRequest(rng=rng, count=spec.slots, dataset=dataset, label=label))
    images = images_of_file(path_of(spec.start), dataset.input_shape, spec.slots).images
    return images if len(images) == spec.slots else _nearly_equal(images[0], spec, label)


def images_of_file(path: Path, input_shape: tuple[int, int, int], slots: int) -> LabelledImages:
    """Returns the images of the file or folder at `path` that `slots` slots start from: one each, or one for all.

    Args:
        path: See `read_labelled_images`.
        input_shape: The (H, W, C) that the classifier expects.
        slots: At least 1.

    Returns:
        (slots, H, W, C) or (1, H, W, C) images, without labels.

    Raises:
        ArrayFileError: The file of images cannot be used.
        SettingError: It holds several images, but fewer than slots.
    """
    from fooler_gui.data.labelled_images import read_labelled_images  # it imports Pillow, which no kind of start needs

    given = read_labelled_images(path, input_shape)
    if 1 < len(given.images) < slots:
        raise SettingError(
            f"{path.name} must hold at least {slots} images, one for each slot, or one image for all; it "
            f"holds {len(given.images)}."
        )
    return given._replace(images=given.images[:slots].copy())


def _test_images(spec: RunSpec, shown: int, dataset: Dataset) -> FloatArray:
    """Returns one test image of the class `shown` for each slot, drawn with the run's seed: the same for every label.

    They are of a stream of their own, so that more slots keep the images of fewer.
    """
    places = np.flatnonzero(dataset.test_labels == shown)
    if len(places) < spec.slots:
        raise SettingError(
            f"The start {spec.start} needs a test image of class {class_name(dataset.class_names, shown)} for each of "
            f"the {spec.slots} slots; there are {len(places)}."
        )
    drawn = noise_rng(Noise.STARTS_OF_A_CLASS, spec.rng_seed, shown).permutation(places)[: spec.slots]
    return to_float(dataset.test_images[drawn])


def _nearly_equal(image: FloatArray, spec: RunSpec, label: int) -> FloatArray:
    """Returns `image` (H, W, C) for the first slot, and for the others with a little noise.

    Equal images would stay equal: they have the same gradient, and no part in the batch cost. The noise is of a stream
    of its own, so that slots reinitialised later get the same noise when the run is repeated from recorded starts.
    """
    rng = noise_rng(Noise.STARTS_OF_ONE_IMAGE, spec.rng_seed, label)
    noise = rng.standard_normal((spec.slots, *image.shape), np.float32) * np.float32(ONE_IMAGE_SIGMA)
    noise[0] = 0
    images: FloatArray = np.clip(image + noise, 0, 1)
    return images


def make_images(kind: ImageKind, wanted: ImageRequest) -> FloatArray:
    """Returns the `wanted` images of `kind`, (N, H, W, C) float32.

    Raises:
        SettingError: The kind cannot be made from this dataset, or its images are invalid.
    """
    try:
        images = kind.make(wanted)
    except Exception as error:
        if wanted.dataset.has_images:
            raise
        raise SettingError(f"{kind.title} need a dataset, and none is in use.") from error
    problem = images_problem(kind, images, wanted.shape)
    if problem:
        raise SettingError(f"{kind.title} of {KINDS.package_of(kind.name)} cannot be used: {problem}.")
    return images


def images_problem(kind: ImageKind, images: object, shape: tuple[int, ...]) -> str:
    """Returns why `images` made by `kind` are not what was requested; "" if they are."""
    if not isinstance(images, np.ndarray):
        return f"its images must be a NumPy array; received {type(images).__name__}"
    if images.dtype != np.float32 or images.shape != shape:
        return f"its images must be float32 of shape {shape}; received {images.dtype} of shape {images.shape}"
    if not np.isfinite(images).all():
        return "its images must be finite numbers; some are not"
    outside = range_problem(images) if kind.is_start else ""
    return f"its images must be {outside}" if outside else ""
