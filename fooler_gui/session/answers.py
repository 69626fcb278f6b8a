"""Turns the engine's answers into signals and into sentences on what is happening."""

from __future__ import annotations

from fooler_gui.core.lab_state import LabState
from fooler_gui.core.messages import (
    ClassifierInfo,
    ClassifierReady,
    DigitsEvaluated,
    EvaluationFinished,
    HonestyChecked,
    Inspection,
    JobEnded,
    JobFailed,
    Message,
    RecordingGoesOn,
    RecordingStalled,
    Remark,
    RetrainingFinished,
    RoundFinished,
    RoundsOpened,
    RunFinished,
    Save,
    SavesThinned,
    SetEvaluated,
    TrainingFinished,
    TrainingProgress,
    Working,
    WorstImages,
)
from fooler_gui.core.sentences import (
    accuracy_sentence,
    evaluation_sentence,
    finished_sentence,
    honesty_sentence,
    round_sentence,
    run_sentence,
    training_sentence,
)
from fooler_gui.session.closer_looks import CloserLooks
from fooler_gui.session.orders import LOOK, Orders
from fooler_gui.session.places import Places
from fooler_gui.session.signals import LabSignals
from fooler_gui.session.sitting import Sitting


class Answers:
    """Tells what the engine answers, and keeps what it says of classifiers, runs and rounds. Main thread only.

    Saves, progress and rounds are told in lists of as many as came together.

    Args:
        signals: Tell it.
        orders: That are answered.
        sitting: Gets the saves.
        looks: Get the answers to looks at rest.
        places: Get the folder of rounds that were opened, and back what an order left empty.

    Attributes:
        classifier: In use, once there is one.
        former: The one before it.
    """

    def __init__(
        self, signals: LabSignals, orders: Orders, sitting: Sitting, looks: CloserLooks, places: Places
    ) -> None:
        self._signals = signals
        self._orders = orders
        self._sitting = sitting
        self._looks = looks
        self._places = places
        self.classifier: ClassifierInfo | None = None
        self.former: ClassifierInfo | None = None
        self._outcome_is_told = True
        self._done_sentence = ""
        self._saves: list[Save] = []
        self._progress: list[TrainingProgress] = []
        self._rounds: list[RoundFinished] = []

    def await_outcome(self, done: str) -> None:
        """Expects the outcome of a new order.

        Args:
            done: What to say once it is done; "" for what the answers tell.
        """
        self._outcome_is_told, self._done_sentence = False, done

    def take(self) -> None:
        """Tells everything that came since the last time."""
        for envelope in self._orders.answers():
            if envelope.run_id == LOOK:
                self._looks.take(envelope.message)
                continue
            match envelope.message:
                case Save() as save:
                    self._saves.append(save)
                case TrainingProgress() as report:
                    self._progress.append(report)
                case RoundFinished() as finished:
                    self._rounds.append(finished)
                case message:
                    self._tell_lists()
                    self._tell(message)
        self._tell_lists()

    def tell_pause(self) -> None:
        """Says that the descent, or the rounds, wait."""
        if self._orders.state is LabState.PAUSED:
            self._tell_progress()
        else:
            self._signals.status_changed.emit("Paused · the round waits.")

    def tell_found_counts(self) -> None:
        """Tells how many images were found."""
        counts = map(self._sitting.found_count, ("run", "sitting"))
        self._signals.found_counts_changed.emit(*counts)

    def _tell_lists(self) -> None:
        saves, progress, rounds = self._saves, self._progress, self._rounds
        self._saves, self._progress, self._rounds = [], [], []
        if saves:
            self._tell_saves(saves)
        if progress:
            self._signals.training_progressed.emit(progress)
            self._signals.status_changed.emit(training_sentence(progress[-1]))
        if rounds:
            self._signals.rounds_finished.emit(rounds)
            self._tell_outcome(round_sentence(rounds[-1].report))

    def _tell_saves(self, saves: list[Save]) -> None:
        self._sitting.add(saves)
        self._signals.saves_arrived.emit(saves)
        self.tell_found_counts()
        for step, change in self._sitting.applied_changes(saves):
            self._signals.change_applied.emit(step, change)
        self._tell_progress()

    def _tell(self, message: Message) -> None:
        signals = self._signals
        match message:
            case Working():
                signals.working.emit(message)
                signals.status_changed.emit(f"{message.sentence} …")
            case ClassifierReady(classifier=classifier, former=former):
                self.classifier, self.former = classifier, former
                signals.classifier_changed.emit(classifier, former)
                ready = classifier.doubt or accuracy_sentence(classifier.name, classifier.test_accuracy)
                self._tell_outcome(self._done_sentence or ready)
            case TrainingFinished():
                signals.training_finished.emit(message)
            case RecordingStalled(sentence=sentence):
                signals.recording_stalled.emit(sentence)
                signals.status_changed.emit(sentence)
            case SavesThinned(sentence=sentence) | Remark(sentence=sentence):
                signals.remarked.emit(sentence)
            case RecordingGoesOn():
                signals.recording_went_on.emit()
                self._tell_progress()
            case RunFinished():
                signals.run_finished.emit(message)
                self.tell_found_counts()
                save = None if self._sitting.awaits_first_save else self._sitting.save
                self._tell_outcome(finished_sentence(message, save))
            case RetrainingFinished():
                signals.candidate_changed.emit(True)
                signals.retraining_finished.emit(message)
                self._tell_outcome("Retrained. Keep the new classifier or discard it.")
            case RoundsOpened(spec=spec, folder=folder):
                self._places.rounds = folder
                signals.rounds_opened.emit(spec)
            case HonestyChecked():
                signals.honesty_checked.emit(message)
                self._tell_outcome(honesty_sentence(message))
            case Inspection():
                signals.inspected.emit(message)
            case DigitsEvaluated(figures=digits):
                signals.digits_evaluated.emit(digits)
            case SetEvaluated(figures=figures):
                signals.set_evaluated.emit(figures)
            case EvaluationFinished(report=report):
                signals.evaluation_finished.emit(report)
                self._tell_outcome(evaluation_sentence(report))
            case WorstImages():
                self._outcome_is_told = True
                signals.worst_images_found.emit(message)
            case JobFailed(sentence=sentence, details=details):
                signals.failed.emit(sentence, details)
                self._tell_outcome(sentence)
            case JobEnded():
                self._tell_end()

    def _tell_end(self) -> None:
        if not self._outcome_is_told:
            self._tell_outcome("Stopped before there was a result; nothing was changed.")
        if self._sitting.awaits_first_save:
            self._sitting.forget_begun()
            self._places.forget_begun_run()
        self._sitting.drop_changes()
        self.tell_found_counts()
        self._places.give_back()
        self._orders.go_to(LabState.UNTRAINED if self.classifier is None else LabState.READY)
        self._looks.look_at_rest()

    def _tell_progress(self) -> None:
        save = self._sitting.save
        if save is None or self._sitting.awaits_first_save:
            return
        rate = save.step / save.seconds if save.seconds > 0 else 0.0
        paused = "Paused · " if self._orders.state is LabState.PAUSED else ""
        self._signals.status_changed.emit(paused + run_sentence(save, self._sitting.descent, rate))

    def _tell_outcome(self, sentence: str) -> None:
        self._outcome_is_told = True
        self._signals.status_changed.emit(sentence)
