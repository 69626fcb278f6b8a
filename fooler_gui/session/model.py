"""The one owner of what the lab is about: what it does, the set-up of the next run, the classifier, the run on screen.

Views read it and never each other. A view binds with one `synchronise`, which is connected to the signals that it needs
and called once at the beginning, so that a view which is made late is filled, and the order of connections is nobody's
concern: whatever a signal tells is in the model before it is emitted.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal, SignalInstance

from fooler_gui.core.errors import LabError
from fooler_gui.core.lab_state import LabState
from fooler_gui.core.messages import ClassifierInfo, HonestyChecked, Inspection, Save, Working, WorstImages
from fooler_gui.core.run_setup import RunSetup
from fooler_gui.core.run_spec import RunSpec
from fooler_gui.session.found_images import FoundImages
from fooler_gui.session.run_view import RunView
from fooler_gui.session.work_views import EvaluationView, RetrainingView, RoundsView, TrainingView

_Item = TypeVar("_Item")


class SessionModel(QObject):
    """What the lab is about. Main thread only.

    Attributes:
        state: What the lab is doing.
        status: A sentence on what is happening.
        problem: What went wrong or should be known, and details of it, until it is dismissed; both "" for nothing.
        progress: How far long work has come, 0 to 1, or None where that cannot be told.
        classifier: The one in use, once there is one.
        dataset_sha256: Of the dataset in use, in hexadecimal; "" before there is a classifier.
        former: The one before it, if it can be put back in use.
        setup: What the next run will be made with.
        run: The run on screen; None before the first one.
        coming: A run that has begun and has no save yet; the one before it stays on screen until it has.
        working: What goes on before that first save.
        awaits_change: Whether coefficients or settings were changed that no step has been made with yet.
        inspection: The newest closer look at an image.
        found: The found images of all runs.
        training: The latest training; None before the first one, as with the others.
        retraining: The latest retraining.
        rounds: The rounds that were made or opened last.
        checked: The honesty checks that were made last.
        evaluation: The latest evaluation.
        worst_images: The training images that the classifier in use is least sure of, as they were asked for last.

    Signals:
        state_changed: (LabState) The lab is in another state.
        status_changed: (str) The sentence on what is happening.
        problem_changed: Something went wrong, should be known, or was dismissed.
        progress_changed: Of the work that goes on.
        working_changed: (Working) Something that takes a while goes on.
        classifier_changed: The classifier in use, or the former one.
        setup_requested: The set-up is about to be used: what a person is still typing is to be put in.
        setup_changed: (frozenset of str) These fields of the set-up of the next run.
        run_changed: Another run is on screen, begins, or ended.
        saves_changed: (list of Save) The run on screen has these further ones, the oldest first.
        cursor_changed: Another save of the run is looked at.
        selection_changed: Another slot is looked at.
        inspection_changed: There is a newer closer look.
        found_changed: How many images were found.
        training_changed: The training went on or ended.
        retraining_changed: The retraining went on or ended, or its classifier was kept or discarded.
        rounds_changed: Rounds began, went on, or were opened.
        honesty_changed: Honesty checks were made.
        evaluation_changed: The evaluation began, went on or ended.
        worst_images_changed: They were found.
    """

    state_changed = Signal(object)
    status_changed = Signal(str)
    problem_changed = Signal()
    progress_changed = Signal()
    working_changed = Signal(object)
    classifier_changed = Signal()
    setup_requested = Signal()
    setup_changed = Signal(object)
    run_changed = Signal()
    saves_changed = Signal(object)
    cursor_changed = Signal()
    selection_changed = Signal()
    inspection_changed = Signal()
    found_changed = Signal()
    training_changed = Signal()
    retraining_changed = Signal()
    rounds_changed = Signal()
    honesty_changed = Signal()
    evaluation_changed = Signal()
    worst_images_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.state = LabState.STARTING
        self.status = ""
        self.problem = ("", "")
        self.progress: float | None = None
        self.classifier: ClassifierInfo | None = None
        self.former: ClassifierInfo | None = None
        self.dataset_sha256 = ""
        self.setup = RunSetup()
        self.run: RunView | None = None
        self.coming: RunSpec | None = None
        self.working: Working | None = None
        self.awaits_change = False
        self.inspection: Inspection | None = None
        self.found = FoundImages()
        self.training: TrainingView | None = None
        self.retraining: RetrainingView | None = None
        self.rounds: RoundsView | None = None
        self.checked: HonestyChecked | None = None
        self.evaluation: EvaluationView | None = None
        self.worst_images: WorstImages | None = None

    @property
    def run_goes_on(self) -> bool:
        """Whether a run goes on, or waits in pause."""
        return self.state in (LabState.BACKWORKING, LabState.PAUSED)

    @property
    def shown(self) -> Save | None:
        """The save that is on screen; None where there is none."""
        return None if self.run is None else self.run.shown

    @property
    def newest(self) -> Save | None:
        """The newest save of the run on screen; None where there is none."""
        return None if self.run is None else self.run.newest

    @property
    def run_is_of_another(self) -> bool:
        """Whether the run on screen was made with another classifier than the one in use."""
        return (
            self.run is not None
            and self.classifier is not None
            and self.run.classifier.sha256 != self.classifier.sha256
        )

    def set_state(self, state: LabState) -> None:
        """Has the lab in another state. What went wrong before is dismissed when work begins."""
        begins = state.busy and not self.state.busy
        self.state = state
        if begins:
            self.dismiss_problem()
        if not state.busy:
            self.progress = None
        self.state_changed.emit(state)

    def tell(self, sentence: str) -> None:
        """Says what is happening."""
        self.status = sentence
        self.status_changed.emit(sentence)

    def tell_done(self, sentence: str) -> None:
        """Says that something was done; what went wrong before no longer counts."""
        self.dismiss_problem()
        self.tell(sentence)

    def report(self, sentence: str, details: str = "") -> None:
        """Says what went wrong or should be known, until it is dismissed."""
        self.problem = sentence, details
        self.problem_changed.emit()

    def refuse(self, sentence: str) -> None:
        """Says why something was not done."""
        self.report(sentence)
        self.tell(sentence)

    def dismiss_problem(self) -> None:
        """Says no more what went wrong."""
        if self.problem[0]:
            self.problem = "", ""
            self.problem_changed.emit()

    def set_progress(self, fraction: float | None) -> None:
        """Says how far the work that goes on has come."""
        self.progress = fraction
        self.progress_changed.emit()

    def change_setup(self, **changes: Any) -> None:
        """Changes fields of the set-up of the next run."""
        names = frozenset(name for name, value in changes.items() if value != getattr(self.setup, name))
        if names:
            self.setup = dataclasses.replace(self.setup, **changes)
            self.setup_changed.emit(names)

    def present_setup(self) -> RunSetup:
        """Returns the set-up of the next run, with what a person is still typing."""
        self.setup_requested.emit()
        return self.setup

    def set_classifier(self, classifier: ClassifierInfo, former: ClassifierInfo | None) -> None:
        """Has another classifier in use, or another one to go back to."""
        if self.classifier is None or classifier.sha256 != self.classifier.sha256:
            self.inspection = None
        self.classifier, self.former = classifier, former
        self.classifier_changed.emit()

    def show_run(self, run: RunView) -> None:
        """Has `run`, which has at least one save, on screen; the one before it is let go."""
        self.found.follow(run)
        if self.run is not None:
            self.run.close()
        self.run, self.coming, self.working, self.inspection = run, None, None, None
        self.run_changed.emit()
        self.found_changed.emit()

    def add_saves(self, saves: Sequence[Save]) -> None:
        """Adds further saves, at least one, to the run on screen."""
        assert self.run is not None, "saves are those of a run on screen"
        self.run.add(saves)
        self.saves_changed.emit(saves)
        self.found_changed.emit()

    def look_at(self, place: int | None) -> None:
        """Has the save at `place` of the run on screen; None follows the newest. What cannot be read is told."""
        if self.run is None or (place is None and self.run.cursor is None):
            return
        try:
            self.run.look_at(place)
        except LabError as error:
            self.tell(str(error))
        else:
            self.cursor_changed.emit()

    def select(self, selected: tuple[int, int] | None) -> None:
        """Has the slot (label, slot) of the run on screen looked at."""
        if self.run is not None and selected != self.run.selected:
            self.run.selected = selected
            self.selection_changed.emit()

    def close(self) -> None:
        """Lets the run on screen go."""
        if self.run is not None:
            self.run.close()


def bind(synchronise: Callable[[], None], *signals: SignalInstance) -> None:
    """Has `synchronise`, which brings a view up to date with the model, called now and at each of `signals`."""
    for signal in signals:
        signal.connect(synchronise)
    synchronise()


class News:
    """Which items of a list that grows a view has not been given yet."""

    def __init__(self) -> None:
        self._owner: object = None
        self._count = 0

    def is_new(self, owner: object) -> bool:
        """Tells whether `owner` is another one than at the last call; nothing of its lists was given then."""
        if owner is self._owner:
            return False
        self._owner, self._count = owner, 0
        return True

    def of(self, items: Sequence[_Item]) -> list[_Item]:
        """Returns the items that came since the last call."""
        news = list(items[self._count :])
        self._count = len(items)
        return news
