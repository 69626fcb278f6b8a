"""The state of a training, of rounds and of an evaluation, during the work and after. Plain objects."""

from __future__ import annotations

from dataclasses import dataclass, field

from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.classifier_info import ClassifierInfo
from fooler_gui.core.evaluation_report import DigitFigures, EvaluationReport, EvaluationSettings, SetFigures
from fooler_gui.core.messages import RetrainingFinished, RoundFinished, TrainingFinished, TrainingProgress, Working
from fooler_gui.core.rounds_spec import RoundsSpec


@dataclass(kw_only=True, eq=False)
class TrainingView:
    """A training.

    Attributes:
        progress: All progress messages so far.
        finished: How it ended; None while it is running or if it had no result.
    """

    progress: list[TrainingProgress] = field(default_factory=list)
    finished: TrainingFinished | None = None


@dataclass(kw_only=True, eq=False)
class RetrainingView:
    """A retraining.

    Attributes:
        before: The classifier it began with.
        latest: The latest progress; None before the first.
        finished: How it ended; None while it is running or if it had no result.
        awaits_decision: Whether the new classifier is still to be kept or discarded.
    """

    before: ClassifierInfo
    latest: Working | TrainingProgress | None = None
    finished: RetrainingFinished | None = None
    awaits_decision: bool = False

    def is_of(self, classifier: ClassifierInfo) -> bool:
        """Returns whether `classifier` is the one before or after it."""
        hashes = {self.before.sha256} | (set() if self.finished is None else {self.finished.candidate.sha256})
        return classifier.sha256 in hashes


@dataclass(kw_only=True, eq=False)
class RoundsView:
    """Rounds of retraining.

    Attributes:
        spec: Their specification.
        folder: Their record.
        opened: Whether they were opened from their record.
        latest: The latest progress of the present round; None before the first.
        rounds: The finished rounds.
    """

    spec: RoundsSpec
    folder: str
    opened: bool = False
    latest: Working | TrainingProgress | None = None
    rounds: list[RoundFinished] = field(default_factory=list)


@dataclass(kw_only=True, eq=False)
class EvaluationView:
    """An evaluation.

    Attributes:
        settings: Its settings.
        digits: The results on the test images; None until they are evaluated.
        sets: The evaluated sets.
        examples: (H, W, C) in [0, 1], an image of each evaluated set, the test images included, by the set's name.
        report: The whole report; None until it has ended.
    """

    settings: EvaluationSettings
    digits: DigitFigures | None = None
    sets: list[SetFigures] = field(default_factory=list)
    examples: dict[str, FloatArray] = field(default_factory=dict)
    report: EvaluationReport | None = None
