from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from fooler_gui.core.strong_attack import NONE_SURE
from fooler_gui.engine.descent import fresh_attack
from fooler_gui.engine.lab import Lab
from fooler_gui.engine.mending import honesty
from fooler_gui.engine.nets.classifier_file import load_classifier

LITTLE = (
    "--images-per-label", 1, "--steps-per-round", 2, "--stages", 1, "--digits", 16, "--noise", 3, "--blanks", 1,
    "--batch-size", 10,
)  # fmt: skip


@pytest.fixture(autouse=True)
def _little_evaluation(monkeypatch):
    monkeypatch.setattr(fresh_attack, "WITHIN", (1, 2, 3))
    monkeypatch.setattr(honesty, "STEPS", 2)


@pytest.fixture
def rounds(fooler, classifier_file, tmp_path):
    def run(*more, folder="rounds"):
        return fooler("rounds", "--classifier", classifier_file, "--out", tmp_path / folder, *LITTLE, *more)

    return run


def test_rounds_are_told_and_left_in_the_folder(rounds, tmp_path):
    outcome = rounds("--rounds", 1, "--control", "--json")
    assert (outcome.code, outcome.err) == (0, "")
    facts = json.loads(outcome.out)
    assert [entry["number"] for entry in facts["rounds"]] == [0, 1]
    assert facts["classifiers"][1] == str(tmp_path / "rounds" / "round-01" / "classifier.keras")
    assert [len(row) for row in facts["matrix"]] == [2]
    last = facts["rounds"][1]
    assert (facts["test_accuracy"], facts["control_accuracy"]) == (last["test_accuracy"], last["control_accuracy"])
    assert facts["fooled_within_3"] == last["fresh"][0]["sure"][2]
    assert facts["worst_other_within_2"] == max(share["sure"][-1] for share in last["fresh"][1:])
    assert facts["rounds_done"] == 1
    assert "certified" not in facts
    for entry in facts["rounds"]:
        assert entry["certified"] is None
        assert 0 <= entry["test_accuracy"] <= 1
        assert 0 <= entry["control_accuracy"] <= 1
        assert next(fresh["kind"] for fresh in entry["fresh"]) == "uniform"
        assert isinstance(entry["masking_suspected"], bool)


def test_a_preset_sets_what_is_not_given(rounds):
    outcome = rounds("--preset", "nguyen", "--rounds", 1, "--json")
    assert outcome.code == 0
    facts = json.loads(outcome.out)
    assert facts["preset"] == ""  # as fewer images were asked for
    net, _ = load_classifier(Path(facts["classifiers"][1]))
    assert net.class_names[-1] == "none"
    assert [entry["pool"] for entry in facts["rounds"]] == [0, 10]


def test_rounds_with_a_guarantee_tell_what_is_certified(rounds):
    facts = json.loads(rounds("--policy", "guarantee", "--rounds", 1, "--json").out)
    before, after = facts["rounds"]
    assert before["certified"] is None
    assert 0 < after["certified"] == facts["certified"] < 1
    lines = rounds("--policy", "guarantee", "--rounds", 1).out.splitlines()
    column = lines[0].split("  ")
    assert any(part.strip() == "certified" for part in column)
    assert f"{100 * after['certified']:.0f} %" in lines[2]
    assert any(line.startswith("Certified: the part of the way") for line in lines)


def test_the_same_command_with_more_rounds_goes_on(rounds):
    assert rounds("--rounds", 1).code == 0
    outcome = rounds("--rounds", 2)
    assert outcome.code == 0
    assert re.fullmatch(r"This takes (about [\d.]+ \w+|a few seconds)\.\n", outcome.err)
    lines = outcome.out.splitlines()
    assert [line.split()[0] for line in lines[:4]] == ["round", "before", "1", "2"]


def test_a_stop_leaves_the_finished_rounds_and_says_how_to_go_on(rounds, monkeypatch):
    perform = Lab.perform

    def stopped_after_the_first_report(self, job, control):
        for message in perform(self, job, control):
            if type(message).__name__ == "RoundFinished":
                control.stop()
            yield message

    monkeypatch.setattr(Lab, "perform", stopped_after_the_first_report)
    outcome = rounds("--rounds", 1)
    assert outcome.code == 130
    assert outcome.err == "Stopped after round 0; the same command continues from there.\n"
    monkeypatch.undo()


def test_other_settings_in_the_same_folder_are_refused(rounds):
    assert rounds("--rounds", 1).code == 0
    outcome = rounds("--rounds", 1, "--policy", "noise")
    assert outcome.code == 2
    assert "give another folder" in outcome.err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--policy", "mercy"), "mercy"),
        (("--starts", "gaussian"), "gaussian"),
        (("--starts", "black", "black"), "none twice"),
        (("--rounds", "0"), "--rounds must be a whole number from 1 to 1000; received 0"),
    ],
)
def test_bad_options_get_a_sentence(rounds, arguments, sentence):
    outcome = rounds(*arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert sentence in outcome.err
    assert outcome.err.count("\n") == 1


def test_a_folder_with_something_else_is_refused(rounds, tmp_path):
    (tmp_path / "rounds").mkdir()
    (tmp_path / "rounds" / "thesis.txt").write_text("precious")
    outcome = rounds()
    assert outcome.code == 2
    assert "holds something else" in outcome.err
    assert (tmp_path / "rounds" / "thesis.txt").read_text() == "precious"


def test_the_strongest_attack_is_made_beside_the_plain_checks(fooler, classifier_file, monkeypatch, tmp_path):
    monkeypatch.setattr("fooler_gui.engine.strong.plan.PLAIN_STEPS", 3)
    gallery = tmp_path / "sure.png"
    few = ("--images-a-kind", "2", "--steps", "2", "--targets", "1", "--adam-steps", "2", "--queries", "2")
    command = ("honesty", "--classifier", classifier_file, "--strongest", *few, "--starts", "uniform", "mixed 50")
    outcome = fooler(*command, "--gallery", gallery, "--json")
    assert (outcome.code, outcome.err) == (
        0,
        "Images are driven towards 2 of 10 classes, drawn with the random seed.\n",
    )
    facts = json.loads(outcome.out)
    assert facts["checks"][-1]["name"] == "strongest attack"
    assert [kind["kind"] for kind in facts["strongest"]["kinds"]] == ["uniform", "mixed 50"]
    assert facts["strongest"]["settings"]["queries"] == 2
    assert bool(facts["files"]) == gallery.exists() == bool(facts["strongest"]["images"])
    lines = fooler(*command, "--gallery", gallery, "--overwrite").out.splitlines()
    assert lines[-1] == (f"Wrote {gallery}" if facts["files"] else NONE_SURE)
    assert any(line.startswith("uniform") for line in lines)
    assert any(line.startswith("random search") for line in lines)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--queries", "3"), "--queries does not go with the plain checks alone; add --strongest."),
        (("--starts", "sparse"), "--starts does not go with the plain checks alone; add --strongest."),
        (("--gallery", "sure.png"), "--gallery does not go with the plain checks alone; add --strongest."),
        (("--strongest", "--gallery", "sure.jpg"), ".png"),
        (("--strongest", "--starts", "foam"), "'foam'"),
    ],
)
def test_bad_options_of_the_strongest_attack_get_a_sentence(fooler, classifier_file, arguments, sentence):
    outcome = fooler("honesty", "--classifier", classifier_file, *arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert sentence in outcome.err


def test_honesty_is_checked_on_demand(fooler, classifier_file):
    outcome = fooler("honesty", "--classifier", classifier_file, "--former", classifier_file, "--json")
    assert (outcome.code, outcome.err) == (0, "")
    facts = json.loads(outcome.out)
    names = ["gradients", "restarts", "other starts", "margin", "other steps", "blind search", "transfer"]
    assert [check["name"] for check in facts["checks"]] == names
    assert isinstance(facts["masking_suspected"], bool)
    lines = fooler("honesty", "--classifier", classifier_file).out.splitlines()
    assert lines[0].startswith("tiny: ")
    assert "transfer" not in lines
