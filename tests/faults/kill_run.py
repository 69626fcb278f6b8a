"""Kills commands at random moments and checks what they left: a run, a training, and an export.

The program is then started with what is left of a run or a training, and must ask what to do with it. Real commands on
the real engine, with a tiny classifier and a small dataset. They are forked from a process that has loaded TensorFlow,
which saves seconds; SIGKILL kills the whole command. Not on Windows.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
from fault_report import FaultReport
from filelock import FileLock, Timeout
from PIL import Image
from program_window import data_in
from restart import has_checkpoint, what_is_not_asked_of_run, what_is_not_asked_of_training
from small_world import write_small_dataset

from fooler_gui.core.errors import LabError
from fooler_gui.records.history_file import HISTORY_FILE, HISTORY_FILES
from fooler_gui.records.history_reader import HistoryReader
from fooler_gui.records.record import LOCK_FILE, SETTINGS_FILE
from fooler_gui.records.run_folder import read_record
from fooler_gui.records.run_reader import read_last_save, read_repetition
from fooler_gui.records.training_history import read_training_history
from fooler_gui.records.training_record import TrainingRecord, holds_training, training_folder
from fooler_gui.resources import runs_folder, user_folder

MOST_LOST_SECONDS = 0.5
FULL = 150
_PATIENCE = 60.0
_RUN_SECONDS = 3.0
_EXPORTS = (".png", ".gif", ".webp", ".svg", ".npz", ".csv", ".json", "")
_EXPORTED_STEPS = 60
_ROOM = Path(__file__).parent


@dataclass
class Killed:
    """A command that was killed.

    Attributes:
        at: When, by the monotonic clock.
        survived: Whether it had already ended.
    """

    at: float
    survived: bool


class Killer:
    """A context manager: runs commands and kills them.

    Args:
        folder: For all output.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.notes = folder / "notes"
        self._dataset = write_small_dataset(folder / "small.npz")

    def __enter__(self) -> Killer:
        self._server = subprocess.Popen(
            [sys.executable, str(_ROOM / "kill_server.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=_environment(self.folder),
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._server.communicate(timeout=_PATIENCE)

    def kill(self, arguments: list[str], when: Callable[[float], bool]) -> Killed:
        """Runs the command `arguments` and kills it once `when`, asked again and again with its age, says so."""
        self.notes.unlink(missing_ok=True)
        child = self._begin({"do": "command", "arguments": arguments})
        began = time.monotonic()
        while not when(time.monotonic() - began) and _is_alive(child):
            time.sleep(0.0005)
        killed_at = time.monotonic()
        _kill(child)
        return Killed(at=killed_at, survived=self._ended() >= 0)

    def run(self, arguments: list[str]) -> float:
        """Runs the command `arguments` to its end and returns the seconds it took."""
        began = time.monotonic()
        self._begin({"do": "command", "arguments": arguments})
        code = self._ended()
        assert code == 0, (self.folder / "output").read_text()
        return time.monotonic() - began

    def loads(self, classifier: Path) -> bool:
        """Returns whether the classifier file can be opened."""
        self._begin({"do": "check", "path": str(classifier)})
        return self._ended() == 0

    def _begin(self, order: dict[str, object]) -> int:
        order |= {"output": str(self.folder / "output"), "notes": str(self.notes), "dataset": str(self._dataset)}
        assert self._server.stdin is not None
        self._server.stdin.write(json.dumps(order) + "\n")
        self._server.stdin.flush()
        return self._read()

    def _ended(self) -> int:
        return self._read()

    def _read(self) -> int:
        assert self._server.stdout is not None
        return int(self._server.stdout.readline())


def run(times: int, seed: int) -> FaultReport:
    """Kills `times` commands, a third of them runs, a third trainings, a third exports."""
    report = FaultReport("kill -9 at random moments of a run, of a training and of an export")
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="fooler-faults-") as name, Killer(Path(name)) as killer:
        former = killer.folder / "former.keras"
        training_seconds = killer.run(_training(former))
        exported = killer.folder / "exported"
        killer.run(_backwork(former, exported, _EXPORTED_STEPS))
        export_seconds = {
            ending: killer.run(_export(exported, killer.folder / f"former{ending}")) for ending in _EXPORTS
        }
        lost, asked = 0.0, Counter[str]()
        for number in range(times):
            home = killer.folder / f"home-{number}"
            match number % 3:
                case 0:
                    with data_in(home):
                        folder = runs_folder() / f"killed {number}"
                    problems, seconds = _kill_a_run(killer, rng, former, folder)
                    lost = max(lost, seconds)
                    if not problems and _holds_saves(folder):
                        asked["run"] += 1
                        problems = what_is_not_asked_of_run(home, folder)
                    report.count("run", problems)
                case 1:
                    with data_in(home):
                        path = user_folder("classifiers") / "killed.keras"
                    problems = _kill_a_training(killer, rng, former.read_bytes(), path, training_seconds)
                    if not problems and has_checkpoint(path):
                        asked["training"] += 1
                        problems = what_is_not_asked_of_training(home, path)
                    report.count("training", problems)
                case _:
                    ending = rng.choice(_EXPORTS)
                    report.count("export", _kill_an_export(killer, rng, exported, ending, export_seconds[ending]))
    report.figures["seconds of saves lost at most"] = lost
    report.figures |= {f"{kind}s asked about at the next start": count for kind, count in asked.items()}
    return report


def _kill_a_run(killer: Killer, rng: random.Random, classifier: Path, folder: Path) -> tuple[list[str], float]:
    arguments = _backwork(classifier, folder, 1_000_000)
    age = rng.uniform(0, _RUN_SECONDS)
    first = 0.0

    def when(_age: float) -> bool:
        nonlocal first
        if not first:
            noted = _noted(killer.notes)
            first = noted[0][1] if noted else 0.0
        return bool(first) and time.monotonic() - first >= age

    killed = killer.kill(arguments, when)
    noted = _noted(killer.notes)
    if killed.survived or not noted:
        return [f"the run had ended by itself: {(killer.folder / 'output').read_text()[-300:]}"], 0.0
    return _what_is_wrong_with_run(folder, noted, killed.at)


def _what_is_wrong_with_run(folder: Path, noted: list[tuple[int, float]], killed_at: float) -> tuple[list[str], float]:
    """Returns what is wrong with a killed run, and how long before the kill its last recorded save was made."""
    problems = _foreign(folder, {SETTINGS_FILE, LOCK_FILE, *HISTORY_FILES})
    due = [step for step, at in noted if killed_at - at > MOST_LOST_SECONDS]
    try:
        with FileLock(folder / LOCK_FILE).acquire(timeout=0):
            pass
    except Timeout:
        problems.append("the lock cannot be taken")
    if not due and not (folder / SETTINGS_FILE).exists():
        return problems, killed_at - noted[0][1]
    try:
        record = read_record(folder)
        if record.result is not None or record.skipped:
            problems.append("the run counts as ended")
        reader = HistoryReader(folder)
        steps = [reader.save(number).step for number in reader.index().numbers.tolist()]
        reader.events()
        reader.close()
        if steps:
            read_last_save(folder)
            read_repetition(folder)
    except LabError as error:
        return [*problems, str(error)], 0.0
    connection = sqlite3.connect(folder / HISTORY_FILE)
    answer = connection.execute("PRAGMA integrity_check").fetchone()[0]
    connection.close()
    if answer != "ok":
        problems.append(f"SQLite finds {answer}")
    if steps != [step for step, _ in noted][: len(steps)]:
        problems.append("saves are missing in between")
    if due and (not steps or steps[-1] < due[-1]):
        problems.append(
            f"save {due[-1]} was made more than half a second before the kill; the last one is {steps[-1:]}"
        )
    after = [at for step, at in noted if not steps or step > steps[-1]]
    return problems, killed_at - after[0] if after else 0.0


def _holds_saves(folder: Path) -> bool:
    if not (folder / SETTINGS_FILE).exists():
        return False
    reader = HistoryReader(folder)
    try:
        return len(reader.index().numbers) > 0
    finally:
        reader.close()


def _kill_a_training(killer: Killer, rng: random.Random, former: bytes, path: Path, seconds: float) -> list[str]:
    path.write_bytes(former)
    killed = killer.kill(_training(path), _moment(rng, path, seconds))
    record = training_folder(path)
    problems = _foreign(path.parent, {path.name, record.name})
    problems += _foreign(record, {SETTINGS_FILE, LOCK_FILE, *HISTORY_FILES})
    if holds_training(record):
        try:
            TrainingRecord.read(record)
            read_training_history(record)
        except LabError as error:
            problems.append(str(error))
    if path.read_bytes() != former and not killer.loads(path):
        problems.append(f"half a classifier stands under its final name ({killed})")
    return problems


def _kill_an_export(killer: Killer, rng: random.Random, run_folder: Path, ending: str, seconds: float) -> list[str]:
    path, former = killer.folder / "export" / f"new{ending}", killer.folder / f"former{ending}"
    path.parent.mkdir()
    had_former = rng.random() < 0.5
    if had_former:
        (shutil.copytree if former.is_dir() else shutil.copyfile)(former, path)
    killer.kill(_export(run_folder, path), _moment(rng, path, seconds))
    problems = _foreign(path.parent, {path.name})
    if had_former and not path.exists():
        problems.append(f"the former {path.name} is gone")
    if path.exists() and not _is_whole(path, former):
        problems.append(f"half of {path.name} stands under its final name")
    shutil.rmtree(path.parent)
    return problems


def _is_whole(path: Path, complete: Path) -> bool:
    """Returns whether an export holds as much as a complete one of the same run."""
    try:
        match path.suffix:
            case ".png" | ".gif" | ".webp":
                with Image.open(path) as picture:
                    picture.seek(getattr(picture, "n_frames", 1) - 1)
                    picture.load()
            case ".svg":
                ET.parse(path)
            case ".npz":
                with np.load(path) as arrays:
                    return all(len(arrays[name].shape) >= 0 for name in arrays.files)
            case ".json":
                json.loads(path.read_text(encoding="utf-8"))
            case ".csv":
                return path.read_bytes() == complete.read_bytes()
            case _:
                return {entry.name for entry in path.iterdir()} == {entry.name for entry in complete.iterdir()}
    except (OSError, SyntaxError, ValueError, EOFError, zipfile.BadZipFile):
        return False
    return True


def _training(path: Path) -> list[str]:
    arguments = ["train", "--out", str(path), "--overwrite", "--steps", "300", "--validation-images", "50"]
    return [*arguments, "--conv", "5x5x2", "--dense", "8"]


def _backwork(classifier: Path, folder: Path, steps: int) -> list[str]:
    arguments = ["backwork", "--label", "3", "7", "--slots", "4", "--classifier", str(classifier), "--out", str(folder)]
    return [*arguments, "--max-steps", str(steps), "--min-probability", "1"]


def _export(run_folder: Path, path: Path) -> list[str]:
    return ["export", str(run_folder), "--to", str(path), "--overwrite"]


def _moment(rng: random.Random, path: Path, seconds: float) -> Callable[[float], bool]:
    """Returns when to kill: at any moment, or, every second time, within milliseconds of a file being started."""
    if rng.random() < 0.5:
        age = rng.uniform(0, seconds)
        return lambda now: now >= age
    delay, begun = rng.uniform(0, 0.05), 0.0

    def while_writing(now: float) -> bool:
        nonlocal begun
        if not begun and any(entry.name.startswith(f".{path.stem}-") for entry in path.parent.iterdir()):
            begun = now
        return bool(begun) and now - begun >= delay

    return while_writing


def _foreign(folder: Path, allowed: set[str]) -> list[str]:
    """Returns the files in `folder` with names that are neither allowed nor temporary."""
    names = {entry.name for entry in folder.iterdir() if not entry.name.startswith(".")} if folder.exists() else set()
    return [f"{name} was left behind" for name in sorted(names - allowed)]


def _noted(path: Path) -> list[tuple[int, float]]:
    if not path.exists():
        return []
    lines = path.read_text(encoding="ascii").splitlines()
    return [(int(step), float(at)) for step, at in (line.split() for line in lines)]


def _environment(folder: Path) -> dict[str, str]:
    return os.environ | {"XDG_DATA_HOME": str(folder / "data"), "TMPDIR": str(folder)}


def _kill(child: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)


def _is_alive(child: int) -> bool:
    """Returns whether the process is running, zombies excluded."""
    try:
        state = Path(f"/proc/{child}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
