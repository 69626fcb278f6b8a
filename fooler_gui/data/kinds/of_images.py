"""Images made from the dataset's; some no longer show any of its classes."""

from __future__ import annotations

import numpy as np

from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.image_kinds import EVALUATIONS, RUNS, ImageKind, ImageRequest
from fooler_gui.core.settings import SettingError
from fooler_gui.data.blur import blurred
from fooler_gui.data.dataset import to_float

_FAINTEST = 0.15
_LEAST_BLUR, _GREATEST_BLUR = 1.0, 2.5
_LEAST_CONTRAST, _GREATEST_CONTRAST = 5.0, 30.0
_BLUR_REACH = 10
"""Radius of the blur's kernel: four times the greatest standard deviation."""
_CHUNK = 1_000


def _averages(wanted: ImageRequest) -> FloatArray:
    images = wanted.dataset.training_images_of(wanted.label)
    if len(images) < wanted.count:
        raise SettingError(
            f"Averages need at least one training image of class {wanted.dataset.class_names[wanted.label]} for "
            f"each of the {wanted.count} slots; there are {len(images)}."
        )
    parts = np.array_split(wanted.rng.permutation(len(images)), wanted.count)
    return np.stack([to_float(images[part]).mean(axis=0) for part in parts])


def _permuted(wanted: ImageRequest) -> FloatArray:
    return _with_pixels_permuted(wanted, _training_images(wanted))


def _faint(wanted: ImageRequest) -> FloatArray:
    images = _training_images(wanted)
    return images * wanted.rng.uniform(0, _FAINTEST, (wanted.count, 1, 1, 1)).astype(np.float32)


def _negative(wanted: ImageRequest) -> FloatArray:
    return 1 - _training_images(wanted)


def _negatives(wanted: ImageRequest) -> FloatArray:
    return 1 - _test_images(wanted)


def _permuted_and_blurred(wanted: ImageRequest) -> FloatArray:
    images, rng = _with_pixels_permuted(wanted, _test_images(wanted)), wanted.rng
    sigmas = rng.uniform(_LEAST_BLUR, _GREATEST_BLUR, wanted.count)
    contrasts = rng.uniform(_LEAST_CONTRAST, _GREATEST_CONTRAST, (wanted.count, 1, 1, 1)).astype(np.float32)
    for start in range(0, wanted.count, _CHUNK):
        part = slice(start, start + _CHUNK)
        images[part] = blurred(images[part], sigmas[part], _BLUR_REACH)
    return np.asarray(1 / (1 + np.exp(-contrasts * (images - np.float32(0.5)))), np.float32)


def _with_pixels_permuted(wanted: ImageRequest, images: FloatArray) -> FloatArray:
    return wanted.rng.permuted(images.reshape(wanted.count, -1), axis=1).reshape(wanted.shape)


def _training_images(wanted: ImageRequest) -> FloatArray:
    images = wanted.dataset.train_images
    return to_float(images[wanted.rng.integers(0, len(images), wanted.count)])


def _test_images(wanted: ImageRequest) -> FloatArray:
    """Returns `count` test images, each at most once while there are enough."""
    available = len(wanted.dataset.test_images)
    turns = [wanted.rng.permutation(available) for _ in range(-(-wanted.count // available))]
    return to_float(wanted.dataset.test_images[np.concatenate(turns)[: wanted.count]])


KINDS = (
    ImageKind(
        name="averages",
        title="Averages of training images",
        tip="The label's training images are divided at random; each slot starts from the mean of its part.",
        formula="mean of part b of a random partition of the label's training images",
        source="method.md, Descent",
        make=_averages,
        uses=(RUNS,),
        shows_classes=True,
        rank=10,
    ),
    ImageKind(
        name="permuted",
        title="Permuted training images",
        tip="Training images with shuffled pixels, each in its own order.",
        formula="x_i = t_π(i), π a random permutation",
        source="this program",
        make=_permuted,
        rank=20,
    ),
    ImageKind(
        name="faint",
        title="Faint training images",
        tip="Training images at up to 0.15 of their brightness.",
        formula="x = s t, s ~ U[0, 0.15)",
        source="this program",
        make=_faint,
        shows_classes=True,
        rank=40,
    ),
    ImageKind(
        name="negative",
        title="Negatives of training images",
        tip="Training images with black and white swapped.",
        formula="x = 1 - t",
        source="this program",
        make=_negative,
        shows_classes=True,
        rank=60,
    ),
    ImageKind(
        name="negatives",
        title="Negatives",
        tip="Test images with black and white swapped.",
        formula="x = 1 - t",
        source="Hendrycks and others 2019",
        make=_negatives,
        uses=(EVALUATIONS,),
        rank=95,
    ),
    ImageKind(
        name="permuted-blurred",
        title="Permuted and blurred images",
        tip="Test images with shuffled pixels, blurred by 1 to 2.5 pixels, then with increased contrast.",
        formula="σ(γ (G_s * t_π - ½)), s ~ U[1, 2.5), γ ~ U[5, 30)",
        source="Meinke and Hein 2020, Towards neural networks that provably know when they don't know",
        make=_permuted_and_blurred,
        uses=(EVALUATIONS,),
        rank=96,
    ),
)
