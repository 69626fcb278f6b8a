"""The presets of coefficients, and which of them a classifier begins with (method.md, Any classifier).

Some presets also set what of the descent goes with their coefficients.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from fooler_gui.core.optimiser_names import EVOLUTION
from fooler_gui.core.settings import CostCoefficients, DescentSettings, article_coefficients, no_penalties
from fooler_gui.core.terms import COEFFICIENT_MAXIMUM, known_terms

ARTICLE, SCALED, NO_PENALTIES = "article", "scaled", "no penalties"
RECOGNISABLE, STATIC, NGUYEN = "recognisable", "static", "nguyen"
PRESET_TITLES: Mapping[str, str] = MappingProxyType(
    {
        ARTICLE: "article",
        SCALED: "scaled to this net",
        NO_PENALTIES: "no penalties",
        "strong diversity": "strong diversity",
        "strong": "strong penalties",
        RECOGNISABLE: "recognisable",
        STATIC: "static",
        NGUYEN: "Nguyen 2015",
    }
)
"""The name of each preset on screen."""

_USUAL_DESCENT = {
    name: DescentSettings.default(name)
    for name in (
        "objective",
        "transformations",
        "transform_shift",
        "transform_turn",
        "transform_scale",
        "blur_every",
        "blur_sigma",
        "min_steps",
        "max_steps",
        "optimiser",
        "population",
    )
}
_RECOGNISABLE_DESCENT = {
    **_USUAL_DESCENT,
    "objective": "margin",
    "transformations": 4,
    "transform_shift": 3.0,
    "transform_turn": 15.0,
    "transform_scale": 0.15,
    "blur_every": 0,
    "blur_sigma": 0.5,
    "min_steps": 100,
    "max_steps": 150,
}
_GENERATIONS = _POPULATION = 200
"""Of Nguyen and others (2015) on MNIST."""
DESCENT_OF_PRESETS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        RECOGNISABLE: MappingProxyType(_RECOGNISABLE_DESCENT),
        STATIC: MappingProxyType(_USUAL_DESCENT),
        NGUYEN: MappingProxyType(
            {
                **_USUAL_DESCENT,
                "min_steps": _GENERATIONS,
                "max_steps": _GENERATIONS,
                "optimiser": EVOLUTION,
                "population": _POPULATION,
            }
        ),
    }
)
"""The settings of the descent that a preset sets, too; with other presets they stay as they are."""

_VARIATION = 40.0
"""The coefficient of total variation with which images become recognisable."""

ARTICLE_DISTANCES = (0.109959, 0.0210590, 0.0612421, 2.20589)
"""The mean squared distances in the article's ``inputs``, ``conv0``, ``conv1`` and ``fc``.

Measured on the bundled classifier and MNIST by `engine.cost.layer_distances`; its test measures them again.
"""

_STRONG_INPUTS = 1e5

SCALED_SENTENCE = (
    "The coefficients of the layers are scaled to this net, so that its costs have the proportions of the article's."
)
NOT_SCALED = (
    "The coefficients of the layers are the article's: to scale them to this net takes training images, two of a class."
)


def scaled_coefficients(distances: Mapping[str, float]) -> CostCoefficients:
    """Returns the article's coefficients with those of the layers scaled to a net's distances.

    A cost is one over a distance. Therefore each layer's coefficient is its article value times its own distance over
    the article's, so that the weighted costs keep their proportions. For n layers the article's value of layer i is at
    3 i / (n − 1) on its four layers, where its distance is interpolated too, both between logarithms. A layer whose
    distance is 0, or not a finite number, gets 0.

    Args:
        distances: By recorded layer, from the inputs up, the mean squared distance between training images of a class.
    """
    article = article_coefficients(distances).layer_cost_coeffs
    return CostCoefficients(
        layer_cost_coeffs={
            name: _rounded(value * distances[name] / _article_distance(index / max(1, len(distances) - 1)))
            for index, (name, value) in enumerate(article.items())
        }
    )


def usual_coefficients(recorded_layers: Iterable[str], distances: Sequence[float] = ()) -> CostCoefficients:
    """Returns the coefficients that a classifier begins with: the article's, or those scaled to `distances`, if given.

    Args:
        recorded_layers: Its recorded layers.
        distances: As `ClassifierInfo.layer_distances`.
    """
    if not distances:
        return article_coefficients(recorded_layers)
    return scaled_coefficients(dict(zip(recorded_layers, distances, strict=True)))


def strong_diversity(recorded_layers: Iterable[str], distances: Sequence[float] = ()) -> CostCoefficients:
    """Returns the usual coefficients, with those of terms that compare a batch's slots ten times as large."""
    comparing = {name: 10 * term.default for name, term in known_terms().items() if term.least_slots > 1}
    return usual_coefficients(recorded_layers, distances).with_terms(**comparing)


def strong_penalties(recorded_layers: Iterable[str], distances: Sequence[float] = ()) -> CostCoefficients:
    """Returns the usual coefficients, with that of the inputs 100,000 times as large, so that the eye sees the effect.

    Measured on the bundled classifier, digit 3, seed 0, eight images, all over .999 at the end (no penalties, article,
    strong): 13, 12 and 51 steps; mean squared distance between two images .170, .172 and .285, to the nearest training
    image .288, .285 and .344; black or white pixels 9 %, 8 % and 30 %. The other digits take 4 to 54 steps, but 4 takes
    93, and 9, of which the net is least sure at the start, stays below .999.
    """
    usual = usual_coefficients(recorded_layers, distances)
    layers = dict(usual.layer_cost_coeffs)
    for name in list(layers)[:1]:
        layers[name] = _rounded(_STRONG_INPUTS * layers[name])
    return dataclasses.replace(usual, layer_cost_coeffs=layers)


def recognisable(recorded_layers: Iterable[str]) -> CostCoefficients:
    """Returns no penalties but total variation, which with the preset's descent gives images that show the label."""
    return no_penalties(recorded_layers).with_terms(total_variation=_VARIATION)


def descent_to_keep(descent: DescentSettings) -> dict[str, Any]:
    """Returns those settings of `descent` that presets set, to be kept with coefficients; none if all are usual."""
    kept = {name: getattr(descent, name) for name in _USUAL_DESCENT}
    return {} if kept == _USUAL_DESCENT else kept


def coefficient_presets(recorded_layers: Sequence[str], distances: Sequence[float] = ()) -> dict[str, CostCoefficients]:
    """Returns each preset by name, for a classifier as in `usual_coefficients`; ``scaled`` only with distances."""
    scaled = {SCALED: usual_coefficients(recorded_layers, distances)} if distances else {}
    return {
        ARTICLE: article_coefficients(recorded_layers),
        **scaled,
        NO_PENALTIES: no_penalties(recorded_layers),
        "strong diversity": strong_diversity(recorded_layers, distances),
        "strong": strong_penalties(recorded_layers, distances),
        RECOGNISABLE: recognisable(recorded_layers),
        STATIC: usual_coefficients(recorded_layers, distances),
        NGUYEN: no_penalties(recorded_layers),
    }


def _article_distance(height: float) -> float:
    """Returns the article's distance at `height`, from 0 at its inputs to 1 at its highest layer."""
    place = height * (len(ARTICLE_DISTANCES) - 1)
    below = min(int(place), len(ARTICLE_DISTANCES) - 2)
    lower, upper = ARTICLE_DISTANCES[below : below + 2]
    return float(lower * (upper / lower) ** (place - below))


def _rounded(value: float) -> float:
    return min(float(f"{value:.3g}"), COEFFICIENT_MAXIMUM) if math.isfinite(value) else 0.0
