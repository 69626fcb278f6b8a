from __future__ import annotations

import dataclasses
import json
import shutil
import tomllib
from pathlib import Path

import keras
import numpy as np
import pytest
import tomli_w
from recorded_runs import change_a_pixel, recorded

from fooler_gui.core.jobs import Backwork, OpenClassifier
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.run_spec import RunSpec
from fooler_gui.core.save import Save
from fooler_gui.core.settings import DescentSettings, article_coefficients
from fooler_gui.core.slot_actions import ReinitialiseSlot, SetSlotImage
from fooler_gui.core.topology import Convolution, Topology
from fooler_gui.data.file_hash import sha256_of
from fooler_gui.engine.lab import Lab
from fooler_gui.engine.nets.building import build_classifier
from fooler_gui.engine.nets.classifier_file import save_classifier
from fooler_gui.records.run_folder import read_record
from fooler_gui.records.run_reader import read_repetition
from fooler_gui.resources import runs_folder

LAYERS = ("inputs", "conv0", "fc")
IMAGE = np.random.default_rng(2).random((28, 28, 1), np.float32)


def steer(save: Save, control: RunControl) -> None:
    """Changes coefficients and acts on slots, each once."""
    if save.step == 2:
        control.change(coefficients=article_coefficients(LAYERS).with_terms(misclassification=1.0))
    elif save.step == 3 and not any(hasattr(event, "action") for event in save.events):
        control.act_on_slot(ReinitialiseSlot(label=7, slot=1))
        control.act_on_slot(SetSlotImage(label=3, slot=0, image=IMAGE))


def make_steered_run(dataset: Path, classifier: Path, folder: Path, stop_at: int | None = None) -> Path:
    coefficients = article_coefficients(LAYERS)
    descent = DescentSettings(max_steps=6, min_probability=1.0)
    spec = RunSpec(
        classifier=str(classifier), labels=(3, 7), slots=2, rng_seed=5, descent=descent, coefficients=coefficients
    )
    control = RunControl.for_descent(coefficients, descent)
    for message in Lab(dataset).perform(Backwork(spec=spec, folder=str(folder)), control):
        if isinstance(message, Save):
            steer(message, control)
            if message.step == stop_at:
                control.stop()
    return folder


@pytest.fixture(scope="session")
def steered(small_dataset, classifier_file, tmp_path_factory) -> Path:
    """A run to which something of every kind was done; nobody may change it."""
    return make_steered_run(small_dataset, classifier_file, tmp_path_factory.mktemp("steered") / "run")


def check_same(folder: Path, expected: Path) -> None:
    saves, others = recorded(folder), recorded(expected)
    assert saves.keys() == others.keys()
    for name in saves:
        np.testing.assert_array_equal(saves[name], others[name])


def test_a_run_is_repeated_to_the_last_bit_with_what_was_done_to_it(fooler, steered, tmp_path):
    outcome = fooler("backwork", "--repeat", steered, "--out", tmp_path / "again", "--json")
    facts = json.loads(outcome.out)
    assert (outcome.code, outcome.err) == (0, "")
    assert (facts["labels"], facts["steps"], facts["run"]) == ([3, 7], 6, str(tmp_path / "again"))
    check_same(tmp_path / "again", steered)
    saves = recorded(steered)
    assert saves["steps"].tolist() == [0, 1, 2, 3, 3, 4, 5, 6]
    np.testing.assert_array_equal(saves["images"][4, 0, 0], IMAGE)
    first, second = read_repetition(steered), read_repetition(tmp_path / "again")
    assert first.record.spec == second.record.spec
    assert first.record.id != second.record.id


def test_a_repetition_tells_that_its_images_are_the_same(fooler, steered, tmp_path):
    outcome = fooler("backwork", "--repeat", steered, "--out", tmp_path / "again")
    assert outcome.out.splitlines()[-1] == "The images are identical to the last bit."
    facts = json.loads(fooler("backwork", "--repeat", steered, "--out", tmp_path / "third", "--json").out)
    assert (facts["differs_from"], facts["made_otherwise"]) == (None, "")


def test_images_that_differ_are_told_and_are_no_success(fooler, steered, tmp_path):
    run = shutil.copytree(steered, tmp_path / "run")
    change_a_pixel(run, step=4)
    settings = tomllib.loads((run / "run.toml").read_text())
    now = settings["machine"]["blas"]
    (run / "run.toml").write_text(tomli_w.dumps(settings | {"machine": settings["machine"] | {"blas": "another"}}))
    outcome = fooler("backwork", "--repeat", run, "--out", tmp_path / "again", "--json")
    facts = json.loads(outcome.out)
    assert outcome.code == 1
    assert outcome.err == (
        f"The images differ from step 4 on: the run was made differently: blas (another, now {now}).\n"
    )
    assert (facts["differs_from"], facts["steps"]) == (4, 6)
    check_same(tmp_path / "again", steered)


def test_a_run_recorded_before_machines_were_noted_is_repeated(fooler, steered, tmp_path):
    run = shutil.copytree(steered, tmp_path / "run")
    settings = tomllib.loads((run / "run.toml").read_text())
    settings.pop("machine")
    (run / "run.toml").write_text(tomli_w.dumps(settings))
    assert fooler("backwork", "--repeat", run, "--out", tmp_path / "again").code == 0


def test_without_a_folder_a_repetition_records_itself_in_the_users(fooler, steered):
    facts = json.loads(fooler("backwork", "--repeat", steered, "--json").out)
    assert Path(facts["run"]).parent == runs_folder()
    check_same(Path(facts["run"]), steered)


def test_a_run_that_a_person_stopped_is_repeated_to_its_stop(fooler, small_dataset, classifier_file, tmp_path):
    folder = make_steered_run(small_dataset, classifier_file, tmp_path / "run", stop_at=4)
    outcome = fooler("backwork", "--repeat", folder, "--out", tmp_path / "again", "--json")
    facts = json.loads(outcome.out)
    assert (outcome.code, outcome.err) == (0, "")
    assert (facts["steps"], facts["stopped_by"]) == (4, "stopped")
    check_same(tmp_path / "again", folder)


def test_a_repetition_may_be_repeated_and_replaced(fooler, steered, tmp_path):
    again = tmp_path / "again"
    assert fooler("backwork", "--repeat", steered, "--out", again).code == 0
    refused = fooler("backwork", "--repeat", steered, "--out", again)
    assert (refused.code, "--overwrite" in refused.err) == (2, True)
    assert fooler("backwork", "--repeat", steered, "--out", again, "--overwrite").code == 0
    assert fooler("backwork", "--repeat", again, "--out", tmp_path / "third").code == 0
    check_same(tmp_path / "third", steered)


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--label", "3"),
        ("--slots", "2"),
        ("--start", "noise"),
        ("--preset", "article"),
        ("--coefficients", "c.toml"),
        ("--rng-seed", "0"),
        *(
            (f"--{name.replace('_', '-')}", str(value))
            for name, value in DescentSettings().to_dict().items()
            if name != "keep_refining"
        ),
    ],
)
def test_what_a_run_is_made_with_cannot_be_given_beside_it(fooler, steered, tmp_path, option, value):
    outcome = fooler("backwork", "--repeat", steered, option, value, "--out", tmp_path / "again")
    assert outcome.code == 2
    assert outcome.err == f"{option} does not go with --repeat, which repeats a run exactly.\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("overwrite", [[], ["--overwrite"]])
def test_a_run_is_not_repeated_over_itself(fooler, steered, monkeypatch, overwrite):
    before = {path.name: path.read_bytes() for path in steered.iterdir()}
    monkeypatch.chdir(steered.parent)
    outcome = fooler("backwork", "--repeat", steered, "--out", f"../{steered.parent.name}/./run", *overwrite)
    assert outcome.code == 2
    assert ("--out must not be the folder" if overwrite else "holds a run already") in outcome.err
    assert {path.name: path.read_bytes() for path in steered.iterdir()} == before


def test_a_run_of_another_classifier_is_refused_and_one_of_the_same_elsewhere_is_not(
    fooler, steered, classifier_file, small_dataset, tmp_path
):
    other, same = tmp_path / "other.keras", tmp_path / "same.keras"
    topology = Topology(convolutions=(Convolution(filters=2),), dense=(8,))
    save_classifier(
        build_classifier(topology, (28, 28, 1), tuple("0123456789"), 6), other, 0.9, sha256_of(small_dataset)
    )
    same.write_bytes(classifier_file.read_bytes())
    refused = fooler("backwork", "--repeat", steered, "--classifier", other, "--out", tmp_path / "again")
    sha256 = read_record(steered).classifier_sha256
    assert refused.code == 2
    assert refused.err == (
        f"The run was made with another classifier, {classifier_file.name} (SHA-256 {sha256[:12]}…); "
        "repeat it with that one.\n"
    )
    assert not (tmp_path / "again").exists()
    assert fooler("backwork", "--repeat", steered, "--classifier", same, "--out", tmp_path / "again").code == 0
    check_same(tmp_path / "again", steered)
    assert tomllib.loads((tmp_path / "again" / "run.toml").read_text())["run"]["classifier"] == str(same)


def test_a_run_of_other_data_is_refused_and_one_that_tells_of_none_is_not(fooler, steered, tmp_path):
    record = read_record(steered)
    assert len(record.dataset_sha256) == 64
    dataclasses.replace(record, dataset_sha256="0" * 64).write(steered)
    refused = fooler("backwork", "--repeat", steered, "--out", tmp_path / "again")
    assert refused.code == 2
    assert refused.err == (
        f"The run was made with other data (small, {record.dataset_path}, SHA-256 000000000000…) than those in use "
        f"(SHA-256 {record.dataset_sha256[:12]}…); repeat it with those.\n"
    )
    assert not (tmp_path / "again").exists()
    dataclasses.replace(record, dataset_sha256="").write(steered)
    assert fooler("backwork", "--repeat", steered, "--out", tmp_path / "again").code == 0


def test_a_run_is_repeated_with_the_layers_that_it_recorded_though_others_are_proposed(fooler, small_dataset, tmp_path):
    convolutions = [keras.layers.Conv2D(3, 5, 2, activation="relu"), keras.layers.Conv2D(10, 1)]
    path = tmp_path / "net.keras"
    keras.Sequential(
        [keras.Input((28, 28, 1)), *convolutions, keras.layers.GlobalAveragePooling2D(), keras.layers.Softmax()]
    ).save(path)
    lab, once, descent = Lab(small_dataset), tmp_path / "run", DescentSettings(max_steps=3)
    assert list(lab.perform(OpenClassifier(path=str(path)), RunControl()))[-1].classifier.recorded_layers == (
        "inputs",
        "conv0",
    )
    layers = ("inputs", "conv0", "conv1")
    list(lab.perform(OpenClassifier(path=str(path), recorded_layers=layers), RunControl()))
    spec = RunSpec(
        classifier=str(path), labels=(3,), slots=2, descent=descent, coefficients=article_coefficients(layers)
    )
    control = RunControl.for_descent(spec.coefficients, descent)
    list(lab.perform(Backwork(spec=spec, folder=str(once)), control))
    outcome = fooler("backwork", "--repeat", once, "--out", tmp_path / "again")
    assert (outcome.code, outcome.out.splitlines()[-1]) == (0, "The images are identical to the last bit.")
    check_same(tmp_path / "again", once)


def test_a_run_whose_classifier_is_gone_says_so(fooler, small_dataset, classifier_file, tmp_path):
    gone = tmp_path / "gone.keras"
    gone.write_bytes(classifier_file.read_bytes())
    folder = make_steered_run(small_dataset, gone, tmp_path / "run", stop_at=0)
    gone.unlink()
    outcome = fooler("backwork", "--repeat", folder, "--out", tmp_path / "again")
    assert outcome.code == 2
    assert f"there is no {gone}" in outcome.err
    outcome = fooler("backwork", "--repeat", folder, "--classifier", classifier_file, "--out", tmp_path / "again")
    assert outcome.code == 0
