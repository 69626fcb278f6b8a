"""The images of one save, each as its own picture."""

from __future__ import annotations

import re
from collections.abc import Generator
from pathlib import Path

import numpy as np
from PIL import Image

from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.files import folder_written_whole
from fooler_gui.core.mosaic import to_bytes
from fooler_gui.exports.export_error import ExportError
from fooler_gui.exports.exported import Exported
from fooler_gui.exports.figures import write_png
from fooler_gui.exports.provenance import picture_texts
from fooler_gui.exports.recorded_run import RecordedRun

_TILE = re.compile(r"label \d+( .+)? slot \d+\.png")
_UNSAFE = re.compile(r"[^\w -]")
_MOST_LETTERS = 40


def write_tiles(run: RecordedRun, folder: Path, step: int | None, scale: int) -> Generator[float, None, Exported]:
    """Writes each image of the save of `step`, by default the last one, as a PNG file in `folder`.

    They are named ``label 3 Cat slot 1.png`` and so on, without a name that is the number; slots count
    from 1. Yields the share done, 0 to 1.

    Args:
        run: The run to export.
        folder: Created; an empty folder, or one from an earlier export, is replaced.
        step: The save's step.
        scale: Size of an image's pixel in pixels of its picture, from 1; at 1 the pictures can be opened as images
            again.

    Raises:
        LabError: There is no such save, or the folder holds something else.
        OSError: The folder cannot be written; nothing is left behind.
    """
    check_replaceable(folder)
    save = run.save(run.place_of(step))
    texts = picture_texts(run.provenance(save.step))
    count = save.probabilities.size
    digits = len(str(save.images.shape[1]))
    labels = [_in_file_name(label, name) for label, name in zip(save.labels, run.label_names(), strict=True)]
    with folder_written_whole(folder) as unfinished:
        for done, (row, slot) in enumerate(np.ndindex(save.probabilities.shape)):
            yield done / count
            probability = f"{save.probabilities[row, slot]:.9g}"
            path = unfinished / f"label {labels[row]} slot {slot + 1:0{digits}}.png"
            write_png(_picture(save.images[row, slot], scale), path, texts | {"Probability": probability})
    height, width, _ = save.images.shape[2:]
    return Exported(saves=1, of=len(run), size=(width * scale, height * scale))


def check_replaceable(folder: Path) -> None:
    """Refuses a path that holds anything but tiles.

    Raises:
        ExportError: It does.
        OSError: It cannot be read.
    """
    if folder.exists() and not (folder.is_dir() and all(_TILE.fullmatch(path.name) for path in folder.iterdir())):
        raise ExportError(
            f"Tiles must go into a new or empty folder, or replace other tiles; {folder} holds something else."
        )


def _in_file_name(label: int, name: str) -> str:
    """Returns a label's number and name, without characters that a file's name cannot have everywhere."""
    if name == str(label):
        return name
    return f"{label} {_UNSAFE.sub('-', name)[:_MOST_LETTERS].strip()}"


def _picture(image: FloatArray, scale: int) -> Image.Image:
    pixels = to_bytes(image).repeat(scale, axis=0).repeat(scale, axis=1)
    return Image.fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels)
