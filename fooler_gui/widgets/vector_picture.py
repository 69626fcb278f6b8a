"""SVG and PDF pictures, by Qt's own generators."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QRect, QSize, QSizeF
from PySide6.QtGui import QPageSize, QPainter, QPdfWriter
from PySide6.QtSvg import QSvgGenerator

from fooler_gui.core.files import written_whole
from fooler_gui.core.xmp import xmp_packet
from fooler_gui.widgets.svg_lines import with_scaled_lines

_PIXELS_PER_INCH = 96
_POINTS_PER_INCH = 72


def write_vector(
    path: Path, size: QSize, paint: Callable[[QPainter], None], title: str = "", description: str = ""
) -> None:
    """Writes what `paint` draws to the SVG or PDF file `path`, whole or not at all. Main thread only.

    Args:
        path: Ends in ``.svg`` or ``.pdf``; replaced if it exists.
        size: The picture's size, in pixels of 1/96 inch.
        paint: Draws it on a painter with this unit.
        title: The document's title.
        description: The document's description, not drawn but stored in the file.

    Raises:
        OSError: The folder is missing or cannot be written.
    """
    drawn = QBuffer()
    drawn.open(QIODevice.OpenModeFlag.WriteOnly)
    is_svg = path.suffix.lower() == ".svg"
    device = _svg(drawn, size, title, description) if is_svg else _pdf(drawn, size, title, description)
    painter = QPainter()
    if not painter.begin(device):
        raise OSError(f"{path} cannot be drawn")
    painter.setRenderHint(QPainter.RenderHint.LosslessImageRendering)
    try:
        paint(painter)
    finally:
        painter.end()
    content = bytes(drawn.data().data())
    with written_whole(path) as unfinished:
        unfinished.write_bytes(with_scaled_lines(content) if is_svg else content)


def _svg(drawn: QBuffer, size: QSize, title: str, description: str) -> QSvgGenerator:
    device = QSvgGenerator()
    device.setOutputDevice(drawn)
    device.setSize(size)
    device.setViewBox(QRect(0, 0, size.width(), size.height()))
    device.setResolution(_PIXELS_PER_INCH)
    device.setTitle(title)
    device.setDescription(description)
    return device


def _pdf(drawn: QBuffer, size: QSize, title: str, description: str) -> QPdfWriter:
    device = QPdfWriter(drawn)
    device.setResolution(_PIXELS_PER_INCH)
    points = QSizeF(size) * _POINTS_PER_INCH / _PIXELS_PER_INCH
    device.setPageSize(QPageSize(points, QPageSize.Unit.Point, "", QPageSize.SizeMatchPolicy.ExactMatch))
    device.setPageMargins(QMarginsF())
    device.setTitle(title)
    device.setDocumentXmpMetadata(QByteArray(xmp_packet("application/pdf", title, description)))
    return device
