"""``run.toml``: how a run was made, by what, and how it ended. Beside it lies ``history.sqlite`` with every save."""

from __future__ import annotations

import dataclasses
import math
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import tomli_w

from fooler_gui.core.errors import LabError
from fooler_gui.core.file_kind import FileKind, kind_of
from fooler_gui.core.files import written_whole
from fooler_gui.core.messages import STOP_REASONS, ClassifierInfo, RunFinished
from fooler_gui.core.run_spec import RunSpec
from fooler_gui.core.settings import check_number
from fooler_gui.core.toml_file import read_toml
from fooler_gui.core.versions import versions
from fooler_gui.records.history_file import HISTORY_FILE

FORMAT = 2
SETTINGS_FILE = "run.toml"
LOCK_FILE = "run.lock"
TRAINING_FORMAT = "training 1"
"""Of the ``run.toml`` of a training in place of a descent."""

_TABLES = ("about", "classifier", "run")
_LONGEST_TEXT = 10_000


class RunFolderError(LabError, ValueError):
    """A run's folder cannot be used. Its text is one sentence that can be shown as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """What ``run.toml`` tells.

    Attributes:
        id: By which a run is known wherever it lies.
        begun: When, in local time, as ISO 8601 has it.
        spec: The whole run; its paths are those of the machine it was made on.
        classifier_sha256: Of the classifier's file, in hexadecimal.
        topology: Of the classifier, in words.
        class_names: Of the classifier.
        versions: Of the program and what its numbers depend on.
        machine: What else decides their last bits; empty in records of earlier versions.
        result: How it ended, or None while it has not.
        name: Given by a person, or "".
        notes: A person's.
        skipped: Whether a person wants to hear no more of it, though it has not ended.
    """

    id: str
    begun: str
    spec: RunSpec
    classifier_sha256: str
    topology: str
    class_names: tuple[str, ...]
    versions: Mapping[str, str]
    machine: Mapping[str, str] = field(default_factory=dict)
    result: RunFinished | None = None
    name: str = ""
    notes: str = ""
    skipped: bool = False

    def ended(self, finished: RunFinished) -> RunRecord:
        """Returns the record of the run once it is `finished`."""
        return dataclasses.replace(self, result=finished)


def new_record(spec: RunSpec, classifier: ClassifierInfo, machine: Mapping[str, str] | None = None) -> RunRecord:
    """Returns the record of a run that begins now, on `machine`, where that is known."""
    return RunRecord(
        id=uuid.uuid4().hex,
        begun=datetime.now().astimezone().isoformat(timespec="seconds"),
        spec=spec,
        classifier_sha256=classifier.sha256,
        topology=classifier.topology,
        class_names=classifier.class_names,
        versions=versions(),
        machine=machine or {},
    )


def holds_run(folder: Path) -> bool:
    """Tells whether `folder` holds a run or a part of one, so that writing there would replace something."""
    return (folder / SETTINGS_FILE).exists() or (folder / HISTORY_FILE).exists()


def write_record(folder: Path, record: RunRecord) -> None:
    """Writes the ``run.toml`` of `folder`, whole or not at all; name and notes up to 10,000 characters each.

    Raises:
        OSError: The folder is missing or cannot be written.
    """
    data: dict[str, Any] = {
        "format": FORMAT,
        "about": {
            "id": record.id,
            "begun": record.begun,
            "name": record.name[:_LONGEST_TEXT],
            "notes": record.notes[:_LONGEST_TEXT],
            "skipped": record.skipped,
        },
        "versions": dict(record.versions),
        "machine": dict(record.machine),
        "classifier": {
            "sha256": record.classifier_sha256,
            "topology": record.topology,
            "class_names": list(record.class_names),
        },
        "run": record.spec.to_dict(),
    }
    if record.result is not None:
        data["result"] = dataclasses.asdict(record.result) | {"stopped_by": list(record.result.stopped_by)}
    with written_whole(folder / SETTINGS_FILE) as temporary:
        temporary.write_text(tomli_w.dumps(data), encoding="utf-8", errors="replace")


def read_record(folder: Path) -> RunRecord:
    """Returns what the ``run.toml`` of `folder` tells.

    Raises:
        LabError: The file is missing or damaged, of another format, or describes no run.
    """
    path = folder / SETTINGS_FILE
    if not folder.exists():
        raise RunFolderError(f"{folder} must be the folder of a run; there is no such folder.")
    if not folder.is_dir():
        raise RunFolderError(f"{folder} must be the folder of a run; it is {_what_it_is(folder)}.")
    if not path.is_file():
        raise RunFolderError(f"{folder} must hold a run, that is {SETTINGS_FILE} and {HISTORY_FILE}; it does not.")
    data = read_toml(path)
    if data.get("format") == TRAINING_FORMAT:
        raise RunFolderError(f"{folder} holds a training; its classifier is {folder.stem}.keras beside it.")
    if data.get("format") != FORMAT:
        raise RunFolderError(f"{path} must be of format {FORMAT}; received {data.get('format', 'none')!r}.")
    for name in _TABLES:
        if not isinstance(data.get(name), dict):
            raise RunFolderError(f"{path} must hold the tables {', '.join(_TABLES)}; it lacks {name}.")
    about, classifier, run = (data[name] for name in _TABLES)
    for name in ("descent", "method", "coefficients"):
        if not isinstance(run.get(name), dict):
            raise RunFolderError(f"{path} must hold the table run.{name}; it does not.")
    layers = run["coefficients"].get("layer_cost_coeffs")
    names = classifier.get("class_names", [])
    if not isinstance(layers, dict) or not isinstance(names, list):
        raise RunFolderError(f"{path} must tell the coefficients of layers and the names of classes; it does not.")
    spec = RunSpec.from_dict(run, layers)
    return RunRecord(
        id=_text(about, "id"),
        begun=_text(about, "begun"),
        spec=spec,
        classifier_sha256=_text(classifier, "sha256"),
        topology=_text(classifier, "topology"),
        class_names=tuple(str(name) for name in names),
        versions=_texts(data, "versions"),
        machine=_texts(data, "machine"),
        result=_result(path, data, len(spec.labels)),
        name=_text(about, "name"),
        notes=_text(about, "notes"),
        skipped=about.get("skipped") is True,
    )


def _result(path: Path, data: Mapping[str, Any], labels: int) -> RunFinished | None:
    table = _table(data, "result")
    if not table:
        return None
    stopped_by = table.get("stopped_by")
    if not isinstance(stopped_by, list) or len(stopped_by) != labels:
        raise RunFolderError(f"{path} must tell in result.stopped_by why each label stopped; it does not.")
    if not all(reason in STOP_REASONS for reason in stopped_by):
        raise RunFolderError(f"{path} must tell why the run stopped, by {', '.join(STOP_REASONS)}; it does not.")
    return RunFinished(
        stopped_by=tuple(stopped_by),
        steps=int(check_number("result.steps", table.get("steps"), 0, math.inf, whole=True)),
        seconds=check_number("result.seconds", table.get("seconds"), 0, math.inf),
    )


def _table(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = data.get(name, {})
    return table if isinstance(table, dict) else {}


def _texts(data: Mapping[str, Any], name: str) -> dict[str, str]:
    return {str(key): str(value)[:_LONGEST_TEXT] for key, value in _table(data, name).items()}


def _text(table: Mapping[str, Any], name: str) -> str:
    value = table.get(name, "")
    return value[:_LONGEST_TEXT] if isinstance(value, str) else ""


def _what_it_is(path: Path) -> str:
    kind = kind_of(path)
    return "a file" if kind is FileKind.UNKNOWN else kind.value
