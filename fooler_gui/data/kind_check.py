"""Checks that a kind of images from another package can be made, on small datasets."""

from __future__ import annotations

import numpy as np

from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.errors import reason_of
from fooler_gui.core.image_kinds import ImageKind, ImageRequest
from fooler_gui.data.dataset import Dataset
from fooler_gui.data.starts import images_problem

_COUNT, _SHAPES = 3, ((6, 5, 1), (4, 4, 3))


def problem_of(kind: ImageKind) -> str:
    """Returns why `kind` cannot be used, to complete "is left out: …"; "" if it can.

    It is made from small grey and colour datasets with read-only arrays, twice with the same random numbers.
    """
    for shape in _SHAPES:
        try:
            images, again = _made(kind, shape), _made(kind, shape)
        except Exception as error:  # noqa: BLE001 - whatever another package's function does
            return f"its make fails: {reason_of(error)}"
        problem = images_problem(kind, images, (_COUNT, *shape))
        if problem:
            return problem
        if images.tobytes() != again.tobytes():
            return "its images must depend only on the request, randomness on its rng; they differ between calls"
    return ""


def _made(kind: ImageKind, shape: tuple[int, int, int]) -> FloatArray:
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (2 * _COUNT, *shape), np.uint8)
    labels = np.repeat(np.arange(2, dtype=np.uint8), _COUNT)
    for array in (images, labels):
        array.setflags(write=False)
    dataset = Dataset(
        train_images=images, train_labels=labels, test_images=images, test_labels=labels, class_names=("a", "b")
    )
    return kind.make(ImageRequest(rng=rng, count=_COUNT, dataset=dataset, label=1))
