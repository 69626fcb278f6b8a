"""A guarantee: how its densities are fitted, and what is certified of images."""

from __future__ import annotations

import dataclasses
import math
import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from fooler_gui.core.arrays import DoubleArray
from fooler_gui.core.evaluation_report import THRESHOLD
from fooler_gui.core.formats import format_seconds, format_share
from fooler_gui.core.settings import Settings, seed_setting, setting

LEVELS = (0.11, 0.5, THRESHOLD)
"""The confidences below which images are certified."""


def least_level(classes: int) -> float:
    """Returns the first of `LEVELS` that an image can be given no more than by a classifier of so many `classes`."""
    return next(level for level in LEVELS if level > 1 / classes)


LEAST_LEVEL = "11 % (50 % with fewer than ten classes, 99.9 % with two)"
"""`least_level` in words, where the number of classes is not known."""


def level_text(level: float) -> str:
    """Returns one of `LEVELS` in per cent: ``11 %``, ``99.9 %``."""
    return f"{100 * level:g} %"


@dataclass(frozen=True, slots=True, kw_only=True)
class GuaranteeSettings(Settings):
    """How the densities of a guarantee are fitted."""

    components: int = setting(
        1_000,
        "Components",
        "More follow the training images more closely, promise a little more and take longer: the Gaussians of their "
        "density.",
        minimum=1,
        maximum=10_000,
    )
    kept: float = setting(
        0.9995,
        "Kept",
        "More leaves more images of the dataset as sure as they were and promises less: the share of validation images "
        "that lose at most a thousandth of their confidence.",
        minimum=0.5,
        maximum=1.0,
    )
    width: float = setting(
        32.0,
        "Width",
        "More lowers the distance beyond which no image whatsoever exceeds a confidence, and hardly changes certified "
        "radii: the variance of the density of everything else, as a multiple of a component's.",
        minimum=1.5,
        maximum=10_000.0,
        logarithmic=True,
    )
    joint_steps: int = setting(
        0,
        "Joint steps",
        "More teach the classifier itself to doubt noise and take longer, and hardly change certified radii: for how "
        "many batches it and the densities are trained together, on training images and noise.",
        minimum=0,
        maximum=1_000_000,
        unit="steps",
    )
    rng_seed: int = seed_setting(
        "The same seed gives the same densities: the number that draws their first centres, and noise."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class GuaranteeReport:
    """A classifier with a guarantee beside the one that it was made of.

    Attributes:
        settings: How the densities were fitted.
        components: The components of the density of training images.
        fitted_images: The training images that they were fitted on.
        validation_images: Those that λ was set by.
        distances: For each of `LEVELS`, the distance in the metric from every component beyond which no image with
            pixels in [0, 1] whatsoever is given a higher confidence; infinite for one that is not over 1/M.
        accuracy_before: The share of test images that the classifier gets right, 0 to 1.
        accuracy: That of the new one.
        seconds: The time that fitting took, and training with the classifier.
    """

    settings: GuaranteeSettings
    components: int
    fitted_images: int
    validation_images: int
    distances: tuple[float, ...]
    accuracy_before: float
    accuracy: float
    seconds: float

    def to_dict(self) -> dict[str, Any]:
        """Returns the report as a dict for JSON."""
        return dataclasses.asdict(self) | {"levels": list(LEVELS), "distances": _finite(self.distances)}


@dataclass(frozen=True, slots=True, kw_only=True)
class CertifiedImage:
    """What is certified of an image.

    Attributes:
        confidence: The classifier's, 0 to 1.
        radii: For each of `LEVELS`, the Euclidean distance within which no image whatsoever is given a higher
            confidence, in pixel range; 0 where nothing is certified.
        bound: The highest confidence that an image within the asked radius can be given, 0 to 1.
        nearest: The Euclidean distance of the nearest training image; None without a dataset.
    """

    confidence: float
    radii: tuple[float, ...]
    bound: float
    nearest: float | None

    def to_dict(self) -> dict[str, Any]:
        """Returns it as a dict for JSON."""
        radii = {f"radius_{name}": radius for name, radius in zip(_NAMES, self.radii, strict=True)}
        return {"confidence": self.confidence, **radii, "bound": self.bound, "nearest": self.nearest}


_NAMES = ("11", "50", "999")
"""The names of `LEVELS`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What is certified of some images.

    Attributes:
        classifier: The classifier's name.
        radius: The Euclidean distance that the images' `bound` is for.
        images: One for each image, N ≥ 1.
        distances: As of `GuaranteeReport`.
        seconds: The time that certifying took.
    """

    classifier: str
    radius: float
    images: tuple[CertifiedImage, ...]
    distances: tuple[float, ...]
    seconds: float

    @property
    def median_radii(self) -> tuple[float, ...]:
        """For each of `LEVELS`, the median of the images' radii."""
        return tuple(map(statistics.median, zip(*(image.radii for image in self.images), strict=True)))

    @property
    def median_share(self) -> float | None:
        """The median of the images' radius at `least_level` over the distance of the nearest training image.

        None if no image has a training image at another place than its own.
        """
        place = LEVELS.index(self.least_level)
        return median_share([image.radii[place] for image in self.images], [image.nearest for image in self.images])

    @property
    def least_level(self) -> float:
        """The first of `LEVELS` that an image can be given no more than."""
        return next(level for level, distance in zip(LEVELS, self.distances, strict=True) if math.isfinite(distance))

    def to_dict(self) -> dict[str, Any]:
        """Returns the certificate as a dict for JSON."""
        return {
            "classifier": self.classifier,
            "radius": self.radius,
            "levels": list(LEVELS),
            "median_radii": list(self.median_radii),
            "median_share": self.median_share,
            "distances": _finite(self.distances),
            "seconds": self.seconds,
            "images": [image.to_dict() for image in self.images],
        }


def median_share(radii: Iterable[float], distances: Iterable[float | None]) -> float | None:
    """Returns the median of `radii` over `distances`, those of 0 or None left out; None if there is no other."""
    shares = [radius / distance for radius, distance in zip(radii, distances, strict=True) if distance]
    return float(statistics.median(shares)) if shares else None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CertifiedBalls:
    """What is certified of all balls around an image.

    Attributes:
        radii: As of `CertifiedImage`.
        nearest: As of `CertifiedImage`.
        reaches: (K,) Euclidean distances from 0, ascending, beyond `nearest`; `radii` are among them.
        bounds: (K,) the highest confidence that an image within each can be given, 0 to 1.
    """

    radii: tuple[float, ...]
    nearest: float | None
    reaches: DoubleArray
    bounds: DoubleArray


def guarantee_sentence(name: str, report: GuaranteeReport) -> str:
    """Returns that a classifier with a guarantee, called `name`, was made, and how often it is right."""
    right, before = (format_share(share, 2) for share in (report.accuracy, report.accuracy_before))
    return f"Made {name} with a guarantee: it classifies {right} of the test images correctly, before {before}."


def facts_in_words(report: GuaranteeReport) -> dict[str, str]:
    """Returns the facts of `report`, by what they are of."""
    joint_steps = report.settings.joint_steps
    jointly = f" and trained with the classifier for {joint_steps:,} steps," if joint_steps else ""
    return {
        "components": f"{report.components:,}, fitted on {report.fitted_images:,} training images{jointly} in "
        f"{format_seconds(report.seconds)}",
        "kept": f"{format_share(report.settings.kept, 2)} of {report.validation_images:,} validation images",
        "test images right": f"{format_share(report.accuracy, 2)}, before {format_share(report.accuracy_before, 2)}",
    }


def distances_in_words(distances: tuple[float, ...]) -> list[str]:
    """Returns a sentence for each finite one of `distances`, which belong to `LEVELS`."""
    return [
        f"No image whatsoever over {distance:.2f} from every component, in the metric, is given more than "
        f"{level_text(level)}."
        for level, distance in zip(LEVELS, distances, strict=True)
        if math.isfinite(distance)
    ]


def _finite(distances: tuple[float, ...]) -> list[float | None]:
    """Returns `distances` for JSON, with None for those that are infinite."""
    return [distance if math.isfinite(distance) else None for distance in distances]
