from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import keras
import numpy as np
import pytest
from lab_jobs import only
from tiny import make_dataset, noise

from fooler_gui.core import jobs
from fooler_gui.core.evaluation_report import EvaluationSettings
from fooler_gui.core.messages import ClassifierReady, EvaluationFinished, RetrainingFinished, RunFinished
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.run_spec import RunSpec
from fooler_gui.core.save import Save
from fooler_gui.core.settings import DescentSettings, MethodSettings, RetrainingSettings, article_coefficients
from fooler_gui.data.array_file import write_arrays
from fooler_gui.engine.evaluation.noise_scales import FACTORS
from fooler_gui.engine.lab import Lab

sys.path.append(str(Path(__file__).with_name("nets")))

from own_classifiers import KINDS

LabOf = Callable[[tuple[int, int, int], int], Lab]


@pytest.fixture(scope="module")
def lab_of(tmp_path_factory: pytest.TempPathFactory) -> LabOf:
    """Labs with a dataset of images of a shape and a number of classes."""

    @cache
    def made(images: tuple[int, int, int], classes: int) -> Lab:
        dataset = make_dataset(images, classes=classes, a_class=4)
        path = tmp_path_factory.mktemp("dataset") / "own.npz"
        names = ("train_images", "train_labels", "test_images", "test_labels")
        class_names = np.array([f"class {label}" for label in range(classes)])
        write_arrays(path, {name: getattr(dataset, name) for name in names} | {"class_names": class_names})
        return Lab(path)

    return made


@pytest.fixture(autouse=True)
def _short_attacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fooler_gui.engine.evaluation.classifier_evaluation._DRIVEN_STEPS", 2)
    monkeypatch.setattr("fooler_gui.engine.evaluation.classifier_evaluation._DRIVEN_A_LABEL", 1)
    monkeypatch.setattr("fooler_gui.engine.evaluation.noise_scales.FACTORS", FACTORS[:2])


@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if not kind.refused])
def test_an_opened_classifier_is_backworked_costed_evaluated_and_retrained(
    name: str, lab_of: LabOf, tmp_path: Path
) -> None:
    keras.utils.set_random_seed(3)
    kind = KINDS[name]
    path = str(tmp_path / "net.keras")
    kind.build().save(path)
    lab = lab_of(kind.images, kind.classes)
    opening = jobs.OpenClassifier(path=path, output=kind.wish)
    opened = only(list(lab.perform(opening, RunControl())), ClassifierReady).classifier
    coefficients = article_coefficients(opened.recorded_layers)
    spec = RunSpec(
        classifier=path, labels=(1,), slots=2, coefficients=coefficients, descent=DescentSettings(max_steps=2)
    )
    control = RunControl.for_descent(spec.coefficients, spec.descent)
    messages = list(lab.perform(jobs.Backwork(spec=spec), control))
    assert isinstance(messages[-1], RunFinished)
    first, *_, last = [message for message in messages if isinstance(message, Save)]
    assert not np.array_equal(first.images, last.images)
    assert last.costs[0].layers == opened.recorded_layers
    evaluation = lab.evaluate(1, last.images[0], None, MethodSettings(), coefficients)
    assert evaluation.is_finite
    assert evaluation.costs.layers == opened.recorded_layers
    evaluating = jobs.Evaluate(
        settings=EvaluationSettings(images=10),
        found=noise((0, *kind.images)),
        found_labels=np.zeros(0, np.int64),
    )
    report = only(list(lab.perform(evaluating, RunControl())), EvaluationFinished).report
    assert report.test.accuracy == opened.test_accuracy
    retraining = jobs.Retrain(
        settings=RetrainingSettings(steps=1, batch_size=4, noise=1, blanks=1),
        images=noise((2, *kind.images)),
        path=str(tmp_path / "again.keras"),
    )
    finished = only(list(lab.perform(retraining, RunControl())), RetrainingFinished)
    assert finished.steps == 1
    again = jobs.OpenClassifier(path=str(tmp_path / "again.keras"))
    kept = only(list(lab.perform(again, RunControl())), ClassifierReady).classifier
    assert (kept.class_names, kept.adapted) == (opened.class_names, ())
    assert kept.test_accuracy == finished.after.test_accuracy
