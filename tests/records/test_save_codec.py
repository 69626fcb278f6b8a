from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from saves import by_nets, make_save

from fooler_gui.core.save import STOP_REASONS, STOPPED_BY_ACTIVATION, Save, TermPlace
from fooler_gui.records import save_codec
from fooler_gui.records.save_codec import FORM_WITHOUT_CHANGES, FORM_WITHOUT_TOPS, RunShape, SaveCodec, SaveError

ARRAYS = (
    "images",
    "probabilities",
    "done",
    "reinitialised",
    "reinitialisations",
    "replacements",
    "distances",
    "leads",
    "pinned",
    "tops",
    "top_probabilities",
    "largest_changes",
)
BY_NET = "net_probabilities"
VALUES = ("step", "seconds", "labels", "stopped_by", "revision")
NUMBERS = ("cost", "weighted_cost", "mean_value")


def bits(value: float | None) -> bytes:
    return b"none" if value is None else np.float64(value).tobytes()


def check_same(save: Save, expected: Save) -> None:
    """Checks that both are the same to the last bit; events are not compared."""
    assert [getattr(save, name) for name in VALUES] == [getattr(expected, name) for name in VALUES]
    assert (save.net_probabilities is None) is (expected.net_probabilities is None)
    for name in (*ARRAYS, *([] if save.net_probabilities is None else [BY_NET])):
        one, other = getattr(save, name), getattr(expected, name)
        assert (one.dtype, one.shape) == (other.dtype, other.shape)
        assert one.tobytes() == other.tobytes()
        assert not one.flags.writeable
    assert (save.activations is None) is (expected.activations is None)
    if save.activations is not None and expected.activations is not None:
        assert save.activations.tobytes() == expected.activations.tobytes()
    for costs, others in zip(save.costs, expected.costs, strict=True):
        assert costs.label == others.label
        assert bits(costs.total) == bits(others.total)
        assert costs.places == others.places
        for term, other in zip(costs.terms, others.terms, strict=True):
            assert [bits(getattr(term, name)) for name in NUMBERS] == [bits(getattr(other, name)) for name in NUMBERS]
            assert (term.slot_values.dtype, term.slot_values.shape) == (
                other.slot_values.dtype,
                other.slot_values.shape,
            )
            assert term.slot_values.tobytes() == other.slot_values.tobytes()
            assert not term.slot_values.flags.writeable


def test_a_record_of_the_form_without_the_most_probable_classes_has_none() -> None:
    save = make_save((3, 5), 4, (2, 2, 1), 7)
    newest = RunShape.of(save)
    former = SaveCodec(dataclasses.replace(newest, form=FORM_WITHOUT_TOPS))
    content = SaveCodec(newest).encode(save)[: former.record_bytes]
    decoded = former.decode(content, step=7, seconds=save.seconds, revision=0)
    assert decoded.tops is decoded.top_probabilities is decoded.largest_changes is None
    np.testing.assert_array_equal(decoded.leads, save.leads)
    assert decoded.stopped_by == save.stopped_by


def test_a_record_of_the_form_without_the_largest_changes_has_the_most_probable_classes() -> None:
    save = make_save((3, 5), 4, (2, 2, 1), 7, largest_changes=0.25)
    newest = RunShape.of(save)
    former = SaveCodec(dataclasses.replace(newest, form=FORM_WITHOUT_CHANGES))
    content = SaveCodec(newest).encode(save)[: former.record_bytes]
    decoded = former.decode(content, step=7, seconds=save.seconds, revision=0)
    assert decoded.largest_changes is None
    assert decoded.tops is not None
    np.testing.assert_array_equal(decoded.tops, save.tops)


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
        make_save((0,), slots=1, shape=(1, 1, 1), reinitialisations=2**40, replacements=-1),
        make_save((2, 4), slots=1, layers=()),
        make_save((2, 4), slots=2, activations=[[0.125, 1.5], [0.0, -3.0]]),
        make_save((2, 4), slots=2, largest_changes=[[0.125, 1.0], [0.0, 0.5]]),
        make_save((2, 4), slots=3, optional={"closeness": 0.125}),
        make_save((2,), slots=3, optional={"closeness": 0.1, "total_variation": 0.0}),
        by_nets(make_save((2, 4), slots=3, shape=(2, 2, 1)), 0.25, np.float32([[0.5, 0.9, 1.0], [0.0, 0.1, 0.2]])),
    ],
    ids=[
        "one label",
        "three labels in colour",
        "one pixel",
        "no layers",
        "activations",
        "changes",
        "an optional term",
        "every term",
        "ensemble",
    ],
)
def test_a_save_comes_back_to_the_last_bit(save: Save) -> None:
    check_same(there_and_back(save), save)


@pytest.mark.parametrize("reason", ["", *STOP_REASONS[:4], STOPPED_BY_ACTIVATION])
def test_every_reason_of_a_run_to_stop_comes_back(reason: str) -> None:
    save = dataclasses.replace(make_save((3, 7), slots=2), stopped_by=("", reason))
    assert there_and_back(save).stopped_by == ("", reason)


@pytest.mark.parametrize("slots", [1, 2])
def test_costs_that_are_no_numbers_come_back_as_they_were(slots: int) -> None:
    save = make_save(slots=slots, shape=(2, 2, 1))
    (costs,) = save.costs
    changes = {
        "reference": {"cost": math.inf, "weighted_cost": -math.inf, "mean_value": -0.0},
        "misclassification": {"cost": 5e-324, "mean_value": 5e-324},
    }
    terms = [dataclasses.replace(term, **changes.get(term.place.term, {})) for term in costs.terms]
    strange = dataclasses.replace(costs, terms=tuple(terms), total=math.nan)
    strange_save = dataclasses.replace(save, costs=(strange,))
    back = there_and_back(strange_save)
    check_same(back, strange_save)
    assert (back.costs[0].of("batch", "inputs").mean_value is None) is (slots == 1)


def test_a_batch_distance_that_is_no_number_is_not_taken_for_none() -> None:
    save = make_save(slots=2, shape=(2, 2, 1), layers=("inputs",))
    back = there_and_back(with_term(save, "batch", "inputs", mean_value=math.nan))
    assert math.isnan(back.costs[0].of("batch", "inputs").mean_value or 0.0)


def test_costs_that_were_not_computed_come_back_as_none() -> None:
    save = make_save(slots=2, shape=(2, 2, 1), layers=("inputs",))
    for name in ("closeness", "total_variation"):
        term = there_and_back(save).costs[0].of(name)
        assert (term.cost, term.mean_value, term.weighted_cost) == (None, None, 0.0)


def test_a_cost_that_is_no_number_is_not_taken_for_one_that_was_not_computed() -> None:
    save = make_save(slots=2, shape=(2, 2, 1), layers=("inputs",))
    nan = {"cost": math.nan, "weighted_cost": math.nan, "mean_value": math.nan}
    term = there_and_back(with_term(save, "closeness", "", **nan)).costs[0].of("closeness")
    assert term.cost is not None
    assert term.mean_value is not None
    assert np.isnan([term.cost, term.weighted_cost, term.mean_value]).all()


def with_term(save: Save, term: str, layer: str, **numbers: float) -> Save:
    """Returns `save` with other `numbers` in one cost of its first label."""
    costs = save.costs[0]
    terms = [dataclasses.replace(cost, **numbers) if cost.place == (term, layer) else cost for cost in costs.terms]
    return dataclasses.replace(save, costs=(dataclasses.replace(costs, terms=tuple(terms)), *save.costs[1:]))


@pytest.mark.parametrize("change", [-1, 1])
def test_a_record_of_another_length_is_refused(change: int) -> None:
    save = make_save()
    codec = SaveCodec(RunShape.of(save))
    content = (codec.encode(save) + b"\0")[: codec.record_bytes + change]
    with pytest.raises(SaveError, match=r"must have [\d,]+ bytes; received [\d,]+\."):
        codec.decode(content, step=0, seconds=0.0, revision=0)


def test_flags_and_reasons_that_are_none_are_refused() -> None:
    save = make_save((3, 7), slots=3, shape=(2, 2, 1))
    codec = SaveCodec(RunShape.of(save))
    content = codec.encode(save)
    end = len(content) - 16 * 2 * 3  # last are each slot's most probable class, its probability, change and activation
    flags = 4 * 2 * 3 + 2  # four flags of every slot, then the reason of each label
    for place in range(end - flags, end):
        damaged = bytearray(content)
        damaged[place] = 200
        with pytest.raises(SaveError, match="its flags are invalid"):
            codec.decode(bytes(damaged), step=0, seconds=0.0, revision=0)


def test_a_run_whose_saves_are_too_large_is_refused_without_taking_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    shape = RunShape(labels=(3,), slots=8, image_shape=(28, 28, 1), places=(TermPlace("reference", "inputs"),))
    size = SaveCodec(shape).record_bytes
    monkeypatch.setattr(save_codec, "MOST_BYTES", size)
    assert SaveCodec(shape).record_bytes == size
    monkeypatch.setattr(save_codec, "MOST_BYTES", size - 1)
    with pytest.raises(SaveError, match="may take at most"):
        SaveCodec(shape)
    with pytest.raises(SaveError, match="may take at most"):
        SaveCodec(
            RunShape(
                labels=tuple(range(1000)),
                slots=10**6,
                image_shape=(4096, 4096, 4096),
                places=tuple(TermPlace("a", str(layer)) for layer in range(100)),
            )
        )
