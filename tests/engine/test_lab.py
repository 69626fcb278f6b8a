from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import keras
import numpy as np
import pytest
from lab_jobs import FOUND, LAYERS, only, perform, spec, weights_in
from tiny import TINY_NET, make_classifier, noise

from fooler_gui.core import jobs
from fooler_gui.core.errors import LabError
from fooler_gui.core.input_range import BYTES
from fooler_gui.core.messages import ClassifierReady, Message, RunFinished
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.save import Save
from fooler_gui.core.settings import MethodSettings, RetrainingSettings, SettingError, article_coefficients
from fooler_gui.data.array_file import ArrayFileError
from fooler_gui.data.dataset import to_float
from fooler_gui.data.file_hash import sha256_of
from fooler_gui.engine.lab import Lab
from fooler_gui.engine.nets.classifier import Classifier
from fooler_gui.engine.nets.classifier_file import ClassifierFileError, load_classifier, save_classifier
from fooler_gui.engine.nets.wish import Wish


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


def test_a_classifier_that_is_opened_anew_does_not_become_its_own_former_one(
    ready: Lab, path: str, tmp_path: Path
) -> None:
    again = only(perform(ready, jobs.OpenClassifier(path=path, recorded_layers=("conv0",))), ClassifierReady)
    assert (again.classifier.recorded_layers, again.former) == (("inputs", "conv0"), None)
    save_classifier(make_classifier(class_names=("0", "1", "2"), rng_seed=9), tmp_path / "second.keras", 0.7)
    second = str(tmp_path / "second.keras")
    for input_range in ("", BYTES):
        opened = only(perform(ready, jobs.OpenClassifier(path=second, input_range=input_range)), ClassifierReady)
        assert opened.former is not None
        assert (opened.classifier.path, opened.former.path) == (second, path)


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


@pytest.mark.parametrize("fits", [True, False])
def test_a_file_is_read_once_to_be_described(
    fits: bool, lab: Lab, path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_classifier(make_classifier(input_shape=(9, 7, 3)), tmp_path / "other.keras", 0.7)
    read = []

    def load(file: Path, wish: Wish) -> tuple[Classifier, float | None]:
        read.append(str(file))
        return load_classifier(file, wish)

    monkeypatch.setattr("fooler_gui.engine.opening.load_classifier", load)
    wanted = path if fits else str(tmp_path / "other.keras")
    info = lab.described(jobs.OpenClassifier(path=wanted)).classifier
    assert read == [wanted]
    assert (info.input_shape, info.test_accuracy) == (((8, 8, 1), 0.5) if fits else ((9, 7, 3), None))
