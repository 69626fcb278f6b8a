"""Which of the runs that a sweep records are kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from fooler_gui.sweeps.grouping import FOOLING, SEED, Groups, Row, values_of
from fooler_gui.sweeps.sweep_spec import SweepError, SweepSpec

ALL, BEST, NONE = "all", "best", "none"
KEEP = (ALL, BEST, NONE)
_GRADIENTS = "gradients_to_999"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRuns:
    """What is kept of the runs; it is judged whenever a cell is done.

    Attributes:
        keep: One of `KEEP`: all runs; of each setting, that is of cells that differ in their seed alone, the best one,
            which has the greatest share of images that fool and among equals needed the fewest gradients to .999; or
            none.
        at_most: How many bytes all kept runs may take; None for no limit. With `ALL`, a run that no longer fits is not
            kept. With `BEST`, the second best runs are kept, too, then the third best and so on, as far as they fit.
    """

    keep: str = ALL
    at_most: int | None = None

    @property
    def keeps_everything(self) -> bool:
        """Whether no run ever goes."""
        return self.keep == ALL and self.at_most is None

    def check(self, spec: SweepSpec) -> None:
        """Refuses what cannot be judged of the runs of `spec`.

        Raises:
            SweepError: The best are to be kept of runs whose images nobody drives to fool.
        """
        if self.keep == BEST and spec.job != "backwork" and "attack" not in (*spec.fixed, *spec.varied):
            raise SweepError(
                "To keep the best runs, images must be driven to fool: by the job backwork, or train with attack; "
                f"received {spec.job}."
            )

    def surplus(self, rows: Sequence[Row], place: int, varied: Iterable[str]) -> list[int]:
        """Returns the places of the cells whose runs go, now that the cell at `place` is done.

        Args:
            rows: That cell, and those whose runs were kept so far.
            place: See above.
            varied: The names of the varied options.
        """
        if self.keep == BEST:
            return self._not_among_the_best(rows, [name for name in varied if name != SEED])
        full = self.at_most is not None and sum(row["bytes"] for row in rows) > self.at_most
        return [place] if full or self.keep == NONE else []

    def expected(self, size: int, spec: SweepSpec) -> int:
        """Returns the most bytes that are kept of the runs of `spec`, if each cell records `size` bytes."""
        if self.keep == NONE:
            return 0
        seeds = len(spec.vary.get(SEED, (0,))) * (spec.draws if list(spec.draw) == [SEED] else 1)
        cells = len(spec) // seeds if self.keep == BEST and self.at_most is None else len(spec)
        return size * cells if self.at_most is None else min(size * cells, self.at_most)

    def _not_among_the_best(self, rows: Sequence[Row], names: list[str]) -> list[int]:
        taken, surplus = 0, []
        for rank, row in _ranked(rows, names):
            fits = rank == 0 if self.at_most is None else taken + row["bytes"] <= self.at_most
            if fits:
                taken += row["bytes"]
            else:
                surplus.append(row["place"])
        return surplus


def _ranked(rows: Sequence[Row], names: list[str]) -> list[tuple[int, Row]]:
    """Returns all first ones of a setting, best first, each with the rank 0, then all second ones, and so on."""
    settings = Groups(rows, names).numbers
    ahead: Counter[int] = Counter()
    ranked = []
    for place in np.lexsort((values_of(rows, _GRADIENTS), -values_of(rows, FOOLING))):
        ranked.append((ahead[settings[place]], rows[place]))
        ahead[settings[place]] += 1
    return sorted(ranked, key=lambda pair: pair[0])
