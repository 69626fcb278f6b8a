"""The frames of an animation: the grid of each save, all with the same layout."""

from __future__ import annotations

from PIL import Image

from fooler_gui.core.save import Save
from fooler_gui.exports.figures import caption_rows, draw_figure, lay_out_figure
from fooler_gui.exports.grid_picture import check_size
from fooler_gui.exports.recorded_run import RecordedRun

_WIDEST_CAPTION = ">.9999"
_MOST_MEGAPIXELS = 16
"""For a frame; programs that show animations hold several at a time."""


class FrameArtist:
    """Draws the saves of a run, each with its step above it.

    Args:
        run: The run to draw.
        scale: Size of an image's pixel in pixels of a frame, from 1.

    Attributes:
        size: (width, height) of every frame.
        mode: "L" for grey images, otherwise "RGB".

    Raises:
        PictureTooBigError: The frames would have more than 16 megapixels.
    """

    def __init__(self, run: RecordedRun, scale: int) -> None:
        first = run.save(0)
        rows, slots = first.probabilities.shape
        self._names = run.label_names()
        self._scale = scale
        self._layout = lay_out_figure(
            first.images, self._names, [[_WIDEST_CAPTION] * slots] * rows, scale, _title(int(run.index.steps[-1]))
        )
        self.size = self._layout.size
        self.mode = "L" if first.images.shape[-1] == 1 else "RGB"
        check_size(self.size, scale, _MOST_MEGAPIXELS)

    def draw(self, save: Save) -> Image.Image:
        """Returns the frame of `save`."""
        captions = caption_rows(save.probabilities)
        picture = draw_figure(save.images, self._names, captions, self._scale, _title(save.step), self._layout)
        return picture.convert(self.mode)


def _title(step: int) -> str:
    return f"Step {step:,}"
