"""Draws a save of a recorded run, perhaps with the plots up to it, as SVG or PDF, in a process without a window.

``python -m fooler_gui.features.run.vector_figure FOLDER FILE STEP SETTINGS``, the settings as JSON, prints its
progress, from 0 to 1. If it cannot draw, it exits with status 2 and a sentence. The exports start it, so that the
command line needs no Qt.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from fooler_gui.core.errors import LabError
from fooler_gui.core.export_settings import ExportSettings
from fooler_gui.exports.provenance import Provenance
from fooler_gui.exports.recorded_run import RecordedRun
from fooler_gui.exports.vector import REFUSED
from fooler_gui.qt_refusal import not_loaded
from fooler_gui.surroundings import prepare

_SHOWN_DIGITS = 8
"""Shown digits of identifiers, which the file stores in full."""

_FONT, _FONT_POINTS = "sans-serif", 9
"""A font family that every SVG viewer knows."""


def main(arguments: list[str]) -> int:
    """Draws as `arguments` (folder, file, step, settings) say, and returns the exit status."""
    prepare()
    folder, path, step, settings = arguments
    try:
        _draw(Path(folder), Path(path), int(step), ExportSettings(**json.loads(settings)))
    except ImportError as error:
        sys.stderr.write(f"Qt, which draws .svg and .pdf files, cannot be loaded here: {not_loaded(error)}.\n")
        return REFUSED
    except LabError as error:
        sys.stderr.write(f"{error}\n")
        return REFUSED
    return 0


def _draw(folder: Path, path: Path, step: int, settings: ExportSettings) -> None:
    from PySide6.QtGui import QFont
    from PySide6.QtWidgets import QApplication

    from fooler_gui.features.run.run_figure import write_run_figure
    from fooler_gui.session.run_series import RunSeries

    series = RunSeries()
    with RecordedRun(folder) as run:
        last = run.place_of(step)
        for place in range(last + 1):
            sys.stdout.write(f"{place / (last + 1)}\n")
            sys.stdout.flush()
            series.append(run.save(place))
        shot, provenance = run.shot(last), run.provenance(step)
    application = QApplication([])
    application.setFont(QFont(_FONT, _FONT_POINTS))
    write_run_figure(
        path,
        series,
        shot,
        settings,
        marks=provenance.changes,
        foot=_foot(provenance),
        description=provenance.to_text(),
    )
    application.shutdown()


def _foot(provenance: Provenance) -> list[str]:
    made = (
        f"Fooler {provenance.program} · run {provenance.run[:_SHOWN_DIGITS]} · seed {provenance.spec.rng_seed} · "
        f"classifier {provenance.classifier_sha256[:_SHOWN_DIGITS]}"
    )
    changes = "; ".join(f"step {step}: {text}" for step, text in provenance.changes)
    return [made, f"Changed at {changes}"] if changes else [made]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
