from __future__ import annotations

import json
import math

import pytest

from benchmarks.row import Quantity, Row, Target, judged, not_installed


def test_a_row_comes_back_from_json_as_it_was() -> None:
    row = judged(
        Target.at_most(1.3),
        1.25,
        name="step-net",
        work="a step",
        comparison="net alone",
        ours=Quantity(12.5, "ms"),
        theirs=Quantity(10.0, "ms"),
        note="By turns.",
        samples={"ours": {"median": 0.0125, "repetitions": 3}},
        table=(("slots", "ms"), (8, 12.5)),
    )
    assert Row.from_dict(json.loads(json.dumps(row.to_dict(), allow_nan=False))) == row
    assert row.to_dict()["verdict"] == "met"


@pytest.mark.parametrize(
    ("target", "ratio", "verdict"),
    [
        (Target.at_least(300), 300.0, "met"),
        (Target.at_least(300), 299.9, "missed"),
        (Target.at_most(1.3), 1.3, "met"),
        (Target.at_most(1.3), 1.31, "missed"),
        (Target.at_most(1.3), math.nan, "missed"),
    ],
)
def test_a_ratio_is_held_against_its_target(target: Target, ratio: float, verdict: str) -> None:
    assert judged(target, ratio, name="n", work="w").verdict == verdict


def test_targets_say_what_they_are() -> None:
    assert (Target.at_least(300).words, Target.at_most(1.3).words) == ("≥ 300 ×", "≤ 1.3 ×")


def test_a_missing_package_is_no_missed_target() -> None:
    row = not_installed("torch", Target.at_least(1.0), name="training-torch", work="training")
    assert (row.verdict, row.met, row.ours) == ("not installed", None, None)
    assert "torch" in row.note


def test_a_row_without_a_target_is_reported() -> None:
    assert Row(name="growth", work="w", ours=Quantity(1.0, "ms")).verdict == "reported"
