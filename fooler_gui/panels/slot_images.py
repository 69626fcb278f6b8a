"""Images from outside for a slot: files and the clipboard, brought to the classifier's shape, and back.

`BatchGrid` uses this module. Main thread only.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import QMimeData, QSize, Qt
from PySide6.QtGui import QColor, QImage, QImageReader, QPainter

from fooler_gui.core.messages import FloatArray
from fooler_gui.core.mosaic import to_bytes

MOST_PIXELS = 50_000_000
_ALLOWED = f"a picture such as PNG or JPEG of at most {MOST_PIXELS // 1_000_000} megapixels"

_DRAWINGS = {"svg", "svgz", "pdf"}
"""Formats that have no pixels of their own, and may show what lies in other files."""

Shape = tuple[int, int, int]
"""Height, width and channels (1 or 3) of a classifier's input."""


class ImageRefusedError(ValueError):
    """An image cannot be put into a slot. Its text can be shown as it is."""


def file_filter() -> str:
    """Returns the filter of a file dialog: every picture that can be read."""
    names = {bytes(name.data()).decode() for name in QImageReader.supportedImageFormats()}
    formats = sorted(names - _DRAWINGS)
    return f"Pictures ({' '.join(f'*.{name}' for name in formats)});;All files (*)"


def is_drawing(path: str) -> bool:
    """Returns whether the file `path` is, by its name, of a format that no slot takes."""
    return Path(path).suffix.lower().removeprefix(".") in _DRAWINGS


def image_from_file(path: str | Path, shape: Shape) -> FloatArray:
    """Returns the picture in the file `path` as an array of `shape`, range [0, 1].

    Raises:
        ImageRefusedError: The file is missing, no picture, or too big.
    """
    path = Path(path)
    if not path.is_file():
        raise ImageRefusedError(f"A slot takes {_ALLOWED}; there is no file {path.name}.")
    reader = QImageReader(str(path))
    reader.setAutoTransform(True)
    if bytes(reader.format().data()).decode() in _DRAWINGS:
        raise ImageRefusedError(f"A slot takes {_ALLOWED}; {path.name} is a drawing.")
    _check_size(reader.size(), path.name)
    image = reader.read()
    if image.isNull():
        raise ImageRefusedError(f"A slot takes {_ALLOWED}; {path.name} cannot be read as one.")
    _check_size(image.size(), path.name)
    return array_from_image(image, shape)


def image_from_mime(data: QMimeData | None, shape: Shape) -> FloatArray:
    """Returns the picture that was copied or dropped, as an array of `shape`, range [0, 1].

    Raises:
        ImageRefusedError: There is none, more than one, or one that cannot be read.
    """
    urls = data.urls() if data is not None else []
    if len(urls) > 1:
        raise ImageRefusedError(f"A slot takes one picture at a time; received {len(urls)} files.")
    if urls and urls[0].isLocalFile():
        return image_from_file(urls[0].toLocalFile(), shape)
    image = data.imageData() if data is not None and data.hasImage() else None
    if not isinstance(image, QImage) or image.isNull():
        raise ImageRefusedError(f"A slot takes {_ALLOWED}; no picture was received.")
    _check_size(image.size(), "the picture")
    return array_from_image(image, shape)


def array_from_image(image: QImage, shape: Shape) -> FloatArray:
    """Returns `image` as a C-contiguous float32 array of `shape`, range [0, 1].

    An image of another size is scaled smoothly; what is transparent becomes white.
    """
    height, width, channels = shape
    if image.hasAlphaChannel():
        image = _on_white(image)
    if (image.height(), image.width()) != (height, width):
        image = image.scaled(
            width, height, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
    grey = channels == 1
    image = image.convertToFormat(QImage.Format.Format_Grayscale8 if grey else QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(height, image.bytesPerLine())
    pixels = rows[:, : width * channels].reshape(height, width, channels)
    return np.ascontiguousarray(pixels, np.float32) / np.float32(255.0)


def image_from_array(array: FloatArray) -> QImage:
    """Returns an (H, W, 1 or 3) array of range [0, 1] as an image of as many pixels, which owns its memory."""
    height, width, channels = array.shape
    pixels = np.ascontiguousarray(to_bytes(array))
    form = QImage.Format.Format_Grayscale8 if channels == 1 else QImage.Format.Format_RGB888
    return QImage(pixels.data, width, height, width * channels, form).copy()


def _check_size(size: QSize, name: str) -> None:
    pixels = size.width() * size.height()
    if pixels > MOST_PIXELS:
        raise ImageRefusedError(
            f"A slot takes {_ALLOWED}; {name} has {size.width()} × {size.height()} pixels, "
            f"{pixels / 1e6:.0f} megapixels."
        )


def _on_white(image: QImage) -> QImage:
    ground = QImage(image.size(), QImage.Format.Format_RGB32)
    ground.fill(QColor("white"))
    with QPainter(ground) as painter:
        painter.drawImage(0, 0, image)
    return ground
