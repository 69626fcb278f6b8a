"""Records runs on file systems that lack features: modes, locks, shared memory, large files.

One to three of these are missing at once, at random, and folders have names of any bytes. The record is then read where
nothing is missing. Unix only.
"""

from __future__ import annotations

import errno
import fcntl
import os
import random
import resource
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from unittest.mock import patch

import numpy as np
from fault_report import FaultReport
from recorded_runs import closed
from run_samples import make_spec
from saves import make_save

from fooler_gui.core.classifier_info import ClassifierInfo
from fooler_gui.core.messages import RunFinished
from fooler_gui.core.save import Save
from fooler_gui.records import sqlite_file
from fooler_gui.records.history_file import HISTORY_FILE
from fooler_gui.records.history_reader import HistoryReader
from fooler_gui.records.record import LOCK_FILE, SETTINGS_FILE
from fooler_gui.records.recorder import NotRecorded
from fooler_gui.records.run_folder import new_record, read_record, run_recorder

FULL = 1_000
_MOST_SAVES = 150
_SLOTS = 4
_NOT_HERE = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL, errno.ENOLCK, errno.EIO)
_LACKS = ("SQLITE_BUSY", "SQLITE_PERM", "SQLITE_IOERR_LOCK", "SQLITE_IOERR_SHMMAP", "SQLITE_IOERR_FSYNC")
_CLASSIFIER = ClassifierInfo(
    name="first",
    path="first.keras",
    sha256="0" * 64,
    topology="dense 5",
    input_shape=(28, 28, 1),
    class_names=("0", "1"),
    recorded_layers=("inputs",),
    parameters=5,
    test_accuracy=0.5,
)


def run(times: int, seed: int) -> FaultReport:
    """Records `times` runs, each on a file system that lacks something."""
    report = FaultReport("runs on file systems that lack something")
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="fooler-faults-") as name:
        for number in range(times):
            lacking = rng.sample(sorted(_LACKING), rng.randint(1, 3))
            folder = Path(name, str(number), _name(rng))
            with ExitStack() as stack:
                for lack in lacking:
                    stack.enter_context(_LACKING[lack](rng))
                saves = [_save(step) for step in range(rng.randint(3, _MOST_SAVES))]
                problems = _record(folder, saves)
            problems += _what_is_wrong(folder, saves, whole="large files" not in lacking)
            report.count(" + ".join(sorted(lacking)), problems)
    return report


def _name(rng: random.Random) -> str:
    """Returns a name of any bytes, sometimes of the greatest length."""
    length = rng.choice((3, 20, 255))
    return os.fsdecode(bytes(rng.choice([byte for byte in range(1, 256) if byte != ord("/")]) for _ in range(length)))


def _save(step: int) -> Save:
    return make_save(slots=_SLOTS, shape=(28, 28, 1), step=step, probabilities=step / 1_000)


def _record(folder: Path, saves: list[Save]) -> list[str]:
    """Records `saves`, and reads them now and then; returns what failed."""
    spec = make_spec(slots=_SLOTS)
    recorder = run_recorder(folder, new_record(spec, _CLASSIFIER), spec.descent.save_bytes)
    problems = []
    for place, save in enumerate(saves):
        recorder.add(save)
        if place % 50 == 2:
            try:
                recorder.flush()
            except NotRecorded as error:
                problems.append(f"it waits: {error}")
                break
            reader = HistoryReader(folder)
            if reader.save(reader.last_number() or 0).step != save.step:
                problems.append("a concurrent reader does not see the last save")
            reader.close()
    finished = RunFinished(stopped_by=("max_steps",), steps=saves[-1].step, seconds=1.0)
    ended = closed(recorder, finished)
    return [*problems, ended] if ended else problems


def _what_is_wrong(folder: Path, saves: list[Save], *, whole: bool) -> list[str]:
    """Returns what is wrong with the run in `folder`, once nothing is missing any more."""
    problems = []
    if read_record(folder).result is None:
        problems.append("the run has no end")
    strange = {path.name for path in folder.iterdir()} - {LOCK_FILE, SETTINGS_FILE, HISTORY_FILE}
    if strange:
        problems.append(f"it left {sorted(strange)}")
    reader = HistoryReader(folder)
    index = reader.index()
    steps = index.steps.tolist()
    if [steps[0], steps[-1]] != [0, saves[-1].step] or (whole and len(steps) != len(saves)):
        problems.append(f"of {len(saves)} saves it holds {len(steps)}, from {steps[0]} to {steps[-1]}")
    for number, step in zip(index.numbers.tolist(), steps, strict=True):
        if not np.array_equal(reader.save(number).images, saves[step].images):
            problems.append(f"save {step} differs")
    reader.close()
    return problems


@contextmanager
def _no_modes(rng: random.Random) -> Iterator[None]:
    refused = _refused(rng)
    with patch.object(os, "chmod", refused), patch.object(os, "fchmod", refused), patch.object(os, "chown", refused):
        yield


@contextmanager
def _no_locks(rng: random.Random) -> Iterator[None]:
    with patch.object(fcntl, "flock", _refused(rng)):
        yield


@contextmanager
def _no_memory_to_share(rng: random.Random) -> Iterator[None]:
    error = sqlite3.OperationalError("no")
    error.sqlite_errorname = rng.choice(_LACKS)
    with_log = sqlite_file._with_log

    def opened(connection: sqlite3.Connection, settings: list[str]) -> sqlite3.Connection:
        if len(settings) == 1:
            connection.close()
            raise error
        return with_log(connection, settings)

    with patch.object(sqlite_file, "_with_log", opened):
        yield


@contextmanager
def _no_large_files(rng: random.Random) -> Iterator[None]:
    former = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (rng.randint(200_000, 2_000_000), former[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, former)


@contextmanager
def _no_writing_at_once(rng: random.Random) -> Iterator[None]:
    with patch.object(os, "fsync", _refused(rng, (errno.EINVAL, errno.ENOTSUP, errno.ENOSYS))):
        yield


def _refused(rng: random.Random, numbers: tuple[int, ...] = _NOT_HERE) -> Callable[..., None]:
    number = rng.choice(numbers)

    def refused(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    return refused


_LACKING = {
    "modes": _no_modes,
    "locks": _no_locks,
    "memory to share": _no_memory_to_share,
    "large files": _no_large_files,
    "writing at once": _no_writing_at_once,
}
