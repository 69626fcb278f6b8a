"""The form of a run's ``history.sqlite``."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from pathlib import Path
from typing import Any

from fooler_gui.core.save import TermPlace
from fooler_gui.records.former_codec import FORMER_FORM, former_places
from fooler_gui.records.history_file import (
    HistoryError,
    HistoryForm,
    in_time,
    open_history,
    reading,
)
from fooler_gui.records.save_codec import FORM_WITHOUT_CHANGES, FORM_WITHOUT_TOPS, MOST_BYTES, NEWEST_FORM, RunShape

_MOST_LABELS, _MOST_LAYERS, _MOST_COSTS, _MOST_SIDE = 1_000, 100, 10_000, 4_096
_MOST_NETS = 1_000

RUN_FORM = HistoryForm(
    of="a run",
    version=NEWEST_FORM,
    former=(FORMER_FORM, FORM_WITHOUT_TOPS, FORM_WITHOUT_CHANGES),
    tables={
        "saves": "number INTEGER PRIMARY KEY, step INTEGER NOT NULL, seconds REAL NOT NULL, "
        "revision INTEGER NOT NULL, kept INTEGER NOT NULL, lowest REAL NOT NULL, mean REAL NOT NULL, "
        "restarts INTEGER NOT NULL",
        "records": "number INTEGER PRIMARY KEY, record BLOB NOT NULL",
        "events": "number INTEGER PRIMARY KEY, step INTEGER NOT NULL, kind TEXT NOT NULL, "
        "data TEXT NOT NULL, image BLOB",
    },
    longest_row=MOST_BYTES + 2**10,
)


def meta_of(shape: RunShape) -> dict[str, str]:
    """Returns the contents of the table ``meta`` for a run of this shape."""
    data = {
        "labels": list(shape.labels),
        "slots": shape.slots,
        "image_shape": list(shape.image_shape),
        "costs": [list(place) for place in shape.places],
        "form": shape.form,
    } | ({"nets": shape.nets} if shape.nets > 1 else {})
    return {"shape": json.dumps(data)}


def open_run_history(path: Path) -> tuple[sqlite3.Connection, RunShape]:
    """Returns a read-only connection to the history at `path`, and the shape of its run.

    Raises:
        HistoryError: There is none, or it is not an intact history of this form.
    """
    connection = open_history(path, RUN_FORM)
    try:
        return connection, _shape_of(connection, path)
    except BaseException:
        connection.close()
        raise


def _shape_of(connection: sqlite3.Connection, path: Path) -> RunShape:
    with reading(path), in_time(connection):
        row = connection.execute("SELECT value FROM meta WHERE name = 'shape'").fetchone()
    shape = None
    with contextlib.suppress(TypeError, ValueError, KeyError, RecursionError):
        shape = _shape_from_dict(json.loads(row[0]))
    if shape is None:
        raise HistoryError(f"{path} must have labels, slots, image shape and costs of its run; it does not.")
    return shape


def _shape_from_dict(data: dict[str, Any]) -> RunShape | None:
    labels, slots, image_shape = (data[name] for name in ("labels", "slots", "image_shape"))
    nets = data.get("nets", 1)
    numbers = [*labels, slots, *image_shape, nets]
    places = _places_from(data)
    form = data.get("form", FORM_WITHOUT_TOPS if "costs" in data else FORMER_FORM)
    fits = (
        type(labels) is type(image_shape) is list
        and all(type(number) is int and number >= 0 for number in numbers)
        and places is not None
        and form in (FORMER_FORM, FORM_WITHOUT_TOPS, FORM_WITHOUT_CHANGES, NEWEST_FORM)
        and 1 <= len(set(labels)) == len(labels) <= _MOST_LABELS
        and 1 <= slots <= _MOST_LABELS * _MOST_SIDE
        and 1 <= nets <= _MOST_NETS
        and len(image_shape) == 3
        and all(1 <= side <= _MOST_SIDE for side in image_shape)
    )
    if not fits or places is None:
        return None
    height, width, channels = image_shape
    return RunShape(
        labels=tuple(labels),
        slots=slots,
        image_shape=(height, width, channels),
        places=places,
        form=form,
        nets=nets,
    )


def _places_from(data: dict[str, Any]) -> tuple[TermPlace, ...] | None:
    """Returns the costs of a stored shape, in the former form those of its layers; None if there are neither."""
    if "costs" not in data:
        layers = data["layers"]
        fits = type(layers) is list and len(layers) <= _MOST_LAYERS and all(type(name) is str for name in layers)
        return former_places(tuple(layers)) if fits else None
    costs = data["costs"]
    fits = (
        type(costs) is list
        and len(costs) <= _MOST_COSTS
        and all(type(place) is list and len(place) == 2 and all(type(part) is str for part in place) for place in costs)
    )
    places = tuple(TermPlace(*place) for place in costs) if fits else None
    return places if places is not None and len(set(places)) == len(places) else None
