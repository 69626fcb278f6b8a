"""The program's icons: simple SVGs of ``resources/icons``, drawn in the palette's colours.

Widgets request an icon by name, and again when the palette changes.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPalette, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer

from fooler_gui.resources import resource

_SIZES = (16, 20, 24, 32, 40, 48, 64)
"""Side lengths in device pixels, so that 16, 20, 24 and 32 pixels are crisp on high-density screens, too."""

WINDOW_SIZES = (*_SIZES, 128)
"""Side lengths that desktops use for a window."""

_FADED = 0.4


def icon(name: str, colours: QPalette | QColor, sizes: Sequence[int] = _SIZES) -> QIcon:
    """Returns the icon called `name`, such as ``run``, with a paler version for disabled controls.

    Args:
        name: A file name in ``resources/icons``, without suffix.
        colours: A palette, for its button text colours, or one colour.
        sizes: Side lengths in device pixels.

    Raises:
        ValueError: There is no such icon.
    """
    try:
        svg = resource("icons", f"{name}.svg").read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ValueError(f"There is no icon called {name!r} in resources/icons.") from error
    made = QIcon()
    for mode, colour in zip((QIcon.Mode.Normal, QIcon.Mode.Disabled), _mode_colours(colours), strict=True):
        for pixmap in _pixmaps(name, svg, colour, sizes):
            made.addPixmap(pixmap, mode)
    return made


def _pixmaps(name: str, svg: str, colour: QColor, sizes: Sequence[int]) -> list[QPixmap]:
    """Returns the icon in one colour, drawn unless it was drawn before, as most icons are on several buttons."""
    keys = [f"icon {name} {colour.name(QColor.NameFormat.HexArgb)} {side}" for side in sizes]
    kept = [QPixmap() for _ in sizes]
    if not all(map(QPixmapCache.find, keys, kept)):
        renderer = QSvgRenderer(QByteArray(svg.replace("currentColor", colour.name()).encode()))
        kept = [_drawn(renderer, side, colour.alphaF()) for side in sizes]
        for key, pixmap in zip(keys, kept, strict=True):
            QPixmapCache.insert(key, pixmap)
    return kept


def _mode_colours(colours: QPalette | QColor) -> tuple[QColor, QColor]:
    if isinstance(colours, QPalette):
        role = QPalette.ColorRole.ButtonText
        return colours.color(QPalette.ColorGroup.Active, role), colours.color(QPalette.ColorGroup.Disabled, role)
    faded = QColor(colours)
    faded.setAlphaF(colours.alphaF() * _FADED)
    return colours, faded


def _drawn(renderer: QSvgRenderer, side: int, opacity: float) -> QPixmap:
    pixmap = QPixmap(QSize(side, side))
    pixmap.fill(Qt.GlobalColor.transparent)
    with QPainter(pixmap) as painter:
        renderer.render(painter, QRectF(0, 0, side, side))
        if opacity < 1:
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationIn)
            painter.fillRect(pixmap.rect(), QColor.fromRgbF(0, 0, 0, opacity))
    return pixmap
