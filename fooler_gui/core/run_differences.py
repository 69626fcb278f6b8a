"""The settings of a run as text, and the differences between two runs."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from fooler_gui.core.class_words import class_name
from fooler_gui.core.formats import setting_text, shortest_text
from fooler_gui.core.run_spec import BRANCH, RunSpec
from fooler_gui.core.sentences import coefficient_name
from fooler_gui.core.settings import CostCoefficients, Settings
from fooler_gui.core.start_words import start_in_full

MISSING = "–"
"""The value of a setting that only the other run has."""

_SHOWN_OF_ID = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A setting in which two runs differ.

    Attributes:
        name: The setting's name, in sentence case.
        left: Its value in one run, as text.
        right: Its value in the other.
    """

    name: str
    left: str
    right: str


def coefficients_in_words(coefficients: CostCoefficients) -> dict[str, str]:
    """Returns the value of each coefficient by its name on screen."""
    return {coefficient_name(name): shortest_text(value) for name, value in coefficients.flat().items()}


def settings_in_words(spec: RunSpec, class_names: Sequence[str]) -> dict[str, str]:
    """Returns every setting of a run by name, coefficients last.

    Args:
        spec: The run.
        class_names: Its classifier's class names; a class without one is shown by number.
    """
    return {
        "Classifier": spec.classifier,
        **further_in_words(spec),
        "Labels": ", ".join(class_name(class_names, label) for label in spec.labels),
        "Slots per label": str(spec.slots),
        "Start": _start(spec),
        "Random seed": str(spec.rng_seed),
        **settings_table(spec.descent),
        **settings_table(spec.method),
        **{f"Coefficient of {name}": value for name, value in coefficients_in_words(spec.coefficients).items()},
    }


def further_in_words(spec: RunSpec) -> dict[str, str]:
    """Returns the further classifiers of an ensemble with their weights; nothing for a single net."""
    each = [f"{further.classifier} (weight {shortest_text(further.weight)})" for further in spec.further]
    return {"Further classifiers": ", ".join(each)} if each else {}


def differences(left: Mapping[str, str], right: Mapping[str, str]) -> tuple[Difference, ...]:
    """Returns the differences between the settings of two runs, made by `settings_in_words`, in their order.

    Classifiers are shown by file name if these differ.
    """
    found = []
    for name in dict.fromkeys((*left, *right)):
        one, other = left.get(name, MISSING), right.get(name, MISSING)
        if one != other:
            if name == "Classifier" and PurePath(one).name != PurePath(other).name:
                one, other = PurePath(one).name, PurePath(other).name
            found.append(Difference(name=name, left=one, right=other))
    return tuple(found)


def _start(spec: RunSpec) -> str:
    if spec.start == BRANCH and spec.parent is not None:
        return f"step {spec.parent.step:,} of run {spec.parent.run[:_SHOWN_OF_ID]}"
    return start_in_full(spec)


def settings_table(settings: Settings) -> dict[str, str]:
    """Returns the value of each setting as text, by its label."""
    words = {}
    for entry in dataclasses.fields(settings):
        info, value = settings.info(entry.name), getattr(settings, entry.name)
        words[info.label] = f"{setting_text(value)} {info.unit}".rstrip()
    return words
