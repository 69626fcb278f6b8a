"""Small pictures of the kinds of images that runs can start from."""

from __future__ import annotations

import logging

import numpy as np
import numpy.typing as npt

from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.image_kinds import RUNS, ImageRequest, kinds_for
from fooler_gui.data.dataset import Dataset
from fooler_gui.data.starts import make_images

_LARGEST_SIDE = 56
_log = logging.getLogger(__name__)


def start_previews(examples: npt.NDArray[np.uint8], shape: tuple[int, int, int]) -> dict[str, FloatArray]:
    """Returns an image of each kind that can be made, by the kind's name; large ones are of fewer pixels.

    Args:
        examples: (K, H, W, C), images of the dataset in use; K may be 0.
        shape: (H, W, C) of the images that runs change.
    """
    dataset = _dataset_of(examples, shape)
    previews = {}
    for name, kind in kinds_for(RUNS).items():
        request = ImageRequest(rng=np.random.default_rng(0), count=1, dataset=dataset, label=0)
        try:
            previews[name] = make_images(kind, request)[0]
        except Exception as error:  # noqa: BLE001 - a kind of another package may raise anything
            _log.info("No preview of %s: %s", name, error)
    return previews


def _dataset_of(examples: npt.NDArray[np.uint8], shape: tuple[int, int, int]) -> Dataset:
    """Returns a dataset of one class that holds every example."""
    step = -(-max(shape[:2]) // _LARGEST_SIDE)
    if not len(examples):
        height, width, channels = shape
        return Dataset.without_images((-(-height // step), -(-width // step), channels), ("0",))
    images, labels = np.ascontiguousarray(examples[:, ::step, ::step]), np.zeros(len(examples), np.uint8)
    return Dataset(train_images=images, train_labels=labels, test_images=images, test_labels=labels, class_names=("0",))
