from __future__ import annotations

import json

import numpy as np
import pytest

from fooler_gui.core.run_events import EventError, SlotActed, event_from_dict, event_to_dict
from fooler_gui.core.slot_actions import PinSlot, ReinitialiseSlot, SetSlotImage, SlotAction

SHAPE = (2, 2, 1)
IMAGE = np.array([0, 0.25, 0.5, 1], np.float32).reshape(SHAPE)


def read_back(event: SlotActed) -> SlotActed:
    kind, data, image = event_to_dict(event)
    read = event_from_dict(event.step, kind, json.loads(json.dumps(data)), image, SHAPE, ("inputs",))
    assert isinstance(read, SlotActed)
    return read


@pytest.mark.parametrize("together", [False, True])
@pytest.mark.parametrize(
    "action",
    [
        PinSlot(label=3, slot=1, pinned=True),
        ReinitialiseSlot(label=3, slot=0),
        ReinitialiseSlot(label=3, slot=0, rng_seed=0),
    ],
)
def test_an_action_is_read_as_it_was_written(action: SlotAction, together: bool) -> None:
    event = SlotActed(step=4, action=action, together=together)
    assert read_back(event) == event


@pytest.mark.parametrize("reinitialisations", [None, 0, 2])
def test_an_image_is_read_with_the_count_that_it_restores(reinitialisations: int | None) -> None:
    read = read_back(
        SlotActed(step=4, action=SetSlotImage(label=3, slot=2, image=IMAGE, reinitialisations=reinitialisations))
    ).action
    assert isinstance(read, SetSlotImage)
    assert (read.label, read.slot, read.reinitialisations) == (3, 2, reinitialisations)
    np.testing.assert_array_equal(read.image, IMAGE)


def test_actions_of_older_histories_are_read() -> None:
    where = {"label": 3, "slot": 1}
    pixels = IMAGE.astype("<f4").tobytes()
    assert event_from_dict(0, "reinitialise", where, None, SHAPE, ()) == SlotActed(
        step=0, action=ReinitialiseSlot(label=3, slot=1)
    )
    old = event_from_dict(0, "image", where, pixels, SHAPE, ())
    assert isinstance(old, SlotActed)
    assert isinstance(old.action, SetSlotImage)
    assert (old.together, old.action.reinitialisations) == (False, None)


@pytest.mark.parametrize("count", [-1, 1.5, "2", True, 2**31])
@pytest.mark.parametrize(("kind", "name"), [("reinitialise", "rng_seed"), ("image", "restarts")])
def test_what_is_no_count_is_refused_with_a_sentence(kind: str, name: str, count: object) -> None:
    data = {"label": 3, "slot": 1, name: count}
    with pytest.raises(EventError, match=rf"^{name} of an action on a slot must be a whole number from 0; received "):
        event_from_dict(0, kind, data, IMAGE.tobytes(), SHAPE, ())
