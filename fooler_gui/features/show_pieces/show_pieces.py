"""Carries out show-pieces: starts each of their runs and retrainings once the one before it has ended."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QTimer, Slot

from fooler_gui.core.errors import LabError
from fooler_gui.core.lab_state import LabState
from fooler_gui.core.run_setup import RunSetup
from fooler_gui.core.settings import MAXIMUM_SEED
from fooler_gui.features.show_pieces.caption_bar import CaptionBar
from fooler_gui.features.show_pieces.show_piece import (
    Part,
    Result,
    Retraining,
    Run,
    Scene,
    ShowPiece,
    plain_setup,
    scene_of,
    sentence_case,
)
from fooler_gui.session.controller import Controller
from fooler_gui.session.found_images import RUN
from fooler_gui.session.model import SessionModel
from fooler_gui.session.run_view import RunView
from fooler_gui.session.start_file import StartFile

_NOTHING_FOUND = "No image is over the threshold, so there is nothing to retrain with."


class ShowPieces(QObject):
    """Carries out one show-piece at a time. Main thread only.

    The person's own set-up is put back when a show-piece has ended or was stopped.

    Args:
        parent: Owner.
        model: The session's model.
        controller: Starts runs and retrainings.
        bar: Shows what to watch.
        compare: Shows the runs in two folders side by side.
        inspect: Shows the inspector.
        show_retraining: Shows the panel of retraining.
        start_file: Makes an image the start of the next run.
    """

    def __init__(
        self,
        parent: QObject,
        model: SessionModel,
        controller: Controller,
        bar: CaptionBar,
        compare: Callable[[str, str], object],
        inspect: Callable[[], object],
        show_retraining: Callable[[], object],
        start_file: StartFile,
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._controller = controller
        self._bar = bar
        self._compare = compare
        self._inspect = inspect
        self._show_retraining = show_retraining
        self._start_file = start_file
        self._piece: ShowPiece | None = None
        self._scene: Scene | None = None
        self._own = RunSetup()
        self._place = 0
        self._runs: list[RunView] = []
        self._run_before: RunView | None = None
        self._awaits_end = False
        bar.close_requested.connect(self._on_close_requested)
        model.state_changed.connect(self._on_state_changed)

    @property
    def is_going(self) -> bool:
        """Whether a show-piece is in progress."""
        return self._piece is not None

    def start(self, piece: ShowPiece) -> None:
        """Starts `piece` if the lab is ready for it."""
        scene = scene_of(self._model)
        if self.is_going or scene is None or self._model.state is not LabState.READY or piece.why_not(scene):
            return
        self._piece, self._scene, self._own = piece, scene, self._model.present_setup()
        self._place, self._runs = 0, []
        self._begin_part()

    @Slot()
    def stop(self) -> None:
        """Stops the show-piece in progress, with what it is doing."""
        if not self.is_going:
            return
        self._piece = None
        self._bar.hide()
        if self._model.state.stoppable:
            self._controller.stop()
        else:
            self.restore_setup()

    def restore_setup(self) -> None:
        """Puts the person's own set-up back if a show-piece has changed it."""
        own, self._own = self._own, RunSetup()
        if self._scene is not None:
            self._scene = None
            self._model.change_setup(start=own.start)  # first, as a start that is a picture changes the descent
            names = ("labels", "rng_seed", "coefficients", *plain_setup())
            self._model.change_setup(**{name: getattr(own, name) for name in names})

    @Slot()
    def _on_close_requested(self) -> None:
        if self.is_going:
            self.stop()
        else:
            self._bar.hide()

    def _begin_part(self) -> None:
        assert self._piece is not None
        assert self._scene is not None
        part, count = self._piece.parts[self._place], len(self._piece.parts)
        place = f"{self._place + 1} of {count}" if count > 1 else ""
        self._bar.show_caption(sentence_case(self._piece.title(self._scene)), part.caption(self._scene), place)
        self._awaits_end, self._run_before = True, self._model.run
        try:
            self._begin(part, self._scene)
        except LabError as error:
            self._model.refuse(str(error))
        if not self._model.state.busy:
            self._abandon()

    def _begin(self, part: Part, scene: Scene) -> None:
        if isinstance(part, Run):
            self._begin_run(part, scene)
        elif self._model.found.count(RUN):
            self._show_retraining()
            self._controller.retrain(part.settings, RUN)
        else:
            raise LabError(_NOTHING_FOUND)

    def _begin_run(self, run: Run, scene: Scene) -> None:
        model = self._model
        changes: dict[str, Any] = plain_setup() | dict(run.changes(scene))
        changes["rng_seed"] = (self._own.rng_seed + run.seed_offset) % (MAXIMUM_SEED + 1)
        if run.from_image:
            del changes["start"]
            if not self._start_file.keep(scene.start_image(), scene.classifier.label_names[scene.other]):
                return
        model.change_setup(**changes)
        assert model.classifier is not None
        self._controller.run(model.present_setup().spec(model.classifier.path))

    @Slot()
    def _on_state_changed(self) -> None:
        if self._model.state.busy:
            if not self.is_going:
                self._bar.hide()  # what it says is of what was done before
            return
        if not self.is_going:
            self.restore_setup()
        elif self._awaits_end:
            self._awaits_end = False
            QTimer.singleShot(0, self, self._on_part_ended)  # once every view has seen the end

    @Slot()
    def _on_part_ended(self) -> None:
        piece, model = self._piece, self._model
        if piece is None:
            return
        part = piece.parts[self._place]
        if isinstance(part, Retraining) and model.retraining is not None and model.retraining.awaits_decision:
            self._awaits_end = True
            self._controller.keep_candidate()
            return
        if not self._has_result(part):
            self._abandon()
            return
        if isinstance(part, Run) and model.run is not None:
            self._runs.append(model.run)
        self._place += 1
        if self._place < len(piece.parts):
            self._begin_part()
        else:
            self._finish(piece)

    def _has_result(self, part: Part) -> bool:
        model = self._model
        if isinstance(part, Run):
            return model.run is not None and model.run is not self._run_before and model.run.finished is not None
        finished = None if model.retraining is None else model.retraining.finished
        in_use = model.classifier
        return finished is not None and in_use is not None and in_use.sha256 == finished.candidate.sha256

    def _abandon(self) -> None:
        """Ends a show-piece that cannot go on; the error bar says why."""
        self._piece = None
        self._bar.hide()
        self.restore_setup()

    def _finish(self, piece: ShowPiece) -> None:
        assert self._scene is not None
        scene, model = self._scene, self._model
        self._piece = None
        self.restore_setup()
        closing = piece.closing(scene, [_result(run) for run in self._runs])
        self._bar.show_caption(sentence_case(piece.title(scene)), closing, going=False)
        if piece.opens == "comparison":
            self._compare(self._runs[0].folder, self._runs[-1].folder)
        elif piece.opens == "inspector" and model.run is not None and model.shown is not None:
            model.select(model.run.looked_at(model.shown))
            self._inspect()


def _result(run: RunView) -> Result:
    save = run.newest
    return Result(0, 0, 0) if save is None else Result(int(save.done.sum()), save.done.size, save.step)
