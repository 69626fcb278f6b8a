"""Files of images that are looked at or started from, and how they differ from datasets."""

from __future__ import annotations

import os
import re
import zipfile
from pathlib import Path

from fooler_gui.core.file_kind import PICTURES, TABLES, FileKind, kind_of

CHANGED_IMAGES = ("x_adv", "adv_x", "x_test_adv", "adv", "advs", "clipped_advs", "adversarials")
"""What arrays of images that were changed to fool a net are usually called."""

_NO_DATASET = {*CHANGED_IMAGES, "x_start"}
_LABELS = re.compile(r"(\w+_)?labels?|target|y(_\w+)?")
"""What arrays of labels are called."""


def holds_images_alone(path: Path) -> bool:
    """Returns whether what lies at `path` holds images that are no dataset, but a start.

    These are arrays of images without labels; images that were changed to fool a net, even with labels; and a folder
    of nothing but pictures.

    Raises:
        OSError: There is none, or it cannot be read.
    """
    kind = kind_of(path)
    if kind is FileKind.FOLDER:
        return _holds_pictures_alone(path)
    if kind is not FileKind.NPZ:
        return kind is FileKind.NPY
    with zipfile.ZipFile(path) as archive:
        names = [name.removesuffix(".npy").lower() for name in archive.namelist()]
    if not _NO_DATASET.isdisjoint(names):
        return True
    return ("images" in names or len(names) == 1) and not any(map(_LABELS.fullmatch, names))


def _holds_pictures_alone(folder: Path) -> bool:
    """Returns whether `folder` holds pictures, and neither folders nor tables; one of the pictures is looked at."""
    with os.scandir(folder) as entries:
        visible = [entry for entry in entries if not entry.name.startswith(".")]
    if not visible or any(entry.is_dir() or entry.name.lower().endswith(TABLES) for entry in visible):
        return False
    return kind_of(Path(visible[0].path)) in PICTURES
