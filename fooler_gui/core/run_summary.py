"""A summary of a recorded run that is known without opening it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.class_words import class_name
from fooler_gui.core.event_words import Mark
from fooler_gui.core.formats import format_count
from fooler_gui.core.messages import RunFinished
from fooler_gui.core.reference_settings import ReferenceCount
from fooler_gui.core.run_spec import Parent, RunSpec
from fooler_gui.core.sentences import finished_sentence

FINISHED, UNFINISHED, IN_PROGRESS, DAMAGED = "finished", "unfinished", "in progress", "damaged"
MOST_THUMBNAILS = 8
LONGEST_NAME, LONGEST_NOTES = 200, 10_000
"""In characters, for a sentence."""

_EXACT = re.compile(r'\b(seed|digit|class|label)\s+("[^"]+"|“[^”]+”|\S+)')
_MOST_NAMED = 8
_SHORTEST_ID = 4
"""The fewest characters of an id that must be typed; shorter texts occur in nearly every id."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RunSummary:
    """A run on disk.

    Attributes:
        folder: Its path.
        id: Identifies it wherever it lies; "" if unknown.
        begun: When it started, in local time, in ISO 8601.
        name: Given by a person, or "".
        notes: Written by a person.
        spec: How it was made; None if unknown.
        class_names: Its classifier's class names.
        topology: Its classifier's layers.
        references: How many training images of its labels were references; None if unknown.
        steps: Steps done at its end or at the last save.
        seconds: The time it took, without pauses.
        stopped_by: For each label why its batch stopped; empty while the run has not ended.
        found: How many images of the last save are found images.
        lowest: The lowest probability of the last save; NaN if there is no save.
        mean: The mean probability of the last save; NaN likewise.
        bytes: Its size on disk.
        state: `FINISHED`, `UNFINISHED` (it was interrupted), `IN_PROGRESS` or `DAMAGED`.
        problem: What is wrong, in a sentence; "" if nothing is.
        changes: Changes of its coefficients and settings while it was in progress, in order.
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
    references: ReferenceCount | None
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
        """Images per label."""
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
        """The save it was branched from; None if it was not."""
        return None if self.spec is None else self.spec.parent

    @property
    def moment(self) -> float:
        """When it started, in seconds since 1970; 0 if unknown."""
        return moment_of(self.begun)

    @property
    def label_names(self) -> tuple[str, ...]:
        """The names of its labels."""
        return tuple(class_name(self.class_names, label) for label in self.labels)

    @property
    def sentence(self) -> str:
        """Its state in a sentence."""
        if self.problem:
            return self.problem
        if self.state == UNFINISHED:
            return f"It was interrupted after {format_count(self.steps, 'step')}."
        if self.state == IN_PROGRESS:
            return "It is in progress."
        return finished_sentence(
            RunFinished(stopped_by=self.stopped_by, steps=self.steps, seconds=self.seconds), save=None
        )

    def matches(self, wanted: str) -> bool:
        """Returns whether the run matches every word of `wanted`.

        Args:
            wanted: Words, each part of the run's name, notes, folder name, state or start date, or the beginning of its
            id;
                ``seed 3`` and ``label 3`` (or ``digit``, ``class``) ask for that seed and that label, whose name may be
                in quotation marks.
        """
        wanted = wanted.casefold()
        rest = _EXACT.sub(" ", wanted)
        return all(self._is(kind, value) for kind, value in _EXACT.findall(wanted)) and all(
            self._has_word(word) for word in rest.split()
        )

    def _is(self, kind: str, value: str) -> bool:
        if kind == "seed":
            return value == str(self.rng_seed)
        return value.strip('"“”') in [name.casefold() for name in self.label_names]

    def _has_word(self, word: str) -> bool:
        folder = re.split(r"[/\\]", self.folder)[-1]
        texts = (self.name, self.notes, folder, self.state, self.begun[:10])
        return any(word in text.casefold() for text in texts) or (
            len(word) >= _SHORTEST_ID and self.id.casefold().startswith(word)
        )


def moment_of(begun: str) -> float:
    """Returns an ISO 8601 time in seconds since 1970; 0 if it is not one."""
    try:
        return datetime.fromisoformat(begun).timestamp()
    except (ValueError, OverflowError, OSError):
        return 0.0


def labels_in_words(names: Sequence[str]) -> str:
    """Returns the names of labels in a short form: ``3``, ``0–9``, ``0–2, 7``; of many the first ones."""
    groups: list[list[str]] = []
    for name in names:
        if groups and groups[-1][-1].isdecimal() and name.isdecimal() and int(name) == int(groups[-1][-1]) + 1:
            groups[-1].append(name)
        else:
            groups.append([name])
    parts: list[tuple[str, int]] = []
    for group in groups:
        parts += [(f"{group[0]}–{group[-1]}", len(group))] if len(group) > 2 else [(name, 1) for name in group]
    rest = sum(count for _, count in parts[_MOST_NAMED:])
    return ", ".join(words for words, _ in parts[:_MOST_NAMED]) + (f" and {rest:,} more" if rest else "")
