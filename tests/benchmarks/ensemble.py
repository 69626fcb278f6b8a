"""Whether static made with several nets fools another one more often than static made with one.

Five small nets are trained with other seeds. Each is left out once, and shown static of the others and of one of them.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np

from benchmarks.row import Quantity, Row
from fooler_gui.core.further_classifier import FurtherClassifier
from fooler_gui.core.jobs import Backwork, Job, MeasureTransfer, OpenClassifier, Train
from fooler_gui.core.messages import ClassifierReady, TrainingFinished, TransferMeasured
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.run_spec import RunSpec
from fooler_gui.core.save import Save
from fooler_gui.core.settings import DescentSettings, no_penalties
from fooler_gui.core.training_presets import TRAINING_PRESETS
from fooler_gui.core.transfer import ImageSet, wilson_interval
from fooler_gui.engine.lab import Lab
from fooler_gui.resources import resource

_NETS, _LABELS, _SLOTS = 5, tuple(range(10)), 8
_TRAINING_STEPS, _MOST_STEPS = 1_000, 200
_PRESET = "quick"
_POINTS = 20

_M = TypeVar("_M", TrainingFinished, ClassifierReady, Save, TransferMeasured)


def measure() -> list[Row]:
    """Returns the row of the share of found images that the net left out calls their label."""
    lab = Lab(resource("mnist.npz"))
    with tempfile.TemporaryDirectory() as folder:
        nets = [Path(folder) / f"{seed}.keras" for seed in range(_NETS)]
        right = [_train(lab, path, seed) for seed, path in enumerate(nets)]
        several, single = np.zeros(2, int), np.zeros(2, int)
        for place, left_out in enumerate(nets):
            others = nets[place + 1 :] + nets[:place]
            several += _fooled(lab, left_out, _static(lab, others))
            single += _fooled(lab, left_out, _static(lab, others[:1]))
    ours, theirs = (float(100 * called / found) for called, found in (several, single))
    return [
        Row(
            name="ensemble",
            work=f"static of {_NETS - 1} nets: share that another net calls the label",
            comparison="static of one net",
            ours=Quantity(ours, "%"),
            theirs=Quantity(theirs, "%"),
            target=f"{_POINTS} points more",
            met=ours - theirs >= _POINTS,
            note=f"{_words(several)} against {_words(single)}, of images over the threshold (Wilson's 95 % intervals); "
            f"each of {_NETS} nets was left out once. Nets of the preset {_PRESET} after {_TRAINING_STEPS:,} steps, "
            f"{100 * min(right):.2f} to {100 * max(right):.2f} % right on the test images.",
        )
    ]


def _train(lab: Lab, path: Path, seed: int) -> float:
    """Trains a net, writes it to `path` and returns its accuracy on the test images."""
    preset = TRAINING_PRESETS[_PRESET]
    settings = type(preset.settings).from_dict(
        {**preset.settings.to_dict(), "steps": _TRAINING_STEPS, "rng_seed": seed}
    )
    finished = _last(lab, Train(topology=preset.topology, settings=settings, path=str(path)), TrainingFinished)
    return finished.test_accuracy


def _static(lab: Lab, nets: Sequence[Path]) -> ImageSet:
    """Returns the images from noise over the threshold of the first of `nets` and the further ones alike."""
    _last(lab, OpenClassifier(path=str(nets[0])), ClassifierReady)
    coefficients = no_penalties(lab.classifier_info.recorded_layers)
    descent = DescentSettings(max_steps=_MOST_STEPS)
    spec = RunSpec(
        classifier=str(nets[0]),
        labels=_LABELS,
        slots=_SLOTS,
        descent=descent,
        coefficients=coefficients,
        further=tuple(FurtherClassifier(classifier=str(path)) for path in nets[1:]),
    )
    save = _last(lab, Backwork(spec=spec), Save, RunControl.for_descent(coefficients, descent))
    found = save.probabilities > descent.min_probability
    labels = np.broadcast_to(np.array(save.labels)[:, np.newaxis], found.shape)
    return ImageSet(name=f"static of {len(nets)}", images=save.images[found], labels=labels[found])


def _fooled(lab: Lab, net: Path, images: ImageSet) -> tuple[int, int]:
    """Returns how many of `images` the `net` calls their label, and how many there are."""
    _last(lab, OpenClassifier(path=str(net)), ClassifierReady)
    figures = _last(lab, MeasureTransfer(sources=(images,)), TransferMeasured).report.figures(0, 0)
    assert figures.called is not None
    return figures.called, figures.images


def _last(lab: Lab, job: Job, kind: type[_M], control: RunControl | None = None) -> _M:
    *_, last = (message for message in lab.perform(job, control or RunControl()) if isinstance(message, kind))
    return last


def _words(counts: np.ndarray) -> str:
    called, of = map(int, counts)
    lowest, highest = wilson_interval(called, of)
    return f"{called} of {of} ({100 * lowest:.0f} to {100 * highest:.0f} %)"
