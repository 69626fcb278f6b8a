"""Work with a thousand classes takes no more than with thirty."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
from tiny import make_classifier

from fooler_gui.core import jobs
from fooler_gui.core.evaluation_report import DRIVEN, EvaluationSettings
from fooler_gui.core.label_sample import MOST_LABELS, sampled_labels
from fooler_gui.core.messages import (
    EvaluationFinished,
    HonestyChecked,
    Message,
    Remark,
    RetrainingFinished,
    RoundFinished,
    RunFinished,
    WorstImages,
)
from fooler_gui.core.rounds_spec import default_rounds
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.run_spec import RunSpec
from fooler_gui.core.settings import DescentSettings, RetrainingSettings, article_coefficients
from fooler_gui.data.array_file import write_arrays
from fooler_gui.engine.lab import Lab
from fooler_gui.engine.nets.classifier_file import save_classifier
from fooler_gui.records.run_folder import read_record

_Kind = TypeVar("_Kind")
CLASSES, SHAPE = 1_000, (8, 8, 1)
NAMES = tuple(f"kind {number}" for number in range(CLASSES))
WORDS = "30 of 1,000 classes, drawn with the random seed"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder, rng = tmp_path_factory.mktemp("many"), np.random.default_rng(2)
    arrays = {
        f"{part}_{what}": rng.integers(0, 255, (CLASSES, *SHAPE), np.uint8)
        if what == "images"
        else np.arange(CLASSES, dtype=np.uint16)
        for part in ("train", "test")
        for what in ("images", "labels")
    }
    write_arrays(folder / "many.npz", arrays | {"class_names": np.array(NAMES)})
    save_classifier(make_classifier(class_names=NAMES, factor=1.0), folder / "net.keras", 0.001)
    return folder


@pytest.fixture
def lab(folder: Path) -> Lab:
    lab = Lab(folder / "many.npz")
    list(lab.perform(jobs.OpenClassifier(path=str(folder / "net.keras")), RunControl()))
    return lab


@pytest.fixture(autouse=True)
def _few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fooler_gui.engine.descent.fresh_attack.WITHIN", (1, 2, 3))
    monkeypatch.setattr("fooler_gui.engine.mending.honesty.STEPS", 2)
    monkeypatch.setattr("fooler_gui.engine.evaluation.worst_images.FRESH_STEPS", 2)
    monkeypatch.setattr("fooler_gui.engine.evaluation.classifier_evaluation._DRIVEN_STEPS", 2)


def of_kind(messages: list[Message], kind: type[_Kind]) -> list[_Kind]:
    return [message for message in messages if isinstance(message, kind)]


def perform(lab: Lab, job: jobs.Job, control: RunControl | None = None) -> list[Message]:
    return list(lab.perform(job, control or RunControl()))


def test_rounds_drive_images_towards_a_sample_that_is_another_one_in_each(lab: Lab, tmp_path: Path) -> None:
    spec = default_rounds(
        lab.classifier_info.path, lab.classifier_info.recorded_layers, rounds=2, labels_per_round=4,
        images_per_label=2, steps_per_round=2, stages=1, digits=50, noise=2, blanks=1, rng_seed=6,
    )  # fmt: skip
    messages = perform(lab, jobs.PerformRounds(spec=spec, folder=str(tmp_path), second_opinion=""))
    told = [remark.sentence for remark in of_kind(messages, Remark)]
    assert told == [
        "Each round drives images towards 4 of 1,000 classes, drawn with the random seed; another draw in each.",
        f"Each classifier is then attacked towards {WORDS}; the same in each round.",
    ]
    rounds = of_kind(messages, RoundFinished)
    for number in (1, 2):
        labels = sampled_labels(CLASSES, 6, number, most=4)
        assert read_record(tmp_path / f"round-0{number}").spec.labels == labels
        assert rounds[number].label_names == tuple(f"kind {label}" for label in labels)
        assert rounds[number].images.shape == (4, 2, *SHAPE)
        assert (rounds[number].report.images, rounds[number].report.pool) == (8, 8 * number)
        assert [share.images for share in rounds[number].report.fresh][:2] == [8 * MOST_LABELS, 4 * MOST_LABELS]
    again = perform(lab, jobs.OpenRounds(folder=str(tmp_path)))
    for opened, made in zip(of_kind(again, RoundFinished), rounds, strict=True):
        assert (opened.label_names, opened.report) == (made.label_names, made.report)
        np.testing.assert_array_equal(opened.images, made.images)


def test_honesty_checks_attack_a_sample(lab: Lab) -> None:
    messages = perform(lab, jobs.CheckHonesty())
    assert [remark.sentence for remark in of_kind(messages, Remark)] == [f"Images are driven towards {WORDS}."]
    checks = of_kind(messages, HonestyChecked)[0].checks
    assert checks[0].done.startswith(f"Drove {4 * MOST_LABELS} images of noise")


def test_the_second_figure_has_a_row_for_a_sample(lab: Lab) -> None:
    worst = of_kind(perform(lab, jobs.FindWorstImages(count=1)), WorstImages)[0]
    assert (worst.labels, worst.classes) == (sampled_labels(CLASSES, 0), CLASSES)
    np.testing.assert_array_equal(worst.images[:, 0], lab.dataset.train_images[list(worst.labels)] / np.float32(255))


def test_an_evaluation_drives_noise_towards_a_sample_and_says_so(lab: Lab) -> None:
    none = np.empty((0, *SHAPE), np.float32)
    job = jobs.Evaluate(
        settings=EvaluationSettings(images=200), found=none, found_labels=np.empty(0, np.int64), files=()
    )
    report = of_kind(perform(lab, job), EvaluationFinished)[0].report
    driven = next(figures for figures in report.sets if figures.name == DRIVEN)
    assert (driven.images, driven.note) == (6 * MOST_LABELS, f"Towards {WORDS}.")


def test_a_retraining_measures_on_a_sample_and_says_so(lab: Lab, tmp_path: Path, towards: list[int]) -> None:
    settings = RetrainingSettings(steps=2, batch_size=8, noise=2, blanks=2, rng_seed=4)
    images = np.random.default_rng(0).random((2, *SHAPE), np.float32)
    messages = perform(lab, jobs.Retrain(settings=settings, images=images, path=str(tmp_path / "again.keras")))
    assert [remark.sentence for remark in of_kind(messages, Remark)] == [f"Fresh noise is driven towards {WORDS}."]
    assert of_kind(messages, RetrainingFinished)[0].steps == 2
    assert towards == [*np.repeat(sampled_labels(CLASSES, 4), 8)] * 2


@pytest.fixture
def towards(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The labels that fresh noise is driven towards, from now on."""
    from fooler_gui.engine.evaluation import worst_images

    labels: list[int] = []
    plain = worst_images.drive

    def noting(classifier, images, towards, *others):
        labels.extend(towards.tolist())
        return plain(classifier, images, towards, *others)

    monkeypatch.setattr(worst_images, "drive", noting)
    return labels


def test_a_class_that_is_called_none_is_a_label_as_any(tmp_path: Path) -> None:
    arrays = {
        f"{part}_{what}": np.zeros((6, *SHAPE), np.uint8) if what == "images" else np.arange(6, dtype=np.uint8) % 3
        for part in ("train", "test")
        for what in ("images", "labels")
    }
    names = ("some", "many", "none")
    write_arrays(tmp_path / "three.npz", arrays | {"class_names": np.array(names)})
    save_classifier(make_classifier(class_names=names), tmp_path / "net.keras", 0.5)
    lab = Lab(tmp_path / "three.npz")
    perform(lab, jobs.OpenClassifier(path=str(tmp_path / "net.keras")))
    info = lab.classifier_info
    assert info.label_names == names
    spec = RunSpec(
        classifier=info.path, labels=(2,), slots=2, descent=DescentSettings(max_steps=1),
        coefficients=article_coefficients(info.recorded_layers),
    )  # fmt: skip
    control = RunControl.for_descent(spec.coefficients, spec.descent)
    assert isinstance(perform(lab, jobs.Backwork(spec=spec), control)[-1], RunFinished)
