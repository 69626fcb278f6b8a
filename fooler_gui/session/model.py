"""The one owner of the session's state: what the lab is doing, the next run's set-up, classifier, run on screen.

Views read the model, never each other. Each binds one `synchronise` to the signals that it needs; it is also called
once at the beginning, so that views can be made late. The order of connections does not matter, because the model is
changed before a signal is emitted.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, Signal, SignalInstance

from fooler_gui.core.classifier_info import ClassifierInfo
from fooler_gui.core.dataset_info import DatasetInfo
from fooler_gui.core.errors import LabError
from fooler_gui.core.inspection import Inspection, Opinions
from fooler_gui.core.lab_state import LabState
from fooler_gui.core.messages import (
    GuaranteeMade,
    HonestyChecked,
    LayersDescribed,
    LeastChangeFound,
    StronglyAttacked,
    Working,
    WorstImages,
)
from fooler_gui.core.run_setup import RunSetup
from fooler_gui.core.run_spec import RunSpec
from fooler_gui.core.save import Save
from fooler_gui.core.transfer import TransferReport
from fooler_gui.records.speeds import Speeds
from fooler_gui.session.found_images import RUN, FoundImages
from fooler_gui.session.run_view import RunView
from fooler_gui.session.work_views import EvaluationView, RetrainingView, RoundsView, TrainingView

_Item = TypeVar("_Item")


class SessionModel(QObject):
    """The session's state. Main thread only.

    Args:
        parent: Owner.
        speeds: The measured speeds of this machine; None to measure anew.

    Attributes:
        state: What the lab is doing.
        status: A sentence on what is happening.
        problem: An error or a warning and its details, until it is dismissed; both "" for none.
        progress: Progress of long work, 0 to 1; None if unknown.
        machine: What the engine computes on, as run files record it; empty until it is loaded.
        classifier: The classifier in use; None before there is one.
        dataset: The dataset in use; None before it is read.
        examples: (K, H, W, C) uint8, an image of each of its first classes; K may be 0.
        former: The previous classifier, if it can be put back in use.
        layers: The layers that the classifier in use can record, once they were asked for.
        layer_times: The milliseconds that each adds to a step, as far as they were measured, by name.
        setup: The set-up of the next run.
        run: The run on screen; None before the first one.
        starting: A run that has begun but has no save yet; the previous run stays on screen until then.
        working: What the work under way is doing before its first result; None if it has not said so.
        working_words: The same in words, with the time left once that can be told.
        awaits_change: Whether coefficients or settings have been changed that no step has used yet.
        inspection: The newest inspection of an image.
        opinions: The newest second opinions on an image of the run on screen, asked for while the engine is idle.
        found: The found images of all runs.
        training: The latest training; None before the first, like the following.
        retraining: The latest retraining.
        rounds: The rounds made or opened last.
        checked: The latest honesty checks.
        attacked: The latest strongest attack.
        evaluation: The latest evaluation.
        least_change: What the latest search for the least change has found so far.
        guarantee: The classifier with a guarantee that was made last.
        speeds: The measured speeds of this machine.
        worst_images: The training images in which the classifier in use has least confidence, as last requested.
        other_nets: The classifiers that are open beside the one in use.
        transfer: What the nets last said of images; None before they were asked.

    Signals:
        state_changed: (LabState) The new state of the lab.
        status_changed: (str) The new sentence on what is happening.
        problem_changed: There is an error or a warning, or it was dismissed.
        progress_changed: The progress of long work.
        working_changed: What the work under way is doing.
        classifier_changed: The classifier in use, or the former one.
        dataset_changed: The dataset in use.
        layers_changed: The layers were described, or one was measured.
        output_requested: (tuple of str) A classifier could not be opened, as one of these outputs must be chosen.
        setup_requested: The set-up is about to be used: text that is still being typed must be applied.
        setup_changed: (frozenset of str) The changed fields of the set-up.
        run_changed: Another run is on screen, or a run began or ended.
        saves_changed: (list of Save) New saves of the run on screen, oldest first.
        cursor_changed: Another save of the run is on screen.
        selection_changed: Another slot is selected.
        inspection_changed: There is a newer inspection.
        opinions_changed: There are newer second opinions, or they could not be given.
        found_changed: The number of found images.
        training_changed: The training progressed or ended.
        retraining_changed: The retraining progressed or ended, or its classifier was kept or discarded.
        rounds_changed: Rounds began, progressed or were opened.
        honesty_changed: Honesty checks were made.
        attacked_changed: The strongest attack was made.
        evaluation_changed: The evaluation began, progressed or ended.
        least_change_changed: The search for the least change found something.
        guarantee_changed: A classifier with a guarantee was made.
        worst_images_changed: The worst images were found.
        other_nets_changed: Other classifiers are open beside the one in use.
        transfer_changed: The nets were asked about images.
        speeds_changed: A part of long work was timed.
    """

    state_changed = Signal(object)
    status_changed = Signal(str)
    problem_changed = Signal()
    progress_changed = Signal()
    working_changed = Signal()
    classifier_changed = Signal()
    dataset_changed = Signal()
    layers_changed = Signal()
    output_requested = Signal(object)
    setup_requested = Signal()
    setup_changed = Signal(object)
    run_changed = Signal()
    saves_changed = Signal(object)
    cursor_changed = Signal()
    selection_changed = Signal()
    inspection_changed = Signal()
    opinions_changed = Signal()
    found_changed = Signal()
    training_changed = Signal()
    retraining_changed = Signal()
    rounds_changed = Signal()
    honesty_changed = Signal()
    attacked_changed = Signal()
    evaluation_changed = Signal()
    least_change_changed = Signal()
    guarantee_changed = Signal()
    worst_images_changed = Signal()
    other_nets_changed = Signal()
    transfer_changed = Signal()
    speeds_changed = Signal()

    def __init__(self, parent: QObject | None = None, speeds: Speeds | None = None) -> None:
        super().__init__(parent)
        self.speeds = speeds or Speeds()
        self.state = LabState.STARTING
        self.status = ""
        self.problem = ("", "")
        self.progress: float | None = None
        self.machine: Mapping[str, str] = {}
        self.classifier: ClassifierInfo | None = None
        self.former: ClassifierInfo | None = None
        self.dataset: DatasetInfo | None = None
        self.layers: LayersDescribed | None = None
        self.layer_times: dict[str, float] = {}
        self.examples: npt.NDArray[np.uint8] = np.empty((0, 1, 1, 1), np.uint8)
        self.setup = RunSetup()
        self.run: RunView | None = None
        self.starting: RunSpec | None = None
        self.working: Working | None = None
        self.working_words = ""
        self.awaits_change = False
        self.inspection: Inspection | None = None
        self.opinions: Opinions | None = None
        self.found = FoundImages()
        self.training: TrainingView | None = None
        self.retraining: RetrainingView | None = None
        self.rounds: RoundsView | None = None
        self.checked: HonestyChecked | None = None
        self.attacked: StronglyAttacked | None = None
        self.evaluation: EvaluationView | None = None
        self.least_change: LeastChangeFound | None = None
        self.guarantee: GuaranteeMade | None = None
        self.worst_images: WorstImages | None = None
        self.other_nets: tuple[ClassifierInfo, ...] = ()
        self.transfer: TransferReport | None = None

    @property
    def run_is_active(self) -> bool:
        """Whether a run is running or paused."""
        return self.state in (LabState.BACKWORKING, LabState.PAUSED)

    @property
    def lacks_dataset(self) -> bool:
        """Whether the classifier in use is used without a dataset."""
        return self.dataset is not None and not self.dataset.has_images

    @property
    def shown(self) -> Save | None:
        """The save on screen, or None."""
        return None if self.run is None else self.run.shown

    @property
    def preparing(self) -> str:
        """What is being prepared before the first save of a run that begins; "" if nothing takes long."""
        return self.working_words if self.starting is not None and self.working is not None else ""

    @property
    def newest(self) -> Save | None:
        """The newest save of the run on screen, or None."""
        return None if self.run is None else self.run.newest

    @property
    def run_is_of_another(self) -> bool:
        """Whether the run on screen was made with a classifier other than the one in use."""
        return (
            self.run is not None
            and self.classifier is not None
            and self.run.classifier.sha256 != self.classifier.sha256
        )

    def may_inspect(self, save: Save, label: int, slot: int) -> bool:
        """Returns whether the idle engine can inspect an image of `save` with the classifier in use."""
        is_there = label in save.labels and 0 <= slot < save.images.shape[1]
        taker = self.classifier if is_there and self.state is LabState.READY else None
        return taker is not None and taker.takes(save.images.shape[2:], label)

    def set_state(self, state: LabState) -> None:
        """Changes the lab's state. When work begins, an earlier problem is dismissed."""
        begins = state.busy and not self.state.busy
        self.state = state
        if begins:
            self.dismiss_problem()
        if not state.busy:
            self.progress = self.working = None
        self.state_changed.emit(state)

    def tell(self, sentence: str) -> None:
        """Says what is happening."""
        self.status = sentence
        self.status_changed.emit(sentence)

    def tell_done(self, sentence: str) -> None:
        """Says that something was done, and dismisses an earlier problem."""
        self.dismiss_problem()
        self.tell(sentence)

    def report(self, sentence: str, details: str = "") -> None:
        """Shows an error or a warning until it is dismissed."""
        self.problem = sentence, details
        self.problem_changed.emit()

    def refuse(self, sentence: str) -> None:
        """Says why something was not done."""
        self.report(sentence)
        self.tell(sentence)

    def dismiss_problem(self) -> None:
        """Dismisses the problem."""
        if self.problem[0]:
            self.problem = "", ""
            self.problem_changed.emit()

    def set_progress(self, fraction: float | None) -> None:
        """Sets the progress of long work; see `progress`."""
        self.progress = fraction
        self.progress_changed.emit()

    def change_setup(self, **changes: Any) -> None:
        """Changes fields of the set-up of the next run."""
        names = frozenset(name for name, value in changes.items() if value != getattr(self.setup, name))
        if names:
            self.setup = dataclasses.replace(self.setup, **changes)
            self.setup_changed.emit(names)

    def present_setup(self) -> RunSetup:
        """Returns the set-up of the next run, including text that is still being typed."""
        self.setup_requested.emit()
        return self.setup

    def set_dataset(self, dataset: DatasetInfo, examples: npt.NDArray[np.uint8]) -> None:
        """Changes the dataset in use; see `examples`."""
        self.dataset, self.examples = dataset, examples
        self.dataset_changed.emit()

    def set_classifier(self, classifier: ClassifierInfo | None, former: ClassifierInfo | None) -> None:
        """Changes the classifier in use, or the former one."""
        if classifier != self.classifier:
            self.inspection = self.opinions = None
        if self.classifier is None or classifier is None or not classifier.is_same_net(self.classifier):
            self.layers, self.layer_times = None, {}
        self.classifier, self.former = classifier, former
        self.classifier_changed.emit()

    def set_other_nets(self, nets: tuple[ClassifierInfo, ...]) -> None:
        """Changes which classifiers are open beside the one in use; second opinions are asked for anew."""
        self.other_nets = nets
        self.opinions = None
        self.other_nets_changed.emit()

    def show_run(self, run: RunView) -> None:
        """Shows `run`, which has at least one save, and closes the previous one; its selection stays if it can."""
        self.found.follow(run)
        if self.run is not None:
            run.select(self.run.selected)
            run.repeats = (run.spec, run.classifier.sha256) == (self.run.spec, self.run.classifier.sha256)
            self.run.close()
        self.run, self.starting, self.working = run, None, None
        self.inspection = self.opinions = None
        self.run_changed.emit()
        self.found_changed.emit()

    def add_saves(self, saves: Sequence[Save]) -> None:
        """Adds saves, at least one, to the run on screen."""
        assert self.run is not None, "saves belong to a run on screen"
        found = self.found.count(RUN)
        self.run.add(saves)
        self.saves_changed.emit(saves)
        if self.found.count(RUN) != found:
            self.found_changed.emit()

    def look_at(self, place: int | None) -> None:
        """Shows the save at `place`; None follows the newest. Reports a save that cannot be read."""
        if self.run is None or (place is None and self.run.cursor is None):
            return
        try:
            self.run.look_at(place)
        except LabError as error:
            self.tell(str(error))
        else:
            self.cursor_changed.emit()

    def select(self, selected: tuple[int, int] | None) -> None:
        """Selects the slot (label, slot) of the run on screen."""
        if self.run is not None and self.run.select(selected):
            self.selection_changed.emit()

    def close(self) -> None:
        """Closes the run on screen."""
        if self.run is not None:
            self.run.close()


def bind(synchronise: Callable[[], None], *signals: SignalInstance) -> None:
    """Calls `synchronise`, which updates a view from the model, now and on each of `signals`."""
    for signal in signals:
        signal.connect(synchronise)
    synchronise()


class NewItems:
    """Tracks which items of a growing list a view has not received yet."""

    def __init__(self) -> None:
        self._owner: object = None
        self._count = 0

    def is_new(self, owner: object) -> bool:
        """Returns whether `owner` differs from that of the last call; then none of its items counts as received."""
        if owner is self._owner:
            return False
        self._owner, self._count = owner, 0
        return True

    def of(self, items: Sequence[_Item]) -> list[_Item]:
        """Returns the items since the last call."""
        news = list(items[self._count :])
        self._count = len(items)
        return news
