"""Exports a run to a file; its ending selects the format. The one list of formats."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from fooler_gui.core.export_settings import ExportSettings
from fooler_gui.exports.animation import write_animation
from fooler_gui.exports.apng_file import ApngFile
from fooler_gui.exports.arrays import write_arrays
from fooler_gui.exports.export_error import ExportError
from fooler_gui.exports.exported import Exported
from fooler_gui.exports.film import Film, FilmFacts
from fooler_gui.exports.gif_file import GifFile
from fooler_gui.exports.grid_picture import write_grid
from fooler_gui.exports.mp4_file import Mp4File, why_no_video
from fooler_gui.exports.recorded_run import RecordedRun
from fooler_gui.exports.tables import write_csv, write_json
from fooler_gui.exports.tiles import write_tiles
from fooler_gui.exports.vector import write_vector_figure
from fooler_gui.exports.webp_file import WebpFile

Writer = Callable[[RecordedRun, Path, ExportSettings, int | None], Generator[float, None, Exported]]


class Shows(Enum):
    """What a file shows of a run."""

    ONE_SAVE = "a picture of one save"
    EVERY_SAVE_MOVING = "an animation"
    NUMBERS = "numbers"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFormat:
    """An export format.

    Attributes:
        ending: The file's ending in lower case; "" for a folder.
        title: What it holds, in sentence case.
        shows: See `Shows`.
        write: Takes the run, the path, the settings, and the step of the save to show, by default the last.
        without: The settings, by their names, that a picture in it does not have.
        why_not: Returns why it cannot be written here, and what to do; "" if it can.
    """

    ending: str
    title: str
    shows: Shows
    write: Writer
    without: tuple[str, ...] = ()
    why_not: Callable[[], str] = lambda: ""


def _film(
    ending: str, title: str, begin: Callable[[Path, FilmFacts], Film], why_not: Callable[[], str] = lambda: ""
) -> RunFormat:
    return RunFormat(
        ending=ending,
        title=title,
        shows=Shows.EVERY_SAVE_MOVING,
        why_not=why_not,
        write=lambda run, path, settings, _: write_animation(run, path, settings, begin),
    )


def _drawing(ending: str) -> RunFormat:
    return RunFormat(
        ending=ending,
        title="Drawing",
        shows=Shows.ONE_SAVE,
        without=("size",),
        write=lambda run, path, settings, step: write_vector_figure(run, path, step, settings),
    )


def _numbers(
    ending: str, title: str, write: Callable[[RecordedRun, Path], Generator[float, None, Exported]]
) -> RunFormat:
    return RunFormat(ending=ending, title=title, shows=Shows.NUMBERS, write=lambda run, path, *_: write(run, path))


_ALL = (
    RunFormat(
        ending=".png",
        title="Picture",
        shows=Shows.ONE_SAVE,
        write=lambda run, path, settings, step: write_grid(run, path, step, settings),
    ),
    _film(".gif", "Animation", GifFile),
    _film(".webp", "Animation, lossless", WebpFile),
    _film(".apng", "Animation", ApngFile),
    _film(".mp4", "Film", Mp4File, why_no_video),
    _drawing(".svg"),
    _drawing(".pdf"),
    _numbers(".npz", "Every save and the found images as arrays", write_arrays),
    _numbers(".csv", "Every save as table", write_csv),
    _numbers(".json", "Every save as JSON", write_json),
    RunFormat(
        ending="",
        title="A folder of single images",
        shows=Shows.ONE_SAVE,
        without=("what", "title", "captions", "size"),
        write=lambda run, path, settings, step: write_tiles(run, path, step, settings.scale),
    ),
)

FORMATS = {entry.ending: entry for entry in _ALL}
"""By ending, in the order they are offered."""

FILE_FORMATS = tuple(entry for entry in _ALL if entry.ending)


def format_of(path: Path, what: str = "The path of an export") -> RunFormat:
    """Returns the format for `path` by its ending; `what` names the path in the error message.

    Raises:
        ExportError: There is no such format.
    """
    found = FORMATS.get(path.suffix.lower())
    if found is None:
        endings = ", ".join(entry.ending for entry in FILE_FORMATS)
        raise ExportError(f"{what} must end in one of {endings}, or be a folder; received {path.name}.")
    return found


def export_run(
    run: RecordedRun, path: Path, settings: ExportSettings, step: int | None = None
) -> Generator[float, None, Exported]:
    """Writes `run` to `path`, whole or not at all; yields the share done, 0 to 1, and returns what was written.

    Closing the generator cancels and leaves nothing behind.

    Args:
        run: The run, finished or not; its saves are read one by one.
        path: Replaced if it exists; its ending selects the format, see `FORMATS`.
        settings: How pictures and animations are drawn.
        step: The step of the save to show, if only one; by default the last.

    Raises:
        LabError: The ending is unknown, or the run cannot be exported this way.
        OSError: The file cannot be written.
    """
    return format_of(path).write(run, path, settings, step)
