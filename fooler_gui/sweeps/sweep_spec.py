"""What a sweep does: one job, with some options fixed and others varied."""

from __future__ import annotations

import hashlib
import itertools
import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np

from fooler_gui.core.errors import LabError
from fooler_gui.core.toml_file import read_toml

RECORDED: Mapping[str, str | None] = {
    "backwork": "",
    "rounds": "",
    "train": ".keras",
    "retrain": ".keras",
    "transfer": None,
}
"""The jobs, each with what the name of what it records ends with; None if it records nothing."""
JOBS = tuple(RECORDED)
MOST_CELLS = 1_000_000
MOST_OPTIONS = 200
FOLDER = "folder"
"""What a sweep's file may call the folder where relative paths begin."""
_JOB, _VARY, _DRAW = "job", "vary", "draw"
_COUNT, _SEED = "count", "seed"
_RANGE = ("from", "to", "step")
_HASH_CHARACTERS = 16
_LONGEST_QUOTE = 200

Options = dict[str, Any]
"""Options of a job by name, as on the command line but with underscores: numbers, texts, truth values and lists."""


class SweepError(LabError, ValueError):
    """A sweep cannot be made as it was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """The part of a sweep's cells that one of several processes does, such as ``2/5``: the second of five.

    Attributes:
        number: From 1 to `of`.
        of: Into how many parts the cells are divided.
    """

    number: int = 1
    of: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One job of a sweep.

    Attributes:
        job: One of `JOBS`.
        options: All its options.
        varied: Those that the sweep varies, in the sweep's order.
    """

    job: str
    options: Options
    varied: Options

    @property
    def hash(self) -> str:
        """Identifies the job with all its options, in 16 hexadecimal digits, however they are ordered."""
        text = json.dumps([self.job, self.options], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:_HASH_CHARACTERS]


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """What random values are drawn from, uniformly.

    Attributes:
        low: The least value.
        high: The greatest value.
        log: Whether the logarithms are uniform; both ends are then above 0.
        whole: Whether only whole numbers are drawn.
    """

    low: float
    high: float
    log: bool = False
    whole: bool = False

    def __post_init__(self) -> None:
        ends = (self.low, self.high)
        if not all(is_number(end) and math.isfinite(end) for end in ends) or self.low > self.high:
            raise SweepError(f"low and high of a drawn setting must be numbers, low not above high; received {ends}.")
        if self.log and self.low <= 0:
            raise SweepError(f"With log = true, low must be above 0; received {self.low}.")
        if self.whole and math.ceil(self.low) > math.floor(self.high):
            raise SweepError(f"With whole = true, there must be a whole number from low to high; received {ends}.")

    def draw(self, generator: np.random.Generator) -> float | int:
        """Returns a random value."""
        low, high = (math.log(self.low), math.log(self.high)) if self.log else (self.low, self.high)
        if self.whole and not self.log:
            return int(generator.integers(math.ceil(low), math.floor(high), endpoint=True))
        value = float(generator.uniform(low, high))
        value = min(max(math.exp(value), self.low), self.high) if self.log else value
        return min(max(round(value), math.ceil(self.low)), math.floor(self.high)) if self.whole else value


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepSpec:
    """A sweep: the grid of all combinations of what is varied, each with as many random draws as asked for.

    Attributes:
        job: One of `JOBS`.
        fixed: The options that all cells share.
        vary: The values of each varied option; the last one varies fastest.
        draw: What drawn options are drawn from: a distribution, or a tuple of choices.
        draws: How many draws each point of the grid gets; the same ones at each point.
        seed: The number that starts the draws.
        folder: Where relative paths of its files begin. Sweeps that differ in it alone are equal.
    """

    job: str
    fixed: Options
    vary: Mapping[str, tuple[Any, ...]]
    draw: Mapping[str, Distribution | tuple[Any, ...]]
    draws: int = 1
    seed: int = 0
    folder: Path = field(default=Path(), compare=False)

    def __post_init__(self) -> None:
        if self.job not in JOBS:
            raise SweepError(f"job must be one of {', '.join(JOBS)}; received {_shown(self.job)}.")
        places = [*self.fixed, *self.vary, *self.draw]
        if len(places) > MOST_OPTIONS:
            raise SweepError(f"A sweep can have at most {MOST_OPTIONS} options; this one has {len(places):,}.")
        counted = Counter(places)
        twice = next((name for name, count in counted.items() if count > 1), "")
        if twice:
            raise SweepError(f"{twice} must be fixed, varied or drawn, only one of them; it is given more than once.")
        for name, values in self._values():
            _check_values(name, values)
        _check_count(math.prod(map(len, self.vary.values())) * self.draws)

    def __len__(self) -> int:
        return math.prod(map(len, self.vary.values())) * self.draws

    @property
    def varied(self) -> tuple[str, ...]:
        """The names of the varied and drawn options."""
        return (*self.vary, *self.draw)

    def values(self) -> Iterator[tuple[str, Any]]:
        """Yields every value that is given, with the option's name."""
        for name, values in self._values():
            yield from ((name, value) for value in values)

    def _values(self) -> Iterator[tuple[str, tuple[Any, ...]]]:
        yield from ((name, (value,)) for name, value in self.fixed.items())
        for name, values in (*self.vary.items(), *self.draw.items()):
            if isinstance(values, tuple):
                yield name, values

    def cells(self) -> Iterator[Cell]:
        """Yields the cells, in order."""
        drawn = [self._draw(index) for index in range(self.draws)]
        for point in itertools.product(*self.vary.values()):
            for values in drawn:
                yield self._cell(dict(zip(self.vary, point, strict=True)) | values)

    def cell(self, place: int) -> Cell:
        """Returns the cell at `place`, from 0 on, in the order of `cells`."""
        rest, draw = divmod(place, self.draws)
        point: Options = {}
        for name in reversed(tuple(self.vary)):
            rest, index = divmod(rest, len(self.vary[name]))
            point[name] = self.vary[name][index]
        return self._cell({name: point[name] for name in self.vary} | self._draw(draw))

    def _cell(self, varied: Options) -> Cell:
        return Cell(job=self.job, options=self.fixed | varied, varied=varied)

    def _draw(self, index: int) -> Options:
        generator = np.random.default_rng((self.seed, index))
        return {name: _drawn_from(source, generator) for name, source in self.draw.items()}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], folder: Path = Path()) -> Self:
        """Returns the sweep that the contents of a TOML file describe.

        Args:
            data: The contents.
            folder: Where relative paths begin, unless the contents say otherwise.

        Raises:
            SweepError: They describe none.
        """
        fixed = dict(data)
        _check_names(data)
        job, vary, draw = fixed.pop(_JOB, None), fixed.pop(_VARY, {}), fixed.pop(_DRAW, {})
        if not isinstance(job, str):
            raise SweepError(f"A sweep must say its job, one of {', '.join(JOBS)}; received {_shown(job)}.")
        folder = _folder(fixed.pop(FOLDER, str(folder.absolute())))
        for name, table in ((_VARY, vary), (_DRAW, draw)):
            if not isinstance(table, dict):
                raise SweepError(f"{name} must be a table; received {_shown(table)}.")
            _check_names(table)
        table = next((name for name, value in fixed.items() if isinstance(value, dict)), "")
        if table:
            raise SweepError(f"A sweep has the tables {_VARY} and {_DRAW} and no others; received {table}.")
        drawn = dict(draw)
        count = _whole(f"{_DRAW}.{_COUNT}", drawn.pop(_COUNT, 1), 1)
        seed = _whole(f"{_DRAW}.{_SEED}", drawn.pop(_SEED, 0), 0)
        if draw and not drawn:
            raise SweepError(f"{_DRAW} must name what is drawn; it holds {', '.join(draw)} alone.")
        varied, cells = {}, count
        for name, values in vary.items():
            varied[name] = _values(name, values)
            cells *= len(varied[name])
            _check_count(cells)
        return cls(
            job=job,
            fixed=fixed,
            vary=varied,
            draw={name: _source(name, source) for name, source in drawn.items()},
            draws=count,
            seed=seed,
            folder=folder,
        )


def read_sweep(path: Path) -> SweepSpec:
    """Returns the sweep in the TOML file at `path`; relative paths in it begin at its folder.

    Raises:
        LabError: The file cannot be read, or it describes no sweep.
    """
    return SweepSpec.from_dict(read_toml(path), path.parent)


def _folder(value: Any) -> Path:
    if not isinstance(value, str) or not Path(value).is_absolute():
        raise SweepError(f"{FOLDER} must be the whole path of the folder where others begin; received {_shown(value)}.")
    return Path(value)


def _values(name: str, values: Any) -> tuple[Any, ...]:
    """Returns the values of a varied option: a list's, or those of a range such as ``{from = 0, to = 9}``."""
    if isinstance(values, dict):
        return _range(name, values)
    if not isinstance(values, list) or not values:
        raise SweepError(
            f"{_VARY}.{name} must be a list of values, or whole numbers as {{from = 0, to = 9}}; received "
            f"{_shown(values)}."
        )
    _check_values(name, values)
    if len({tuple(value) if isinstance(value, list) else value for value in values}) < len(values):
        raise SweepError(f"{_VARY}.{name} must not name a value twice; received {_shown(values)}.")
    return tuple(values)


def _range(name: str, table: Mapping[str, Any]) -> tuple[int, ...]:
    unknown = [key for key in table if key not in _RANGE]
    if unknown or not {"from", "to"} <= table.keys():
        raise SweepError(f"{_VARY}.{name} must be a range with from, to and perhaps step; received {_shown(table)}.")
    first = _whole(f"{_VARY}.{name}.from", table["from"], -math.inf)
    last = _whole(f"{_VARY}.{name}.to", table["to"], first)
    step = _whole(f"{_VARY}.{name}.step", table.get("step", 1), 1)
    count = (last - first) // step + 1
    if count > MOST_CELLS:
        raise SweepError(f"A sweep can have at most {MOST_CELLS:,} cells; {_VARY}.{name} has {count:,} values.")
    return tuple(range(first, last + 1, step))


def _source(name: str, source: Any) -> Distribution | tuple[Any, ...]:
    if isinstance(source, list) and source:
        return tuple(source)
    if not isinstance(source, dict) or not {"low", "high"} <= source.keys() <= {"low", "high", "log", "whole"}:
        raise SweepError(
            f"{_DRAW}.{name} must be a list of choices, or {{low = 1e-3, high = 0.1}}, perhaps with log = true or "
            f"whole = true; received {_shown(source)}."
        )
    for flag in ("log", "whole"):
        if not isinstance(source.get(flag, False), bool):
            raise SweepError(f"{_DRAW}.{name}.{flag} must be true or false; received {_shown(source[flag])}.")
    return Distribution(**source)


def _drawn_from(source: Distribution | tuple[Any, ...], generator: np.random.Generator) -> Any:
    return source.draw(generator) if isinstance(source, Distribution) else source[generator.integers(len(source))]


def _check_names(table: Mapping[str, Any]) -> None:
    long = next((name for name in table if len(name) > _LONGEST_QUOTE), "")
    if long:
        raise SweepError(f"Names must have at most {_LONGEST_QUOTE} characters; received {_shown(long)}.")


def _check_values(name: str, values: Sequence[Any]) -> None:
    if set(map(type, values)) <= {int, str}:  # of which there may be a million
        return
    for value in values:
        if not all(map(_is_plain, value if isinstance(value, list) else [value])):
            raise SweepError(
                f"{name} must be a finite number, a text, true, false or a list of these; received {_shown(value)}."
            )


def _is_plain(value: Any) -> bool:
    return math.isfinite(value) if isinstance(value, float) else isinstance(value, bool | int | str)


def _check_count(cells: int) -> None:
    if cells > MOST_CELLS:
        raise SweepError(f"A sweep can have at most {MOST_CELLS:,} cells; this one has {cells:,}.")


def _shown(value: Any) -> str:
    """Returns what was received as a sentence quotes it."""
    text = repr(value)
    return text if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE]}…"


def _whole(what: str, value: Any, least: float) -> int:
    if not is_number(value) or not isinstance(value, int) or value < least:
        words = "a whole number" if least == -math.inf else f"a whole number from {least} on"
        raise SweepError(f"{what} must be {words}; received {_shown(value)}.")
    return value


def telling(values: Sequence[Any]) -> list[Any]:
    """Returns those of the `values` of an option that tell whether all are allowed.

    Of many numbers these are the least and the greatest of each kind, as what an option takes is a range.
    """
    numbers = [[value for value in values if type(value) is kind] for kind in (int, float)]
    extremes = [extreme for each in numbers if each for extreme in (min(each), max(each))]
    return [*extremes, *(value for value in values if type(value) not in (int, float))]


def is_number(value: Any) -> bool:
    """Returns whether `value` is a number; a truth value is none."""
    return isinstance(value, int | float) and not isinstance(value, bool)
