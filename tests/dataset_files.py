"""Small datasets in every form that the program reads, written by tests."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
from PIL import Image

from fooler_gui.core.dataset_info import DatasetInfo

TRAIN_LABELS = (1, 0, 2, 1, 0, 2)
TEST_LABELS = (2, 0, 1)


def images(count: int, shape: tuple[int, ...] = (3, 3), rng_seed: int = 0) -> np.ndarray:
    """Returns (count, *shape) uint8 images; the first has a pixel of 255 and one of 0."""
    made = np.random.default_rng(rng_seed).integers(20, 250, (count, *shape), np.uint8)
    made[0].flat[:2] = (255, 0)
    return made


def idx(array: np.ndarray) -> bytes:
    """Returns `array` of bytes as an IDX file."""
    return (
        bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + array.astype(np.uint8).tobytes()
    )


def csv(rows: np.ndarray, labels: object = None, heading: str = "", *, last: bool = False) -> bytes:
    """Returns a CSV file with the numbers of `rows` (N, P), and a column of `labels` before or after them."""
    lines = [heading] if heading else []
    for label, row in zip(labels, rows.tolist(), strict=True):  # type: ignore[call-overload]
        fields = [*map(str, row)]
        lines.append(",".join([*fields, str(label)] if last else [str(label), *fields]))
    return "\n".join(lines).encode()


def cifar(pictures: np.ndarray, *labels: object) -> bytes:
    """Returns (N, 32, 32, 3) uint8 `pictures` in CIFAR's binary version, with a byte of each of `labels` (N,)."""
    columns = [np.asarray(each, np.uint8)[:, np.newaxis] for each in labels]
    return np.hstack([*columns, pictures.transpose(0, 3, 1, 2).reshape(len(pictures), -1)]).tobytes()


def write_pictures(folder: Path, pictures: np.ndarray, labels: object, ending: str = ".png") -> None:
    """Writes each of `pictures` into the folder of its label below `folder`, numbered in their order."""
    for number, (picture, label) in enumerate(zip(pictures, labels, strict=True)):  # type: ignore[call-overload]
        place = folder / str(label)
        place.mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture).save(place / f"{number:03}{ending}")


def dataset_info(**changes: object) -> DatasetInfo:
    """Returns what a dataset of two classes is, with `changes`."""
    told = {
        "name": "pets",
        "path": "/data/pets",
        "sha256": "cd" * 32,
        "image_shape": (4, 4, 3),
        "class_names": ("cat", "dog"),
        "train": (3, 5),
        "test": (1, 2),
    }
    return DatasetInfo(**(told | changes))  # type: ignore[arg-type]
