"""Finds the nearest references of patterns that move a little at a time: exactly, but looking at few.

When a pattern moves by Δ, the difference of its squared distances to two references r and s changes by 2 Δ·(s − r), at
most by 2 |Δ| |s − r|: as long as that is less than the difference was, the nearer one stays nearer (bounds instead of
distances, as in Elkan 2003 and Hamerly 2010 for k-means). This decides among a shortlist. All other references are
ruled out by a bound from the last full search: with a₀ the pattern at that time,

    |a − r|² = |a₀ − r|² + |Δ|² + 2 Δ·a₀ − 2 Δ·r,    Δ·r ≤ z·c + |rest of Δ| |rest of r|

where z and c are the coordinates of Δ and r in the references' main directions and the rests are orthogonal to them.
What the bounds leave open is decided by the true patterns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from fooler_gui.core.arrays import FloatArray
from fooler_gui.engine.cost.coded_patterns import ROUNDING, CodedPatterns, IntArray, lengths, norm_beside, squared_norms

TruePatterns = Callable[[Sequence[int]], Mapping[int, FloatArray]]
"""Returns the patterns (U,) float32 of references by index, as computed by the classifier."""

_SHORTLISTED = 64
_SHORTLISTED_A_SLOT = (4, 32)
_LONGEST_SHORTLIST = 320
# How much farther than the nearest the shortlist's references may be, and the most of these.
_MARGINS = ((0.02, 48), (0.01, 96), (0.005, 192), (0.0, 256))
# The time to decode a unit and to check a bound, in multiply-adds of a matrix product.
_DECODING, _PASSES = 8, 40


class ReferenceIndex:
    """Finds the nearest references of the patterns of B slots in one layer.

    Args:
        coded: The references.
        true_patterns: Returns their exact patterns, which decide where the codes cannot.

    Attributes:
        searches: The number of full searches so far.
    """

    def __init__(self, coded: CodedPatterns, true_patterns: TruePatterns) -> None:
        self.searches = 0
        self._coded = coded
        self._true_patterns = true_patterns
        self._shortlist = _Shortlist(coded, np.empty(0, np.int64))
        none: FloatArray = np.empty((0, coded.units), np.float32)
        # From the last full search: the slots' positions and their squared distances to all references.
        self._base, self._base_distances, self._base_doubt = none, none, none
        # From the last look at each slot: its position, an upper bound on the distance to the nearest reference, and a
        # lower bound for all outside the shortlist.
        self._seen_from, self._upper, self._others = none, none, none
        # The nearest on the shortlist, the distances of the others on the list from it, lower bounds on how much
        # greater their squared distances were, and how far the slot may move before any reference can be nearer.
        self._first, self._apart, self._excess, self._leeway = np.empty(0, np.int64), none, none, none
        self._picked, self._spent, self._cost_of_search = 0, 0, 0
        # The nearest ones' places on the shortlist and their squared distances, if measured: now and before the last
        # move.
        self._places: IntArray = np.empty(0, np.int64)
        self._here, self._before = none, none

    def nearest(self, patterns: FloatArray) -> IntArray:
        """Returns (B,) the references nearest to `patterns`, by index; of equals the first, as by brute force.

        Args:
            patterns: (B, U) float32; they may have moved in any way. For one that is not finite any index may result.
        """
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):  # overflow means infinitely far
            self._follow(patterns)
        self._places = self._first.copy()
        for slot in np.flatnonzero(~(self._leeway > 0)):
            possible = np.flatnonzero(self._excess[slot] <= 0)
            if len(possible) > 1:
                self._places[slot] = self._nearest_of(possible, patterns[slot])
        return self._shortlist.indices[self._places]

    def expected(self) -> IntArray:
        """Returns (B,) a guess of the nearest references after another move like the last."""
        slots = np.arange(len(self._here))
        # None is nearer now than the nearest, despite rounding.
        here, before = (np.maximum(part, part[slots, self._places, np.newaxis]) for part in (self._here, self._before))
        known = np.isfinite(here) & np.isfinite(before)
        ahead = np.full_like(here, np.inf)
        ahead[known] = 2 * here[known] - before[known]
        places = ahead.argmin(axis=1)
        nearer = known[slots, self._places] & (ahead[slots, places] < ahead[slots, self._places])
        return self._shortlist.indices[np.where(nearer, places, self._places)]

    def _nearest_of(self, places: IntArray, pattern: FloatArray) -> int:
        """Returns which of `places` on the shortlist is nearest to `pattern` (U,)."""
        places = places[self._shortlist.indices[places].argsort()]
        indices = self._shortlist.indices[places].tolist()
        true = self._true_patterns(indices)
        return int(places[np.argmin([np.sum((true[index].astype(np.float64) - pattern) ** 2) for index in indices])])

    def _follow(self, patterns: FloatArray) -> None:
        """Determines which references can be the nearest."""
        self._before, self._here = self._here, np.full((len(patterns), len(self._shortlist)), np.inf, np.float32)
        if len(self._base) != len(patterns):
            self._search(patterns)
            return
        moved = _distances(patterns, self._seen_from)
        open_slots = ~(moved < self._leeway)
        if open_slots.any():
            # Include those that would become undecided soon.
            slots = np.flatnonzero(open_slots | (2 * moved > self._leeway))
            if not self._look_closer(patterns[slots], slots, moved[slots]):
                self._search(patterns)

    def _look_closer(self, patterns: FloatArray, slots: IntArray, moved: FloatArray) -> bool:
        """Measures the references that can be nearest; returns false if a full search is needed.

        Args:
            patterns: (b, U), of `slots`.
            slots: (b,), the slots to look at.
            moved: (b,), their distances from where they were last seen.
        """
        centred, norms = self._centred(patterns)
        excess = self._excess[slots] - 2 * moved[:, np.newaxis] * self._apart[slots]
        columns = np.flatnonzero((excess <= 0).any(axis=0))
        if not len(columns):  # patterns are not finite
            return False
        # Picking rows costs twice as much as reading them in order: limit it to the cost of reading all.
        self._picked += 2 * len(columns)
        if self._picked >= len(self._shortlist):
            columns = np.arange(len(self._shortlist))
            self._spent += excess.size * self._coded.units
            self._picked = 0
        distances, lower, upper = self._shortlist.bounds(centred, norms, columns)
        others = self._others[slots] - moved
        questioned = others <= upper
        if questioned.any():
            # Far from the last search the bounds are so loose that a new search is cheaper.
            if self._spent >= self._cost_of_search:
                return False
            bounds = self._lower_bounds(centred[questioned], slots[questioned])
            entered = self._admit(bounds, upper[questioned], 2 * moved[questioned])
            if entered is None:
                return False
            others[questioned] = bounds.min(axis=1)
            if len(entered):
                further, nearer, nearest = self._shortlist.bounds(centred, norms, entered)
                distances = np.concatenate([distances, further], axis=1)
                lower, upper = np.concatenate([lower, nearer], axis=1), np.minimum(upper, nearest)
                columns = np.concatenate([columns, entered])
                self._widen(entered)
                excess = np.concatenate([excess, np.empty_like(nearer)], axis=1)
        self._here[slots[:, np.newaxis], columns] = distances
        measured = _squares_apart(lower, upper)
        first = columns[lower.argmin(axis=1)]
        # What was not measured now is compared with the former nearest, which may seem farther by rounding.
        former = measured[np.arange(len(slots)), np.searchsorted(columns, self._first[slots])]
        excess += np.where(first != self._first[slots], np.minimum(former, 0), 0)[:, np.newaxis]
        excess[:, columns] = measured
        self._see(patterns, slots, first, excess, upper, others)
        return True

    def _search(self, patterns: FloatArray) -> None:
        """Computes all distances and makes a new shortlist of the nearest to each slot."""
        self.searches += 1
        centred, norms = self._centred(patterns)
        distances = self._coded.squared_distances(centred, norms)
        doubt = self._coded.doubt(norms, searched=True)
        lower = np.sqrt(np.maximum(distances - doubt[:, np.newaxis], 0)) - self._coded.error
        upper = np.sqrt(distances.min(axis=1) + doubt) + self._coded.error
        least, most = _SHORTLISTED_A_SLOT
        a_slot = min(max(_SHORTLISTED // len(centred), least), most, len(self._coded)) - 1
        # The nearest few of each slot, and all that can be its nearest.
        limit = np.maximum(np.partition(lower, a_slot, axis=1)[:, a_slot], upper)
        listed = np.flatnonzero((lower <= limit[:, np.newaxis]).any(axis=0))
        self._base, self._base_distances, self._base_doubt = centred, distances, doubt
        self._spent = 0
        self._cost_of_search = len(self._coded) * self._coded.units * (len(centred) + _DECODING)
        self._shortlist = _Shortlist(self._coded, listed)
        lower[:, listed] = np.inf
        others = lower.min(axis=1)
        slots = np.arange(len(centred))
        self._here, lower, upper = self._shortlist.bounds(centred, norms, np.arange(len(listed)))
        self._before = np.full_like(self._here, np.inf)
        self._seen_from, self._upper, self._others, self._leeway = np.empty_like(centred), upper, others, upper.copy()
        self._first, self._apart, self._excess = np.full(len(slots), -1), np.empty_like(lower), np.empty_like(lower)
        self._picked = 0
        self._see(patterns, slots, lower.argmin(axis=1), _squares_apart(lower, upper), upper, others)

    def _see(
        self,
        patterns: FloatArray,
        slots: IntArray,
        first: IntArray,
        excess: FloatArray,
        upper: FloatArray,
        others: FloatArray,
    ) -> None:
        """Stores the positions of `slots` (b,) and what was found there; see `__init__`."""
        self._seen_from[slots], self._upper[slots], self._others[slots] = patterns, upper, others
        changed = first != self._first[slots]
        self._first[slots] = first
        if changed.any():
            self._apart[slots[changed]] = self._shortlist.apart(first[changed], slice(None))
        own = np.arange(len(slots))
        excess[own, first] = np.inf
        leeway = (excess / (2 * self._apart[slots])).min(axis=1)
        excess[own, first] = -np.inf  # it is always a candidate
        self._excess[slots] = excess
        farthest = self._coded.greatest_norm + np.sqrt(self._shortlist.norms[first]) + 2 * self._coded.error
        of_others = np.maximum(
            (others - upper) / 2, _squares_apart(others[:, np.newaxis], upper)[:, 0] / (2 * farthest)
        )
        self._leeway[slots] = np.minimum(leeway, of_others)

    def _admit(self, bounds: FloatArray, upper: FloatArray, reserve: FloatArray) -> IntArray | None:
        """Adds to the shortlist what else can be nearest and returns the new places; None if that is too much.

        Args:
            bounds: (b, N), lower bounds on the distances to all references; infinite afterwards for those on the list.
            upper: (b,), upper bounds on the distance to the nearest.
            reserve: (b,), how much farther references are admitted, as they may be needed next.
        """
        self._spent += bounds.size * (self._coded.directions.shape[1] + _PASSES)
        bounds[:, self._shortlist.indices] = np.inf
        before = len(self._shortlist)
        for margin, most in _MARGINS:
            limit = upper + margin * upper + (reserve if margin else 0)
            admitted = np.flatnonzero((bounds <= limit[:, np.newaxis]).any(axis=0))
            if len(admitted) <= most and before + len(admitted) <= _LONGEST_SHORTLIST:
                self._shortlist.add(admitted)
                bounds[:, admitted] = np.inf
                return np.arange(before, len(self._shortlist))
        return None

    def _widen(self, entered: IntArray) -> None:
        """Extends the per-slot arrays by the new places `entered` (m,) of the shortlist."""
        excess = _squares_apart(self._others[:, np.newaxis], self._upper)
        self._excess = np.concatenate([self._excess, np.repeat(excess, len(entered), axis=1)], axis=1)
        self._apart = np.concatenate([self._apart, self._shortlist.apart(self._first, entered)], axis=1)
        unknown = np.full((len(excess), len(entered)), np.inf, np.float32)
        self._here, self._before = (np.concatenate([part, unknown], axis=1) for part in (self._here, self._before))

    def _lower_bounds(self, centred: FloatArray, slots: IntArray) -> FloatArray:
        """Returns lower bounds (b, N) on the distances of all references to `centred` (b, U) of `slots`."""
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
        rounding *= (self._coded.units + 64) * ROUNDING
        bounds += (norms + 2 * np.vecdot(change, base) - rounding - self._base_doubt[slots])[:, np.newaxis]
        np.sqrt(np.maximum(bounds, 0, out=bounds), out=bounds)
        bounds -= self._coded.error
        return bounds

    def _centred(self, patterns: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Returns `patterns` (B, U) minus the references' mean, zero where not finite, and their squared norms (B,)."""
        centred = patterns - self._coded.mean
        norms = squared_norms(centred)
        if not np.isfinite(norms).all():
            centred[~np.isfinite(norms)] = 0
            norms = squared_norms(centred)
        return centred, norms


class _Shortlist:
    """References that are kept decoded.

    Attributes:
        indices: (M,), their indices.
        norms: (M,), squared, of their patterns minus the mean.
    """

    def __init__(self, coded: CodedPatterns, indices: IntArray) -> None:
        self._coded = coded
        self.indices = np.empty(0, np.int64)
        self._rows = np.empty((0, coded.units), np.float32)
        self.add(indices)

    def __len__(self) -> int:
        return len(self.indices)

    def add(self, indices: IntArray) -> None:
        """Adds references to the list."""
        count = len(self)
        self.indices = np.concatenate([self.indices, indices])
        if len(self) > len(self._rows):  # grow by half, so that a few more need no copy
            rows = np.empty((len(self) * 3 // 2, self._coded.units), np.float32)
            rows[:count] = self._rows[:count]
            self._rows = rows
        self._rows[count : len(self)] = self._coded.rows(indices)
        self.norms = self._coded.squared_norms[self.indices]

    def bounds(
        self, centred: FloatArray, norms: FloatArray, columns: IntArray
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Measures the references at the places `columns` (M,) of the list.

        Args:
            centred: (B, U) patterns minus the references' mean.
            norms: (B,), squared.
            columns: In ascending order.

        Returns:
            Their squared distances (B, M) up to rounding, lower bounds on their distances (B, M), and upper bounds on
            the distance of the nearest of them (B,).
        """
        everything = len(columns) == len(self)
        rows = self._rows[: len(self)] if everything else self._rows[columns]
        distances = centred @ rows.T
        distances *= -2
        distances += self.norms[columns]
        distances += norms[:, np.newaxis]
        doubt = self._coded.doubt(norms)
        upper = np.sqrt(np.maximum(distances.min(axis=1) + doubt, 0)) + self._coded.error
        lower: FloatArray = distances - doubt[:, np.newaxis]
        np.sqrt(np.maximum(lower, 0, out=lower), out=lower)
        lower -= self._coded.error
        return distances, lower, upper

    def apart(self, places: IntArray, others: IntArray | slice) -> FloatArray:
        """Returns upper bounds on the distances of the references at `places` (B,) from those at `others` (M,)."""
        norms = self.norms[places]
        squares = self._rows[places] @ self._rows[: len(self)][others].T
        squares *= -2
        squares += self.norms[others]
        squares += (norms + self._coded.doubt(norms))[:, np.newaxis]
        # A reference that is infinitely far gets a finite distance from the others, so that differences are numbers.
        np.sqrt(np.clip(squares, 0, np.finfo(np.float32).max, out=squares), out=squares)
        squares += 2 * self._coded.error + np.finfo(np.float32).tiny
        return squares


def _distances(here: FloatArray, there: FloatArray) -> FloatArray:
    """Returns (B,) the distances of the rows of `here` (B, U) from `there`, rounded up; infinite if unknown."""
    distances = lengths(here - there) * np.float32(1 + 2e-5)
    return np.where(np.isnan(distances), np.float32(np.inf), distances)


def _squares_apart(lower: FloatArray, upper: FloatArray) -> FloatArray:
    """Returns (B, M) lower bounds on the excess of squared distances, at least `lower` (B, M), over `upper` (B,)."""
    squares: FloatArray = np.square(np.maximum(lower, 0))
    squares -= np.square(upper)[:, np.newaxis]
    return squares
