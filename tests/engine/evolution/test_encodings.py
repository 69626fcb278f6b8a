from __future__ import annotations

import numpy as np
import pytest
from tiny import noise

from fooler_gui.core.optimiser_names import DIRECT, ENCODINGS
from fooler_gui.engine.evolution.encodings import encoding_of

SHAPE = (5, 4, 3)


@pytest.mark.parametrize("name", ENCODINGS)
def test_genomes_of_every_encoding_make_images_in_range(name: str) -> None:
    encoding, rng = encoding_of(name, SHAPE), np.random.default_rng(2)
    genomes = encoding.fresh(30, rng)
    for generation in range(20):
        assert (genomes.shape, genomes.dtype) == ((30, encoding.length), np.float32)
        images = encoding.images(genomes)
        assert (images.shape, images.dtype) == ((30, *SHAPE), np.float32)
        assert images.min() >= 0
        assert images.max() <= 1
        parents = genomes.copy()
        genomes = encoding.offspring(genomes, generation, rng)
        assert not np.array_equal(genomes, parents)


@pytest.mark.parametrize("name", ENCODINGS)
def test_the_same_source_gives_the_same_offspring_and_parents_stay(name: str) -> None:
    encoding = encoding_of(name, SHAPE)
    parents = encoding.fresh(10, np.random.default_rng(1))
    kept = parents.tobytes()
    one, same, other = (encoding.offspring(parents, 0, np.random.default_rng(seed)) for seed in (3, 3, 4))
    assert one.tobytes() == same.tobytes() != other.tobytes()
    assert parents.tobytes() == kept


def test_the_direct_genome_of_an_image_makes_that_image() -> None:
    encoding, image = encoding_of(DIRECT, SHAPE), noise(SHAPE)
    genome = encoding.genome_of(image)
    assert genome is not None
    np.testing.assert_array_equal(encoding.images(genome[np.newaxis])[0], image)


@pytest.mark.parametrize(("generation", "rate"), [(0, 0.1), (999, 0.1), (1_000, 0.05), (1_999, 0.05), (2_000, 0.025)])
def test_a_tenth_of_the_pixels_mutates_and_half_as_many_after_every_thousand_generations(
    generation: int, rate: float
) -> None:
    encoding = encoding_of(DIRECT, (50, 50, 1))
    parents = np.full((20, encoding.length), 0.5, np.float32)
    changed = encoding.offspring(parents, generation, np.random.default_rng(0)) != parents
    assert changed.mean() == pytest.approx(rate, abs=0.003)


def test_pixels_that_had_left_the_range_come_back() -> None:
    encoding = encoding_of(DIRECT, (1, 2, 1))
    offspring = encoding.offspring(np.array([[-0.5, 1.5]], np.float32), 0, np.random.default_rng(0))
    assert offspring.min() >= 0
    assert offspring.max() <= 1
