"""External images for a slot, from files and the clipboard: conversion to the classifier's shape, and back.

Main thread only.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import QMimeData, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.file_kind import DRAWINGS, kind_of
from fooler_gui.core.mosaic import ByteArray, to_bytes
from fooler_gui.widgets.picture_file import (
    ENDINGS,
    ImageRefusedError,
    check_size,
    picture_of,
    read_picture,
    refused,
)

__all__ = [
    "ImageRefusedError",
    "Shape",
    "array_from_image",
    "file_filter",
    "image_from_array",
    "image_from_file",
    "image_from_mime",
    "is_drawing",
    "resized_images",
    "scaled_image",
]

_DRAWING_ENDINGS = (".svg", ".svgz", ".pdf")
_RAW_FORMATS = ("image/jpeg", "image/png", "image/webp", "image/tiff")
"""How other programs copy a whole file; Qt's own conversion would lose its orientation."""

Shape = tuple[int, int, int]
"""Height, width and channels (1 or 3) of a classifier's input."""


def file_filter() -> str:
    """Returns a file dialog's filter for all readable pictures."""
    return f"Pictures ({' '.join(f'*.{ending}' for ending in ENDINGS)});;All files (*)"


def is_drawing(path: str) -> bool:
    """Returns whether the file `path` is a vector drawing, by its content or else its name; slots refuse these."""
    try:
        return kind_of(Path(path)) in DRAWINGS
    except OSError:
        return Path(path).suffix.lower() in _DRAWING_ENDINGS


def image_from_file(path: str | Path, shape: Shape) -> FloatArray:
    """Returns the picture in the file `path` as an array of `shape`, range [0, 1].

    Raises:
        ImageRefusedError: The file is missing, not a picture, incomplete or too large.
    """
    return array_from_image(read_picture(Path(path)), shape)


def image_from_mime(data: QMimeData | None, shape: Shape) -> FloatArray:
    """Returns the copied or dropped picture as an array of `shape`, range [0, 1].

    Raises:
        ImageRefusedError: There is none, more than one, or it cannot be read.
    """
    urls = data.urls() if data is not None else []
    if len(urls) > 1:
        raise ImageRefusedError(f"A slot takes one picture at a time; received {len(urls)} files.")
    if urls and urls[0].isLocalFile():
        return image_from_file(urls[0].toLocalFile(), shape)
    raw = next((name for name in _RAW_FORMATS if data.hasFormat(name)), None) if data is not None else None
    if data is not None and raw is not None:
        return array_from_image(picture_of(bytes(data.data(raw).data()), "the picture"), shape)
    image = data.imageData() if data is not None and data.hasImage() else None
    if not isinstance(image, QImage) or image.isNull():
        raise refused("no picture was received")
    check_size(image.width(), image.height(), "the picture")
    return array_from_image(image, shape)


def array_from_image(image: QImage, shape: Shape) -> FloatArray:
    """Returns `image` as a C-contiguous float32 array of `shape`, range [0, 1].

    An image of another size is scaled smoothly; transparent pixels become white.
    """
    height, width, channels = shape
    if image.hasAlphaChannel():
        image = _on_white(image)
    if (image.height(), image.width()) != (height, width):
        image = scaled_image(image, QSize(width, height))
    return _bytes_of(image, channels).astype(np.float32) / np.float32(255.0)


def image_from_array(array: FloatArray | ByteArray) -> QImage:
    """Returns an (H, W, 1 or 3) array of range [0, 1], or of bytes, as an image that owns its memory."""
    height, width, channels = array.shape
    pixels = np.ascontiguousarray(to_bytes(array))
    form = QImage.Format.Format_Grayscale8 if channels == 1 else QImage.Format.Format_RGB888
    return QImage(pixels.data, width, height, width * channels, form).copy()


def resized_images(images: FloatArray, size: tuple[int, int]) -> FloatArray | ByteArray:
    """Returns `images` (N, H, W, 1 or 3) in the size (height, width), as bytes, or as they are.

    Enlarged ones keep crisp pixels; others are reduced smoothly.
    """
    count, *own, channels = images.shape
    height, width = size
    if tuple(own) == size:
        return images
    if height >= own[0] and width >= own[1]:
        rows, columns = ((2 * np.arange(length) + 1) * of // (2 * length) for length, of in zip(size, own, strict=True))
        return to_bytes(images)[:, rows[:, np.newaxis], columns]
    reduced = np.empty((count, height, width, channels), np.uint8)
    for place, image in enumerate(images):
        reduced[place] = _bytes_of(scaled_image(image_from_array(image), QSize(width, height)), channels)
    return reduced


def scaled_image(image: QImage, size: QSize) -> QImage:
    """Returns `image` smoothly scaled to `size`, which may have another shape."""
    return image.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)


def _bytes_of(image: QImage, channels: int) -> ByteArray:
    """Returns the pixels of `image` as (H, W, channels), 1 channel for grey or 3."""
    height, width = image.height(), image.width()
    image = image.convertToFormat(QImage.Format.Format_Grayscale8 if channels == 1 else QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(height, image.bytesPerLine())
    return rows[:, : width * channels].reshape(height, width, channels).copy()


def _on_white(image: QImage) -> QImage:
    ground = QImage(image.size(), QImage.Format.Format_RGB32)
    ground.fill(QColor("white"))
    with QPainter(ground) as painter:
        painter.drawImage(0, 0, image)
    return ground
