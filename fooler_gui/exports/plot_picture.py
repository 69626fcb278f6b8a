"""The plot of probabilities in pictures and animations, in shades of grey, drawn without Qt."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from fooler_gui.core.formats import format_probability
from fooler_gui.exports.figures import INK, TypeSizes, font_of, text_width
from fooler_gui.exports.shot import Shot

HEADING = "Probability by step"
_INK = INK[0]
_QUIET, _FAINT, _PAPER = 110, 225, 255
_SMOOTH = 3
"""Lines are drawn this much larger and reduced, which smooths them."""
_GAP = 6
_MEAN, _LOWEST = "mean", "lowest"


def draw_plot(shot: Shot, width: int, height: int, sizes: TypeSizes) -> Image.Image:
    """Returns the mean and the lowest probability of the run up to the save of `shot`, as a grey picture.

    Args:
        shot: The save, and the numbers of its run.
        width: Of the picture, in pixels.
        height: Likewise.
        sizes: The sizes of its texts.
    """
    picture = Image.new("L", (width, height), _PAPER)
    drawing, font = ImageDraw.Draw(picture), font_of(sizes.caption)
    drawing.text((0, 0), HEADING, _INK, font_of(sizes.caption), anchor="lt")
    left = text_width("0.5", sizes.caption) + _GAP
    right = width - text_width(f"{_LOWEST} >.9999", sizes.caption) - 2 * _GAP
    top, bottom = 2 * sizes.caption_line, height - sizes.caption_line - _GAP
    for level, words in ((0.0, "0"), (0.5, "0.5"), (1.0, "1")):
        line = round(bottom + level * (top - bottom))
        drawing.line((left, line, right, line), _FAINT)
        drawing.text((left - _GAP, line), words, _QUIET, font, anchor="rm")
    last = int(shot.steps[-1])
    drawing.text((left, height), "0", _QUIET, font, anchor="lb")
    drawing.text((right, height), f"step {last:,}", _QUIET, font, anchor="rb")

    seen = int(np.searchsorted(shot.steps, shot.save.step))
    steps = np.append(shot.steps[:seen], shot.save.step)
    across = left + (right - left) * steps / max(1, last)
    named = []
    for name, values, now, shade in (
        (_LOWEST, shot.lowest, shot.save.probabilities.min(), _QUIET),
        (_MEAN, shot.mean, shot.save.probabilities.mean(), _INK),
    ):
        down = bottom + np.append(values[:seen], now) * (top - bottom)
        picture.paste(shade, mask=_curve(np.stack([across, down], axis=1), picture.size, sizes))
        named.append((float(down[-1]), f"{name} {format_probability(float(now))}", shade))
    (low, *_), (high, *_) = named
    apart = max(0.0, sizes.caption_line - (low - high)) / 2
    for (y, words, shade), away in zip(named, (apart, -apart), strict=True):
        drawing.text((across[-1] + 2 * _GAP, y + away), words, shade, font, anchor="lm")
    return picture


def _curve(points: npt.NDArray[np.float64], size: tuple[int, int], sizes: TypeSizes) -> Image.Image:
    """Returns the mask of a smooth line through `points` with a dot at its end."""
    mask = Image.new("L", (size[0] * _SMOOTH, size[1] * _SMOOTH))
    drawing, thick = ImageDraw.Draw(mask), max(1, sizes.caption // 8) * _SMOOTH
    drawing.line([(float(x), float(y)) for x, y in points * _SMOOTH], 255, thick, joint="curve")
    (x, y), radius = points[-1] * _SMOOTH, 2 * thick
    drawing.ellipse((x - radius, y - radius, x + radius, y + radius), 255)
    return mask.reduce(_SMOOTH)
