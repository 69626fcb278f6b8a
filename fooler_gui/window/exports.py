"""Writes what is on screen to files: pictures as PNG, images as NPZ. Used by the window; asks nobody anything."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from fooler_gui import __version__
from fooler_gui.core.errors import LabError
from fooler_gui.core.files import written_whole
from fooler_gui.core.formats import format_probability
from fooler_gui.core.messages import ClassifierInfo, FloatArray, Save, WorstImages
from fooler_gui.core.run_spec import RunSpec
from fooler_gui.figures import draw_figure, lay_out_figure

MOST_MEGAPIXELS = 250


class PictureTooBigError(LabError):
    """A picture would take more memory than it is worth. Its text can be shown as it is."""


def grid_picture(save: Save, class_names: Sequence[str], *, scale: int, captions: bool) -> Image.Image:
    """Returns the images of `save` as a picture: a row for each label, a probability under each image if wanted.

    Raises:
        PictureTooBigError: It would have more than `MOST_MEGAPIXELS`.
    """
    names = [class_names[label] for label in save.labels]
    texts = _captions(save.probabilities) if captions else None
    width, height = lay_out_figure(save.images, names, texts, scale).size
    if width * height > MOST_MEGAPIXELS * 1_000_000:
        raise PictureTooBigError(
            f"A picture may have at most {MOST_MEGAPIXELS} megapixels; at scale {scale} this one would have "
            f"{width:,} × {height:,} pixels. Choose a smaller scale."
        )
    return draw_figure(save.images, names, texts, scale)


def worst_picture(worst: WorstImages, class_names: Sequence[str], *, scale: int = 3) -> Image.Image:
    """Returns the article's second figure."""
    names = [class_names[label] for label in worst.labels]
    return draw_figure(worst.images, names, _captions(worst.probabilities), scale)


def picture_info(
    classifier: ClassifierInfo, spec: RunSpec | None = None, changes: Sequence[tuple[int, str]] = ()
) -> dict[str, str]:
    """Returns the texts that an exported picture carries: what it was made with.

    Args:
        classifier: The classifier that the images were made with.
        spec: The run as it began, if there was one.
        changes: Steps of the run, and which coefficients changed there.
    """
    info = {"Software": f"Fooler {__version__}", "Classifier SHA-256": classifier.sha256}
    if spec is not None:
        info |= {
            "Random seed": str(spec.rng_seed),
            "Labels": ", ".join(map(str, spec.labels)),
            "Coefficients": ", ".join(f"{name} = {value:g}" for name, value in spec.coefficients.flat().items()),
        }
    if changes:
        info["Coefficient changes"] = "; ".join(f"step {step}: {text}" for step, text in changes)
    return info


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


def _captions(probabilities: FloatArray) -> list[list[str]]:
    return [[format_probability(float(value)) for value in row] for row in probabilities]
