"""Makes saves for tests of whatever shows or records them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from fooler_gui.core.messages import LabelCosts, LayerCosts, Save, frozen
from fooler_gui.core.run_events import SettingsApplied
from fooler_gui.core.settings import DescentSettings, article_coefficients

LAYERS = ("inputs", "conv0", "conv1", "fc")


def make_costs(
    label: int, layers: Sequence[str] = LAYERS, factor: float = 1.0, slots: int = 8, coefficient: float = 0.5
) -> LabelCosts:
    """Returns plausible costs: the raw cost of layer i is (i + 1) · `factor`, the batch cost half of it."""
    terms = tuple(
        LayerCosts(
            name=name,
            reference_distance=1.0 / ((index + 1) * factor),
            batch_distance=None if slots == 1 else 2.0 / ((index + 1) * factor),
            reference_cost=(index + 1) * factor,
            batch_cost=0.0 if slots == 1 else (index + 1) * factor / 2,
            weighted_reference_cost=coefficient * (index + 1) * factor,
            weighted_batch_cost=0.0 if slots == 1 else coefficient * (index + 1) * factor / 2,
            slot_reference_distances=np.full(slots, 1.0 / ((index + 1) * factor), np.float32),
            slot_batch_distances=np.full(slots, 0.0 if slots == 1 else 2.0 / ((index + 1) * factor), np.float32),
        )
        for index, name in enumerate(layers)
    )
    weighted = sum(term.weighted_reference_cost + term.weighted_batch_cost for term in terms)
    return LabelCosts(
        label=label,
        layers=terms,
        misclassification_cost=0.25 * factor,
        weighted_misclassification_cost=2.5 * factor,
        total=weighted + 2.5 * factor,
    )


def make_change(revision: int, step: int, layers: Sequence[str] = LAYERS) -> SettingsApplied:
    """Returns the event of changed settings: the article's."""
    return SettingsApplied(
        step=step, revision=revision, coefficients=article_coefficients(layers), descent=DescentSettings()
    )


def make_save(
    labels: Sequence[int] = (3,),
    slots: int = 8,
    shape: tuple[int, int, int] = (28, 28, 1),
    step: int = 0,
    *,
    images: np.ndarray | None = None,
    probabilities: np.ndarray | Sequence[float] | float | None = None,
    reinitialised: Iterable[tuple[int, int]] = (),
    restarts: np.ndarray | int = 0,
    births: np.ndarray | int = 0,
    distances: np.ndarray | float = 0.0,
    leads: np.ndarray | bool | None = None,
    pinned: Iterable[tuple[int, int]] = (),
    min_probability: float = 0.999,
    layers: Sequence[str] = LAYERS,
    cost_factor: float = 1.0,
    stopped_by: str = "",
    revision: int = 0,
    applied: tuple[tuple[int, int], ...] = (),
    seconds: float | None = None,
    rng_seed: int = 0,
) -> Save:
    """Returns a save of noise.

    `reinitialised` and `pinned` name slots by (position of the label in `labels`, slot); a reinitialised slot
    counts one restart more than `restarts` says. `probabilities` may be one number, one for each slot, or (L, B); the
    label leads where its probability is above a half, unless `leads` says otherwise.
    """
    rng = np.random.default_rng([rng_seed, step])
    count = (len(labels), slots)
    if images is None:
        images = rng.random((*count, *shape), dtype=np.float32)
    if probabilities is None:
        probabilities = rng.random(count, dtype=np.float32)
    probability = np.array(np.broadcast_to(np.asarray(probabilities, np.float32), count))
    fresh, pins = np.zeros(count, np.bool_), np.zeros(count, np.bool_)
    for place in reinitialised:
        fresh[place] = True
    for place in pinned:
        pins[place] = True
    return Save(
        step=step,
        seconds=step / 50 if seconds is None else seconds,
        labels=tuple(labels),
        images=frozen(np.array(images, np.float32)),
        probabilities=frozen(probability),
        costs=tuple(make_costs(label, layers, cost_factor, slots) for label in labels),
        done=frozen(probability > min_probability),
        reinitialised=frozen(fresh),
        restarts=frozen(np.broadcast_to(np.asarray(restarts, np.int64), count) + fresh),
        births=frozen(np.array(np.broadcast_to(np.asarray(births, np.int64), count))),
        distances=frozen(np.array(np.broadcast_to(np.asarray(distances, np.float32), count))),
        leads=frozen(np.array(np.broadcast_to(probability > 0.5 if leads is None else np.asarray(leads), count))),
        pinned=frozen(pins),
        stopped_by=(stopped_by,) * len(labels),
        revision=revision,
        events=tuple(make_change(revision, step, layers) for revision, step in applied),
    )
