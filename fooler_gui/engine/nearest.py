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
        none: FloatArray = np.empty((0, coded.units), np.float32)
        self._shortlist = _Shortlist(coded, np.empty(0, np.int64))
        # Of the last full search: where the slots were, and their squared distances to all references.
        self._base, self._base_distances, self._base_doubt = none, none, none
        # Of each slot's last look at the whole shortlist: where it was; how near each on the list was at the least
        # and the nearest at the most; which one that was, and how near every other on the list, and every one beside
        # it, was at the least.
        self._seen_from, self._lower, self._upper = none, none, none
        self._first, self._second, self._others = np.empty(0, np.int64), none, none
        self._picked, self._spent, self._cost_of_search = 0, 0, 0

    def candidates(self, patterns: FloatArray) -> list[IntArray]:
        """Returns for each slot the references that can be its nearest: mostly one, more where they hardly differ.

        Args:
            patterns: (B, U) float32; B stays the same. To one that is not finite any reference may be the answer.
        """
        with np.errstate(over="ignore", invalid="ignore"):  # what overflows is infinitely far
            if len(self._base) != len(patterns):
                return self._search(patterns)
            moved = _distances(patterns, self._seen_from)
            sure = self._upper + moved < np.minimum(self._second, self._others) - moved
            if sure.all():
                return [self._shortlist.indices[first : first + 1] for first in self._first]
            open_slots = np.flatnonzero(~sure)
            found = self._closer(patterns[open_slots], open_slots, moved[open_slots])
            if found is None:
                return self._search(patterns)
            by_slot = dict(zip(open_slots.tolist(), found, strict=True))
            indices = self._shortlist.indices
            return [by_slot.get(slot, indices[first : first + 1]) for slot, first in enumerate(self._first)]

    def _closer(self, patterns: FloatArray, slots: IntArray, moved: FloatArray) -> list[IntArray] | None:
        """Returns the candidates of `slots` (b,), or None where a full search is called for.

        Args:
            patterns: (b, U), of these slots.
            slots: Which they are.
            moved: (b,), how far they are from where they were seen last.
        """
        centred, norms = self._centred(patterns)
        possible = (self._lower[slots] <= (self._upper[slots] + 2 * moved)[:, np.newaxis]).any(axis=0)
        columns = np.flatnonzero(possible)
        # Picking a few rows costs twice what reading them in order costs: no more of that than one look at them all.
        self._picked += 2 * len(columns)
        if len(columns) > 0 and self._picked < len(self._shortlist):
            lower, upper = self._shortlist.bounds(centred, norms, columns)
        else:
            columns = np.arange(len(self._shortlist))
            lower, upper = self._look(patterns, centred, norms, slots, self._others[slots] - moved)
            moved = np.zeros_like(moved)
        questioned = self._others[slots] - moved <= upper
        if questioned.any():
            # Far from the base its bounds are so loose that a new search costs less than going on with them.
            if self._spent >= self._cost_of_search:
                return None
            entered = self._admit(centred, slots, moved, questioned, upper)
            if entered is None:
                return None
            if len(entered):
                nearer, nearest = self._shortlist.bounds(centred, norms, entered)
                self._spent += nearer.size * self._coded.units
                self._widen(nearer - moved[:, np.newaxis], slots)
                columns, lower = np.concatenate([columns, entered]), np.concatenate([lower, nearer], axis=1)
                upper = np.minimum(upper, nearest)
        return self._named(columns, lower, upper)

    def _named(self, columns: IntArray, lower: FloatArray, upper: FloatArray) -> list[IntArray]:
        """Returns for each slot which references at the places `columns` (M,) of the shortlist can be nearest."""
        possible = lower <= upper[:, np.newaxis]
        possible[~possible.any(axis=1), 0] = True
        indices = self._shortlist.indices[columns]
        return [indices[row] for row in possible]

    def _search(self, patterns: FloatArray) -> list[IntArray]:
        """Computes all distances of all slots, makes a new shortlist of the nearest, and returns the candidates."""
        self.searches += 1
        centred, norms = self._centred(patterns)
        distances = self._coded.squared_distances(centred, norms)
        least, most = _SHORTLISTED_A_SLOT
        a_slot = min(max(_SHORTLISTED // len(centred), least), most)
        if a_slot < len(self._coded):
            listed = np.unique(np.argpartition(distances, a_slot, axis=1)[:, :a_slot])
        else:
            listed = np.arange(len(self._coded))
        self._base, self._base_distances, self._base_doubt = centred, distances, self._coded.doubt(norms)
        self._spent = 0
        self._cost_of_search = len(self._coded) * self._coded.units * (len(centred) + _DECODING)
        self._shortlist = _Shortlist(self._coded, listed)
        beside = distances.copy()
        beside[:, listed] = np.inf
        others: FloatArray = np.sqrt(np.maximum(beside.min(axis=1) - self._base_doubt, 0)) - self._coded.error
        count = len(centred)
        self._seen_from, self._lower = np.empty_like(centred), np.empty((count, len(listed)), np.float32)
        self._upper, self._second, self._others = (np.empty(count, np.float32) for _ in range(3))
        self._first = np.empty(count, np.int64)
        lower, upper = self._look(patterns, centred, norms, np.arange(count), others)
        return self._named(np.arange(len(listed)), lower, upper)

    def _look(
        self, patterns: FloatArray, centred: FloatArray, norms: FloatArray, slots: IntArray, others: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Measures the whole shortlist for `slots`; `others` (b,) is how near what is beside it is at the least."""
        lower, upper = self._shortlist.bounds(centred, norms, np.arange(len(self._shortlist)))
        self._spent += lower.size * self._coded.units
        self._picked = 0
        self._seen_from[slots], self._others[slots] = patterns, others
        self._lower[slots], self._upper[slots] = lower, upper
        self._rank(slots)
        return lower, upper

    def _rank(self, slots: IntArray) -> None:
        lower = self._lower[slots]
        self._first[slots] = lower.argmin(axis=1)
        self._second[slots] = np.partition(lower, 1, axis=1)[:, 1] if lower.shape[1] > 1 else np.inf

    def _admit(
        self, centred: FloatArray, slots: IntArray, moved: FloatArray, questioned: BoolArray, upper: FloatArray
    ) -> IntArray | None:
        """Puts on the shortlist what else can be nearest, and returns the new places; None where that is too much.

        Args:
            centred: (b, U), of `slots`.
            slots: (b,).
            moved: (b,), how far they are from where they were seen last.
            questioned: (b,), for which of them something beside the shortlist can be nearest.
            upper: (b,), how far the nearest reference is at the most.
        """
        bounds = self._lower_bounds(centred[questioned], slots[questioned])
        self._spent += bounds.size * (self._coded.directions.shape[1] + _PASSES)
        bounds[:, self._shortlist.indices] = np.inf
        before = len(self._shortlist)
        # Those that some more movement would bring into question are admitted with those that are needed.
        for limit in ((1 + _MARGIN) * upper + 2 * moved, upper):
            admitted = np.flatnonzero((bounds <= limit[questioned, np.newaxis]).any(axis=0))
            if len(admitted) <= _MOST_ADMITTED and before + len(admitted) <= _LONGEST_SHORTLIST:
                self._shortlist.add(admitted)
                bounds[:, admitted] = np.inf
                self._others[slots[questioned]] = bounds.min(axis=1) - moved[questioned]
                return np.arange(before, len(self._shortlist))
        return None

    def _widen(self, lower: FloatArray, slots: IntArray) -> None:
        """Notes how near new ones on the shortlist were at the least, `lower` (b, M), to `slots`, and to the others."""
        entered = np.repeat(self._others[:, np.newaxis], lower.shape[1], axis=1)
        entered[slots] = lower
        self._lower = np.concatenate([self._lower, entered], axis=1)
        self._rank(slots)

    def _centred(self, patterns: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Returns `patterns` (b, U) less the references' mean, zero where not finite, and their squared norms (b,)."""
        centred = patterns - self._coded.mean
        norms = squared_norms(centred)
        if not np.isfinite(norms).all():
            centred[~np.isfinite(norms)] = 0
            norms = squared_norms(centred)
        return centred, norms

    def _lower_bounds(self, centred: FloatArray, slots: IntArray) -> FloatArray:
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
