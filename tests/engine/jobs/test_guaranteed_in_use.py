"""What evaluations and inspections tell of a classifier with a guarantee."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from lab_jobs import LAYERS, all_of, make_lab, only, perform, spec
from tiny import TINY_NET, make_classifier, make_dataset, noise, write_dataset

from fooler_gui.core import jobs
from fooler_gui.core.dataset_info import DatasetUse
from fooler_gui.core.evaluation_report import FOUND, TEST, UNIFORM, EvaluationSettings
from fooler_gui.core.guarantee import LEVELS, GuaranteeSettings
from fooler_gui.core.inspection import Inspection
from fooler_gui.core.messages import Certified, ClassifierReady, EvaluationFinished, GuaranteeMade
from fooler_gui.core.save import Save
from fooler_gui.core.settings import MethodSettings, article_coefficients
from fooler_gui.engine.lab import Lab
from fooler_gui.engine.nets.classifier_file import save_classifier

SETTINGS = GuaranteeSettings(components=6, kept=0.95)
NOISE = noise((5, 8, 8, 1), rng_seed=8)


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Returns a dataset, a plain classifier, and the same one with a guarantee."""
    folder = tmp_path_factory.mktemp("guaranteed")
    files = {"data": folder / "images.npz", "plain": folder / "plain.keras", "sure": folder / "sure.keras"}
    lab = make_lab(write_dataset(make_dataset(a_class=210), files["data"]))
    save_classifier(make_classifier(TINY_NET), files["plain"])
    perform(lab, jobs.OpenClassifier(path=str(files["plain"])))
    only(perform(lab, jobs.Guarantee(settings=SETTINGS, path=str(files["sure"]))), GuaranteeMade)
    return files


@pytest.fixture
def lab(paths: dict[str, Path]) -> Lab:
    """Returns a lab with the classifier with a guarantee in use."""
    lab = make_lab(paths["data"])
    perform(lab, jobs.OpenClassifier(path=str(paths["sure"])))
    return lab


def evaluated(lab: Lab) -> EvaluationFinished:
    job = jobs.Evaluate(settings=EvaluationSettings(images=30), found=NOISE, found_labels=np.zeros(5, np.int64))
    return only(perform(lab, job), EvaluationFinished)


def inspected(lab: Lab, path: Path, slot: int = 2) -> Inspection:
    last = all_of(perform(lab, jobs.Backwork(spec=spec(str(path)))), Save)[-1]
    coefficients = article_coefficients(LAYERS)
    job = jobs.Inspect(save=last, label=1, slot=slot, method=MethodSettings(), coefficients=coefficients)
    return only(perform(lab, job), Inspection)


def test_a_classifier_is_told_to_have_a_guarantee(lab: Lab, paths: dict[str, Path]) -> None:
    assert lab.classifier_info.has_guarantee
    assert lab.classifier_info.topology.endswith(", with a guarantee")
    assert "promised" not in lab.classifier_info.doubt
    ready = only(perform(lab, jobs.OpenClassifier(path=str(paths["plain"]))), ClassifierReady)
    assert not ready.classifier.has_guarantee


def test_in_another_range_of_pixels_nothing_is_promised_and_that_is_told(lab: Lab, paths: dict[str, Path]) -> None:
    wanted = jobs.OpenClassifier(path=str(paths["sure"]), input_range="0..255", dataset=DatasetUse.IF_IT_FITS)
    ready = only(perform(lab, wanted), ClassifierReady)
    assert not ready.classifier.has_guarantee
    assert "nothing can be promised" in ready.classifier.doubt
    assert evaluated(lab).report.certified == {}


def test_each_set_of_an_evaluation_is_certified(lab: Lab) -> None:
    report = evaluated(lab).report
    assert list(report.certified) == [TEST, *(figures.name for figures in report.sets)]
    uniform, found = report.certified[UNIFORM], report.certified[FOUND]
    assert (uniform.images, uniform.level) == (30, 0.5)  # a third is over 11 %
    assert uniform.share == 1
    assert 0 < uniform.radii[0] <= uniform.median <= uniform.radii[-1]
    assert uniform.median_share is not None
    assert 0 < uniform.median_share < 1
    images = only(perform(lab, jobs.Certify(images=NOISE, radius=0)), Certified).certificate.images
    radii = sorted(image.radii[1] for image in images)
    assert (found.radii[0], found.median, found.radii[-1]) == pytest.approx((radii[0], radii[2], radii[-1]))
    assert report.certified[TEST].share < 0.2
    assert report.to_dict()["test"]["certified"]["images"] == len(lab.dataset.test_images)


def test_without_a_guarantee_nothing_is_certified(lab: Lab, paths: dict[str, Path]) -> None:
    perform(lab, jobs.OpenClassifier(path=str(paths["plain"])))
    report = evaluated(lab).report
    assert report.certified == {}
    assert report.to_dict()["test"]["certified"] is None
    assert inspected(lab, paths["plain"]).certified is None


def test_an_inspection_tells_what_is_certified_near_its_image(lab: Lab, paths: dict[str, Path]) -> None:
    look = inspected(lab, paths["sure"])
    image = look.image[np.newaxis]
    job = jobs.Certify(images=image, radius=1.5)
    (alone,) = only(perform(lab, job), Certified).certificate.images
    balls = look.certified
    assert balls is not None
    assert balls.radii == pytest.approx(alone.radii)
    assert balls.nearest == pytest.approx(alone.nearest)
    assert len(balls.radii) == len(LEVELS)
    assert balls.reaches[0] == 0
    assert balls.reaches[-1] > alone.nearest
    assert look.probabilities.max() <= balls.bounds[0]
    assert (np.diff(balls.bounds) >= 0).all()
    assert set(balls.radii) <= set(balls.reaches.tolist())
    within, beyond = np.searchsorted(balls.reaches, 1.5) - np.array([1, 0])
    assert balls.bounds[within] <= alone.bound <= balls.bounds[beyond]


def test_without_a_dataset_an_inspection_knows_no_nearest_image(lab: Lab, paths: dict[str, Path]) -> None:
    alone = dataclasses.replace(jobs.OpenClassifier(path=str(paths["sure"])), dataset=DatasetUse.NONE)
    perform(lab, alone)
    balls = inspected(lab, paths["sure"]).certified
    assert balls is not None
    assert balls.nearest is None
    assert balls.reaches[-1] > balls.radii[-1]
