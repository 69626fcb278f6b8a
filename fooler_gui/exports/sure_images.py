"""What remains sure after the strongest attack as a picture: each image beside the nearest training image."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image

from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.class_words import class_name
from fooler_gui.core.formats import format_probability
from fooler_gui.core.messages import StronglyAttacked
from fooler_gui.core.strong_attack import SureImage
from fooler_gui.exports.figures import draw_figure, fitting_scale

_SCALE = 2
_IN_A_ROW = 6
"""At most so many images of a kind are drawn."""


def sure_picture(attacked: StronglyAttacked, class_names: Sequence[str]) -> Image.Image | None:
    """Returns a row for each kind of starts with images that remain sure, or None if there are none.

    Those that the second opinion does not call the class come first. Below an image stand the class and the confidence,
    below the training image its class and whether the second opinion agrees about the image.
    """
    images = attacked.report.images
    rows = {
        kind.kind: [place for place, image in enumerate(images) if image.kind == kind.kind][:_IN_A_ROW]
        for kind in attacked.report.kinds
        if kind.over
    }
    if not rows:
        return None
    sources = [attacked.images, attacked.nearest] if len(attacked.nearest) else [attacked.images]
    longest = max(map(len, rows.values()))
    columns = [_columns(places, longest, sources) for places in rows.values()]
    captions = [
        [caption for place in places for caption in _captions(images[place], class_names)[: len(sources)]]
        + [""] * (len(sources) * (longest - len(places)))
        for places in rows.values()
    ]
    scale = fitting_scale(attacked.images.shape[1:3], _SCALE)
    return draw_figure(np.stack(columns), list(rows), captions, scale)


def _columns(places: Sequence[int], longest: int, sources: Sequence[FloatArray]) -> FloatArray:
    """Returns (B, H, W, C) the images at `places` of all `sources` in turn, and white ones after them."""
    shown = np.stack([source[list(places)] for source in sources], axis=1).reshape(-1, *sources[0].shape[1:])
    white = np.ones((len(sources) * (longest - len(places)), *shown.shape[1:]), np.float32)
    return np.concatenate([shown, white])


def _captions(image: SureImage, class_names: Sequence[str]) -> tuple[str, str]:
    nearest = "" if image.nearest is None else class_name(class_names, image.nearest)
    words = {None: "", True: " · agrees", False: " · differs"}[image.agreed]
    return f"{class_name(class_names, image.label)} {format_probability(image.confidence)}", f"{nearest}{words}"
