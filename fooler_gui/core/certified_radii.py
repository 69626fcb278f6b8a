"""How far around the images of a set a classifier's guarantee holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

QUANTILES = 51
"""So many radii stand for those of all images."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CertifiedRadii:
    """The certified Euclidean radii of the images of a set.

    Attributes:
        images: How many were certified, from 1.
        level: The confidence that no image within its radius of one of them is given more than, 0 to 1.
        share: The share of the images with a radius over 0.
        radii: `QUANTILES` of them that stand for all, ascending: the first is the least, the last the greatest.
        median_share: The median of an image's radius over the distance of the training image nearest to it; None if
            none has a training image at another place than its own.
    """

    images: int
    level: float
    share: float
    radii: tuple[float, ...]
    median_share: float | None

    @property
    def median(self) -> float:
        """The median radius."""
        return self.radii[len(self.radii) // 2]

    def curve(self) -> tuple[Sequence[float], Sequence[float]]:
        """Returns ascending radii from 0, and the share of images that are certified within each."""
        shares = [1 - place / (len(self.radii) - 1) for place in range(len(self.radii))]
        return (0.0, *self.radii), (self.share, *(min(share, self.share) for share in shares))
