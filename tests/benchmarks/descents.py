"""Whole runs of the descent from noise, timed by the engine's stopwatch. TensorFlow must be loaded first."""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from fooler_gui.core.run_control import RunControl
from fooler_gui.core.save import Save
from fooler_gui.core.settings import DescentSettings, MethodSettings, article_coefficients
from fooler_gui.data.dataset import Dataset
from fooler_gui.data.loading import load_dataset
from fooler_gui.data.starts import slot_rng, uniform_noise
from fooler_gui.engine.cost.cost_function import CostFunction
from fooler_gui.engine.cost.references import References
from fooler_gui.engine.descent.descent import descend
from fooler_gui.engine.descent.label_batch import LabelBatch
from fooler_gui.engine.nets.classifier import Classifier
from fooler_gui.engine.nets.classifier_file import load_classifier
from fooler_gui.resources import bundled_classifier, resource

LABEL, SLOTS = 3, 8
STEPS, FIRST_STEPS = 200, 60
SAVE_FREQUENCY = 10
METHOD = MethodSettings()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TimedRun:
    """A run of the descent.

    Attributes:
        mean: Seconds per step over the whole run: searches, costs, gradients and Adam.
        typical: The median over the run of the mean seconds of ten steps.
        last: Its last save.
    """

    mean: float
    typical: float
    last: Save


def article_classifier() -> Classifier:
    """Returns the bundled classifier."""
    classifier, _ = load_classifier(bundled_classifier())
    return classifier


def article_dataset() -> Dataset:
    """Returns the bundled dataset."""
    return load_dataset(resource("mnist.npz"))


class Descents:
    """Runs from noise with the article's method and coefficients, without stopping rules.

    Args:
        classifier: The classifier to fool.
        dataset: Its training images are the references.
        labels: The classes, one batch each.
        most_references: The most training images of a label; None for all.

    Attributes:
        classifier: See above.
        cost: The cost function of all runs.
    """

    def __init__(
        self, classifier: Classifier, dataset: Dataset, labels: Sequence[int], most_references: int | None = None
    ) -> None:
        self.classifier = classifier
        self.cost = CostFunction(classifier, METHOD)
        self._references = {
            label: self.cost.record(dataset.training_images_of(label)[:most_references]) for label in labels
        }

    def run(self, steps: int = STEPS, slots: int = SLOTS, terms: Mapping[str, float] | None = None) -> TimedRun:
        """Returns the timing of a run of `steps` steps with `slots` images per label.

        Args:
            steps: How many.
            slots: How many images of each label.
            terms: Coefficients of terms by name, beside the article's.
        """
        settings = DescentSettings(min_probability=1.0, max_steps=steps, save_frequency=min(SAVE_FREQUENCY, steps))
        coefficients = article_coefficients(self.classifier.recorded_layers)
        if terms:
            coefficients = replace(coefficients, term_coeffs={**coefficients.term_coeffs, **terms})
        control = RunControl.for_descent(coefficients, settings)
        saves = list(descend(self.batches(slots), control))
        return TimedRun(mean=saves[-1].seconds / steps, typical=_typical(saves), last=saves[-1])

    def batches(self, slots: int = SLOTS) -> list[LabelBatch]:
        """Returns fresh batches, one per label, with `slots` images each."""
        return [self._batch(label, references, slots) for label, references in self._references.items()]

    def _batch(self, label: int, references: References, slots: int) -> LabelBatch:
        rng = slot_rng(0, label)
        images = uniform_noise(rng, (slots, *self.classifier.input_shape))
        return LabelBatch(label, images, references, self.cost, METHOD, rng)


def _typical(saves: Sequence[Save]) -> float:
    return statistics.median(
        (later.seconds - earlier.seconds) / (later.step - earlier.step) for earlier, later in itertools.pairwise(saves)
    )
