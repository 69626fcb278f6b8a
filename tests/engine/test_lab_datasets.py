from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from lab_jobs import LAYERS, all_of, only, perform, spec
from tiny import TINY_NET, make_classifier, make_dataset, noise

from fooler_gui.core import jobs
from fooler_gui.core.dataset_info import NO_DATASET, DatasetUse
from fooler_gui.core.downloads import Download
from fooler_gui.core.errors import LabError
from fooler_gui.core.evaluation_report import EvaluationSettings
from fooler_gui.core.inspection import Inspection
from fooler_gui.core.messages import (
    ClassifierReady,
    DatasetReady,
    EngineLoaded,
    HonestyChecked,
    NoClassifier,
    Remark,
    RunFinished,
    TrainingFinished,
    Working,
)
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.save import Save
from fooler_gui.core.settings import (
    METHODS,
    MethodSettings,
    RetrainingSettings,
    SettingError,
    TrainingSettings,
    article_coefficients,
)
from fooler_gui.data.array_file import ArrayFileError, write_arrays
from fooler_gui.data.dataset import Dataset
from fooler_gui.data.file_hash import sha256_of
from fooler_gui.engine.cost.cost_function import CostFunction
from fooler_gui.engine.cost.evaluation import Batch
from fooler_gui.engine.cost.references import ReferenceSearch
from fooler_gui.engine.lab import Lab
from fooler_gui.engine.nets.classifier_file import save_classifier
from fooler_gui.records.run_folder import read_record

FRUIT, PETS = ("apple", "pear", "plum"), ("cat", "dog")
QUICK = TrainingSettings(steps=60, batch_size=10, learning_rate=0.01, validation_images=4)


def written(folder: Path, name: str, class_names: tuple[str, ...], dataset: Dataset) -> str:
    path = folder / f"{name}.npz"
    names = ("train_images", "train_labels", "test_images", "test_labels")
    arrays = {each: getattr(dataset, each) for each in names}
    write_arrays(path, arrays | {"class_names": np.array(class_names)})
    return str(path)


@pytest.fixture(scope="module")
def fruit(tmp_path_factory: pytest.TempPathFactory) -> str:
    return written(tmp_path_factory.mktemp("fruit"), "fruit", FRUIT, make_dataset())


@pytest.fixture(scope="module")
def other_fruit(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The same classes in other images, drawn in the same way."""
    return written(tmp_path_factory.mktemp("other"), "other fruit", FRUIT, make_dataset(rng_seed=6))


@pytest.fixture(scope="module")
def pets(tmp_path_factory: pytest.TempPathFactory) -> str:
    return written(tmp_path_factory.mktemp("pets"), "pets", PETS, make_dataset((9, 7, 3), classes=2))


@pytest.fixture(scope="module")
def trained(fruit: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The file of a classifier that reads fruit."""
    path = str(tmp_path_factory.mktemp("trained") / "trained.keras")
    finished = only(
        perform(Lab(Path(fruit)), jobs.Train(topology=TINY_NET, settings=QUICK, path=path)), TrainingFinished
    )
    assert finished.test_accuracy > 0.9
    return path


@pytest.fixture(scope="module")
def of_pets(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The file of a classifier that knows no fruit."""
    path = tmp_path_factory.mktemp("classifiers") / "pets.keras"
    save_classifier(make_classifier(input_shape=(9, 7, 3), class_names=PETS), path)
    return str(path)


def alone(path: str) -> jobs.OpenClassifier:
    return jobs.OpenClassifier(path=path, dataset=DatasetUse.IF_IT_FITS)


# Another dataset ----------------------------------------------------------------------------------------------------


def test_the_dataset_is_told_with_an_image_of_each_class_before_the_classifier_and_only_once(
    fruit: str, trained: str
) -> None:
    lab = Lab(Path(fruit))
    messages = perform(lab, jobs.OpenClassifier(path=trained))
    assert [type(message) for message in messages] == [EngineLoaded, DatasetReady, ClassifierReady]
    told = only(messages, DatasetReady)
    assert (told.dataset.class_names, told.dataset.sha256) == (FRUIT, sha256_of(Path(fruit)))
    dataset = make_dataset()
    for label, example in enumerate(told.examples):
        np.testing.assert_array_equal(example, dataset.training_images_of(label)[0])
    assert not all_of(perform(lab, jobs.OpenClassifier(path=trained)), DatasetReady)


def test_a_classifier_that_reads_another_dataset_stays_in_use_with_its_accuracy_there(
    fruit: str, other_fruit: str, trained: str
) -> None:
    lab = Lab(Path(fruit))
    perform(lab, jobs.OpenClassifier(path=trained))
    messages = perform(lab, jobs.OpenDataset(path=other_fruit))
    assert only(messages, DatasetReady).dataset.name == "other fruit"
    ready = only(messages, ClassifierReady)
    assert (ready.classifier.path, ready.former) == (trained, None)
    assert len(lab.dataset.test_images) == 24
    assert ready.classifier.test_accuracy is not None
    assert ready.classifier.test_accuracy > 0.5


def test_a_classifier_that_does_not_fit_another_dataset_is_no_longer_in_use(
    fruit: str, pets: str, trained: str
) -> None:
    lab = Lab(Path(fruit))
    perform(lab, jobs.OpenClassifier(path=trained))
    messages = perform(lab, jobs.OpenDataset(path=pets))
    assert only(messages, DatasetReady).dataset.class_names == PETS
    assert "trained.keras" in only(messages, NoClassifier).sentence
    with pytest.raises(LabError, match="There is no classifier yet"):
        _ = lab.classifier_info


def test_a_classifier_that_only_guesses_on_another_dataset_is_no_longer_in_use(
    fruit: str, trained: str, tmp_path: Path
) -> None:
    fruits = make_dataset()
    turned = dataclasses.replace(
        fruits, train_labels=(fruits.train_labels + 1) % 3, test_labels=(fruits.test_labels + 1) % 3
    )
    lab = Lab(Path(fruit))
    perform(lab, jobs.OpenClassifier(path=trained))
    messages = perform(lab, jobs.OpenDataset(path=written(tmp_path, "turned", FRUIT, turned)))
    assert only(messages, NoClassifier).sentence == (
        "trained gets 0.0 % of the test images of turned right, as by guessing."
    )
    assert only(perform(lab, jobs.OpenDataset(path=fruit)), NoClassifier).sentence == ""


def test_a_new_dataset_can_be_trained_on_at_once(fruit: str, pets: str, trained: str, tmp_path: Path) -> None:
    lab = Lab(Path(fruit))
    perform(lab, jobs.OpenClassifier(path=trained))
    perform(lab, jobs.OpenDataset(path=pets))
    messages = perform(lab, jobs.Train(topology=TINY_NET, settings=QUICK, path=str(tmp_path / "new.keras")))
    info = only(messages, ClassifierReady).classifier
    assert (info.class_names, info.input_shape) == (PETS, (9, 7, 3))


def test_a_dataset_is_opened_together_with_a_classifier(fruit: str, pets: str, of_pets: str) -> None:
    lab = Lab(Path(fruit))
    messages = perform(lab, jobs.OpenDataset(path=pets, classifier=jobs.OpenClassifier(path=of_pets)))
    assert only(messages, ClassifierReady).classifier.path == of_pets


@pytest.mark.parametrize("what", ["no file", "another", "a classifier that does not fit"])
def test_a_dataset_that_cannot_be_used_leaves_everything_as_it_was(
    fruit: str, pets: str, of_pets: str, trained: str, tmp_path: Path, what: str
) -> None:
    lab = Lab(Path(fruit))
    perform(lab, jobs.OpenClassifier(path=trained))
    job, sentence = {
        "no file": (jobs.OpenDataset(path=str(tmp_path / "none")), "none"),
        "another": (jobs.OpenDataset(path=pets, sha256="ab" * 32), r"pets.npz is another dataset.*wanted is abab"),
        "a classifier that does not fit": (
            jobs.OpenDataset(path=fruit, classifier=jobs.OpenClassifier(path=of_pets)),
            "pets.keras",
        ),
    }[what]
    before = lab.dataset
    with pytest.raises((LabError, ArrayFileError), match=sentence):
        perform(lab, job)
    assert lab.dataset is before
    assert lab.classifier_info.path == trained


def test_a_classifier_without_a_file_is_not_lost_to_another_dataset(fruit: str, pets: str, trained: str) -> None:
    lab = Lab(Path(fruit))
    perform(lab, jobs.OpenClassifier(path=trained))
    present = lab.contents.present
    assert present is not None
    present.info = dataclasses.replace(present.info, path="")
    with pytest.raises(LabError, match="has no file yet, and would be lost; save it first"):
        perform(lab, jobs.OpenDataset(path=pets))
    assert lab.contents.present is present


def test_the_bundled_dataset_is_opened_again_by_no_name(fruit: str, pets: str) -> None:
    lab = Lab(Path(fruit))
    perform(lab, jobs.OpenDataset(path=pets))
    assert only(perform(lab, jobs.OpenDataset(path="")), DatasetReady).dataset.class_names == FRUIT


def test_the_independent_net_speaks_only_of_its_own_dataset(fruit: str, other_fruit: str, trained: str) -> None:
    lab = Lab(Path(fruit), Path(trained))

    def who() -> list[str]:
        run = perform(lab, jobs.Backwork(spec=spec(trained)))
        save = all_of(run, Save)[-1]
        look = jobs.Inspect(
            save=save, label=1, slot=0, method=MethodSettings(), coefficients=spec(trained).coefficients
        )
        return [opinion.who for opinion in only(perform(lab, look), Inspection).opinions]

    perform(lab, jobs.OpenClassifier(path=trained))
    assert who() == ["independent net", "nearest neighbours"]
    perform(lab, jobs.OpenDataset(path=other_fruit))
    assert who() == ["nearest neighbours"]
    perform(lab, jobs.OpenDataset(path=fruit))
    assert who() == ["independent net", "nearest neighbours"]


def test_a_downloaded_dataset_is_put_in_use_and_a_stopped_download_changes_nothing(
    fruit: str, pets: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    written_to = []

    def get(download: Download, path: Path, _control: RunControl) -> Iterator[Working]:
        yield Working(sentence="Getting", fraction=0.5)
        written_to.append((download.name, path))
        return not_stopped  # type: ignore[return-value]

    monkeypatch.setattr("fooler_gui.engine.lab.get_dataset", get)
    lab, not_stopped = Lab(Path(fruit)), False
    assert not all_of(perform(lab, jobs.GetDataset(name="cifar-10", path=pets)), DatasetReady)
    not_stopped = True
    messages = perform(lab, jobs.GetDataset(name="cifar-10", path=pets))
    assert only(messages, DatasetReady).dataset.class_names == PETS
    assert written_to == [("cifar-10", Path(pets))] * 2


# No dataset ---------------------------------------------------------------------------------------------------------


def test_a_classifier_that_does_not_fit_the_dataset_is_used_without_one_and_that_is_told(
    fruit: str, of_pets: str
) -> None:
    messages = perform(Lab(Path(fruit)), alone(of_pets))
    told = only(messages, DatasetReady)
    assert (told.dataset.name, told.dataset.has_images, len(told.examples)) == (NO_DATASET, False, 0)
    assert (told.dataset.image_shape, told.dataset.class_names) == ((9, 7, 3), PETS)
    assert only(messages, Remark).sentence.endswith(
        "It is used without a dataset, so reference cost, averages, training, rounds and accuracy are not available."
    )
    info = only(messages, ClassifierReady).classifier
    assert (info.test_accuracy, info.doubt) == (None, "")


def test_a_classifier_that_must_fit_the_dataset_is_refused(fruit: str, of_pets: str) -> None:
    with pytest.raises(LabError, match=r"pets\.keras"):
        perform(Lab(Path(fruit)), jobs.OpenClassifier(path=of_pets))


def test_a_classifier_that_fits_can_be_used_without_the_dataset_too(fruit: str, trained: str) -> None:
    lab = Lab(Path(fruit))
    messages = perform(lab, jobs.OpenClassifier(path=trained, dataset=DatasetUse.NONE))
    assert only(messages, ClassifierReady).classifier.test_accuracy is None
    assert not all_of(messages, Remark)
    assert not lab.dataset.has_images


def test_the_dataset_comes_back_with_a_classifier_that_fits_it(fruit: str, of_pets: str, trained: str) -> None:
    lab = Lab(Path(fruit))
    perform(lab, jobs.OpenClassifier(path=trained))
    perform(lab, alone(of_pets))
    messages = perform(lab, jobs.RestoreFormer())
    assert only(messages, DatasetReady).dataset.class_names == FRUIT
    perform(lab, jobs.RestoreFormer())
    assert not lab.dataset.has_images
    assert only(perform(lab, alone(trained)), DatasetReady).dataset.class_names == FRUIT


@pytest.mark.parametrize("method", METHODS)
def test_images_are_driven_without_a_dataset_and_without_a_reference_cost(
    fruit: str, of_pets: str, tmp_path: Path, method: str
) -> None:
    lab = Lab(Path(fruit))
    perform(lab, alone(of_pets))
    job = jobs.Backwork(spec=spec(of_pets, labels=(0, 1), method=METHODS[method]), folder=str(tmp_path / "run"))
    messages = perform(lab, job)
    assert only(messages, RunFinished).steps == 4
    last = all_of(messages, Save)[-1]
    terms = {cost.place.term for cost in last.costs[0].terms}
    assert "reference" not in terms
    assert {"batch", "misclassification"} <= terms
    record = read_record(tmp_path / "run")
    assert (record.dataset_name, record.dataset_path) == (NO_DATASET, "")
    assert record.dataset_sha256 == lab.dataset.sha256


def test_without_a_dataset_an_inspection_has_no_references_and_no_neighbours(fruit: str, of_pets: str) -> None:
    lab = Lab(Path(fruit))
    perform(lab, alone(of_pets))
    save = all_of(perform(lab, jobs.Backwork(spec=spec(of_pets))), Save)[-1]
    look = jobs.Inspect(save=save, label=1, slot=0, method=MethodSettings(), coefficients=spec(of_pets).coefficients)
    inspection = only(perform(lab, look), Inspection)
    assert [(layer.name, layer.nearest, layer.distance) for layer in inspection.layers] == [
        (name, None, None) for name in LAYERS
    ]
    assert (inspection.opinions, inspection.fooled) == ((), ())


def test_references_that_are_given_count_without_a_dataset_too(fruit: str, of_pets: str) -> None:
    lab = Lab(Path(fruit))
    perform(lab, alone(of_pets))
    images = noise((2, 9, 7, 3))
    coefficients = article_coefficients(LAYERS)
    given = lab.evaluate(1, images, noise((4, 9, 7, 3), 1), MethodSettings(), coefficients)
    assert given.costs.of("reference", "inputs").mean_value is not None
    without = lab.evaluate(1, images, None, MethodSettings(), coefficients)
    assert without.costs.total == pytest.approx(
        given.costs.total - sum(term.weighted_cost for term in given.costs.terms if term.place.term == "reference")
    )


def test_the_gradient_without_references_is_that_of_a_coefficient_of_zero() -> None:
    classifier, images = make_classifier(), noise((3, 8, 8, 1))
    coefficients = article_coefficients(LAYERS)
    with_cost = CostFunction(classifier, MethodSettings())
    without = CostFunction(classifier, MethodSettings(), has_references=False)
    off = coefficients.with_terms(reference=0.0)
    recorded, none = with_cost.record(noise((4, 8, 8, 1), 2)), without.record(images[:0])
    one = with_cost.evaluate_together([Batch(images, 1, ReferenceSearch(recorded), images)], off)[0]
    other = without.evaluate_together([Batch(images, 1, ReferenceSearch(none), images)], coefficients)[0]
    np.testing.assert_allclose(one.gradient, other.gradient, rtol=1e-5, atol=1e-9)


def test_what_needs_a_dataset_says_so_without_one(fruit: str, of_pets: str, tmp_path: Path) -> None:
    lab = Lab(Path(fruit))
    perform(lab, alone(of_pets))
    needing: dict[str, jobs.Job] = {
        "Training": jobs.Train(topology=TINY_NET, settings=QUICK, path=str(tmp_path / "t.keras")),
        "Retraining": jobs.Retrain(
            settings=RetrainingSettings(), images=noise((2, 9, 7, 3)), path=str(tmp_path / "r.keras")
        ),
        "An evaluation": jobs.Evaluate(
            settings=EvaluationSettings(), found=noise((0, 9, 7, 3)), found_labels=np.zeros(0, np.int64)
        ),
        "The figure of the worst training images": jobs.FindWorstImages(count=2),
    }
    for what, job in needing.items():
        with pytest.raises(LabError, match=f"{what} needs a dataset, and none is in use; open one"):
            perform(lab, job)
    with pytest.raises(SettingError, match="Averages of training images need a dataset"):
        perform(lab, jobs.Backwork(spec=spec(of_pets, start="averages")))


def test_honesty_is_checked_without_a_dataset(fruit: str, of_pets: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fooler_gui.engine.mending.honesty.STEPS", 2)
    lab = Lab(Path(fruit))
    perform(lab, alone(of_pets))
    assert only(perform(lab, jobs.CheckHonesty()), HonestyChecked).name == "pets"
