"""A measured row: the work, ours, the comparison, and whether the target is met."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

NOT_INSTALLED, FAILED = "not installed", "failed"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A measured number and its unit."""

    value: float
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A target range from `least` to `most`, with its text `words`."""

    words: str
    least: float = -math.inf
    most: float = math.inf

    @classmethod
    def at_least(cls, least: float) -> Self:
        """Returns the target of a ratio that should be high."""
        return cls(words=f"≥ {least:g} ×", least=least)

    @classmethod
    def at_most(cls, most: float) -> Self:
        """Returns the target of a ratio that should be low."""
        return cls(words=f"≤ {most:g} ×", most=most)

    def is_met_by(self, value: float) -> bool:
        """Returns whether `value` is in the range; NaN never is."""
        return self.least <= value <= self.most


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the benchmark's table.

    Attributes:
        name: Its benchmark.
        work: What was done.
        comparison: What it is compared with, or "".
        ours: This program's value; None if nothing was measured.
        theirs: The comparison's value, or None.
        ratio: Of the two, in the direction that the target means, or None.
        target: As text; "" if there is none.
        met: Whether the target is met; None if there is nothing to judge.
        note: How it was measured and what else was found, in sentences.
        absent: Why nothing was measured, in a word or two, such as "not installed"; "" otherwise.
        samples: Median, least and most seconds of each timed part, and the number of repetitions.
        table: A table of its own, the header first; empty if there is none.
    """

    name: str
    work: str
    comparison: str = ""
    ours: Quantity | None = None
    theirs: Quantity | None = None
    ratio: float | None = None
    target: str = ""
    met: bool | None = None
    note: str = ""
    absent: str = ""
    samples: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    table: tuple[tuple[str | float, ...], ...] = ()

    @property
    def verdict(self) -> str:
        """The last column: met, missed, reported (there is no target), or why nothing was measured."""
        if self.absent:
            return self.absent
        return "reported" if self.met is None else "met" if self.met else "missed"

    def to_dict(self) -> dict[str, Any]:
        """Returns the row as a dict for JSON."""
        return {**dataclasses.asdict(self), "verdict": self.verdict}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Returns the row that `to_dict` turned into `data`."""
        rest = {name: value for name, value in data.items() if name != "verdict"}
        for name in ("ours", "theirs"):
            if rest[name] is not None:
                rest[name] = Quantity(**rest[name])
        rest["table"] = tuple(tuple(line) for line in rest["table"])
        return cls(**rest)


def judged(target: Target, ratio: float, **row: Any) -> Row:
    """Returns a row whose `ratio` is judged by `target`; `row` are its other fields."""
    return Row(ratio=ratio, target=target.words, met=target.is_met_by(ratio), **row)


def not_installed(package: str, target: Target, **row: Any) -> Row:
    """Returns the row of a comparison with `package`, which is missing here; `row` are its other fields."""
    return Row(target=target.words, absent=NOT_INSTALLED, note=f"{package} is not installed.", **row)
