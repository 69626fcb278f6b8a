from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Sequence
from pathlib import Path

import keras
import numpy as np
import pytest
from lab_jobs import make_lab, only, perform, spec
from saves import make_save
from tiny import make_classifier

from fooler_gui.core import jobs
from fooler_gui.core.dataset_info import DatasetUse
from fooler_gui.core.errors import LabError
from fooler_gui.core.inspection import Opinions
from fooler_gui.core.messages import OtherNetsReady, Remark, TransferMeasured, Working
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.save import Save
from fooler_gui.core.transfer import FileImages, ImageSet, RunImages, TransferReport
from fooler_gui.data.file_hash import sha256_of
from fooler_gui.engine.lab import Lab
from fooler_gui.engine.nets.classifier import Classifier
from fooler_gui.engine.nets.classifier_file import save_classifier

SURE = math.exp(2) / (math.exp(2) + 2)
"""The probability of a class whose pixel is lit, by a pointing net."""


def pointing_net(path: Path, places: Sequence[int], names: tuple[str, ...] = ("0", "1", "2"), unit: float = 1.0) -> str:
    """Writes a net whose logit of class k is twice the pixel in the top row at `places[k]`, which is lit by `unit`."""
    network = keras.Sequential(
        [keras.Input((8, 8, 1)), keras.layers.Flatten(), keras.layers.Dense(len(places), activation="softmax")]
    )
    kernel = np.zeros((64, len(places)), np.float32)
    kernel[places, range(len(places))] = 2 / unit
    network.set_weights([kernel, np.zeros(len(places), np.float32)])
    save_classifier(Classifier(network, names), path)
    return str(path)


def lit(*places: int) -> np.ndarray:
    """Returns an image for each of `places`, black but for that pixel in the top row."""
    images = np.zeros((len(places), 8, 8, 1), np.float32)
    images[range(len(places)), 0, places] = 1
    return images


def opening(*paths: str) -> jobs.OpenOtherNets:
    return jobs.OpenOtherNets(nets=tuple(jobs.OpenClassifier(path=path) for path in paths))


def measured(lab: Lab, *sources: object) -> TransferReport:
    job = jobs.MeasureTransfer(sources=sources)  # type: ignore[arg-type]
    return only(perform(lab, job), TransferMeasured).report


@pytest.fixture
def pointing(lab: Lab, tmp_path: Path) -> Lab:
    """A lab without images, whose net in use reads the first three pixels, beside one that reads them reversed."""
    first = pointing_net(tmp_path / "first.keras", (0, 1, 2))
    perform(lab, jobs.OpenClassifier(path=first, dataset=DatasetUse.NONE))
    perform(lab, opening(pointing_net(tmp_path / "reversed.keras", (2, 1, 0))))
    return lab


def test_every_net_is_asked_about_every_image_by_hand(pointing: Lab) -> None:
    images = ImageSet(name="lit", images=lit(0, 1, 2, 2), labels=np.array([0, 1, 2, 0]))
    report = measured(pointing, images)
    assert [net.name for net in report.nets] == ["first", "reversed"]
    first, reversed_ = report.figures(0, 0), report.figures(0, 1)
    assert (first.called, reversed_.called) == (3, 2)
    other = (1 - SURE) / 2
    assert first.mean_probability == pytest.approx((3 * SURE + other) / 4, abs=1e-6)
    assert reversed_.mean_probability == pytest.approx((2 * SURE + 2 * other) / 4, abs=1e-6)
    assert report.answers[0][1].tops.tolist() == [2, 1, 0, 0]


def test_the_images_of_a_run_are_those_of_its_last_save_found_or_all(
    ready: Lab, path: str, tmp_path: Path, dataset_path: Path
) -> None:
    other = tmp_path / "other.keras"
    save_classifier(make_classifier(class_names=("0", "1", "2"), rng_seed=9), other, 0.5, sha256_of(dataset_path))
    perform(ready, opening(str(other)))
    folder = tmp_path / "run"
    descent = dataclasses.replace(spec(path).descent, min_probability=0.5)
    job = jobs.Backwork(spec=spec(path, labels=(1, 2), descent=descent), folder=str(folder))
    last = [message for message in perform(ready, job) if isinstance(message, Save)][-1]
    every, found = measured(ready, RunImages(folder=str(folder), found_only=False), RunImages(folder=str(folder))).sets
    assert (every.name, every.made_with, every.sha256) == ("run", "first", ready.classifier_info.sha256)
    assert every.labels is not None
    assert every.labels.tolist() == [1, 1, 1, 2, 2, 2]
    assert every.images.tobytes() == last.images.tobytes()
    assert len(found.images) == int(last.done.sum())
    report = measured(ready, RunImages(folder=str(folder), found_only=False))
    assert (report.is_own(0, 0), report.is_own(0, 1)) == (True, False)
    own = report.answers[0][0].probabilities
    np.testing.assert_allclose(own, last.probabilities.ravel(), atol=1e-6)


def test_images_of_a_file_are_asked_about_too_and_what_was_converted_is_told(pointing: Lab, tmp_path: Path) -> None:
    np.savez(tmp_path / "adv.npz", adv=lit(0, 2).transpose(0, 3, 1, 2) * 255, y=np.array([0, 2]))
    messages = perform(pointing, jobs.MeasureTransfer(sources=(FileImages(path=str(tmp_path / "adv.npz")),)))
    assert "adv.npz: Pixels from 0 to 255 were scaled to 0 to 1." in [
        one.sentence for one in messages if isinstance(one, Remark)
    ]
    report = only(messages, TransferMeasured).report
    assert [report.figures(0, column).called for column in (0, 1)] == [2, 0]


def test_each_net_is_read_in_its_own_input_range(ready: Lab, tmp_path: Path) -> None:
    unit = pointing_net(tmp_path / "unit.keras", (0, 1, 2))
    bytes_ = pointing_net(tmp_path / "bytes.keras", (0, 1, 2), unit=255.0)
    wanted = jobs.OpenClassifier(path=bytes_, input_range="0..255")
    perform(ready, jobs.OpenOtherNets(nets=(jobs.OpenClassifier(path=unit, input_range="0..1"), wanted)))
    report = measured(ready, ImageSet(name="lit", images=lit(0, 1), labels=np.array([0, 1])))
    assert [net.input_range for net in report.nets[1:]] == ["0..1", "0..255"]
    for column in (1, 2):
        assert report.figures(0, column).mean_probability == pytest.approx(SURE, abs=1e-5)


def test_the_net_in_use_is_not_asked_twice(ready: Lab, path: str) -> None:
    assert len(only(perform(ready, opening(path)), OtherNetsReady).nets) == 1
    assert len(measured(ready, ImageSet(name="lit", images=lit(0), labels=None)).nets) == 1


def test_a_net_that_does_not_fit_is_refused_in_a_sentence_and_the_others_are_open(
    pointing: Lab, tmp_path: Path
) -> None:
    fits = pointing_net(tmp_path / "fits.keras", (3, 4, 5))
    names = pointing_net(tmp_path / "names.keras", (0, 1, 2), ("cat", "dog", "owl"))
    count = pointing_net(tmp_path / "count.keras", (0, 1, 2, 3), ("0", "1", "2", "3"))
    save_classifier(make_classifier(input_shape=(9, 7, 3)), tmp_path / "shape.keras")
    paths = (fits, names, count, str(tmp_path / "shape.keras"), str(tmp_path / "missing.keras"))
    told: list[object] = []
    with pytest.raises(LabError) as refusal:
        told.extend(pointing.perform(opening(*paths), RunControl()))
    assert [net.name for net in pointing.contents.others.infos] == ["fits"]
    assert OtherNetsReady(nets=pointing.contents.others.infos) in told
    assert "count.keras must tell the classes 0, 1, 2 apart, as first does; it tells 0, 1, 2, 3 apart." in str(
        refusal.value
    )
    assert "names.keras must tell the classes 0, 1, 2 apart, as first does; it tells cat, dog, owl apart." in str(
        refusal.value
    )
    assert "shape.keras" in str(refusal.value)
    assert f"There is no file {tmp_path / 'missing.keras'}." in str(refusal.value)


def test_nets_with_other_names_are_refused(lab: Lab, tmp_path: Path) -> None:
    animals = pointing_net(tmp_path / "animals.keras", (0, 1, 2), ("cat", "dog", "owl"))
    perform(lab, jobs.OpenClassifier(path=animals, dataset=DatasetUse.NONE))
    fruits = pointing_net(tmp_path / "fruits.keras", (0, 1, 2), ("fig", "pea", "nut"))
    sentence = "fruits.keras must tell the classes cat, dog, owl apart, as animals does; it tells fig, pea, nut apart"
    with pytest.raises(LabError, match=re.escape(sentence)):
        perform(lab, opening(fruits))


def test_a_net_that_is_open_is_opened_anew_only_when_its_file_has_changed(pointing: Lab, tmp_path: Path) -> None:
    other = str(tmp_path / "reversed.keras")
    before = pointing.contents.others.beside(pointing.contents.require_present())
    perform(pointing, opening(other))
    assert pointing.contents.others.beside(pointing.contents.require_present()) == before
    pointing_net(tmp_path / "reversed.keras", (1, 0, 2))
    perform(pointing, opening(other))
    report = measured(pointing, ImageSet(name="lit", images=lit(0), labels=None))
    assert report.answers[0][1].tops.tolist() == [1]


def test_other_nets_give_second_opinions_by_their_names(pointing: Lab) -> None:
    save = make_save((0,), slots=1, images=lit(2)[np.newaxis])
    (opinion,) = only(perform(pointing, jobs.GiveOpinions(save=save, label=0, slot=0)), Opinions).opinions
    assert opinion.who == "reversed"
    assert int(opinion.probabilities.argmax()) == 0
    perform(pointing, opening())
    assert only(perform(pointing, jobs.GiveOpinions(save=save, label=0, slot=0)), Opinions).opinions == ()


def test_other_nets_are_closed_when_a_classifier_of_other_images_is_put_in_use(pointing: Lab, tmp_path: Path) -> None:
    save_classifier(make_classifier(input_shape=(9, 7, 3)), tmp_path / "colour.keras")
    job = jobs.OpenClassifier(path=str(tmp_path / "colour.keras"), dataset=DatasetUse.NONE)
    assert only(perform(pointing, job), OtherNetsReady).nets == ()


def test_images_of_other_shapes_or_classes_are_refused(pointing: Lab, tmp_path: Path, dataset_path: Path) -> None:
    small = ImageSet(name="small", images=np.zeros((1, 4, 4, 1), np.float32), labels=None)
    with pytest.raises(
        LabError, match="The images of small must be 8 × 8 × 1, as first takes them; they are 4 × 4 × 1"
    ):
        measured(pointing, small)
    with pytest.raises(LabError, match="The labels of lit must be classes of first, from 0 to 2; received 3"):
        measured(pointing, ImageSet(name="lit", images=lit(0), labels=np.array([3])))
    other = make_lab(dataset_path)
    animals = pointing_net(tmp_path / "animals.keras", (0, 1, 2, 3), ("cat", "dog", "owl", "cow"))
    perform(other, jobs.OpenClassifier(path=animals, dataset=DatasetUse.NONE))
    run = spec(animals, coefficients=dataclasses.replace(spec(animals).coefficients, layer_cost_coeffs={"inputs": 0.0}))
    perform(other, jobs.Backwork(spec=run, folder=str(tmp_path / "run")))
    with pytest.raises(
        LabError, match="The images of run must be of the classes of first, 0, 1, 2; they are of cat, dog, owl"
    ):
        measured(pointing, RunImages(folder=str(tmp_path / "run")))


def test_a_stop_ends_it_without_a_result(pointing: Lab) -> None:
    images = ImageSet(name="lit", images=lit(0), labels=None)

    def stop(message: object, control: RunControl) -> None:
        if isinstance(message, Working):
            control.stop()

    messages = perform(pointing, jobs.MeasureTransfer(sources=(images, images)), then=stop)
    assert not any(isinstance(message, TransferMeasured) for message in messages)
