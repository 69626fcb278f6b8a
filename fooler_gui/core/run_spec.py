"""The full specification of a run: the same specification gives the same images."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from fooler_gui.core.further_classifier import FurtherClassifier
from fooler_gui.core.image_kinds import RUNS, kinds_for
from fooler_gui.core.reference_settings import ReferenceSettings, memory_setting
from fooler_gui.core.settings import (
    CostCoefficients,
    DescentSettings,
    HasSettings,
    MethodSettings,
    SettingError,
    check_number,
    seed_setting,
    setting,
)

NOISE, AVERAGES, BRANCH, ROUND = "noise", "averages", "branch", "round"
DIGITS = "digits"
"""Before a colon and the number of a class: that class's test images, whatever the dataset shows."""
_DIGITS_OF = re.compile(rf"{DIGITS}:([0-9]{{1,6}})")

MAXIMUM_SLOTS = 1024


def class_of_start(start: str) -> int | None:
    """Returns the class whose test images are the start, as 7 in ``digits:7``; None for any other start."""
    named = _DIGITS_OF.fullmatch(start)
    return None if named is None else int(named[1])


def is_made(start: str) -> bool:
    """Returns whether the images of a start are made from a run's seed and dataset, and need nothing else."""
    return start in kinds_for(RUNS) or class_of_start(start) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parent:
    """The save that a run was branched from.

    Attributes:
        run: The id of its run.
        step: The save's step.
    """

    run: str
    step: int

    def __post_init__(self) -> None:
        if not isinstance(self.run, str):
            raise SettingError(f"The run that a run was branched from must be given as text; received {self.run!r}.")
        check_number("the step that a run was branched from", self.step, 0, math.inf, whole=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSpec(HasSettings):
    """One run of the descent.

    Attributes:
        classifier: Path of the classifier's ``.keras`` file.
        labels: The classes that images are driven towards, one batch each; no label twice.
        slots: Images per label.
        start: A kind of images that runs can start from (`image_kinds.kinds_for`), "digits:7" for test images of the
            class 7, "branch" (the images of a save of another run), "round" (those of a round), or the path of an
            ``.npz`` file with an array ``images``: one for each slot, or a single one for all.
        rng_seed: The number that starts the noise.
        reference_memory: The most that all references may take, in GB.
        descent: Learning rate, saves and stopping rules.
        method: The article's way or the 2016 program's.
        coefficients: The factors of the cost's terms.
        parent: The save it was branched from; None if it was not.
        further: The further classifiers of an ensemble; no file twice.
    """

    classifier: str
    labels: tuple[int, ...]
    slots: int = setting(
        8,
        "Slots per label",
        "More fill more of the grid and make a step take longer: how many images each label gets.",
        minimum=1,
        maximum=MAXIMUM_SLOTS,
        unit="images per label",
    )
    start: str = NOISE
    rng_seed: int = seed_setting("The same seed gives the same images: the number that starts the noise.")
    reference_memory: float = memory_setting()
    descent: DescentSettings = field(default_factory=DescentSettings)
    method: MethodSettings = field(default_factory=MethodSettings)
    coefficients: CostCoefficients
    parent: Parent | None = None
    further: tuple[FurtherClassifier, ...] = ()

    def __post_init__(self) -> None:
        for name in ("classifier", "start"):
            if not isinstance(getattr(self, name), str):
                raise SettingError(f"{name} must be a text; received {getattr(self, name)!r}.")
        if not self.labels:
            raise SettingError("labels must name at least one class; received none.")
        for label in self.labels:
            check_number("a label", label, 0, math.inf, whole=True)
        if len(set(self.labels)) < len(self.labels):
            raise SettingError(f"labels must not name a class twice; received {list(self.labels)}.")
        HasSettings.__post_init__(self)
        if (self.start == BRANCH) is not (self.parent is not None):
            raise SettingError("A run has a parent if and only if it is branched.")
        files = self.classifiers
        if len(set(files)) < len(files):
            twice = next(file for file in files if files.count(file) > 1)
            raise SettingError(f"An ensemble must not name a classifier twice; received {twice} more than once.")

    @property
    def classifiers(self) -> tuple[str, ...]:
        """The paths of all classifiers that its images are driven to fool, the first one's first."""
        return (self.classifier, *(each.classifier for each in self.further))

    @property
    def references(self) -> ReferenceSettings:
        """Which training images are its references."""
        return ReferenceSettings(reference_memory=self.reference_memory, rng_seed=self.rng_seed)

    @property
    def is_start_made(self) -> bool:
        """Whether its start images are made from its seed."""
        return is_made(self.start)

    @property
    def starts_from_file(self) -> bool:
        """Whether its start images are those of a file."""
        return not self.is_start_made and self.start not in (BRANCH, ROUND)

    @property
    def starts_from_images(self) -> bool:
        """Whether its start images are images of something: those of a file, or test images of a class."""
        return self.starts_from_file or class_of_start(self.start) is not None

    def to_dict(self) -> dict[str, Any]:
        """Returns the specification as a dict for TOML and JSON."""
        parent = {} if self.parent is None else {"parent": {"run": self.parent.run, "step": self.parent.step}}
        further = {"further": [each.to_dict() for each in self.further]} if self.further else {}
        return {
            "classifier": self.classifier,
            "labels": list(self.labels),
            "slots": self.slots,
            "start": self.start,
            "rng_seed": self.rng_seed,
            "reference_memory": self.reference_memory,
            "descent": self.descent.to_dict(),
            "method": self.method.to_dict(),
            "coefficients": self.coefficients.to_dict(),
            **parent,
            **further,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], recorded_layers: Iterable[str]) -> Self:
        """Returns the specification that `to_dict` turned into `data`.

        Raises:
            SettingError: A name is missing or unknown, or a value is not allowed.
        """
        rest = dict(data)
        try:
            classifier, labels = rest.pop("classifier"), tuple(rest.pop("labels"))
        except (KeyError, TypeError) as error:
            raise SettingError(f"A run needs a classifier and a list of labels; received {sorted(data)}.") from error
        coefficients = CostCoefficients.from_dict(rest.pop("coefficients", {}), recorded_layers)
        descent = DescentSettings.from_dict(rest.pop("descent", {}))
        method = MethodSettings.from_dict(rest.pop("method", {}))
        parent, further = rest.pop("parent", None), rest.pop("further", [])
        if not isinstance(further, list):
            raise SettingError(f"The further classifiers of a run must be a list; received {further!r}.")
        known = ("slots", "start", "rng_seed", "reference_memory")
        for name in rest:
            if name not in known:
                raise SettingError(f"{name!r} is not a setting of a run; known are {', '.join(known)}.")
        return cls(
            classifier=classifier,
            labels=labels,
            coefficients=coefficients,
            descent=descent,
            method=method,
            parent=None if parent is None else _parent(parent),
            further=tuple(map(FurtherClassifier.from_dict, further)),
            **rest,
        )


def _parent(data: object) -> Parent:
    if not isinstance(data, Mapping) or set(data) != {"run", "step"}:
        raise SettingError(f"The parent of a run must have a run and a step; received {data!r}.")
    return Parent(run=data["run"], step=data["step"])
