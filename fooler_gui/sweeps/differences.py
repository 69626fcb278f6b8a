"""How the settings of a sweep differ from the first one, in pairs of cells that share everything else."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from fooler_gui.core.arrays import IntArray
from fooler_gui.sweeps.grouping import ALL_FOOL, Groups, settings_of, values_of
from fooler_gui.sweeps.statistics import Comparison, holm, paired_shares, paired_values


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How a figure of a setting differs from that of the first setting.

    Attributes:
        figure: Its name.
        comparison: This setting's minus the first one's: of `ALL_FOOL` by the exact test of McNemar, of any other
            figure by Wilcoxon's signed-rank test.
        corrected: p after Holm, over all settings and this figure.
    """

    figure: str
    comparison: Comparison
    corrected: float

    @property
    def test(self) -> str:
        """Whose test it is."""
        return "McNemar" if self.figure == ALL_FOOL else "Wilcoxon"

    def to_dict(self) -> dict[str, str | float]:
        """Returns all that as numbers and texts."""
        return {
            "figure": self.figure,
            "test": self.test,
            "difference": self.comparison.difference,
            "p": self.comparison.p,
            "p_holm": self.corrected,
            "pairs": self.comparison.count,
        }


def differences(groups: Groups, varied: Iterable[str], figures: Iterable[str]) -> list[tuple[Difference, ...]]:
    """Returns, for each group, how its figures differ from those of the first group; nothing for that itself.

    A pair is a cell of either group with the same seed, and the same values of all other options that are pooled.

    Args:
        groups: The settings.
        varied: The names of all varied options.
        figures: What is compared; figures of which there is no pair are left out.
    """
    found: list[list[Difference]] = [[] for _ in groups.settings]
    partners = _partners(groups, [name for name in varied if name not in groups.names])
    for figure in figures:
        compared = _compared(groups, partners, figure)
        corrected = holm([comparison.p for comparison in compared])
        for place, (comparison, p) in enumerate(zip(compared, corrected, strict=True), start=1):
            if comparison.count:
                found[place].append(Difference(figure=figure, comparison=comparison, corrected=p))
    return [tuple(each) for each in found]


def _compared(groups: Groups, partners: IntArray, figure: str) -> list[Comparison]:
    """Returns the comparison of each group but the first with that."""
    ours = values_of(groups.rows, figure)
    theirs = np.where(partners >= 0, ours[partners], math.nan)
    pairs = groups.members(~np.isnan(ours) & ~np.isnan(theirs))[1:]
    if figure == ALL_FOOL:
        return [paired_shares(ours[places] == 1, theirs[places] == 1) for places in pairs]
    return [paired_values(ours[places], theirs[places]) for places in pairs]


def _partners(groups: Groups, pooled: list[str]) -> IntArray:
    """Returns, for each row, the place of the row of the first group with the same pooled options; −1 for none."""
    keys = settings_of(groups.rows, pooled)
    first = {keys[place]: place for place in np.flatnonzero(groups.numbers == 0).tolist()}
    return np.array([first.get(key, -1) for key in keys], np.int64)
