"""Which references can be the nearest to patterns that move a little at a time. None is missed, few are looked at.

A pattern that has moved since distances were computed can be nearest only to references whose lower bound is not
above the best upper bound (the thought of Elkan 2003 and of Hamerly 2010 for k-means). On the few references of a
shortlist the bound is the triangle inequality; on all others, with a₀ the pattern at the last full search and Δ how
far it has moved since,

    |a − r|² = |a₀ − r|² + |Δ|² + 2 Δ·a₀ − 2 Δ·r,    Δ·r ≤ z·c + |rest of Δ| |rest of r|

where z and c are the coordinates of Δ and r in the references' main directions and the rests lie beside these.
"""

from __future__ import annotations

import numpy as np

from fooler_gui.core.messages import BoolArray, FloatArray
from fooler_gui.engine.coded_patterns import ROUNDING, CodedPatterns, IntArray, lengths, norm_beside, squared_norms

_SHORTLISTED = 64
_SHORTLISTED_A_SLOT = (4, 32)
_MOST_ADMITTED = 256
_LONGEST_SHORTLIST = 768
_MARGIN = 0.005
# What takes how long, in multiplications and additions of a matrix product: decoding a unit, and passing over a bound.
_DECODING, _PASSES = 8, 40


class NearestPatterns:
    """Follows the patterns of B slots in one layer.

    Args:
        coded: The references.

    Attributes:
        searches: How many full searches there were.
    """

    def __init__(self, coded: CodedPatterns) -> None:
        self.searches = 0
        self._coded = coded
        none = np.empty((0, coded.units), np.float32)
        self._shortlist = _Shortlist(coded, np.empty(0, np.int64))
        # Of the last full search: where the slots were, and their squared distances to all references.
        self._base, self._base_distances, self._base_doubt = none, none, none
        # Of the last look at the whole shortlist: where the slots were, how near each of it was at the least, how far
        # the nearest at the most, and how near all others were at the least.
        self._seen_from, self._lower, self._upper, self._others = none, none, none, none
        self._picked, self._spent, self._cost_of_search = 0, 0, 0

    def candidates(self, patterns: FloatArray) -> list[IntArray]:
        """Returns for each slot the references that can be its nearest: mostly one, more where they hardly differ.

        Args:
            patterns: (B, U) float32; B stays the same. To one that is not finite any reference may be the answer.
        """
        centred = patterns - self._coded.mean
        norms = squared_norms(centred)
        if not np.isfinite(norms).all():
            centred[~np.isfinite(norms)] = 0
            norms = squared_norms(centred)
        with np.errstate(over="ignore", invalid="ignore"):  # what overflows is infinitely far
            columns, lower, upper = self._measured(centred, norms)
        possible = lower <= upper[:, np.newaxis]
        possible[~possible.any(axis=1), 0] = True
        indices = self._shortlist.indices[columns]
        return [indices[row] for row in possible]

    def _measured(self, centred: FloatArray, norms: FloatArray) -> tuple[IntArray, FloatArray, FloatArray]:
        """Returns what can be nearest to `centred` (B, U), whose squared norms are `norms` (B,).

        Returns:
            Places (M,) in the shortlist; how near these are at the least (B, M); how far the nearest reference is at
            the most (B,).
        """
        if len(self._base) != len(centred):
            return self._search(centred, norms)
        moved = _distances(centred, self._seen_from)
        possible = (self._lower <= (self._upper + 2 * moved)[:, np.newaxis]).any(axis=0)
        columns = np.flatnonzero(possible)
        # Picking a few rows costs twice what reading them in order costs: no more of that than one look at them all.
        self._picked += 2 * len(columns)
        if len(columns) > 0 and self._picked < len(self._shortlist):
            lower, upper = self._shortlist.bounds(centred, norms, columns)
        else:
            columns, lower, upper = self._look(centred, norms, self._others - moved)
            moved = np.zeros_like(moved)
        questioned = self._others - moved <= upper
        if not questioned.any():
            return columns, lower, upper
        # Far from the base its bounds are so loose that a new search costs less than going on with them.
        if self._spent >= self._cost_of_search or not self._admit(centred, moved, questioned, upper):
            return self._search(centred, norms)
        entered = np.arange(self._lower.shape[1], len(self._shortlist))
        if len(entered) == 0:
            return columns, lower, upper
        nearer, nearest = self._shortlist.bounds(centred, norms, entered)
        self._spent += nearer.size * self._coded.units
        self._lower = np.concatenate([self._lower, nearer - moved[:, np.newaxis]], axis=1)
        return np.concatenate([columns, entered]), np.concatenate([lower, nearer], axis=1), np.minimum(upper, nearest)

    def _search(self, centred: FloatArray, norms: FloatArray) -> tuple[IntArray, FloatArray, FloatArray]:
        """Computes all distances and makes a new shortlist of the nearest to each slot."""
        self.searches += 1
        self._spent = 0
        self._cost_of_search = len(self._coded) * self._coded.units * (len(centred) + _DECODING)
        distances = self._coded.squared_distances(centred, norms)
        least, most = _SHORTLISTED_A_SLOT
        a_slot = min(max(_SHORTLISTED // len(centred), least), most)
        if a_slot < len(self._coded):
            listed = np.unique(np.argpartition(distances, a_slot, axis=1)[:, :a_slot])
        else:
            listed = np.arange(len(self._coded))
        self._base, self._base_distances, self._base_doubt = centred, distances, self._coded.doubt(norms)
        self._shortlist = _Shortlist(self._coded, listed)
        others = distances.copy()
        others[:, listed] = np.inf
        nearest = np.sqrt(np.maximum(others.min(axis=1) - self._base_doubt, 0)) - self._coded.error
        return self._look(centred, norms, nearest)

    def _look(
        self, centred: FloatArray, norms: FloatArray, others: FloatArray
    ) -> tuple[IntArray, FloatArray, FloatArray]:
        """Measures the whole shortlist; `others` (B,) is how near all other references are at the least."""
        columns = np.arange(len(self._shortlist))
        self._lower, self._upper = self._shortlist.bounds(centred, norms, columns)
        self._spent += self._lower.size * self._coded.units
        self._seen_from, self._others = centred, others
        self._picked = 0
        return columns, self._lower, self._upper

    def _admit(self, centred: FloatArray, moved: FloatArray, slots: BoolArray, upper: FloatArray) -> bool:
        """Puts on the shortlist what else can be nearest to `slots`; false where that is too much.

        Args:
            centred: (B, U).
            moved: (B,), how far they are from where they were seen last.
            slots: (B,) true for those to look at.
            upper: (B,), how far the nearest reference is at the most.
        """
        bounds = self._lower_bounds(centred[slots], slots)
        self._spent += bounds.size * (self._coded.directions.shape[1] + _PASSES)
        bounds[:, self._shortlist.indices] = np.inf
        # Those that some more movement would bring into question are admitted with those that are needed.
        for limit in ((1 + _MARGIN) * upper + 2 * moved, upper):
            admitted = np.flatnonzero((bounds <= limit[slots, np.newaxis]).any(axis=0))
            if len(admitted) <= _MOST_ADMITTED and len(self._shortlist) + len(admitted) <= _LONGEST_SHORTLIST:
                self._shortlist.add(admitted)
                bounds[:, admitted] = np.inf
                self._others[slots] = bounds.min(axis=1) - moved[slots]
                return True
        return False

    def _lower_bounds(self, centred: FloatArray, slots: BoolArray) -> FloatArray:
        """Returns how near all references are at the least (b, N) to the patterns `centred` (b, U) of `slots`."""
        base = self._base[slots]
        change: FloatArray = centred - base
        norms = squared_norms(change)
        along: FloatArray = change @ self._coded.directions
        factors = np.concatenate([along, norm_beside(norms, along)[:, np.newaxis]], axis=1)
        factors *= -2
        bounds = factors @ self._coded.coordinates.T
        bounds += self._base_distances[slots]
        moved = np.sqrt(norms)
        rounding = moved * (moved + 2 * (lengths(base) + self._coded.greatest_norm))
        rounding *= (self._coded.units / 2 + 64) * ROUNDING
        bounds += (norms + 2 * np.einsum("bu,bu->b", change, base) - rounding - self._base_doubt[slots])[:, np.newaxis]
        np.sqrt(np.maximum(bounds, 0, out=bounds), out=bounds)
        bounds -= self._coded.error
        return bounds


class _Shortlist:
    """References that are kept decoded.

    Attributes:
        indices: (M,), which they are.
    """

    def __init__(self, coded: CodedPatterns, indices: IntArray) -> None:
        self._coded = coded
        self.indices = np.empty(0, np.int64)
        self._rows = np.empty((0, coded.units), np.float32)
        self.add(indices)

    def __len__(self) -> int:
        return len(self.indices)

    def add(self, indices: IntArray) -> None:
        """Puts more references on the list."""
        count = len(self)
        self.indices = np.concatenate([self.indices, indices])
        if len(self) > len(self._rows):  # room for as many again, so that a few more cost no copy
            rows = np.empty((2 * len(self), self._coded.units), np.float32)
            rows[:count] = self._rows[:count]
            self._rows = rows
        self._rows[count : len(self)] = self._coded.rows(indices)
        self._norms = self._coded.squared_norms[self.indices]

    def bounds(self, centred: FloatArray, norms: FloatArray, columns: IntArray) -> tuple[FloatArray, FloatArray]:
        """Measures the references at the places `columns` (M,) of the list.

        Args:
            centred: (B, U) patterns less the references' mean.
            norms: (B,), squared.
            columns: In rising order.

        Returns:
            How near they are at the least (B, M), and how far the nearest of them is at the most (B,).
        """
        everything = len(columns) == len(self)
        rows = self._rows[: len(self)] if everything else self._rows[columns]
        distances = centred @ rows.T
        distances *= -2
        distances += self._norms[columns]
        distances += norms[:, np.newaxis]
        doubt = self._coded.doubt(norms)
        upper = np.sqrt(np.maximum(distances.min(axis=1) + doubt, 0)) + self._coded.error
        distances -= doubt[:, np.newaxis]
        np.sqrt(np.maximum(distances, 0, out=distances), out=distances)
        distances -= self._coded.error
        return distances, upper


def _distances(here: FloatArray, there: FloatArray) -> FloatArray:
    """Returns how far the rows of `here` (B, U) are from those of `there`, (B,), rounded up."""
    return lengths(here - there) * np.float32(1 + 1e-5)
