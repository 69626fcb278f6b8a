from __future__ import annotations

import pytest
from run_samples import make_spec, make_summary

from fooler_gui.core.run_summary import DAMAGED, IN_PROGRESS, UNFINISHED, labels_in_words

RUN = make_summary(
    "/runs/run 2026-03-14 09.26.53",
    id="c0ffee1234",
    name="Strong diversity",
    notes="Slots 3 and 5 look alike.",
    spec=make_spec((3, 7), rng_seed=30),
)


@pytest.mark.parametrize(
    "wanted",
    ["", "strong", "DIVERS", "alike slots", "seed 30", "digit 7", "label 3", "c0ff", "2026-03-14", "09.26", "finished"],
)
def test_a_run_is_found_by_what_is_true_of_it(wanted: str) -> None:
    assert RUN.matches(wanted)


@pytest.mark.parametrize(
    "wanted", ["seed 3", "digit 8", "digit 37", "weak", "strong weak", "c0f", "ffee1234", "damaged"]
)
def test_a_run_is_not_found_by_what_is_not(wanted: str) -> None:
    assert not RUN.matches(wanted)


def test_a_run_that_tells_nothing_is_found_by_its_folder_alone() -> None:
    lost = make_summary("C:\\runs\\run 7", spec=None, class_names=(), state=DAMAGED, problem="It is damaged.", id="")
    assert lost.matches("run 7")
    assert not lost.matches("seed 0")
    assert (lost.labels, lost.images, lost.rng_seed, lost.parent) == ((), 0, None, None)
    assert lost.sentence == "It is damaged."


def test_it_is_told_how_a_run_stands() -> None:
    assert RUN.sentence == "Stopped after 37 steps, 2.5 s of computing: the step limit is reached."
    assert make_summary(state=UNFINISHED, steps=1, stopped_by=()).sentence == "It was interrupted after 1 step."
    assert make_summary(state=IN_PROGRESS, stopped_by=()).sentence == "It is in progress."


@pytest.mark.parametrize(
    ("wanted", "found"),
    [('class "fire truck"', True), ("label “Fire Truck”", True), ("label fire", False), ("cat", False)],
)
def test_a_run_is_found_by_the_name_of_its_class(wanted: str, found: bool) -> None:
    run = make_summary("/runs/1", spec=make_spec((1,)), class_names=("cat", "Fire truck"))
    assert run.matches(wanted) is found


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ([], ""),
        (["3"], "3"),
        (["3", "4"], "3, 4"),
        (["0", "1", "2", "7", "8", "9"], "0–2, 7–9"),
        (list("0123456789"), "0–9"),
        (["shirt", "coat"], "shirt, coat"),
        ([f"c{number}" for number in range(8)], "c0, c1, c2, c3, c4, c5, c6, c7"),
        ([f"c{number}" for number in range(100)], "c0, c1, c2, c3, c4, c5, c6, c7 and 92 more"),
        ([*(f"c{number}" for number in range(8)), "1", "2", "3"], "c0, c1, c2, c3, c4, c5, c6, c7 and 3 more"),
    ],
)
def test_labels_are_told_briefly(names: list[str], words: str) -> None:
    assert labels_in_words(names) == words
