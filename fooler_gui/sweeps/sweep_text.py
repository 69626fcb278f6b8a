"""Sweeps as text: the TOML file that `read_sweep` reads, and the values of a varied option on one line."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import tomli_w

from fooler_gui.core.files import make_folder, written_whole
from fooler_gui.core.formats import shortest_text
from fooler_gui.sweeps.sweep_folder import SWEEP_FILE
from fooler_gui.sweeps.sweep_spec import FOLDER, MOST_CELLS, Distribution, SweepError, SweepSpec, read_sweep

_RANGE = re.compile(r"(-?\d{1,18}) to (-?\d{1,18})(?: by (\d{1,18}))?")
_WHOLE = re.compile(r"-?\d{1,18}")
_TRUTH = {"true": True, "false": False}
_SHORTEST_RANGE = 4
"""Fewer whole numbers in a row are listed one by one."""


def write_sweep(path: Path, spec: SweepSpec) -> None:
    """Writes `spec` as the file `path`, whole or not at all.

    Raises:
        OSError: The folder is missing or cannot be written.
    """
    with written_whole(path) as temporary:
        temporary.write_text(sweep_text(spec), encoding="utf-8")


def begin_folder(folder: Path, spec: SweepSpec) -> Path:
    """Returns the file of `spec` in the folder of its sweep, which is made if it is missing.

    Raises:
        LabError: The folder holds another sweep or something else.
        OSError: It cannot be made or written.
    """
    kept = folder / SWEEP_FILE
    if kept.exists():
        if read_sweep(kept) != spec:
            raise SweepError(f"{folder} holds another sweep; choose another folder.")
    elif folder.exists() and any(folder.iterdir()):
        raise SweepError(f"{folder} must be a new folder or that of this sweep; it holds something else.")
    else:
        make_folder(folder)
        write_sweep(kept, spec)
    return kept


def sweep_text(spec: SweepSpec) -> str:
    """Returns the TOML text from which `read_sweep` reads `spec`."""
    folder = {FOLDER: str(spec.folder)} if spec.folder.is_absolute() else {}
    table: dict[str, Any] = {"job": spec.job, **folder, **spec.fixed}
    if spec.vary:
        table["vary"] = {name: _listed(values) for name, values in spec.vary.items()}
    if spec.draw:
        drawn = {name: _source(source) for name, source in spec.draw.items()}
        table["draw"] = {"count": spec.draws, "seed": spec.seed, **drawn}
    return tomli_w.dumps(table)


def values_of(text: str) -> tuple[Any, ...]:
    """Returns the values in `text`: ``0, 0.5``, ``0 to 9``, ``0 to 100 by 20``, ``adam, pgd``, ``true, false``.

    What is no number and no truth value is text; text with a comma stands in double quotes.

    Raises:
        SweepError: It holds none, or one twice.
    """
    span = _RANGE.fullmatch(text.strip())
    if span:
        return _spanned(text, *(int(part or 1) for part in span.groups()))
    (parts,) = list(csv.reader(io.StringIO(text.replace("\n", " ")), skipinitialspace=True)) or [[]]
    values = tuple(_value(part.strip()) for part in parts if part.strip())
    if not values:
        raise SweepError("Values must be listed, such as 0, 0.5, or whole numbers such as 0 to 9; received none.")
    if len(set(values)) < len(values):
        raise SweepError(f"Values must differ from each other; received {text.strip()}.")
    return values


def text_of(values: Sequence[Any]) -> str:
    """Returns the text from which `values_of` reads `values`; of lists it is only for people."""
    step = _step(values)
    if step:
        return f"{values[0]} to {values[-1]}" + (f" by {step}" if step > 1 else "")
    return ", ".join(map(_quoted, map(_text, values)))


def source_text(source: Distribution | tuple[Any, ...], draws: int) -> str:
    """Returns in words what an option is drawn from, and how often."""
    if not isinstance(source, Distribution):
        return f"{draws:,} draws of {text_of(source)}"
    how = ", logarithmic" if source.log else ""
    what = "whole numbers" if source.whole else "numbers"
    return f"{draws:,} {what} from {shortest_text(source.low)} to {shortest_text(source.high)}{how}"


def _spanned(text: str, first: int, last: int, step: int) -> tuple[int, ...]:
    values = range(first, last + 1, step) if step else range(0)
    if not values:
        raise SweepError(f"A range must go upwards by at least 1, such as 0 to 9 by 3; received {text.strip()}.")
    if len(values) > MOST_CELLS:
        raise SweepError(f"A sweep can have at most {MOST_CELLS:,} cells; received {len(values):,} values.")
    return tuple(values)


def _value(text: str) -> Any:
    if text in _TRUTH:
        return _TRUTH[text]
    if _WHOLE.fullmatch(text):
        return int(text)
    try:
        number = float(text)
    except ValueError:
        return text
    return number if math.isfinite(number) else text


def _text(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case float():
            return shortest_text(value)
        case list() | tuple():
            return " ".join(map(str, value))
        case _:
            return str(value)


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if "," in text or '"' in text else text


def _step(values: Sequence[Any]) -> int:
    """Returns the step of `values` if they are whole numbers that rise evenly and are enough for a range, else 0."""
    if len(values) < _SHORTEST_RANGE or any(type(value) is not int for value in values):
        return 0
    step = int(values[1] - values[0])
    return step if step > 0 and tuple(values) == tuple(range(values[0], values[-1] + 1, step)) else 0


def _listed(values: tuple[Any, ...]) -> list[Any] | dict[str, int]:
    """Returns the values of a varied option as a file has them."""
    step = _step(values)
    if not step:
        return list(values)
    return {"from": values[0], "to": values[-1]} | ({"step": step} if step > 1 else {})


def _source(source: Distribution | tuple[Any, ...]) -> list[Any] | dict[str, Any]:
    if not isinstance(source, Distribution):
        return list(source)
    flags = {name: True for name in ("log", "whole") if getattr(source, name)}
    return {"low": source.low, "high": source.high, **flags}
