"""The grid of one save as a picture: rows of images, a probability under each."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from pathlib import Path

from PIL import Image

from fooler_gui.core.export_settings import ExportSettings
from fooler_gui.core.save import Save
from fooler_gui.exports.exported import Exported
from fooler_gui.exports.figures import caption_rows, draw_figure, lay_out_figure, write_png
from fooler_gui.exports.frames import FrameArtist
from fooler_gui.exports.picture_size import check_size
from fooler_gui.exports.provenance import picture_texts
from fooler_gui.exports.recorded_run import RecordedRun, named_labels
from fooler_gui.exports.shot import Shot


def grid_picture(save: Save, class_names: Sequence[str], *, scale: int, captions: bool = True) -> Image.Image:
    """Returns the images of `save` as a picture: a row for each label, a probability under each image if wanted.

    Args:
        save: The save to draw.
        class_names: The classifier's.
        scale: Size of an image's pixel in pixels of the picture, from 1.
        captions: Whether to write probabilities.

    Raises:
        PictureTooBigError: It would have more than `picture_size.MOST_MEGAPIXELS`.
    """
    names = named_labels(save.labels, class_names)
    texts = caption_rows(save.probabilities) if captions else None
    check_size(lay_out_figure(save.images, names, texts, scale).size, scale)
    return draw_figure(save.images, names, texts, scale)


def write_picture(shot: Shot, path: Path, settings: ExportSettings, texts: Mapping[str, str]) -> tuple[int, int]:
    """Writes the picture of `shot` as the PNG file `path`, with `texts` kept in it, and returns its size.

    Raises:
        LabError: The picture would be too big, or too small for the images.
        OSError: The file cannot be written; nothing is left behind.
    """
    artist = FrameArtist(shot, settings)
    write_png(artist.draw(shot), path, texts)
    return artist.size


def write_grid(
    run: RecordedRun, path: Path, step: int | None, settings: ExportSettings
) -> Generator[float, None, Exported]:
    """Writes the save of `step`, by default the last one, as the PNG file `path`; yields the share done, 0 to 1.

    Raises:
        LabError: There is no such save, or it cannot be drawn as `settings` say.
        OSError: The file cannot be written; nothing is left behind.
    """
    yield 0.0
    shot = run.shot(run.place_of(step))
    size = write_picture(shot, path, settings, picture_texts(run.provenance(shot.save.step)))
    return Exported(saves=1, of=len(run), size=size)
