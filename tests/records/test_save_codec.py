from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from saves import make_save

from fooler_gui.core.messages import STOP_REASONS, LayerCosts, Save
from fooler_gui.records import save_codec
from fooler_gui.records.save_codec import RecordError, RunShape, SaveCodec

ARRAYS = ("images", "probabilities", "done", "reinitialised", "restarts", "births", "distances", "leads", "pinned")
VALUES = ("step", "seconds", "labels", "stopped_by", "revision")
COSTS = ("misclassification_cost", "weighted_misclassification_cost", "total")
TERMS = (
    "reference_distance", "batch_distance", "reference_cost", "batch_cost", "weighted_reference_cost",
    "weighted_batch_cost",
)  # fmt: skip


def bits(value: float | None) -> bytes:
    return b"none" if value is None else np.float64(value).tobytes()


def check_same(save: Save, expected: Save) -> None:
    """Checks that both are the same to the last bit; events are not compared."""
    assert [getattr(save, name) for name in VALUES] == [getattr(expected, name) for name in VALUES]
    for name in ARRAYS:
        one, other = getattr(save, name), getattr(expected, name)
        assert (one.dtype, one.shape) == (other.dtype, other.shape)
        assert one.tobytes() == other.tobytes()
        assert not one.flags.writeable
    for costs, others in zip(save.costs, expected.costs, strict=True):
        assert costs.label == others.label
        assert [bits(getattr(costs, name)) for name in COSTS] == [bits(getattr(others, name)) for name in COSTS]
        assert [layer.name for layer in costs.layers] == [layer.name for layer in others.layers]
        for layer, other in zip(costs.layers, others.layers, strict=True):
            assert [bits(getattr(layer, name)) for name in TERMS] == [bits(getattr(other, name)) for name in TERMS]
            for name in ("slot_reference_distances", "slot_batch_distances"):
                distances = getattr(layer, name)
                assert distances.tobytes() == getattr(other, name).tobytes()
                assert not distances.flags.writeable


def there_and_back(save: Save) -> Save:
    codec = SaveCodec(RunShape.of(save))
    content = codec.encode(save)
    assert len(content) == codec.record_bytes
    return codec.decode(content, step=save.step, seconds=save.seconds, revision=save.revision)


@pytest.mark.parametrize(
    "save",
    [
        make_save(),
        make_save((7, 0, 3), slots=5, shape=(6, 9, 3), step=12, revision=4, reinitialised=[(1, 2)], pinned=[(2, 4)]),
        make_save((0,), slots=1, shape=(1, 1, 1), restarts=2**40, births=-1),
        make_save((2, 4), slots=1, layers=()),
    ],
    ids=["one label", "three labels in colour", "one pixel", "no layers"],
)
def test_a_save_comes_back_to_the_last_bit(save: Save) -> None:
    check_same(there_and_back(save), save)


@pytest.mark.parametrize("reason", ["", *STOP_REASONS[:4]])
def test_every_reason_of_a_run_to_stop_comes_back(reason: str) -> None:
    save = dataclasses.replace(make_save((3, 7), slots=2), stopped_by=("", reason))
    assert there_and_back(save).stopped_by == ("", reason)


@pytest.mark.parametrize("slots", [1, 2])
def test_costs_that_are_no_numbers_come_back_as_they_were(slots: int) -> None:
    save = make_save(slots=slots, shape=(2, 2, 1))
    (costs,) = save.costs
    layers = [
        dataclasses.replace(layer, reference_cost=math.inf, weighted_reference_cost=-math.inf, reference_distance=-0.0)
        for layer in costs.layers
    ]
    strange = dataclasses.replace(costs, layers=tuple(layers), total=math.nan, misclassification_cost=5e-324)
    strange_save = dataclasses.replace(save, costs=(strange,))
    back = there_and_back(strange_save)
    check_same(back, strange_save)
    assert (back.costs[0].layers[0].batch_distance is None) is (slots == 1)


def test_a_batch_distance_that_is_no_number_is_not_taken_for_none() -> None:
    save = make_save(slots=2, shape=(2, 2, 1), layers=("inputs",))
    layer: LayerCosts = dataclasses.replace(save.costs[0].layers[0], batch_distance=math.nan)
    back = there_and_back(dataclasses.replace(save, costs=(dataclasses.replace(save.costs[0], layers=(layer,)),)))
    assert math.isnan(back.costs[0].layers[0].batch_distance or 0.0)


@pytest.mark.parametrize("change", [-1, 1])
def test_a_record_of_another_length_is_refused(change: int) -> None:
    save = make_save()
    codec = SaveCodec(RunShape.of(save))
    content = (codec.encode(save) + b"\0")[: codec.record_bytes + change]
    with pytest.raises(RecordError, match=r"must have [\d,]+ bytes; received [\d,]+\."):
        codec.decode(content, step=0, seconds=0.0, revision=0)


def test_flags_and_reasons_that_are_none_are_refused() -> None:
    save = make_save((3, 7), slots=3, shape=(2, 2, 1))
    codec = SaveCodec(RunShape.of(save))
    content = codec.encode(save)
    flags = 4 * 2 * 3 + 2  # four flags of every slot, then the reason of each label, at the record's end
    for place in range(1, flags + 1):
        damaged = bytearray(content)
        damaged[-place] = 200
        with pytest.raises(RecordError, match="its flags are no flags"):
            codec.decode(bytes(damaged), step=0, seconds=0.0, revision=0)


def test_a_run_whose_saves_are_too_large_is_refused_without_taking_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    shape = RunShape(labels=(3,), slots=8, image_shape=(28, 28, 1), layers=("inputs",))
    size = SaveCodec(shape).record_bytes
    monkeypatch.setattr(save_codec, "MOST_BYTES", size)
    assert SaveCodec(shape).record_bytes == size
    monkeypatch.setattr(save_codec, "MOST_BYTES", size - 1)
    with pytest.raises(RecordError, match="may take at most"):
        SaveCodec(shape)
    with pytest.raises(RecordError, match="may take at most"):
        SaveCodec(RunShape(labels=tuple(range(1000)), slots=10**6, image_shape=(4096, 4096, 4096), layers=("a",) * 100))
