"""Gives a classifier a guarantee before it is trained further."""

from __future__ import annotations

from collections.abc import Generator

from fooler_gui.core.guarantee import GuaranteeSettings
from fooler_gui.core.messages import Remark, Working, WorkTimed
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.work_time import FITTING
from fooler_gui.data.dataset import Dataset
from fooler_gui.engine.guarantee.fitting import check_dataset, fit_densities
from fooler_gui.engine.guarantee.network import check_classifier, densities_of, with_guarantee
from fooler_gui.engine.nets.classifier import Classifier
from fooler_gui.engine.stopwatch import Stopwatch


def check_givable(classifier: Classifier, name: str, dataset: Dataset) -> None:
    """Checks that `classifier`, called `name` in messages, has a guarantee or can be given one.

    Raises:
        GuaranteeError: Neither.
    """
    if classifier.has_guarantee:
        densities_of(classifier, name)
    else:
        check_classifier(classifier)
        check_dataset(dataset)


def given_guarantee(
    classifier: Classifier, dataset: Dataset, rng_seed: int, control: RunControl
) -> Generator[Working | Remark | WorkTimed, None, Classifier | None]:
    """Yields progress and returns a copy of `classifier` with a guarantee of default settings, or None after a stop.

    A guarantee that it has already stays as it is.

    Raises:
        GuaranteeError: It cannot be given one.
    """
    if classifier.has_guarantee:
        return classifier.copy()
    watch = Stopwatch(control)
    fitted = yield from fit_densities(dataset, GuaranteeSettings(rng_seed=rng_seed), control)
    if fitted is None:
        return None
    yield watch.timed(FITTING, classifier, 1, 1)
    return with_guarantee(classifier, fitted.densities)
