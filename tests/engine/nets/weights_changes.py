"""Changes the weights of a classifier's file in a way that its reader must refuse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import h5py


def replaced(dataset: str, **options: Any) -> Callable[[h5py.File], object]:
    """Returns a change that puts a new dataset, made with `options`, in place of `dataset`."""

    def change(file: h5py.File) -> object:
        del file[dataset]
        return file.create_dataset(dataset, **options)

    return change


def linked(dataset: str, link: object) -> Callable[[h5py.File], object]:
    """Returns a change that puts `link` in place of `dataset`."""

    def change(file: h5py.File) -> None:
        del file[dataset]
        file[dataset] = link

    return change
