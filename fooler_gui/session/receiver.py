"""Puts the engine's messages into the session's model."""

from __future__ import annotations

import itertools
import time
from collections.abc import Sequence
from typing import cast

from fooler_gui.core.errors import LabError
from fooler_gui.core.evaluation_report import TEST
from fooler_gui.core.formats import format_count, format_left
from fooler_gui.core.guarantee import guarantee_sentence
from fooler_gui.core.inspection import Inspection
from fooler_gui.core.lab_state import LabState
from fooler_gui.core.messages import (
    ClassifierReady,
    DatasetReady,
    DigitsEvaluated,
    EngineLoaded,
    EvaluationFinished,
    FurtherReady,
    GuaranteeMade,
    HonestyChecked,
    JobEnded,
    JobFailed,
    LayersDescribed,
    LayerTimed,
    LeastChangeFound,
    Message,
    NoClassifier,
    OtherNetsReady,
    RecordingGoesOn,
    RecordingStalled,
    ReferencesChosen,
    Remark,
    RetrainingFinished,
    RoundFinished,
    RoundsOpened,
    RunFinished,
    SavesThinned,
    SetEvaluated,
    StronglyAttacked,
    TrainingFinished,
    TrainingProgress,
    TransferMeasured,
    Working,
    WorkTimed,
    WorstImages,
)
from fooler_gui.core.save import Save
from fooler_gui.core.sentences import (
    SAME_IMAGES,
    accuracy_sentence,
    evaluation_sentence,
    finished_sentence,
    given_sentence,
    held_back_sentence,
    honesty_sentence,
    least_change_sentence,
    round_sentence,
    run_sentence,
    training_sentence,
)
from fooler_gui.core.strong_attack import strong_attack_sentence
from fooler_gui.core.transfer import transfer_sentence
from fooler_gui.session.engine_queue import INSPECTION, OPINIONS, QUESTION, EngineQueue
from fooler_gui.session.inspecting import Inspecting
from fooler_gui.session.model import SessionModel
from fooler_gui.session.new_files import NewFiles
from fooler_gui.session.questions import Questions
from fooler_gui.session.run_view import RunView
from fooler_gui.session.second_opinions import SecondOpinions
from fooler_gui.session.work_views import RoundsView

_TOGETHER = (Save, TrainingProgress, RoundFinished)
"""Kinds of messages that come in large numbers."""


class Receiver:
    """Takes the engine's messages. Main thread only.

    Saves, progress and rounds are put in together, however many came, so that views draw once for all of them.

    Args:
        queue: The engine's.
        model: Receives what the messages say.
        inspecting: Receives the messages on idle inspections.
        opinions: Receives the second opinions.
        questions: Receives the answers to questions.
        new_files: Removes what a job left empty.
    """

    def __init__(
        self,
        queue: EngineQueue,
        model: SessionModel,
        inspecting: Inspecting,
        opinions: SecondOpinions,
        questions: Questions,
        new_files: NewFiles,
    ) -> None:
        self._queue = queue
        self._model = model
        self._inspecting = inspecting
        self._opinions = opinions
        self._questions = questions
        self._new_files = new_files
        self._starting: RunView | None = None
        self._outcome_is_shown = True
        self._done_sentence = ""
        self._work_began = 0.0

    def await_outcome(self, done: str) -> None:
        """Expects the outcome of a new job.

        Args:
            done: What to say once it is done; "" for what the messages say.
        """
        self._outcome_is_shown, self._done_sentence = False, done

    def await_run(self, run: RunView) -> None:
        """Expects the saves of a run that begins; it is shown with the first one."""
        self._starting = run
        self._model.starting, self._model.working, self._model.awaits_change = run.spec, None, False
        self._model.run_changed.emit()

    def take(self) -> None:
        """Takes all messages since the last call."""
        messages = []
        for envelope in self._queue.messages():
            if envelope.run_id == INSPECTION:
                self._inspecting.take(envelope.message)
            elif envelope.run_id == OPINIONS:
                self._opinions.take(envelope.message)
            elif envelope.run_id == QUESTION:
                self._questions.take(envelope.message)
            else:
                messages.append(envelope.message)
        for kind, group in itertools.groupby(messages, type):
            if kind in _TOGETHER:
                self._take_together(list(group))
            else:
                for message in group:
                    self._take(message)

    def tell_pause(self) -> None:
        """Says that the run, or the rounds, are paused."""
        if self._model.state is LabState.PAUSED:
            self._tell_run()
        else:
            self._model.tell("Paused · the round is waiting.")

    def _take_saves(self, saves: Sequence[Save]) -> None:
        model = self._model
        if saves[-1].revision >= self._queue.control.live().revision:
            model.awaits_change = False
        if self._starting is not None:
            run, self._starting = self._starting, None
            run.add(saves)
            model.show_run(run)
            model.saves_changed.emit(saves)
        else:
            model.add_saves(saves)
        assert model.run is not None
        descent = model.run.settings.descent
        model.set_progress(None if descent.keep_refining else min(1.0, saves[-1].step / descent.max_steps))
        self._tell_run()

    def _take_together(self, messages: Sequence[Message]) -> None:
        """Takes messages of one kind of `_TOGETHER`."""
        match messages[0]:
            case Save():
                self._take_saves(cast("Sequence[Save]", messages))
            case TrainingProgress():
                self._take_progress(cast("Sequence[TrainingProgress]", messages))
            case RoundFinished():
                self._take_rounds(cast("Sequence[RoundFinished]", messages))

    def _take(self, message: Message) -> None:
        model = self._model
        match message:
            case Working():
                self._take_working(message)
            case EngineLoaded(machine=machine):
                model.machine = machine
            case DatasetReady(dataset=dataset, examples=examples):
                model.set_dataset(dataset, examples)
            case NoClassifier(sentence=sentence):
                model.set_classifier(None, None)
                if sentence:
                    model.report(f"{sentence} Train a classifier for this dataset, or open one.")
                self._tell_outcome("No classifier is in use.")
            case ClassifierReady(classifier=classifier, former=former):
                model.set_classifier(classifier, former)
                ready = classifier.doubt or accuracy_sentence(classifier.name, classifier.test_accuracy)
                self._tell_outcome(self._done_sentence or ready)
            case FurtherReady(further=further):
                model.change_setup(further=further)
                self._tell_outcome(f"The next run's images are driven to fool {len(further) + 1} classifiers.")
            case LayersDescribed():
                self._outcome_is_shown = True
                model.layers = message
                model.layers_changed.emit()
            case LayerTimed(name=name, milliseconds=milliseconds):
                model.layer_times[name] = milliseconds
                model.layers_changed.emit()
                self._tell_outcome(f"The costs of {name} add {milliseconds:.1f} ms to a step.")
            case TrainingFinished():
                if model.training is not None:
                    model.training.finished = message
                model.training_changed.emit()
            case WorkTimed():
                model.speeds.note(message)
                model.speeds_changed.emit()
            case RecordingStalled(sentence=sentence):
                model.refuse(sentence)
            case ReferencesChosen(count=count):
                if self._starting is not None:
                    self._starting.references = count
            case SavesThinned(sentence=sentence) | Remark(sentence=sentence):
                model.report(sentence)
            case RecordingGoesOn():
                model.dismiss_problem()
                self._tell_run()
            case RunFinished():
                self._finish_run(message)
            case RetrainingFinished():
                if model.retraining is not None:
                    model.retraining.finished, model.retraining.awaits_decision = message, True
                model.retraining_changed.emit()
                self._tell_outcome("Retrained. Keep the new classifier or discard it.")
            case RoundsOpened(spec=spec, folder=folder):
                model.rounds = RoundsView(spec=spec, folder=folder, opened=True)
                model.rounds_changed.emit()
            case HonestyChecked():
                model.checked = message
                model.honesty_changed.emit()
                self._tell_outcome(honesty_sentence(message))
            case StronglyAttacked(report=report):
                model.attacked = message
                model.attacked_changed.emit()
                self._tell_outcome(strong_attack_sentence(report))
            case Inspection():
                model.inspection = message
                model.inspection_changed.emit()
            case DigitsEvaluated() | SetEvaluated() | EvaluationFinished():
                self._take_evaluation(message)
            case LeastChangeFound(report=report):
                model.least_change = message
                model.least_change_changed.emit()
                if report.is_over and model.classifier is not None:
                    self._tell_outcome(least_change_sentence(report, model.classifier.class_names))
            case GuaranteeMade(report=report, classifier=classifier):
                model.guarantee = message
                model.guarantee_changed.emit()
                self._tell_outcome(guarantee_sentence(classifier.name, report))
            case WorstImages():
                self._outcome_is_shown = True
                model.worst_images = message
                model.worst_images_changed.emit()
            case OtherNetsReady(nets=nets):
                model.set_other_nets(nets)
                self._tell_outcome(f"{format_count(len(nets), 'other net')} open.")
            case TransferMeasured(report=report):
                model.transfer = report
                model.transfer_changed.emit()
                self._tell_outcome(transfer_sentence(report))
            case JobFailed(sentence=sentence, details=details, choices=choices):
                model.report(sentence, details)
                self._tell_outcome(sentence)
                if choices:
                    model.output_requested.emit(choices)
            case JobEnded():
                self._end()

    def _take_working(self, working: Working) -> None:
        model = self._model
        if model.working is None:
            self._work_began = time.monotonic()
        model.working = working
        model.working_words = working.sentence + format_left(time.monotonic() - self._work_began, working.fraction)
        model.working_changed.emit()
        self._take_latest(working)
        model.set_progress(working.fraction)
        model.tell(f"{model.working_words} …")

    def _take_progress(self, progress: Sequence[TrainingProgress]) -> None:
        model = self._model
        if model.state is LabState.TRAINING and model.training is not None:
            model.training.progress += progress
            model.training_changed.emit()
        self._take_latest(progress[-1])
        model.set_progress(progress[-1].step / progress[-1].steps)
        model.tell(training_sentence(progress[-1]))

    def _take_latest(self, latest: Working | TrainingProgress) -> None:
        model = self._model
        if model.state is LabState.RETRAINING and model.retraining is not None:
            model.retraining.latest = latest
            model.retraining_changed.emit()
        elif model.state in (LabState.ROUNDS, LabState.ROUNDS_PAUSED) and model.rounds is not None:
            model.rounds.latest = latest
            model.rounds_changed.emit()

    def _take_rounds(self, rounds: Sequence[RoundFinished]) -> None:
        if self._model.rounds is not None:
            self._model.rounds.rounds += rounds
        self._model.rounds_changed.emit()
        self._tell_outcome(round_sentence(rounds[-1].report))

    def _take_evaluation(self, message: DigitsEvaluated | SetEvaluated | EvaluationFinished) -> None:
        evaluation = self._model.evaluation
        assert evaluation is not None, "messages come only after an evaluation has begun"
        match message:
            case DigitsEvaluated(figures=digits, example=example):
                evaluation.digits = digits
                evaluation.examples[TEST] = example
            case SetEvaluated(figures=figures, example=example):
                evaluation.sets.append(figures)
                evaluation.examples[figures.name] = example
            case EvaluationFinished(report=report):
                evaluation.report = report
                self._tell_outcome(evaluation_sentence(report))
        self._model.evaluation_changed.emit()

    def _finish_run(self, finished: RunFinished) -> None:
        model = self._model
        run = model.run if self._starting is None else None
        if run is not None:
            try:
                run.finish(finished)
            except LabError as error:
                model.report(str(error))
        model.run_changed.emit()
        model.found_changed.emit()
        sentences = [finished_sentence(finished, None if run is None else run.newest)]
        if run is not None and run.newest is not None:
            if run.newest.activations is None:
                sentences.append(given_sentence(int((run.newest.done & ~run.found_slots(run.newest)).sum())))
            sentences.append(held_back_sentence(run.spec, run.newest))
            sentences.append(SAME_IMAGES if run.repeats else "")
        self._tell_outcome(" ".join(filter(None, sentences)))

    def _end(self) -> None:
        model = self._model
        if not self._outcome_is_shown:
            self._tell_outcome("Stopped before there was a result; nothing was changed.")
        if self._starting is not None:
            self._starting = model.starting = model.working = None
            model.run_changed.emit()
        model.awaits_change = False
        self._new_files.give_back()
        self._queue.go_to(LabState.UNTRAINED if model.classifier is None else LabState.READY)
        self._inspecting.inspect_when_idle()

    def _tell_run(self) -> None:
        run = self._model.run
        if run is None or run.newest is None or self._starting is not None:
            return
        save = run.newest
        rate = save.step / save.seconds if save.seconds > 0 and self._model.setup.pace is None else None
        paused = "Paused · " if self._model.state is LabState.PAUSED else ""
        self._model.tell(paused + run_sentence(save, run.settings.descent, rate))

    def _tell_outcome(self, sentence: str) -> None:
        self._outcome_is_shown = True
        self._model.tell(sentence)
