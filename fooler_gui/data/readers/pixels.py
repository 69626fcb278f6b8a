"""Turns pixels of any range into bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image

from fooler_gui.core.formats import format_number
from fooler_gui.data.array_file import ArrayFileError
from fooler_gui.data.pixel_range import ROUNDING
from fooler_gui.data.readers.found import Array, images_a_chunk

_SPANS = ((0.0, 1.0), (-1.0, 1.0), (0.0, 16.0), (0.0, 255.0), (0.0, 65_535.0))
"""The ranges of pixels, narrow ones first. 0 to 16 is that of the UCI's and scikit-learn's digits."""
_FEW_LEVELS = 16
MOST_PIXELS = 2**26
"""The most pixels of an image as it is read, before it is made smaller."""


class Span:
    """The range of values seen so far."""

    def __init__(self) -> None:
        self._lowest, self._highest, self._whole = np.inf, -np.inf, True

    def see(self, values: Array) -> None:
        """Takes `values` into account."""
        if values.size:
            self._lowest = min(self._lowest, float(values.min()))
            self._highest = max(self._highest, float(values.max()))
            if np.isnan(values.min()):
                self._lowest = np.nan
            self._whole = self._whole and (values.dtype.kind in "uib" or bool((values == np.floor(values)).all()))

    def found(self, name: str) -> tuple[float, float]:
        """Returns the narrowest usual range that holds all values of the array called `name`.

        Raises:
            ArrayFileError: None does.
        """
        for lowest, highest in _SPANS:
            margin = ROUNDING * (highest - lowest)
            usual = self._whole or highest in (1.0, 255.0)
            if usual and lowest - margin <= self._lowest and self._highest <= highest + margin:
                return lowest, highest
        if not self._lowest <= self._highest or not np.isfinite([self._lowest, self._highest]).all():
            raise ArrayFileError(f"{name} must be finite numbers; some are not.")
        raise ArrayFileError(
            f"{name} must have pixels from 0 to 255, 0 to 1 or -1 to 1; received values from "
            f"{format_number(self._lowest)} to {format_number(self._highest)}."
        )


def span_of(name: str, chunks: Iterator[Array]) -> tuple[float, float]:
    """Returns the range of the pixels in `chunks` of the array called `name`; see `Span.found`."""
    span = Span()
    for chunk in chunks:
        span.see(chunk)
    return span.found(name)


def in_words(span: tuple[float, float]) -> str:
    """Returns a sentence that pixels of `span` were converted."""
    return f"Pixels from {span[0]:,g} to {span[1]:,g} were converted to bytes from 0 to 255."


def as_bytes(images: Array, span: tuple[float, float] | None) -> npt.NDArray[np.uint8]:
    """Returns `images` with pixels of `span` as uint8, rounded to the nearest; unchanged if `span` is None."""
    if span is None or (span == (0.0, 255.0) and images.dtype == np.uint8):
        return images.astype(np.uint8, copy=False)
    lowest, highest = span
    scaled = (images.astype(np.float64) - lowest) * (255 / (highest - lowest))
    return np.clip(np.rint(scaled), 0, 255).astype(np.uint8)


def stretch(parts: Sequence[npt.NDArray[np.uint8]]) -> tuple[float, float] | None:
    """Makes bytes that go no higher than 16 in any part fill the range, in place; returns their range, or None."""
    highest = max(int(chunk.max(initial=0)) for images in parts for chunk in _slices(images))
    if not 0 < highest <= _FEW_LEVELS:
        return None
    span = (0.0, 1.0) if highest == 1 else (0.0, 16.0)
    levels = as_bytes(np.arange(256), span)
    for images in parts:
        for chunk in _slices(images):
            chunk[...] = levels[chunk]
    return span


def _slices(images: npt.NDArray[np.uint8]) -> Iterator[npt.NDArray[np.uint8]]:
    step = images_a_chunk(images.shape[1:])
    return (images[start : start + step] for start in range(0, len(images), step))


def resized(images: npt.NDArray[np.uint8], size: tuple[int, int]) -> npt.NDArray[np.uint8]:
    """Returns `images` (N, H, W, C) with (height, width) `size`, smoothly; unchanged if they have it already."""
    if images.shape[1:3] == size:
        return images
    pictures = (Image.fromarray(image[..., 0] if image.shape[2] == 1 else image) for image in images)
    arrays = [np.asarray(picture.resize(size[::-1], Image.Resampling.BILINEAR)) for picture in pictures]
    return np.stack(arrays).reshape(len(images), *size, images.shape[3])


def size_within(height: int, width: int, largest: int) -> tuple[int, int]:
    """Returns (height, width) scaled down so that no side is longer than `largest`."""
    factor = min(1.0, largest / max(height, width))
    return max(1, round(height * factor)), max(1, round(width * factor))
