"""A run as an animation: GIF, APNG, WebP or MP4, by the ending of the file."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from PIL import Image

from fooler_gui.core.export_settings import ExportSettings
from fooler_gui.core.files import written_whole
from fooler_gui.exports.apng_file import ApngFile
from fooler_gui.exports.exported import Exported
from fooler_gui.exports.frames import FrameArtist
from fooler_gui.exports.gif_file import GifFile
from fooler_gui.exports.mp4_file import Mp4File
from fooler_gui.exports.provenance import picture_texts
from fooler_gui.exports.recorded_run import RecordedRun
from fooler_gui.exports.webp_file import WebpFile

ANIMATIONS = (".gif", ".apng", ".webp", ".mp4")

_LAST_SECONDS = 1.5
"""So long the last frame stays before the animation begins again."""


class _Film(Protocol):
    def add(self, frame: Image.Image, seconds: float) -> None: ...

    def close(self) -> None: ...


def write_animation(run: RecordedRun, path: Path, settings: ExportSettings) -> Generator[float, None, Exported]:
    """Writes `run` as the animation `path`, whole or not at all; yields the share done, 0 to 1.

    Saves are read one by one; where there are more than `settings.frames`, so many of them, evenly spread, with the
    first and the last. To close the generator is to cancel.

    Raises:
        LabError: The frames would be too big, a save is damaged, or there is no FFmpeg for an ``.mp4`` file.
        OSError: The file cannot be written; nothing is left behind.
    """
    places = run.places(settings.frames).tolist()
    artist = FrameArtist(run, settings.scale)
    with written_whole(path) as unfinished, _begun(unfinished, run, artist, settings.fps, len(places)) as film:
        for done, place in enumerate(places):
            yield done / len(places)
            seconds = 1 / settings.fps
            film.add(artist.draw(run.save(place)), max(seconds, _LAST_SECONDS) if place == places[-1] else seconds)
    return Exported(saves=len(places), of=len(run), size=artist.size)


@contextmanager
def _begun(path: Path, run: RecordedRun, artist: FrameArtist, fps: int, frames: int) -> Iterator[_Film]:
    provenance = run.provenance()
    text = provenance.to_text()
    if path.suffix.lower() == ".mp4":
        video = Mp4File(path, artist.size, artist.mode, fps, text)
        try:
            yield video
            video.close()
        finally:
            video.let_go()
        return
    with path.open("wb") as file:
        film: _Film
        match path.suffix.lower():
            case ".gif":
                film = GifFile(file, artist.size, artist.mode, text)
            case ".apng":
                film = ApngFile(file, artist.size, artist.mode, frames, picture_texts(provenance))
            case _:
                film = WebpFile(file, artist.size, text)
        yield film
        film.close()
