"""Draws previews of exports in the background: the very frame that would be written."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from fooler_gui.core.errors import LabError
from fooler_gui.core.export_settings import ExportSettings
from fooler_gui.core.path_text import path_of
from fooler_gui.exports.frames import FrameArtist
from fooler_gui.exports.recorded_run import RecordedRun
from fooler_gui.exports.run_export import RunFormat, Shows
from fooler_gui.exports.shot import Shot
from fooler_gui.exports.timing import frame_seconds
from fooler_gui.exports.vector import write_vector_figure
from fooler_gui.session.background import Background
from fooler_gui.widgets.pictures import to_qimage

_LARGEST = 1_600
"""The longest side of what is kept for the screen, in pixels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportSource:
    """What is exported.

    Attributes:
        folder: The run's record.
        shot: The save on screen; None for the last one on disk.
        texts: What a picture of that save carries.
    """

    folder: str
    shot: Shot | None = None
    texts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewWish:
    """What is to be drawn: a format, its settings, and which frame of an animation."""

    form: RunFormat
    settings: ExportSettings
    frame: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Preview:
    """What would be written.

    Attributes:
        wish: What was asked for.
        shot: The save shown; None if nothing can be drawn of it.
        image: The picture, perhaps smaller than it will be; null for numbers.
        size: Its real (width, height) in pixels.
        seconds: How long each frame of an animation is shown; empty for anything else.
        saves: The number of saves in the run.
        problem: Why it could not be drawn; "" if it was.
    """

    wish: PreviewWish
    shot: Shot | None = None
    image: QImage = field(default_factory=QImage)
    size: tuple[int, int] = (0, 0)
    seconds: tuple[float, ...] = ()
    saves: int = 0
    problem: str = ""


class PreviewDrawer(QObject):
    """Draws the latest wish as soon as the one before is drawn. Main thread only.

    Args:
        parent: Owner.

    Signals:
        preview_changed: (object) A `Preview` of the present source.
    """

    preview_changed = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._background = Background(self)
        self._studio: _Studio | None = None
        self._wanted: PreviewWish | None = None
        self._drawing: PreviewWish | None = None
        self._background.problem_changed.connect(self._on_failed)

    def begin(self, source: ExportSource) -> None:
        """Draws `source` from now on."""
        self.finish()
        self._studio = _Studio(source, self._background)

    def ask(self, wish: PreviewWish) -> None:
        """Draws `wish`, unless another one follows before that has begun."""
        self._wanted = wish
        if self._studio is not None:
            self._studio.is_outdated = True
        self._draw_next()

    def finish(self) -> None:
        """Draws no more of the present source."""
        studio, self._studio, self._wanted = self._studio, None, None
        if studio is not None:
            studio.is_outdated = True
            self._background.do(studio.close, lambda _none: None)

    def close(self) -> None:
        """Ends the drawing for good."""
        self.finish()
        self._background.end()

    def _draw_next(self) -> None:
        studio, wish = self._studio, self._wanted
        if studio is None or wish is None or self._drawing is not None:
            return
        self._wanted, self._drawing, studio.is_outdated = None, wish, False
        self._background.do(lambda: studio.draw(wish), lambda preview: self._on_drawn(studio, preview))

    def _on_drawn(self, studio: _Studio, preview: Preview | None) -> None:
        self._drawing = None
        if preview is not None and studio is self._studio:
            self.preview_changed.emit(preview)
        self._draw_next()

    def _on_failed(self, sentence: str) -> None:
        wish, self._drawing = self._drawing, None
        if wish is not None:
            self.preview_changed.emit(Preview(wish=wish, problem=sentence))
        self._draw_next()


class _Studio:
    """Draws one source, in the background.

    Attributes:
        is_outdated: Set by the main thread once what is being drawn is no longer wanted.
    """

    def __init__(self, source: ExportSource, background: Background) -> None:
        self.is_outdated = False
        self._source = source
        self._background = background
        self._run: RecordedRun | None = None
        self._shot = source.shot
        self._artist: FrameArtist | None = None
        self._artist_for: object = None

    def draw(self, wish: PreviewWish) -> Preview | None:
        """Returns the preview for `wish`; None if it was given up."""
        try:
            return self._draw(wish)
        except (LabError, OSError) as error:
            return Preview(wish=wish, shot=self._shot, problem=str(error))

    def close(self) -> None:
        """Closes the run's record."""
        if self._run is not None:
            self._run.close()
        self._run = None

    def _recorded(self) -> RecordedRun:
        if self._run is None:
            self._run = RecordedRun(path_of(self._source.folder))
        return self._run

    def _draw(self, wish: PreviewWish) -> Preview | None:
        if wish.form.shows is Shows.NUMBERS:
            return Preview(wish=wish, saves=len(self._recorded()))
        if wish.form.shows is Shows.EVERY_SAVE_MOVING:
            return self._draw_frame(wish)
        shot = self._shot = self._source.shot or self._recorded().shot(len(self._recorded()) - 1)
        if "size" in wish.form.without:
            return self._draw_vector(wish, shot)
        picture = FrameArtist(shot, wish.settings).draw(shot)
        return Preview(wish=wish, shot=shot, image=_for_screen(picture), size=picture.size, saves=1)

    def _draw_frame(self, wish: PreviewWish) -> Preview:
        run = self._recorded()
        self._shot = self._shot or run.shot(len(run) - 1)
        places = run.places(wish.settings.frames).tolist()
        seconds = frame_seconds(len(places), wish.settings)
        if self._artist is None or self._artist_for != wish.settings:
            self._artist = FrameArtist(run.shot(len(run) - 1), wish.settings, moving=True)
            self._artist_for = wish.settings
        shot = run.shot(places[min(wish.frame, len(places) - 1)])
        picture = self._artist.draw(shot)
        return Preview(
            wish=wish, shot=shot, image=_for_screen(picture), size=picture.size, seconds=tuple(seconds), saves=len(run)
        )

    def _draw_vector(self, wish: PreviewWish, shot: Shot) -> Preview | None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "preview.svg"
            with closing(write_vector_figure(self._recorded(), path, shot.save.step, wish.settings)) as steps:
                for _ in steps:
                    if self.is_outdated or self._background.ended.is_set():
                        return None
            drawing = QSvgRenderer(str(path))
        size = drawing.viewBox().size()
        image = QImage(
            size.scaled(QSize(_LARGEST, _LARGEST), Qt.AspectRatioMode.KeepAspectRatio), QImage.Format.Format_RGB32
        )
        image.fill(0xFFFFFFFF)
        with QPainter(image) as painter:
            drawing.render(painter)
        return Preview(wish=wish, shot=shot, image=image, size=size.toTuple(), saves=1)


def _for_screen(picture: Image.Image) -> QImage:
    if max(picture.size) > _LARGEST:
        picture = picture.copy()
        picture.thumbnail((_LARGEST, _LARGEST))
    return to_qimage(picture)
