from __future__ import annotations

import json
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from recorded_runs import recorded, saves_of

from fooler_gui.core.coefficient_presets import DESCENT_OF_PRESETS
from fooler_gui.core.save import Save
from fooler_gui.engine.descent import descent
from fooler_gui.engine.descent.label_batch import NonFiniteCost, evaluate
from fooler_gui.engine.lab import Lab
from fooler_gui.kept_starts import is_kept
from fooler_gui.resources import runs_folder

KEYS = {
    "labels", "steps", "seconds", "seconds_per_step", "min_probability", "mean_probability", "reinitialised",
    "stopped_by", "run",
}  # fmt: skip


@pytest.fixture
def backwork(fooler, classifier_file):
    def run(*arguments):
        return fooler("backwork", "--classifier", classifier_file, "--slots", 2, "--max-steps", 2, *arguments)

    return run


def test_a_run_without_a_folder_records_itself_in_the_users(backwork, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    outcome = backwork("--label", 3, "--label", 7, "--json")
    facts = json.loads(outcome.out)
    assert (outcome.code, outcome.err) == (0, "")
    assert facts.keys() >= KEYS
    assert (facts["labels"], facts["steps"], facts["stopped_by"]) == ([3, 7], 2, "max_steps")
    assert [entry["label"] for entry in facts["by_label"]] == [3, 7]
    assert facts["min_probability"] == min(entry["min_probability"] for entry in facts["by_label"])
    assert list(tmp_path.iterdir()) == []
    assert Path(facts["run"]).parent == runs_folder()
    assert recorded(Path(facts["run"]))["steps"].tolist() == [0, 1, 2]


def test_a_run_with_a_folder_leaves_settings_and_saves(backwork, tmp_path, classifier_file):
    folder = tmp_path / "new" / "run"
    outcome = backwork("--label", 3, "--rng-seed", 9, "--preset", "2016", "--learning-rate", 0.02, "--out", folder,
                       "--reference-memory", 0.5)  # fmt: skip
    assert outcome.code == 0
    assert str(folder) in outcome.out
    record = tomllib.loads((folder / "run.toml").read_text())
    assert record["run"]["rng_seed"] == 9
    assert record["run"]["reference_memory"] == 0.5
    assert record["references"]["used"] == record["references"]["available"] > 0
    assert record["run"]["descent"]["learning_rate"] == 0.02
    assert record["run"]["method"]["per_unit_minimum"]
    assert record["run"]["classifier"] == str(classifier_file)
    saves = recorded(folder)
    assert saves["images"].shape == (3, 1, 2, 28, 28, 1)
    assert saves["steps"].tolist() == [0, 1, 2]


def test_the_same_seed_gives_the_same_images_and_another_seed_others(backwork, tmp_path):
    images = {}
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        assert backwork("--label", 4, "--rng-seed", seed, "--out", tmp_path / name).code == 0
        saves = recorded(tmp_path / name)
        images[name] = saves["images"]
    np.testing.assert_array_equal(images["a"], images["b"])
    assert not np.array_equal(images["a"], images["c"])


def test_evolution_counts_the_images_of_a_population_beside_gradients(backwork):
    pytest.importorskip("ribs")
    evolution = ("--label", 3, "--optimiser", "evolution", "--population", 5)
    for encoding in ("direct", "cppn"):
        facts = json.loads(backwork(*evolution, "--encoding", encoding, "--json").out)
        assert (facts["steps"], facts["evaluations"]) == (2, 10)
    assert ", 10 evaluations of each population\n" in backwork(*evolution).out
    assert json.loads(backwork("--label", 3, "--json").out)["evaluations"] == 2


def test_evolution_without_its_library_is_refused_with_what_to_install(backwork, monkeypatch):
    monkeypatch.setitem(sys.modules, "ribs.archives", None)
    outcome = backwork("--label", 3, "--optimiser", "evolution")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.endswith(
        "Evolution needs the library pyribs, which is not installed; get it by: python -m pip install ribs\n"
    )


def test_all_labels_are_every_class_of_the_classifier(backwork):
    outcome = backwork("--label", "all", "--max-steps", 1, "--json")
    assert json.loads(outcome.out)["labels"] == list(range(10))


def test_a_file_of_start_images_sets_the_number_of_slots(fooler, classifier_file, images_file, tmp_path):
    folder = tmp_path / "run"
    outcome = fooler(
        "backwork", "--label", 1, "--classifier", classifier_file, "--start", images_file, "--max-steps", 1,
        "--out", folder,
    )  # fmt: skip
    assert outcome.code == 0
    with np.load(images_file) as given:
        np.testing.assert_array_equal(recorded(folder)["images"][0, 0, ..., 0], given["images"])


def test_test_images_of_a_class_start_a_run_which_is_recorded_and_can_be_repeated(
    fooler, backwork, small_dataset, tmp_path
):
    assert backwork("--label", 3, "--start", "digits:7", "--out", tmp_path / "run").code == 0
    record = tomllib.loads((tmp_path / "run" / "run.toml").read_text())
    assert record["run"]["start"] == "digits:7"
    images = recorded(tmp_path / "run")["images"]
    with np.load(small_dataset) as dataset:
        sevens = dataset["test_images"][dataset["test_labels"] == 7].reshape(-1, 28, 28)
    for image in images[0, 0, ..., 0]:
        assert (np.rint(image * 255) == sevens).all(axis=(1, 2)).any()
    repeated = fooler("backwork", "--repeat", tmp_path / "run", "--out", tmp_path / "again")
    assert repeated.code == 0, repeated.err
    np.testing.assert_array_equal(recorded(tmp_path / "again")["images"], images)


def test_pictures_start_a_run_one_in_each_slot_and_the_run_can_be_repeated(fooler, classifier_file, tmp_path):
    pixels = np.zeros((2, 28, 28), np.uint8)
    pixels[0, 9:19, 9:19], pixels[1, :, 14] = 255, 255
    for name, picture in zip(("box.png", "line.png"), pixels, strict=True):
        Image.fromarray(picture).save(tmp_path / name)
    Image.fromarray(255 - pixels[0]).save(tmp_path / "on white.png")
    files = [tmp_path / name for name in ("box.png", "line.png", "on white.png")]
    options = ("--classifier", classifier_file, "--max-steps", 1, "--label", 3)
    outcome = fooler("backwork", *options, "--start", *files, "--out", tmp_path / "run")
    assert (outcome.code, outcome.err) == (0, "on white.png was turned to light on dark, as in the dataset.\n")
    images = recorded(tmp_path / "run")["images"]
    np.testing.assert_array_equal(images[0, 0, ..., 0], pixels[[0, 1, 0]] / np.float32(255))
    start = Path(tomllib.loads((tmp_path / "run" / "run.toml").read_text())["run"]["start"])
    assert (start.name, is_kept(str(start))) == ("box and 2 more.npz", True)
    for file in (*files, start):
        file.unlink()
    assert fooler("backwork", "--repeat", tmp_path / "run", "--out", tmp_path / "again").code == 0
    np.testing.assert_array_equal(recorded(tmp_path / "again")["images"], images)


def test_a_unit_is_driven_until_its_activation_is_over_the_goal(fooler, backwork, tmp_path):
    unit = ("--objective", "unit", "--unit", "fc:5", "--unit-done", 1e-6, "--max-steps", 60)
    outcome = backwork("--label", 3, 7, *unit, "--out", tmp_path / "run", "--json")
    facts = json.loads(outcome.out)
    assert (outcome.code, facts["found"], facts["done"], facts["stopped_by"]) == (0, 0, 4, "activation")
    saves = saves_of(tmp_path / "run")
    assert saves[-1].activations is not None
    assert facts["min_activation"] == float(saves[-1].activations.min()) > 0
    assert facts["by_label"][1]["mean_activation"] == float(saves[-1].activations[1].mean())
    descent = tomllib.loads((tmp_path / "run" / "run.toml").read_text())["run"]["descent"]
    assert (descent["objective"], descent["unit"], descent["unit_done"]) == ("unit", "fc:5", 1e-6)
    told = backwork("--label", 3, *unit, "--out", tmp_path / "told").out
    assert told.splitlines()[0].split("  ")[0] == "label"
    assert "lowest activation" in told.splitlines()[0]
    assert fooler("backwork", "--repeat", tmp_path / "run", "--out", tmp_path / "again").code == 0


def test_single_terms_replace_the_coefficients_of_a_file_and_are_recorded(backwork, tmp_path):
    (tmp_path / "c.toml").write_text("batch_cost_coeff = 2.5\n[term_coeffs]\ncloseness = 7\n")
    folder = tmp_path / "run"
    terms = ("--term", "closeness=0.25", "--term", "total_variation=3", "reference=1.5")
    assert backwork("--label", 1, "--coefficients", tmp_path / "c.toml", *terms, "--out", folder).code == 0
    coefficients = tomllib.loads((folder / "run.toml").read_text())["run"]["coefficients"]
    assert (coefficients["batch_cost_coeff"], coefficients["reference_cost_coeff"]) == (2.5, 1.5)
    assert coefficients["term_coeffs"] == {"closeness": 0.25, "total_variation": 3.0}


def test_a_preset_brings_its_descent_and_options_come_first(backwork, tmp_path):
    recognisable = ("--coefficients", "recognisable", "--transformations", 1)
    assert backwork("--label", 1, *recognisable, "--out", tmp_path / "run").code == 0
    made = tomllib.loads((tmp_path / "run" / "run.toml").read_text())["run"]
    expected = {**DESCENT_OF_PRESETS["recognisable"], "transformations": 1, "max_steps": 2}
    assert {name: made["descent"][name] for name in expected} == expected
    assert set(made["coefficients"]["layer_cost_coeffs"].values()) == {0.0}
    assert made["coefficients"]["term_coeffs"]["total_variation"] > 0


def test_the_descent_of_a_coefficient_file_is_that_of_the_run(backwork, tmp_path):
    (tmp_path / "c.toml").write_text("batch_cost_coeff = 2.5\n[descent]\nblur_every = 1\nlearning_rate = 0.05\n")
    options = ("--coefficients", tmp_path / "c.toml", "--learning-rate", 0.02)
    assert backwork("--label", 1, *options, "--out", tmp_path / "run").code == 0
    descent = tomllib.loads((tmp_path / "run" / "run.toml").read_text())["run"]["descent"]
    assert (descent["blur_every"], descent["learning_rate"]) == (1, 0.02)


def test_coefficients_of_a_file_are_those_of_the_run(backwork, tmp_path):
    (tmp_path / "c.toml").write_text("batch_cost_coeff = 2.5\n[layer_cost_coeffs]\nfc = 0.25\n")
    folder = tmp_path / "run"
    assert backwork("--label", 1, "--coefficients", tmp_path / "c.toml", "--out", folder).code == 0
    coefficients = tomllib.loads((folder / "run.toml").read_text())["run"]["coefficients"]
    assert (coefficients["batch_cost_coeff"], coefficients["layer_cost_coeffs"]["fc"]) == (2.5, 0.25)
    assert coefficients["reference_cost_coeff"] == 0.5


def test_a_run_is_replaced_only_when_that_is_asked_for(backwork, tmp_path):
    folder = tmp_path / "run"
    assert backwork("--label", 1, "--out", folder).code == 0
    before = (folder / "run.toml").read_bytes(), (folder / "history.sqlite").read_bytes()
    refused = backwork("--label", 2, "--out", folder)
    assert refused.code == 2
    assert "--overwrite" in refused.err
    assert before == ((folder / "run.toml").read_bytes(), (folder / "history.sqlite").read_bytes())
    assert backwork("--label", 2, "--out", folder, "--overwrite").code == 0
    assert tomllib.loads((folder / "run.toml").read_text())["run"]["labels"] == [2]


def test_a_run_that_breaks_off_keeps_its_saves_and_says_so(backwork, tmp_path, monkeypatch):
    evaluated = []

    def broken_at_the_third(batches, *cost):
        evaluated.extend(batches)
        if len(evaluated) == 3:
            raise NonFiniteCost("The cost is no number.")
        return evaluate(batches, *cost)

    monkeypatch.setattr(descent, "evaluate", broken_at_the_third)
    folder = tmp_path / "run"
    outcome = backwork("--label", 1, "--out", folder)
    assert (outcome.code, outcome.err) == (1, "The cost is no number.\n")
    assert recorded(folder)["steps"].tolist() == [0, 1]
    result = tomllib.loads((folder / "run.toml").read_text())["result"]
    assert (result["steps"], result["stopped_by"]) == (1, ["fault"])


def test_a_run_that_is_refused_before_it_begins_leaves_no_folder(backwork):
    outcome = backwork("--label", 10)
    assert (outcome.code, outcome.err) == (
        2,
        "--label must be a class, by its name or its number from 0 to 9; received 10.\n",
    )
    assert list(runs_folder().iterdir()) == []


def test_a_run_that_is_interrupted_keeps_its_saves_and_can_be_recovered(backwork, tmp_path, monkeypatch):
    perform = Lab.perform

    def interrupted_after_the_second_save(self, job, control):
        for message in perform(self, job, control):
            yield message
            if isinstance(message, Save) and message.step == 1:
                raise KeyboardInterrupt

    monkeypatch.setattr(Lab, "perform", interrupted_after_the_second_save)
    folder = tmp_path / "run"
    outcome = backwork("--label", 1, "--out", folder)
    assert outcome.code == 130
    assert f"the run so far is in {folder}" in outcome.err
    assert recorded(folder)["steps"].tolist() == [0, 1]
    assert "result" not in tomllib.loads((folder / "run.toml").read_text())


def test_a_stop_ends_the_run_at_once_and_says_so(backwork, tmp_path, monkeypatch):
    perform = Lab.perform

    def stopped_at_the_second_save(self, job, control):
        for message in perform(self, job, control):
            yield message
            if isinstance(message, Save) and message.step == 1:
                control.stop()

    monkeypatch.setattr(Lab, "perform", stopped_at_the_second_save)
    outcome = backwork("--label", 1, "--max-steps", 50, "--out", tmp_path / "run", "--json")
    facts = json.loads(outcome.out)
    assert outcome.code == 130
    assert (facts["steps"], facts["stopped_by"]) == (1, "stopped")
    saves = recorded(tmp_path / "run")
    assert saves["steps"].tolist() == [0, 1, 1]  # the last one says that it was stopped
