"""Conversion of Pillow images for Qt."""

from __future__ import annotations

from PIL import Image
from PySide6.QtGui import QImage


def to_qimage(picture: Image.Image) -> QImage:
    """Returns `picture` as a QImage that owns its pixels."""
    pixels = picture.convert("RGB").tobytes()
    width, height = picture.size
    return QImage(pixels, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
