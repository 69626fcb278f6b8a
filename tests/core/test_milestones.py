from __future__ import annotations

import csv
import dataclasses

import numpy as np
from saves import make_change, make_save

from fooler_gui.core.milestones import NAMES, TOP_CLASS, Milestone, Milestones
from fooler_gui.core.milestones_csv import milestones_csv
from fooler_gui.core.settings import DescentSettings

P99, P999, P9999 = NAMES[1:]


def followed(*saves) -> Milestones:
    milestones = Milestones()
    for save in saves:
        milestones.add(save)
    return milestones


def save_of(step, probabilities, **changes):
    return make_save((3,), len(probabilities), (2, 2, 1), step, probabilities=probabilities, **changes)


def steps_of(milestones: Milestones, label: int, slot: int) -> dict[str, int]:
    return {name: reached.step for name, reached in milestones.of(label, slot).items()}


def test_names_tell_the_thresholds() -> None:
    assert NAMES == ("top class", "p > 0.99", "p > 0.999", "p > 0.9999")


def test_each_milestone_is_told_at_the_first_save_where_it_holds() -> None:
    image = np.array([[[[0.25], [0.5]], [[0.0], [0.875]]]], np.float32)[np.newaxis]
    milestones = followed(
        save_of(0, [0.2]),
        save_of(4, [0.6], distances=1.5, largest_changes=0.25, images=image),
        save_of(8, [0.995], distances=2.5),
        save_of(12, [0.99995], distances=3.5),
    )
    reached = milestones.of(3, 0)
    assert steps_of(milestones, 3, 0) == {TOP_CLASS: 4, P99: 8, P999: 12, P9999: 12}
    assert list(reached) == list(NAMES)
    assert reached[TOP_CLASS] == Milestone(
        step=4, evaluations=4, distance=1.5, largest_change=0.25, least=0.0, greatest=0.875
    )
    assert [reached[name].distance for name in (P99, P999)] == [2.5, 3.5]


def test_what_older_runs_did_not_record_is_told_to_be_missing() -> None:
    former = dataclasses.replace(save_of(0, [0.6]), largest_changes=None)
    milestones = followed(former)
    assert milestones.of(3, 0)[TOP_CLASS].largest_change is None
    (line,) = csv.DictReader(milestones_csv(milestones, ()).splitlines())
    assert (line["top class: distance"], line["top class: largest change of a pixel"]) == ("0.0", "")


def test_under_evolution_the_images_of_the_population_are_counted() -> None:
    milestones = Milestones(DescentSettings(optimiser="evolution", population=200))
    for save in (save_of(0, [0.2]), save_of(2, [0.995])):
        milestones.add(save)
    assert milestones.of(3, 0)[P99].evaluations == 400


def test_what_follows_a_change_of_the_search_counts_by_its_own_measure() -> None:
    milestones = followed(save_of(0, [0.2]), save_of(3, [0.3]))
    evolution = DescentSettings(optimiser="evolution", population=200)
    milestones.take([dataclasses.replace(make_change(1, 5), descent=evolution)])
    milestones.add(save_of(6, [0.995]))
    assert milestones.of(3, 0)[P99].evaluations == 4 + 2 * 200


def test_a_threshold_must_be_exceeded_and_a_milestone_is_told_once() -> None:
    milestones = followed(
        save_of(0, [0.5], leads=True), save_of(1, [0.99]), save_of(2, [0.9901]), save_of(3, [0.4]), save_of(4, [0.9902])
    )
    assert steps_of(milestones, 3, 0) == {TOP_CLASS: 0, P99: 2}


def test_a_reinitialised_image_begins_anew_and_its_evaluations_go_on() -> None:
    milestones = followed(
        save_of(0, [0.1, 0.1]),
        save_of(5, [0.995, 0.995]),
        save_of(10, [0.2, 0.9995], replacements=[[1, 0]]),
    )
    assert milestones.of(3, 0) == {}
    assert steps_of(milestones, 3, 1) == {TOP_CLASS: 5, P99: 5, P999: 10}
    milestones.add(save_of(15, [0.7, 0.9995], replacements=[[1, 0]], distances=0.5))
    reached = milestones.of(3, 0)
    assert list(reached) == [TOP_CLASS]
    assert (reached[TOP_CLASS].step, reached[TOP_CLASS].evaluations, reached[TOP_CLASS].distance) == (15, 15, 0.5)


def test_one_that_is_replaced_by_a_fooling_image_reaches_it_at_that_save() -> None:
    milestones = followed(save_of(0, [0.995]), save_of(5, [0.996]), save_of(5, [0.998], replacements=1))
    assert steps_of(milestones, 3, 0) == {TOP_CLASS: 5, P99: 5}


def test_a_stopped_label_counts_no_evaluations_until_it_goes_on() -> None:
    milestones = followed(
        save_of(0, [0.1]),
        save_of(10, [0.2], stopped_by="probability"),
        save_of(20, [0.2], stopped_by="probability"),
        # A person replaced the image: the label goes on, with a save at the same step.
        save_of(20, [0.3], replacements=1),
        save_of(25, [0.9]),
    )
    assert milestones.of(3, 0)[TOP_CLASS].evaluations == 15


def test_a_label_that_is_let_to_keep_refining_counts_again() -> None:
    milestones = followed(
        save_of(0, [0.1]), save_of(10, [0.2], stopped_by="max_steps"), save_of(11, [0.6]), save_of(12, [0.995])
    )
    assert [reached.evaluations for reached in milestones.of(3, 0).values()] == [11, 12]


def test_the_steps_before_a_label_stopped_count() -> None:
    milestones = followed(save_of(0, [0.1]), save_of(10, [0.995], stopped_by="probability"))
    assert milestones.of(3, 0)[P99].evaluations == 10


def test_a_pinned_slot_counts_no_evaluations() -> None:
    milestones = followed(
        save_of(0, [0.1, 0.1]),
        save_of(2, [0.1, 0.1], pinned=[(0, 0)]),
        save_of(7, [0.1, 0.6], pinned=[(0, 0)]),
        save_of(7, [0.1, 0.6]),
        save_of(8, [0.6, 0.6]),
    )
    assert milestones.of(3, 0)[TOP_CLASS].evaluations == 3
    assert milestones.of(3, 1)[TOP_CLASS].evaluations == 7


def test_labels_need_not_be_sorted() -> None:
    milestones = followed(
        make_save((7, 2), 1, (2, 2, 1), 0, probabilities=[[0.6], [0.1]]),
        make_save((7, 2), 1, (2, 2, 1), 1, probabilities=[[0.1], [0.995]]),
    )
    assert steps_of(milestones, 7, 0) == {TOP_CLASS: 0}
    assert steps_of(milestones, 2, 0) == {TOP_CLASS: 1, P99: 1}
    assert (milestones.labels, milestones.slots) == ((7, 2), 1)
    assert milestones.counts() == {TOP_CLASS: 2, P99: 1, P999: 0, P9999: 0}


def test_labels_and_slots_that_are_none_reached_nothing() -> None:
    milestones = Milestones()
    assert (milestones.labels, milestones.slots, milestones.of(3, 0)) == ((), 0, {})
    assert milestones.counts() == dict.fromkeys(NAMES, 0)
    milestones.add(save_of(0, [0.9]))
    assert milestones.of(4, 0) == milestones.of(3, 1) == milestones.of(3, -1) == {}


def test_the_table_has_a_line_for_each_image_and_is_empty_where_nothing_was_reached() -> None:
    milestones = followed(
        save_of(0, [0.1, 0.1], images=np.zeros((1, 2, 2, 2, 1))),
        save_of(1_500, [0.6, 0.1], distances=1.5, largest_changes=0.25, images=np.full((1, 2, 2, 2, 1), 0.5)),
    )
    first, second = csv.DictReader(milestones_csv(milestones, ("cat", "dog", "hen", "ox")).splitlines())
    assert (first["label"], first["slot (from 0)"], second["slot (from 0)"]) == ("ox", "0", "1")
    assert first["top class: step"] == first["top class: evaluations"] == "1500"
    assert first["top class: largest change of a pixel"] == "0.25"
    assert (first["top class: distance"], first["top class: least pixel"]) == ("1.5", "0.5")
    assert {value for name, value in first.items() if name.startswith("p >")} == {""}
    assert [value for name, value in second.items() if ":" in name] == [""] * 24
    assert len(milestones_csv(Milestones(), ()).splitlines()) == 1
