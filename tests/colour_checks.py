"""What tests ask of colours: whether a widget shows one, and how well two can be told apart."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QWidget


def has_colour(widget: QWidget, colour: QColor | str) -> bool:
    """Returns whether a pixel of `widget` has exactly this colour."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1, 4)[..., :3]
    wanted = QColor(colour)
    return bool((pixels == (wanted.blue(), wanted.green(), wanted.red())).all(axis=2).any())


def luminance(colour: QColor) -> float:
    """Returns the relative luminance of WCAG 2, from 0 to 1."""
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in colour.getRgbF()[:3]]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: QColor | str, other: QColor | str) -> float:
    """Returns the contrast of WCAG 2, from 1 (the same) to 21 (black on white)."""
    darker, lighter = sorted((luminance(QColor(one)), luminance(QColor(other))))
    return (lighter + 0.05) / (darker + 0.05)
