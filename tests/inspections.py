"""Makes inspections for tests of whatever shows or passes them on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np

from fooler_gui.core.arrays import frozen
from fooler_gui.core.guarantee import CertifiedBalls
from fooler_gui.core.inspection import FooledShare, InspectedLayer, InspectedTerm, Inspection, LayerMaps, Opinion
from fooler_gui.core.save import TermPlace
from fooler_gui.core.terms import known_terms

LAYERS = ("inputs", "conv0", "conv1", "fc")
NET, NEIGHBOURS = "independent net", "nearest neighbours"


def make_inspection(
    label: int = 3,
    slot: int = 3,
    step: int = 0,
    shape: tuple[int, int, int] = (28, 28, 1),
    *,
    image: np.ndarray | None = None,
    probabilities: Sequence[float] | None = None,
    gradient: np.ndarray | None = None,
    layers: Sequence[str] = LAYERS,
    per_unit: Sequence[str] = (),
    alone: bool = False,
    misclassification_share: float = 0.05,
    optional: Mapping[str, float] = MappingProxyType({}),
    net_sees: int = 3,
    neighbour_labels: Sequence[int] = (3, 3, 5, 3, 3),
    fooled: tuple[int, ...] = (),
    images: int = 80,
    rng_seed: int = 0,
    maps: LayerMaps | None = None,
    certified: CertifiedBalls | None = None,
) -> Inspection:
    """Returns what there may be to see in a slot.

    Layer i is at the distance (i + 1) / 10 from its nearest training image, which is i / 10 grey, and its shares are
    (i + 1) / 100 of the reference cost and half of it of the batch cost. In the layers `per_unit` there is no nearest;
    an image `alone` has no batch distances. Its shares of the optional terms' costs are given by `optional`; those that
    it leaves out are not computed. The net gives 0.75 to what it sees. Of `images` over the threshold `fooled` fool the
    net and the neighbours.
    """
    rng = np.random.default_rng([rng_seed, step])
    if image is None:
        image = rng.random(shape, dtype=np.float32)
    if probabilities is None:
        probabilities = np.where(np.arange(10) == label, 0.91, 0.01)
    if gradient is None:
        gradient = rng.normal(size=shape)
    classes = len(probabilities)
    shares = np.bincount(neighbour_labels, minlength=classes) / len(neighbour_labels)
    net = np.full(classes, 0.25 / (classes - 1), np.float32)
    net[net_sees] = 0.75
    return Inspection(
        label=label,
        slot=slot,
        step=step,
        image=frozen(np.array(image, np.float32)),
        probabilities=frozen(np.array(probabilities, np.float32)),
        gradient=frozen(np.array(gradient, np.float32)),
        layers=tuple(
            InspectedLayer(
                name=name,
                nearest=None if name in per_unit else frozen(np.full(shape, index / 10, np.float32)),
                nearest_index=None if name in per_unit else 1000 + index,
                distance=(index + 1) / 10,
            )
            for index, name in enumerate(layers)
        ),
        terms=_terms(layers, alone, {"misclassification": misclassification_share, **optional}),
        opinions=(
            Opinion(
                who=NET,
                probabilities=frozen(net),
                neighbours=frozen(np.empty((0, *shape), np.float32)),
                neighbour_labels=(),
            ),
            Opinion(
                who=NEIGHBOURS,
                probabilities=frozen(shares.astype(np.float32)),
                neighbours=frozen(rng.random((len(neighbour_labels), *shape), dtype=np.float32)),
                neighbour_labels=tuple(neighbour_labels),
            ),
        ),
        fooled=tuple(
            FooledShare(who=who, fooled=count, images=images)
            for who, count in zip((NET, NEIGHBOURS), fooled, strict=False)
        ),
        maps=maps,
        certified=certified,
    )


def make_balls(radii: tuple[float, float, float] = (4.0, 4.25, 5.0), nearest: float | None = 8.0) -> CertifiedBalls:
    """Returns what is certified near an image: at most a tenth at it, rising evenly to 1 at a distance of 10."""
    return CertifiedBalls(
        radii=radii, nearest=nearest, reaches=frozen(np.linspace(0, 10, 11)), bounds=frozen(np.linspace(0.1, 1, 11))
    )


def make_maps(
    layer: str = "conv0",
    own: np.ndarray | None = None,
    nearest: np.ndarray | None = None,
    count: int | None = None,
    *,
    by_unit: bool = False,
) -> LayerMaps:
    """Returns maps (N, h, w) of a layer; without `own` two of 2 × 2, the image's 0 to 7, the nearest's one more."""
    if own is None:
        own = np.arange(8).reshape(2, 2, 2)
        nearest = own + 1
    return LayerMaps(
        layer=layer,
        count=len(own) if count is None else count,
        numbers=frozen(np.arange(len(own))),
        own=frozen(np.float32(own)),
        nearest=None if nearest is None else frozen(np.float32(nearest)),
        is_by_unit=by_unit,
    )


def _terms(layers: Sequence[str], alone: bool, others: Mapping[str, float]) -> tuple[InspectedTerm, ...]:
    terms = []
    for index, name in enumerate(layers):
        shares = {"reference": (index + 1) / 100, "batch": 0.0 if alone else (index + 1) / 200}
        values = {"reference": (index + 1) / 10, "batch": None if alone else (index + 1) / 5}
        terms += [
            InspectedTerm(place=TermPlace(term, name), value=values[term], share=share)
            for term, share in shares.items()
        ]
    terms += [
        InspectedTerm(place=TermPlace(name, ""), value=others.get(name), share=others.get(name, 0.0))
        for name, term in known_terms().items()
        if not term.is_of_layers
    ]
    return tuple(terms)
