"""The save on screen as exports need it: from memory, so that it need not be on disk yet."""

from __future__ import annotations

import numpy as np

from fooler_gui.core.save import Save
from fooler_gui.exports.provenance import picture_info
from fooler_gui.exports.shot import Shot
from fooler_gui.session.run_view import RunView

_MOST_POINTS = 1_000


def shown_shot(run: RunView, save: Save) -> Shot:
    """Returns `save`, which is on screen, with what is drawn beside it."""
    numbers = run.series.view(0, run.series.last_step, _MOST_POINTS)
    return Shot(
        save=save,
        first=run.first or save,
        spec=run.spec,
        class_names=run.classifier.class_names,
        steps=np.asarray(numbers.steps),
        lowest=numbers.minimum,
        mean=numbers.mean,
    )


def shown_info(run: RunView, save: Save) -> dict[str, str]:
    """Returns the texts that a picture of `save`, which is on screen, carries."""
    return picture_info(
        run.classifier.sha256, run.spec, run.marks, run=run.id, step=save.step, label_names=run.label_names
    )
