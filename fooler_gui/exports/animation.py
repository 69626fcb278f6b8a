"""A run as an animation, frame by frame."""

from __future__ import annotations

from collections.abc import Callable, Generator
from pathlib import Path

from fooler_gui.core.export_settings import ExportSettings
from fooler_gui.core.files import written_whole
from fooler_gui.exports.exported import Exported
from fooler_gui.exports.film import Film, FilmFacts
from fooler_gui.exports.frames import FrameArtist
from fooler_gui.exports.recorded_run import RecordedRun
from fooler_gui.exports.timing import frame_seconds, frames_per_second


def write_animation(
    run: RecordedRun, path: Path, settings: ExportSettings, begin: Callable[[Path, FilmFacts], Film]
) -> Generator[float, None, Exported]:
    """Writes `run` as the animation `path`, whole or not at all; yields the share done, 0 to 1.

    Saves are read one by one; if there are more than `settings.frames`, that many of them, evenly spread, with the
    first and the last. Closing the generator cancels.

    Args:
        run: The run to show.
        path: Replaced if it exists.
        settings: What is shown, how large and how fast.
        begin: Opens the file.

    Raises:
        LabError: The frames would be too big, or too many for the seconds wanted; a save is damaged; or `begin` needs
            a missing program.
        OSError: The file cannot be written; nothing is left behind.
    """
    places = run.places(settings.frames).tolist()
    artist = FrameArtist(run.shot(len(run) - 1), settings, moving=True)
    facts = FilmFacts(
        size=artist.size,
        mode=artist.mode,
        fps=frames_per_second(len(places), settings),
        frames=len(places),
        provenance=run.provenance(),
    )
    times = frame_seconds(len(places), settings)
    with written_whole(path) as unfinished:
        film = begin(unfinished, facts)
        try:
            for done, (place, seconds) in enumerate(zip(places, times, strict=True)):
                yield done / len(places)
                film.add(artist.draw(run.shot(place)), seconds)
            film.close()
        finally:
            film.let_go()
    return Exported(saves=len(places), of=len(run), size=artist.size)
