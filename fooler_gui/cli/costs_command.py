"""``fooler costs``: every cost term of images, without changing them."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from fooler_gui.cli.checks import (
    FileRefused,
    given_classifier,
    given_coefficients,
    given_data,
    given_file,
    given_layer_coefficients,
    given_terms,
)
from fooler_gui.cli.option_values import label_of
from fooler_gui.cli.output import Result, facts_in_lines, table
from fooler_gui.cli.session import begun_session
from fooler_gui.cli.shared_options import ARTICLE, given_settings
from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.cost_facts import label_facts, layer_facts, term_facts
from fooler_gui.core.file_kind import IMAGES
from fooler_gui.core.formats import format_number, format_probability
from fooler_gui.core.reference_settings import ReferenceCount, ReferenceSettings
from fooler_gui.core.save import LabelCosts
from fooler_gui.core.settings import METHODS
from fooler_gui.core.terms import known_terms
from fooler_gui.data.array_file import read_images

_PROBABILITIES_A_LINE = 8


def run(options: argparse.Namespace) -> Result:
    """Runs the command.

    Raises:
        LabError: An option or file cannot be used, or a cost is not a finite number.
    """
    classifier = given_classifier(options)
    images_path = given_file("--images", options.images, IMAGES)
    references_path = None
    if options.references is not None:
        references_path = given_file("--references", options.references, IMAGES)
    starts_path = None
    if options.start_images is not None:
        starts_path = given_file("--start-images", options.start_images, IMAGES)
    settings = given_settings(options, ReferenceSettings())
    given, terms = given_coefficients(options.coefficients), given_terms(options)
    of_layers = given_layer_coefficients(options)
    data = given_data(options)
    with begun_session(data) as session:
        info = session.open(classifier)
        coefficients = session.coefficients(given, terms, of_layers)
        images = read_images(images_path, info.input_shape)
        references = None if references_path is None else read_images(references_path, info.input_shape)
        starts = None if starts_path is None else _starts(starts_path, images)
        label = label_of(options.label, info.label_names)
        method = METHODS[options.preset or ARTICLE]
        if references is None:
            count = session.lab.reference_count(label, method, settings)
        else:
            count = ReferenceCount(len(references), len(references))
        evaluation = session.lab.evaluate(label, images, references, method, coefficients, starts, settings)
    costs = evaluation.costs
    return Result(
        facts={
            "layers": [_of_layer(costs, layer) for layer in costs.layers],
            "references": count._asdict(),
            **label_facts(costs),
            "terms": term_facts(costs),
            "probabilities": evaluation.probabilities.tolist(),
        },
        text=_text(costs, count, evaluation.probabilities, info.class_names[label]),
    )


def _starts(path: Path, images: FloatArray) -> FloatArray:
    starts = read_images(path, (images.shape[1], images.shape[2], images.shape[3]))
    if len(starts) != len(images):
        raise FileRefused(f"--start-images must be as many as --images, {len(images)}; received {len(starts)}.")
    return starts


def _of_layer(costs: LabelCosts, layer: str) -> dict[str, Any]:
    slots = {
        f"slot_{cost.place.term}_distances": cost.slot_values.tolist()
        for cost in costs.terms
        if cost.place.layer == layer and known_terms()[cost.place.term].repels
    }
    return {"name": layer, **layer_facts(costs, layer), **slots}


def _text(costs: LabelCosts, count: ReferenceCount, probabilities: FloatArray, class_name: str) -> str:
    terms = known_terms()
    of_layers = [term for term in terms.values() if term.is_of_layers]
    header = ["layer"]
    for term in of_layers:
        header += [f"{term.title} {'distance' if term.repels else 'value'}", "cost", "weighted"]
    rows = []
    for layer in costs.layers:
        row = [layer]
        for term in of_layers:
            cost = costs.of(term.name, layer)
            row += [_number(cost.mean_value), _number(cost.cost), format_number(cost.weighted_cost)]
        rows.append(tuple(row))
    words = [format_probability(probability).ljust(6) for probability in probabilities.tolist()]
    lines = [
        " ".join(words[start : start + _PROBABILITIES_A_LINE]).rstrip()
        for start in range(0, len(words), _PROBABILITIES_A_LINE)
    ]
    others = {
        f"{terms[cost.place.term].title.capitalize()} cost": (
            "not computed, as its coefficient is 0"
            if cost.cost is None
            else f"{format_number(cost.cost)}, weighted {format_number(cost.weighted_cost)}"
        )
        for cost in costs.terms
        if not cost.place.layer
    }
    overall = facts_in_lines({"References": count.words, **others, "Total": format_number(costs.total)})
    return "\n".join(
        [table(header, rows), "", overall, "", f"Probabilities of label {class_name}", *(f"  {line}" for line in lines)]
    )


def _number(value: float | None) -> str:
    return "–" if value is None else format_number(value)
