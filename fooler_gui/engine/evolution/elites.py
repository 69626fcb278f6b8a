"""The best genome known of each class, kept by pyribs, which the optional extra ``evolution`` brings."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from fooler_gui.core.arrays import FloatArray, IntArray
from fooler_gui.core.errors import LabError

BRINGS_EVOLUTION = "python -m pip install ribs"
"""The command that installs what evolution needs."""


class Elite(NamedTuple):
    """A genome (length,) and the probability of its class."""

    genome: FloatArray
    probability: float


class Elites:
    """The archive of MAP-Elites (Mouret and Clune 2015) with a cell for each class, as in Nguyen and others 2015.

    Args:
        length: How many numbers a genome has.
        classes: How many cells there are.
        rng_seed: The number that starts the choice of parents.

    Raises:
        LabError: The extra ``evolution`` is not installed.
    """

    def __init__(self, length: int, classes: int, rng_seed: int) -> None:
        self._classes = np.arange(classes)
        self._archive = categorical_archive()(
            solution_dim=length,
            categories=[range(classes)],
            seed=rng_seed,
            solution_dtype=np.float32,
            objective_dtype=np.float32,
            measures_dtype=np.int64,
        )

    @property
    def are_none(self) -> bool:
        """Whether every cell is empty."""
        return bool(self._archive.empty)

    def offer(self, genomes: FloatArray, probabilities: FloatArray) -> None:
        """Offers each of `genomes` (N, length), N ≥ 1, to every class; one enters where it is the most probable yet.

        Args:
            genomes: The genomes.
            probabilities: (N, classes), of the images that they encode.
        """
        best = probabilities.argmax(axis=0)
        self._add(genomes[best], probabilities[best, self._classes], self._classes)

    def offer_one(self, genome: FloatArray, label: int, probability: float) -> None:
        """Offers a `genome` (length,) to the class `label` alone."""
        self._add(genome[np.newaxis], np.array([probability]), np.array([label]))

    def drop(self, label: int) -> None:
        """Empties the cell of the class `label`."""
        kept = self._archive.data(("solution", "objective", "measures"), return_type="dict")
        others = kept["measures"][:, 0] != label
        self._archive.clear()
        if others.any():
            self._add(kept["solution"][others], kept["objective"][others], kept["measures"][others, 0])

    def parents(self, count: int) -> FloatArray:
        """Returns `count` genomes (count, length), each of an elite drawn uniformly; there must be one."""
        parents: FloatArray = self._archive.sample_elites(count)["solution"]
        return parents

    def of(self, label: int) -> Elite | None:
        """Returns the elite of the class `label`; None if its cell is empty."""
        is_there, elite = self._archive.retrieve_single([label])
        return Elite(elite["solution"], float(elite["objective"])) if is_there else None

    def _add(self, genomes: FloatArray, probabilities: npt.NDArray[Any], labels: IntArray) -> None:
        self._archive.add(genomes, probabilities, labels[:, np.newaxis])


def categorical_archive() -> Any:
    """Returns the class of pyribs' archives with a cell for each category.

    Raises:
        LabError: It is not installed.
    """
    try:
        from ribs.archives import CategoricalArchive
    except ImportError as error:
        raise LabError(
            f"Evolution needs the library pyribs, which is not installed; get it by: {BRINGS_EVOLUTION}"
        ) from error
    return CategoricalArchive
