"""What is to be known of a recorded run without opening it. Every room may use this module."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fooler_gui.core.event_words import Mark
from fooler_gui.core.messages import FloatArray, RunFinished
from fooler_gui.core.run_spec import Parent, RunSpec
from fooler_gui.core.sentences import finished_sentence

FINISHED, UNFINISHED, GOING_ON, DAMAGED = "finished", "unfinished", "going on", "damaged"
MOST_THUMBNAILS = 8
LONGEST_NAME, LONGEST_NOTES = 200, 10_000
"""In characters."""

_EXACT = re.compile(r"\b(seed|digit|label)\s+(\S+)")
_SHORTEST_ID = 4
"""So many characters of an id must be typed; fewer are in nearly every one."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RunSummary:
    """A run as it lies on disk.

    Attributes:
        folder: Its path.
        id: By which it is known wherever it lies; "" where that cannot be told.
        begun: When, in local time, as ISO 8601 has it.
        name: Given by a person, or "".
        notes: A person's.
        spec: How it was made; None where that cannot be told.
        class_names: Of its classifier.
        topology: Of its classifier, in words.
        steps: Done, as of its end or of the last save.
        seconds: Time in pause left out.
        stopped_by: For each label why its batch stopped; empty while the run has not ended.
        found: How many images of the last save are over the threshold.
        lowest: The lowest probability of the last save; NaN where there is no save.
        mean: The mean probability of the last save; NaN likewise.
        bytes: That it takes on disk.
        state: `FINISHED`, `UNFINISHED` (it broke off), `GOING_ON` or `DAMAGED`.
        problem: What is wrong, in a sentence; "" where nothing is.
        changes: Of its coefficients and settings while it went on, in order.
        thumbnails: (K, H, W, C) float32, K up to `MOST_THUMBNAILS` images of the last save, spread over its labels.
    """

    folder: str
    id: str
    begun: str
    name: str
    notes: str
    spec: RunSpec | None
    class_names: tuple[str, ...]
    topology: str
    steps: int
    seconds: float
    stopped_by: tuple[str, ...]
    found: int
    lowest: float
    mean: float
    bytes: int
    state: str
    problem: str
    changes: tuple[Mark, ...]
    thumbnails: FloatArray

    @property
    def labels(self) -> tuple[int, ...]:
        """The classes that its images are driven towards."""
        return () if self.spec is None else self.spec.labels

    @property
    def slots(self) -> int:
        """Images of each label."""
        return 0 if self.spec is None else self.spec.slots

    @property
    def images(self) -> int:
        """Images of all labels."""
        return len(self.labels) * self.slots

    @property
    def rng_seed(self) -> int | None:
        """The number that started its noise."""
        return None if self.spec is None else self.spec.rng_seed

    @property
    def parent(self) -> Parent | None:
        """What it was branched from; None where it was not."""
        return None if self.spec is None else self.spec.parent

    @property
    def moment(self) -> float:
        """When it began, in seconds since 1970; 0 where that cannot be told."""
        return moment_of(self.begun)

    @property
    def label_names(self) -> tuple[str, ...]:
        """The names of its labels."""
        return tuple(self.class_names[label] if label < len(self.class_names) else str(label) for label in self.labels)

    @property
    def sentence(self) -> str:
        """How it stands."""
        if self.problem:
            return self.problem
        if self.state == UNFINISHED:
            return f"It broke off after {_count(self.steps, 'step')}."
        if self.state == GOING_ON:
            return "It is going on."
        return finished_sentence(
            RunFinished(stopped_by=self.stopped_by, steps=self.steps, seconds=self.seconds), save=None
        )

    def matches(self, wanted: str) -> bool:
        """Tells whether all that is `wanted` is true of the run.

        Args:
            wanted: Words, each of which is a part of its name, its notes, its folder's name, its state or the date that
                it began on, or the beginning of its id; ``seed 3`` and ``digit 3`` ask for that seed and that label.
        """
        wanted = wanted.casefold()
        rest = _EXACT.sub(" ", wanted)
        return all(self._is(kind, value) for kind, value in _EXACT.findall(wanted)) and all(
            self._is_told_by(word) for word in rest.split()
        )

    def _is(self, kind: str, value: str) -> bool:
        if kind == "seed":
            return value == str(self.rng_seed)
        return value in [name.casefold() for name in self.label_names]

    def _is_told_by(self, word: str) -> bool:
        folder = re.split(r"[/\\]", self.folder)[-1]
        told = (self.name, self.notes, folder, self.state, self.begun[:10])
        return any(word in text.casefold() for text in told) or (
            len(word) >= _SHORTEST_ID and self.id.casefold().startswith(word)
        )


def moment_of(begun: str) -> float:
    """Returns the moment that ISO 8601 tells, in seconds since 1970; 0 where it tells none."""
    try:
        return datetime.fromisoformat(begun).timestamp()
    except (ValueError, OverflowError, OSError):
        return 0.0


def labels_in_words(names: Sequence[str]) -> str:
    """Returns the names of labels as briefly as they can be told: ``3``, ``0–9``, ``0–2, 7``."""
    groups: list[list[str]] = []
    for name in names:
        if groups and groups[-1][-1].isdecimal() and name.isdecimal() and int(name) == int(groups[-1][-1]) + 1:
            groups[-1].append(name)
        else:
            groups.append([name])
    return ", ".join(f"{group[0]}–{group[-1]}" if len(group) > 2 else ", ".join(group) for group in groups)


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
