"""Makes the runs and the round whose bits `golden.npz` holds.

    python tests/golden/golden_work.py

writes that file anew: for a change of arithmetic, which is a step of its own, and for nothing else.
"""

from __future__ import annotations

import dataclasses
import platform
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

from fooler_gui.engine import backend

backend.load()

from tiny import make_classifier, make_dataset, noise, write_dataset  # noqa: E402

from fooler_gui.core.cost_facts import label_facts, layer_facts  # noqa: E402
from fooler_gui.core.jobs import Backwork, PerformRounds  # noqa: E402
from fooler_gui.core.messages import RoundFinished  # noqa: E402
from fooler_gui.core.rounds_spec import RoundsSettings, RoundsSpec  # noqa: E402
from fooler_gui.core.run_control import RunControl  # noqa: E402
from fooler_gui.core.run_spec import AVERAGES, NOISE, RunSpec  # noqa: E402
from fooler_gui.core.save import LabelCosts, Save  # noqa: E402
from fooler_gui.core.settings import METHODS, CostCoefficients, DescentSettings  # noqa: E402
from fooler_gui.core.slot_actions import PinSlot, ReinitialiseSlot, SetSlotImage  # noqa: E402
from fooler_gui.engine.descent import fresh_attack  # noqa: E402
from fooler_gui.engine.lab import Lab  # noqa: E402
from fooler_gui.engine.mending import honesty  # noqa: E402
from fooler_gui.engine.nets.classifier_file import load_classifier, save_classifier  # noqa: E402

GOLDEN_FILE = Path(__file__).with_name("golden.npz")

_LAYERS = ("inputs", "conv0", "fc")
_COEFFICIENTS = CostCoefficients(layer_cost_coeffs=dict.fromkeys(_LAYERS, 0.01), term_coeffs={"misclassification": 0.1})
_STRONGER = _COEFFICIENTS.with_terms(misclassification=3.0)
_TERMS_OF_LAYERS = ("reference", "batch")
_NAMES_OF_LAYERS = ("reference_distance", "batch_distance", "reference_cost", "batch_cost", "weighted_reference_cost",
                    "weighted_batch_cost")  # fmt: skip
_OTHER_NAMES = ("misclassification_cost", "weighted_misclassification_cost", "total")
_RESTLESS = DescentSettings(max_steps=25, num_mono_dec_saves=2, min_probability=1.0)
_ROUND = RoundsSettings(
    rounds=1,
    images_per_label=4,
    steps_per_round=6,
    stages=2,
    digits=24,
    noise=5,
    blanks=2,
    batch_size=8,
    learning_rate=0.01,
    control=True,
)


def machine() -> str:
    """Returns what the bits depend on: processor, TensorFlow, NumPy."""
    processor = platform.processor() or platform.machine()
    information = Path("/proc/cpuinfo")
    if information.exists():
        lines = [line for line in information.read_text().splitlines() if line.startswith(("model name", "flags"))]
        processor = " ".join(sorted(set(lines)))
    return f"{processor} · TensorFlow {version('tensorflow')} · NumPy {version('numpy')}"


def make_golden_work(folder: Path) -> dict[str, np.ndarray]:
    """Returns the arrays of every run and of the round by their names, made in the empty `folder`."""
    lab = Lab(write_dataset(make_dataset(), folder / "tiny.npz"))
    lab.contents.opened_dataset = dataclasses.replace(lab.dataset, class_names=("0", "1", "2"))
    classifier = folder / "tiny.keras"
    save_classifier(make_classifier(class_names=lab.dataset.class_names), classifier, 0.5)
    arrays: dict[str, np.ndarray] = {}
    for preset, start in (("article", NOISE), ("article", AVERAGES), ("2016", NOISE)):
        spec = RunSpec(
            classifier=str(classifier),
            labels=(2, 0),
            slots=3,
            rng_seed=8,
            start=start,
            descent=_RESTLESS,
            method=METHODS[preset],
            coefficients=_COEFFICIENTS,
        )
        arrays |= _prefixed(f"{preset} {start}", _run_arrays(_run(lab, spec, folder / f"{preset} {start}")))
    return arrays | _prefixed("round", dict(_round_arrays(lab, classifier, folder / "rounds")))


def _run(lab: Lab, spec: RunSpec, folder: Path) -> list[Save]:
    control = RunControl.for_descent(spec.coefficients, spec.descent)
    saves = []
    for message in lab.perform(Backwork(spec=spec, folder=str(folder)), control):
        if isinstance(message, Save):
            saves.append(message)
            _steer(message, control)
    return saves


def _steer(save: Save, control: RunControl) -> None:
    """Does something of every kind to a run."""
    if save.events:
        return
    match save.step:
        case 0:
            control.act_on_slot(PinSlot(label=0, slot=2, pinned=True))
        case 4:
            control.change(coefficients=_STRONGER)
        case 6:
            control.act_on_slot(ReinitialiseSlot(label=2, slot=1))
            control.act_on_slot(SetSlotImage(label=0, slot=0, image=noise((8, 8, 1), rng_seed=3)))
            control.change(descent=dataclasses.replace(_RESTLESS, learning_rate=0.2, save_frequency=3))
        case 12:
            control.change(coefficients=_COEFFICIENTS)
            control.act_on_slot(PinSlot(label=0, slot=2, pinned=False))


def _run_arrays(saves: list[Save]) -> dict[str, np.ndarray]:
    names = ("images", "probabilities", "done", "reinitialised", "distances", "leads", "pinned")
    return {
        "steps": np.array([save.step for save in saves]),
        **{name: np.stack([getattr(save, name) for save in saves]) for name in names},
        "restarts": np.stack([save.reinitialisations for save in saves]),
        "births": np.stack([save.replacements for save in saves]),
        "costs": np.array([[_costs(label) for label in save.costs] for save in saves]),
        "slot costs": np.array(
            [
                [[[label.of(term, layer).slot_values for term in _TERMS_OF_LAYERS] for layer in label.layers]
                 for label in save.costs]
                for save in saves
            ]
        ),
    }  # fmt: skip


def _costs(label: LabelCosts) -> list[float | None]:
    of_layers = [layer_facts(label, layer)[name] for layer in label.layers for name in _NAMES_OF_LAYERS]
    return [*of_layers, *(label_facts(label)[name] for name in _OTHER_NAMES)]


def _round_arrays(lab: Lab, classifier: Path, folder: Path) -> Iterator[tuple[str, np.ndarray]]:
    spec = RoundsSpec(classifier=str(classifier), starts=("uniform", "patches"), settings=_ROUND,
                      coefficients=_COEFFICIENTS)  # fmt: skip
    finished = [
        message
        for message in lab.perform(
            PerformRounds(spec=spec, folder=str(folder), second_opinion=str(classifier)), RunControl()
        )
        if isinstance(message, RoundFinished)
    ]
    yield "images", finished[-1].images
    yield "probabilities", finished[-1].probabilities
    yield "accuracy", np.array([round_.report.test_accuracy for round_ in finished])
    for path in sorted(folder.glob("*/*.keras")):
        for index, weights in enumerate(load_classifier(path)[0].network.get_weights()):
            yield f"{path.stem} {index}", weights


def _prefixed(prefix: str, arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {f"{prefix}: {name}": array for name, array in arrays.items()}


def shorten_evaluation(patch: pytest.MonkeyPatch) -> None:
    """Lets a round evaluate over so few steps that it takes a second."""
    patch.setattr(fresh_attack, "WITHIN", (2, 4, 6))
    patch.setattr(honesty, "STEPS", 4)


if __name__ == "__main__":
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as scratch:
        shorten_evaluation(patch)
        np.savez_compressed(GOLDEN_FILE, machine=np.array(machine()), **make_golden_work(Path(scratch)))
