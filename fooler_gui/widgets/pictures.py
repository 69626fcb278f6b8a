"""Pictures of Pillow's as Qt shows them. Panels and window may use it."""

from __future__ import annotations

from PIL import Image
from PySide6.QtGui import QImage


def to_qimage(picture: Image.Image) -> QImage:
    """Returns `picture` as an image of Qt's, with pixels of its own."""
    pixels = picture.convert("RGB").tobytes()
    width, height = picture.size
    return QImage(pixels, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
