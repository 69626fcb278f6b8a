"""What is recorded of a training, in a folder beside its classifier's file: ``NAME.training`` beside ``NAME.keras``.

``run.toml`` tells how the classifier is trained, by what, and whether that ended; ``history.sqlite`` how it went, and
on which found images. A training that was cut short leaves its last checkpoint as an ordinary classifier.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import tomli_w

from fooler_gui.core.errors import LabError
from fooler_gui.core.files import written_whole
from fooler_gui.core.toml_file import read_toml
from fooler_gui.core.versions import versions
from fooler_gui.records.locks import is_held
from fooler_gui.records.run_folder import LOCK_FILE, SETTINGS_FILE, TRAINING_FORMAT

ENDING = ".training"
CLASSIFIER_ENDING = ".keras"
_KINDS: Mapping[type, str] = {str: "a text", int: "a whole number", bool: "true or false"}
_TABLES = ("about", "versions", "classifier", "settings")


class TrainingRecordError(LabError, ValueError):
    """A folder holds no record of a training. Its text is one sentence that can be shown as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingRecord:
    """What the ``run.toml`` of a training tells.

    Attributes:
        kind: "training", "retraining", "round" or "control".
        begun: When, in local time, as ISO 8601 has it.
        topology: Of the classifier, in words.
        former_sha256: Of the file of the classifier whose weights it began with, in hexadecimal; "" for fresh ones.
        settings: How it is trained, seed included, as `Settings.to_dict` tells.
        steps: Steps wanted.
        checkpoint: Steps done when the classifier's file was written last; 0 before the first time.
        sha256: Of the classifier's file as it was written then; "" before the first time.
        ended: Whether it came to its end, or was stopped by a person.
        versions: Of the program and what its numbers depend on.
        machine: What else decides their last bits; empty in records of earlier versions.
    """

    kind: str
    begun: str
    topology: str
    former_sha256: str = ""
    settings: Mapping[str, Any]
    steps: int
    checkpoint: int = 0
    sha256: str = ""
    ended: bool = False
    versions: Mapping[str, str] = field(default_factory=versions)
    machine: Mapping[str, str] = field(default_factory=dict)


def new_training(
    kind: str,
    topology: str,
    settings: Mapping[str, Any],
    steps: int,
    former_sha256: str = "",
    machine: Mapping[str, str] | None = None,
) -> TrainingRecord:
    """Returns the record of a training that begins now; see `TrainingRecord`."""
    return TrainingRecord(
        kind=kind,
        begun=datetime.now().astimezone().isoformat(timespec="seconds"),
        topology=topology,
        former_sha256=former_sha256,
        settings=settings,
        steps=steps,
        machine=machine or {},
    )


def training_folder(classifier: Path) -> Path:
    """Returns where the training of the classifier file `classifier` is recorded."""
    return classifier.with_name(classifier.stem + ENDING)


def classifier_of(folder: Path) -> Path:
    """Returns the classifier file whose training is recorded in `folder`, whatever the case of its ending."""
    usual = folder.with_name(folder.name.removesuffix(ENDING) + CLASSIFIER_ENDING)
    if usual.exists():
        return usual
    others = (path for path in sorted(folder.parent.glob("*")) if path.stem == usual.stem)
    return next((path for path in others if path.suffix.lower() == CLASSIFIER_ENDING), usual)


def holds_training(folder: Path) -> bool:
    """Tells whether `folder` is one where a training is recorded."""
    try:
        return read_toml(folder / SETTINGS_FILE).get("format") == TRAINING_FORMAT
    except LabError:
        return False


def write_training(folder: Path, record: TrainingRecord) -> None:
    """Writes the ``run.toml`` of `folder`, whole or not at all.

    Raises:
        OSError: The folder is missing or cannot be written.
    """
    data = {
        "format": TRAINING_FORMAT,
        "about": {
            "kind": record.kind,
            "begun": record.begun,
            "steps": record.steps,
            "checkpoint": record.checkpoint,
            "ended": record.ended,
        },
        "versions": dict(record.versions),
        "machine": dict(record.machine),
        "classifier": {
            "topology": record.topology,
            "sha256": record.sha256,
            "former_sha256": record.former_sha256,
        },
        "settings": dict(record.settings),
    }
    with written_whole(folder / SETTINGS_FILE) as temporary:
        temporary.write_text(tomli_w.dumps(data), encoding="utf-8", errors="replace")


def read_training(folder: Path) -> TrainingRecord:
    """Returns what the ``run.toml`` of `folder` tells of a training.

    Raises:
        LabError: There is none, or it is damaged or of another format.
    """
    path = folder / SETTINGS_FILE
    data = read_toml(path)
    if data.get("format") != TRAINING_FORMAT or not all(isinstance(data.get(name), dict) for name in _TABLES):
        raise TrainingRecordError(f"{path} must be the record of a training as this program writes it; it is not.")
    about, made_by, classifier, settings = (data[name] for name in _TABLES)
    made_on = data.get("machine")
    made_on = made_on if isinstance(made_on, dict) else {}
    return TrainingRecord(
        kind=_value(path, about, "kind", str),
        begun=_value(path, about, "begun", str),
        topology=_value(path, classifier, "topology", str),
        former_sha256=_value(path, classifier, "former_sha256", str),
        settings=settings,
        steps=_value(path, about, "steps", int),
        checkpoint=_value(path, about, "checkpoint", int),
        sha256=_value(path, classifier, "sha256", str),
        ended=_value(path, about, "ended", bool),
        versions={str(name): str(version) for name, version in made_by.items()},
        machine={str(name): str(value) for name, value in made_on.items()},
    )


def unfinished_trainings(folder: Path) -> Iterator[tuple[Path, TrainingRecord]]:
    """Yields the classifier files in `folder` whose training was cut short after a checkpoint.

    Those whose records are damaged, and those that are trained at present, are left out.
    """
    for path in sorted(folder.glob(f"*{ENDING}")):
        classifier = classifier_of(path)
        try:
            record = read_training(path)
        except LabError:
            continue
        if not record.ended and record.checkpoint and classifier.is_file() and not is_held(path / LOCK_FILE):
            yield classifier, record


def forget_training(classifier: Path) -> None:
    """Notes the training of the classifier file `classifier` as ended, so that nobody is asked about it any more.

    Raises:
        LabError: There is no record, or it cannot be written.
    """
    _change(classifier, ended=True)


def note_sha256(classifier: Path, sha256: str) -> None:
    """Notes in the record of its training that the classifier file `classifier` now has this SHA-256.

    Raises:
        LabError: There is no record, or it cannot be written.
    """
    _change(classifier, sha256=sha256)


def _change(classifier: Path, **changes: bool | str) -> None:
    folder = training_folder(classifier)
    record = read_training(folder)
    try:
        write_training(folder, dataclasses.replace(record, **changes))  # type: ignore[arg-type]
    except OSError as error:
        raise TrainingRecordError(f"{folder} cannot be written: {error.strerror or error}.") from error


def _value(path: Path, table: Mapping[str, Any], name: str, kind: type) -> Any:
    value = table.get(name)
    if type(value) is not kind:
        raise TrainingRecordError(f"{path} must tell {name} as {_KINDS[kind]}; received {str(value)[:50]!r}.")
    return value
