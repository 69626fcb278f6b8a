"""``python -m benchmarks.growth_plot PICTURE`` measures how a step grows, prints Markdown tables and draws a picture.

``--from FILE`` takes the rows of ``fooler benchmark --only growth --json`` from a file instead of measuring.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw

from benchmarks.catalogue import called
from benchmarks.command import written
from benchmarks.row import Row
from benchmarks.runner import rows_of
from fooler_gui.core.files import written_whole
from fooler_gui.exports.figures import CAPTION_PIXELS, INK, MARGIN, NAME_PIXELS, PAPER, font_of

_SCALE = 3
"""Everything is drawn this much larger and reduced, which smooths it."""
_PANEL, _GAP, _MARGIN = (_SCALE * 230, _SCALE * 150), _SCALE * 56, _SCALE * MARGIN
_CAPTION, _NAME, _NEAR, _DOT = _SCALE * CAPTION_PIXELS, _SCALE * NAME_PIXELS, _SCALE * 6, _SCALE * 3
_QUIET, _FAINT = (110, 110, 110), (200, 200, 200)


def main(arguments: list[str] | None = None) -> None:
    """Runs the command with `arguments`, by default the process's own."""
    parser = argparse.ArgumentParser(prog="benchmarks.growth_plot", description=(__doc__ or "").split(".")[0])
    parser.add_argument("picture", type=Path, help="the .png file to write")
    parser.add_argument("--from", dest="measured", type=Path, metavar="FILE", help="rows measured before")
    options = parser.parse_args(arguments)
    rows = _measured() if options.measured is None else _read(options.measured)
    lines = [row for row in rows if row.table]
    with written_whole(options.picture) as temporary:
        draw(lines).save(temporary, "png", optimize=True)
    sys.stdout.write(markdown(lines))


def markdown(rows: Sequence[Row]) -> str:
    """Returns the tables of `rows` in Markdown, each with its work and note."""
    parts = []
    for row in rows:
        header, *points = row.table
        cells = [list(map(str, header)), ["---"] * len(header), *(list(map(written, point)) for point in points)]
        table = "\n".join(f"| {' | '.join(line)} |" for line in cells)
        parts.append(f"{row.work}: {row.verdict}, {row.ratio:.2f} ×. {row.note}\n\n{table}\n")
    return "\n".join(parts)


def draw(rows: Sequence[Row]) -> Image.Image:
    """Returns the picture of the tables of `rows`: columns of panels, time above memory, both axes logarithmic.

    A faint line shows what time would be if it grew as the first point's in proportion to the size.
    """
    names = [str(name) for name in rows[0].table[0][1:]]
    size = (_MARGIN + len(rows) * (_PANEL[0] + _GAP), _MARGIN + len(names) * (_PANEL[1] + _GAP))
    picture = Image.new("RGB", size, PAPER)
    drawing = ImageDraw.Draw(picture)
    for column, row in enumerate(rows):
        (quantity, *_), *points = row.table
        for line, name in enumerate(names):
            corner = (_MARGIN + _GAP // 2 + column * (_PANEL[0] + _GAP), _MARGIN + _NAME + line * (_PANEL[1] + _GAP))
            values = [(float(point[0]), float(point[line + 1])) for point in points]
            _draw_panel(drawing, corner, f"{name} by {quantity}", values, proportional=line == 0)
    return picture.reduce(_SCALE)


def _draw_panel(
    drawing: ImageDraw.ImageDraw,
    corner: tuple[int, int],
    title: str,
    points: Sequence[tuple[float, float]],
    *,
    proportional: bool,
) -> None:
    """Draws one panel with its upper left corner at `corner`."""
    left, top = corner
    width, height = _PANEL
    right, bottom = left + width, top + height
    sizes, values = zip(*points, strict=True)
    room = max(1.4, (max(values) / min(values)) ** 0.15)
    least, most = min(values) / room, max(values) * room

    def place(size: float, value: float) -> tuple[float, float]:
        across = math.log(size / sizes[0]) / math.log(sizes[-1] / sizes[0])
        up = math.log(value / least) / math.log(most / least)
        return left + across * width, bottom - up * height

    drawing.text((left, top - _NEAR), title, INK, font_of(_NAME), anchor="ls")
    drawing.rectangle((left, top, right, bottom), outline=_FAINT, width=_SCALE)
    if proportional:
        reach = min(sizes[-1], sizes[0] * most / values[0])
        drawing.line((*place(sizes[0], values[0]), *place(reach, values[0] * reach / sizes[0])), _FAINT, _SCALE)
    drawing.line([place(*point) for point in points], INK, 2 * _SCALE, joint="curve")
    for point in points:
        x, y = place(*point)
        drawing.ellipse((x - _DOT, y - _DOT, x + _DOT, y + _DOT), INK)
    font = font_of(_CAPTION)
    for (size, value), away, below, beside in ((points[0], _NEAR, "lt", "lt"), (points[-1], -_NEAR, "rt", "rb")):
        x, y = place(size, value)
        drawing.text((x, bottom + _NEAR), f"{size:,.0f}", _QUIET, font, anchor=below)
        drawing.text((x + away, y + away), written(value), _QUIET, font, anchor=beside)


def _measured() -> list[Row]:
    growth = called("growth")
    return [row for function in growth.functions for row in rows_of(growth, function)]


def _read(path: Path) -> list[Row]:
    rows = json.loads(path.read_text(encoding="utf-8"))["rows"]
    return [row for row in map(Row.from_dict, rows) if row.name == "growth"]


if __name__ == "__main__":
    main()
