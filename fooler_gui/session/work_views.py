"""What is known of a training, of rounds and of an evaluation while they go on and after. Plain objects."""

from __future__ import annotations

from dataclasses import dataclass, field

from fooler_gui.core.evaluation_report import DigitFigures, EvaluationReport, EvaluationSettings, SetFigures
from fooler_gui.core.messages import (
    ClassifierInfo,
    RetrainingFinished,
    RoundFinished,
    TrainingFinished,
    TrainingProgress,
    Working,
)
from fooler_gui.core.rounds_spec import RoundsSpec


@dataclass(kw_only=True, eq=False)
class TrainingView:
    """A training.

    Attributes:
        progress: All of it so far.
        finished: How it ended; None while it goes on and where it had no result.
    """

    progress: list[TrainingProgress] = field(default_factory=list)
    finished: TrainingFinished | None = None


@dataclass(kw_only=True, eq=False)
class RetrainingView:
    """A retraining.

    Attributes:
        before: The classifier that it began with.
        latest: What was told last of how it goes on; None before anything was.
        finished: How it ended; None while it goes on and where it had no result.
        awaits_answer: Whether the new classifier waits to be kept or discarded.
    """

    before: ClassifierInfo
    latest: Working | TrainingProgress | None = None
    finished: RetrainingFinished | None = None
    awaits_answer: bool = False

    def is_of(self, classifier: ClassifierInfo) -> bool:
        """Tells whether `classifier` is the one before it or after it."""
        hashes = {self.before.sha256} | (set() if self.finished is None else {self.finished.candidate.sha256})
        return classifier.sha256 in hashes


@dataclass(kw_only=True, eq=False)
class RoundsView:
    """Rounds of retraining.

    Attributes:
        spec: How they are made.
        folder: Where they are kept.
        opened: Whether they are of an earlier day.
        latest: What was told last of how the present round goes on; None before anything was.
        rounds: Those that are finished.
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
        settings: How it is made.
        working: What goes on; None before anything does.
        digits: The test images; None until they are evaluated.
        sets: Those that are evaluated.
        report: All of it; None until it has ended.
    """

    settings: EvaluationSettings
    working: Working | None = None
    digits: DigitFigures | None = None
    sets: list[SetFigures] = field(default_factory=list)
    report: EvaluationReport | None = None
