"""Evolution of a run's images: MAP-Elites (method.md, Evolution)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.settings import DescentSettings
from fooler_gui.data.starts import Noise, noise_rng
from fooler_gui.engine.cost.evaluation import Evaluation
from fooler_gui.engine.descent.label_batch import LabelBatch
from fooler_gui.engine.evolution.elites import Elites, categorical_archive
from fooler_gui.engine.evolution.encodings import Encoding, encoding_of

_MOST_SEED = 2**31
_NEVER = -1.0
"""The probability of an image that is beyond its budget."""

Moving = Sequence[tuple[LabelBatch, Evaluation]]
"""The batches that have not stopped, all with as many slots, with the evaluations of their present images."""


class Evolution:
    """Makes the next images by evolution: a step is a generation.

    Every slot has a population of its own, whose elites it shows, each label's beside that label.

    Args:
        encoding: Of images, one of `ENCODINGS`.
        rng_seed: The run's.
        step: How many steps the run had made.

    Raises:
        LabError: The extra ``evolution`` is not installed.
    """

    def __init__(self, encoding: str, rng_seed: int, step: int) -> None:
        categorical_archive()
        self._encoding = encoding
        self._seeds = rng_seed, step
        self._populations: list[_Population] = []

    def step(self, moving: Moving, settings: DescentSettings) -> None:
        """Makes a generation in every slot's population, and gives slots that are not pinned what is more probable."""
        if not self._populations:
            first = moving[0][0]
            slots, height, width, channels = first.images.shape
            encoding = encoding_of(self._encoding, (height, width, channels))
            classes = len(first.cost.class_names)
            self._populations = [
                _Population(encoding, classes, slot, noise_rng(Noise.EVOLUTION, *self._seeds, slot))
                for slot in range(slots)
            ]
        for population in self._populations:
            population.take(moving)
            population.evolve(moving, settings)
        for batch, evaluation in moving:
            better = [population.better(batch, evaluation) for population in self._populations]
            batch.show(better)


class _Population:
    """The elites that slot `slot` of every label shows.

    Args:
        encoding: Of images.
        classes: How many cells there are.
        slot: The slot.
        rng: The population's own source of randomness.
    """

    def __init__(self, encoding: Encoding, classes: int, slot: int, rng: np.random.Generator) -> None:
        self._encoding = encoding
        self._slot = slot
        self._rng = rng
        self._elites = Elites(encoding.length, classes, int(rng.integers(_MOST_SEED)))
        self._generation = 0
        self._replacements: dict[int, int] = {}
        self._shown: dict[int, FloatArray] = {}

    def take(self, moving: Moving) -> None:
        """Takes in images that were not made here: the starts, and those that replaced an elite's."""
        for batch, evaluation in moving:
            label, replacements = batch.label, int(batch.replacements[self._slot])
            known = self._replacements.get(label)
            if known == replacements:
                continue
            if known is not None:
                self._elites.drop(label)
                self._shown.pop(label, None)
            genome = self._encoding.genome_of(batch.images[self._slot])
            if genome is not None:
                self._elites.offer_one(genome, label, float(evaluation.probabilities[self._slot]))
            self._replacements[label] = replacements

    def evolve(self, moving: Moving, settings: DescentSettings) -> None:
        """Makes a generation: offspring of elites drawn at random, each offered to every class."""
        if self._elites.are_none:
            genomes = self._encoding.fresh(settings.population, self._rng)
        else:
            parents = self._elites.parents(settings.population)
            genomes = self._encoding.offspring(parents, self._generation, self._rng)
        images = self._encoding.images(genomes)
        probabilities = moving[0][0].cost.probabilities(images)
        for batch, _ in moving:
            allowed = batch.allows(self._slot, images, settings)
            probabilities[:, batch.label] = np.where(allowed, probabilities[:, batch.label], _NEVER)
        self._elites.offer(genomes, probabilities)
        self._generation += 1

    def better(self, batch: LabelBatch, evaluation: Evaluation) -> FloatArray | None:
        """Returns the elite's image (H, W, C) where it is to replace what the slot shows; None if it is not."""
        elite = self._elites.of(batch.label)
        if elite is None or batch.pinned[self._slot] or elite.probability <= evaluation.probabilities[self._slot]:
            return None
        shown = self._shown.get(batch.label)
        if shown is not None and np.array_equal(shown, elite.genome):
            return None
        self._shown[batch.label] = elite.genome
        image: FloatArray = self._encoding.images(elite.genome[np.newaxis])[0]
        return image
