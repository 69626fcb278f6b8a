from __future__ import annotations

import json
import tomllib
from typing import Any

import pytest
import tomli_w

from fooler_gui.core.further_classifier import FurtherClassifier
from fooler_gui.core.run_spec import AVERAGES, RunSpec
from fooler_gui.core.settings import (
    METHODS,
    CostCoefficients,
    DescentSettings,
    SettingError,
    article_coefficients,
)

LAYERS = ("inputs", "conv0", "fc")


def spec(**changes: Any) -> RunSpec:
    return RunSpec(**{"classifier": "a.keras", "labels": (3,), "coefficients": article_coefficients(LAYERS)} | changes)


RICH = {
    "classifier": "/Häuser/ä b.keras",
    "labels": (7, 0, 3),
    "slots": 12,
    "start": AVERAGES,
    "rng_seed": 2**31 - 1,
    "reference_memory": 0.25,
    "descent": DescentSettings(learning_rate=1e-3, keep_refining=True, tolerance=0.1),
    "method": METHODS["2016"],
    "coefficients": CostCoefficients(layer_cost_coeffs={"inputs": 0, "conv0": 1e-7, "fc": 1 / 3}),
    "further": (
        FurtherClassifier(classifier="/Häuser/c d.keras", weight=1 / 3, sha256="ab" * 32),
        FurtherClassifier(classifier="e.h5"),
    ),
}


@pytest.mark.parametrize("changes", [{}, RICH], ids=["defaults", "rich"])
def test_a_specification_goes_through_toml_and_json_and_comes_back_equal(changes: dict[str, Any]) -> None:
    written = spec(**changes)
    assert RunSpec.from_dict(tomllib.loads(tomli_w.dumps(written.to_dict())), LAYERS) == written
    assert RunSpec.from_dict(json.loads(json.dumps(written.to_dict())), LAYERS) == written


def test_parts_left_out_take_their_defaults() -> None:
    assert RunSpec.from_dict({"classifier": "a.keras", "labels": [3]}, LAYERS) == spec()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"labels": ()}, r"labels must name at least one class; received none\."),
        ({"labels": (1, 1)}, r"labels must not name a class twice; received \[1, 1\]\."),
        ({"labels": (-1,)}, r"a label must be a whole number of at least 0; received -1\."),
        ({"labels": (1.0,)}, r"a label must be a whole number of at least 0; received 1\.0\."),
        ({"labels": (True,)}, r"a label must be a whole number of at least 0; received True\."),
        ({"labels": ("3",)}, r"a label must be a whole number of at least 0; received '3'\."),
        ({"slots": 0}, r"slots must be a whole number from 1 to 1024; received 0\."),
        ({"slots": 1025}, r"slots must be a whole number from 1 to 1024; received 1025\."),
        ({"rng_seed": -1}, r"rng_seed must be a whole number from 0 to 2147483647; received -1\."),
        ({"start": 5}, r"start must be a text; received 5\."),
        ({"classifier": None}, r"classifier must be a text; received None\."),
        (
            {"further": (FurtherClassifier(classifier="a.keras"),)},
            r"An ensemble must not name a classifier twice; received a\.keras more than once\.",
        ),
    ],
)
def test_specifications_that_cannot_be_run_are_refused_with_a_sentence(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(SettingError, match=sentence):
        spec(**changes)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"classifier": None}, "classifier must be a text"),
        ({"labels": 3}, "A run needs a classifier and a list of labels"),
        ({"labels": None}, "A run needs a classifier and a list of labels"),
        ({"speed": 3}, r"'speed' is not a setting of a run; known are slots, start, rng_seed, reference_memory\."),
        ({"descent": 5}, "must be a table"),
        ({"descent": {"speed": 5}}, "'speed' is not a setting here"),
        ({"method": "2016"}, "must be a table"),
        ({"coefficients": [1]}, "must be a table"),
        ({"coefficients": {"layer_cost_coeffs": {"conv9": 1}}}, "records no layer 'conv9'"),
        ({"slots": "8"}, "slots must be a whole number"),
        ({"further": "b.keras"}, "The further classifiers of a run must be a list"),
        ({"further": ["b.keras"]}, "A further classifier must have classifier, weight and sha256; received 'b.keras'"),
        (
            {"further": [{"classifier": "b.keras", "weight": 0, "sha256": ""}]},
            r"weight must be a number from 0\.01 to 100; received 0\.",
        ),
        (
            {"further": [{"classifier": 5, "weight": 1.0, "sha256": ""}]},
            r"classifier of a further classifier must be a text; received 5\.",
        ),
    ],
)
def test_tables_that_are_no_specification_are_refused_with_a_sentence(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(SettingError, match=sentence):
        RunSpec.from_dict(spec().to_dict() | changes, LAYERS)


def test_a_run_of_a_single_net_has_no_table_of_further_ones() -> None:
    assert "further" not in spec().to_dict()


def test_an_ensemble_names_its_classifiers_in_order() -> None:
    assert spec(further=RICH["further"]).classifiers == ("a.keras", "/Häuser/c d.keras", "e.h5")


@pytest.mark.parametrize("missing", ["classifier", "labels"])
def test_a_specification_without_a_needed_part_is_refused(missing: str) -> None:
    data = spec().to_dict()
    del data[missing]
    with pytest.raises(SettingError, match="A run needs a classifier and a list of labels"):
        RunSpec.from_dict(data, LAYERS)


def test_reading_does_not_change_the_table() -> None:
    data = spec().to_dict()
    before = json.dumps(data)
    RunSpec.from_dict(data, LAYERS)
    assert json.dumps(data) == before
