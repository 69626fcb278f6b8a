"""What a save says of its images: how probable their labels are or, with the objective unit, how active the unit is."""

from __future__ import annotations

from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.formats import format_activation, format_probability
from fooler_gui.core.save import Save

PROBABILITY, ACTIVATION = "probability", "activation"


def measure_of(save: Save) -> str:
    """Returns what the images of `save` are judged by: "probability" or "activation"."""
    return PROBABILITY if save.activations is None else ACTIVATION


def measured(save: Save) -> FloatArray:
    """Returns (L, B) what the images of `save` are judged by."""
    return save.probabilities if save.activations is None else save.activations


def measure_text(save: Save, value: float) -> str:
    """Returns a `value` of `measured` as text: ``.9993``, ``3.21``."""
    return format_probability(value) if save.activations is None else format_activation(value)


def over_what(save: Save) -> str:
    """Returns what the images of `save` that are done are over: "the threshold", or "the activation goal"."""
    return "the threshold" if save.activations is None else "the activation goal"
