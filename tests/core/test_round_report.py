from __future__ import annotations

import dataclasses
import json

import pytest
from fake_engine import info
from round_samples import make_report

from fooler_gui.core.image_kinds import HELD_OUT, kinds_for
from fooler_gui.core.round_report import ReportError, RoundReport, matrix
from fooler_gui.core.rounds_spec import RoundsSettings, RoundsSpec, default_rounds
from fooler_gui.core.settings import CostCoefficients, SettingError

LAYERS = ("inputs", "conv0")


def test_a_report_survives_json() -> None:
    for report in (make_report(0), make_report(2, suspicious=True, control=True)):
        assert RoundReport.from_dict(json.loads(json.dumps(report.to_dict()))) == report


def test_a_report_of_before_there_were_guarantees_still_opens() -> None:
    data = make_report(1).to_dict()
    del data["certified"]
    assert RoundReport.from_dict(data) == make_report(1)
    sure = dataclasses.replace(make_report(1), certified=0.55)
    assert RoundReport.from_dict(json.loads(json.dumps(sure.to_dict()))) == sure


def test_a_report_with_a_wrong_entry_is_refused() -> None:
    data = make_report(1).to_dict()
    for name, value in (
        ("number", True),
        ("test_accuracy", "much"),
        ("scores", [None]),
        ("certified", "far"),
        ("fresh", [{}]),
    ):
        with pytest.raises(ReportError, match="must be one that this program wrote"):
            RoundReport.from_dict(data | {name: value})


def test_the_matrix_has_a_row_for_each_round_and_a_column_for_each_classifier() -> None:
    reports = tuple(make_report(number) for number in range(4))
    rows = matrix(reports)
    assert [len(row) for row in rows] == [4, 4, 4]
    assert rows[0] == (*reports[1].former_scores, reports[1].scores[0], reports[2].scores[0], reports[3].scores[0])
    assert rows[2] == (*reports[3].former_scores, reports[3].scores[2])
    assert matrix(reports[:1]) == ()


def test_masking_is_suspected_when_any_check_says_so() -> None:
    assert make_report(1, suspicious=True).masking_suspected
    assert not make_report(1).masking_suspected


def test_a_specification_survives_a_dict() -> None:
    spec = dataclasses.replace(default_rounds("first.keras", LAYERS, policy="noise", rounds=3), starts=("black",))
    assert RoundsSpec.from_dict(json.loads(json.dumps(spec.to_dict())), LAYERS) == spec


@pytest.mark.parametrize("starts", [(), ("uniform", "uniform"), (*kinds_for(HELD_OUT),), ("fog",), (["uniform"],)])
def test_starts_that_cannot_be_trained_on_are_refused(starts: tuple[str, ...]) -> None:
    with pytest.raises(SettingError, match="starts must be one or more of uniform"):
        dataclasses.replace(default_rounds("first.keras", LAYERS), starts=starts)


def test_only_layers_whose_penalties_count_are_named() -> None:
    spec = default_rounds("first.keras", LAYERS)
    assert (spec.penalised_layers, spec.has_penalties) == ((), False)
    coefficients = CostCoefficients(layer_cost_coeffs={"inputs": 0.0, "conv0": 0.1})
    spec = dataclasses.replace(spec, coefficients=coefficients)
    assert (spec.penalised_layers, spec.has_penalties) == (("conv0",), True)
    off = coefficients.with_terms(reference=0.0, batch=0.0)
    assert not dataclasses.replace(spec, coefficients=off).has_penalties


def test_the_control_differs_in_nothing_but_the_policy() -> None:
    settings = RoundsSettings(rounds=4, noise=7)
    assert settings.as_control() == dataclasses.replace(settings, policy="control")


def test_a_class_for_nothing_is_no_label() -> None:
    classifier = info("first")
    assert classifier.label_names == ("0", "1", "2")
    names = ("0", "1", "2", "none")
    assert dataclasses.replace(classifier, class_names=names, has_none_class=True).label_names == ("0", "1", "2")


def test_a_class_that_is_called_none_is_one_as_any() -> None:
    names = ("some", "many", "none")
    assert dataclasses.replace(info("first"), class_names=names).label_names == names
