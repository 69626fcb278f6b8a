from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from lab_jobs import all_of, only, perform, spec
from tiny import make_classifier

from fooler_gui.core import jobs
from fooler_gui.core.dataset_info import DatasetUse
from fooler_gui.core.further_classifier import FurtherClassifier
from fooler_gui.core.messages import FurtherReady, Remark, RunFinished
from fooler_gui.core.save import STOPPED_BY_PROBABILITY, Save
from fooler_gui.core.settings import CostCoefficients, DescentSettings
from fooler_gui.data.file_hash import sha256_of
from fooler_gui.engine.ensemble import EnsembleError
from fooler_gui.engine.lab import Lab
from fooler_gui.engine.nets.classifier_file import ClassifierFileError, save_classifier
from fooler_gui.records.run_folder import read_record
from fooler_gui.records.run_reader import read_last_save

CLASSES = ("0", "1", "2")


@pytest.fixture(scope="session")
def others(tmp_path_factory: pytest.TempPathFactory, dataset_path: Path) -> tuple[str, str]:
    """The files of two nets like the first one, with smaller weights; nobody may write to them."""
    folder = tmp_path_factory.mktemp("further")
    paths = tuple(folder / f"{name}.keras" for name in ("second", "third"))
    for factor, path in zip((6.0, 4.0), paths, strict=True):
        save_classifier(make_classifier(class_names=CLASSES, factor=factor), path, 0.5, sha256_of(dataset_path))
    return str(paths[0]), str(paths[1])


def ensemble(*files: str, weight: float = 1.0) -> tuple[FurtherClassifier, ...]:
    return tuple(FurtherClassifier(classifier=file, weight=weight) for file in files)


def saves_of(lab: Lab, path: str, **changes: object) -> list[Save]:
    return all_of(perform(lab, jobs.Backwork(spec=spec(path, **changes))), Save)


def test_saves_tell_what_each_net_says_and_the_least_of_it(ready: Lab, path: str, others: tuple[str, str]) -> None:
    saves = saves_of(ready, path, labels=(2, 0), further=ensemble(*others))
    assert [save.step for save in saves] == [0, 1, 2, 3, 4]
    for save in saves:
        assert save.net_probabilities is not None
        assert save.net_probabilities.shape == (3, 2, 3)
        np.testing.assert_array_equal(save.probabilities, save.net_probabilities.min(axis=0))
    alone = saves_of(ready, path, labels=(2, 0))
    assert alone[0].net_probabilities is None
    np.testing.assert_allclose(saves[0].net_probabilities[0], alone[0].probabilities, rtol=1e-5)
    assert not np.array_equal(saves[-1].images, alone[-1].images)


def test_a_slot_is_done_once_every_net_is_sure_of_it(ready: Lab, path: str, others: tuple[str, str]) -> None:
    descent = DescentSettings(
        max_steps=100, min_probability=0.6, learning_rate=0.03, objective="cross-entropy", reinitialise_below=0.0
    )
    coefficients = CostCoefficients(layer_cost_coeffs=dict.fromkeys(("inputs", "conv0", "fc"), 0.0))
    changes = {"labels": (0,), "descent": descent, "coefficients": coefficients, "further": ensemble(*others)}
    messages = perform(ready, jobs.Backwork(spec=spec(path, **changes)))
    saves = all_of(messages, Save)
    assert only(messages, RunFinished).stopped_by == (STOPPED_BY_PROBABILITY,)
    for save in saves:
        assert save.net_probabilities is not None
        np.testing.assert_array_equal(save.done, (save.net_probabilities > 0.6).all(axis=0))
    assert saves[-1].done.all()
    assert any((save.net_probabilities > 0.6).any(axis=0).all() and not save.done.all() for save in saves)


def test_the_same_ensemble_makes_the_same_images_and_another_weight_others(
    ready: Lab, path: str, others: tuple[str, str]
) -> None:
    first, again, weighted = (
        saves_of(ready, path, further=ensemble(*others, weight=weight))[-1].images.tobytes() for weight in (1, 1, 5)
    )
    assert first == again
    assert first != weighted


def test_a_run_records_its_further_classifiers_and_is_read_as_it_was(
    ready: Lab, path: str, others: tuple[str, str], tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    job = jobs.Backwork(spec=spec(path, further=ensemble(*others, weight=0.5)), folder=str(folder))
    last = all_of(perform(ready, job), Save)[-1]
    recorded = read_record(folder).spec.further
    assert [(each.classifier, each.weight) for each in recorded] == [(file, 0.5) for file in others]
    assert [each.sha256 for each in recorded] == [sha256_of(Path(file)) for file in others]
    read = read_last_save(folder).net_probabilities
    assert read is not None
    assert last.net_probabilities is not None
    assert read.tobytes() == last.net_probabilities.tobytes()


def test_a_further_classifier_that_is_gone_or_another_is_refused(
    ready: Lab, path: str, others: tuple[str, str], tmp_path: Path
) -> None:
    missing = str(tmp_path / "none.keras")
    with pytest.raises(ClassifierFileError, match=r"^There is no file .*none\.keras\.$"):
        saves_of(ready, path, further=ensemble(missing))
    (chosen,) = ensemble(others[0])
    changed = dataclasses.replace(chosen, sha256="0" * 64)
    with pytest.raises(EnsembleError, match=r"must be the classifier that was chosen, with SHA-256 000000000000…"):
        saves_of(ready, path, further=(changed,))


def test_how_a_further_classifier_was_adapted_is_told(ready: Lab, tmp_path: Path) -> None:
    file = tmp_path / "other.keras"
    save_classifier(make_classifier(input_shape=(9, 7, 1), class_names=CLASSES), file)
    messages = perform(ready, jobs.OpenFurther(further=ensemble(str(file))))
    (ready_net,) = only(messages, FurtherReady).further
    assert ready_net.sha256 == sha256_of(file)
    told = [remark.sentence for remark in all_of(messages, Remark)]
    assert told
    assert all(sentence.startswith("other: ") for sentence in told)


def test_a_further_classifier_of_other_classes_is_refused(ready: Lab, path: str, tmp_path: Path) -> None:
    file = tmp_path / "other.keras"
    save_classifier(make_classifier(class_names=("a", "b", "c")), file)
    sentence = r"^other must tell the classes 0, 1, 2 apart, as first does; it tells a, b, c apart\.$"
    with pytest.raises(EnsembleError, match=sentence):
        saves_of(ready, path, further=ensemble(str(file)))


def test_without_a_dataset_a_further_classifier_must_take_the_same_images(
    ready: Lab, path: str, others: tuple[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "other.keras"
    save_classifier(make_classifier(input_shape=(9, 7, 1), class_names=CLASSES), file)
    perform(ready, jobs.OpenClassifier(path=path, dataset=DatasetUse.NONE))
    with pytest.raises(EnsembleError, match=r"^other must take images of 8 × 8 × 1, as first does; it takes 9 × 7 × 1"):
        saves_of(ready, path, further=ensemble(str(file)))
    assert saves_of(ready, path, further=ensemble(others[0]))[-1].step == 4
