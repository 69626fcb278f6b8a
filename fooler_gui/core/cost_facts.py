"""Every cost of a batch as named numbers, for tables, arrays and JSON.

A term called X gives ``X_cost`` and ``weighted_X_cost``, and if its slots' values are distances, the batch's distance
``X_distance``. Terms of layers give them for each layer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from fooler_gui.core.class_words import class_name
from fooler_gui.core.save import LabelCosts, Save, TermCost
from fooler_gui.core.settings import LAYER_PREFIX
from fooler_gui.core.terms import known_terms

TOTAL = "total"


def layer_facts(costs: LabelCosts, layer: str) -> dict[str, float | None]:
    """Returns the distances, costs and weighted costs, in this order, of the layer terms in `layer`."""
    return _facts([cost for cost in costs.terms if cost.place.layer == layer])


def label_facts(costs: LabelCosts) -> dict[str, float | None]:
    """Returns the values of the other terms, and the total."""
    return _facts([cost for cost in costs.terms if not cost.place.layer]) | {TOTAL: costs.total}


def term_facts(costs: LabelCosts) -> list[dict[str, Any]]:
    """Returns the value of each term with its name, scope and layer."""
    terms = known_terms()
    return [
        {
            "name": cost.place.term,
            "scope": terms[cost.place.term].scope if cost.place.term in terms else None,
            "layer": cost.place.layer or None,
            "cost": cost.cost,
            "weighted_cost": cost.weighted_cost,
        }
        for cost in costs.terms
    ]


def cost_facts(save: Save) -> list[dict[str, Any]]:
    """Returns the costs of `save` for each label, by layer and by term."""
    return [
        {
            "label": costs.label,
            **label_facts(costs),
            "layers": [{"name": layer, **layer_facts(costs, layer)} for layer in costs.layers],
            "terms": term_facts(costs),
        }
        for costs in save.costs
    ]


def cost_shares(save: Save) -> dict[str, float]:
    """Returns the share of the total cost, 0 to 1, that each coefficient has, by its name in `CostCoefficients.flat`.

    A term's share is that of its costs in all layers, a layer's that of all terms in it; so those of the terms add up
    to one, and those of the layers to those of the layers' terms. Empty if the total is 0, or if a cost is negative,
    as by some objectives: then there are no shares.
    """
    total = sum(costs.total for costs in save.costs)
    terms = [cost for costs in save.costs for cost in costs.terms]
    if total <= 0 or any(cost.weighted_cost < 0 for cost in terms):
        return {}
    shares: defaultdict[str, float] = defaultdict(float)
    for cost in terms:
        term = known_terms().get(cost.place.term)
        if term is not None:
            shares[term.coefficient_name] += cost.weighted_cost / total
        if cost.place.layer:
            shares[LAYER_PREFIX + cost.place.layer] += cost.weighted_cost / total
    return dict(shares)


def cost_columns(save: Save, class_names: Sequence[str]) -> list[str]:
    """Returns the names of the numbers of `cost_row`, the same for every save of a run with these classes."""
    columns = []
    for costs in save.costs:
        names = [f"{layer}: {_words(name)}" for layer in costs.layers for name in layer_facts(costs, layer)]
        names += map(_words, label_facts(costs))
        columns += [f"label {class_name(class_names, costs.label)}: {name}" for name in names]
    return columns


def cost_row(save: Save) -> list[float | None]:
    """Returns every cost of `save` in the order of `cost_columns`; None if there is no such distance or cost."""
    row: list[float | None] = []
    for costs in save.costs:
        for layer in costs.layers:
            row += layer_facts(costs, layer).values()
        row += label_facts(costs).values()
    return row


def _facts(costs: Iterable[TermCost]) -> dict[str, float | None]:
    costs = list(costs)
    return {
        **{f"{cost.place.term}_distance": cost.mean_value for cost in costs if _repels(cost)},
        **{f"{cost.place.term}_cost": cost.cost for cost in costs},
        **{f"weighted_{cost.place.term}_cost": cost.weighted_cost for cost in costs},
    }


def _repels(cost: TermCost) -> bool:
    term = known_terms().get(cost.place.term)
    return term is not None and term.repels


def _words(name: str) -> str:
    return "total cost" if name == TOTAL else name.replace("_", " ")
