"""The record of a training, in a folder beside its classifier's file: ``NAME.training`` beside ``NAME.keras``.

``run.toml`` says how the classifier is trained, by what, and whether that ended; ``history.sqlite`` how it went, and on
which found images. An interrupted training leaves its last checkpoint as an ordinary classifier.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.dataset_info import DatasetInfo
from fooler_gui.core.errors import LabError
from fooler_gui.core.files import claim_folder, give_back_folder, numbered
from fooler_gui.core.toml_file import read_toml
from fooler_gui.records.entries import entry
from fooler_gui.records.history_file import HistoryForm
from fooler_gui.records.record import SETTINGS_FILE, Record, recorded_dataset
from fooler_gui.records.recorder import Recorder
from fooler_gui.records.training_history import TRAINING_FORM, TrainingPoint, training_history_writer

TRAINING_FORMAT = "training 1"
ENDING = ".training"
CLASSIFIER_ENDING = ".keras"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingRecord(Record):
    """The ``run.toml`` of a training; see `Record`. The classifier's hash is that of the last written file.

    Attributes:
        kind: "training", "retraining", "round" or "control".
        former_sha256: The hash of the classifier file with the initial weights, in hexadecimal; "" for fresh ones.
        settings: How it is trained, seed included, from `Settings.to_dict`.
        steps: Steps in all.
        checkpoint: Steps done when the classifier's file was last written; 0 if never.
        ended: Whether it finished or was stopped by a person.
    """

    WHAT: ClassVar[str] = "a training"
    FORMAT: ClassVar[int | str] = TRAINING_FORMAT
    HISTORY: ClassVar[HistoryForm | None] = TRAINING_FORM
    IN_USE: ClassVar[str] = (
        "{folder} is in use: its classifier is already being trained; give another file, or wait until that has ended."
    )
    BESIDE_A_FILE: ClassVar[bool] = True

    kind: str = entry("about.kind", str)
    former_sha256: str = entry("classifier.former_sha256", str)
    settings: Mapping[str, Any] = entry("settings", dict, write=dict)
    steps: int = entry("about.steps", int)
    checkpoint: int = entry("about.checkpoint", int)
    ended: bool = entry("about.ended", bool)

    def is_open(self, folder: Path) -> bool:
        """Returns whether the training was interrupted after a checkpoint that still exists."""
        return not self.ended and self.checkpoint > 0 and classifier_of(folder).is_file()


def new_training(
    kind: str,
    topology: str,
    settings: Mapping[str, Any],
    steps: int,
    former_sha256: str = "",
    machine: Mapping[str, str] | None = None,
    dataset: DatasetInfo | None = None,
) -> TrainingRecord:
    """Returns the record of a training that starts now; see `TrainingRecord`."""
    return TrainingRecord.new(
        kind=kind,
        topology=topology,
        former_sha256=former_sha256,
        settings=settings,
        steps=steps,
        checkpoint=0,
        ended=False,
        classifier_sha256="",
        machine=machine or {},
        **recorded_dataset(dataset),
    )


def training_recorder(classifier: Path, record: TrainingRecord, images: FloatArray) -> Recorder[TrainingPoint]:
    """Returns a recorder of the training of the classifier file `classifier`; see `Recorder`.

    Args:
        classifier: The file of the classifier that is trained.
        record: The training's record at its start.
        images: (N, H, W, C) float32, the found images it is trained on; N may be 0.
    """
    return Recorder(training_folder(classifier), record, lambda path, _point: training_history_writer(path, images))


def training_folder(classifier: Path) -> Path:
    """Returns the folder in which the training of the classifier file `classifier` is recorded."""
    return classifier.with_name(classifier.stem + ENDING)


def classifier_of(folder: Path) -> Path:
    """Returns the classifier file whose training is recorded in `folder`, whatever the case of its ending."""
    usual = folder.with_name(folder.name.removesuffix(ENDING) + CLASSIFIER_ENDING)
    if usual.exists():
        return usual
    others = (path for path in sorted(folder.parent.glob("*")) if path.stem == usual.stem)
    return next((path for path in others if path.suffix.lower() == CLASSIFIER_ENDING), usual)


def holds_training(folder: Path) -> bool:
    """Returns whether a training is recorded in `folder`."""
    try:
        return read_toml(folder / SETTINGS_FILE).get("format") == TRAINING_FORMAT
    except LabError:
        return False


def claimed_classifier(wanted: Path) -> Path:
    """Returns `wanted`, or a path named as by `free_path`, which no other program has got from this function.

    There is no such file yet; the folder of its training is made already, unless none can be made there at present.
    """
    return next(path for path in numbered(wanted) if _is_claimed(path))


def _is_claimed(classifier: Path) -> bool:
    folder = training_folder(classifier)
    if not claim_folder(folder):
        return False
    if classifier.exists():  # asked for last: another program may have ended a training of this name meanwhile
        give_back_folder(folder)
        return False
    return True
