from __future__ import annotations

import dataclasses
import json
import math
import re
import tomllib

import numpy as np
import pytest
import tomli_w

from fooler_gui.core.errors import LabError
from fooler_gui.core.evaluation_report import EvaluationSettings
from fooler_gui.core.figure_settings import FoolingFigureSettings
from fooler_gui.core.rounds_spec import RoundsSettings
from fooler_gui.core.settings import (
    METHODS,
    CostCoefficients,
    DescentSettings,
    MethodSettings,
    RetrainingSettings,
    SettingError,
    Settings,
    TrainingSettings,
    article_coefficients,
    check_number,
    method_name,
)

KINDS = (DescentSettings, MethodSettings, TrainingSettings, RetrainingSettings)
FOUR = ("inputs", "conv0", "conv1", "fc")


def settings_with_info() -> list[tuple[type[Settings], dataclasses.Field]]:
    return [(kind, entry) for kind in KINDS for entry in dataclasses.fields(kind)]


@pytest.mark.parametrize(("kind", "entry"), settings_with_info(), ids=lambda part: getattr(part, "name", None))
def test_every_setting_is_explained_and_its_default_is_allowed(kind: type[Settings], entry: dataclasses.Field) -> None:
    info = kind.info(entry.name)
    assert info.label[0].isupper() or info.label[0].isdigit()
    assert info.tip.endswith(".")
    if info.choices:
        assert entry.default in info.choices
    elif info.pattern:
        assert re.fullmatch(info.pattern, entry.default)
        assert info.form
    elif not isinstance(entry.default, bool):
        assert info.minimum is not None
        assert info.maximum is not None
        assert info.minimum <= entry.default <= info.maximum
        assert not info.logarithmic or info.minimum > 0


@pytest.mark.parametrize(("kind", "entry"), settings_with_info(), ids=lambda part: getattr(part, "name", None))
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, "5", None, [1], 1e400, -1, 10**12])
def test_values_of_another_kind_or_outside_the_range_are_refused(
    kind: type[Settings], entry: dataclasses.Field, value: object
) -> None:
    with pytest.raises(SettingError) as caught:
        kind(**{entry.name: value})
    assert str(caught.value).startswith(f"{entry.name} must be ")
    assert f"received {value!r}." in str(caught.value)
    assert isinstance(caught.value, LabError)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"max_steps": 0}, "max_steps must be a whole number from 1 to 1000000; received 0."),
        ({"max_steps": True}, "max_steps must be a whole number from 1 to 1000000; received True."),
        ({"max_steps": 60.0}, "max_steps must be a whole number from 1 to 1000000; received 60.0."),
        ({"min_probability": 1.5}, "min_probability must be a number from 0 to 1; received 1.5."),
        ({"min_probability": math.nan}, "min_probability must be a number from 0 to 1; received nan."),
        ({"min_probability": False}, "min_probability must be a number from 0 to 1; received False."),
        ({"learning_rate": 0}, "learning_rate must be a number from 1e-06 to 10; received 0."),
        (
            {"unit": "conv1"},
            "unit must be a recorded layer and the number of a channel or unit in it, such as conv1:5; "
            "received 'conv1'.",
        ),
        ({"keep_refining": 1}, "keep_refining must be true or false; received 1."),
        ({"num_mono_dec_saves": 1}, "num_mono_dec_saves must be a whole number from 2 to 1000; received 1."),
    ],
)
def test_errors_say_what_is_wrong_what_is_allowed_and_what_was_received(changes: dict, sentence: str) -> None:
    with pytest.raises(SettingError) as caught:
        DescentSettings(**changes)
    assert str(caught.value) == sentence


def test_a_unit_is_driven_only_while_it_is_the_objective() -> None:
    assert DescentSettings(unit="conv1:5").driven_unit == ""
    assert DescentSettings(objective="unit", unit="block/add:12").driven_unit == "block/add:12"


def test_a_seed_beyond_the_largest_is_told_the_largest() -> None:
    with pytest.raises(
        SettingError, match=r"rng_seed must be a whole number from 0 to 2147483647; received 2147483648"
    ):
        TrainingSettings(rng_seed=2**31)


def test_a_number_without_an_upper_limit_is_told_the_lower_one() -> None:
    assert check_number("n", 10**15, 0, math.inf, whole=True) == 10**15
    with pytest.raises(SettingError, match=r"^n must be a whole number of at least 0; received -1\.$"):
        check_number("n", -1, 0, math.inf, whole=True)


def test_whole_numbers_are_taken_where_any_number_is_and_become_floats() -> None:
    settings = DescentSettings(learning_rate=1, tolerance=0)
    assert isinstance(settings.learning_rate, float)
    assert isinstance(settings.tolerance, float)
    assert isinstance(settings.max_steps, int)


@pytest.mark.parametrize("kind", KINDS)
def test_settings_go_through_toml_and_json_and_come_back_equal(kind: type[Settings]) -> None:
    settings = kind()
    data = settings.to_dict()
    assert kind.from_dict(data) == settings
    assert kind.from_dict(tomllib.loads(tomli_w.dumps(data))) == settings
    assert kind.from_dict(json.loads(json.dumps(data))) == settings


def test_names_left_out_take_their_defaults() -> None:
    assert DescentSettings.from_dict({"max_steps": 7}) == DescentSettings(max_steps=7)
    assert DescentSettings.from_dict({}) == DescentSettings()


def test_unknown_names_are_refused_with_those_that_are_known() -> None:
    with pytest.raises(SettingError, match=r"'speed' is not a setting here; known are learning_rate, objective, .*\."):
        DescentSettings.from_dict({"speed": 3})


@pytest.mark.parametrize("data", [5, "text", [1], None, True])
def test_what_is_no_table_is_refused(data: object) -> None:
    with pytest.raises(SettingError, match="must be a table of"):
        DescentSettings.from_dict(data)  # type: ignore[arg-type]
    with pytest.raises(SettingError, match="must be a table of"):
        CostCoefficients.from_dict(data, FOUR)  # type: ignore[arg-type]


def test_lenient_reading_keeps_every_good_value_and_reports_the_others() -> None:
    data = {"max_steps": 7, "speed": 3, "learning_rate": math.nan, "keep_refining": True, "min_steps": "many"}
    settings, problems = DescentSettings.from_dict_leniently(data)
    assert settings == DescentSettings(max_steps=7, keep_refining=True)
    assert len(problems) == 3
    assert [problem.split()[0] for problem in problems] == ["'speed'", "learning_rate", "min_steps"]


def test_settings_cannot_be_changed_in_place() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        DescentSettings().max_steps = 5  # type: ignore[misc]
    with pytest.raises(TypeError):
        article_coefficients(FOUR).layer_cost_coeffs["fc"] = 5  # type: ignore[index]


def test_the_methods_are_the_articles_and_the_2016_programs() -> None:
    assert METHODS["article"] == MethodSettings()
    assert METHODS["article"].to_dict() == {
        "per_unit_minimum": False, "self_pairs": False, "keep_in_range": True, "fresh_moments": True
    }  # fmt: skip
    assert METHODS["2016"].to_dict() == {
        "per_unit_minimum": True, "self_pairs": True, "keep_in_range": False, "fresh_moments": False
    }  # fmt: skip
    assert [method_name(method) for method in METHODS.values()] == ["article", "2016"]
    assert method_name(MethodSettings(self_pairs=True)) == "own"


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        (FOUR, [1e-5, 1e-4, 1e-3, 1e-2]),
        (("inputs", "conv0", "conv1", "conv2", "conv3", "conv4", "fc"),
         [1e-5, 3.16227766017e-5, 1e-4, 3.16227766017e-4, 1e-3, 3.16227766017e-3, 1e-2]),
        (("inputs", "fc"), [1e-5, 1e-2]),
        (("inputs",), [1e-5]),
        ((), []),
    ],
)  # fmt: skip
def test_the_articles_coefficients_are_even_powers_from_the_lowest_layer_to_the_highest(
    layers: tuple[str, ...], expected: list[float]
) -> None:
    coefficients = article_coefficients(layers)
    assert list(coefficients.layer_cost_coeffs.values()) == expected
    assert tuple(coefficients.layer_cost_coeffs) == layers
    assert (coefficients.term_coeffs["reference"], coefficients.term_coeffs["batch"]) == (0.5, 0.5)
    assert coefficients.term_coeffs["misclassification"] == 10
    assert (coefficients.term_coeffs["closeness"], coefficients.term_coeffs["total_variation"]) == (0, 0)


@pytest.mark.parametrize("count", [3, 5, 6, 8, 20, 100])
def test_the_articles_coefficients_rise_by_the_same_factor_from_layer_to_layer(count: int) -> None:
    values = list(article_coefficients([f"layer{index}" for index in range(count)]).layer_cost_coeffs.values())
    assert (values[0], values[-1]) == (1e-5, 1e-2)
    assert values == pytest.approx(np.logspace(-5, -2, count).tolist(), rel=1e-11)


def test_coefficients_go_through_toml_and_come_back_equal_and_in_order() -> None:
    coefficients = CostCoefficients(
        layer_cost_coeffs={"inputs": 0, "conv0": 1e-5, "conv1": 1e6, "fc": 0.1}, term_coeffs={"reference": 2}
    )
    data = tomllib.loads(tomli_w.dumps(coefficients.to_dict()))
    again = CostCoefficients.from_dict(data, FOUR)
    assert again == coefficients
    assert tuple(again.layer_cost_coeffs) == FOUR


def test_a_term_may_be_told_in_the_table_whatever_other_key_it_has() -> None:
    coefficients = CostCoefficients.from_dict({"term_coeffs": {"batch": 2, "closeness": 0.5}}, FOUR)
    assert coefficients == article_coefficients(FOUR).with_terms(batch=2.0, closeness=0.5)


def test_terms_without_a_key_stand_in_a_file_only_where_they_are_not_the_default() -> None:
    assert "term_coeffs" not in article_coefficients(FOUR).to_dict()
    data = article_coefficients(FOUR).with_terms(closeness=0.5, batch=3.0).to_dict()
    assert data["term_coeffs"] == {"closeness": 0.5}
    assert (data["batch_cost_coeff"], data["misclassification_coeff"]) == (3.0, 10.0)
    assert CostCoefficients.from_dict(data, FOUR) == article_coefficients(FOUR).with_terms(closeness=0.5, batch=3.0)


def test_coefficients_come_back_from_their_flat_names() -> None:
    coefficients = article_coefficients(FOUR).with_terms(total_variation=0.25)
    assert coefficients.flat()["term_coeff_total_variation"] == 0.25
    assert CostCoefficients.from_flat(coefficients.flat(), FOUR) == coefficients


def test_coefficients_left_out_are_the_articles_and_stay_in_the_classifiers_order() -> None:
    coefficients = CostCoefficients.from_dict({"layer_cost_coeffs": {"fc": 1, "inputs": 2}}, FOUR)
    assert dict(coefficients.layer_cost_coeffs) == {"inputs": 2, "conv0": 1e-4, "conv1": 1e-3, "fc": 1}
    assert tuple(coefficients.layer_cost_coeffs) == FOUR


@pytest.mark.parametrize("value", [-1e-9, math.nan, math.inf, 1.1e6, True, "1", None])
def test_coefficients_out_of_range_are_refused_with_a_sentence(value: object) -> None:
    for make in (
        lambda: CostCoefficients(layer_cost_coeffs={"fc": value}),  # type: ignore[dict-item]
        lambda: CostCoefficients(layer_cost_coeffs={}, term_coeffs={"batch": value}),  # type: ignore[arg-type]
    ):
        with pytest.raises(SettingError, match=r"must be a number from 0 to 1000000; received"):
            make()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"speed": 1}, r"'speed' is not a coefficient; known are misclassification_coeff"),
        ({"layer_cost_coeffs": {"conv7": 1}}, r"The classifier records no layer 'conv7'; it records inputs, conv0"),
        ({"layer_cost_coeffs": [1, 2]}, r"layer_cost_coeffs must be a table of layers and numbers; received \[1, 2\]"),
        ({"term_coeffs": {"speed": 1}}, r"There is no term 'speed'; there are misclassification, reference, batch, "),
        ({"term_coeffs": 3}, r"term_coeffs must be a table of terms and numbers; received 3"),
        ({"term_coeffs": {"closeness": "much"}}, r"term_coeffs\.closeness must be a number from 0 to 1000000"),
        ({"term_coeffs": {"batch": -1}}, r"batch_cost_coeff must be a number from 0 to 1000000; received -1"),
        (
            {"term_coeffs": {"batch": 1}, "batch_cost_coeff": 1},
            r"coefficient of batch must be given once; received",
        ),
        ({"layer_cost_coeffs": {"fc": "much"}}, r"layer_cost_coeffs\.fc must be a number from 0 to 1000000"),
    ],
)
def test_tables_that_are_no_coefficients_are_refused(data: dict, sentence: str) -> None:
    with pytest.raises(SettingError, match=sentence):
        CostCoefficients.from_dict(data, FOUR)


def test_changes_name_the_coefficients_that_differ_with_their_new_values() -> None:
    before = article_coefficients(FOUR)
    after = dataclasses.replace(
        before, layer_cost_coeffs=dict(before.layer_cost_coeffs) | {"fc": 1.0}, term_coeffs={"batch": 0.0}
    )
    assert before.changes_to(after) == {"layer_cost_coeff_fc": 1.0, "batch_cost_coeff": 0.0}
    assert after.changes_to(before) == {"layer_cost_coeff_fc": 0.01, "batch_cost_coeff": 0.5}
    assert before.changes_to(article_coefficients(FOUR)) == {}


def test_flat_coefficients_have_every_name_once() -> None:
    assert set(article_coefficients(("inputs", "fc")).flat()) == {
        "misclassification_coeff", "reference_cost_coeff", "batch_cost_coeff",
        "term_coeff_closeness", "term_coeff_total_variation", "layer_cost_coeff_inputs", "layer_cost_coeff_fc",
    }  # fmt: skip


def test_coefficients_do_not_follow_the_table_they_were_made_of() -> None:
    table = {"fc": 1.0}
    coefficients = CostCoefficients(layer_cost_coeffs=table)
    table["fc"] = 2.0
    assert coefficients.layer_cost_coeffs["fc"] == 1.0


@pytest.mark.parametrize("kind", [*KINDS, RoundsSettings, EvaluationSettings, FoolingFigureSettings])
def test_a_tip_says_first_what_a_setting_does_not_what_it_is(kind):
    late = ("How ", "The number", "The most", "Adam's", "What ", "Which ", "2016")
    assert [info.tip for info in kind.infos().values() if info.tip.startswith(late)] == []
