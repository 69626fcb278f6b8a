"""``fooler costs``: every cost term of images, without changing them."""

from __future__ import annotations

import argparse
import dataclasses
from typing import Any

import numpy as np

from fooler_gui.cli.checks import given_classifier, given_coefficients, given_file
from fooler_gui.cli.option_values import ARTICLE
from fooler_gui.cli.output import Result, facts_in_lines, table
from fooler_gui.cli.session import begun_session
from fooler_gui.core.file_kind import IMAGES
from fooler_gui.core.formats import format_number, format_probability
from fooler_gui.core.messages import FloatArray, LabelCosts, LayerCosts
from fooler_gui.core.settings import METHODS, CostCoefficients
from fooler_gui.engine.array_file import read_images

_PROBABILITIES_A_LINE = 8


def run(options: argparse.Namespace) -> Result:
    """Does what `options` ask for.

    Raises:
        LabError: An option or file cannot be used, or a cost is no finite number.
    """
    classifier = given_classifier(options.classifier)
    images_path = given_file("--images", options.images, IMAGES)
    references_path = None
    if options.references is not None:
        references_path = given_file("--references", options.references, IMAGES)
    given = given_coefficients(options.coefficients)
    with begun_session() as session:
        info = session.open(classifier)
        coefficients = CostCoefficients.from_dict(given, info.recorded_layers)
        images = read_images(images_path, info.input_shape)
        references = None if references_path is None else read_images(references_path, info.input_shape)
        evaluation = session.lab.evaluate(
            options.label, images, references, METHODS[options.preset or ARTICLE], coefficients
        )
    costs = evaluation.costs
    return Result(
        facts={
            "layers": [_facts(layer) for layer in costs.layers],
            "misclassification_cost": costs.misclassification_cost,
            "weighted_misclassification_cost": costs.weighted_misclassification_cost,
            "total": costs.total,
            "probabilities": evaluation.probabilities.tolist(),
        },
        text=_text(costs, evaluation.probabilities, info.class_names[options.label]),
    )


def _facts(layer: LayerCosts) -> dict[str, Any]:
    facts = dataclasses.asdict(layer)
    return {name: value.tolist() if isinstance(value, np.ndarray) else value for name, value in facts.items()}


def _text(costs: LabelCosts, probabilities: FloatArray, class_name: str) -> str:
    header = ("layer", "reference distance", "cost", "weighted", "batch distance", "cost", "weighted")
    rows = [
        (
            layer.name,
            format_number(layer.reference_distance),
            format_number(layer.reference_cost),
            format_number(layer.weighted_reference_cost),
            "–" if layer.batch_distance is None else format_number(layer.batch_distance),
            format_number(layer.batch_cost),
            format_number(layer.weighted_batch_cost),
        )
        for layer in costs.layers
    ]
    words = [format_probability(probability).ljust(6) for probability in probabilities.tolist()]
    lines = [
        " ".join(words[start : start + _PROBABILITIES_A_LINE]).rstrip()
        for start in range(0, len(words), _PROBABILITIES_A_LINE)
    ]
    overall = facts_in_lines(
        {
            "Misclassification cost": f"{format_number(costs.misclassification_cost)}, weighted "
            f"{format_number(costs.weighted_misclassification_cost)}",
            "Total": format_number(costs.total),
        }
    )
    return "\n".join(
        [table(header, rows), "", overall, "", f"Probabilities of label {class_name}", *(f"  {line}" for line in lines)]
    )
