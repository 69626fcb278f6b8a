"""Tests of coefficients given as a preset, those that a classifier begins with, and the layers that it records."""

from __future__ import annotations

import json
from pathlib import Path

import keras
import pytest
from keras import layers

from fooler_gui.core.coefficient_presets import SCALED_SENTENCE
from fooler_gui.core.jobs import PerformRounds
from fooler_gui.core.settings import CostCoefficients, article_coefficients, no_penalties
from fooler_gui.engine.lab import Lab
from fooler_gui.records.run_folder import read_record

LAYERS = ("inputs", "conv0", "fc")


@pytest.fixture(scope="session")
def for_bytes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A net for pixels from 0 to 255, whose activations are small and whose input is scaled inside."""
    keras.utils.set_random_seed(1)
    parts = [layers.Rescaling(1 / 255), layers.Conv2D(2, 3, strides=2, activation="relu"), layers.Flatten()]
    path = tmp_path_factory.mktemp("foreign") / "foreign.keras"
    keras.Sequential([keras.Input((28, 28, 1)), *parts, layers.Dense(10)]).save(path)
    return path


def backworked(fooler, folder: Path, *options: object) -> tuple[CostCoefficients, str]:
    """Returns the coefficients of a run of one step, and what was told."""
    done = fooler("backwork", "--label", 3, "--slots", 2, "--max-steps", 1, "--out", folder, *options)
    assert done.code == 0, done.err
    return read_record(folder).spec.coefficients, done.err


def test_a_net_as_the_articles_begins_with_the_articles_coefficients(fooler, classifier_file, tmp_path):
    given, told = backworked(fooler, tmp_path / "run", "--classifier", classifier_file)
    assert given == article_coefficients(LAYERS)
    assert SCALED_SENTENCE not in told


def test_another_net_begins_with_coefficients_scaled_to_it_which_is_told(fooler, for_bytes, tmp_path):
    begun, told = backworked(fooler, tmp_path / "run", "--classifier", for_bytes)
    scaled, untold = backworked(fooler, tmp_path / "again", "--classifier", for_bytes, "--coefficients", "scaled")
    assert told.count(SCALED_SENTENCE) == 1
    assert SCALED_SENTENCE not in untold
    assert begun == scaled
    assert begun.layer_cost_coeffs["conv0"] < 1e-2


def test_the_same_coefficients_drive_the_figure_and_weigh_the_costs(
    fooler, for_bytes, images_file, tmp_path, monkeypatch
):
    begun, _ = backworked(fooler, tmp_path / "run", "--classifier", for_bytes)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    size = ("--slots", 1, "--max-steps", 1)
    done = fooler("figure", "fooling", "--classifier", for_bytes, *size, "--out", tmp_path / "f.png")
    assert SCALED_SENTENCE in done.err
    (folder,) = (tmp_path / "data" / "fooler" / "runs").iterdir()
    assert read_record(folder).spec.coefficients == begun
    done = fooler("costs", "--label", 3, "--images", images_file, "--classifier", for_bytes, "--json")
    (conv0,) = [layer for layer in json.loads(done.out)["layers"] if layer["name"] == "conv0"]
    expected = begun.layer_cost_coeffs["conv0"] * 0.5 * conv0["reference_cost"]
    assert conv0["weighted_reference_cost"] == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("article", article_coefficients(("inputs", "conv0"))), ("no-penalties", no_penalties(("inputs", "conv0")))],
)
def test_a_preset_is_chosen_by_its_name(name, expected, fooler, for_bytes, tmp_path):
    given, told = backworked(fooler, tmp_path / "run", "--classifier", for_bytes, "--coefficients", name)
    assert given == expected
    assert SCALED_SENTENCE not in told


def test_a_net_as_the_articles_is_scaled_when_asked(fooler, classifier_file, tmp_path):
    given, _ = backworked(fooler, tmp_path / "run", "--classifier", classifier_file, "--coefficients", "scaled")
    assert tuple(given.layer_cost_coeffs) == LAYERS
    assert given != article_coefficients(LAYERS)


def test_what_is_neither_a_preset_nor_a_file_is_refused(fooler, classifier_file, tmp_path):
    options = ("--label", 3, "--classifier", classifier_file, "--out", tmp_path)
    done = fooler("backwork", *options, "--coefficients", "scale")
    assert done.code == 2
    assert done.err == (
        "--coefficients must be article, scaled, no-penalties, strong-diversity, strong, recognisable, static, nguyen, "
        "or a file written in TOML; there is no scale.\n"
    )


def test_chosen_layers_are_recorded_and_a_repetition_records_them_too(fooler, classifier_file, tmp_path):
    given, _ = backworked(fooler, tmp_path / "run", "--classifier", classifier_file, "--layers", "conv0,flatten")
    assert given == article_coefficients(("inputs", "conv0", "flatten"))
    again = fooler("backwork", "--repeat", tmp_path / "run", "--out", tmp_path / "again", "--json")
    assert json.loads(again.out)["differs_from"] is None
    assert read_record(tmp_path / "again").spec.coefficients == given


def test_describe_tells_of_the_layers_that_are_chosen(fooler, classifier_file):
    done = fooler("describe", classifier_file, "--layers", "fc", "--json")
    assert [layer["name"] for layer in json.loads(done.out)["recorded_layers"]] == ["inputs", "fc"]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (
            "conv7",
            "The recorded layers must be some of conv0_filters, conv0, flatten, fc, fc_relu, logits, softmax; received "
            "conv7.",
        ),
        ("conv0,,fc", "--layers must be names of layers, separated by commas; received 'conv0,,fc'."),
    ],
)
def test_layers_that_are_not_there_are_refused(given, sentence, fooler, classifier_file):
    done = fooler("describe", classifier_file, "--layers", given)
    assert (done.code, done.err) == (2, f"{sentence}\n")


def test_a_figure_of_a_run_takes_no_layers(fooler, run_folder, tmp_path):
    done = fooler("figure", "fooling", "--run", run_folder, "--layers", "fc", "--out", tmp_path / "f.png")
    assert (done.code, done.err) == (2, "--layers does not go with --run, whose images are drawn as they are.\n")


def test_rounds_take_a_preset_and_have_no_penalties_without_one(fooler, for_bytes, tmp_path, monkeypatch):
    perform, asked = Lab.perform, []

    def without_rounds(self, job, control):
        if isinstance(job, PerformRounds):
            asked.append(job.spec.coefficients)
            return iter(())
        return perform(self, job, control)

    monkeypatch.setattr(Lab, "perform", without_rounds)
    fooler("rounds", "--classifier", for_bytes, "--out", tmp_path / "plain")
    fooler("rounds", "--classifier", for_bytes, "--out", tmp_path / "scaled", "--coefficients", "scaled")
    plain, scaled = asked
    assert plain == no_penalties(("inputs", "conv0"))
    assert 0.0 not in scaled.layer_cost_coeffs.values()
