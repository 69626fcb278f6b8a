"""A save of a run as a vector picture: words, its images, and perhaps the plots up to it. Main thread only."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from fooler_gui.core.export_settings import PLOTS, ExportSettings
from fooler_gui.exports.arrangement import arrange, heads
from fooler_gui.exports.figures import INK, MARGIN, NAME_PIXELS, TITLE_PIXELS, lay_out_figure
from fooler_gui.exports.shot import Shot
from fooler_gui.features.run.costs_plot import CostsPlot
from fooler_gui.features.run.probability_plot import ProbabilityPlot
from fooler_gui.session.run_series import WEIGHTED, RunSeries
from fooler_gui.widgets.figure_painter import paint_figure
from fooler_gui.widgets.plot import Plot
from fooler_gui.widgets.theme import light_palette
from fooler_gui.widgets.vector_picture import write_vector

_LEAST_WIDTH = 800
_PLOT_HEIGHT = 240
_HEADINGS = ("Probability by step", "Weighted costs by step")
_LINE_PIXELS = 16
_FOOT_PIXELS = 10
_QUIET = "#595959"


def write_run_figure(
    path: Path,
    series: RunSeries,
    shot: Shot,
    settings: ExportSettings,
    *,
    marks: Sequence[tuple[int, str]] = (),
    foot: Sequence[str] = (),
    description: str = "",
) -> None:
    """Writes a save of a run to the SVG or PDF file `path`, in light colours whatever the theme.

    Args:
        path: Ends in ``.svg`` or ``.pdf``; replaced if it exists.
        series: The numbers of all saves up to that of `shot`.
        shot: The save whose images are drawn.
        settings: What is drawn, and its scale; without a title the step stands in its place.
        marks: Steps, and what was changed there.
        foot: Small lines at the bottom on the picture's provenance.
        description: Stored in the file.

    Raises:
        OSError: The file cannot be written; nothing is left behind.
    """
    step = f"Step {shot.save.step:,}"
    title, sentence = (step, "") if settings.title is None else heads(shot, settings, moving=False)
    rows = arrange(shot, settings.what)
    captions = rows.captions if settings.captions else [[""] * len(row) for row in rows.captions]
    names = rows.names or [""] * len(rows.captions)
    layout = lay_out_figure(rows.images, rows.names, captions if settings.captions else None, settings.scale, title)
    shift = _LINE_PIXELS + MARGIN // 2 if sentence else 0
    width, top = max(layout.size[0], _LEAST_WIDTH), layout.size[1] + shift
    plot_width = (width - 3 * MARGIN) // 2
    plots = _plots(series, marks, QSize(plot_width, _PLOT_HEIGHT)) if settings.what == PLOTS else ()
    below = top + (_LINE_PIXELS + _PLOT_HEIGHT + MARGIN if plots else 0)

    def paint(painter: QPainter) -> None:
        head = QRectF(MARGIN, MARGIN, width - 2 * MARGIN, TITLE_PIXELS)
        for words, pixels in ((title, TITLE_PIXELS), (sentence, NAME_PIXELS - 3)):
            _write(painter, head, pixels, words, QColor(*INK))
            head.translate(0, TITLE_PIXELS + MARGIN // 2)
        painter.translate(0, shift)
        paint_figure(painter, layout, rows.images, names, captions, "")
        painter.translate(0, -shift)
        for column, (heading, plot) in enumerate(zip(_HEADINGS, plots, strict=False)):
            x = MARGIN + column * (plot_width + MARGIN)
            _write(painter, QRectF(x, top, plot_width, _LINE_PIXELS), NAME_PIXELS - 3, heading, QColor(*INK))
            target = QRectF(x, top + _LINE_PIXELS + MARGIN // 2, plot_width, _PLOT_HEIGHT)
            plot.render(painter, target, plot.viewport().rect())
        for line, text in enumerate(foot):
            box = QRectF(MARGIN, below + line * _LINE_PIXELS, width - 2 * MARGIN, _LINE_PIXELS)
            _write(painter, box, _FOOT_PIXELS, text, QColor(_QUIET))

    height = below + len(foot) * _LINE_PIXELS + MARGIN
    try:
        write_vector(path, QSize(width, height), paint, f"Fooler: {step.lower()}", description)
    finally:
        for plot in plots:
            plot.close()
            plot.deleteLater()


def _plots(series: RunSeries, marks: Sequence[tuple[int, str]], size: QSize) -> tuple[Plot, Plot]:
    probability, costs = ProbabilityPlot(), CostsPlot()
    for plot in (probability, costs):
        plot.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
        plot.setPalette(light_palette())
        plot.take_colours(plot.palette())
        plot.resize(size)
        plot.show()
        plot.set_message("")
        plot.set_last_step(series.last_step)
        for step, text in marks:
            plot.add_mark(step, text)
    newest = series.view(series.last_step, series.last_step, 2)
    probability.draw(series.view(*probability.visible_steps(), probability.points_across()))
    probability.show_newest(float(newest.minimum[-1]), float(newest.mean[-1]))
    costs.set_places(series.places)
    seen = series.view(*costs.visible_steps(), costs.points_across())
    costs.draw(seen.steps, seen.costs[WEIGHTED])
    costs.show_newest(newest.costs[WEIGHTED][-1])
    for plot in (probability, costs):
        plot.prepare_to_paint()
    return probability, costs


def _write(painter: QPainter, box: QRectF, pixels: int, text: str, colour: QColor) -> None:
    """Writes one line, truncated if too long."""
    font = QFont(painter.font())
    font.setPixelSize(pixels)
    painter.setFont(font)
    painter.setPen(colour)
    fitting = QFontMetricsF(font, painter.device()).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, fitting)
