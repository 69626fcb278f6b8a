"""What a picture of a save is drawn from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fooler_gui.core.run_spec import RunSpec
from fooler_gui.core.save import Save


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shot:
    """A save of a run, and what is drawn beside it.

    Attributes:
        save: The save.
        first: The run's first save.
        spec: How the run was made.
        class_names: The classifier's.
        steps: (n,), the steps of the run's saves, never falling; those after `save` fix the axis of its plot.
        lowest: (n,), the lowest probability of all slots at each of them.
        mean: (n,), their mean.
    """

    save: Save
    first: Save
    spec: RunSpec
    class_names: tuple[str, ...]
    steps: npt.NDArray[np.int64] | npt.NDArray[np.float64]
    lowest: npt.NDArray[np.float64]
    mean: npt.NDArray[np.float64]
