"""Makes saves for tests of whatever shows or records them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

import numpy as np

from fooler_gui.core.arrays import frozen
from fooler_gui.core.run_events import SettingsApplied
from fooler_gui.core.save import LabelCosts, Save, TermCost, TermPlace
from fooler_gui.core.settings import DescentSettings, article_coefficients
from fooler_gui.core.terms import known_terms

LAYERS = ("inputs", "conv0", "conv1", "fc")


def by_nets(save: Save, *further: np.ndarray | float) -> Save:
    """Returns `save` as of an ensemble whose further nets give its labels these probabilities, (L, B) or one for all.

    An image is done where all are above 0.999.
    """
    given = [save.probabilities, *(np.broadcast_to(np.float32(each), save.done.shape) for each in further)]
    nets = np.array(given, np.float32)
    least = nets.min(axis=0)
    return dataclasses.replace(
        save, net_probabilities=frozen(nets), probabilities=frozen(least), done=frozen(least > 0.999)
    )


def make_costs(
    label: int,
    layers: Sequence[str] = LAYERS,
    factor: float = 1.0,
    slots: int = 8,
    coefficient: float = 0.5,
    optional: Mapping[str, float] = MappingProxyType({}),
) -> LabelCosts:
    """Returns plausible costs: the raw cost of layer i is (i + 1) · `factor`, the batch cost half of it.

    The optional terms that `optional` names cost what it says, with a coefficient of 2; others are not computed.
    """
    terms = []
    for index, name in enumerate(layers):
        reference = (index + 1) * factor
        batch = 0.0 if slots == 1 else reference / 2
        terms += [
            make_term("reference", name, reference, coefficient, slots, 1 / reference),
            make_term("batch", name, batch, coefficient, slots, None if slots == 1 else 1 / batch),
        ]
    terms.append(make_term("misclassification", "", 0.25 * factor, 10.0, slots, 0.25 * factor))
    for name in (term.name for term in known_terms().values() if term.is_optional):
        terms.append(make_term(name, "", optional.get(name), 2.0, slots, optional.get(name)))
    return LabelCosts(label=label, terms=tuple(terms), total=sum(term.weighted_cost for term in terms))


def make_term(
    term: str, layer: str, cost: float | None, coefficient: float, slots: int, value: float | None
) -> TermCost:
    """Returns the cost of a term whose slots all have the same `value`; None for 0 where there is no such cost."""
    return TermCost(
        place=TermPlace(term, layer),
        cost=cost,
        weighted_cost=coefficient * (cost or 0.0),
        mean_value=value,
        slot_values=frozen(np.full(slots, value or 0.0, np.float32)),
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
    reinitialisations: np.ndarray | int = 0,
    replacements: np.ndarray | int = 0,
    distances: np.ndarray | float = 0.0,
    largest_changes: np.ndarray | float = 0.0,
    activations: np.ndarray | Sequence[float] | None = None,
    unit_done: float = 1.0,
    leads: np.ndarray | bool | None = None,
    pinned: Iterable[tuple[int, int]] = (),
    min_probability: float = 0.999,
    layers: Sequence[str] = LAYERS,
    cost_factor: float = 1.0,
    optional: Mapping[str, float] = MappingProxyType({}),
    stopped_by: str = "",
    revision: int = 0,
    applied: tuple[tuple[int, int], ...] = (),
    seconds: float | None = None,
    rng_seed: int = 0,
) -> Save:
    """Returns a save of noise.

    `reinitialised` and `pinned` name slots by (position of the label in `labels`, slot); a reinitialised slot
    counts one reinitialisation more than `reinitialisations` says. `probabilities` may be one number, one for each
    slot, or (L, B); the label leads where its probability is above a half, unless `leads` says otherwise; elsewhere
    the next class does. `activations` are as `probabilities`; then images are done by them.
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
    leading = np.array(np.broadcast_to(probability > 0.5 if leads is None else np.asarray(leads), count))
    others = np.broadcast_to((np.array(labels)[:, np.newaxis] + 1) % 10, count)
    driven = None if activations is None else np.array(np.broadcast_to(np.asarray(activations, np.float32), count))
    return Save(
        step=step,
        seconds=step / 50 if seconds is None else seconds,
        labels=tuple(labels),
        images=frozen(np.array(images, np.float32)),
        probabilities=frozen(probability),
        costs=tuple(make_costs(label, layers, cost_factor, slots, optional=optional) for label in labels),
        done=frozen(probability > min_probability if driven is None else driven > unit_done),
        activations=None if driven is None else frozen(driven),
        reinitialised=frozen(fresh),
        reinitialisations=frozen(np.broadcast_to(np.asarray(reinitialisations, np.int64), count) + fresh),
        replacements=frozen(np.array(np.broadcast_to(np.asarray(replacements, np.int64), count))),
        distances=frozen(np.array(np.broadcast_to(np.asarray(distances, np.float32), count))),
        largest_changes=frozen(np.array(np.broadcast_to(np.asarray(largest_changes, np.float32), count))),
        leads=frozen(leading),
        pinned=frozen(pins),
        stopped_by=(stopped_by,) * len(labels),
        revision=revision,
        events=tuple(make_change(revision, step, layers) for revision, step in applied),
        tops=frozen(np.where(leading, np.array(labels)[:, np.newaxis], others).astype(np.int32)),
        top_probabilities=frozen(np.where(leading, probability, np.maximum(probability, 1 - probability))),
    )
