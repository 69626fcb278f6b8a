"""``fooler score``: what a classifier sees in images of other programs or of people."""

from __future__ import annotations

import argparse
from typing import Any, NamedTuple

import numpy as np

from fooler_gui.cli.checks import given_classifier, given_data, given_file
from fooler_gui.cli.option_values import label_of
from fooler_gui.cli.output import Result, table, write_error
from fooler_gui.cli.session import begun_session
from fooler_gui.core.arrays import FloatArray, IntArray
from fooler_gui.core.evaluation_report import THRESHOLD
from fooler_gui.core.file_kind import OTHERS_IMAGES
from fooler_gui.core.formats import format_count, format_probability
from fooler_gui.core.jobs import Classify
from fooler_gui.core.messages import Classified
from fooler_gui.data.labelled_images import read_labelled_images

_MOST_ROWS = 50


def run(options: argparse.Namespace) -> Result:
    """Runs the command.

    Raises:
        LabError: An option or file cannot be used.
        KeyboardInterrupt: Ctrl-C before the images were scored.
    """
    path = given_file("Images", options.images, OTHERS_IMAGES)
    classifier = given_classifier(options)
    data = given_data(options)
    with begun_session(data) as session:
        info = session.open(classifier)
        label = None if options.label is None else label_of(options.label, info.label_names)
        images, labels, remarks = read_labelled_images(
            path, info.input_shape, info.label_names if label is None else None
        )
        for remark in remarks:
            write_error(remark)
        if label is not None:
            labels = np.full(len(images), label)
        probabilities = session.answer(Classify(images=images), Classified).probabilities
    scores = _Scores(probabilities, labels)
    return Result(facts=_facts(scores, info.class_names), text=_text(scores, info.class_names))


class _Scores(NamedTuple):
    """The probabilities (N, K) of N images, and the labels (N,) that they are meant to be taken for, if known."""

    probabilities: FloatArray
    labels: IntArray | None

    @property
    def tops(self) -> IntArray:
        """(N,), the most probable classes."""
        tops: IntArray = self.probabilities.argmax(axis=1)
        return tops

    @property
    def of_tops(self) -> FloatArray:
        """(N,), their probabilities."""
        highest: FloatArray = self.probabilities.max(axis=1)
        return highest

    @property
    def of_labels(self) -> FloatArray | None:
        """(N,), the probabilities of the labels."""
        if self.labels is None:
            return None
        return self.probabilities[np.arange(len(self.labels)), self.labels]


def _facts(scores: _Scores, names: tuple[str, ...]) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "images": len(scores.tops),
        "sure": int((scores.of_tops > THRESHOLD).sum()),
        "tops": [names[top] for top in scores.tops],
        "top_probabilities": scores.of_tops.tolist(),
    }
    if scores.labels is None or scores.of_labels is None:
        return facts
    return facts | {
        "as_label": int((scores.tops == scores.labels).sum()),
        "found": int((scores.of_labels > THRESHOLD).sum()),
        "labels": [names[label] for label in scores.labels],
        "probabilities": scores.of_labels.tolist(),
    }


def _text(scores: _Scores, names: tuple[str, ...]) -> str:
    shown = range(min(_MOST_ROWS, len(scores.tops)))
    columns = {
        "image": [str(number + 1) for number in shown],
        "top class": [names[scores.tops[number]] for number in shown],
        "its p": [format_probability(scores.of_tops[number]) for number in shown],
    }
    counted = f"{format_count(len(scores.tops), 'image')}: "
    if scores.labels is None or scores.of_labels is None:
        counted += f"{(scores.of_tops > THRESHOLD).sum():,} over {THRESHOLD} of some class."
    else:
        columns |= {
            "label": [names[scores.labels[number]] for number in shown],
            "p of label": [format_probability(scores.of_labels[number]) for number in shown],
        }
        counted += (
            f"{(scores.tops == scores.labels).sum():,} taken for the label, {(scores.of_labels > THRESHOLD).sum():,} "
            f"with over {THRESHOLD}."
        )
    lines = [table(tuple(columns), list(zip(*columns.values(), strict=True)), words=(1, 3)), "", counted]
    if len(shown) < len(scores.tops):
        lines.insert(1, f"The first {len(shown)} of {len(scores.tops):,} images; --json has all.")
    return "\n".join(lines)
