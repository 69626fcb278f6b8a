"""Several classifiers on the command line: those after the first, and what each of them says."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Sequence
from typing import Any

from fooler_gui.cli.checks import given_file
from fooler_gui.cli.option_values import BadArguments
from fooler_gui.cli.output import table
from fooler_gui.core.file_kind import CLASSIFIER
from fooler_gui.core.formats import format_number, format_probability
from fooler_gui.core.further_classifier import FurtherClassifier
from fooler_gui.core.path_text import path_of, text_of
from fooler_gui.core.run_spec import RunSpec
from fooler_gui.core.save import Save


def given_further(options: argparse.Namespace) -> tuple[FurtherClassifier, ...]:
    """Returns the classifiers of `options` after the first one.

    Raises:
        FileRefused: A file is missing or its content is neither a ``.keras`` nor an ``.h5`` file.
    """
    return tuple(
        FurtherClassifier(
            classifier=text_of(given_file("--classifier", path, CLASSIFIER)), weight=1.0 if weight is None else weight
        )
        for path, weight in options.further or ()
    )


def further_again(options: argparse.Namespace, recorded: Sequence[FurtherClassifier]) -> tuple[FurtherClassifier, ...]:
    """Returns the further classifiers of a recorded run, from the files that `options` name instead, if any.

    Raises:
        BadArguments: There are more or fewer of them than recorded, or one is given a weight.
        FileRefused: As for `given_further`.
    """
    given = options.further or ()
    if given and len(given) != len(recorded):
        raise BadArguments(
            f"--classifier must name the {len(recorded) + 1} classifiers of the run, or its first one alone; received "
            f"{len(given) + 1}."
        )
    if any(weight is not None for _, weight in given):
        raise BadArguments("A weight of --classifier does not go with --repeat, which repeats a run exactly.")
    files = [path for path, _ in given] or [path_of(each.classifier) for each in recorded]
    return tuple(
        dataclasses.replace(each, classifier=text_of(given_file("--classifier", file, CLASSIFIER)))
        for each, file in zip(recorded, files, strict=True)
    )


def facts_by_classifier(spec: RunSpec, last: Save) -> dict[str, Any]:
    """Returns how sure each net of an ensemble is of the last save; nothing of a single net."""
    if last.net_probabilities is None:
        return {}
    weights = [1.0, *(each.weight for each in spec.further)]
    each_net = zip(spec.classifiers, weights, last.net_probabilities, strict=True)
    return {
        "by_classifier": [
            {
                "classifier": classifier,
                "weight": weight,
                "min_probability": float(probabilities.min()),
                "mean_probability": float(probabilities.mean()),
            }
            for classifier, weight, probabilities in each_net
        ]
    }


def table_by_classifier(facts: dict[str, Any]) -> list[str]:
    """Returns the lines of the facts that `facts_by_classifier` may have added."""
    rows = [
        (
            path_of(net["classifier"]).name,
            format_number(net["weight"]),
            format_probability(net["min_probability"]),
            format_probability(net["mean_probability"]),
        )
        for net in facts.get("by_classifier", ())
    ]
    return [table(("classifier", "weight", "lowest p", "mean p"), rows), ""] if rows else []
