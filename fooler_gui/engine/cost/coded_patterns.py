"""One layer's reference patterns in 16 bits per unit, with bounds on the coding error.

Decoded patterns are never used as activations: they only tell which references may be the nearest.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from fooler_gui.core.arrays import BoolArray, FloatArray
from fooler_gui.core.errors import LabError, reason_of
from fooler_gui.core.formats import format_bytes
from fooler_gui.engine.nets.reference_bytes import MAIN_DIRECTIONS

IntArray = npt.NDArray[np.int64]

_LEVELS = 2**16 - 1
_SAMPLE = 256
_CHUNK = 256
_CACHED_BYTES = 2**20
"""The bytes of patterns that are worked on at a time where each step would otherwise fetch them from memory again."""
_SURELY_FINITE = np.float32(1e38)
_WRITTEN_BYTES = 2**24
_THREADS = 2
ROUNDING = 2.0**-24
"""The greatest relative rounding error of float32."""


class Codes(NamedTuple):
    """Patterns as integers, each pattern with its own minimum and step.

    Attributes:
        codes: (n, U) uint16, or uint8.
        lows: (n,) float32, the minima.
        steps: (n,) float32.
        errors: (n,) float32, the distance (Euclidean norm) of each decoded pattern from the true one, an upper bound.
        far: (n,), patterns without a finite norm.
    """

    codes: npt.NDArray[np.uint16] | npt.NDArray[np.uint8]
    lows: FloatArray
    steps: FloatArray
    errors: FloatArray
    far: BoolArray

    def put(self, start: int, part: Codes) -> None:
        """Writes `part` over the patterns from `start` on."""
        for whole, piece in zip(self, part, strict=True):
            whole[start : start + len(piece)] = piece


class Measures(NamedTuple):
    """What is measured once of the patterns of N references in a layer of U units.

    Attributes:
        mean: (U,) float32, approximately the patterns' mean. Everything else is relative to it.
        directions: (U, K) float32, orthonormal, along which a sample of the patterns varies most.
        squared_norms: (N,) float32, of the decoded patterns; infinite without a finite norm.
        coordinates: (N, K + 1) float32: the coordinates of each pattern in `directions`, and last an upper bound on the
            norm of the rest.
        bounds: (2,) float64: on the sum of a product's parts in a search, and the greatest norm of a decoded pattern.
    """

    mean: FloatArray
    directions: FloatArray
    squared_norms: FloatArray
    coordinates: FloatArray
    bounds: npt.NDArray[np.float64]


def room_for(count: int, units: int, *, mapped: bool = False) -> Codes:
    """Returns codes for `count` patterns of `units` units, to be filled in place.

    Joining parts at the end would need the memory twice and fragment it.

    Args:
        count: At least 1.
        units: At least 1.
        mapped: Whether they are kept in a temporary file and read through a memory map.

    Raises:
        LabError: The file cannot be written.
    """
    lows, steps, errors = (np.empty(count, np.float32) for _ in range(3))
    codes = _mapped((count, units)) if mapped else np.empty((count, units), np.uint16)
    return Codes(codes, lows, steps, errors, np.empty(count, np.bool_))


def encode(patterns: FloatArray) -> Codes:
    """Returns the codes of `patterns` (n, U) float32."""
    with np.errstate(over="ignore", invalid="ignore"):
        far: BoolArray = np.logical_not(np.vecdot(patterns, patterns) < _SURELY_FINITE)
        far[far] = np.logical_not(np.isfinite(squared_norms(patterns[far])))
    if far.any():
        patterns = np.where(far[:, np.newaxis], np.float32(0), patterns)
    lows = patterns.min(axis=1)
    steps = (patterns.max(axis=1) - lows) / np.float32(_LEVELS)
    rest = patterns - lows[:, np.newaxis]
    rest /= np.where(steps > 0, steps, 1)[:, np.newaxis]
    decoded = np.clip(np.rint(rest, out=rest), 0, _LEVELS, out=rest)
    codes = decoded.astype(np.uint16)
    decoded *= steps[:, np.newaxis]
    decoded += lows[:, np.newaxis]
    errors = lengths(np.subtract(patterns, decoded, out=decoded)) * np.float32(1.001)
    return Codes(codes, lows, steps, errors, far)


def encode_bytes(images: npt.NDArray[np.uint8]) -> Codes:
    """Returns uint8 `images` (n, H, W, C), representing values in [0, 1], as their own codes."""
    codes = images.reshape(len(images), -1)
    lows, steps = np.zeros(len(codes), np.float32), np.full(len(codes), np.float32(1 / 255))
    # A value in [0, 1] is rounded once in the image and once when decoded.
    errors = np.full(len(codes), np.float32(2 * ROUNDING * codes.shape[1] ** 0.5))
    return Codes(codes, lows, steps, errors, np.zeros(len(codes), np.bool_))


class CodedPatterns:
    """The patterns of N references in one layer of U units. One without a finite norm is infinitely far away.

    Args:
        codes: The codes of the N ≥ 1 patterns.
        measures: The `measures` of the same codes, if they are known.

    Attributes:
        codes, measures: See above.
        mean, directions, squared_norms, coordinates: Those of `measures`.
        greatest_norm: The greatest norm of a decoded pattern.
        error: An upper bound on the distance (Euclidean norm) of a decoded pattern from the true one.
    """

    def __init__(self, codes: Codes, measures: Measures | None = None) -> None:
        self.codes = codes
        self._codes, self._lows, self._steps = codes.codes, codes.lows, codes.steps
        self.error = float(codes.errors.max())
        self.measures = measures or self._measured()
        self.mean, self.directions, self.squared_norms, self.coordinates, bounds = self.measures
        self._greatest_sum, self.greatest_norm = map(float, bounds)

    def __len__(self) -> int:
        return len(self._codes)

    @property
    def units(self) -> int:
        """U."""
        return int(self._codes.shape[1])

    def rows(self, indices: IntArray) -> FloatArray:
        """Returns the decoded patterns `indices` (M,) minus the mean, as (M, U) float32."""
        return self._decoded(indices) - self.mean

    def squared_distances(self, centred: FloatArray, norms: FloatArray) -> FloatArray:
        """Returns the squared distances (B, N) float32 of `centred` (B, U), patterns minus the mean, to all of them.

        `norms` (B,) are their squared norms. Each distance is within `doubt` of the true one to the decoded pattern.
        This is the full search: it reads every code.
        """
        turned = np.ascontiguousarray(centred.T)
        products = np.empty((len(self), len(centred)), np.float32)
        middle = len(self) // 2
        with ThreadPoolExecutor(_THREADS) as threads:
            list(threads.map(partial(self._multiply, turned, products), (slice(0, middle), slice(middle, len(self)))))
        products *= self._steps[:, np.newaxis]
        products += np.outer(self._lows, centred.sum(axis=1))
        products -= centred @ self.mean
        distances = np.multiply(products.T, -2, order="C")
        distances += self.squared_norms
        distances += norms[:, np.newaxis]
        return np.maximum(distances, 0, out=distances)

    def _multiply(self, turned: FloatArray, products: FloatArray, part: slice) -> None:
        """Writes the products of the codes of a `part` of the patterns with `turned` (U, B) to `products` (N, B)."""
        buffer = np.empty((min(_CHUNK, len(self)), self.units), np.float32)
        for start in range(part.start, part.stop, _CHUNK):
            rows = slice(start, min(start + _CHUNK, part.stop))
            codes = self._codes[rows]
            np.copyto(buffer[: len(codes)], codes)
            np.matmul(buffer[: len(codes)], turned, out=products[rows])

    def doubt(self, norms: FloatArray, *, searched: bool = False) -> FloatArray:
        """Returns (B,) bounds on the rounding error of squared distances of patterns with the squared `norms` (B,).

        A product of U terms is rounded U times to 24 bits, in whatever order a processor sums them.

        Args:
            norms: Of patterns minus the mean.
            searched: Whether the distance was computed by `squared_distances`, from the codes, or as
                ``|a|² + |r|² − 2 a·r`` with r from `rows`.
        """
        own = np.sqrt(norms)
        products = (self.units + 8) * own * (self._greatest_sum if searched else self.greatest_norm)
        doubt = ROUNDING * (2 * products + 4 * (own + self.greatest_norm) ** 2)
        return doubt.astype(np.float32)

    def _decoded(self, indices: IntArray | slice) -> FloatArray:
        decoded = self._codes[indices].astype(np.float32)
        decoded *= self._steps[indices, np.newaxis]
        decoded += self._lows[indices, np.newaxis]
        return decoded

    def _measured(self) -> Measures:
        sample = self._decoded(np.linspace(0, len(self) - 1, min(_SAMPLE, len(self))).astype(np.int64))
        mean: FloatArray = sample.mean(axis=0)
        directions = _main_directions(sample - mean)
        norms = np.empty(len(self), np.float32)
        spans = np.empty(len(self), np.float32)
        coordinates = np.empty((len(self), directions.shape[1] + 1), np.float32)
        for part in parts_in_cache(len(self), self.units):
            spans[part] = lengths(self._codes[part].astype(np.float32)) * self._steps[part]
            centred = self._decoded(part) - mean
            norms[part] = squared_norms(centred)
            coordinates[part, :-1] = centred @ directions
        coordinates[:, -1] = norm_beside(norms, coordinates[:, :-1])
        lows = float(np.abs(self._lows).max()) * self.units**0.5
        greatest_sum = 1.001 * float(spans.max()) + lows + float(np.linalg.norm(mean))
        greatest_norm = float(np.sqrt(norms.max()))
        norms[self.codes.far] = np.inf
        return Measures(mean, directions, norms, coordinates, np.array([greatest_sum, greatest_norm]))


def parts_in_cache(count: int, units: int) -> Iterator[slice]:
    """Yields the parts of `count` patterns of `units` units of which each stays in a processor's cache."""
    at_a_time = max(1, _CACHED_BYTES // (4 * units))
    for start in range(0, count, at_a_time):
        yield slice(start, min(start + at_a_time, count))


def squared_norms(rows: FloatArray) -> FloatArray:
    """Returns the squared Euclidean norms (B,) of `rows` (B, U), rounded once."""
    norms: FloatArray = np.square(rows).sum(axis=1, dtype=np.float64).astype(np.float32)
    return norms


def lengths(rows: FloatArray) -> FloatArray:
    """Returns the Euclidean norms (B,) of `rows` (B, U) to a relative 1e-5; faster than `squared_norms`."""
    result: FloatArray = np.sqrt(np.vecdot(rows, rows))
    return result


def norm_beside(norms: FloatArray, coordinates: FloatArray) -> FloatArray:
    """Returns (B,) the norms of vectors' components orthogonal to some directions, rounded up.

    Args:
        norms: (B,), their squared norms.
        coordinates: (B, K), their coordinates in the directions, which are orthonormal to within rounding.
    """
    rest = np.maximum(norms - squared_norms(coordinates), 0)
    beside: FloatArray = np.sqrt(rest + np.float32(1e-5) * norms)
    return beside


def _mapped(shape: tuple[int, int]) -> npt.NDArray[np.uint16]:
    """Returns zeros of `shape` in a temporary file, which goes when they are no longer used."""
    size = missing = 2 * shape[0] * shape[1]
    try:
        with tempfile.TemporaryFile(prefix="fooler-") as file:
            # Written in full: if the disk filled up later, the map could not be written and the program would end.
            while missing > 0:
                missing -= file.write(bytes(min(missing, _WRITTEN_BYTES)))
            file.flush()
            return np.memmap(file, np.uint16, "r+", shape=shape)
    except OSError as error:
        raise LabError(
            f"The references do not fit into a quarter of the memory, and their {format_bytes(size)} cannot be written "
            f"to {tempfile.gettempdir()}: {reason_of(error)}. Less memory for references takes a smaller sample."
        ) from error


def _main_directions(centred: FloatArray) -> FloatArray:
    """Returns (U, K) float32, K ≤ 32, the orthonormal directions in which `centred` (n, U) varies most."""
    values, vectors = np.linalg.eigh(centred.astype(np.float64) @ centred.T)
    kept = np.flatnonzero(values > 1e-6 * max(values[-1], np.finfo(np.float32).tiny))[-MAIN_DIRECTIONS:]
    directions = centred.T @ (vectors[:, kept] / np.sqrt(values[kept]))
    return np.ascontiguousarray(directions, np.float32)
