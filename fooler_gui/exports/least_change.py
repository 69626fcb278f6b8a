"""Least change as files: a picture, arrays for other programs, a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from PIL import Image

from fooler_gui.core.class_words import class_name
from fooler_gui.core.files import written_whole
from fooler_gui.core.formats import format_probability
from fooler_gui.core.least_change import FIGURES, ImageChange, changes_csv
from fooler_gui.core.messages import LeastChangeFound
from fooler_gui.exports.figures import draw_figure, fitting_scale, write_png

_SCALE = 3


def change_picture(found: LeastChangeFound, class_names: Sequence[str]) -> Image.Image:
    """Returns a row for each image: its start, the image, and the difference, where grey is no change."""
    difference = (1 + found.images - found.starts) / 2
    columns = np.stack([found.starts, found.images, difference], axis=1)
    names = [class_name(class_names, found.report.label)] * len(columns)
    captions = [_captions(change, class_names) for change in found.report.changes]
    return draw_figure(columns, names, captions, fitting_scale(columns.shape[2:4], _SCALE))


def _captions(change: ImageChange, class_names: Sequence[str]) -> tuple[str, str, str]:
    start = f"{class_name(class_names, change.start_class)}: {format_probability(change.start_probability)}"
    if not change.found:
        return start, "not found", ""
    return start, format_probability(change.probability or 0.0), f"L2 {change.l2:.2f}"


def _write_picture(found: LeastChangeFound, class_names: Sequence[str], path: Path) -> None:
    write_png(change_picture(found, class_names), path)


def _write_arrays(found: LeastChangeFound, _class_names: Sequence[str], path: Path) -> None:
    """Writes the array file `path`, whole or not at all, as other programs take them.

    The arrays, for N images: ``images`` and ``starts`` (N, H, W, C) float32 in [0, 1]; ``labels``, ``start_classes``
    and ``found`` (N,); and the figures ``l2``, ``linf``, ``pixels`` and ``probability`` (N,), NaN where none was found.

    Raises:
        OSError: The file cannot be written; nothing is left behind.
    """
    changes = found.report.changes
    arrays: dict[str, Any] = {
        "images": found.images,
        "starts": found.starts,
        "labels": np.full(len(changes), found.report.label),
        "start_classes": np.array([change.start_class for change in changes]),
        "found": np.array([change.found for change in changes]),
        **{name: np.array([getattr(change, name) for change in changes], np.float64) for name in FIGURES},
    }
    with written_whole(path) as unfinished, unfinished.open("wb") as file:
        np.savez_compressed(file, **arrays)


def _write_table(found: LeastChangeFound, class_names: Sequence[str], path: Path) -> None:
    with written_whole(path) as unfinished:
        unfinished.write_text(changes_csv(found.report, class_names), encoding="utf-8")


WRITERS: Mapping[str, Callable[[LeastChangeFound, Sequence[str], Path], None]] = MappingProxyType(
    {".png": _write_picture, ".npz": _write_arrays, ".csv": _write_table}
)
"""What writes a file of each ending, given what was found, the names of the classes, and the path."""
