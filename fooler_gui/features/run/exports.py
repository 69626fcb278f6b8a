"""Writes what is on screen to files: pictures as PNG, images as NPZ. Used by the window; asks nobody anything."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from fooler_gui.core.files import written_whole
from fooler_gui.core.messages import ClassifierInfo, Save, WorstImages
from fooler_gui.core.run_spec import RunSpec
from fooler_gui.exports.figures import caption_rows, draw_figure
from fooler_gui.exports.provenance import make_provenance, picture_texts, software_texts


def worst_picture(worst: WorstImages, class_names: Sequence[str], *, scale: int = 3) -> Image.Image:
    """Returns the article's second figure."""
    names = [class_names[label] for label in worst.labels]
    return draw_figure(worst.images, names, caption_rows(worst.probabilities), scale)


def picture_info(
    classifier: ClassifierInfo,
    spec: RunSpec | None = None,
    changes: Sequence[tuple[int, str]] = (),
    run: str = "",
    step: int | None = None,
) -> dict[str, str]:
    """Returns the texts that an exported picture carries: what it was made with.

    Args:
        classifier: The classifier that the images were made with.
        spec: The run as it began, if there was one.
        changes: Steps of the run, and which coefficients changed there.
        run: Its id, where it is known.
        step: Of the save that the picture shows.
    """
    if spec is None:
        return software_texts(classifier.sha256)
    return picture_texts(make_provenance(run, spec, classifier.sha256, step, changes))


def write_found_images(path: Path, save: Save) -> None:
    """Writes the found images of `save`: ``images`` (N, H, W, C), ``labels`` (N,) and ``probabilities`` (N,).

    Raises:
        OSError: The folder is missing or cannot be written.
    """
    with written_whole(path) as temporary:
        np.savez_compressed(
            temporary,
            images=save.found_images(),
            labels=save.found_labels(),
            probabilities=save.probabilities[save.done],
        )
