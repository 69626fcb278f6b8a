"""Which images of a run are found images."""

from __future__ import annotations

import numpy as np

from fooler_gui.core.arrays import BoolArray
from fooler_gui.core.image_kinds import RUNS, kinds_for
from fooler_gui.core.run_spec import RunSpec
from fooler_gui.core.save import Save


def found_slots(spec: RunSpec, first: Save, save: Save) -> BoolArray:
    """Returns (L, B) which images of `save` are found images: those over the threshold.

    With the objective unit none are: those that are done then excite a unit, and need not fool the net.

    Where a run starts from images that may show a class, those that were over the threshold from the start are left
    out, unless they have been replaced since: an average of threes that the net takes for a 3 does not fool it.

    Args:
        spec: The run's.
        first: Its first save.
        save: Any of its saves.
    """
    if save.activations is not None:
        return np.zeros_like(save.done)
    return save.done & ~given_slots(spec, first, save)


def given_slots(spec: RunSpec, first: Save, save: Save) -> BoolArray:
    """Returns (L, B) which images of `save` are left out by `found_slots`, though they may be over the threshold."""
    there = first.done if first.activations is None else first.leads
    given: BoolArray = there & (save.replacements == first.replacements) & _shows_classes(spec)
    return given


def is_held_back(spec: RunSpec, save: Save) -> bool:
    """Returns whether a run began as images of something, had penalties, and found nothing until its last `save`."""
    return spec.starts_from_images and spec.coefficients.has_penalties and not save.done.any()


def _shows_classes(spec: RunSpec) -> bool:
    """Returns whether the start of a run may show a class: images of something may, and those of some kinds."""
    kind = kinds_for(RUNS).get(spec.start)
    return spec.starts_from_images if kind is None else kind.shows_classes
