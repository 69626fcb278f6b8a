from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from lab_jobs import make_lab, only, perform
from tiny import TINY_NET, make_classifier, make_dataset, write_dataset

from fooler_gui.core import jobs
from fooler_gui.core.dataset_info import DatasetUse
from fooler_gui.core.errors import LabError
from fooler_gui.core.guarantee import LEVELS, GuaranteeSettings
from fooler_gui.core.messages import Certified, GuaranteeMade
from fooler_gui.core.run_control import RunControl
from fooler_gui.engine.lab import Lab
from fooler_gui.engine.nets.classifier_file import load_classifier, save_classifier

SETTINGS = GuaranteeSettings(components=6, kept=0.95)
NOISE = np.random.default_rng(8).random((5, 8, 8, 1), np.float32)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Lab, GuaranteeMade, Path]:
    folder = tmp_path_factory.mktemp("guarantee")
    lab = make_lab(write_dataset(make_dataset(a_class=210), folder / "images.npz"))
    save_classifier(make_classifier(TINY_NET), folder / "plain.keras")
    perform(lab, jobs.OpenClassifier(path=str(folder / "plain.keras")))
    path = folder / "sure.keras"
    return lab, only(perform(lab, jobs.Guarantee(settings=SETTINGS, path=str(path))), GuaranteeMade), path


def test_the_classifier_with_a_guarantee_is_written_beside_the_one_in_use(made) -> None:
    lab, answer, path = made
    assert lab.classifier_info.name == "plain"
    assert answer.classifier.path == str(path)
    report = answer.report
    assert report.accuracy == pytest.approx(report.accuracy_before, abs=0.01)
    assert report.to_dict()["distances"][0] is None  # a third is over 11 %
    plain, sure = lab.contents.require_present().classifier, load_classifier(path)[0]
    assert sure.probabilities(NOISE).max() < plain.probabilities(NOISE).max()
    assert sure.probabilities(NOISE).max() == pytest.approx(1 / 3, abs=1e-3)


def test_images_are_certified_by_the_one_in_use(made) -> None:
    lab, _, path = made
    perform(lab, jobs.OpenClassifier(path=str(path)))
    images = np.concatenate([NOISE, lab.dataset.train_images[:2].astype(np.float32) / np.float32(255)])
    certificate = only(perform(lab, jobs.Certify(images=images, radius=0.5)), Certified).certificate
    assert len(certificate.images) == 7
    assert certificate.classifier == "sure"
    for image in certificate.images[:5]:
        assert image.radii[0] == 0  # a third is over 11 %
        assert 0 < image.radii[1] <= image.radii[2]
        assert image.confidence <= image.bound
        assert image.nearest > 1
    assert [image.nearest for image in certificate.images[5:]] == [0, 0]
    assert certificate.images[5].radii == (0, 0, 0)
    assert len(certificate.median_radii) == len(LEVELS)
    assert certificate.least_level == LEVELS[1]
    noise = certificate.images[:5]
    assert certificate.median_share == pytest.approx(np.median([image.radii[1] / image.nearest for image in noise]))
    assert list(certificate.to_dict()["images"][0]) == [
        *("confidence", "radius_11", "radius_50", "radius_999", "bound", "nearest")
    ]


def test_images_are_certified_without_a_dataset(made) -> None:
    lab, _, path = made
    alone = dataclasses.replace(jobs.OpenClassifier(path=str(path)), dataset=DatasetUse.NONE)
    perform(lab, alone)
    certificate = only(perform(lab, jobs.Certify(images=NOISE, radius=0)), Certified).certificate
    assert {image.nearest for image in certificate.images} == {None}
    assert certificate.median_share is None
    with pytest.raises(LabError, match="A guarantee needs a dataset"):
        perform(lab, jobs.Guarantee(settings=SETTINGS, path=str(path)))


def test_a_stop_leaves_nothing(made, tmp_path: Path) -> None:
    lab, _, path = made
    perform(lab, jobs.OpenClassifier(path=str(path.parent / "plain.keras")))
    control = RunControl()
    control.stop()
    assert not any(
        isinstance(message, GuaranteeMade)
        for message in perform(lab, jobs.Guarantee(settings=SETTINGS, path=str(tmp_path / "none.keras")), control)
    )
    assert not (tmp_path / "none.keras").exists()
