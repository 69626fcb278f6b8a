from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from saves import make_costs, make_save

from fooler_gui.core.arrays import frozen
from fooler_gui.core.cost_facts import (
    cost_columns,
    cost_facts,
    cost_row,
    cost_shares,
    label_facts,
    layer_facts,
    term_facts,
)
from fooler_gui.core.save import LabelCosts, TermCost, TermPlace

LAYERS = ("inputs", "fc")
LAYER_NAMES = [
    "reference_distance", "batch_distance", "reference_cost", "batch_cost", "weighted_reference_cost",
    "weighted_batch_cost",
]  # fmt: skip
LABEL_NAMES = [
    "misclassification_cost", "closeness_cost", "total_variation_cost", "weighted_misclassification_cost",
    "weighted_closeness_cost", "weighted_total_variation_cost", "total",
]  # fmt: skip


def test_a_layers_facts_are_distances_then_costs_then_weighted_costs() -> None:
    facts = layer_facts(make_costs(3, LAYERS, factor=2.0), "fc")
    assert list(facts) == LAYER_NAMES
    assert list(facts.values()) == [0.25, 0.5, 4.0, 2.0, 2.0, 1.0]


def test_a_layer_that_is_not_in_the_costs_has_no_facts() -> None:
    assert layer_facts(make_costs(3, LAYERS), "conv0") == {}


def test_a_labels_facts_are_the_other_terms_and_the_total() -> None:
    costs = make_costs(3, (), factor=2.0, optional={"closeness": 0.125})
    assert list(label_facts(costs)) == LABEL_NAMES
    assert list(label_facts(costs).values()) == [0.5, 0.125, None, 5.0, 0.25, 0.0, 5.25]


def test_one_slot_has_no_batch_distance_and_a_batch_cost_of_0() -> None:
    facts = layer_facts(make_costs(3, LAYERS, slots=1), "inputs")
    assert (facts["batch_distance"], facts["batch_cost"], facts["weighted_batch_cost"]) == (None, 0.0, 0.0)
    assert facts["reference_distance"] == 1.0


def test_each_term_is_told_with_its_name_scope_and_layer() -> None:
    facts = term_facts(make_costs(3, ("fc",), optional={"total_variation": 0.5}))
    assert [(fact["name"], fact["scope"], fact["layer"]) for fact in facts] == [
        ("reference", "layer", "fc"),
        ("batch", "layer", "fc"),
        ("misclassification", "output", None),
        ("closeness", "pixels", None),
        ("total_variation", "pixels", None),
    ]
    assert [(fact["cost"], fact["weighted_cost"]) for fact in facts] == [
        (1.0, 0.5), (0.5, 0.25), (0.25, 2.5), (None, 0.0), (0.5, 1.0),
    ]  # fmt: skip


def test_a_save_is_told_label_by_label() -> None:
    save = make_save((3, 7), layers=LAYERS)
    three, seven = cost_facts(save)
    assert (three["label"], seven["label"]) == (3, 7)
    assert list(three) == ["label", *LABEL_NAMES, "layers", "terms"]
    assert [layer["name"] for layer in seven["layers"]] == list(LAYERS)
    assert seven["layers"][1] == {"name": "fc", **layer_facts(save.costs[1], "fc")}
    assert seven["terms"] == term_facts(save.costs[1])


def test_every_number_of_a_row_has_a_column() -> None:
    save = make_save((3, 7), layers=LAYERS, slots=1)
    columns, row = cost_columns(save, (*"0123456", "a, b")), cost_row(save)
    assert len(columns) == len(row) == len(set(columns)) == 2 * (2 * 6 + 7)
    values = dict(zip(columns, row, strict=True))
    assert values["label a, b: fc: weighted reference cost"] == save.costs[1].of("reference", "fc").weighted_cost
    assert values["label 3: inputs: batch distance"] is None
    assert values["label 3: total variation cost"] is None
    assert values["label 3: weighted total variation cost"] == 0.0
    assert values["label 3: total cost"] == save.costs[0].total
    assert columns[:2] == ["label 3: inputs: reference distance", "label 3: inputs: batch distance"]


def test_a_term_that_is_not_known_any_more_is_told_without_scope_and_distance() -> None:
    gone = TermCost(
        place=TermPlace("gone", "fc"),
        cost=2.0,
        weighted_cost=1.0,
        mean_value=0.5,
        slot_values=frozen(np.zeros(2, np.float32)),
    )
    costs = LabelCosts(label=3, terms=(gone,), total=1.0)
    assert layer_facts(costs, "fc") == {"gone_cost": 2.0, "weighted_gone_cost": 1.0}
    assert term_facts(costs) == [{"name": "gone", "scope": None, "layer": "fc", "cost": 2.0, "weighted_cost": 1.0}]


def test_costs_know_their_layers_and_places() -> None:
    costs = make_costs(3, LAYERS)
    assert costs.layers == LAYERS
    assert costs.places[:3] == (("reference", "inputs"), ("batch", "inputs"), ("reference", "fc"))
    assert costs.of("batch", "fc") is costs.terms[3]
    assert costs.of("misclassification") is costs.terms[4]
    for place in (("batch",), ("batch", "conv0"), ("misclassification", "fc")):
        with pytest.raises(KeyError, match="there is no cost of"):
            costs.of(*place)


def test_shares_of_terms_add_up_to_the_total_and_shares_of_layers_to_those_of_their_terms() -> None:
    # inputs: 0.5 + 0.25, fc: 1 + 0.5, misclassification: 2.5; 4.75 in total, the same for both labels.
    shares = cost_shares(make_save(labels=(3, 5), layers=LAYERS))
    assert shares == pytest.approx(
        {
            "misclassification_coeff": 2.5 / 4.75,
            "reference_cost_coeff": 1.5 / 4.75,
            "batch_cost_coeff": 0.75 / 4.75,
            "term_coeff_closeness": 0.0,
            "term_coeff_total_variation": 0.0,
            "layer_cost_coeff_inputs": 0.75 / 4.75,
            "layer_cost_coeff_fc": 1.5 / 4.75,
        }
    )


def test_a_total_of_zero_has_no_shares() -> None:
    nothing = LabelCosts(label=3, terms=(), total=0.0)
    assert cost_shares(replace(make_save(), costs=(nothing,))) == {}


def test_a_negative_cost_leaves_no_shares() -> None:
    save = make_save(layers=LAYERS)
    terms = tuple(
        replace(cost, weighted_cost=-2.0) if cost.place.term == "misclassification" else cost
        for cost in save.costs[0].terms
    )
    costs = replace(save.costs[0], terms=terms, total=0.25)
    assert cost_shares(replace(save, costs=(costs,))) == {}
