"""A whole run as NumPy arrays in one ``.npz`` file, written save by save."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections.abc import Generator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.cost_facts import label_facts, layer_facts
from fooler_gui.core.files import written_whole
from fooler_gui.core.found import found_slots
from fooler_gui.core.save import Save
from fooler_gui.exports.exported import Exported
from fooler_gui.exports.recorded_run import RecordedRun

_COUNTS_AND_FLAGS = {
    "done": "done",
    "reinitialised": "reinitialised",
    "restarts": "reinitialisations",
    "births": "replacements",
    "leads": "leads",
    "pinned": "pinned",
}
"""Arrays, and the attributes of a save that they hold."""
_LATER = ("tops", "top_probabilities", "largest_changes", "net_probabilities")
"""Arrays of attributes of the same name that older runs lack, or those of a single net."""
_REASON = "<U16"
_FIRST = "images"
"""The largest array, written into the archive directly, while the others wait in files beside it."""


def write_arrays(run: RecordedRun, path: Path) -> Generator[float, None, Exported]:
    """Writes all S saves of `run` as the array file `path`, whole or not at all; yields the share done, 0 to 1.

    The arrays, for L labels, B slots and K recorded layers: ``steps``, ``seconds`` and ``revisions`` (S,); ``images``
    (S, L, B, H, W, C) float32, exact; ``probabilities``, ``distances``, ``done``, ``reinitialised``, ``restarts``,
    ``births``, ``leads`` and ``pinned`` (S, L, B), likewise ``tops`` and ``top_probabilities``, the most probable
    classes, ``largest_changes`` of a pixel from the start, and ``activations`` (NaN without the objective unit), unless
    the run was recorded without them; of an ensemble ``net_probabilities`` (S, N, L, B), those by each of its N nets;
    ``stopped_by`` (S, L); the cost terms by name, those of layers (S, L, K), the others (S, L); and for the run
    ``labels`` (L,), ``layers`` (K,), ``class_names``, and ``run``, its set-up as JSON.

    And for the N found images of the last save, as other programs take them: ``x`` (N, H, W, C) float32, ``y`` (N,)
    their labels, ``p`` (N,) float32 the probabilities of these, ``x_start`` like ``x`` what each began as, ``l2`` and
    ``linf`` (N,) float32 the distances from that. A reinitialised image began as noise that may be in no save; its
    ``x_start`` is then NaN, and in runs recorded without largest changes ``linf``, too.

    Raises:
        LabError: A save is damaged.
        OSError: The file cannot be written; nothing is left behind.
    """
    count = len(run)
    save = run.save(0)
    first, starts = _arrays(save), _Starts(save)
    with written_whole(path) as unfinished, ExitStack() as stack:
        archive = stack.enter_context(zipfile.ZipFile(unfinished, "w", allowZip64=True))
        waiting = {
            name: stack.enter_context(tempfile.TemporaryFile(dir=unfinished.parent)) for name in first if name != _FIRST
        }
        with archive.open(f"{_FIRST}.npy", "w", force_zip64=True) as images:
            _write_header(images, count, first[_FIRST])
            for place in range(count):
                yield place / count
                save = run.save(place)
                starts.see(save)
                for name, array in _arrays(save).items():
                    (images if name == _FIRST else waiting[name]).write(array.tobytes())
        for name, file in waiting.items():
            file.seek(0)
            with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                _write_header(member, count, first[name])
                shutil.copyfileobj(file, member)
        for name, array in (_of_run(run, save) | _found(run, save, starts.images)).items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                np.lib.format.write_array(member, array, allow_pickle=False)
    return Exported(saves=count, of=count)


def _arrays(save: Save) -> Mapping[str, npt.NDArray[Any]]:
    """Returns the arrays of a save, little-endian."""
    of_labels = [label_facts(costs) for costs in save.costs]
    of_layers = [[layer_facts(costs, layer) for layer in costs.layers] for costs in save.costs]
    names = of_layers[0][0] if of_layers[0] else {}
    return {
        "steps": np.array(save.step, "<i8"),
        "seconds": np.array(save.seconds, "<f8"),
        "revisions": np.array(save.revision, "<i8"),
        "images": save.images.astype("<f4"),
        "probabilities": save.probabilities.astype("<f4"),
        "distances": save.distances.astype("<f4"),
        **{name: getattr(save, attribute) for name, attribute in _COUNTS_AND_FLAGS.items()},
        **{name: getattr(save, name) for name in _LATER if getattr(save, name) is not None},
        **_activations(save),
        "stopped_by": np.array(save.stopped_by, _REASON),
        **{name: np.array([[layer[name] for layer in layers] for layers in of_layers], "<f8") for name in names},
        **{name: np.array([label[name] for label in of_labels], "<f8") for name in of_labels[0]},
    }


def _activations(save: Save) -> Mapping[str, npt.NDArray[Any]]:
    """Returns the activations of a save, NaN without a unit; nothing for older runs, which have none in any save."""
    if save.largest_changes is None:
        return {}
    nothing = np.full(save.probabilities.shape, np.nan)
    return {"activations": (nothing if save.activations is None else save.activations).astype("<f4")}


class _Starts:
    """What each image of a run began as, learnt from its saves in order, the `first` one included.

    Attributes:
        images: (L, B, H, W, C) float32; NaN where it is in no save so far.
    """

    def __init__(self, first: Save) -> None:
        self.images = first.images.copy()
        self._replacements = first.replacements

    def see(self, save: Save) -> None:
        """Takes the next `save` into account."""
        begun_anew = save.replacements != self._replacements
        self.images[begun_anew] = np.nan
        self.images[begun_anew & (save.distances == 0)] = save.images[begun_anew & (save.distances == 0)]
        self._replacements = save.replacements


def _found(run: RecordedRun, last: Save, starts: FloatArray) -> dict[str, npt.NDArray[Any]]:
    """Returns the arrays of the found images of the `last` save, which began as `starts` (L, B, H, W, C)."""
    slots = found_slots(run.record.spec, run.save(0), last)
    images, began = last.images_of(slots), starts[slots]
    largest = np.abs(images - began).max(axis=(1, 2, 3), initial=0)
    if last.largest_changes is not None:
        largest = np.where(np.isnan(largest), last.largest_changes[slots], largest)
    return {
        "x": images.astype("<f4"),
        "y": last.labels_of(slots).astype("<i8"),
        "p": last.probabilities[slots].astype("<f4"),
        "x_start": began.astype("<f4"),
        "l2": last.distances[slots].astype("<f4"),
        "linf": largest.astype("<f4"),
    }


def _of_run(run: RecordedRun, save: Save) -> dict[str, npt.NDArray[Any]]:
    return {
        "labels": np.array(run.labels),
        "layers": np.array(save.costs[0].layers, np.str_),
        "class_names": np.array(run.record.class_names, np.str_),
        "run": np.array(run.provenance().to_text()),
    }


def _write_header(file: IO[bytes], count: int, one: npt.NDArray[Any]) -> None:
    description = np.lib.format.dtype_to_descr(one.dtype)
    np.lib.format.write_array_header_1_0(
        file, {"descr": description, "fortran_order": False, "shape": (count, *one.shape)}
    )
