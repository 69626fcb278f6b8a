"""Vector pictures of a run, drawn by Qt in a separate process, so that the caller needs no Qt."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from fooler_gui.core.export_settings import PLOTS, ExportSettings
from fooler_gui.core.files import TEMPORARY, written_whole
from fooler_gui.exports.export_error import ExportError
from fooler_gui.exports.exported import Exported
from fooler_gui.exports.recorded_run import RecordedRun

_ARTIST = "fooler_gui.features.run.vector_figure"
_SOURCES = Path(__file__).resolve().parent.parent.parent
REFUSED = 2
"""Exit status of the process if its last line is a sentence for a person."""


def write_vector_figure(
    run: RecordedRun, path: Path, step: int | None, settings: ExportSettings
) -> Generator[float, None, Exported]:
    """Writes the save of `step`, by default the last one, as the SVG or PDF file `path`.

    Yields the share done, 0 to 1. Closing the generator cancels.

    Args:
        run: The run.
        path: Replaced if it exists.
        step: The save's step.
        settings: What is shown, by default with the plots up to that step; and the scale. A drawing has no size in
            pixels.

    Raises:
        LabError: There is no such save, or Qt cannot draw.
        OSError: The file cannot be written; nothing is left behind.
    """
    place = run.place_of(step)
    wanted = json.dumps(dataclasses.asdict(dataclasses.replace(settings, what=settings.what or PLOTS, size=None)))
    with (
        written_whole(path) as unfinished,
        tempfile.TemporaryDirectory(dir=unfinished.parent, prefix=TEMPORARY) as folder,
    ):
        drawn = Path(folder) / f"figure{path.suffix.lower()}"
        yield from _draw([str(run.folder.absolute()), str(drawn), str(run.index.steps[place]), wanted])
        drawn.replace(unfinished)
    return Exported(saves=place + 1, of=len(run))


def _draw(arguments: list[str]) -> Iterator[float]:
    paths = [str(_SOURCES), *filter(None, [os.environ.get("PYTHONPATH")])]
    surroundings = {"PYTHONPATH": os.pathsep.join(paths), "PYTHONIOENCODING": "utf-8", "QT_QPA_PLATFORM": "offscreen"}
    with (
        tempfile.TemporaryFile() as said,
        _ended_at_last(
            subprocess.Popen(  # noqa: S603 - this program's own interpreter and module
                (sys.executable, "-m", _ARTIST, *arguments),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=said,
                encoding="utf-8",
                env={**os.environ, **surroundings},
                start_new_session=True,  # Ctrl-C reaches only this process, which then ends the other
            )
        ) as process,
    ):
        assert process.stdout is not None
        for line in process.stdout:
            yield float(line)
        if process.wait() != 0:
            raise ExportError(_reason(process.returncode, said))


@contextmanager
def _ended_at_last(process: subprocess.Popen[str]) -> Iterator[subprocess.Popen[str]]:
    with process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def _reason(status: int, said: IO[bytes]) -> str:
    said.seek(0)
    lines = [line for line in said.read().decode(errors="replace").splitlines() if line.strip()]
    last = lines[-1].strip() if lines else f"its process ended with status {status}"
    return last if status == REFUSED else f"Qt, which draws .svg and .pdf files, failed: {last.rstrip('.')}."
