"""What all work on disk has in common: a folder with a file of settings and, for most kinds, ``history.sqlite``.

The file of settings tells how the work was done, by what, and whether it ended. A kind of record is a
subclass of `Record`. Each of its fields is an `entry`, which says where in the file it stands and how it is read from
there; reading, writing, changing and finding what was cut short follow from these.
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


class FolderInUse(LabError):
    """Somebody else records into the folder. Its text is one sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What the file of settings tells of work of any kind.

    Attributes:
        id: By which it is known wherever it lies; "" in some of earlier versions.
        begun: When, in local time, as ISO 8601 has it.
        topology: Of the classifier, in words.
        classifier_sha256: Of the classifier's file, in hexadecimal.
        dataset_sha256: Of the dataset, in hexadecimal; "" in records of earlier versions.
        versions: Of the program and what its numbers depend on.
        machine: What else decides their last bits; empty in records of earlier versions.
    """

    WHAT: ClassVar[str]
    """What is recorded: "a run"."""

    FORMAT: ClassVar[int | str]
    """Of the file, where it stands as ``format``; it changes when earlier versions of the program cannot read it."""

    FILE: ClassVar[str] = SETTINGS_FILE
    LOCK: ClassVar[str] = LOCK_FILE
    """The name of a file that is locked while the work goes on."""

    HISTORY: ClassVar[HistoryForm | None] = None
    IN_USE: ClassVar[str]
    """Says that somebody else records into a ``{folder}``."""

    FORGOTTEN: ClassVar[Mapping[str, bool]] = {"ended": True}
    """The fields that tell that nobody is to be asked about work any more, though it was cut short."""

    BESIDE_A_FILE: ClassVar[bool] = False
    """Whether the folder belongs to a file beside it: when it is gone, it is made again, and no lock file stays."""

    id: str = entry("about.id", str, default="")
    begun: str = entry("about.begun", str)
    topology: str = entry("classifier.topology", str)
    classifier_sha256: str = entry("classifier.sha256", str)
    dataset_sha256: str = entry("dataset.sha256", str, default="")
    versions: Mapping[str, str] = entry("versions", dict, texts, dict, default_factory=dict)
    machine: Mapping[str, str] = entry("machine", dict, texts, dict, default_factory=dict)

    @classmethod
    def new(cls, **fields: Any) -> Self:
        """Returns the record of work that begins now, by this version of the program."""
        begun = datetime.now().astimezone().isoformat(timespec="seconds")
        return cls(id=uuid.uuid4().hex, begun=begun, versions=versions(), **fields)

    @classmethod
    def of_earlier(cls, folder: Path, data: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG003 - some kinds look there
        """Returns what a file in `folder` holds as this version writes it; it may refuse it by a `LabError`."""
        return data

    def is_open(self, folder: Path) -> bool:
        """Tells whether the work in `folder` has not ended, and there is something to go on with."""
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
        """Writes the record into `folder`, whole or not at all; texts up to 10,000 characters each.

        Raises:
            OSError: The folder is missing or cannot be written.
        """
        data = {"format": self.FORMAT} | data_of(self, dataclasses.fields(self))
        with written_whole(folder / self.FILE) as temporary:
            temporary.write_text(tomli_w.dumps(data), encoding="utf-8", errors="replace")

    @classmethod
    def locked(cls, folder: Path) -> HeldLock:
        """Returns the lock of `folder`, which this program then holds.

        Raises:
            FolderInUse: Somebody else records into it.
            OSError: The folder is missing or cannot be written.
        """
        try:
            return HeldLock(folder / cls.LOCK)
        except Timeout as error:
            raise FolderInUse(cls.IN_USE.format(folder=folder)) from error

    @classmethod
    @contextmanager
    def held(cls, folder: Path) -> Iterator[Self]:
        """Gives the record of work that nobody else writes meanwhile.

        Raises:
            LabError: There is none, it goes on, or it cannot be written.
        """
        cls.read(folder)  # to lock a folder that is missing would make it
        try:
            lock = cls.locked(folder)
            try:
                yield cls.read(folder)
            finally:
                lock.let_go(remove=cls.BESIDE_A_FILE)
        except FolderInUse as error:
            raise RecordError(
                f"What is recorded in {folder} is still going on; change it once it has ended."
            ) from error
        except OSError as error:
            raise RecordError(f"{folder} cannot be written: {reason_of(error)}.") from error

    @classmethod
    def change(cls, folder: Path, **changes: Any) -> None:
        """Changes fields of the record in `folder`.

        Raises:
            LabError: There is none, it goes on, or it cannot be written.
        """
        with cls.held(folder) as record:
            dataclasses.replace(record, **changes).write(folder)

    @classmethod
    def forget(cls, folder: Path) -> None:
        """Remembers that nobody is to be asked about the work in `folder` any more, though it was cut short.

        Raises:
            LabError: There is none, it goes on, or it cannot be written.
        """
        cls.change(folder, **cls.FORGOTTEN)

    @classmethod
    def unfinished(cls, around: Path) -> Iterator[tuple[Path, Self]]:
        """Yields the folders in `around`, which need not exist, whose work was cut short, and the record of each.

        Those whose records are damaged, and those that go on at present or were forgotten, are left out.
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
