"""Encodes saves of a run as records of bytes of equal length, and decodes them to the last bit."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from fooler_gui.core.arrays import FloatArray, frozen
from fooler_gui.core.errors import LabError
from fooler_gui.core.formats import format_above
from fooler_gui.core.save import (
    STOPPED_BY_ACTIVATION,
    STOPPED_BY_PROBABILITY,
    STOPPED_BY_STEPS,
    STOPPED_BY_TOLERANCE,
    STOPPED_BY_USER,
    LabelCosts,
    Save,
    TermCost,
    TermPlace,
)

MOST_BYTES = 2**28
"""For a record; one of 1,024 slots for ten labels in colour is smaller."""

FORM_WITHOUT_TOPS, FORM_WITHOUT_CHANGES, NEWEST_FORM = 2, 3, 4

_BY_NET = "net_probabilities"
_REASONS = ("", STOPPED_BY_PROBABILITY, STOPPED_BY_STEPS, STOPPED_BY_TOLERANCE, STOPPED_BY_USER, STOPPED_BY_ACTIVATION)
_FLAGS = ("done", "reinitialised", "pinned", "leads")
_COUNTS = {"restarts": "reinitialisations", "births": "replacements"}
"""Fields of a record, and the attributes of a save that they hold."""
_MAY_LACK = "activations"
"""The attribute that a save has only with the objective unit; NaN stands for none."""
_LATER = {
    "tops": ("<i4", FORM_WITHOUT_TOPS),
    "top_probabilities": ("<f4", FORM_WITHOUT_TOPS),
    "largest_changes": ("<f4", FORM_WITHOUT_CHANGES),
    _MAY_LACK: ("<f4", FORM_WITHOUT_CHANGES),
}
"""The attributes of a save that older records lack: the type, and the last form without it."""


class SaveError(LabError, ValueError):
    """What was read is not a record of such a run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunShape:
    """The common properties of all saves of a run.

    Attributes:
        labels: The L labels.
        slots: B per label.
        image_shape: (H, W, C).
        places: The identities of each batch's costs.
        form: The form of its records: 1 until version 0.1 of the program; 2 without the most probable classes; 3 with
            them, but without the largest changes and the activations of a unit; 4 with these.
        nets: How many nets an ensemble has; 1 for a single net.
    """

    labels: tuple[int, ...]
    slots: int
    image_shape: tuple[int, int, int]
    places: tuple[TermPlace, ...]
    form: int = NEWEST_FORM
    nets: int = 1

    @property
    def layers(self) -> tuple[str, ...]:
        """The recorded layers with costs."""
        return tuple(dict.fromkeys(place.layer for place in self.places if place.layer))

    @classmethod
    def of(cls, save: Save) -> RunShape:
        """Returns the shape of the run that `save` belongs to."""
        _, slots, height, width, channels = save.images.shape
        places = save.costs[0].places
        image_shape = (height, width, channels)
        return cls(labels=save.labels, slots=slots, image_shape=image_shape, places=places, nets=save.nets)


class SaveCodec:
    """Encodes and decodes saves of one run.

    Attributes:
        shape: The run's shape.

    Raises:
        SaveError: Records of such a run would be larger than `MOST_BYTES`.
    """

    def __init__(self, shape: RunShape) -> None:
        self.shape = shape
        labels, slots = len(shape.labels), shape.slots
        fields = [
            ("images", "<f4", (labels, slots, *shape.image_shape)),
            ("probabilities", "<f4", (labels, slots)),
            ("distances", "<f4", (labels, slots)),
            *self._cost_fields(shape),
            *((name, "<i8", (labels, slots)) for name in _COUNTS),
            *((name, "?", (labels, slots)) for name in _FLAGS),
            ("stopped_by", "u1", (labels,)),
        ]
        self._later = [name for name, (_, former) in _LATER.items() if shape.form > former]
        fields += [(name, _LATER[name][0], (labels, slots)) for name in self._later]
        if shape.nets > 1:
            fields.append((_BY_NET, "<f4", (shape.nets, labels, slots)))
        size = sum(np.dtype(kind).itemsize * math.prod(sizes) for _, kind, sizes in fields)
        if size > MOST_BYTES:
            raise SaveError(
                f"A save may take at most {MOST_BYTES // 2**20} MiB on disk; one of this run would take "
                f"{format_above(size / 2**20, MOST_BYTES // 2**20)} MiB."
            )
        self._record = np.dtype(fields)

    @staticmethod
    def _cost_fields(shape: RunShape) -> list[tuple[str, str, tuple[int, ...]]]:
        labels, costs = len(shape.labels), len(shape.places)
        return [
            ("slot_values", "<f4", (labels, costs, shape.slots)),
            ("costs", "<f8", (labels, costs)),
            ("weighted_costs", "<f8", (labels, costs)),
            ("mean_values", "<f8", (labels, costs)),
            ("totals", "<f8", (labels,)),
        ]

    @property
    def record_bytes(self) -> int:
        """The length of a record."""
        return self._record.itemsize

    def encode(self, save: Save) -> bytes:
        """Returns the record of `save`, which lacks nothing, without step, time, revision and events."""
        record = np.zeros((), self._record)
        record["images"], record["probabilities"], record["distances"] = (
            save.images,
            save.probabilities,
            save.distances,
        )
        for name, attribute in _COUNTS.items():
            record[name] = getattr(save, attribute)
        for name in _FLAGS:
            record[name] = getattr(save, name)
        for name in self._later:
            record[name] = math.nan if name == _MAY_LACK and save.activations is None else getattr(save, name)
        if self.shape.nets > 1:
            record[_BY_NET] = save.net_probabilities
        record["stopped_by"] = [_REASONS.index(reason) for reason in save.stopped_by]
        for row, label in enumerate(save.costs):
            record["totals"][row] = label.total
            record["costs"][row] = [_or_nan(term.cost) for term in label.terms]
            record["weighted_costs"][row] = [term.weighted_cost for term in label.terms]
            record["mean_values"][row] = [_or_nan(term.mean_value) for term in label.terms]
            record["slot_values"][row] = [term.slot_values for term in label.terms]
        return record.tobytes()

    def decode(self, content: bytes, *, step: int, seconds: float, revision: int) -> Save:
        """Returns the save of a record, without events.

        Raises:
            SaveError: The record has another length or invalid contents.
        """
        if len(content) != self.record_bytes:
            raise SaveError(f"A save of this run must have {self.record_bytes:,} bytes; received {len(content):,}.")
        record = np.frombuffer(content, self._record)[0]
        reasons = record["stopped_by"].tolist()
        if max(reasons) >= len(_REASONS) or any((record[name].view(np.uint8) > 1).any() for name in _FLAGS):
            raise SaveError("A save on disk is damaged; its flags are invalid.")
        later = {name: record[name] for name in self._later}
        if np.isnan(later.get(_MAY_LACK, math.nan)).all():
            later.pop(_MAY_LACK, None)
        return Save(
            step=step,
            seconds=seconds,
            labels=self.shape.labels,
            images=record["images"],
            probabilities=record["probabilities"],
            costs=tuple(self._costs(record, row) for row in range(len(self.shape.labels))),
            done=record["done"],
            reinitialised=record["reinitialised"],
            reinitialisations=record["restarts"],
            replacements=record["births"],
            distances=record["distances"],
            leads=record["leads"],
            pinned=record["pinned"],
            stopped_by=tuple(_REASONS[reason] for reason in reasons),
            revision=revision,
            events=(),
            **later,
            net_probabilities=record[_BY_NET] if self.shape.nets > 1 else None,
        )

    def _costs(self, record: np.void, row: int) -> LabelCosts:
        return LabelCosts(
            label=self.shape.labels[row],
            terms=tuple(
                recorded_term(*numbers)
                for numbers in zip(
                    self.shape.places,
                    record["costs"][row].tolist(),
                    record["weighted_costs"][row].tolist(),
                    record["mean_values"][row].tolist(),
                    record["slot_values"][row],
                    strict=True,
                )
            ),
            total=float(record["totals"][row]),
        )


def recorded_term(place: TermPlace, cost: float, weighted: float, mean: float, slot_values: FloatArray) -> TermCost:
    """Returns a term's cost from its numbers in a record, where NaN stands for None.

    A missing cost has weight 0; one that really is NaN does not.
    """
    none = weighted == 0
    return TermCost(
        place=place,
        cost=None if none and math.isnan(cost) else cost,
        weighted_cost=weighted,
        mean_value=None if none and math.isnan(mean) else mean,
        slot_values=frozen(slot_values),
    )


def _or_nan(value: float | None) -> float:
    return math.nan if value is None else value
