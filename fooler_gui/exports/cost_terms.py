"""Every cost term of a save as one row of numbers, for tables."""

from __future__ import annotations

from typing import Any

from fooler_gui.core.messages import LabelCosts, Save

LAYER_TERMS = (
    "reference_distance",
    "batch_distance",
    "reference_cost",
    "batch_cost",
    "weighted_reference_cost",
    "weighted_batch_cost",
)
LABEL_TERMS = ("misclassification_cost", "weighted_misclassification_cost", "total")


def term_names(save: Save) -> list[str]:
    """Returns what the terms of `save`, and of every save of its run, are called."""
    return [name for costs in save.costs for name in _names(costs)]


def term_values(save: Save) -> list[float | None]:
    """Returns the terms of `save`, in the order of `term_names`; None for a batch distance of one slot."""
    return [value for costs in save.costs for value in _values(costs)]


def cost_facts(save: Save) -> list[dict[str, Any]]:
    """Returns the terms of `save`, label by label and layer by layer, by their names in `LabelCosts`."""
    return [
        {
            "label": costs.label,
            **{term: getattr(costs, term) for term in LABEL_TERMS},
            "layers": [
                {"name": layer.name, **{term: getattr(layer, term) for term in LAYER_TERMS}} for layer in costs.layers
            ],
        }
        for costs in save.costs
    ]


def _names(costs: LabelCosts) -> list[str]:
    of_layers = [f"{layer.name}: {_words(term)}" for layer in costs.layers for term in LAYER_TERMS]
    return [f"label {costs.label}: {name}" for name in (*of_layers, *map(_words, LABEL_TERMS))]


def _values(costs: LabelCosts) -> list[float | None]:
    of_layers = [getattr(layer, term) for layer in costs.layers for term in LAYER_TERMS]
    return [*of_layers, *(getattr(costs, term) for term in LABEL_TERMS)]


def _words(term: str) -> str:
    return "total cost" if term == "total" else term.replace("_", " ")
