"""What a plot shows, declared: its axes, lines, bands, bars, labels at lines' ends, and their colours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette

Colour = Callable[[QPalette], QColor]
"""The colour of a series, depending on the palette."""


def ink(palette: QPalette) -> QColor:
    """Returns the colour of text."""
    return palette.color(QPalette.ColorRole.Text)


def quiet_ink(palette: QPalette) -> QColor:
    """Returns the colour of less important text."""
    return palette.color(QPalette.ColorRole.PlaceholderText)


@cache
def faded(alpha: float) -> Colour:
    """Returns the colour of text with the opacity `alpha`, 0 to 1."""

    def colour(palette: QPalette) -> QColor:
        pale = ink(palette)
        pale.setAlphaF(alpha)
        return pale

    return colour


@cache
def fixed(name: str) -> Colour:
    """Returns the colour called `name`, the same in every theme."""
    return lambda _palette: QColor(name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """An axis.

    Attributes:
        title: The quantity.
        unit: Its unit; "" for none.
        logarithmic: Whether the numbers are decimal logarithms.
        ticks: Texts by position; None for automatic round numbers.
    """

    title: str
    unit: str = ""
    logarithmic: bool = False
    ticks: Mapping[float, str] | None = None

    @property
    def words(self) -> str:
        """The title with the unit."""
        return f"{self.title}, {self.unit}" if self.unit else self.title


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line through points.

    Attributes:
        name: Identifies it when numbers are handed over.
        colour: The colour of line and markers.
        width: In pixels.
        style: The line style.
        connect: Which points it connects, as in pyqtgraph.
        symbol: The markers' symbol, as in pyqtgraph; "" for none.
        hollow: Whether markers are outlines.
        legend: Its text in the legend; "" to omit it.
        smooth: Whether it is antialiased.
    """

    name: str
    colour: Colour = ink
    width: float = 1.5
    style: Qt.PenStyle = Qt.PenStyle.SolidLine
    connect: str = "finite"
    symbol: str = ""
    hollow: bool = False
    legend: str = ""
    smooth: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """The area between two lines."""

    name: str
    colour: Colour


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """Vertical bars; `hatched` ones show the gap between two heights."""

    name: str
    colour: Colour
    hatched: bool = False


Series = Line | Band | Bars


@dataclass(frozen=True, slots=True, kw_only=True)
class EndLabel:
    """A label at a line's end.

    Attributes:
        y: Its coordinate.
        text: The line's name, newest value, or both.
        colour: The colour of the text.
        sample_of: The name of the line of which a sample precedes the text; "" for none.
        x: The end of its line; None for the end of all.
    """

    y: float
    text: str
    colour: Colour = ink
    sample_of: str = ""
    x: float | None = None
