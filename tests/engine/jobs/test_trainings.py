from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from lab_jobs import FOUND, frozen_file, only, perform, spec, stop_at_progress, weights_in
from tiny import ARTICLE_IN_SMALL, TINY_NET

from fooler_gui.core import jobs
from fooler_gui.core.errors import LabError
from fooler_gui.core.messages import (
    ClassifierReady,
    Message,
    Remark,
    RunFinished,
    TrainingFinished,
    TrainingProgress,
    Working,
)
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.settings import RetrainingSettings, SettingError, TrainingSettings, article_coefficients
from fooler_gui.core.topology import Convolution, Topology
from fooler_gui.core.write_check import NotWritable
from fooler_gui.data.dataset import Dataset, to_float
from fooler_gui.engine.lab import Lab
from fooler_gui.engine.nets.classifier import Classifier
from fooler_gui.engine.nets.classifier_file import ClassifierFileError, load_classifier
from fooler_gui.engine.opening import measured_accuracy

QUICK = TrainingSettings(steps=12, batch_size=10, learning_rate=0.01, validation_images=8)


def test_a_trained_classifier_is_written_and_in_use(lab: Lab, tmp_path: Path) -> None:
    path = str(tmp_path / "trained.keras")
    messages = perform(lab, jobs.Train(topology=TINY_NET, settings=QUICK, path=path))
    finished, ready = only(messages, TrainingFinished), only(messages, ClassifierReady)
    assert [message.step for message in messages if isinstance(message, TrainingProgress)] == [10, 12]
    assert messages[-1] is ready
    assert finished.steps == 12
    assert not finished.stopped
    assert finished.images_per_second == pytest.approx(120 / finished.seconds)
    assert ready.classifier.test_accuracy == finished.test_accuracy
    loaded, accuracy = load_classifier(Path(path))
    assert accuracy == finished.test_accuracy
    predicted = loaded.probabilities(to_float(lab.dataset.test_images)).argmax(axis=1)
    assert accuracy == pytest.approx(float(np.mean(predicted == lab.dataset.test_labels)))


def test_continuing_a_training_goes_on_and_the_former_classifier_has_its_old_weights(
    ready: Lab, path: str, tmp_path: Path
) -> None:
    further = str(tmp_path / "further.keras")
    messages = perform(ready, jobs.Train(topology=Topology(), settings=QUICK, path=further, go_on=True))
    now = only(messages, ClassifierReady)
    assert now.former is not None
    assert (now.classifier.path, now.former.path) == (further, path)
    before, after = weights_in(path), weights_in(further)
    moved = [np.abs(new - old).max() for new, old in zip(after, before, strict=True)]
    assert 0 < max(moved) < 0.2  # twelve steps of 0.01: further on, not anew
    kept = str(tmp_path / "kept.keras")
    perform(ready, jobs.RestoreFormer())
    perform(ready, jobs.SaveClassifier(path=kept))
    for weights, expected in zip(weights_in(kept), before, strict=True):
        np.testing.assert_array_equal(weights, expected)


def test_training_in_two_parts_keeps_adams_moments(lab: Lab, tmp_path: Path) -> None:
    first, second = (str(tmp_path / name) for name in ("a.keras", "b.keras"))
    perform(lab, jobs.Train(topology=TINY_NET, settings=QUICK, path=first))
    perform(lab, jobs.Train(topology=TINY_NET, settings=QUICK, path=second, go_on=True))
    perform(lab, jobs.OpenClassifier(path=first))
    third = str(tmp_path / "c.keras")
    perform(lab, jobs.Train(topology=TINY_NET, settings=QUICK, path=third, go_on=True))
    assert any(not np.array_equal(one, other) for one, other in zip(weights_in(second), weights_in(third), strict=True))


def test_a_stopped_training_keeps_the_weights_it_has(lab: Lab, tmp_path: Path) -> None:
    path = str(tmp_path / "stopped.keras")
    settings = TrainingSettings(steps=100_000, batch_size=10, validation_images=8)

    messages = perform(lab, jobs.Train(topology=TINY_NET, settings=settings, path=path), then=stop_at_progress)
    finished = only(messages, TrainingFinished)
    assert finished.stopped
    assert finished.steps == 10
    assert only(messages, ClassifierReady).classifier.path == path


def test_a_training_stopped_before_its_first_step_changes_nothing(ready: Lab, path: str, tmp_path: Path) -> None:
    control = RunControl()
    control.stop()
    unmade = tmp_path / "unmade.keras"
    for go_on in (False, True):
        messages = perform(ready, jobs.Train(topology=TINY_NET, settings=QUICK, path=str(unmade), go_on=go_on), control)
        assert not [message for message in messages if isinstance(message, TrainingFinished | ClassifierReady)]
        assert ready.classifier_info.path == path
    assert not unmade.exists()


def test_a_training_that_diverges_leaves_the_classifier_in_use_as_it_was(
    ready: Lab, path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fooler_gui.engine.mending.training_recording.CHECKPOINT_SECONDS", math.inf)
    unmade, copy = tmp_path / "unmade.keras", tmp_path / "copy.keras"
    trained = ready.contents.require_present().classifier.network

    def ruin(message: Message, control: RunControl) -> None:
        if isinstance(message, TrainingProgress):
            trained.set_weights([np.full_like(weights, np.nan) for weights in trained.get_weights()])

    settings = TrainingSettings(steps=400, batch_size=10, validation_images=8)
    with pytest.raises(LabError, match="no longer a finite number"):
        perform(ready, jobs.Train(topology=TINY_NET, settings=settings, path=str(unmade), go_on=True), then=ruin)
    assert not unmade.exists()
    assert ready.classifier_info.path == path
    perform(ready, jobs.SaveClassifier(path=str(copy)))
    for weights, expected in zip(weights_in(str(copy)), weights_in(path), strict=True):
        np.testing.assert_array_equal(weights, expected)


@pytest.mark.parametrize("name", ["none/x.keras", "x.h5", "folder.keras"])
def test_a_training_whose_file_cannot_be_written_is_refused_before_it_begins(
    name: str, ready: Lab, path: str, tmp_path: Path
) -> None:
    (tmp_path / "folder.keras").mkdir()
    unwritable = str(tmp_path / name)
    for job in (
        jobs.Train(topology=TINY_NET, settings=QUICK, path=unwritable),
        jobs.Retrain(settings=RetrainingSettings(steps=5), images=FOUND, path=unwritable),
    ):
        messages: list[Message] = []
        with pytest.raises((ClassifierFileError, NotWritable)):
            messages.extend(ready.perform(job, RunControl()))
        assert messages == []
    assert ready.classifier_info.path == path


def test_a_topology_that_does_not_fit_the_images_is_refused(lab: Lab, tmp_path: Path) -> None:
    topology = Topology(convolutions=(Convolution(kernel=(9, 9), padding="valid"),))
    with pytest.raises(SettingError, match="the kernel must fit"):
        perform(lab, jobs.Train(topology=topology, settings=QUICK, path=str(tmp_path / "x.keras")))


def test_at_most_a_sixth_of_the_training_images_are_kept_for_validation(lab: Lab, tmp_path: Path) -> None:
    settings = TrainingSettings(steps=2, batch_size=3, validation_images=1_000_000)
    messages = perform(lab, jobs.Train(topology=TINY_NET, settings=settings, path=str(tmp_path / "x.keras")))
    assert only(messages, TrainingFinished).steps == 2
    assert only(messages, Remark).sentence == (
        "Of the 48 training images 8, a sixth, are kept for validation in place of 1,000,000."
    )


@pytest.mark.parametrize("further", [False, True])
def test_what_is_frozen_as_a_whole_is_refused_before_anything_is_computed(
    lab: Lab, tmp_path: Path, further: bool
) -> None:
    path = frozen_file(tmp_path / "frozen.keras", "conv0_filters", "fc", "logits")
    perform(lab, jobs.OpenClassifier(path=path))
    messages: list[Message] = []
    out = str(tmp_path / "candidate.keras")
    settings = RetrainingSettings(steps=2)
    job: jobs.Job = jobs.Retrain(settings=settings, images=FOUND, path=out)
    if further:
        job = jobs.Train(topology=TINY_NET, settings=QUICK, path=out, go_on=True)
    with pytest.raises(LabError, match="all of its layers are frozen"):
        messages.extend(lab.perform(job, RunControl()))
    assert [message for message in messages if not isinstance(message, Working)] == []
    assert not Path(out).exists()
    assert lab.classifier_info.path == path


def test_another_topology_brings_its_own_layers_and_coefficients(lab: Lab, tmp_path: Path) -> None:
    path = str(tmp_path / "two.keras")
    perform(lab, jobs.Train(topology=ARTICLE_IN_SMALL, settings=QUICK, path=path))
    layers = lab.classifier_info.recorded_layers
    assert layers == ("inputs", "conv0", "conv1", "fc")
    messages = perform(lab, jobs.Backwork(spec=spec(path, coefficients=article_coefficients(layers))))
    assert only(messages, RunFinished).steps == 4


def test_a_trained_classifier_outlives_a_file_that_cannot_be_written(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise ClassifierFileError("The disk is full.")

    monkeypatch.setattr("fooler_gui.engine.jobs.training.save_trained", full)
    messages = []
    job = jobs.Train(topology=TINY_NET, settings=QUICK, path=str(tmp_path / "t.keras"))
    with pytest.raises(ClassifierFileError, match="The disk is full"):
        messages.extend(lab.perform(job, RunControl()))
    assert lab.classifier_info.path == ""
    assert lab.classifier_info.name == "unsaved"


def test_weights_are_on_disk_before_their_accuracy_is_measured(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "t.keras"
    job = jobs.Train(topology=TINY_NET, settings=QUICK, path=str(path))
    measured = []

    def measure(classifier: Classifier, dataset: Dataset) -> float:
        measured.append(weights_in(str(path)))
        return measured_accuracy(classifier, dataset)

    monkeypatch.setattr("fooler_gui.engine.jobs.training.measured_accuracy", measure)
    perform(lab, job)
    (written,) = measured
    for early, late in zip(written, weights_in(str(path)), strict=True):
        np.testing.assert_array_equal(early, late)
