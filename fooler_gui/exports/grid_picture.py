"""The grid of one save as a picture: rows of images, a probability under each."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from pathlib import Path

from PIL import Image

from fooler_gui.core.save import Save
from fooler_gui.exports.export_error import ExportError
from fooler_gui.exports.exported import Exported
from fooler_gui.exports.figures import caption_rows, draw_figure, lay_out_figure, write_png
from fooler_gui.exports.provenance import picture_texts
from fooler_gui.exports.recorded_run import RecordedRun, named_labels

MOST_MEGAPIXELS = 250


class PictureTooBigError(ExportError):
    """A picture would have too many pixels."""


def grid_picture(save: Save, class_names: Sequence[str], *, scale: int, captions: bool = True) -> Image.Image:
    """Returns the images of `save` as a picture: a row for each label, a probability under each image if wanted.

    Args:
        save: The save to draw.
        class_names: The classifier's.
        scale: Size of an image's pixel in pixels of the picture, from 1.
        captions: Whether to write probabilities.

    Raises:
        PictureTooBigError: It would have more than `MOST_MEGAPIXELS`.
    """
    names = named_labels(save.labels, class_names)
    texts = caption_rows(save.probabilities) if captions else None
    check_size(lay_out_figure(save.images, names, texts, scale).size, scale)
    return draw_figure(save.images, names, texts, scale)


def check_size(size: tuple[int, int], scale: int, most_megapixels: int = MOST_MEGAPIXELS) -> None:
    """Refuses a picture of too many pixels.

    Raises:
        PictureTooBigError: It would have more than `most_megapixels`.
    """
    width, height = size
    if width * height > most_megapixels * 1_000_000:
        raise PictureTooBigError(
            f"A picture may have at most {most_megapixels} megapixels; at scale {scale} this one would have "
            f"{width:,} × {height:,} pixels. Choose a smaller scale."
        )


def write_grid(run: RecordedRun, path: Path, step: int | None, scale: int) -> Generator[float, None, Exported]:
    """Writes the save of `step`, by default the last one, as the PNG file `path`; yields the share done, 0 to 1.

    Raises:
        LabError: There is no such save, or the picture would be too big.
        OSError: The file cannot be written; nothing is left behind.
    """
    yield 0.0
    save = run.save(run.place_of(step))
    picture = grid_picture(save, run.record.class_names, scale=scale)
    write_png(picture, path, picture_texts(run.provenance(save.step)))
    return Exported(saves=1, of=len(run), size=picture.size)
