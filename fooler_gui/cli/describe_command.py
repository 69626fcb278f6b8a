"""``fooler describe``: what a classifier's file holds, how its images get in, and which layers are recorded."""

from __future__ import annotations

import argparse
from typing import Any

from fooler_gui.cli.checks import as_asked, given_data, given_file
from fooler_gui.cli.output import Result, facts_in_lines, table
from fooler_gui.cli.session import begun_session
from fooler_gui.core.file_kind import CLASSIFIER
from fooler_gui.core.formats import format_bytes, format_share
from fooler_gui.core.input_range import INPUT_RANGES
from fooler_gui.core.messages import ClassifierDescribed
from fooler_gui.core.path_text import text_of

_UNKNOWN = "–"


def run(options: argparse.Namespace) -> Result:
    """Runs the command.

    Raises:
        LabError: The file cannot be used.
    """
    path = given_file("The classifier", options.file, CLASSIFIER)
    with begun_session(given_data(options)) as session:
        wanted = as_asked(options, text_of(path))
        described = session.lab.described(wanted, timed=options.timed)
    return Result(facts=_facts(described), text=_text(described))


def _facts(described: ClassifierDescribed) -> dict[str, Any]:
    info = described.classifier
    return {
        "name": info.name,
        "file": info.path,
        "sha256": info.sha256,
        "input_shape": list(info.input_shape),
        "classes": len(info.class_names),
        "class_names": list(info.class_names),
        "parameters": info.parameters,
        "layers": [layer._asdict() for layer in described.layers],
        "input_range": info.input_range,
        "test_accuracy": info.test_accuracy,
        "recorded_layers": [layer._asdict() for layer in described.recorded],
        "adapted": list(info.adapted),
        "doubt": info.doubt,
    }


def _text(described: ClassifierDescribed) -> str:
    info = described.classifier
    accuracy = info.test_accuracy
    facts = {
        "Images": " × ".join(map(str, info.input_shape)),
        "Classes": f"{len(info.class_names):,}: {_few(info.class_names)}",
        "Weights": f"{info.parameters:,}",
        "Input range": INPUT_RANGES[info.input_range],
        "Test images right": "not measured: the dataset has others" if accuracy is None else format_share(accuracy, 2),
    }
    layers = [
        (layer.name, layer.kind, " × ".join(map(str, layer.shape)), f"{layer.parameters:,}")
        for layer in described.layers
    ]
    recorded = [
        (
            layer.name,
            f"{layer.units:,}",
            format_bytes(layer.bytes),
            format_bytes(layer.reference_bytes) if layer.reference_bytes else _UNKNOWN,
            _UNKNOWN if layer.milliseconds is None else f"{layer.milliseconds:.1f}",
        )
        for layer in described.recorded
    ]
    parts = [
        info.name,
        facts_in_lines(facts),
        "\n".join(filter(None, (*info.adapted, info.doubt))),
        table(("layer", "kind", "shape", "weights"), layers, words=(0, 1, 2)),
        table(("recorded", "units", "an image", "all references", "ms a step"), recorded),
    ]
    return "\n\n".join(filter(None, parts))


def _few(names: tuple[str, ...], most: int = 10) -> str:
    return ", ".join(names) if len(names) <= most else f"{', '.join(names[:most])} …"
