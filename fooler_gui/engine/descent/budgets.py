"""Budgets: how far images may be from their starts (method.md, Objectives, optimisers and budgets)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from fooler_gui.core.arrays import BoolArray, FloatArray

_ROUNDING = 1e-6


class Budgets(NamedTuple):
    """How far images may be from their starts.

    Attributes:
        starts: (B, H, W, C) float32.
        greatest: The most that any pixel may differ (L∞); 0 for any. One for all images, or (B, 1, 1, 1).
        length: The most that the Euclidean norm of an image's difference may be (L2); likewise.
    """

    starts: FloatArray
    greatest: float | FloatArray = 0.0
    length: float | FloatArray = 0.0

    def project(self, images: FloatArray) -> FloatArray:
        """Returns `images` (B, H, W, C) float32, moved into the budgets where they are outside.

        With one budget the result is the nearest image within it; with both it is within both. Clipped to [0, 1]
        afterwards, it stays within them, as starts are in that range.
        """
        limits_pixels, limits_length = np.any(self.greatest), np.any(self.length)
        if not (limits_pixels or limits_length):
            return images
        change = images.astype(np.float64) - self.starts
        if limits_pixels:
            change = np.clip(change, -self.greatest, self.greatest)
        if limits_length:
            lengths = np.sqrt(np.square(change).sum(axis=(1, 2, 3), keepdims=True))
            change *= np.minimum(1, self.length / np.maximum(lengths, np.finfo(np.float64).tiny))
        projected: FloatArray = (self.starts + change).astype(np.float32)
        return projected

    def holds(self, images: FloatArray) -> BoolArray:
        """Returns (B,) which of the `images` (B, H, W, C) are within the budgets, up to rounding."""
        within: BoolArray = np.abs(self.project(images) - images).max(axis=(1, 2, 3)) <= _ROUNDING
        return within
