"""What a dataset is, in words and numbers, without its images."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any

from fooler_gui.core.settings import Settings, setting

MAXIMUM_CLASSES = 10_000
NO_DATASET = "no dataset"
"""The name of what stands in place of a dataset where there is none."""


class DatasetUse(enum.Enum):
    """What becomes of the dataset in use when a classifier is opened."""

    REQUIRED = "required"
    """A classifier that does not fit it is refused."""
    IF_IT_FITS = "if it fits"
    """A classifier that does not fit it is used without a dataset."""
    NONE = "none"
    """The classifier is used without a dataset."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetSettings(Settings):
    """How a dataset is read."""

    largest_side: int = setting(
        224,
        "Largest side",
        "Images with a longer side are made smaller once, when the dataset is read. More keeps detail and takes more "
        "memory and time.",
        minimum=8,
        maximum=4_096,
        unit="pixels",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetInfo:
    """The dataset in use.

    Attributes:
        name: A short name to show.
        path: Its file or folder; "" if it was made in memory.
        sha256: Of its file, or of all its files together, in hexadecimal.
        image_shape: (height, width, channels).
        class_names: One for each class.
        train: The number of training images of each class.
        test: The number of test images of each class.
        remarks: What was converted, split or resized, in sentences.
        largest_side: The longest side that images may keep, in pixels; see `DatasetSettings`.
    """

    name: str
    path: str
    sha256: str
    image_shape: tuple[int, int, int]
    class_names: tuple[str, ...]
    train: tuple[int, ...]
    test: tuple[int, ...]
    remarks: tuple[str, ...] = ()
    largest_side: int = DatasetSettings.default("largest_side")

    @property
    def has_images(self) -> bool:
        """Whether there are any images; there are none where a classifier is used without a dataset."""
        return any(self.train)

    def to_dict(self) -> dict[str, Any]:
        """Returns all facts for JSON; ``train`` and ``test`` are totals there."""
        return {
            "name": self.name,
            "path": self.path,
            "sha256": self.sha256,
            "shape": list(self.image_shape),
            "classes": len(self.class_names),
            "class_names": list(self.class_names),
            "train": sum(self.train),
            "test": sum(self.test),
            "train_by_class": list(self.train),
            "test_by_class": list(self.test),
            "remarks": list(self.remarks),
        }
