"""The largest pictures."""

from __future__ import annotations

from fooler_gui.exports.export_error import ExportError

MOST_MEGAPIXELS = 250
MOST_MEGAPIXELS_OF_A_FRAME = 16
"""Programs that show animations hold several frames at a time."""


class PictureTooBigError(ExportError):
    """A picture would have too many pixels."""


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
