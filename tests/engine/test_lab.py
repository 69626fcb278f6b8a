from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from lab_jobs import LAYERS, only, spec
from tiny import ARTICLE_IN_SMALL, TINY_NET, make_classifier, noise

from fooler_gui.core import jobs
from fooler_gui.core.errors import LabError
from fooler_gui.core.evaluation_report import EvaluationSettings
from fooler_gui.core.input_range import BYTES
from fooler_gui.core.messages import (
    STOPPED_BY_USER,
    ClassifierReady,
    EvaluationFinished,
    HonestyChecked,
    Inspection,
    LayersDescribed,
    LayerTimed,
    Message,
    Remark,
    RetrainingFinished,
    RunFinished,
    Save,
    TrainingFinished,
    TrainingProgress,
    Working,
    WorstImages,
)
from fooler_gui.core.reference_settings import ReferenceCount, ReferenceSettings
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.settings import (
    METHODS,
    CostCoefficients,
    MethodSettings,
    RetrainingSettings,
    SettingError,
    TrainingSettings,
    article_coefficients,
)
from fooler_gui.core.topology import Convolution, Topology
from fooler_gui.core.write_check import NotWritable
from fooler_gui.data.array_file import ArrayFileError, write_arrays
from fooler_gui.data.dataset import Dataset, to_float
from fooler_gui.data.file_hash import sha256_of
from fooler_gui.engine.cost.reference_sample import Sample
from fooler_gui.engine.lab import Lab
from fooler_gui.engine.machine import machine
from fooler_gui.engine.nets.classifier import Classifier
from fooler_gui.engine.nets.classifier_file import ClassifierFileError, load_classifier, save_classifier
from fooler_gui.engine.opening import measured_accuracy
from fooler_gui.records.run_folder import read_record
from fooler_gui.records.training_record import TrainingRecord

QUICK = TrainingSettings(steps=12, batch_size=10, learning_rate=0.01, validation_images=8)
BESIDE = 36 * 4
"""Bytes of a reference in a layer beside its codes."""
FOUND = noise((4, 8, 8, 1), rng_seed=50)


@pytest.fixture
def lab(dataset_path: Path) -> Lab:
    """A lab without a classifier; nothing in it takes a second."""
    lab = Lab(dataset_path)
    lab.contents.opened_dataset = dataclasses.replace(lab.dataset, class_names=("0", "1", "2"))
    return lab


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory, dataset_path: Path) -> str:
    """The file of a classifier that nobody may write to."""
    path = tmp_path_factory.mktemp("classifiers") / "first.keras"
    save_classifier(make_classifier(class_names=("0", "1", "2")), path, 0.5, sha256_of(dataset_path))
    return str(path)


@pytest.fixture
def ready(lab: Lab, path: str) -> Lab:
    """A lab with a classifier in use."""
    perform(lab, jobs.OpenClassifier(path=path))
    return lab


def perform(
    lab: Lab,
    job: jobs.Job,
    control: RunControl | None = None,
    then: Callable[[Message, RunControl], object] | None = None,
) -> list[Message]:
    """Returns every message; `then` is called after each."""
    if control is None:
        control = RunControl()
        if isinstance(job, jobs.Backwork):
            control = RunControl.for_descent(job.spec.coefficients, job.spec.descent)
    messages = []
    for message in lab.perform(job, control):
        messages.append(message)
        if then is not None:
            then(message, control)
    return messages


def weights_in(path: str) -> list[np.ndarray]:
    return load_classifier(Path(path))[0].network.get_weights()


def test_a_new_lab_has_no_classifier_and_says_so(lab: Lab) -> None:
    with pytest.raises(LabError, match=r"There is no classifier yet; open one or train one\."):
        _ = lab.classifier_info
    for job in (
        jobs.SaveClassifier(path="x.keras"),
        jobs.RestoreFormer(),
        jobs.FindWorstImages(count=1),
        jobs.KeepCandidate(),
        jobs.Retrain(settings=RetrainingSettings(), images=FOUND, path="x.keras"),
    ):
        with pytest.raises(LabError):
            perform(lab, job)


def test_a_lab_without_its_dataset_cannot_be(tmp_path: Path) -> None:
    with pytest.raises(ArrayFileError, match="There is no file"):
        Lab(tmp_path / "none.npz")


def test_an_opened_classifier_is_in_use_with_what_is_known_of_it(lab: Lab, path: str) -> None:
    ready = only(perform(lab, jobs.OpenClassifier(path=path)), ClassifierReady)
    assert ready.former is None
    assert ready.classifier.path == path
    assert ready.classifier.recorded_layers == LAYERS
    assert ready.classifier.test_accuracy == 0.5
    assert lab.classifier_info == ready.classifier


def test_a_stock_keras_file_is_opened_and_its_accuracy_measured(lab: Lab, tmp_path: Path) -> None:
    network = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            keras.layers.Conv2D(2, 3, activation="relu"),
            keras.layers.MaxPooling2D(2),
            keras.layers.Flatten(),
            keras.layers.Dense(6, activation="relu"),
            keras.layers.Dense(3, activation="softmax"),
        ]
    )
    network.set_weights([noise(weights.shape, 3) - 0.5 for weights in network.get_weights()])
    network.save(tmp_path / "stock.keras")
    ready = only(perform(lab, jobs.OpenClassifier(path=str(tmp_path / "stock.keras"))), ClassifierReady)
    predicted = network(to_float(lab.dataset.test_images)).numpy().argmax(axis=1)
    assert ready.classifier.test_accuracy == pytest.approx(float(np.mean(predicted == lab.dataset.test_labels)))
    assert ready.classifier.recorded_layers == LAYERS
    saves = [m for m in perform(lab, jobs.Backwork(spec=spec(ready.classifier.path))) if isinstance(m, Save)]
    assert saves[-1].step == 4


@pytest.mark.parametrize("classes", [2, 4])
def test_a_classifier_of_other_classes_is_refused_and_the_present_one_stays(
    classes: int, ready: Lab, tmp_path: Path
) -> None:
    other = make_classifier(TINY_NET, (8, 8, 1), tuple(map(str, range(classes))))
    save_classifier(other, tmp_path / "other.keras", 0.5)
    before = ready.classifier_info
    with pytest.raises(ClassifierFileError, match=r"must distinguish 3 classes, as the dataset does; it distinguishes"):
        perform(ready, jobs.OpenClassifier(path=str(tmp_path / "other.keras")))
    assert ready.classifier_info == before


@pytest.mark.parametrize(
    ("shape", "sentences"),
    [
        ((9, 8, 1), ["Images of 8 × 8 are resized to 9 × 8, which it takes."]),
        ((8, 8, 3), ["It takes colours, so the grey value is given to all three."]),
    ],
)
def test_a_classifier_of_other_images_is_adapted_and_measured_anew(
    shape: tuple[int, int, int], sentences: list[str], lab: Lab, tmp_path: Path
) -> None:
    save_classifier(make_classifier(TINY_NET, shape, ("0", "1", "2")), tmp_path / "other.keras", 0.987)
    opened = only(perform(lab, jobs.OpenClassifier(path=str(tmp_path / "other.keras"))), ClassifierReady).classifier
    assert list(opened.adapted[: len(sentences)]) == sentences
    assert (opened.input_shape, opened.recorded_layers) == ((8, 8, 1), LAYERS)
    assert opened.test_accuracy != 0.987
    assert only(perform(lab, jobs.Backwork(spec=spec(opened.path))), RunFinished).steps == 4


def test_what_is_asked_of_a_classifier_is_done(ready: Lab, path: str) -> None:
    before = ready.classifier_info
    job = jobs.OpenClassifier(path=path, input_range=BYTES, recorded_layers=("conv0",))
    opened = only(perform(ready, job), ClassifierReady).classifier
    assert (opened.input_range, opened.recorded_layers) == (BYTES, ("inputs", "conv0"))
    assert opened.adapted == ("It gets pixels from 0 to 255, as was asked for.",)
    assert opened.test_accuracy != before.test_accuracy
    with pytest.raises(SettingError, match=r"must be some of conv0_filters, conv0, flatten, fc, .*; received conv7"):
        perform(ready, jobs.OpenClassifier(path=path, recorded_layers=("conv7",)))


def test_the_former_classifier_is_put_back_in_use_and_back_again(ready: Lab, path: str, tmp_path: Path) -> None:
    save_classifier(make_classifier(class_names=("0", "1", "2"), rng_seed=9), tmp_path / "second.keras", 0.7)
    second = str(tmp_path / "second.keras")
    opened = only(perform(ready, jobs.OpenClassifier(path=second)), ClassifierReady)
    assert opened.former is not None
    assert (opened.classifier.path, opened.former.path) == (second, path)
    for present, former in ((path, second), (second, path)):
        restored = only(perform(ready, jobs.RestoreFormer()), ClassifierReady)
        assert restored.former is not None
        assert (restored.classifier.path, restored.former.path) == (present, former)


def test_without_a_former_classifier_none_is_restored(ready: Lab, path: str) -> None:
    with pytest.raises(LabError, match="There is no former classifier"):
        perform(ready, jobs.RestoreFormer())
    assert ready.classifier_info.path == path


def test_a_saved_classifier_is_the_one_in_use(ready: Lab, path: str, tmp_path: Path) -> None:
    copy = str(tmp_path / "copy.keras")
    saved = only(perform(ready, jobs.SaveClassifier(path=copy)), ClassifierReady)
    assert saved.classifier.path == copy
    assert saved.classifier.name == "copy"
    for weights, expected in zip(weights_in(copy), weights_in(path), strict=True):
        np.testing.assert_array_equal(weights, expected)


def test_a_classifier_that_cannot_be_saved_stays_in_use(ready: Lab, path: str, tmp_path: Path) -> None:
    with pytest.raises(ClassifierFileError, match="cannot be written"):
        perform(ready, jobs.SaveClassifier(path=str(tmp_path / "none" / "x.keras")))
    assert ready.classifier_info.path == path


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

    def stop(message: Message, control: RunControl) -> None:
        if isinstance(message, TrainingProgress):
            control.stop()

    messages = perform(lab, jobs.Train(topology=TINY_NET, settings=settings, path=path), then=stop)
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


def test_a_training_that_diverges_leaves_the_classifier_in_use_as_it_was(ready: Lab, path: str, tmp_path: Path) -> None:
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


def test_a_run_yields_saves_and_how_it_ended(ready: Lab, path: str) -> None:
    messages = perform(ready, jobs.Backwork(spec=spec(path, labels=(2, 0))))
    saves = [message for message in messages if isinstance(message, Save)]
    assert [save.step for save in saves] == [0, 1, 2, 3, 4]
    assert saves[0].labels == (2, 0)
    assert saves[0].images.shape == (2, 3, 8, 8, 1)
    assert only(messages, RunFinished).steps == 4
    assert isinstance(messages[-1], RunFinished)
    assert isinstance(messages[0], Working)


def test_the_same_specification_gives_the_same_images_also_in_another_lab(
    ready: Lab, path: str, dataset_path: Path, lab: Lab
) -> None:
    job = jobs.Backwork(spec=spec(path, rng_seed=6))
    first, second = ([message for message in perform(ready, job) if isinstance(message, Save)][-1] for _ in range(2))
    assert first.images.tobytes() == second.images.tobytes()
    other = [message for message in perform(lab, job) if isinstance(message, Save)][-1]
    assert first.images.tobytes() == other.images.tobytes()


def test_a_run_opens_the_classifier_that_its_specification_names(lab: Lab, path: str) -> None:
    perform(lab, jobs.Backwork(spec=spec(path)))
    assert lab.classifier_info.path == path


def test_references_are_those_of_the_runs_own_method_and_labels(ready: Lab, path: str) -> None:
    for method in ("article", "2016", "article"):
        chosen = METHODS[method]
        for labels in ((0, 1), (1, 2)):
            start = next(
                message
                for message in perform(ready, jobs.Backwork(spec=spec(path, labels=labels, method=chosen)))
                if isinstance(message, Save)
            )
            for index, label in enumerate(labels):
                coefficients = article_coefficients(LAYERS)
                own = to_float(ready.dataset.training_images_of(label))
                direct = ready.evaluate(label, start.images[index], own, chosen, coefficients)
                assert start.costs[index].total == pytest.approx(direct.costs.total, rel=1e-6)


def test_costs_are_evaluated_against_the_labels_training_images_or_given_ones(ready: Lab) -> None:
    images, own = noise((2, 8, 8, 1)), to_float(ready.dataset.training_images_of(2))
    coefficients = article_coefficients(LAYERS)
    by_label = ready.evaluate(2, images, None, MethodSettings(), coefficients)
    given = ready.evaluate(2, images, own, MethodSettings(), coefficients)
    foreign = to_float(ready.dataset.training_images_of(0))
    other = ready.evaluate(2, images, foreign, MethodSettings(), coefficients)
    assert by_label.costs == given.costs
    distances = [each.costs.of("reference", LAYERS[0]).mean_value for each in (other, given)]
    assert distances[0] != distances[1]
    np.testing.assert_array_equal(images, noise((2, 8, 8, 1)))


@pytest.mark.parametrize("label", [3, 10])
def test_labels_that_the_classifier_does_not_have_are_refused(label: int, ready: Lab, path: str) -> None:
    with pytest.raises(SettingError, match=rf"A label must be from 0 to 2; received {label}\."):
        perform(ready, jobs.Backwork(spec=spec(path, labels=(0, label))))
    with pytest.raises(SettingError, match="A label must be from 0 to 2"):
        ready.evaluate(label, noise((1, 8, 8, 1)), None, MethodSettings(), article_coefficients(LAYERS))


def test_coefficients_of_other_layers_are_refused(ready: Lab, path: str) -> None:
    wrong = CostCoefficients(layer_cost_coeffs={"inputs": 1.0, "fc": 1.0})
    with pytest.raises(SettingError, match=r"must name the recorded layers inputs, conv0, fc; received inputs, fc\."):
        perform(ready, jobs.Backwork(spec=spec(path, coefficients=wrong)))
    none = CostCoefficients(layer_cost_coeffs={})
    with pytest.raises(SettingError, match="received none"):
        perform(ready, jobs.Backwork(spec=spec(path, coefficients=none)))


def test_a_run_starts_from_averages_or_a_file(ready: Lab, path: str, tmp_path: Path) -> None:
    mine = noise((5, 8, 8, 1), rng_seed=4)
    write_arrays(tmp_path / "mine.npz", {"images": mine})
    for start, expected in (("averages", None), (str(tmp_path / "mine.npz"), mine[:3])):
        saves = [m for m in perform(ready, jobs.Backwork(spec=spec(path, start=start))) if isinstance(m, Save)]
        if expected is not None:
            np.testing.assert_array_equal(saves[0].images[0], expected)
        else:
            assert saves[0].images.std() < noise((3, 8, 8, 1)).std()


def test_a_start_file_that_cannot_be_used_is_refused(ready: Lab, path: str, tmp_path: Path) -> None:
    with pytest.raises(ArrayFileError):
        perform(ready, jobs.Backwork(spec=spec(path, start=str(tmp_path / "none.npz"))))


def test_a_run_stopped_before_it_begins_says_so(ready: Lab, path: str) -> None:
    job = jobs.Backwork(spec=spec(path, labels=(0, 1)))
    control = RunControl.for_descent(job.spec.coefficients, job.spec.descent)
    control.stop()
    finished = only(perform(ready, job, control), RunFinished)
    assert finished.stopped_by == (STOPPED_BY_USER,) * 2
    assert finished.steps == 0


def test_the_lab_is_usable_after_a_job_that_failed(ready: Lab, path: str) -> None:
    with pytest.raises(LabError):
        perform(ready, jobs.Backwork(spec=spec(path, labels=(9,))))
    assert only(perform(ready, jobs.Backwork(spec=spec(path))), RunFinished).steps == 4


def test_a_job_left_in_the_middle_leaves_the_lab_usable(ready: Lab, path: str) -> None:
    job = jobs.Backwork(spec=spec(path))
    messages: Iterator[Message] = ready.perform(job, RunControl.for_descent(job.spec.coefficients, job.spec.descent))
    while not isinstance(next(messages), Save):
        pass
    messages.close()  # type: ignore[attr-defined]
    assert only(perform(ready, job), RunFinished).steps == 4


def retrain(
    lab: Lab, path: Path, then: Callable[[Message, RunControl], object] | None = None, **settings: Any
) -> list[Message]:
    settings = {"steps": 20, "batch_size": 10, "learning_rate": 0.01} | settings
    job = jobs.Retrain(settings=RetrainingSettings(**settings), images=FOUND, path=str(path))
    return perform(lab, job, then=then)


def test_retraining_compares_before_and_after_and_yields_a_candidate(ready: Lab, path: str, tmp_path: Path) -> None:
    messages = retrain(ready, tmp_path / "candidate.keras", noise=6, blanks=4)
    finished = only(messages, RetrainingFinished)
    assert (finished.steps, finished.found_images, finished.stopped) == (20, 4, False)
    assert finished.before != finished.after
    for fooledness in (finished.before, finished.after):
        for name in ("test_accuracy", "found_mean_confidence", "noise_mean_confidence", "fresh_fooled_share"):
            assert 0 <= getattr(fooledness, name) <= 1
    assert finished.candidate.path == str(tmp_path / "candidate.keras")
    assert finished.candidate.test_accuracy == finished.after.test_accuracy
    candidate, _ = load_classifier(tmp_path / "candidate.keras")
    assert finished.after.found_mean_confidence == pytest.approx(
        float(candidate.probabilities(FOUND).max(axis=1).mean()), rel=1e-5
    )
    assert [message.step for message in messages if isinstance(message, TrainingProgress)] == [10, 20]
    assert ready.classifier_info.path == path


def test_a_candidate_kept_is_in_use_and_the_one_before_it_can_be_restored(
    ready: Lab, path: str, tmp_path: Path
) -> None:
    before = weights_in(path)
    candidate = only(retrain(ready, tmp_path / "candidate.keras"), RetrainingFinished).candidate
    kept = only(perform(ready, jobs.KeepCandidate()), ClassifierReady)
    assert (kept.classifier.path, kept.classifier.sha256) == (candidate.path, candidate.sha256)
    assert kept.former is not None
    assert kept.former.path == path
    perform(ready, jobs.RestoreFormer())
    copy = str(tmp_path / "copy.keras")
    perform(ready, jobs.SaveClassifier(path=copy))
    for weights, expected in zip(weights_in(copy), before, strict=True):
        np.testing.assert_array_equal(weights, expected)


def test_a_candidate_discarded_is_gone(ready: Lab, path: str, tmp_path: Path) -> None:
    retrain(ready, tmp_path / "candidate.keras", steps=5)
    assert only(perform(ready, jobs.DiscardCandidate()), ClassifierReady).classifier.path == path
    assert only(perform(ready, jobs.KeepCandidate()), ClassifierReady).classifier.path == path


def test_a_stop_during_retraining_still_measures_what_it_led_to(ready: Lab, tmp_path: Path) -> None:
    def stop(message: Message, control: RunControl) -> None:
        if isinstance(message, TrainingProgress):
            control.stop()

    finished = only(retrain(ready, tmp_path / "candidate.keras", stop, steps=100_000), RetrainingFinished)
    assert finished.stopped
    assert finished.steps == 10
    assert finished.after != finished.before


def test_a_stop_while_measuring_before_the_retraining_ends_it(ready: Lab, path: str, tmp_path: Path) -> None:
    messages = retrain(ready, tmp_path / "candidate.keras", lambda _, control: control.stop())
    assert not [message for message in messages if isinstance(message, RetrainingFinished)]
    assert not (tmp_path / "candidate.keras").exists()
    assert ready.classifier_info.path == path


def test_retraining_without_found_images_is_refused(ready: Lab, tmp_path: Path) -> None:
    job = jobs.Retrain(settings=RetrainingSettings(), images=FOUND[:0], path=str(tmp_path / "x.keras"))
    with pytest.raises(SettingError, match="at least one found image"):
        perform(ready, job)
    assert not (tmp_path / "x.keras").exists()


def frozen_file(path: Path, *names: str) -> str:
    classifier = make_classifier(class_names=("0", "1", "2"))
    for name in names:
        classifier.network.get_layer(name).trainable = False
    save_classifier(classifier, path, 0.9)
    return str(path)


def test_retraining_tells_which_layers_stay_as_they_are(lab: Lab, tmp_path: Path) -> None:
    path = frozen_file(tmp_path / "frozen.keras", "conv0_filters", "fc")
    perform(lab, jobs.OpenClassifier(path=path))
    messages = retrain(lab, tmp_path / "candidate.keras")
    assert only(messages, Remark).sentence == "Frozen layers stay unchanged in training: conv0_filters, fc."
    same = [
        np.array_equal(one, other)
        for one, other in zip(weights_in(path), weights_in(str(tmp_path / "candidate.keras")), strict=True)
    ]
    assert same == [True, True, True, True, False, False]


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


def test_an_accuracy_that_was_measured_on_another_dataset_is_measured_anew(lab: Lab, tmp_path: Path) -> None:
    path = tmp_path / "elsewhere.keras"
    save_classifier(make_classifier(class_names=("0", "1", "2")), path, 0.99, "ab" * 32)
    ready = only(perform(lab, jobs.OpenClassifier(path=str(path))), ClassifierReady)
    assert ready.classifier.test_accuracy == pytest.approx(10 / 24)


def test_a_classifier_that_reads_nothing_is_opened_with_a_doubt(
    lab: Lab, path: str, tmp_path: Path, dataset_path: Path
) -> None:
    poor = tmp_path / "poor.keras"
    save_classifier(make_classifier(class_names=("0", "1", "2")), poor, 0.34, sha256_of(dataset_path))
    classifier = only(perform(lab, jobs.OpenClassifier(path=str(poor))), ClassifierReady).classifier
    assert classifier.doubt.startswith(
        "The classifier gets 34.0 % of the test images right, little better than guessing."
    )
    assert only(perform(lab, jobs.OpenClassifier(path=path)), ClassifierReady).classifier.doubt == ""


def test_a_run_notes_the_machine_and_the_data_that_made_it(
    ready: Lab, path: str, tmp_path: Path, dataset_path: Path
) -> None:
    perform(ready, jobs.Backwork(spec=spec(path), folder=str(tmp_path / "run")))
    record = read_record(tmp_path / "run")
    assert (record.machine, record.dataset_sha256) == (machine(), sha256_of(dataset_path))


def test_a_training_notes_the_machine_and_the_data_that_made_it(ready: Lab, tmp_path: Path, dataset_path: Path) -> None:
    retrain(ready, tmp_path / "candidate.keras")
    record = TrainingRecord.read(tmp_path / "candidate.training")
    assert (record.machine, record.dataset_sha256) == (machine(), sha256_of(dataset_path))


def test_worst_images_are_found(ready: Lab) -> None:
    assert only(perform(ready, jobs.FindWorstImages(count=2)), WorstImages).images.shape == (3, 2, 8, 8, 1)


def test_another_topology_brings_its_own_layers_and_coefficients(lab: Lab, tmp_path: Path) -> None:
    path = str(tmp_path / "two.keras")
    perform(lab, jobs.Train(topology=ARTICLE_IN_SMALL, settings=QUICK, path=path))
    layers = lab.classifier_info.recorded_layers
    assert layers == ("inputs", "conv0", "conv1", "fc")
    messages = perform(lab, jobs.Backwork(spec=spec(path, coefficients=article_coefficients(layers))))
    assert only(messages, RunFinished).steps == 4


def test_prepared_references_stay_within_what_was_asked_for(ready: Lab) -> None:
    present = ready.contents.present
    assert present is not None

    def prepared(*labels: int) -> bool:
        return present.has_references([Sample(label, 16, None) for label in labels])

    for labels in ((0,), (1,), (0, 1, 2), (1,)):
        assert perform(ready, jobs.Prepare(labels=labels, method=MethodSettings())) == []
        assert prepared(*labels)
    assert prepared(0, 1, 2)
    perform(ready, jobs.Prepare(labels=(0, 1), method=METHODS["2016"], most=1))
    assert prepared(0)
    assert not prepared(1)


BYTES_OF_TINY = (64 + 144) + (2 * 32 + 144) + (2 * 5 + 144)
"""Of one reference: images in bytes, and 32 units of conv0 and 5 of fc in codes, each with 36 numbers beside."""


@pytest.fixture
def memory_for_twenty(monkeypatch: pytest.MonkeyPatch) -> ReferenceSettings:
    """A gigabyte is the memory of ten references, so that a run has twenty of the 48 training images."""
    monkeypatch.setattr("fooler_gui.core.reference_settings._GIGABYTE", 10 * BYTES_OF_TINY + 9)
    return ReferenceSettings(reference_memory=2.0, rng_seed=0)


def test_references_that_do_not_fit_are_a_sample_that_is_told_and_recorded(
    ready: Lab, path: str, tmp_path: Path, memory_for_twenty: ReferenceSettings
) -> None:
    wanted = spec(path, labels=(0, 1, 2), reference_memory=2.0)
    messages = perform(ready, jobs.Backwork(spec=wanted, folder=str(tmp_path / "run")))
    assert only(messages, Remark).sentence == (
        "The references are 20 of 48 training images of the 3 labels together, drawn with the random seed: all would "
        "take more than 2 GB."
    )
    record = read_record(tmp_path / "run")
    assert (record.references, record.spec.reference_memory) == (ReferenceCount(20, 48), 2.0)
    present = ready.contents.present
    assert present is not None
    assert present.has_references([Sample(0, 6, 0), Sample(1, 7, 0), Sample(2, 7, 0)])


def test_the_same_seed_draws_the_same_references_and_all_that_fit_are_all(
    ready: Lab, path: str, memory_for_twenty: ReferenceSettings
) -> None:
    def last(**changes: object) -> Save:
        wanted = spec(path, labels=(0, 1, 2), **changes)
        return [message for message in perform(ready, jobs.Backwork(spec=wanted)) if isinstance(message, Save)][-1]

    sampled, again = last(reference_memory=2.0), last(reference_memory=2.0)
    enough, more = last(reference_memory=4.8), last(reference_memory=1000.0)
    np.testing.assert_array_equal(sampled.images, again.images)
    np.testing.assert_array_equal(enough.images, more.images)
    assert enough.costs == more.costs
    assert sampled.costs != more.costs


def test_a_cost_and_a_look_are_those_of_the_sample(ready: Lab, path: str, memory_for_twenty: ReferenceSettings) -> None:
    settings = dataclasses.replace(memory_for_twenty, reference_memory=0.5)  # five references
    assert ready.reference_count(1, MethodSettings(), settings) == ReferenceCount(5, 16)
    images, coefficients = noise((3, 8, 8, 1)), article_coefficients(LAYERS)
    places = Sample(1, 5, 0).places(16)
    five = to_float(ready.dataset.training_images_of(1)[places])
    sampled = ready.evaluate(1, images, None, MethodSettings(), coefficients, reference_settings=settings)
    assert sampled.costs == ready.evaluate(1, images, five, MethodSettings(), coefficients).costs
    wanted = spec(path, labels=(1,), reference_memory=0.5)
    save = [message for message in perform(ready, jobs.Backwork(spec=wanted)) if isinstance(message, Save)][-1]
    job = jobs.Inspect(
        save=save, label=1, slot=0, method=MethodSettings(), coefficients=coefficients, references=settings
    )
    for layer in only(perform(ready, job), Inspection).layers:
        assert layer.nearest_index in places
        np.testing.assert_array_equal(layer.nearest, to_float(ready.dataset.training_images_of(1))[layer.nearest_index])


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


def test_the_classifier_in_use_is_checked_for_hidden_gradients(
    ready: Lab, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fooler_gui.engine.mending.honesty.STEPS", 3)
    checked = only(perform(ready, jobs.CheckHonesty(former=path)), HonestyChecked)
    assert checked.name == "first"
    assert [check.name for check in checked.checks][-1] == "transfer"
    assert ready.classifier_info.path == path
    control = RunControl()
    control.stop()
    assert not [m for m in perform(ready, jobs.CheckHonesty(), control) if isinstance(m, HonestyChecked)]


def test_an_image_of_a_resting_run_is_looked_at_as_it_was_in_the_run(ready: Lab, path: str) -> None:
    control = RunControl.for_descent(spec(path).coefficients, spec(path).descent)
    control.inspect(1, 2)
    messages = perform(ready, jobs.Backwork(spec=spec(path)), control)
    going = [message for message in messages if isinstance(message, Inspection)][-1]
    last = [message for message in messages if isinstance(message, Save)][-1]
    job = jobs.Inspect(save=last, label=1, slot=2, method=MethodSettings(), coefficients=spec(path).coefficients)
    resting = only(perform(ready, job), Inspection)
    assert (going.step, resting.step) == (4, 4)
    for name in ("image", "probabilities", "gradient"):
        np.testing.assert_array_equal(getattr(resting, name), getattr(going, name))
    for here, there in zip(resting.layers, going.layers, strict=True):
        assert here.nearest_index == there.nearest_index
        assert here.distance == pytest.approx(there.distance)
    assert [term.place for term in resting.terms] == [term.place for term in going.terms]
    for here, there in zip(resting.terms, going.terms, strict=True):
        assert (here.value, here.share) == (pytest.approx(there.value), pytest.approx(there.share))
    assert (going.fooled, [share.who for share in resting.fooled]) == ((), ["nearest neighbours"])


def test_coefficients_of_other_layers_are_the_articles_in_a_look(ready: Lab, path: str) -> None:
    last = [message for message in perform(ready, jobs.Backwork(spec=spec(path))) if isinstance(message, Save)][-1]
    shares = []
    for layers in (LAYERS, ("inputs", "other")):
        coefficients = article_coefficients(layers)
        job = jobs.Inspect(save=last, label=1, slot=0, method=MethodSettings(), coefficients=coefficients)
        shares.append([term.share for term in only(perform(ready, job), Inspection).terms])
    assert shares[0] == shares[1]


def test_the_independent_net_is_asked_where_there_is_one(dataset_path: Path, path: str) -> None:
    lab = Lab(dataset_path, Path(path))
    lab.contents.opened_dataset = dataclasses.replace(lab.dataset, class_names=("0", "1", "2"))
    perform(lab, jobs.OpenClassifier(path=path))
    job = jobs.Evaluate(
        settings=EvaluationSettings(images=12), found=FOUND, found_labels=np.array([0, 1, 2, 1]), files=()
    )
    report = only(perform(lab, job), EvaluationFinished).report
    assert (report.classifier, report.topology) == ("first", "conv 2 · dense 5")
    found = [share for share in report.opinions if share.name == "found"]
    assert [share.who for share in found] == ["independent net", "nearest neighbours"]
    # The independent net is the classifier itself here, so that it says what that one says.
    agreed = (load_classifier(Path(path))[0].probabilities(FOUND).argmax(axis=1) == [0, 1, 2, 1]).mean()
    assert found[0].agreed == agreed


def test_every_layer_that_can_be_recorded_is_described(ready: Lab) -> None:
    described = only(perform(ready, jobs.DescribeLayers()), LayersDescribed)
    assert [layer.name for layer in described.layers] == [
        "inputs", "conv0_filters", "conv0", "flatten", "fc", "fc_relu", "logits", "softmax",
    ]  # fmt: skip
    assert [facts.name for facts in described.recorded] == [layer.name for layer in described.layers]
    assert described.proposed == LAYERS
    kinds = {layer.name: (layer.kind, layer.shape, layer.parameters) for layer in described.layers}
    assert kinds["conv0"] == ("MaxPooling2D", (4, 4, 2), 0)
    assert kinds["fc"] == ("Dense", (5,), 32 * 5 + 5)
    images = len(ready.dataset.train_images)
    assert [facts.reference_bytes for facts in described.recorded[:3]] == [
        images * (64 + BESIDE), images * (128 * 2 + BESIDE), images * (32 * 2 + BESIDE),
    ]  # fmt: skip


def test_chosen_layers_are_measured_one_after_another_until_a_stop(ready: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fooler_gui.engine.cost.layer_times.TIMED_STEPS", 1)
    job = jobs.MeasureLayers(names=("flatten",))
    timed = [message for message in perform(ready, job) if isinstance(message, LayerTimed)]
    assert [message.name for message in timed] == ["inputs", "flatten"]
    assert all(message.milliseconds >= 0 for message in timed)

    def stop(message: Message, control: RunControl) -> None:
        if isinstance(message, LayerTimed):
            control.stop()

    assert len([message for message in perform(ready, job, then=stop) if isinstance(message, LayerTimed)]) == 1
    assert ready.classifier_info.recorded_layers == LAYERS
