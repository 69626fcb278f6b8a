"""Random images."""

from __future__ import annotations

import numpy as np

from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.image_kinds import EVALUATIONS, HELD_OUT, ROUNDS, RUNS, ImageKind, ImageRequest
from fooler_gui.data.blur import blurred
from fooler_gui.data.starts import uniform_noise

_BLUR_SIGMA, _BLUR_REACH = 1.0, 3
_SPARSE_SHARE, _NEARLY_BLACK = 0.05, 0.05
_SMALLEST_PATCH, _GREATEST_PATCH = 1 / 7, 1 / 2


def _uniform(wanted: ImageRequest) -> FloatArray:
    return uniform_noise(wanted.rng, wanted.shape)


def _patches(wanted: ImageRequest) -> FloatArray:
    rng, count, (_, height, width, _) = wanted.rng, wanted.count, wanted.shape
    noise = _uniform(wanted)
    shares = rng.uniform(_SMALLEST_PATCH, _GREATEST_PATCH, (count, 2))
    heights, widths = (np.maximum(1, np.rint(shares[:, axis] * size)) for axis, size in enumerate((height, width)))
    tops, lefts = rng.random(count) * (height - heights), rng.random(count) * (width - widths)
    rows, columns = np.arange(height), np.arange(width)
    in_rows = (rows >= tops[:, np.newaxis]) & (rows < (tops + heights)[:, np.newaxis])
    in_columns = (columns >= lefts[:, np.newaxis]) & (columns < (lefts + widths)[:, np.newaxis])
    images: FloatArray = noise * (in_rows[:, :, np.newaxis] & in_columns[:, np.newaxis])[..., np.newaxis]
    return images


def _black(wanted: ImageRequest) -> FloatArray:
    return np.zeros(wanted.shape, np.float32)


def _normal(wanted: ImageRequest) -> FloatArray:
    return wanted.rng.standard_normal(wanted.shape, np.float32)


def _gaussian(wanted: ImageRequest) -> FloatArray:
    images: FloatArray = np.clip(_normal(wanted) * np.float32(0.5) + np.float32(0.5), 0, 1)
    return images


def _half_bright(wanted: ImageRequest) -> FloatArray:
    return _uniform(wanted) * np.float32(0.5)


def _blurred(wanted: ImageRequest) -> FloatArray:
    noise = blurred(_uniform(wanted), np.full(wanted.count, _BLUR_SIGMA), _BLUR_REACH)
    least, most = noise.min(axis=(1, 2, 3), keepdims=True), noise.max(axis=(1, 2, 3), keepdims=True)
    images: FloatArray = (noise - least) / np.maximum(most - least, np.finfo(np.float32).tiny)
    return images


def _half_black(wanted: ImageRequest) -> FloatArray:
    images: FloatArray = _uniform(wanted) * wanted.rng.integers(0, 2, wanted.shape, np.uint8)
    return images


def _sparse(wanted: ImageRequest) -> FloatArray:
    noise = _uniform(wanted)
    noise[wanted.rng.random(noise.shape, np.float32) >= _SPARSE_SHARE] = 0
    return noise


def _nearly_black(wanted: ImageRequest) -> FloatArray:
    return _uniform(wanted) * np.float32(_NEARLY_BLACK)


def _bernoulli(wanted: ImageRequest) -> FloatArray:
    return wanted.rng.integers(0, 2, wanted.shape, np.uint8).astype(np.float32)


KINDS = (
    ImageKind(
        name="uniform",
        title="Uniform noise",
        tip="Every pixel uniform in [0, 1).",
        formula="x_i ~ U[0, 1)",
        source="method.md, Descent",
        make=_uniform,
        uses=(RUNS, ROUNDS, EVALUATIONS),
        other_names={RUNS: "noise"},
        rank=0,
    ),
    ImageKind(
        name="patches",
        title="Patches of noise",
        tip="Uniform noise in a rectangle, a seventh to half of the image in height and width; black around it.",
        formula="x_i ~ U[0, 1) for i in R, else 0; sides of R ~ U[1/7, 1/2] of the image's",
        source="this program",
        make=_patches,
        rank=30,
    ),
    ImageKind(
        name="black",
        title="Black images",
        tip="Every pixel zero.",
        formula="x_i = 0",
        source="method.md, Retraining",
        make=_black,
        rank=50,
    ),
    ImageKind(
        name="normal",
        title="Normal noise",
        tip="Every pixel normal, mean 0 and standard deviation 1, not clipped.",
        formula="x_i ~ N(0, 1)",
        source="Hendrycks and Gimpel 2017",
        make=_normal,
        uses=(EVALUATIONS,),
        rank=70,
    ),
    ImageKind(
        name="gaussian",
        title="Clipped normal noise",
        tip="Every pixel normal, mean ½ and standard deviation ½, clipped to [0, 1].",
        formula="x_i = clip(½ + ½ z_i), z_i ~ N(0, 1)",
        source="Hendrycks and others 2019",
        make=_gaussian,
        uses=(RUNS, HELD_OUT, EVALUATIONS),
        other_names={EVALUATIONS: "clipped-normal"},
        rank=80,
    ),
    ImageKind(
        name="half bright",
        title="Half bright noise",
        tip="Every pixel uniform in [0, ½).",
        formula="x_i ~ U[0, 1/2)",
        source="this program",
        make=_half_bright,
        uses=(RUNS, HELD_OUT),
        rank=90,
    ),
    ImageKind(
        name="blurred",
        title="Blurred noise",
        tip="Uniform noise under a Gaussian blur of one pixel, each image then stretched to [0, 1].",
        formula="stretch(G_1 * u), u_i ~ U[0, 1)",
        source="this program",
        make=_blurred,
        uses=(RUNS, HELD_OUT),
        rank=91,
    ),
    ImageKind(
        name="half black",
        title="Half black noise",
        tip="Every pixel uniform in [0, 1), or black with a probability of one half.",
        formula="x_i = u_i b_i, u_i ~ U[0, 1), b_i ~ Bernoulli(1/2)",
        source="this program",
        make=_half_black,
        uses=(RUNS,),
        rank=91,
    ),
    ImageKind(
        name="sparse",
        title="Sparse noise",
        tip="One pixel in twenty uniform in [0, 1), the others black.",
        formula="x_i = u_i [v_i < 1/20], u_i, v_i ~ U[0, 1)",
        source="this program",
        make=_sparse,
        uses=(RUNS, HELD_OUT),
        rank=92,
    ),
    ImageKind(
        name="nearly black",
        title="Nearly black noise",
        tip="Every pixel uniform in [0, 0.05).",
        formula="x_i ~ U[0, 0.05)",
        source="this program",
        make=_nearly_black,
        uses=(RUNS, HELD_OUT),
        rank=93,
    ),
    ImageKind(
        name="bernoulli",
        title="Black-and-white noise",
        tip="Every pixel 0 or 1 with equal probability.",
        formula="x_i ~ Bernoulli(1/2)",
        source="Hendrycks and others 2019",
        make=_bernoulli,
        uses=(RUNS, EVALUATIONS),
        rank=94,
    ),
)
