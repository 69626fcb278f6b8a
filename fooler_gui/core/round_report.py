"""The report of one round of backwork and retraining."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from fooler_gui.core.errors import LabError, reason_of

THRESHOLD = 0.999
"""A classifier is fooled above this probability."""

WITHIN = (60, 300, 1_000)
"""Step limits at which the share of fresh images over the threshold is reported."""


_NOT_OURS = "A round's report must be one that this program wrote; it is not ({})."


class ReportError(LabError, ValueError):
    """Something read is not a round's report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FreshShare:
    """How easily fresh images of one kind are driven over 0.999 by the misclassification cost alone.

    Images that an independent net, which never saw a found image, also classifies as the label are counted separately:
    they may have come to show their label. (That net can be fooled too: before the first round it already misreads some
    noise.)

    Attributes:
        kind: The kind of starts.
        held_out: Whether no round trained on this kind.
        images: How many were driven, the same number towards every label.
        within: Step limits, ascending.
        sure: For each limit, the share over the threshold by then, 0 to 1.
        agreed: For each limit, the share over the threshold that the independent net classifies as the label.
        median_steps: Over the images over the threshold; None if there are none.
    """

    kind: str
    held_out: bool
    images: int
    within: tuple[int, ...]
    sure: tuple[float, ...]
    agreed: tuple[float, ...]
    median_steps: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HonestyCheck:
    """One attack that reveals whether a classifier only hides its gradients.

    Attributes:
        name: A short name.
        done: What was done, in a sentence.
        found: What it found.
        meaning: What that means.
        suspicious: Whether it suggests hidden gradients.
        figures: By name; shares are 0 to 1.
    """

    name: str
    done: str
    found: str
    meaning: str
    suspicious: bool
    figures: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundReport:
    """A round; number 0 is the classifier before the first round.

    Attributes:
        number: From 1; 0 is before the first round.
        classifier: Path of its ``.keras`` file.
        control: Path of the control's, or "" without one.
        seconds: How long the round took, evaluation included.
        images: How many images were driven.
        found: How many of them reached the threshold.
        pool: How many found images the classifier has been trained on, without noise and blanks.
        test_accuracy: Share of the test images classified correctly, 0 to 1.
        control_accuracy: The control's; None without one.
        fresh: How easily it is fooled by fresh images, for each kind.
        old_confidence: Mean confidence on the images of all rounds so far; None before the first.
        scores: Mean label probability that this classifier gives the images of each round so far (a column of the
        matrix
            *images of round i scored by classifier j*), first round first.
        former_scores: The same for this round's images by each earlier classifier, from number 0 on.
        checks: The honesty checks.
        certified: The median, over fresh uniform noise, of the certified radius for `core.guarantee.least_level` over
            the distance of the nearest training image; None for a classifier without a guarantee, and in reports of
            older versions.
    """

    number: int
    classifier: str
    control: str
    seconds: float
    images: int
    found: int
    pool: int
    test_accuracy: float
    control_accuracy: float | None
    fresh: tuple[FreshShare, ...]
    old_confidence: float | None
    scores: tuple[float, ...]
    former_scores: tuple[float, ...]
    checks: tuple[HonestyCheck, ...]
    certified: float | None = None

    @property
    def masking_suspected(self) -> bool:
        """Whether any check suggests hidden gradients."""
        return any(check.suspicious for check in self.checks)

    def to_dict(self) -> dict[str, Any]:
        """Returns the report as a dict for JSON."""
        data = {entry.name: getattr(self, entry.name) for entry in dataclasses.fields(self)}
        data["fresh"] = [
            {entry.name: _plain(getattr(part, entry.name)) for entry in dataclasses.fields(part)} for part in self.fresh
        ]
        data["checks"] = [
            {entry.name: _plain(getattr(part, entry.name)) for entry in dataclasses.fields(part)}
            for part in self.checks
        ]
        return {name: _plain(value) for name, value in data.items()}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Returns the report that `to_dict` turned into `data`.

        Raises:
            ReportError: It is not a report.
        """
        try:
            rest = {"certified": None} | dict(data)
            fresh = tuple(_built(FreshShare, part) for part in rest.pop("fresh"))
            checks = tuple(_built(HonestyCheck, part) for part in rest.pop("checks"))
            report: Self = _built(cls, rest | {"fresh": fresh, "checks": checks})
        except (TypeError, AttributeError) as error:
            raise ReportError(_NOT_OURS.format("a part of it is of another kind")) from error
        except (ValueError, KeyError) as error:
            raise ReportError(_NOT_OURS.format(reason_of(error))) from error
        return report


def matrix(reports: tuple[RoundReport, ...]) -> tuple[tuple[float, ...], ...]:
    """Returns the mean label probability of the images of round i (rows) by classifier j (columns).

    Rows are rounds 1 … R, columns classifiers 0 … R.

    Args:
        reports: For the classifier before the first round and for all rounds, in order.
    """
    rounds = reports[1:]
    return tuple(
        (*report.former_scores, *(later.scores[index] for later in rounds[index:]))
        for index, report in enumerate(rounds)
    )


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    return dict(value) if isinstance(value, Mapping) else value


def _built(kind: Any, data: Mapping[str, Any]) -> Any:
    """Returns an object of the dataclass `kind` with exactly the fields in `data`, each of the right type."""
    types = {
        "int": (int,),
        "float": (int, float),
        "str": (str,),
        "bool": (bool,),
        "float | None": (int, float, type(None)),
    }
    fields = {entry.name: str(entry.type) for entry in dataclasses.fields(kind)}
    if set(data) != set(fields):
        raise ValueError(f"its entries are {', '.join(sorted(data))}")
    values = {}
    for name, wanted in fields.items():
        value = data[name]
        if wanted.startswith("tuple["):
            inner = wanted.removeprefix("tuple[").removesuffix(", ...]")
            if not isinstance(value, (list, tuple)):
                raise ValueError(f"{name} is no list")
            if inner in types and not all(_is(part, types[inner]) for part in value):
                raise ValueError(f"{name} holds something else than it should")
            value = tuple(value)
        elif wanted.startswith("Mapping"):
            if not isinstance(value, Mapping) or not all(_is(part, types["float"]) for part in value.values()):
                raise ValueError(f"{name} is no table of numbers")
            value = dict(value)
        elif not _is(value, types[wanted]):
            raise ValueError(f"{name} is {value!r}")
        values[name] = value
    return kind(**values)


def _is(value: Any, kinds: tuple[type, ...]) -> bool:
    return isinstance(value, kinds) and (bool in kinds or not isinstance(value, bool))
