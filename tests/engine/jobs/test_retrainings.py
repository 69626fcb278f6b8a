from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from lab_jobs import FOUND, frozen_file, make_lab, only, perform, stop_at_progress, weights_in
from tiny import make_classifier, make_dataset, write_dataset

from fooler_gui.core import jobs
from fooler_gui.core.errors import LabError
from fooler_gui.core.messages import (
    ClassifierReady,
    Message,
    Remark,
    RetrainingFinished,
    TrainingProgress,
    Working,
    WorkTimed,
)
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.settings import RetrainingSettings, SettingError
from fooler_gui.core.work_time import retraining_work
from fooler_gui.data.file_hash import sha256_of
from fooler_gui.engine.guarantee.network import densities_of
from fooler_gui.engine.lab import Lab
from fooler_gui.engine.machine import machine
from fooler_gui.engine.nets.classifier_file import load_classifier, save_classifier
from fooler_gui.records.training_record import TrainingRecord


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


def test_a_candidate_is_given_a_guarantee_and_keeps_it_when_retrained_again(tmp_path: Path) -> None:
    images = make_dataset(a_class=210)
    lab = make_lab(write_dataset(images, tmp_path / "images.npz"))
    save_classifier(make_classifier(class_names=("0", "1", "2")), tmp_path / "plain.keras")
    perform(lab, jobs.OpenClassifier(path=str(tmp_path / "plain.keras")))
    messages = retrain(lab, tmp_path / "sure.keras", guarantee=True, steps=70)
    finished = only(messages, RetrainingFinished)
    assert finished.before.found_certified is None
    assert finished.after.found_certified is not None
    said = {part for part, _, _ in retraining_work(RetrainingSettings(guarantee=True), len(images.train_images), 3)}
    assert {message.part for message in messages if isinstance(message, WorkTimed)} == said
    sure = densities_of(load_classifier(tmp_path / "sure.keras")[0], "sure")
    perform(lab, jobs.KeepCandidate())
    again = retrain(lab, tmp_path / "again.keras", guarantee=True, from_start=True)
    assert only(again, RetrainingFinished).before.found_certified == finished.after.found_certified
    kept = densities_of(load_classifier(tmp_path / "again.keras")[0], "again")
    np.testing.assert_array_equal(kept.inside.centres, sure.inside.centres)


def test_a_stop_while_the_guarantee_is_fitted_ends_the_retraining(tmp_path: Path) -> None:
    lab = make_lab(write_dataset(make_dataset(a_class=210), tmp_path / "images.npz"))
    save_classifier(make_classifier(class_names=("0", "1", "2")), tmp_path / "plain.keras")
    perform(lab, jobs.OpenClassifier(path=str(tmp_path / "plain.keras")))

    def stop_at_fitting(message: Message, control: RunControl) -> None:
        if isinstance(message, Working) and message.sentence.startswith("Fitting the density"):
            control.stop()

    messages = retrain(lab, tmp_path / "sure.keras", stop_at_fitting, guarantee=True)
    assert not any(isinstance(message, RetrainingFinished) for message in messages)
    assert not (tmp_path / "sure.keras").exists()


def test_a_guarantee_that_cannot_be_given_is_refused_at_once(ready: Lab, tmp_path: Path) -> None:
    with pytest.raises(LabError, match="A guarantee needs at least 100 validation images"):
        retrain(ready, tmp_path / "sure.keras", guarantee=True)
    assert not (tmp_path / "sure.keras").exists()


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
    finished = only(retrain(ready, tmp_path / "candidate.keras", stop_at_progress, steps=100_000), RetrainingFinished)
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


def test_retraining_on_found_images_of_another_shape_is_refused(ready: Lab, tmp_path: Path) -> None:
    job = jobs.Retrain(settings=RetrainingSettings(), images=FOUND[:, :7], path=str(tmp_path / "x.keras"))
    with pytest.raises(SettingError, match=r"Retraining needs found images of 8 × 8 × 1, .*; received 7 × 8 × 1\.$"):
        perform(ready, job)
    assert not (tmp_path / "x.keras").exists()


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


def test_a_training_notes_the_machine_and_the_data_that_made_it(ready: Lab, tmp_path: Path, dataset_path: Path) -> None:
    retrain(ready, tmp_path / "candidate.keras")
    record = TrainingRecord.read(tmp_path / "candidate.training")
    assert (record.machine, record.dataset_sha256) == (machine(), sha256_of(dataset_path))
