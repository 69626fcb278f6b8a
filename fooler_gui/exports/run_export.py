"""Exports a run to a file whose ending says what it becomes."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

from fooler_gui.core.export_settings import ExportSettings
from fooler_gui.exports.animation import ANIMATIONS, write_animation
from fooler_gui.exports.arrays import write_arrays
from fooler_gui.exports.export_error import ExportError
from fooler_gui.exports.exported import Exported
from fooler_gui.exports.grid_picture import write_grid
from fooler_gui.exports.recorded_run import RecordedRun
from fooler_gui.exports.tables import write_csv, write_json
from fooler_gui.exports.tiles import write_tiles
from fooler_gui.exports.vector import write_vector_figure

PICTURE, VECTORS, TABLES, TILES = ".png", (".svg", ".pdf"), (".npz", ".csv", ".json"), ""
STILLS = (PICTURE, *VECTORS, TILES)
"""What shows one save; a folder of tiles has no ending."""

ENDINGS = (PICTURE, *ANIMATIONS, *VECTORS, *TABLES, TILES)


def export_run(
    run: RecordedRun, path: Path, settings: ExportSettings, step: int | None = None
) -> Generator[float, None, Exported]:
    """Writes `run` to `path`, whole or not at all; yields the share done, 0 to 1, and returns what was written.

    To close the generator is to cancel: nothing is left behind then.

    Args:
        run: What is exported, finished or not; its saves are read one by one.
        path: Is replaced if it exists. By its ending one save (``.png``; ``.svg`` and ``.pdf`` with the plots until
            then; without an ending a folder of single images), an animation (``.gif``, ``.apng``, ``.webp``, ``.mp4``),
            or all saves (``.npz``, ``.csv``, ``.json``).
        settings: How pictures and animations are drawn.
        step: Of the one save that is shown; by default the last.

    Raises:
        LabError: The ending is another, or the run cannot be exported like that.
        OSError: The file cannot be written.
    """
    match path.suffix.lower():
        case ".png":
            return write_grid(run, path, step, settings.scale)
        case ".svg" | ".pdf":
            return write_vector_figure(run, path, step, settings.scale)
        case ".npz":
            return write_arrays(run, path)
        case ".csv":
            return write_csv(run, path)
        case ".json":
            return write_json(run, path)
        case "":
            return write_tiles(run, path, step, settings.scale)
        case ending if ending in ANIMATIONS:
            return write_animation(run, path, settings)
    raise ExportError(
        f"A run is exported to a file that ends in one of {', '.join(filter(None, ENDINGS))}, or to a folder; "
        f"received {path.name}."
    )
