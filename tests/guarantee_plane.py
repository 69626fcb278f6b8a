"""``python tests/guarantee_plane.py PICTURE`` draws what a guarantee does, for images of two pixels.

Left the plain classifier, right the same one with a guarantee. Each point of a square is an image; its colour tells the
class that it is given, and is the paler, the less sure the classifier is. Dots are training images. The circle is a
certified ball.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import keras
import numpy as np
from keras import layers
from PIL import Image, ImageDraw

from fooler_gui.core.arrays import DoubleArray, FloatArray
from fooler_gui.core.files import written_whole
from fooler_gui.core.guarantee import GuaranteeSettings
from fooler_gui.core.run_control import RunControl
from fooler_gui.data.dataset import Dataset, to_float
from fooler_gui.engine.guarantee.certifying import bounds_of
from fooler_gui.engine.guarantee.fitting import Fitted, fit_densities
from fooler_gui.engine.guarantee.network import with_guarantee
from fooler_gui.engine.nets.classifier import Classifier
from fooler_gui.exports.figures import CAPTION_PIXELS, INK, MARGIN, NAME_PIXELS, PAPER, font_of

LEVEL = 0.6
"""What no image in the ball is given more than; without knowing anything each of two classes has 50 %."""

CENTRE = (0.22, 0.78)
"""The middle of the ball."""

_SCALE = 3
"""Everything is drawn this much larger and reduced, which smooths it."""
_SIDE, _GAP, _MARGIN = _SCALE * 300, _SCALE * 24, _SCALE * MARGIN
_NAME, _CAPTION, _NEAR = _SCALE * NAME_PIXELS, _SCALE * CAPTION_PIXELS, _SCALE * 6
_DOT = 1.2 * _SCALE
_SHAPE = (1, 2, 1)
_COLOURS = ((0, 114, 178), (230, 159, 0))
_IMAGES = 600
_COMPONENTS, _KEPT = 60, 0.97


def main(arguments: list[str] | None = None) -> None:
    """Runs the command with `arguments`, by default the process's own."""
    parser = argparse.ArgumentParser(prog="guarantee_plane", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("picture", type=Path, help="the .png file to write")
    options = parser.parse_args(arguments)
    with written_whole(options.picture) as temporary:
        draw().save(temporary, "png", optimize=True)
    sys.stdout.write(f"Wrote {options.picture}.\n")


def draw(epochs: int = 150) -> Image.Image:
    """Returns the picture, of a classifier that was trained for so many epochs."""
    dataset = crescents()
    plain = trained(dataset, epochs)
    sure = with_guarantee(plain, fitted(dataset).densities)
    picture = Image.new("RGB", (2 * (_MARGIN + _SIDE) + _GAP, 2 * _MARGIN + _NAME + _NEAR + _SIDE), PAPER)
    drawing = ImageDraw.Draw(picture)
    top = _MARGIN + _NAME + _NEAR
    for left, title, classifier in (
        (_MARGIN, "plain", plain),
        (_MARGIN + _SIDE + _GAP, "with a guarantee", sure),
    ):
        drawing.text((left, top - _NEAR), title, INK, font_of(_NAME), anchor="ls")
        picture.paste(_shaded(classifier), (left, top))
        _draw_points(drawing, (left, top), dataset)
    _draw_ball(drawing, (_MARGIN + _SIDE + _GAP, top), sure, dataset)
    return picture.reduce(_SCALE)


def crescents() -> Dataset:
    """Returns images of two pixels in two classes, each a crescent."""
    rng = np.random.default_rng(0)
    labels = rng.permutation(np.repeat([0, 1], _IMAGES // 2))
    angles = rng.uniform(0, np.pi, _IMAGES) + np.pi * labels
    middles = np.where(labels[:, np.newaxis] == 0, (0.5, 0.32), (0.7, 0.42))
    places = middles + 0.2 * np.stack([np.cos(angles), np.sin(angles)], axis=1) + rng.normal(0, 0.018, (_IMAGES, 2))
    images = np.round(255 * np.clip(places, 0, 1)).astype(np.uint8).reshape(-1, *_SHAPE)
    return Dataset(
        train_images=images,
        train_labels=labels.astype(np.uint8),
        test_images=images[:100],
        test_labels=labels[:100].astype(np.uint8),
        class_names=("a", "b"),
    )


def trained(dataset: Dataset, epochs: int) -> Classifier:
    """Returns a small classifier that was trained on `dataset` for so many epochs."""
    keras.utils.set_random_seed(0)
    images = keras.Input(_SHAPE, name="inputs")
    signal = layers.Flatten(name="flatten")(images)
    for name in ("first", "second"):
        signal = layers.Dense(32, "relu", name=name)(signal)
    network = keras.Model(images, layers.Softmax(name="softmax")(layers.Dense(2, name="logits")(signal)))
    network.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
    network.fit(to_float(dataset.train_images), dataset.train_labels, batch_size=50, epochs=epochs, verbose=0)
    return Classifier(network, dataset.class_names)


def fitted(dataset: Dataset) -> Fitted:
    """Returns densities that are fitted on `dataset`."""
    fitting = fit_densities(dataset, GuaranteeSettings(components=_COMPONENTS, kept=_KEPT), RunControl())
    while True:
        try:
            next(fitting)
        except StopIteration as end:
            found: Fitted = end.value
            return found


def _shaded(classifier: Classifier) -> Image.Image:
    """Returns the square of all images, in the colour of their class, white where both are equally likely."""
    middles = (np.arange(_SIDE // _SCALE) + 0.5) * _SCALE / _SIDE
    across, up = np.meshgrid(middles, 1 - middles)
    probabilities = classifier.probabilities(_as_images(np.stack([across.ravel(), up.ravel()], axis=1)))
    sureness = 2 * probabilities.max(axis=1, keepdims=True) - 1
    colours = np.array(_COLOURS)[probabilities.argmax(axis=1)]
    mixed = 255 - 0.55 * sureness * (255 - colours)
    side = len(middles)
    return Image.fromarray(np.round(mixed).astype(np.uint8).reshape(side, side, 3)).resize((_SIDE, _SIDE))


def _draw_points(drawing: ImageDraw.ImageDraw, corner: tuple[int, int], dataset: Dataset) -> None:
    for image, label in zip(dataset.train_images, dataset.train_labels, strict=True):
        x, y = _place(corner, image.ravel() / 255)
        drawing.ellipse((x - _DOT, y - _DOT, x + _DOT, y + _DOT), tuple(int(0.6 * part) for part in _COLOURS[label]))
    left, top = corner
    drawing.rectangle((left, top, left + _SIDE, top + _SIDE), outline=(150, 150, 150), width=_SCALE)


def _draw_ball(drawing: ImageDraw.ImageDraw, corner: tuple[int, int], sure: Classifier, dataset: Dataset) -> None:
    """Draws the certified ball, and a line from its middle to the nearest training image."""
    middle = np.array(CENTRE)
    radius = float(bounds_of(sure, "The classifier").around(_as_images(middle[np.newaxis])).radii(LEVEL)[0])
    points = to_float(dataset.train_images).reshape(-1, 2)
    nearest = points[np.linalg.norm(points - middle, axis=1).argmin()]
    x, y = _place(corner, middle)
    reach = radius * _SIDE
    _draw_dashes(drawing, (x, y), _place(corner, nearest))
    drawing.ellipse((x - reach, y - reach, x + reach, y + reach), outline=INK, width=2 * _SCALE)
    drawing.ellipse((x - 2 * _DOT, y - 2 * _DOT, x + 2 * _DOT, y + 2 * _DOT), INK)
    words = f"in here no image is\ngiven more than {100 * LEVEL:g} %"
    drawing.multiline_text((x + reach + _NEAR, y - reach), words, INK, font_of(_CAPTION))


def _draw_dashes(
    drawing: ImageDraw.ImageDraw, start: tuple[float, float], end: tuple[float, float], dashes: int = 14
) -> None:
    whole = np.linspace(start, end, 2 * dashes)
    for first, second in zip(whole[::2], whole[1::2], strict=True):
        drawing.line((*first, *second), INK, _SCALE)


def _place(corner: tuple[int, int], pixels: DoubleArray) -> tuple[float, float]:
    """Returns where an image of two `pixels` (2,) is drawn in the square with its upper left corner at `corner`."""
    return corner[0] + float(pixels[0]) * _SIDE, corner[1] + (1 - float(pixels[1])) * _SIDE


def _as_images(pixels: DoubleArray) -> FloatArray:
    return pixels.astype(np.float32).reshape(-1, *_SHAPE)


if __name__ == "__main__":
    main()
