"""The cells of a sweep as tables for other programs, and all of a sweep as JSON."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from fooler_gui.core.csv_text import csv_text
from fooler_gui.core.json_text import json_text
from fooler_gui.exports.export_error import ExportError
from fooler_gui.sweeps.summary import summarise
from fooler_gui.sweeps.sweep_provenance import provenance_of
from fooler_gui.sweeps.sweep_state import SweepState

BRINGS_PARQUET = "python -m pip install pyarrow"
"""The command that installs what writes Parquet files."""

_FORMAT = 1
_LEFT_OUT = ("owner", "deaths")
"""Columns that only say who works on a cell."""
_READ_AS: Mapping[str, Callable[[Any], Any]] = {"string": str, "int64": int, "double": float}
_TEXTS = ("hash", "state", "run", "worker", "error")


def write_csv(state: SweepState, path: Path) -> None:
    """Writes a row for each cell: what was varied, what came of it, and every figure."""
    names = _columns(state)
    rows = ([row[name] for name in names] for row in state.cells.rows)
    path.write_text(csv_text([names, *rows]), encoding="utf-8")


def write_parquet(state: SweepState, path: Path) -> None:
    """Writes the same as `write_csv`, each column with a type; how the sweep was made stands under ``fooler``.

    Raises:
        ExportError: PyArrow, of the extra ``cluster``, is not installed.
    """
    reason = why_no_parquet()
    if reason:
        raise ExportError(reason)
    import pyarrow as pa
    from pyarrow import parquet

    columns = {name: _typed(name, [row[name] for row in state.cells.rows]) for name in _columns(state)}
    arrays = {name: pa.array(values, kind) for name, (values, kind) in columns.items()}
    carried = {"fooler": json.dumps(provenance_of(state).to_dict())}
    parquet.write_table(pa.table(arrays, metadata=carried), path)


def write_json(state: SweepState, path: Path) -> None:
    """Writes one object: ``provenance``, ``settings`` with their statistics, and ``cells``.

    A setting is as `Setting.to_dict` says; numbers that are not finite are null.
    """
    names = _columns(state)
    cells = ",\n".join(json_text({name: row[name] for name in names}) for row in state.cells.rows)
    settings = ",\n".join(json_text(each.to_dict()) for each in summarise(state.cells.rows, state.spec.varied))
    about = json_text(provenance_of(state).to_dict())
    path.write_text(
        f'{{"format": {_FORMAT},\n"provenance": {about},\n"settings": [\n{settings}\n],\n"cells": [\n{cells}\n]}}\n',
        encoding="utf-8",
    )


def why_no_parquet() -> str:
    """Returns why no Parquet file can be written here, with the command that brings what is missing; "" if one can."""
    if importlib.util.find_spec("pyarrow") is None:
        return f"A Parquet file needs PyArrow, which is not installed; get it by: {BRINGS_PARQUET}"
    return ""


def _columns(state: SweepState) -> list[str]:
    return [name for name in state.cells.rows[0] if name not in _LEFT_OUT]


def _typed(name: str, values: list[Any]) -> tuple[list[Any], str]:
    """Returns the `values` of a column, all of one type, and that."""
    kinds = {type(value) for value in values if value is not None}
    kind = "string" if name in _TEXTS or not kinds <= {int, float} else "int64" if kinds == {int} else "double"
    return [None if value is None else _READ_AS[kind](value) for value in values], kind
