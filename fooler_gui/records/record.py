"""The base of all records: a folder with a settings file and, for most kinds, ``history.sqlite``.

The settings file says how the work was done, by what, and whether it ended. A kind of record is a subclass of `Record`.
Each of its fields is an `entry`, which defines its place in the file and its conversion; reading, writing, changing and
finding interrupted work follow from these.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, Self

import tomli_w
from filelock import Timeout

from fooler_gui.core.classifier_info import ClassifierInfo
from fooler_gui.core.dataset_info import DatasetInfo, DatasetSettings
from fooler_gui.core.errors import LabError, reason_of
from fooler_gui.core.file_kind import FileKind, kind_of
from fooler_gui.core.files import written_whole
from fooler_gui.core.toml_file import read_toml
from fooler_gui.core.versions import versions
from fooler_gui.records.entries import RecordError, data_of, entry, texts, values_in
from fooler_gui.records.history_file import HISTORY_FILE, HistoryForm
from fooler_gui.records.locks import HeldLock, is_held

SETTINGS_FILE = "run.toml"
LOCK_FILE = "run.lock"


def recorded_classifier(info: ClassifierInfo) -> dict[str, str]:
    """Returns the fields of a `Record` that say which classifier its work is done with, and how it was opened."""
    return {
        "classifier_sha256": info.sha256,
        "topology": info.topology,
        "asked_range": info.asked_range,
        "asked_output": info.asked_output,
    }


def recorded_dataset(dataset: DatasetInfo | None) -> dict[str, str | int]:
    """Returns the fields of a `Record` that say which dataset its work is done with; none if it is not known."""
    if dataset is None:
        return {}
    return {
        "dataset_name": dataset.name,
        "dataset_path": dataset.path,
        "dataset_sha256": dataset.sha256,
        "largest_side": dataset.largest_side,
    }


def _side(pixels: int) -> int:
    return DatasetSettings(largest_side=pixels).largest_side


class FolderInUse(LabError):
    """The folder is being recorded into elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """The settings file of work of any kind.

    Attributes:
        id: Identifies it wherever it lies; "" in some records of earlier versions.
        begun: When it started, in local time, in ISO 8601.
        topology: The classifier's layers.
        classifier_sha256: The hash of the classifier's file, in hexadecimal.
        asked_range: The input range that was asked for when the classifier was opened, or "".
        asked_output: The output that was asked for then, or "".
        dataset_sha256: The dataset's hash, in hexadecimal; "" in records of earlier versions.
        dataset_name: Its name; "" likewise.
        dataset_path: Its file or folder on the machine it was made on; "" likewise.
        largest_side: The longest side of its images when it was read, in pixels; see `DatasetSettings`.
        versions: Of the program and the packages that results depend on.
        machine: What else affects the last bits of results; empty in records of earlier versions.
    """

    WHAT: ClassVar[str]
    """What is recorded: "a run"."""

    FORMAT: ClassVar[int | str]
    """The file's ``format``, which changes when earlier versions of the program cannot read it."""

    FILE: ClassVar[str] = SETTINGS_FILE
    LOCK: ClassVar[str] = LOCK_FILE
    """The name of a file that is locked while the work is in progress."""

    HISTORY: ClassVar[HistoryForm | None] = None
    IN_USE: ClassVar[str]
    """The message that a ``{folder}`` is being recorded into elsewhere."""

    FORGOTTEN: ClassVar[Mapping[str, bool]] = {"ended": True}
    """The fields that mark interrupted work about which the user will not be asked again."""

    BESIDE_A_FILE: ClassVar[bool] = False
    """Whether the folder belongs to a file beside it: it is recreated if missing, and no lock file stays."""

    id: str = entry("about.id", str, default="")
    begun: str = entry("about.begun", str)
    topology: str = entry("classifier.topology", str)
    classifier_sha256: str = entry("classifier.sha256", str)
    asked_range: str = entry("classifier.input_range", str, default="")
    asked_output: str = entry("classifier.output", str, default="")
    dataset_sha256: str = entry("dataset.sha256", str, default="")
    dataset_name: str = entry("dataset.name", str, default="")
    dataset_path: str = entry("dataset.path", str, default="")
    largest_side: int = entry("dataset.largest_side", int, _side, int, default=DatasetSettings.default("largest_side"))
    versions: Mapping[str, str] = entry("versions", dict, texts, dict, default_factory=dict)
    machine: Mapping[str, str] = entry("machine", dict, texts, dict, default_factory=dict)

    @classmethod
    def new(cls, **fields: Any) -> Self:
        """Returns the record of work that starts now with this version of the program."""
        begun = datetime.now().astimezone().isoformat(timespec="seconds")
        return cls(id=uuid.uuid4().hex, begun=begun, versions=versions(), **fields)

    @property
    def dataset_words(self) -> str:
        """How to recognise its dataset: name, path and the beginning of the hash, as far as they are recorded."""
        return ", ".join(filter(None, (self.dataset_name, self.dataset_path, f"SHA-256 {self.dataset_sha256[:12]}…")))

    @classmethod
    def of_earlier(cls, folder: Path, data: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG003 - some kinds look there
        """Returns the contents of a file in `folder` in this version's form, or raises a `LabError`."""
        return data

    def is_open(self, folder: Path) -> bool:
        """Returns whether the work in `folder` is unfinished and can be continued."""
        raise NotImplementedError

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Returns the record in `folder`.

        Raises:
            LabError: There is none of this kind, or it is damaged.
        """
        if not folder.exists():
            raise RecordError(f"{folder} must be the folder of {cls.WHAT}; there is no such folder.")
        if not folder.is_dir():
            raise RecordError(f"{folder} must be the folder of {cls.WHAT}; it is {_what_it_is(folder)}.")
        path = folder / cls.FILE
        if not path.is_file():
            parts = cls.FILE if cls.HISTORY is None else f"{cls.FILE} and {HISTORY_FILE}"
            raise RecordError(f"{folder} must hold {cls.WHAT}, that is {parts}; it does not.")
        data = cls.of_earlier(folder, read_toml(path))
        if data.get("format") != cls.FORMAT:
            raise RecordError(f"{path} must be of format {cls.FORMAT}; received {data.get('format', 'none')!r}.")
        return cls(**values_in(path, data, dataclasses.fields(cls)))

    def write(self, folder: Path) -> None:
        """Writes the record into `folder`, whole or not at all; texts are cut to 10,000 characters.

        Raises:
            OSError: The folder is missing or cannot be written.
        """
        data = {"format": self.FORMAT} | data_of(self, dataclasses.fields(self))
        with written_whole(folder / self.FILE) as temporary:
            temporary.write_text(tomli_w.dumps(data), encoding="utf-8", errors="replace")

    @classmethod
    def locked(cls, folder: Path) -> HeldLock:
        """Locks `folder` and returns the lock.

        Raises:
            FolderInUse: It is being recorded into elsewhere.
            OSError: The folder is missing or cannot be written.
        """
        try:
            return HeldLock(folder / cls.LOCK)
        except Timeout as error:
            raise FolderInUse(cls.IN_USE.format(folder=folder)) from error

    @classmethod
    @contextmanager
    def held(cls, folder: Path) -> Iterator[Self]:
        """Yields the record, locked against other writers.

        Raises:
            LabError: There is none, it is in progress, or it cannot be written.
        """
        cls.read(folder)  # locking a missing folder would create it
        try:
            lock = cls.locked(folder)
            try:
                yield cls.read(folder)
            finally:
                lock.let_go(remove=cls.BESIDE_A_FILE)
        except FolderInUse as error:
            raise RecordError(
                f"What is recorded in {folder} is still in progress; change it once it has ended."
            ) from error
        except OSError as error:
            raise RecordError(f"{folder} cannot be written: {reason_of(error)}.") from error

    @classmethod
    def change(cls, folder: Path, **changes: Any) -> None:
        """Changes fields of the record in `folder`.

        Raises:
            LabError: There is none, it is in progress, or it cannot be written.
        """
        with cls.held(folder) as record:
            dataclasses.replace(record, **changes).write(folder)

    @classmethod
    def forget(cls, folder: Path) -> None:
        """Marks the interrupted work in `folder` so that the user will not be asked about it again.

        Raises:
            LabError: There is none, it is in progress, or it cannot be written.
        """
        cls.change(folder, **cls.FORGOTTEN)

    @classmethod
    def unfinished(cls, around: Path) -> Iterator[tuple[Path, Self]]:
        """Yields the folders in `around`, which need not exist, with interrupted work, and their records.

        Damaged records, work in progress and forgotten work are left out.
        """
        for path in sorted(around.glob(f"*/{cls.FILE}")):
            folder = path.parent
            if cls._open(folder) is not None and not is_held(folder / cls.LOCK):
                record = cls._open(folder)  # it may have ended since it was read
                if record is not None:
                    yield folder, record

    @classmethod
    def _open(cls, folder: Path) -> Self | None:
        try:
            record = cls.read(folder)
        except LabError:
            return None
        return record if record.is_open(folder) else None


def _what_it_is(path: Path) -> str:
    kind = kind_of(path)
    return "a file" if kind is FileKind.UNKNOWN else kind.value
