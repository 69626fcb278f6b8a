"""Evaluations until the bundled classifier is sure of static, for each digit: gradients beside evolution.

Evolution is that of Nguyen and others (2015) on MNIST, 200 generations of 200 images. A population serves all digits,
so that its evaluations count once for all of them; gradients count for each digit.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping

from benchmarks.row import Quantity, Row
from fooler_gui.core.jobs import Backwork, OpenClassifier
from fooler_gui.core.milestones import NAMES, THRESHOLDS, Milestones
from fooler_gui.core.optimiser_names import CPPN, DIRECT, EVOLUTION
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.run_spec import RunSpec
from fooler_gui.core.save import Save
from fooler_gui.core.settings import CostCoefficients, DescentSettings, article_coefficients, no_penalties
from fooler_gui.engine.lab import Lab
from fooler_gui.resources import bundled_classifier, resource

_LABELS = tuple(range(10))
_SLOTS = 5
"""Images, and populations, for each digit."""
_GENERATIONS, _POPULATION = 200, 200
_MOST_GRADIENTS = 500
_ROUNDED_UP = 0.9999
_SURE = NAMES[1 + THRESHOLDS.index(_ROUNDED_UP)]
_NOT_REACHED = "–"


def measure() -> list[Row]:
    """Returns a row for each encoding, beside gradients without penalties; and one for gradients with the article's."""
    lab = Lab(resource("mnist.npz"))
    list(lab.perform(OpenClassifier(path=str(bundled_classifier())), RunControl()))
    layers = lab.classifier_info.recorded_layers
    gradients = DescentSettings(min_probability=_ROUNDED_UP, max_steps=_MOST_GRADIENTS)
    plain = _reached(lab, gradients, no_penalties(layers))
    rows = [_gradient_row("static, no penalties", plain)]
    rows.append(_gradient_row("static, the article's cost", _reached(lab, gradients, article_coefficients(layers))))
    for encoding in (DIRECT, CPPN):
        evolution = DescentSettings(
            min_probability=_ROUNDED_UP,
            max_steps=_GENERATIONS,
            optimiser=EVOLUTION,
            encoding=encoding,
            population=_POPULATION,
        )
        rows.append(_evolution_row(encoding, plain, _reached(lab, evolution, no_penalties(layers))))
    return rows


_Reached = Mapping[int, list[dict[str, int]]]
"""For each digit and slot the evaluations until each milestone that was reached, by name."""


def _reached(lab: Lab, descent: DescentSettings, coefficients: CostCoefficients) -> _Reached:
    spec = RunSpec(
        classifier=lab.classifier_info.path,
        labels=_LABELS,
        slots=_SLOTS,
        descent=descent,
        coefficients=coefficients,
    )
    milestones = Milestones(descent)
    for message in lab.perform(Backwork(spec=spec), RunControl.for_descent(coefficients, descent)):
        if isinstance(message, Save):
            milestones.add(message)
    return {
        label: [
            {name: milestone.evaluations for name, milestone in milestones.of(label, slot).items()}
            for slot in range(_SLOTS)
        ]
        for label in _LABELS
    }


def _gradient_row(work: str, reached: _Reached) -> Row:
    slowest = max(slot.get(_SURE, _MOST_GRADIENTS + 1) for slots in reached.values() for slot in slots)
    return Row(
        name="evolution",
        work=f"{work}, p > {_ROUNDED_UP:g} for all ten digits: gradients a digit",
        ours=Quantity(slowest, "gradients"),
        target=f"≤ {_MOST_GRADIENTS} a digit",
        met=slowest <= _MOST_GRADIENTS,
        note=f"The most of {_SLOTS} images of each digit; the medians are in the table.",
        table=(("digit", *NAMES[1:]), *(_line(label, _medians(reached[label])) for label in _LABELS)),
    )


def _evolution_row(encoding: str, gradients: _Reached, evolution: _Reached) -> Row:
    most = _GENERATIONS * _POPULATION
    sure = sum(_SURE in slot for slots in evolution.values() for slot in slots)
    return Row(
        name="evolution",
        work=f"evolution, {encoding} encoding: images with p > {_ROUNDED_UP:g}",
        comparison="gradients",
        ours=Quantity(sure, f"of {_SLOTS * len(_LABELS)}"),
        theirs=Quantity(sum(_SURE in slot for slots in gradients.values() for slot in slots), "images"),
        note=f"{_SLOTS} populations, at most {most:,} evaluations each. The table has the medians of the evaluations, "
        f"{_NOT_REACHED} where fewer than half got there; gradients are without penalties.",
        table=(
            ("digit", *(f"{name}, {way}" for name in NAMES[1:] for way in ("gradients", encoding))),
            *(_line(label, _alternating(_medians(gradients[label]), _medians(evolution[label]))) for label in _LABELS),
        ),
    )


def _medians(slots: list[dict[str, int]]) -> list[str]:
    """Returns the median evaluations until each threshold, of which those of slots that never got there are endless."""
    medians = [statistics.median_high(slot.get(name, float("inf")) for slot in slots) for name in NAMES[1:]]
    return [_NOT_REACHED if median == float("inf") else f"{median:,.0f}" for median in medians]


def _line(label: int, values: list[str]) -> tuple[str | float, ...]:
    return (label, *values)


def _alternating(one: list[str], other: list[str]) -> list[str]:
    return [value for pair in zip(one, other, strict=True) for value in pair]
