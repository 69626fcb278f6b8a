"""Saves of one run as records of bytes, all of the same length, and back to the last bit."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from fooler_gui.core.errors import LabError
from fooler_gui.core.formats import format_above
from fooler_gui.core.messages import (
    STOPPED_BY_PROBABILITY,
    STOPPED_BY_STEPS,
    STOPPED_BY_TOLERANCE,
    STOPPED_BY_USER,
    LabelCosts,
    LayerCosts,
    Save,
    frozen,
)

MOST_BYTES = 2**28
"""Of a record; a run of 1,024 slots of ten labels in colour is smaller."""

_REASONS = ("", STOPPED_BY_PROBABILITY, STOPPED_BY_STEPS, STOPPED_BY_TOLERANCE, STOPPED_BY_USER)
_TERMS = (
    "reference_distance",
    "batch_distance",
    "reference_cost",
    "batch_cost",
    "weighted_reference_cost",
    "weighted_batch_cost",
)
_TOTALS = ("misclassification_cost", "weighted_misclassification_cost", "total")
_FLAGS = ("done", "reinitialised", "pinned", "leads")
_COUNTS = ("restarts", "births")


class RecordError(LabError, ValueError):
    """What was read is no record of such a run. Its text is one sentence that can be shown as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunShape:
    """What all saves of a run have in common.

    Attributes:
        labels: The L labels.
        slots: B, a label's.
        image_shape: (H, W, C).
        layers: Names of the recorded layers that costs are told of.
    """

    labels: tuple[int, ...]
    slots: int
    image_shape: tuple[int, int, int]
    layers: tuple[str, ...]

    @classmethod
    def of(cls, save: Save) -> RunShape:
        """Returns the shape of the run that `save` belongs to."""
        _, slots, height, width, channels = save.images.shape
        layers = tuple(layer.name for layer in save.costs[0].layers)
        return cls(labels=save.labels, slots=slots, image_shape=(height, width, channels), layers=layers)


class SaveCodec:
    """Turns saves of one run into bytes and back.

    Args:
        shape: Of the run.

    Raises:
        RecordError: Records of such a run would be larger than `MOST_BYTES`.
    """

    def __init__(self, shape: RunShape) -> None:
        self._shape = shape
        labels, slots, layers = len(shape.labels), shape.slots, len(shape.layers)
        fields = [
            ("images", "<f4", (labels, slots, *shape.image_shape)),
            ("probabilities", "<f4", (labels, slots)),
            ("distances", "<f4", (labels, slots)),
            ("slot_reference_distances", "<f4", (labels, layers, slots)),
            ("slot_batch_distances", "<f4", (labels, layers, slots)),
            ("terms", "<f8", (labels, layers, len(_TERMS))),
            ("totals", "<f8", (labels, len(_TOTALS))),
            *((name, "<i8", (labels, slots)) for name in _COUNTS),
            *((name, "?", (labels, slots)) for name in _FLAGS),
            ("stopped_by", "u1", (labels,)),
        ]
        size = sum(np.dtype(kind).itemsize * math.prod(sizes) for _, kind, sizes in fields)
        if size > MOST_BYTES:
            raise RecordError(
                f"A save may take at most {MOST_BYTES // 2**20} MiB on disk; one of this run would take "
                f"{format_above(size / 2**20, MOST_BYTES // 2**20)} MiB."
            )
        self._record = np.dtype(fields)

    @property
    def record_bytes(self) -> int:
        """How long a record is."""
        return self._record.itemsize

    def encode(self, save: Save) -> bytes:
        """Returns the record of `save`; step, time, revision and events are not in it."""
        record = np.zeros((), self._record)
        record["images"], record["probabilities"], record["distances"] = (
            save.images,
            save.probabilities,
            save.distances,
        )
        for name in (*_COUNTS, *_FLAGS):
            record[name] = getattr(save, name)
        record["stopped_by"] = [_REASONS.index(reason) for reason in save.stopped_by]
        for row, costs in enumerate(save.costs):
            record["totals"][row] = [getattr(costs, name) for name in _TOTALS]
            for place, layer in enumerate(costs.layers):
                record["terms"][row, place] = [_number(getattr(layer, name)) for name in _TERMS]
                record["slot_reference_distances"][row, place] = layer.slot_reference_distances
                record["slot_batch_distances"][row, place] = layer.slot_batch_distances
        return record.tobytes()

    def decode(self, content: bytes, *, step: int, seconds: float, revision: int) -> Save:
        """Returns the save of a record, without events.

        Raises:
            RecordError: The record has another length, or holds what no save does.
        """
        if len(content) != self.record_bytes:
            raise RecordError(f"A save of this run must have {self.record_bytes:,} bytes; received {len(content):,}.")
        record = np.frombuffer(content, self._record)[0]
        reasons = record["stopped_by"].tolist()
        if max(reasons) >= len(_REASONS) or any((record[name].view(np.uint8) > 1).any() for name in _FLAGS):
            raise RecordError("A save on disk is damaged; its flags are no flags.")
        return Save(
            step=step,
            seconds=seconds,
            labels=self._shape.labels,
            images=record["images"],
            probabilities=record["probabilities"],
            costs=tuple(self._costs(record, row) for row in range(len(self._shape.labels))),
            done=record["done"],
            reinitialised=record["reinitialised"],
            restarts=record["restarts"],
            births=record["births"],
            distances=record["distances"],
            leads=record["leads"],
            pinned=record["pinned"],
            stopped_by=tuple(_REASONS[reason] for reason in reasons),
            revision=revision,
            events=(),
        )

    def _costs(self, record: np.void, row: int) -> LabelCosts:
        layers = []
        for place, name in enumerate(self._shape.layers):
            terms = dict(zip(_TERMS, record["terms"][row, place].tolist(), strict=True))
            if np.isnan(terms["batch_distance"]) and self._shape.slots == 1:
                terms["batch_distance"] = None
            layers.append(
                LayerCosts(
                    name=name,
                    **terms,
                    slot_reference_distances=frozen(record["slot_reference_distances"][row, place]),
                    slot_batch_distances=frozen(record["slot_batch_distances"][row, place]),
                )
            )
        totals = dict(zip(_TOTALS, record["totals"][row].tolist(), strict=True))
        return LabelCosts(label=self._shape.labels[row], layers=tuple(layers), **totals)


def _number(value: float | None) -> float:
    return np.nan if value is None else value
