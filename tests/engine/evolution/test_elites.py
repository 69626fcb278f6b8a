from __future__ import annotations

import sys

import numpy as np
import pytest

from fooler_gui.core.errors import LabError
from fooler_gui.engine.evolution.elites import Elites

pytest.importorskip("ribs")

CLASSES = 3


def genomes(*values: float) -> np.ndarray:
    return np.array(values, np.float32)[:, np.newaxis]


@pytest.fixture
def elites() -> Elites:
    return Elites(1, CLASSES, rng_seed=0)


def shown(elites: Elites) -> list[tuple[float, float] | None]:
    """The genome and the probability in each cell."""
    cells = [elites.of(label) for label in range(CLASSES)]
    return [None if cell is None else (float(cell.genome[0]), round(cell.probability, 6)) for cell in cells]


def test_every_genome_is_offered_to_every_class_and_the_most_probable_enters(elites: Elites) -> None:
    assert elites.are_none
    elites.offer(genomes(1, 2), np.array([[0.25, 0.5, 0.25], [0.5, 0.375, 0.125]], np.float32))
    assert shown(elites) == [(2, 0.5), (1, 0.5), (1, 0.25)]
    assert not elites.are_none


def test_an_elite_gives_way_only_to_a_more_probable_one(elites: Elites) -> None:
    elites.offer(genomes(1), np.array([[0.25, 0.5, 0.25]], np.float32))
    elites.offer(genomes(2), np.array([[0.25, 0.25, 0.5]], np.float32))
    assert shown(elites) == [(1, 0.25), (1, 0.5), (2, 0.5)]


def test_one_may_be_offered_to_one_class_alone(elites: Elites) -> None:
    elites.offer_one(genomes(7)[0], 1, 0.125)
    assert shown(elites) == [None, (7, 0.125), None]


def test_a_dropped_elite_leaves_its_cell_empty_and_the_others_as_they_are(elites: Elites) -> None:
    elites.offer(genomes(1, 2), np.array([[0.25, 0.5, 0.25], [0.5, 0.375, 0.125]], np.float32))
    elites.drop(1)
    assert shown(elites) == [(2, 0.5), None, (1, 0.25)]
    elites.offer(genomes(3), np.array([[0.0, 0.0, 0.0]], np.float32))
    assert shown(elites) == [(2, 0.5), (3, 0.0), (1, 0.25)]


def test_the_last_elite_may_be_dropped(elites: Elites) -> None:
    elites.offer_one(genomes(7)[0], 1, 0.125)
    elites.drop(1)
    assert elites.are_none


def test_parents_are_drawn_from_all_elites_alike_by_the_seed() -> None:
    drawn = []
    for seed in (0, 0, 1):
        elites = Elites(1, CLASSES, seed)
        elites.offer(genomes(1, 2, 3), np.eye(3, dtype=np.float32))
        drawn.append(elites.parents(3_000).ravel())
    for genome in (1, 2, 3):
        assert np.mean(drawn[0] == genome) == pytest.approx(1 / 3, abs=0.03)
    assert drawn[0].tobytes() == drawn[1].tobytes() != drawn[2].tobytes()


def test_without_the_library_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ribs.archives", None)
    with pytest.raises(LabError) as caught:
        Elites(1, CLASSES, rng_seed=0)
    assert str(caught.value) == (
        "Evolution needs the library pyribs, which is not installed; get it by: python -m pip install ribs"
    )
