"""The article's figures as pictures: rows of images, each with a name, and a probability under each image.

The command line and the window share this module, so that both give the same picture. Only NumPy and Pillow.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from PIL.PngImagePlugin import PngInfo

from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.class_words import class_name, short_name
from fooler_gui.core.files import written_whole
from fooler_gui.core.formats import format_probability
from fooler_gui.core.messages import WorstImages
from fooler_gui.core.mosaic import ByteArray, to_bytes

Rectangle = tuple[int, int, int, int]
"""x, y, width and height in pixels of the picture."""

INK = (16, 16, 16)
PAPER = (255, 255, 255)
_KNOWN_CHARACTERS = 256
MARGIN = 16
_GAP = 8
CAPTION_PIXELS = 12
CAPTION_GAP = 2
NAME_PIXELS = 16
TITLE_PIXELS = 18
_LONGEST_IN_CAPTION = 8
_LARGE = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeSizes:
    """The heights of a figure's texts in pixels."""

    caption: int = CAPTION_PIXELS
    name: int = NAME_PIXELS
    title: int = TITLE_PIXELS

    @property
    def caption_line(self) -> int:
        """The height of a line of captions."""
        return self.caption + self.caption // 3


USUAL_SIZES = TypeSizes()


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureLayout:
    """The layout of a figure. Made by `lay_out_figure`.

    Attributes:
        size: (width, height) of the picture.
        cells: The rectangles of each row's images.
    """

    size: tuple[int, int]
    cells: tuple[tuple[Rectangle, ...], ...]


def fitting_scale(size: tuple[int, ...], usual: int) -> int:
    """Returns the scale `usual`, or less, down to 1, if images of `size`, (height, width), became too large."""
    return max(1, min(usual, _LARGE // max(size)))


def caption_rows(probabilities: FloatArray) -> list[list[str]]:
    """Returns the captions of images with these (R, B) probabilities."""
    return [[format_probability(value) for value in row] for row in probabilities.tolist()]


def lay_out_figure(
    images: FloatArray,
    row_names: Sequence[str] = (),
    captions: Sequence[Sequence[str]] | None = None,
    scale: int = 2,
    title: str = "",
    sizes: TypeSizes = USUAL_SIZES,
) -> FigureLayout:
    """Returns where `draw_figure`, given the same arguments, puts each image.

    Raises:
        ValueError: The arguments do not fit each other.
    """
    _check(images, row_names, captions, scale)
    rows, columns, image_height, image_width, _ = images.shape
    width, height = image_width * scale, image_height * scale
    widest_caption = max((_written(text, sizes).shape[1] for row in captions or () for text in row), default=0)
    pitch = max(width, widest_caption) + _GAP
    caption_height = 0 if captions is None else sizes.caption_line
    names = max((text_width(short_name(name), sizes.name) for name in row_names), default=0)
    left = MARGIN + (names + MARGIN if names else 0)
    top = MARGIN + (sizes.title + MARGIN if title else 0)
    indent = (pitch - _GAP - width) // 2
    row_pitch = height + caption_height + _GAP
    cells = tuple(
        tuple((left + column * pitch + indent, top + row * row_pitch, width, height) for column in range(columns))
        for row in range(rows)
    )
    picture_width = max(left + columns * pitch - _GAP, MARGIN + text_width(title, sizes.title)) + MARGIN
    return FigureLayout(size=(picture_width, top + rows * row_pitch - _GAP + MARGIN), cells=cells)


def draw_figure(
    images: FloatArray,
    row_names: Sequence[str] = (),
    captions: Sequence[Sequence[str]] | None = None,
    scale: int = 2,
    title: str = "",
    layout: FigureLayout | None = None,
    sizes: TypeSizes = USUAL_SIZES,
) -> Image.Image:
    """Returns the picture of `images` on white; the same arguments give the same picture.

    Args:
        images: (R, B, H, W, C), C = 1 (grey) or 3 (red, green, blue), range [0, 1]; clipped if outside.
        row_names: One for each row, written to its left; empty for none.
        captions: One for each image, written under it; None for none.
        scale: Size of an image's pixel in pixels of the picture, from 1.
        title: Written above; "" for none.
        layout: The layout, for pictures that must match; by default made for these arguments.
        sizes: The sizes of its texts.

    Raises:
        ValueError: The arguments do not fit each other.
    """
    layout = layout or lay_out_figure(images, row_names, captions, scale, title, sizes)
    pixels = np.array(Image.new("RGB", layout.size, PAPER))
    for row, rectangles in enumerate(layout.cells):
        enlarged = _enlarged(images[row], scale)
        for column, (x, y, width, height) in enumerate(rectangles):
            pixels[y : y + height, x : x + width] = enlarged[column]
            if captions is not None:
                caption = _written(captions[row][column], sizes)
                top, left = y + height + CAPTION_GAP, x + (width - caption.shape[1]) // 2
                pixels[top : top + caption.shape[0], left : left + caption.shape[1]] = caption
    picture = Image.fromarray(pixels)
    drawing = ImageDraw.Draw(picture)
    if title:
        drawing.text((MARGIN, MARGIN), title, INK, font_of(sizes.title), anchor="lt")
    for name, ((_, y, _, height), *_) in zip(row_names, layout.cells, strict=False):
        drawing.text((MARGIN, y + height // 2), short_name(name), INK, font_of(sizes.name), anchor="lm")
    return picture


def worst_picture(worst: WorstImages, class_names: Sequence[str], *, scale: int = 3) -> Image.Image:
    """Returns the article's second figure."""
    names = [class_names[label] for label in worst.labels]
    scale = fitting_scale(worst.images.shape[2:4], scale)
    return draw_figure(worst.images, names, worst_captions(worst, class_names), scale)


def worst_captions(worst: WorstImages, class_names: Sequence[str]) -> list[list[str]]:
    """Returns the captions of the worst images: the probability, and the class that the net takes them for instead."""
    return [
        [
            probability if top == label else f"{probability} ({_short(class_name(class_names, top))})"
            for probability, top in zip(row, tops, strict=True)
        ]
        for label, row, tops in zip(worst.labels, caption_rows(worst.probabilities), worst.tops.tolist(), strict=True)
    ]


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_IN_CAPTION else f"{name[: _LONGEST_IN_CAPTION - 1]}…"


def write_png(image: Image.Image, path: str | Path, info: Mapping[str, str] | None = None) -> Path:
    """Writes `image` as the PNG file `path`, whole or not at all, and returns the path.

    Args:
        image: The picture.
        path: Replaced if it exists; see `core.files.free_path`.
        info: Texts to keep in the file, by keyword.

    Raises:
        OSError: The file cannot be written; nothing is left behind.
    """
    path = Path(path)
    texts = PngInfo()
    for keyword, text in (info or {}).items():
        texts.add_itxt(keyword, text)
    with written_whole(path) as unfinished:
        image.save(unfinished, format="PNG", pnginfo=texts)
    return path


def _check(images: FloatArray, row_names: Sequence[str], captions: Sequence[Sequence[str]] | None, scale: int) -> None:
    if images.ndim != 5 or images.shape[4] not in (1, 3) or 0 in images.shape:
        raise ValueError(
            "The images of a figure must be (rows, columns, height, width, 1 or 3), none of them zero; "
            f"received the shape {images.shape}."
        )
    rows, columns = images.shape[:2]
    if row_names and len(row_names) != rows:
        raise ValueError(f"A figure of {rows} rows must have {rows} row names or none; received {len(row_names)}.")
    if captions is not None and [len(row) for row in captions] != [columns] * rows:
        received = [len(row) for row in captions]
        raise ValueError(f"Captions must be {columns} for each of {rows} rows; received {received}.")
    if scale < 1:
        raise ValueError(f"The scale of a figure must be a whole number from 1; received {scale}.")


@cache
def font_of(pixels: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Returns the font of all texts, `pixels` high."""
    return ImageFont.load_default(pixels)


def text_width(text: str, pixels: int) -> int:
    """Returns how wide `text` is in the font of this height, in pixels."""
    return int(np.ceil(font_of(pixels).getlength(text)))


def _written(caption: str, sizes: TypeSizes) -> ByteArray:
    """Returns the image of `caption` as (height, width, 3) bytes."""
    empty = np.empty((sizes.caption_line, 0, 3), np.uint8)
    return np.concatenate([empty, *(_character(character, sizes) for character in caption)], axis=1)


@lru_cache(_KNOWN_CHARACTERS)
def _character(character: str, sizes: TypeSizes) -> ByteArray:
    """Returns the image of a character likewise, cached, as captions use few characters."""
    width = text_width(character, sizes.caption)
    picture = Image.new("RGB", (width, sizes.caption_line), PAPER)
    ImageDraw.Draw(picture).text((0, 0), character, INK, font_of(sizes.caption))
    return np.asarray(picture)


def _enlarged(images: FloatArray, scale: int) -> ByteArray:
    """Returns (B, H, W, C) images as (B, H · scale, W · scale, 3) bytes."""
    enlarged = to_bytes(images).repeat(scale, axis=1).repeat(scale, axis=2)
    return np.broadcast_to(enlarged, (*enlarged.shape[:3], 3))
