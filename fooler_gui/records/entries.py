"""The entries of a record's file: their places, and how they are read and written."""

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
    """A folder holds no such record or cannot be used."""


_TYPES: Mapping[object, str] = {
    str: "a text",
    int: "a whole number",
    bool: "true or false",
    dict: "a table",
    list: "a list",
}
"""The types that a file holds directly, and their names."""


class _Entry(NamedTuple):
    table: str
    name: str
    kind: type
    read: Callable[[Any], Any]
    write: Callable[[Any], Any]


def _cut(value: Any) -> Any:
    return value[:LONGEST_TEXT] if isinstance(value, str) else value


def entry(
    place: str,
    kind: type,
    read: Callable[[Any], Any] = _cut,
    write: Callable[[Any], Any] = _cut,
    **default: Any,
) -> Any:
    """Returns a record's field stored in its file at `place`: ``table.name``, or a whole ``table``.

    Args:
        place: See above.
        kind: The stored type: str, cut to 10,000 characters, int, bool, dict or list.
        read: Converts the stored value to the field's, or raises a `LabError`.
        write: Converts the field's value to the stored one; None stores nothing.
        default: `default` or `default_factory` of a field that may be missing.
    """
    table, _, name = place.rpartition(".")
    return field(metadata={_ENTRY: _Entry(table, name, kind, read, write)}, **default)


def texts(table: Mapping[str, Any]) -> dict[str, str]:
    """Returns a table with its values as text."""
    return {name: str(value)[:LONGEST_TEXT] for name, value in table.items()}


def values_in(path: Path, data: Mapping[str, Any], fields: tuple[Field[Any], ...]) -> dict[str, Any]:
    """Returns the values of `fields` from `data`, the contents of the file `path`, without missing optional ones.

    Raises:
        LabError: Something is missing or wrong; the text names the file.
    """
    values = {}
    for each in fields:
        form: _Entry = each.metadata[_ENTRY]
        table = data.get(form.table) if form.table else data
        lacking = form.table if not isinstance(table, Mapping) else "" if form.name in table else form.name
        if not lacking:
            values[each.name] = _read(path, form, table[form.name])  # type: ignore[index]
        elif each.default is MISSING and each.default_factory is MISSING:
            raise RecordError(f"{path} must have {_place(form)}; it lacks {lacking}.")
    return values


def _read(path: Path, form: _Entry, found: Any) -> Any:
    if type(found) is not form.kind:
        received = str(found)[:_LONGEST_RECEIVED]
        raise RecordError(f"{path} must have {_place(form)} as {_TYPES[form.kind]}; received {received!r}.")
    try:
        return form.read(found)
    except LabError as error:
        raise RecordError(f"{path}: {error}") from error


def _place(form: _Entry) -> str:
    return f"{form.table}.{form.name}" if form.table else form.name


def data_of(record: object, fields: tuple[Field[Any], ...]) -> dict[str, Any]:
    """Returns the file contents for the `fields` of `record`."""
    data: dict[str, Any] = {}
    for each in fields:
        form: _Entry = each.metadata[_ENTRY]
        value = form.write(getattr(record, each.name))
        if value is not None:
            (data.setdefault(form.table, {}) if form.table else data)[form.name] = value
    return data


def layers_of(specification: Mapping[str, Any]) -> Mapping[str, Any]:
    """Returns the layer coefficients in a specification, by recorded layer.

    Raises:
        RecordError: There are none, or a coefficient's term is not installed.
    """
    coefficients = specification.get("coefficients")
    layers = coefficients.get("layer_cost_coeffs") if isinstance(coefficients, Mapping) else None
    if not isinstance(layers, Mapping):
        raise RecordError("it must have the coefficients of layers; it does not.")
    check_terms(coefficients)
    return layers


def check_terms(coefficients: object) -> None:
    """Checks that every term of recorded `coefficients` is installed.

    Raises:
        RecordError: One is not.
    """
    recorded = coefficients.get("term_coeffs") if isinstance(coefficients, Mapping) else None
    unknown = [str(name) for name in recorded if name not in known_terms()] if isinstance(recorded, Mapping) else []
    if unknown:
        terms, it = ("the term", "it") if len(unknown) == 1 else ("the terms", "them")
        raise RecordError(
            f"its cost has {terms} {', '.join(unknown)}, which no package here offers; install the package that "
            f"offers {it}."
        )
