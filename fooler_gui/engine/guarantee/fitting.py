"""Fits the densities of a guarantee on the training images of a dataset."""

from __future__ import annotations

import math
import warnings
from collections.abc import Generator
from dataclasses import dataclass, replace

import numpy as np
from scipy.cluster.vq import kmeans2, vq
from scipy.sparse import csr_array

from fooler_gui.core.arrays import DoubleArray, FloatArray
from fooler_gui.core.formats import format_count
from fooler_gui.core.guarantee import GuaranteeSettings
from fooler_gui.core.image_kinds import KINDS, ImageRequest
from fooler_gui.core.messages import Remark, Working
from fooler_gui.core.run_control import Next, RunControl
from fooler_gui.core.work_time import validation_count
from fooler_gui.data.dataset import Dataset, to_float
from fooler_gui.data.starts import Noise, make_images, noise_rng
from fooler_gui.engine.guarantee.densities import Densities, GuaranteeError
from fooler_gui.engine.guarantee.metric import whitening
from fooler_gui.engine.guarantee.mixture import Mixture, together

MOST_NUMBERS = 4_096
"""The most numbers of an image: the metric has their square."""

KEPT_RATIO = 1_000.0
"""The r at which an image loses at most a thousandth of its confidence."""

_MOST_VALUES = 2**27
"""The most numbers of all images together that densities are fitted on."""
_LEAST_VALIDATION, _IMAGES_A_COMPONENT = 100, 10
_CLUSTERED, _ITERATIONS = 20_000, 10
_SPARSE, _NOISE = "sparse", 4_000
_MOST_NEAR = 0.005
"""The share of sparse noise near training images above which p_out has a component at its mean."""
_NARROW = 3.0
"""The variance of the component at sparse noise, as a multiple of that of a component of p_in."""
_FITTING = "Fitting the density of the training images"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fitted:
    """The densities, and how many images they come from.

    Attributes:
        densities: The densities.
        fitted_images: The images that they were fitted on.
        validation_images: Those that λ was set by.
    """

    densities: Densities
    fitted_images: int
    validation_images: int


def check_dataset(dataset: Dataset) -> None:
    """Checks that densities can be fitted on the training images of `dataset`.

    Raises:
        GuaranteeError: They are too few or too large.
    """
    size = math.prod(dataset.input_shape)
    if size > MOST_NUMBERS:
        raise GuaranteeError(
            f"A guarantee needs images of at most {MOST_NUMBERS:,} numbers (height × width × channels); those of "
            f"{dataset.name} have {size:,}."
        )
    kept = validation_count(len(dataset.train_images))
    if kept < _LEAST_VALIDATION:
        raise GuaranteeError(
            f"A guarantee needs at least {_LEAST_VALIDATION} validation images, a sixth of the training images; "
            f"{dataset.name} has {kept}."
        )


def fit_densities(
    dataset: Dataset, settings: GuaranteeSettings, control: RunControl
) -> Generator[Working | Remark, None, Fitted | None]:
    """Yields progress and returns the densities of the training images, or None after a stop.

    p_in has its components where k-means puts them in the metric, weighted by their images and all of one variance, the
    mean square of the images' distances. p_out has a wide component at the mean of all, and a narrow one at the mean of
    sparse noise where that is near training images.

    Raises:
        GuaranteeError: The images are too few or too large, or copies of a few.
    """
    check_dataset(dataset)
    size, kept = math.prod(dataset.input_shape), validation_count(len(dataset.train_images))
    rng = noise_rng(Noise.GUARANTEE, settings.rng_seed)
    most = _MOST_VALUES // size
    left = len(dataset.train_images) - kept
    places = kept + (np.arange(left) if left <= most else np.sort(rng.choice(left, most, replace=False)))
    rows = _rows(dataset, places)
    yield Working(sentence="Measuring how the training images vary")
    matrix, offset = whitening(rows)
    points = rows @ matrix.T.astype(np.float32) + offset.astype(np.float32)
    components = min(settings.components, len(points) // _IMAGES_A_COMPONENT)
    if components < settings.components:
        yield Remark(
            sentence=f"For {len(points):,} training images there are {components:,} components, one for ten images, in "
            f"place of {settings.components:,}."
        )
    inside = yield from _components(points, components, rng, control)
    if inside is None:
        return None
    variance = float(inside.variances[0])
    if not variance > 0:
        raise GuaranteeError(
            f"A guarantee needs training images that vary; those of {dataset.name} are copies of "
            f"{format_count(len(inside.variances), 'image')}."
        )
    yield Working(sentence="Asking about the validation images")
    wide = _component(np.zeros(size), settings.width * variance)
    only_wide = with_share_kept(
        Densities(matrix=matrix, offset=offset, inside=inside, outside=wide), dataset, settings.kept
    )
    sparse = make_images(KINDS.known()[_SPARSE], ImageRequest(rng=rng, count=_NOISE, dataset=dataset))
    return Fitted(
        densities=_apart_from(sparse, only_wide, dataset, settings.kept),
        fitted_images=len(points),
        validation_images=kept,
    )


def with_share_kept(densities: Densities, dataset: Dataset, share: float) -> Densities:
    """Returns `densities` with the greatest λ at which a `share` of the validation images have r ≥ `KEPT_RATIO`."""
    kept = validation_count(len(dataset.train_images))
    ratios = np.sort(densities.log_ratio(to_float(dataset.train_images[:kept])))
    least = ratios[kept - math.ceil(round(share * kept, 6))]
    outside = densities.outside
    weighted = replace(outside, log_weights=outside.log_weights + least - math.log(KEPT_RATIO))
    return replace(densities, outside=weighted)


def _apart_from(noise: FloatArray, densities: Densities, dataset: Dataset, kept: float) -> Densities:
    """Returns `densities`, with a narrow component of p_out at the mean of `noise` where that is near training images.

    It is where more than `_MOST_NEAR` of the noise has r > 1 / `KEPT_RATIO`. Beside each of the two components alone,
    and beside both, a share `kept` of the validation images has r ≥ `KEPT_RATIO`.
    """
    if (densities.log_ratio(noise) > -math.log(KEPT_RATIO)).mean() <= _MOST_NEAR:
        return densities
    narrow = _component(densities.points(noise).mean(axis=0), _NARROW * float(densities.inside.variances[0]))
    beside_narrow = with_share_kept(replace(densities, outside=narrow), dataset, kept)
    both = together([densities.outside, beside_narrow.outside])
    return with_share_kept(replace(densities, outside=both), dataset, kept)


def _component(centre: DoubleArray, variance: float) -> Mixture:
    return Mixture(centres=centre[np.newaxis], variances=np.array([variance]), log_weights=np.zeros(1))


def _rows(dataset: Dataset, places: np.ndarray) -> FloatArray:
    images = to_float(dataset.train_images[places])
    return images.reshape(len(images), -1)


def _components(
    points: FloatArray, count: int, rng: np.random.Generator, control: RunControl
) -> Generator[Working, None, Mixture | None]:
    """Yields progress and returns a mixture of at most `count` components of one variance, fitted on `points` (N, n).

    Returns None after a stop.
    """
    some = points[rng.permutation(len(points))[:_CLUSTERED]]
    centres = some[rng.choice(len(some), count, replace=False)]
    whole = _ITERATIONS + len(points) / len(some)
    for done in range(_ITERATIONS):
        if control.next() is Next.STOP:
            return None
        yield Working(sentence=_FITTING, fraction=done / whole)
        centres = _moved(centres, some)
    yield Working(sentence=_FITTING, fraction=_ITERATIONS / whole)
    nearest, _ = vq(points, centres)
    _, nearest, sizes = np.unique(nearest, return_inverse=True, return_counts=True)
    averaging = csr_array((1 / sizes[nearest], (nearest, np.arange(len(points)))))
    exact = averaging @ points
    spread = np.square(points).sum(dtype=np.float64) - (sizes * np.square(exact).sum(axis=1)).sum()
    variance = max(spread, 0) / points.size
    return Mixture(
        centres=exact,
        variances=np.full(len(sizes), variance),
        log_weights=np.log(sizes / sizes.sum()),
    )


def _moved(centres: FloatArray, points: FloatArray) -> FloatArray:
    """Returns `centres` (K, n) after an iteration of k-means on `points` (N, n)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of clusters without images, which are left out in the end
        moved: FloatArray = kmeans2(points, centres, iter=1, minit="matrix")[0]
    return moved
