"""Which images of a save a picture shows, in which rows, and in what words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.export_settings import BEFORE_AFTER, GRID, ExportSettings
from fooler_gui.core.net_words import SEPARATOR, images_sentence, run_title
from fooler_gui.exports.figures import caption_rows
from fooler_gui.exports.recorded_run import named_labels
from fooler_gui.exports.shot import Shot


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Arrangement:
    """Images in R rows of B.

    Attributes:
        images: (R, B, H, W, C).
        names: One for each row, "" where the row goes on; none at all where they would say nothing.
        captions: One for each image.
    """

    images: FloatArray
    names: list[str]
    captions: list[list[str]]


def arrange(shot: Shot, what: str, columns: int = 0, *, names_one: bool = True) -> Arrangement:
    """Returns the images of `shot` in rows, a row or several for each label.

    Args:
        shot: The save.
        what: See `ExportSettings.what`; "before-after" puts each row of the first save above that of the save.
        columns: Images in a row, a divisor of those of a label; 0 for all.
        names_one: Whether the row of a single label is named.
    """
    is_pair = what == BEFORE_AFTER
    saves = (shot.first, shot.save) if is_pair else (shot.save,)
    labels = named_labels(shot.save.labels, shot.class_names)
    if len(labels) == 1 and not names_one:
        labels = [""]
    columns = columns or shot.save.probabilities.shape[1]
    images = _in_rows(np.stack([save.images for save in saves], axis=1), columns)
    captions = _in_rows(np.stack([caption_rows(save.probabilities) for save in saves], axis=1), columns)
    goes_on = [""] * (len(images) // len(labels) - len(saves))
    names = [
        name
        for label in labels
        for name in ([f"{label} before".strip(), f"{label} after".strip(), *goes_on] if is_pair else [label, *goes_on])
    ]
    return Arrangement(images=images, names=names if any(names) else [], captions=captions.tolist())


def heads(shot: Shot, settings: ExportSettings, *, moving: bool) -> tuple[str, str]:
    """Returns the title above a picture, and a sentence on what it shows; each "" for none.

    A picture of the images alone has both only if it is given a title; an animation always has the sentence.
    """
    title = settings.title
    if title is None:
        title = run_title(shot.spec, shot.class_names) if moving or settings.what not in ("", GRID) else ""
    title = " ".join(title.split())
    sentence = f"Step {shot.save.step:,}{SEPARATOR}{images_sentence(shot.class_names, shot.save)}"
    return title, sentence if moving or title else ""


def _in_rows(stacked: npt.NDArray[Any], columns: int) -> npt.NDArray[Any]:
    """Returns (L, S, B, …) as rows of `columns`: for each label the first of every save, then the next of every."""
    labels, saves, slots, *rest = stacked.shape
    folded = stacked.reshape(labels, saves, slots // columns, columns, *rest)
    return folded.swapaxes(1, 2).reshape(-1, columns, *rest)
