"""Saves recorded by version 0.1 of the program, which stored its three terms by position."""

from __future__ import annotations

import numpy as np

from fooler_gui.core.save import LabelCosts, Save, TermPlace
from fooler_gui.records.save_codec import RunShape, SaveCodec, recorded_term

FORMER_FORM = 1

_OF_A_LAYER = ("reference", "batch")
_WITHOUT_LAYER = "misclassification"
_TERM_COLUMNS = 6
_COLUMNS = {"reference": (2, 4, 0), "batch": (3, 5, 1)}
"""The names of a layer term's cost, weighted cost and distance."""


def former_places(layers: tuple[str, ...]) -> tuple[TermPlace, ...]:
    """Returns the costs of a run with these layers."""
    return (*(TermPlace(term, layer) for layer in layers for term in _OF_A_LAYER), TermPlace(_WITHOUT_LAYER, ""))


class FormerSaveCodec(SaveCodec):
    """Decodes records of the first form."""

    @staticmethod
    def _cost_fields(shape: RunShape) -> list[tuple[str, str, tuple[int, ...]]]:
        labels, layers = len(shape.labels), len(shape.layers)
        return [
            ("slot_reference_distances", "<f4", (labels, layers, shape.slots)),
            ("slot_batch_distances", "<f4", (labels, layers, shape.slots)),
            ("terms", "<f8", (labels, layers, _TERM_COLUMNS)),
            ("totals", "<f8", (labels, 3)),
        ]

    def encode(self, save: Save) -> bytes:
        """Raises `NotImplementedError`: runs are recorded only in the newest form."""
        raise NotImplementedError("runs are recorded only in the newest form")

    def _costs(self, record: np.void, row: int) -> LabelCosts:
        terms = []
        for place, layer in enumerate(self.shape.layers):
            numbers = record["terms"][row, place].tolist()
            for term in _OF_A_LAYER:
                cost, weighted, distance = (numbers[column] for column in _COLUMNS[term])
                distances = record[f"slot_{term}_distances"][row, place]
                terms.append(recorded_term(TermPlace(term, layer), cost, weighted, distance, distances))
        cost, weighted, total = record["totals"][row].tolist()
        doubts = 1 - record["probabilities"][row]
        terms.append(recorded_term(TermPlace(_WITHOUT_LAYER, ""), cost, weighted, cost, doubts))
        return LabelCosts(label=self.shape.labels[row], terms=tuple(terms), total=total)


def codec_of(shape: RunShape) -> SaveCodec:
    """Returns the codec for the records of a run of this shape."""
    return FormerSaveCodec(shape) if shape.form == FORMER_FORM else SaveCodec(shape)
