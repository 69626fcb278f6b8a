"""Two programs on the same data folder, a folder moved away while a run is recorded into it, a clock set back.

The two programs are processes that make runs at the same moments; each run is a fake descent, recorded by the real
recorder, in a folder that the program chose. No TensorFlow.
"""

from __future__ import annotations

import json
import logging
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from fault_report import FaultReport
from recorded_runs import closed
from saves import make_save

from fooler_gui import resources
from fooler_gui.core.classifier_info import ClassifierInfo
from fooler_gui.core.messages import RunFinished
from fooler_gui.core.run_spec import RunSpec
from fooler_gui.core.settings import article_coefficients
from fooler_gui.records import record as record_module
from fooler_gui.records.history_reader import HistoryReader
from fooler_gui.records.record import FolderInUse
from fooler_gui.records.recorder import NotRecorded
from fooler_gui.records.run_folder import RunRecord, new_record, read_record, run_recorder
from fooler_gui.resources import free_run_folder

FULL = 50
SAVES = 20
LAYERS = ("inputs", "conv0", "fc")
_SHAPE = (8, 8, 1)
_MOST_SECONDS = 5.0


def run(times: int, seed: int) -> FaultReport:
    """Causes each fault `times` times."""
    report = FaultReport("two programs in one data folder, a folder moved while recorded into, a clock set back")
    rng = random.Random(seed)
    with _quiet(), tempfile.TemporaryDirectory(prefix="fooler-faults-") as name:
        folder = Path(name)
        for problems in _two_programs(folder / "two", times):
            report.count("two programs, runs", problems)
        for number in range(times):
            report.count("one folder for both", _one_folder(folder / f"one-{number}"))
            report.count("folder moved", _moved(folder / f"moved-{number}", rng))
            report.count("clock set back", _set_back(folder / f"clock-{number}", rng))
    return report


@contextmanager
def _quiet() -> Iterator[None]:
    """Keeps this program's warnings off the terminal: missing folders are expected here."""
    logger = logging.getLogger("fooler_gui")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)


def record_of(rng_seed: int = 0) -> RunRecord:
    """Returns the record of a run that starts now."""
    info = ClassifierInfo(
        name="tiny",
        path="/tiny.keras",
        sha256="0" * 64,
        topology="conv 2",
        input_shape=_SHAPE,
        class_names=("0", "1", "2", "3"),
        recorded_layers=LAYERS,
        parameters=9,
        test_accuracy=0.5,
    )
    spec = RunSpec(
        classifier=info.path, labels=(3,), slots=2, rng_seed=rng_seed, coefficients=article_coefficients(LAYERS)
    )
    return new_record(spec, info)


def record_a_run(folder: Path, rng_seed: int, saves: int = SAVES) -> str:
    """Records a run of noise into `folder`; returns the error, or ""."""
    recorder = run_recorder(folder, record_of(rng_seed))
    for step in range(saves):
        recorder.add(_save(step, rng_seed))
    return closed(recorder, _finished(saves))


def what_is_wrong(folder: Path, rng_seed: int, saves: int = SAVES, *, ended: bool = True) -> list[str]:
    """Returns what keeps the run in `folder` from being that of `rng_seed`, whole."""
    record, reader = read_record(folder), HistoryReader(folder)
    problems = []
    if record.spec.rng_seed != rng_seed or (record.result is not None) is not ended:
        problems.append(f"{folder.name} tells of another run, or not of its end")
    numbers = reader.index().numbers.tolist()
    if len(numbers) != saves:
        problems.append(f"{folder.name} holds {len(numbers)} saves of {saves}")
    for step, number in enumerate(numbers):
        if (reader.save(number).images != _save(step, rng_seed).images).any():
            problems.append(f"{folder.name} holds the images of another run")
            break
    reader.close()
    return problems


def _two_programs(data: Path, times: int) -> Iterator[list[str]]:
    """Yields what is wrong with each run of two processes that make them at the same moments."""
    begin = time.time() + 1.5
    environment = os.environ | {
        "XDG_DATA_HOME": str(data),
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
    programs = [
        subprocess.Popen(
            [sys.executable, __file__, str(begin), str(number), str(times)],
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        for number in range(2)
    ]
    made = [line for program in programs for line in program.communicate(timeout=600)[0].splitlines()]
    folders = [json.loads(line) for line in made]
    if len(folders) != 2 * times or len({folder for folder, _, _ in folders}) != 2 * times:
        yield [f"two runs were given one folder, or a program failed: {len(folders)} runs"]
    for folder, rng_seed, trouble in folders:
        yield [trouble] if trouble else what_is_wrong(Path(folder), rng_seed)


def _make_runs(begin: float, program: int, times: int) -> None:
    """Makes runs that start at the same moments as another program's, and writes a line for each."""
    for number in range(times):
        time.sleep(max(0.0, begin + 0.3 * number - time.time()))
        folder, rng_seed = free_run_folder(), 1_000 * program + number
        trouble = record_a_run(folder, rng_seed)
        sys.stdout.write(json.dumps((str(folder), rng_seed, trouble)) + "\n")


def _one_folder(folder: Path) -> list[str]:
    """A second run is refused the folder of one in progress, and the first one is unharmed."""
    first = run_recorder(folder, record_of(1))
    first.add(_save(0, 1))
    problems = []
    try:
        run_recorder(folder, record_of(2)).close()
        problems.append("a second run was allowed into the folder of one in progress")
    except FolderInUse as error:
        if "\n" in str(error) or not str(error).endswith("."):
            problems.append(f"no sentence: {error}")
    for step in range(1, SAVES):
        first.add(_save(step, 1))
    trouble = closed(first, _finished(SAVES))
    return [*problems, *([trouble] if trouble else what_is_wrong(folder, 1))]


def _moved(folder: Path, rng: random.Random) -> list[str]:
    """A folder is moved away during a run, which reports it, and moved back; then nothing is missing."""
    elsewhere = folder.with_name(folder.name + " elsewhere")
    recorder = run_recorder(folder, record_of(3))
    for step in range(SAVES // 2):
        recorder.add(_save(step, 3))
    problems = [] if _within(lambda: (folder / "run.toml").exists()) else ["nothing was written"]
    time.sleep(rng.uniform(0, 0.3))
    folder.rename(elsewhere)
    comes_back = rng.random() < 0.5
    for step in range(SAVES // 2, SAVES):
        recorder.add(_save(step, 3))
    _within(lambda: recorder.is_stuck, 1.5)
    if comes_back:
        elsewhere.rename(folder)
        try:
            recorder.flush()
        except NotRecorded as error:
            problems.append(f"it does not go on in the folder that came back: {error}")
        trouble = closed(recorder, _finished(SAVES))
        return [*problems, *([trouble] if trouble else what_is_wrong(folder, 3))]
    trouble = closed(recorder, _finished(SAVES))
    if folder.exists() or not trouble.endswith(".") or str(folder) not in trouble:
        problems.append(f"it does not say that its folder is gone: {trouble!r}")
    held = len(_steps(elsewhere))
    return [*problems, *what_is_wrong(elsewhere, 3, held, ended=False)]


def _set_back(folder: Path, rng: random.Random) -> list[str]:
    """Runs that start in the same second, or earlier than previous ones, replace none of them."""
    made: list[Path] = []
    problems: list[str] = []
    now = datetime.now()
    with _data_in(folder):
        for number in range(3):
            with _clock_at(now - timedelta(seconds=rng.choice((0, 0, 1, 3_600, 10**6)))):
                made.append(free_run_folder())
                trouble = record_a_run(made[-1], number)
                problems += [trouble] if trouble else []
    if len(set(made)) < len(made):
        problems.append("two runs were given one folder")
    for number, path in enumerate(made):
        problems += what_is_wrong(path, number)
    return problems


@contextmanager
def _data_in(folder: Path) -> Iterator[None]:
    usual, resources.runs_folder = resources.runs_folder, lambda: folder
    try:
        yield
    finally:
        resources.runs_folder = usual


@contextmanager
def _clock_at(now: datetime) -> Iterator[None]:
    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return now

    modules = (resources, record_module)
    usual, wall = datetime, time.time
    for module in modules:
        module.datetime = Clock  # type: ignore[attr-defined]
    time.time = now.timestamp
    try:
        yield
    finally:
        time.time = wall
        for module in modules:
            module.datetime = usual  # type: ignore[attr-defined]


def _save(step: int, rng_seed: int) -> object:
    return make_save((3,), 2, _SHAPE, step, layers=LAYERS, rng_seed=rng_seed)


def _finished(saves: int) -> RunFinished:
    return RunFinished(stopped_by=("max_steps",), steps=saves - 1, seconds=1.0)


def _steps(folder: Path) -> list[int]:
    reader = HistoryReader(folder)
    steps = reader.index().steps.tolist()
    reader.close()
    return steps


def _within(holds: object, seconds: float = _MOST_SECONDS) -> bool:
    ends = time.monotonic() + seconds
    while not holds() and time.monotonic() < ends:  # type: ignore[operator]
        time.sleep(0.01)
    return bool(holds())  # type: ignore[operator]


if __name__ == "__main__":
    _make_runs(float(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
