"""The entries of a record's file: where each stands, and how it is read from there and written to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, field
from pathlib import Path
from typing import Any, NamedTuple

from fooler_gui.core.errors import LabError
from fooler_gui.core.terms import known_terms

LONGEST_TEXT = 10_000
_LONGEST_RECEIVED = 50
_ENTRY = "entry"


class RecordError(LabError, ValueError):
    """A folder holds no record of the kind, or cannot be used. Its text is one sentence that can be shown as it is."""


class _Unfit(ValueError):
    """What stands in a file is of another type. Its text ends a sentence."""


class _Entry(NamedTuple):
    place: tuple[str, ...]
    read: Callable[[Any], Any]
    write: Callable[[Any], Any]


def _as_it_is(value: Any) -> Any:
    return value[:LONGEST_TEXT] if isinstance(value, str) else value


def entry(place: str, read: Callable[[Any], Any], write: Callable[[Any], Any] = _as_it_is, **default: Any) -> Any:
    """Returns the field of a record that stands in its file at `place`: ``table.name``, or a whole ``table``.

    Args:
        place: See above.
        read: Returns the field's value by what stands there, or raises a `LabError`.
        write: Returns what is to stand there; None for nothing.
        default: `default` or `default_factory` of a field that may be missing there.
    """
    return field(metadata={_ENTRY: _Entry(tuple(place.split(".")), read, write)}, **default)


def values_in(path: Path, data: Mapping[str, Any], fields: tuple[Field[Any], ...]) -> dict[str, Any]:
    """Returns the values of `fields` by what the file `path` holds as `data`, but of those that may be missing and are.

    Raises:
        LabError: Something is missing or wrong; it names the file.
    """
    values = {}
    for each in fields:
        told: _Entry = each.metadata[_ENTRY]
        table_, name = data, told.place[-1]
        if len(told.place) == 2:
            within = data.get(told.place[0])
            table_, name = (within, name) if isinstance(within, Mapping) else ({}, told.place[0])
        if name in table_:
            values[each.name] = _read(path, told, table_[name])
        elif each.default is MISSING and each.default_factory is MISSING:
            raise RecordError(f"{path} must tell {'.'.join(told.place)}; it lacks {name}.")
    return values


def _read(path: Path, told: _Entry, found: Any) -> Any:
    try:
        return told.read(found)
    except _Unfit as error:
        raise RecordError(f"{path} must tell {'.'.join(told.place)} {error}") from error
    except LabError as error:
        raise RecordError(f"{path}: {error}") from error


def data_of(record: object, fields: tuple[Field[Any], ...]) -> dict[str, Any]:
    """Returns what a file is to hold of the `fields` of `record`."""
    data: dict[str, Any] = {}
    for each in fields:
        told: _Entry = each.metadata[_ENTRY]
        value = told.write(getattr(record, each.name))
        part = data
        for name in told.place[:-1]:
            part = part.setdefault(name, {})
        if value is not None:
            part[told.place[-1]] = value
    return data


def text(value: object) -> str:
    """Reads a text, cut to 10,000 characters."""
    return str(_checked(value, str, "a text"))[:LONGEST_TEXT]


def whole(value: object) -> int:
    """Reads a whole number."""
    return int(_checked(value, int, "a whole number"))


def truth(value: object) -> bool:
    """Reads true or false."""
    return bool(_checked(value, bool, "true or false"))


def table(value: object) -> dict[str, Any]:
    """Reads a table."""
    return dict(_checked(value, dict, "a table"))


def texts(value: object) -> dict[str, str]:
    """Reads a table whose values are told as texts."""
    return {name: str(each)[:LONGEST_TEXT] for name, each in table(value).items()}


def names(value: object) -> tuple[str, ...]:
    """Reads a list of texts."""
    return tuple(str(each) for each in _checked(value, list, "a list"))


def layers_of(specification: Mapping[str, Any]) -> Mapping[str, Any]:
    """Returns the coefficients of layers in a specification, whose names are those of the recorded layers.

    Raises:
        RecordError: There are none, or a term has a coefficient that is not installed.
    """
    coefficients = specification.get("coefficients")
    layers = coefficients.get("layer_cost_coeffs") if isinstance(coefficients, Mapping) else None
    if not isinstance(layers, Mapping):
        raise RecordError("it must tell the coefficients of layers; it does not.")
    check_terms(coefficients)
    return layers


def check_terms(coefficients: object) -> None:
    """Makes sure that every term of recorded `coefficients` is installed.

    Raises:
        RecordError: One is not.
    """
    told = coefficients.get("term_coeffs") if isinstance(coefficients, Mapping) else None
    unknown = [str(name) for name in told if name not in known_terms()] if isinstance(told, Mapping) else []
    if unknown:
        terms, it = ("the term", "it") if len(unknown) == 1 else ("the terms", "them")
        raise RecordError(
            f"its cost has {terms} {', '.join(unknown)}, which no package here offers; install the package that "
            f"offers {it}."
        )


def _checked(value: Any, kind: type, words: str) -> Any:
    if type(value) is not kind:
        raise _Unfit(f"as {words}; received {str(value)[:_LONGEST_RECEIVED]!r}.")
    return value
