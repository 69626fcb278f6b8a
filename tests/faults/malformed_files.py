"""Opens malformed and hostile files of every kind that the program opens, with the program's own functions.

Coefficients and pictures are also dropped on the window, which must say in its error bar why it refuses them. Refusals
must be one sentence; every tenth is repeated by the command line, which must end with exit code 2 and one line. Nothing
may take more than two seconds of the processor or a gigabyte, and nothing may run code. Malformed but harmless files
may be opened. Memory is measured on Linux.
"""

from __future__ import annotations

import contextlib
import dataclasses
import faulthandler
import io
import itertools
import logging
import os
import random
import shutil
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tomli_w
from dataset_files import cifar, csv, write_pictures
from dataset_files import idx as idx_of
from fault_report import FaultReport
from small_world import INPUT_SHAPE, write_model_in_hdf5, write_small_dataset, write_tiny_classifier

from fooler_gui.core.errors import LabError
from fooler_gui.engine import backend

backend.load()

import malformed_variants as variants  # noqa: E402
from drop_window import DropWindow  # noqa: E402
from PIL import Image  # noqa: E402
from PySide6.QtCore import QSize  # noqa: E402
from recorded_runs import closed  # noqa: E402
from round_samples import make_report  # noqa: E402
from saves import make_save  # noqa: E402

from fooler_gui.cli import main as command_line  # noqa: E402
from fooler_gui.cli import session  # noqa: E402
from fooler_gui.cli.checks import given_coefficients  # noqa: E402
from fooler_gui.core.arrays import FloatArray  # noqa: E402
from fooler_gui.core.classifier_info import ClassifierInfo  # noqa: E402
from fooler_gui.core.jobs import OpenClassifier, OpenRounds  # noqa: E402
from fooler_gui.core.messages import RunFinished  # noqa: E402
from fooler_gui.core.rounds_spec import default_rounds  # noqa: E402
from fooler_gui.core.run_control import RunControl  # noqa: E402
from fooler_gui.core.run_spec import RunSpec  # noqa: E402
from fooler_gui.core.settings import CostCoefficients, DescentSettings, article_coefficients  # noqa: E402
from fooler_gui.data.array_file import read_images, write_arrays  # noqa: E402
from fooler_gui.data.image_file import read_image_set  # noqa: E402
from fooler_gui.data.labelled_images import read_labelled_images  # noqa: E402
from fooler_gui.data.loading import load_dataset  # noqa: E402
from fooler_gui.engine.lab import Lab  # noqa: E402
from fooler_gui.exports.figures import write_png  # noqa: E402
from fooler_gui.exports.provenance import make_provenance, picture_texts, read_provenance  # noqa: E402
from fooler_gui.records.history_reader import HistoryReader  # noqa: E402
from fooler_gui.records.rounds_folder import RoundsFolder, new_rounds  # noqa: E402
from fooler_gui.records.run_folder import new_record, read_record, run_recorder  # noqa: E402
from fooler_gui.records.run_reader import (  # noqa: E402
    read_found_images,
    read_last_save,
    read_milestones,
    read_repetition,
)
from fooler_gui.records.training_history import TrainingPoint, read_training_history  # noqa: E402
from fooler_gui.records.training_record import (  # noqa: E402
    TrainingRecord,
    new_training,
    training_folder,
    training_recorder,
)
from fooler_gui.session.user_settings import UserSettings  # noqa: E402
from fooler_gui.widgets.slot_images import ImageRefusedError, image_from_file  # noqa: E402
from fooler_gui.widgets.vector_picture import write_vector  # noqa: E402

FULL = 4_500
_MOST_SECONDS = 2.0
_MOST_BYTES = 2**30
_HANGS_AFTER = 120.0
_LONGEST_SENTENCE = 1_000
_LAYERS = ("inputs", "conv0", "fc")


@dataclass(frozen=True)
class Kind:
    """A kind of file.

    Attributes:
        good: An intact one.
        makes: Functions that malform it.
        opens: Opens it as the program does.
        arguments: A command that opens the given path, or None if there is none.
        is_read_by_command: Whether the command reads the malformed part of the given path.
    """

    good: Path
    makes: tuple[variants.Make, ...]
    opens: Callable[[Path], object]
    arguments: Callable[[Path], list[str]] | None = None
    is_read_by_command: Callable[[Path], bool] = lambda _path: True


def run(times: int, seed: int) -> FaultReport:
    """Opens `times` malformed files, of all kinds in turn."""
    report = FaultReport("malformed and hostile files, opened")
    with (
        tempfile.TemporaryDirectory(prefix="fooler-faults-") as name,
        _small_data(Path(name)),
        DropWindow(Path(name) / "window") as window,
    ):
        folder = Path(name)
        kinds = _kinds(folder, window)
        for kind in kinds.values():  # warm up
            kind.opens(kind.good)
        refused, by_command, slowest, largest = 0, 0, 0.0, 0
        for number, kind_name in zip(range(times), itertools.cycle(kinds), strict=False):
            rng = random.Random(f"{seed} {number}")
            kind = kinds[kind_name]
            path = folder / f"variant-{number}{kind.good.suffix}"
            make = rng.choice(kind.makes)
            make(rng, kind.good, path)
            what = f"{make.__name__}, number {number}"
            assert not (folder / variants.CANARY).exists(), "making the file ran its code"
            outcome = _opened(kind, path)
            problems = outcome.problems
            if outcome.seconds > _MOST_SECONDS:
                problems.append(f"it took {outcome.seconds:.1f} s of the processor")
            if outcome.bytes > _MOST_BYTES:
                problems.append(f"it took {outcome.bytes / 2**30:.1f} GiB")
            slowest, largest = max(slowest, outcome.seconds), max(largest, outcome.bytes)
            if outcome.sentence:
                refused += 1
                if refused % 10 == 0 and kind.arguments is not None and kind.is_read_by_command(path):
                    problems += _refused_by_command(kind.arguments(path))
                    by_command += 1
            if (folder / variants.CANARY).exists():
                problems.append("it ran code, or wrote elsewhere")
                (folder / variants.CANARY).unlink()
            report.count(kind_name, [f"{what}: {problem}" for problem in problems])
            _remove(path)
    report.figures |= {"refused": refused, "of these, by the command line too": by_command}
    report.figures |= {
        "opened, being harmless": times - refused,
        "slowest, s": slowest,
        "most memory more, MiB": largest / 2**20,
    }
    return report


@dataclass(frozen=True)
class _Outcome:
    sentence: str
    problems: list[str]
    seconds: float
    bytes: int


def _opened(kind: Kind, path: Path) -> _Outcome:
    sentence, problems = "", []
    before = _begun_to_measure()
    faulthandler.dump_traceback_later(_HANGS_AFTER, exit=True)
    began = time.process_time()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            kind.opens(path)
    except (LabError, ImageRefusedError) as error:
        sentence = str(error)
        if "\n" in sentence or not sentence.endswith(".") or len(sentence) > _LONGEST_SENTENCE:
            problems.append(f"no sentence: {sentence[:300]!r}, {len(sentence)} long")
    except BaseException as error:  # noqa: BLE001 - that is what is looked for
        where = traceback.extract_tb(error.__traceback__)[-1]
        problems.append(f"{type(error).__name__}: {str(error)[:200]} at {where.filename}:{where.lineno}")
    seconds = time.process_time() - began
    faulthandler.cancel_dump_traceback_later()
    return _Outcome(sentence, problems, seconds, _peak_bytes() - before)


def _refused_by_command(arguments: list[str]) -> list[str]:
    out, error = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(error), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        code = command_line(arguments)
    # The tiny classifier is untrained, which is told before images are read.
    lines = [line for line in error.getvalue().strip().splitlines() if not line.startswith("The classifier gets")]
    return [] if code == 2 and len(lines) == 1 else [f"{arguments[0]} ended with {code}, saying {lines[:3]}"]


# Kinds --------------------------------------------------------------------------------------------------------------


def _kinds(folder: Path, window: DropWindow) -> dict[str, Kind]:
    good = folder / variants.GOOD
    good.mkdir()
    classifier = write_tiny_classifier(good / "good.keras")
    model = write_model_in_hdf5(good / "good.h5")
    lab = Lab(folder / "small.npz")
    info = _answered(lab, OpenClassifier(path=str(classifier)))[-1].classifier
    rng = np.random.default_rng(0)
    images, coefficients = good / "good.npz", good / "good.toml"
    write_arrays(images, {"images": _some_images(rng)})
    idx = good / "good.idx"
    idx.write_bytes(bytes((0, 0, 8, 3, 0, 0, 0, 9, 0, 0, 0, 28, 0, 0, 0, 28)) + rng.bytes(9 * 28 * 28))
    coefficients.write_text(tomli_w.dumps(article_coefficients(_LAYERS).to_dict()), encoding="utf-8")
    picture = good / "good.png"
    Image.fromarray(rng.integers(0, 255, (40, 40, 4), np.uint8)).save(picture)
    exported = good / "exported.png"
    provenance = make_provenance("1" * 32, _spec(info), info.sha256, 3, [(2, "fc 0.5")])
    write_png(Image.fromarray(rng.integers(0, 255, (40, 40), np.uint8)), exported, picture_texts(provenance))
    for ending in (".svg", ".pdf"):
        drawn = exported.with_suffix(ending)
        write_vector(
            drawn, QSize(40, 40), lambda painter: painter.drawLine(0, 0, 40, 40), "Step 3", provenance.to_text()
        )
    settings = good / "settings.toml"
    settings.write_text(
        tomli_w.dumps({"descent": DescentSettings().to_dict(), "run": {"labels": [3], "slots": 8}}), encoding="utf-8"
    )
    _write_run(good / "run", info)
    _write_rounds(good / "rounds", info)
    training = training_recorder(classifier, new_training("retraining", "conv 2", {"steps": 9}, 9), _some_images(rng))
    training.add(TrainingPoint(step=1, seconds=0.5, loss=2.0, validation_accuracy=0.5))
    training.flush()
    training.close()

    datasets = _datasets(good, rng)

    def costs(option: str) -> Callable[[Path], list[str]]:
        fixed = {"--images": str(images), "--classifier": str(classifier), "--label": "3", "--coefficients": "article"}
        return lambda path: ["costs", *itertools.chain.from_iterable((fixed | {option: str(path)}).items())]

    return {
        "classifier (.keras)": Kind(
            classifier,
            variants.CLASSIFIERS,
            lambda path: _answered(lab, OpenClassifier(path=str(path))),
            costs("--classifier"),
        ),
        "classifier (.h5)": Kind(
            model,
            variants.MODELS_IN_HDF5,
            lambda path: _answered(lab, OpenClassifier(path=str(path))),
            costs("--classifier"),
        ),
        "images (.npz)": Kind(images, variants.ARRAYS, lambda path: read_images(path, INPUT_SHAPE), costs("--images")),
        "set of images (IDX)": Kind(idx, variants.IDX, lambda path: read_image_set(path, INPUT_SHAPE, 10_000)),
        "set of images (.npz)": Kind(images, variants.ARRAYS, lambda path: read_image_set(path, INPUT_SHAPE, 10_000)),
        "coefficients (.toml)": Kind(coefficients, variants.TOML, _open_coefficients, costs("--coefficients")),
        "run (folder)": Kind(
            good / "run",
            variants.RUNS,
            lambda path: _open_run(path, INPUT_SHAPE),
            lambda path: ["backwork", "--repeat", str(path), "--out", str(folder / "repeated"), "--overwrite"],
            lambda path: not _can_be_repeated(path),
        ),
        "rounds (folder)": Kind(
            good / "rounds", variants.ROUNDS, lambda path: _answered(lab, OpenRounds(folder=str(path)))
        ),
        "picture for a slot": Kind(picture, variants.PICTURES, lambda path: image_from_file(path, INPUT_SHAPE)),
        "exported picture, for its set-up": Kind(exported, variants.PROVENANCES, read_provenance),
        "exported drawing (.svg), for its set-up": Kind(
            exported.with_suffix(".svg"), variants.DRAWINGS, read_provenance
        ),
        "exported drawing (.pdf), for its set-up": Kind(
            exported.with_suffix(".pdf"), variants.DRAWINGS, read_provenance
        ),
        "coefficients, dropped on the window": Kind(coefficients, variants.TOML, window.open),
        "exported picture, dropped on the window": Kind(exported, variants.PROVENANCES, window.open),
        "remembered settings (.toml)": Kind(settings, variants.TOML, _open_settings),
        "training (folder)": Kind(training_folder(classifier), variants.TRAININGS, _open_training),
        **{
            f"dataset ({form})": Kind(data, makes, load_dataset, lambda path: ["data", "describe", str(path)])
            for form, (data, makes) in datasets.items()
        },
        **{
            f"images of others ({form})": Kind(
                *datasets[form], lambda path: read_labelled_images(path, INPUT_SHAPE, info.class_names)
            )
            for form in (".npz", "pictures")
        },
    }


def _datasets(good: Path, rng: np.random.Generator) -> dict[str, tuple[Path, tuple[variants.Make, ...]]]:
    """Writes a dataset of every form; returns where, and what malforms it."""
    images, labels = rng.integers(0, 256, (9, 28, 28), np.uint8), np.arange(9, dtype=np.uint8) % 3
    arrays, rows = good / "data.npz", good / "data.csv"
    write_arrays(arrays, {"images": images, "labels": labels})
    rows.write_bytes(csv(images.reshape(9, -1), labels))
    bytes_folder, pictures, table = (good / name for name in ("idx", "pictures", "table"))
    bytes_folder.mkdir()
    (bytes_folder / variants.IDX_IMAGES).write_bytes(idx_of(images))
    (bytes_folder / variants.IDX_LABELS).write_bytes(idx_of(labels))
    write_pictures(pictures, images, labels)
    write_pictures(table, images, [""] * 9)
    (table / variants.TABLE).write_text("".join(f"{number:03}.png,{number % 3}\n" for number in range(9)))
    batches = good / "cifar"
    batches.mkdir()
    (batches / variants.CIFAR_BATCH).write_bytes(cifar(rng.integers(0, 256, (9, 32, 32, 3), np.uint8), labels))
    return {
        ".npz": (arrays, variants.ARRAYS),
        "CIFAR": (batches, variants.CIFAR_FOLDERS),
        "CSV": (rows, variants.ROWS),
        "IDX": (bytes_folder, variants.IDX_FOLDERS),
        "pictures": (pictures, variants.PICTURE_FOLDERS),
        "table of pictures": (table, variants.TABLES),
    }


def _answered(lab: Lab, job: OpenClassifier | OpenRounds) -> list[object]:
    return list(lab.perform(job, RunControl()))


def _open_coefficients(path: Path) -> None:
    given = given_coefficients(str(path))
    assert given is not None
    assert given.numbers is not None
    CostCoefficients.from_dict(given.numbers, _LAYERS)


def _open_run(path: Path, input_shape: tuple[int, int, int]) -> None:
    """Opens a run for each purpose; the first refusal ends it, as in the program."""
    read_record(path)
    read_last_save(path)
    read_found_images(path, input_shape)
    read_milestones(path)
    read_repetition(path)
    reader = HistoryReader(path)
    try:
        for number in reader.index().numbers.tolist():
            reader.save(number)
        reader.events()
    finally:
        reader.close()


def _can_be_repeated(path: Path) -> bool:
    """Returns whether a run can be repeated although something in it is damaged, such as a save in its middle."""
    try:
        read_record(path)
        read_repetition(path)
    except LabError:
        return False
    return True


def _open_settings(path: Path) -> None:
    """Remembered settings are never refused: errors are reported, and defaults are used."""
    memory = UserSettings(path)
    problem = memory.load()
    DescentSettings.from_dict_leniently(memory.table("descent"))
    if problem:
        raise LabError(problem)


def _open_training(path: Path) -> None:
    TrainingRecord.read(path)
    read_training_history(path)


def _some_images(rng: np.random.Generator) -> FloatArray:
    return rng.random((3, *INPUT_SHAPE), np.float32)


def _spec(info: ClassifierInfo) -> RunSpec:
    return RunSpec(classifier=info.path, labels=(3, 7), slots=2, coefficients=article_coefficients(_LAYERS))


def _write_run(folder: Path, info: ClassifierInfo) -> None:
    recorder = run_recorder(folder, new_record(_spec(info), info))
    for step in range(5):
        applied = ((1, step),) if step == 2 else ()
        recorder.add(make_save((3, 7), 2, INPUT_SHAPE, step, layers=_LAYERS, applied=applied, min_probability=0.0))
    assert not closed(recorder, RunFinished(stopped_by=("max_steps", "max_steps"), steps=4, seconds=1.0))


def _write_rounds(folder: Path, info: ClassifierInfo) -> None:
    rounds = RoundsFolder(folder)
    labels = tuple(range(10))
    with rounds.going_on(new_rounds(default_rounds(info.path, _LAYERS), info)):
        for number in range(2):
            rounds.write_report(make_report(number))
    recorder = run_recorder(rounds.round_path(1), new_record(dataclasses.replace(_spec(info), labels=labels), info))
    for step in (0, 3, 6):
        recorder.add(make_save(labels, 2, INPUT_SHAPE, step, layers=_LAYERS, min_probability=0.0))
    assert not closed(recorder, RunFinished(stopped_by=("max_steps",) * 10, steps=6, seconds=1.0))


# Surroundings -------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def _small_data(folder: Path) -> Iterator[None]:
    """Makes the command line use a small dataset and write no log."""
    dataset, usual = write_small_dataset(folder / "small.npz"), session.resource
    session.resource = lambda _name: dataset
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        session.resource = usual
        logging.disable(logging.NOTSET)


def _begun_to_measure() -> int:
    """Returns the resident bytes and resets the peak."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return _status_bytes("VmRSS")


def _peak_bytes() -> int:
    return _status_bytes("VmHWM")


def _status_bytes(name: str) -> int:
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next(1024 * int(line.split()[1]) for line in lines if line.startswith(name))


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    elif os.path.lexists(path):
        path.unlink()
