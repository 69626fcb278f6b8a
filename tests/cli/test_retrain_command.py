from __future__ import annotations

import json

import keras

from fooler_gui.engine.lab import Lab

FOOLEDNESS = {
    "test_accuracy",
    "found_mean_confidence",
    "noise_mean_confidence",
    "fresh_fooled_share",
    "found_certified",
}


def test_retraining_writes_a_classifier_and_compares(fooler, classifier_file, run_folder, tmp_path):
    path = tmp_path / "retrained.keras"
    before = classifier_file.read_bytes()
    outcome = fooler(
        "retrain", "--run", run_folder, "--classifier", classifier_file, "--out", path, "--steps", 2, "--noise", 3,
        "--blanks", 2, "--from-start", "--json",
    )  # fmt: skip
    facts = json.loads(outcome.out)
    assert (outcome.code, outcome.err) == (0, "")
    assert facts["before"].keys() == facts["after"].keys() == FOOLEDNESS
    assert (facts["file"], facts["found_images"], facts["steps"]) == (str(path), 4, 2)
    assert keras.saving.load_model(path, compile=False).count_params() > 0
    assert classifier_file.read_bytes() == before


def test_a_retrained_classifier_can_have_a_guarantee(fooler, classifier_file, run_folder, tmp_path):
    arguments = ("retrain", "--run", run_folder, "--classifier", classifier_file, "--steps", 2, "--guarantee")
    facts = json.loads(fooler(*arguments, "--out", tmp_path / "sure.keras", "--json").out)
    assert facts["before"]["found_certified"] is None
    assert facts["after"]["found_certified"] >= 0
    lines = fooler(*arguments, "--out", tmp_path / "again.keras").out.splitlines()
    (row,) = (line for line in lines if line.startswith("Certified radius of the found images"))
    assert row.split()[-2:] == ["–", f"{facts['after']['found_certified']:.2f}"]


def test_a_stop_before_the_training_writes_nothing(fooler, classifier_file, run_folder, tmp_path, monkeypatch):
    perform = Lab.perform

    def stopped_at_the_first_message(self, job, control):
        for message in perform(self, job, control):
            control.stop()
            yield message

    monkeypatch.setattr(Lab, "perform", stopped_at_the_first_message)
    outcome = fooler("retrain", "--run", run_folder, "--classifier", classifier_file, "--out", tmp_path / "r.keras")
    assert (outcome.code, outcome.out) == (130, "")
    assert "nothing was written" in outcome.err
    assert list(tmp_path.iterdir()) == []


def test_runs_that_found_nothing_are_refused(fooler, classifier_file, tmp_path):
    folder = tmp_path / "run"
    assert fooler(
        "backwork", "--label", 1, "--classifier", classifier_file, "--min-probability", 1, "--slots", 1,
        "--max-steps", 1, "--out", folder,
    ).code == 0  # fmt: skip
    outcome = fooler("retrain", "--run", folder, "--classifier", classifier_file, "--out", tmp_path / "r.keras")
    assert outcome.code == 2
    assert "found" in outcome.err
    assert not (tmp_path / "r.keras").exists()
