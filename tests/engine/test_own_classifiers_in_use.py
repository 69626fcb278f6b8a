from __future__ import annotations

import dataclasses
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from tiny import make_dataset, noise, write_dataset

from fooler_gui.core import jobs
from fooler_gui.core.messages import RetrainingFinished, RunFinished, Save
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.run_spec import RunSpec
from fooler_gui.core.settings import DescentSettings, MethodSettings, RetrainingSettings, article_coefficients
from fooler_gui.engine.lab import Lab

sys.path.append(str(Path(__file__).with_name("nets")))

from own_classifiers import GREY, KINDS


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    path = write_dataset(make_dataset(GREY, classes=4), tmp_path_factory.mktemp("dataset") / "four.npz")
    lab = Lab(path)
    lab._opened_dataset = dataclasses.replace(lab.dataset, class_names=("a", "b", "c", "d"))
    return lab


@pytest.mark.parametrize("name", ["residual", "LSTM", "transfer", "flat", "all convolutions"])
def test_an_opened_classifier_is_backworked_costed_and_retrained(name: str, lab: Lab, tmp_path: Path) -> None:
    keras.utils.set_random_seed(3)
    KINDS[name].build().save(tmp_path / "net.keras")
    path = str(tmp_path / "net.keras")
    opened = list(lab.perform(jobs.OpenClassifier(path=path), RunControl()))[-1].classifier  # type: ignore[union-attr]
    coefficients = article_coefficients(opened.recorded_layers)
    spec = RunSpec(
        classifier=path, labels=(1, 3), slots=2, coefficients=coefficients, descent=DescentSettings(max_steps=3)
    )
    control = RunControl.for_descent(spec.coefficients, spec.descent)
    messages = list(lab.perform(jobs.Backwork(spec=spec, folder=str(tmp_path / "run")), control))
    assert isinstance(messages[-1], RunFinished)
    first, *_, last = [message for message in messages if isinstance(message, Save)]
    assert not np.array_equal(first.images, last.images)
    assert last.costs[0].layers == opened.recorded_layers
    evaluation = lab.evaluate(1, last.images[0], None, MethodSettings(), coefficients)
    assert evaluation.is_finite
    assert evaluation.costs.layers == opened.recorded_layers
    job = jobs.Retrain(
        settings=RetrainingSettings(steps=3, batch_size=8, noise=2, blanks=2), images=noise((2, *GREY)),
        path=str(tmp_path / "again.keras"),
    )  # fmt: skip
    finished = [message for message in lab.perform(job, RunControl()) if isinstance(message, RetrainingFinished)]
    assert finished[0].steps == 3
    again = list(lab.perform(jobs.OpenClassifier(path=str(tmp_path / "again.keras")), RunControl()))[-1]
    assert again.classifier.class_names == ("a", "b", "c", "d")  # type: ignore[union-attr]
    assert again.classifier.adapted == ()  # type: ignore[union-attr]
    assert again.classifier.test_accuracy == finished[0].after.test_accuracy  # type: ignore[union-attr]
