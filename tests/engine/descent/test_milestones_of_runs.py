"""Milestones of a tiny net's descent against those worked out from its saved images alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from descents import at_steps, run_to_end
from tiny import make_batch, make_control, noise

from fooler_gui.core.milestones import NAMES, THRESHOLDS, Milestones
from fooler_gui.core.save import Save
from fooler_gui.core.settings import MethodSettings
from fooler_gui.core.slot_actions import PinSlot, SetSlotImage
from fooler_gui.data.dataset import Dataset
from fooler_gui.engine.nets.classifier import Classifier

LABELS = (2, 0, 1)
SLOTS = 3
GIVEN = noise((8, 8, 1), rng_seed=9)


@pytest.fixture(scope="module")
def saves(cost_of: Any, dataset: Dataset, classifier: Classifier) -> list[Save]:
    """A run in which slots are reinitialised, one is pinned for a while, and one is given an image."""
    cost = cost_of(MethodSettings())
    batches = [make_batch(cost, dataset, label, SLOTS, rng_seed=1) for label in LABELS]
    control = make_control(classifier, max_steps=70, learning_rate=0.1, min_probability=0.995)
    at = at_steps(
        {
            3: lambda: control.act_on_slot(PinSlot(label=0, slot=1, pinned=True)),
            9: lambda: control.act_on_slot(PinSlot(label=0, slot=1, pinned=False)),
            12: lambda: control.act_on_slot(SetSlotImage(label=1, slot=2, image=GIVEN)),
        }
    )
    made, _ = run_to_end(batches, control, at)
    return made


def worked_out(classifier: Classifier, saves: list[Save], row: int, slot: int) -> dict[str, tuple[int, int, float]]:
    """Returns by name the step, the count of changes until then, and the sum of all pixels of the present image."""
    label = saves[0].labels[row]
    images = np.stack([save.images[row, slot] for save in saves])
    replacements = [int(save.replacements[row, slot]) for save in saves]
    of_every_class = classifier.probabilities(images)
    changes, reached = 0, {}
    for index, save in enumerate(saves):
        changes += index > 0 and save.step > saves[index - 1].step and bool((images[index] != images[index - 1]).any())
        if replacements[index] != replacements[-1]:
            continue
        probability = of_every_class[index, label]
        holds = [of_every_class[index].argmax() == label, *(probability > threshold for threshold in THRESHOLDS)]
        for name, held in zip(NAMES, holds, strict=True):
            if held and name not in reached:
                reached[name] = (save.step, changes, float(images[index].sum()))
    return reached


def test_the_run_has_everything_that_milestones_must_follow(saves: list[Save]) -> None:
    last = saves[-1]
    assert last.reinitialisations.sum() > 0
    assert (last.replacements == 0).any()
    assert last.replacements[LABELS.index(1), 2] > 0
    assert any(save.pinned.any() for save in saves)
    stops = [next((save.step for save in saves if save.stopped_by[row]), None) for row in range(len(LABELS))]
    assert len(set(stops)) > 1, "labels must stop at different steps"


def test_milestones_are_those_worked_out_from_the_saved_images(classifier: Classifier, saves: list[Save]) -> None:
    milestones = Milestones()
    for save in saves:
        milestones.add(save)
    checked = 0
    for row, label in enumerate(LABELS):
        for slot in range(SLOTS):
            expected, received = worked_out(classifier, saves, row, slot), milestones.of(label, slot)
            assert list(received) == [name for name in NAMES if name in expected]
            for name, reached in received.items():
                assert (reached.step, reached.evaluations) == expected[name][:2]
                checked += 1
    assert checked > len(LABELS) * SLOTS


def test_distances_and_pixel_ranges_are_those_of_the_images(saves: list[Save]) -> None:
    milestones = Milestones()
    for save in saves:
        milestones.add(save)
    by_step = {save.step: save for save in saves}
    checked = 0
    for row, label in enumerate(LABELS):
        for slot in np.flatnonzero(saves[-1].replacements[row] == 0).tolist():
            start = saves[0].images[row, slot]
            for reached in milestones.of(label, slot).values():
                image = by_step[reached.step].images[row, slot]
                assert reached.distance == pytest.approx(float(np.linalg.norm(image - start)), rel=1e-5, abs=1e-6)
                assert reached.largest_change == float(np.abs(image - start).max())
                assert (reached.least, reached.greatest) == (float(image.min()), float(image.max()))
                checked += 1
    assert checked


def test_the_distance_of_a_given_image_is_from_that_image(saves: list[Save]) -> None:
    row = LABELS.index(1)
    index = next(index for index, save in enumerate(saves) if (save.images[row, 2] == GIVEN).all())
    given, following = saves[index : index + 2]
    assert given.replacements[row, 2] == following.replacements[row, 2]
    assert given.distances[row, 2] == 0
    distance = float(np.linalg.norm(following.images[row, 2] - GIVEN))
    assert following.distances[row, 2] == pytest.approx(distance, rel=1e-5)
    assert given.largest_changes is not None
    assert following.largest_changes is not None
    assert given.largest_changes[row, 2] == 0
    assert following.largest_changes[row, 2] == np.abs(following.images[row, 2] - GIVEN).max() > 0
