from __future__ import annotations

import dataclasses

import pytest
from fake_engine import DATASET, info

from fooler_gui.cli.cell import check_cell
from fooler_gui.core.coefficient_presets import DESCENT_OF_PRESETS, NGUYEN, RECOGNISABLE
from fooler_gui.core.errors import LabError
from fooler_gui.core.further_classifier import FurtherClassifier
from fooler_gui.core.rounds_spec import RoundsSettings
from fooler_gui.core.run_setup import RunSetup
from fooler_gui.core.settings import METHODS, DescentSettings, MethodSettings, TrainingSettings, article_coefficients
from fooler_gui.core.topology import Convolution, Dense, Topology
from fooler_gui.resources import bundled_classifier, resource
from fooler_gui.sweeps.job_setup import BUILT_JOBS, JobSetup, backwork_setup, rounds_setup, train_setup
from fooler_gui.sweeps.sweep_spec import SweepSpec

CLASSIFIER = info("net")
DATA = dataclasses.replace(DATASET, path="tiny.npz")
SETUP = RunSetup(labels=(1, 2), coefficients=article_coefficients(CLASSIFIER.recorded_layers))


def of_jobs() -> dict[str, JobSetup]:
    topology = Topology(convolutions=(Convolution(), Convolution(dropout=0.25)), dense=(Dense(units=64),))
    return {
        "backwork": backwork_setup(SETUP, CLASSIFIER, DATA),
        "train": train_setup(topology, TrainingSettings(steps=10), DATA),
        "rounds": rounds_setup(RoundsSettings(rounds=2), CLASSIFIER, DATA),
    }


@pytest.mark.parametrize("job", BUILT_JOBS)
def test_the_command_takes_what_is_on_screen_and_every_value_that_is_proposed(job: str) -> None:
    made = of_jobs()[job]
    check_cell(job, made.options)
    assert made.offered
    for name, offered in made.offered.items():
        assert offered.checked(offered.proposed) == offered.proposed
        for value in offered.proposed:
            check_cell(job, {**made.options, name: value})


@pytest.mark.parametrize("preset", [RECOGNISABLE, NGUYEN])
def test_every_descent_becomes_options(preset: str) -> None:
    descent = DescentSettings(**DESCENT_OF_PRESETS[preset], keep_refining=True)
    made = backwork_setup(dataclasses.replace(SETUP, descent=descent), CLASSIFIER, DATA)
    check_cell("backwork", made.options)
    assert made.options["max_steps"] == descent.max_steps
    assert "keep_refining" not in made.options
    assert "keep_refining" not in made.offered


def test_a_unit_is_an_option_only_while_it_is_the_objective() -> None:
    unit = DescentSettings(objective="unit", unit="conv0:1", unit_done=2.0)
    made = backwork_setup(dataclasses.replace(SETUP, descent=unit), CLASSIFIER, DATA)
    assert (made.options["unit"], made.options["unit_done"]) == ("conv0:1", 2.0)
    other = dataclasses.replace(unit, objective="margin")
    assert "unit" not in backwork_setup(dataclasses.replace(SETUP, descent=other), CLASSIFIER, DATA).options


def test_what_comes_with_the_program_is_not_named_so_that_the_file_fits_another_machine() -> None:
    own = dataclasses.replace(CLASSIFIER, path=str(bundled_classifier()))
    data = dataclasses.replace(DATA, path=str(resource("mnist.npz")))
    options = backwork_setup(SETUP, own, data).options
    assert not {"classifier", "data"} & options.keys()
    named = backwork_setup(SETUP, dataclasses.replace(CLASSIFIER, asked_layers=("conv0",)), DATA).options
    assert (named["classifier"], named["data"], named["layers"]) == ("net.keras", "tiny.npz", "conv0")


def test_proposed_values_lie_around_the_present_one() -> None:
    setup = dataclasses.replace(SETUP, rng_seed=3, slots=8, descent=DescentSettings(min_probability=0.99, max_steps=1))
    proposed = {name: each.proposed for name, each in backwork_setup(setup, CLASSIFIER, DATA).offered.items()}
    assert proposed["rng_seed"] == (3, 4, 5, 6, 7)
    assert proposed["slots"] == (4, 8, 16)
    assert proposed["min_probability"] == (0.9, 0.99, 0.999)
    assert proposed["layer_cost_coeff_fc"] == (0.0, 0.005, 0.01, 0.02)
    assert proposed["max_steps"] == (1, 2)
    assert proposed["budget_linf"] == (0, 0.1)
    assert proposed["objective"] == DescentSettings.info("objective").choices
    assert proposed["labels"] == (0, 1, 2)
    assert proposed["preset"] == tuple(METHODS)
    assert proposed["start"][0] == "noise"


@pytest.mark.parametrize(
    ("name", "values", "refusal"),
    [
        ("slots", (0, 4), "Slots per label must be a whole number from 1 to 1024; received 0"),
        ("slots", (2.5,), "Slots per label must be a whole number"),
        ("objective", ("margin", "luck"), "Objective must be one of .*; received luck"),
        ("learning_rate", ("fast",), "Learning rate must be a number"),
    ],
)
def test_values_that_an_option_cannot_have_are_refused(name: str, values: tuple[object, ...], refusal: str) -> None:
    with pytest.raises(LabError, match=refusal):
        of_jobs()["backwork"].offered[name].checked(values)


def test_a_truth_value_cannot_be_a_number() -> None:
    with pytest.raises(LabError, match="Train a control too must be true or false; received 1"):
        of_jobs()["rounds"].offered["control"].checked((1,))


def test_a_choice_that_looks_like_a_number_is_a_text() -> None:
    assert of_jobs()["backwork"].offered["preset"].checked(("article", 2016)) == ("article", "2016")


def test_what_cells_cannot_do_is_told() -> None:
    def why_not(**changes: object) -> str:
        return backwork_setup(dataclasses.replace(SETUP, **changes), CLASSIFIER, DATA).why_not

    assert why_not() == ""
    assert "choose one of them" in why_not(method=MethodSettings(self_pairs=True))
    assert "from a file; open one" in backwork_setup(SETUP, CLASSIFIER, DATASET).why_not


def test_further_classifiers_and_their_weights_are_named_after_the_first_one() -> None:
    setup = dataclasses.replace(SETUP, further=(FurtherClassifier(classifier="b.keras", weight=0.5),))
    made = backwork_setup(setup, CLASSIFIER, DATA)
    assert made.options["classifier"] == ["net.keras", "b.keras=0.5"]
    check_cell("backwork", made.options)


def test_the_same_options_make_the_same_sweep_as_a_file() -> None:
    made = of_jobs()["backwork"]
    fixed = {name: value for name, value in made.options.items() if name != "rng_seed"}
    spec = SweepSpec(job=made.job, fixed=fixed, vary={"rng_seed": (0, 1)}, draw={})
    assert [cell.options["rng_seed"] for cell in spec.cells()] == [0, 1]
