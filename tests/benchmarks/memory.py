"""Memory of whole jobs. Each function must run in its own process and returns its peak."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.descents import LABEL, METHOD, SLOTS, STEPS, article_classifier, article_dataset
from benchmarks.resident import peak_bytes, present_bytes
from benchmarks.row import Quantity, Row, Target
from fooler_gui.core.jobs import Backwork, Job, KeepCandidate, OpenClassifier, Retrain
from fooler_gui.core.messages import RetrainingFinished
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.run_spec import RunSpec
from fooler_gui.core.save import Save
from fooler_gui.core.settings import DescentSettings, RetrainingSettings, article_coefficients
from fooler_gui.data.starts import slot_rng, uniform_noise
from fooler_gui.engine.cost.cost_function import CostFunction
from fooler_gui.engine.descent.descent import descend
from fooler_gui.engine.descent.label_batch import LabelBatch
from fooler_gui.engine.lab import Lab
from fooler_gui.resources import bundled_classifier, resource

_NAME = "memory"
_ALL_LABELS = tuple(range(10))
_ROUNDS, _ROUND_STEPS, _RETRAINING_STEPS = 5, 60, 100
_FILLING_SAVES, _SAVES = 5_000, 10_000
_GROWTH_REFERENCES = 500
_GROWTH_SLOTS = 2


def measure_one_label() -> list[Row]:
    """Returns the row of a run of one label."""
    return [_peak_of_run("run of one label", (LABEL,), Target(words="≤ 1.3 GB", most=1.3))]


def measure_all_labels() -> list[Row]:
    """Returns the row of a run of all ten labels."""
    return [_peak_of_run("run of ten labels", _ALL_LABELS, Target(words="≤ 1.5 GB", most=1.5))]


def measure_rounds() -> list[Row]:
    """Returns the row of rounds of backwork and retraining."""
    peaks = []
    with tempfile.TemporaryDirectory() as folder:
        lab = _begun_lab(Path(folder, "references"))
        for number in range(_ROUNDS):
            settings = DescentSettings(max_steps=_ROUND_STEPS)
            last = _run(lab, _ALL_LABELS, settings, rng_seed=number)
            images = last.images_of(last.done) if last.done.any() else last.images.reshape(-1, *last.images.shape[2:])
            retraining = RetrainingSettings(steps=_RETRAINING_STEPS, rng_seed=number)
            finished = _perform(lab, Retrain(settings=retraining, images=images, path=str(Path(folder, "round.keras"))))
            assert isinstance(finished, RetrainingFinished)
            _perform(lab, KeepCandidate())
            peaks.append(peak_bytes())
    in_words = ", ".join(f"{peak / 1e9:.2f}" for peak in peaks)
    return [
        _row(
            f"{_ROUNDS} rounds of retraining",
            peaks[-1] / 1e9,
            "GB",
            Target(words="≤ 1.8 GB", most=1.8),
            f"Each round: all ten labels, at most {_ROUND_STEPS} steps, then {_RETRAINING_STEPS} steps of training. "
            f"The peak after each: {in_words} GB.",
        )
    ]


def measure_growth() -> list[Row]:
    """Returns the row of the memory growth in one long run."""
    classifier, dataset = article_classifier(), article_dataset()
    cost = CostFunction(classifier, METHOD)
    rng = slot_rng(0, LABEL)
    images = uniform_noise(rng, (_GROWTH_SLOTS, *classifier.input_shape))
    references = cost.record(dataset.training_images_of(LABEL)[:_GROWTH_REFERENCES])
    control = RunControl.for_descent(
        article_coefficients(classifier.recorded_layers), DescentSettings(keep_refining=True)
    )
    saves = descend([LabelBatch(LABEL, images, references, cost, METHOD, rng)], control)
    _take(saves, 1)
    at_first = present_bytes()
    _take(saves, _FILLING_SAVES)
    before = present_bytes()
    _take(saves, _SAVES)
    after = present_bytes()
    saves.close()
    return [
        _row(
            f"growth over {_SAVES:,} saves",
            (after - before) / 1e6,
            "MB",
            Target(words="≤ 10 MB (none)", most=10.0),
            f"Resident at the first save {at_first / 1e6:.0f} MB; after {_FILLING_SAVES:,} more, in which shortlists "
            f"and kept references have filled, {before / 1e6:.0f} MB; after {_SAVES:,} more {after / 1e6:.0f} MB: "
            f"{_GROWTH_SLOTS} slots, {_GROWTH_REFERENCES} references, a save every step.",
        )
    ]


def _peak_of_run(work: str, labels: Sequence[int], target: Target) -> Row:
    with tempfile.TemporaryDirectory() as folder:
        _run(_begun_lab(Path(folder)), labels, DescentSettings(min_probability=1.0, max_steps=STEPS))
    note = f"{SLOTS} slots per label, every training image a reference, {STEPS} steps, TensorFlow included."
    return _row(work, peak_bytes() / 1e9, "GB", target, note)


def _row(work: str, value: float, unit: str, target: Target, note: str) -> Row:
    return Row(
        name=_NAME,
        work=work,
        ours=Quantity(value, unit),
        target=target.words,
        met=target.is_met_by(value),
        note=note,
    )


def _begun_lab(references: Path) -> Lab:
    """Returns a lab that keeps references in the folder `references`, as the program does."""
    lab = Lab(resource("mnist.npz"), references=references)
    _perform(lab, OpenClassifier(path=str(bundled_classifier())))
    return lab


def _run(lab: Lab, labels: Sequence[int], settings: DescentSettings, rng_seed: int = 0) -> Save:
    """Returns the last save of a run; earlier ones are dropped at once."""
    info = lab.classifier_info
    spec = RunSpec(
        classifier=info.path,
        labels=tuple(labels),
        slots=SLOTS,
        rng_seed=rng_seed,
        descent=settings,
        coefficients=article_coefficients(info.recorded_layers),
    )
    last = None
    for message in lab.perform(Backwork(spec=spec), RunControl.for_descent(spec.coefficients, spec.descent)):
        if isinstance(message, Save):
            last = message
    assert last is not None
    return last


def _perform(lab: Lab, job: Job) -> object:
    """Returns the last message of `job`."""
    last: object = None
    for message in lab.perform(job, RunControl()):
        last = message
    return last


def _take(saves: Iterator[Save], count: int) -> None:
    for _ in itertools.islice(saves, count):
        pass
