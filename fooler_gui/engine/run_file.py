"""A run on disk: ``run.toml`` tells how it was made, ``saves.npz`` holds every save.

A folder is a run when it holds both and they belong together: ``run.toml`` notes the hash of its saves and is written
last, so that neither a writing cut short nor a mix of two runs passes for one. Needs no TensorFlow.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import tomli_w

from fooler_gui.core.errors import LabError
from fooler_gui.core.files import written_whole
from fooler_gui.core.messages import (
    STOPPED_BY_USER,
    BoolArray,
    ClassifierInfo,
    FloatArray,
    IntArray,
    RunFinished,
    Save,
)
from fooler_gui.core.milestones import Milestones
from fooler_gui.core.run_spec import RunSpec
from fooler_gui.engine.array_file import MissingArray, read_arrays, write_arrays
from fooler_gui.engine.file_hash import sha256_of
from fooler_gui.engine.toml_file import read_toml
from fooler_gui.engine.versions import versions

FORMAT = 1
SETTINGS_FILE = "run.toml"
SAVES_FILE = "saves.npz"
_TABLES = ("classifier", "run", "result")


class _Form(NamedTuple):
    """What an array of ``saves.npz`` must be like.

    Attributes:
        axes: Those of the images that it shares: saves, labels, slots, height, width, channels.
        number: The kind of number that it may be written as.
        kept: The kind that it is read as.
        least: Its smallest value.
        greatest: Its greatest value.
    """

    axes: slice
    number: type
    kept: type
    least: float = 0.0
    greatest: float = 1.0


_GREATEST_WHOLE = 2.0**53
_GREATEST_FLOAT = float(np.finfo(np.float32).max)
_FORMS = {
    "labels": _Form(slice(1, 2), np.integer, np.int64, greatest=_GREATEST_WHOLE),
    "steps": _Form(slice(0, 1), np.integer, np.int64, greatest=_GREATEST_WHOLE),
    "stopped": _Form(slice(0, 2), np.bool_, np.bool_),
    "images": _Form(slice(0, 6), np.floating, np.float32, -_GREATEST_FLOAT, _GREATEST_FLOAT),
    "probabilities": _Form(slice(0, 3), np.floating, np.float32),
    "done": _Form(slice(0, 3), np.bool_, np.bool_),
    "births": _Form(slice(0, 3), np.integer, np.int64, greatest=_GREATEST_WHOLE),
    "distances": _Form(slice(0, 3), np.floating, np.float32, greatest=_GREATEST_FLOAT),
    "leads": _Form(slice(0, 3), np.bool_, np.bool_),
    "pinned": _Form(slice(0, 3), np.bool_, np.bool_),
}
_LAST = ("labels", "images", "probabilities", "done")
_OF_EACH_SAVE = ("images", "probabilities", "done", "births", "distances", "leads", "pinned")
_FOLLOWED = ("labels", "steps", "stopped", *_OF_EACH_SAVE)


class RunFileError(LabError, ValueError):
    """A run's folder cannot be used. Its text is one sentence that can be shown as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """What ``run.toml`` tells.

    Attributes:
        spec: The whole run; its paths are those of the machine it was made on.
        classifier_sha256: Of the classifier's file, in hexadecimal.
        stopped_by: For each label why its batch stopped, or "" where the run broke off.
        steps: Steps done.
        seconds: Time in pause left out.
    """

    spec: RunSpec
    classifier_sha256: str
    stopped_by: tuple[str, ...]
    steps: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LastSave:
    """The last save of a run on disk: L labels, B slots a label.

    Attributes:
        labels: (L,) the classes.
        images: (L, B, H, W, C) float32, finite.
        probabilities: (L, B) float32, 0 to 1.
        done: (L, B), probability above the run's threshold.
    """

    labels: IntArray
    images: FloatArray
    probabilities: FloatArray
    done: BoolArray


class FoundImages(NamedTuple):
    """Images over their run's threshold.

    Attributes:
        images: (N, H, W, C) float32; N may be 0.
        labels: (N,), what they were driven towards.
    """

    images: FloatArray
    labels: IntArray


def holds_run(folder: Path) -> bool:
    """Tells whether `folder` holds a run or a part of one, so that writing there would replace something."""
    return (folder / SETTINGS_FILE).exists() or (folder / SAVES_FILE).exists()


def write_run(
    folder: Path, spec: RunSpec, info: ClassifierInfo, saves: Sequence[Save], finished: RunFinished | None
) -> None:
    """Writes a run to `folder`, which is made if need be; a run there is replaced, whole or not at all.

    Args:
        folder: Where ``run.toml`` and ``saves.npz`` go.
        spec: What the run started from.
        info: Of the classifier.
        saves: At least one, in order; one with the same step as the one before replaces it.
        finished: How the run ended, or None where it broke off.

    Raises:
        RunFileError: The folder cannot be made or written.
    """
    kept = list(_one_a_step(saves))
    record = _record(spec, info, kept[-1], finished)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # The inner one, the saves, takes its place first.
        with written_whole(folder / SETTINGS_FILE) as settings, written_whole(folder / SAVES_FILE) as temporary:
            write_arrays(temporary, _arrays(kept))
            record["result"]["saves_sha256"] = sha256_of(temporary)
            settings.write_text(tomli_w.dumps(record), encoding="utf-8", errors="replace")
    except OSError as error:
        raise RunFileError(f"The run cannot be written to {folder}: {error.strerror or error}.") from error


def read_run(folder: Path) -> RunRecord:
    """Returns what the ``run.toml`` of `folder` tells.

    Raises:
        LabError: The file is missing or damaged, of another format, or describes no run.
    """
    data = _read_settings(folder)
    for name in _TABLES:
        if not isinstance(data.get(name), dict):
            raise RunFileError(f"{folder / SETTINGS_FILE} must hold the tables {', '.join(_TABLES)}; it lacks {name}.")
    run, result = data["run"], data["result"]
    for name in ("descent", "method", "coefficients"):
        if not isinstance(run.get(name), dict):
            raise RunFileError(f"{folder / SETTINGS_FILE} must hold the table run.{name}; it does not.")
    layers = run["coefficients"].get("layer_cost_coeffs")
    if not isinstance(layers, dict) or not isinstance(run.get("start"), str):
        raise RunFileError(f"{folder / SETTINGS_FILE} must tell run.start and the coefficients of layers.")
    stopped_by, steps, seconds = result.get("stopped_by"), result.get("steps"), result.get("seconds")
    if not isinstance(stopped_by, list) or not isinstance(steps, int) or not isinstance(seconds, float):
        raise RunFileError(f"{folder / SETTINGS_FILE} must tell result.stopped_by, steps and seconds.")
    return RunRecord(
        spec=RunSpec.from_dict(run, layers),
        classifier_sha256=str(data["classifier"].get("sha256", "")),
        stopped_by=tuple(map(str, stopped_by)),
        steps=steps,
        seconds=seconds,
    )


def read_last_save(folder: Path) -> LastSave:
    """Returns the last save of the run in `folder`.

    Raises:
        LabError: The folder holds no run, or its saves are another run's, damaged or of another shape or range.
    """
    arrays = _read_saves(folder, _LAST, slice(-1, None))
    return LastSave(
        labels=arrays["labels"],
        images=arrays["images"][-1],
        probabilities=arrays["probabilities"][-1],
        done=arrays["done"][-1],
    )


def read_milestones(folder: Path) -> Milestones | None:
    """Returns the milestones of the run in `folder`, or None where it was written when saves did not tell enough.

    Raises:
        LabError: As `read_last_save`.
    """
    try:
        arrays = _read_saves(folder, _FOLLOWED, slice(None))
    except MissingArray:
        return None
    steps = arrays["steps"]
    if not (steps[1:] > steps[:-1]).all():
        raise RunFileError(f"{folder / SAVES_FILE}: steps must rise from save to save; they do not.")
    milestones = Milestones()
    for index in range(len(steps)):
        milestones.add(_followed_save(arrays, index))
    return milestones


def read_found_images(folder: Path, input_shape: tuple[int, int, int]) -> FoundImages:
    """Returns the images of the last save in `folder` that are done.

    Args:
        folder: A run, as `write_run` leaves it.
        input_shape: The (H, W, C) that the classifier expects.

    Raises:
        LabError: The folder holds no intact run, or its images have another shape.
    """
    save = read_last_save(folder)
    if save.images.shape[2:] != tuple(input_shape):
        raise RunFileError(
            f"The images of the run in {folder} must have the classifier's shape {tuple(input_shape)}; "
            f"received {save.images.shape[2:]}."
        )
    labels = np.broadcast_to(save.labels[:, np.newaxis], save.done.shape)
    return FoundImages(save.images[save.done], labels[save.done])


def _check_belongs(settings: dict[str, Any], saves: Path) -> None:
    result = settings.get("result")
    noted = result.get("saves_sha256") if isinstance(result, dict) else None
    try:
        received = sha256_of(saves)
    except OSError as error:
        raise RunFileError(f"{saves} cannot be read: {error.strerror or error}.") from error
    if noted != received:
        raise RunFileError(f"{saves} must hold the intact saves that {SETTINGS_FILE} beside it tells of; it does not.")


def _read_saves(folder: Path, names: Sequence[str], which: slice) -> dict[str, npt.NDArray[Any]]:
    """Returns the arrays called `names`, images among them, of the saves `which`.

    Raises:
        MissingArray: One is not there.
        LabError: As `read_last_save`.
    """
    path = folder / SAVES_FILE
    _check_belongs(_read_settings(folder), path)
    arrays = dict(zip(names, read_arrays(path, names), strict=True))
    images = arrays["images"]
    if images.ndim != 6 or 0 in images.shape or not np.issubdtype(images.dtype, np.floating):
        raise RunFileError(
            f"{path}: images must be floating point numbers of shape (saves, labels, slots, height, width, channels), "
            f"none of them zero; received {images.dtype} of shape {images.shape}."
        )
    read: dict[str, npt.NDArray[Any]] = {}
    for name, array in arrays.items():
        form = _FORMS[name]
        shape = images.shape[form.axes]
        if array.shape != shape or not np.issubdtype(array.dtype, form.number):
            raise RunFileError(
                f"{path}: {name} must be of shape {shape} to go with the images; "
                f"received {array.dtype} of shape {array.shape}."
            )
        wanted = array[which] if form.axes.start == 0 else array
        if not ((wanted >= form.least) & (wanted <= form.greatest)).all():
            raise RunFileError(f"{path}: {name} must be from {form.least:g} to {form.greatest:g}; not all are.")
        read[name] = np.ascontiguousarray(wanted, form.kept)
    return read


def _followed_save(arrays: dict[str, npt.NDArray[Any]], index: int) -> Save:
    """Returns the save number `index` with what `Milestones` looks at; the rest is empty."""
    nothing = np.zeros_like(arrays["births"][index])
    return Save(
        step=int(arrays["steps"][index]),
        seconds=0.0,
        labels=tuple(arrays["labels"].tolist()),
        costs=(),
        reinitialised=nothing.astype(np.bool_),
        restarts=nothing,
        stopped_by=tuple(STOPPED_BY_USER if stopped else "" for stopped in arrays["stopped"][index]),
        revision=0,
        events=(),
        **{name: arrays[name][index] for name in _OF_EACH_SAVE},
    )


def _one_a_step(saves: Sequence[Save]) -> Iterator[Save]:
    for index, save in enumerate(saves):
        if index + 1 == len(saves) or saves[index + 1].step != save.step:
            yield save


def _arrays(saves: Sequence[Save]) -> dict[str, npt.NDArray[Any]]:
    return {
        "labels": np.array(saves[0].labels, np.int64),
        "steps": np.array([save.step for save in saves], np.int64),
        "reinitialised": np.stack([save.reinitialised for save in saves]),
        "restarts": np.stack([save.restarts for save in saves]),
        **{name: np.stack([getattr(save, name) for save in saves]) for name in _OF_EACH_SAVE},
        "stopped": np.array([list(map(bool, save.stopped_by)) for save in saves]),
        "totals": np.array([[costs.total for costs in save.costs] for save in saves], np.float64),
    }


def _record(spec: RunSpec, info: ClassifierInfo, last: Save, finished: RunFinished | None) -> dict[str, Any]:
    end = last if finished is None else finished
    steps = last.step if finished is None else finished.steps
    return {
        "format": FORMAT,
        "versions": versions(),
        "classifier": {"path": info.path, "sha256": info.sha256, "topology": info.topology},
        "run": spec.to_dict(),
        "result": {"stopped_by": list(end.stopped_by), "steps": steps, "seconds": float(end.seconds)},
    }


def _read_settings(folder: Path) -> dict[str, Any]:
    if not folder.is_dir():
        raise RunFileError(f"{folder} must be the folder of a run; there is no such folder.")
    if not (folder / SETTINGS_FILE).is_file():
        raise RunFileError(f"{folder} must hold a run, that is {SETTINGS_FILE} and {SAVES_FILE}; it does not.")
    data = read_toml(folder / SETTINGS_FILE)
    if data.get("format") != FORMAT:
        raise RunFileError(
            f"{folder / SETTINGS_FILE} must be of format {FORMAT}; received {data.get('format', 'none')!r}."
        )
    return data
