"""How a sweep was made, for what is exported from it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from fooler_gui.core.errors import LabError
from fooler_gui.core.toml_file import read_toml
from fooler_gui.core.versions import versions
from fooler_gui.records.record import SETTINGS_FILE
from fooler_gui.sweeps.results import DONE
from fooler_gui.sweeps.sweep_folder import SWEEP_FILE
from fooler_gui.sweeps.sweep_state import SweepState

_TOLD = ("about", "versions", "machine", "classifier", "dataset")
_NOT_TOLD = ("path", "name", "notes", "id")
"""What a record says of its folders and of a person, which is private."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepProvenance:
    """How a sweep was made.

    Attributes:
        name: The name of its folder.
        file: The text of its ``sweep.toml``.
        sha256: The hash of that file, in hexadecimal.
        made_with: What the first recorded run says of its begin, versions, machine, classifier and dataset, by these
            names; empty if no run is kept.
        exported: When it was exported, in UTC, in ISO 8601.
        exported_with: The versions of what exported it.
    """

    name: str
    file: str
    sha256: str
    made_with: Mapping[str, Mapping[str, str]]
    exported: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    exported_with: Mapping[str, str] = field(default_factory=versions)

    def to_dict(self) -> dict[str, Any]:
        """Returns all that as texts."""
        return asdict(self)


def provenance_of(state: SweepState) -> SweepProvenance:
    """Returns how a sweep was made.

    Raises:
        OSError: Its file cannot be read.
    """
    content = (state.folder / SWEEP_FILE).read_bytes()
    return SweepProvenance(
        name=state.folder.resolve().name,
        file=content.decode("utf-8-sig"),
        sha256=hashlib.sha256(content).hexdigest(),
        made_with=_made_with(state),
    )


def _made_with(state: SweepState) -> dict[str, dict[str, str]]:
    done = (place for place, row in enumerate(state.cells.rows) if row["state"] == DONE and row["run"])
    run = next(filter(None, map(state.run, done)), None)
    if run is None:
        return {}
    try:
        record = read_toml(run / SETTINGS_FILE)
    except LabError:
        return {}
    return {name: _texts(record.get(name)) for name in _TOLD}


def _texts(table: object) -> dict[str, str]:
    """Returns what is text in a `table` of a record, if it is one."""
    entries = table.items() if isinstance(table, dict) else ()
    return {name: text for name, text in entries if isinstance(text, str) and text and name not in _NOT_TOLD}
