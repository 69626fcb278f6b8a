"""A classifier in use, with its dataset and what was computed for it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager

from fooler_gui.core.array_store import ArrayStore
from fooler_gui.core.classifier_info import ClassifierInfo
from fooler_gui.core.reference_settings import ReferenceSettings
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.settings import MethodSettings
from fooler_gui.data.dataset import Dataset
from fooler_gui.engine.cost.cost_function import CostFunction
from fooler_gui.engine.cost.nets import WeightedNet
from fooler_gui.engine.cost.reference_sample import ReferencePlan, Sample, planned
from fooler_gui.engine.cost.references import References, never
from fooler_gui.engine.evaluation.inspector import Inspector
from fooler_gui.engine.mending.training import Trainer
from fooler_gui.engine.nets.classifier import Classifier


class InUse:
    """A classifier with its description and dataset, and reusable computations for it.

    Args:
        classifier: The classifier.
        info: Its description.
        dataset: Of its images and classes; it may have no images.
        trainer: The trainer that trained it, whose moments a further training continues; None if there is none.

    Attributes:
        inspector: Inspects images; made when first needed.
    """

    def __init__(
        self, classifier: Classifier, info: ClassifierInfo, dataset: Dataset, trainer: Trainer | None = None
    ) -> None:
        self.classifier = classifier
        self.info = info
        self.dataset = dataset
        self.trainer = trainer
        self.inspector: Inspector | None = None
        self._costs: tuple[MethodSettings, CostFunction] | None = None
        self._ensemble: tuple[MethodSettings, tuple[WeightedNet, ...], CostFunction] | None = None
        self._references: dict[int, tuple[Sample, References]] = {}
        self._on_disk: dict[Sample, bool] = {}

    def cost(self, method: MethodSettings) -> CostFunction:
        """Returns the cost function of `method`; references of another method are dropped."""
        if self._costs is None or self._costs[0] != method:
            self._costs = method, CostFunction(self.classifier, method, has_references=self.dataset.has_images)
            self._references = {}
            self._on_disk = {}
        return self._costs[1]

    def cost_with(self, further: tuple[WeightedNet, ...], method: MethodSettings) -> CostFunction:
        """Returns the cost function of an ensemble of this classifier and `further` ones; `cost` without them.

        It takes the references of `cost`.
        """
        if not further:
            return self.cost(method)
        if self._ensemble is None or self._ensemble[:2] != (method, further):
            has_references = self.dataset.has_images
            cost = CostFunction(self.classifier, method, has_references=has_references, further=further)
            self._ensemble = method, further, cost
        return self._ensemble[2]

    def plan(self, labels: Sequence[int], method: MethodSettings, settings: ReferenceSettings) -> ReferencePlan:
        """Returns which training images of `labels` are references.

        Raises:
            SettingError: The memory is too little for one reference of each label.
        """
        return planned(self.dataset, labels, settings, self.cost(method).bytes_a_reference)

    def references(
        self,
        sample: Sample,
        method: MethodSettings,
        control: RunControl | None = None,
        store: ArrayStore | None = None,
    ) -> References:
        """Returns the references of a label's `sample`, recorded on first use; those of another sample are dropped.

        Args:
            sample: The sample.
            method: The article's way or the 2016 program's.
            control: Stops the recording.
            store: Where they are kept on disk; None for nowhere.

        Raises:
            RecordingStopped: `control` requested a stop before they were recorded.
            LabError: They take more than a quarter of the memory, and the file for them cannot be written.
        """
        with self.recording([sample], method, control, store) as recorded:
            return next(recorded)

    @contextmanager
    def recording(
        self,
        samples: Collection[Sample],
        method: MethodSettings,
        control: RunControl | None = None,
        store: ArrayStore | None = None,
    ) -> Iterator[Iterator[References]]:
        """Begins to record the references of several labels, and gives those of each in turn; see `references`."""
        cost = self.cost(method)
        missing = [sample for sample in samples if not self.has_references([sample])]
        for sample in missing:
            self._references.pop(sample.label, None)
        stopped = never if control is None else lambda: control.stop_requested
        with cost.record_samples(self.dataset, missing, stopped, store) as recorded:
            yield self._kept(samples, recorded)

    def _kept(self, samples: Iterable[Sample], recorded: Iterator[References]) -> Iterator[References]:
        """Yields the references of each of `samples`; those that are missing are the next of `recorded`, and kept."""
        for sample in samples:
            if not self.has_references([sample]):
                self._references[sample.label] = sample, next(recorded)
            yield self._references[sample.label][1]

    def record_ahead(
        self, method: MethodSettings, settings: ReferenceSettings, control: RunControl, store: ArrayStore
    ) -> None:
        """Records the references of every label in `store`, each once.

        Nothing is recorded if it would take more than half of the store, or is not kept there.

        Raises:
            RecordingStopped: `control` requested a stop.
            SettingError: The memory is too little for one reference of each label.
        """
        cost, plan = self.cost(method), self.plan(range(len(self.dataset.class_names)), method, settings)
        if not cost.keeps_references or plan.total.used * cost.bytes_a_reference > store.most_bytes // 2:
            return
        samples = [sample for sample in plan.samples.values() if sample not in self._on_disk and not sample.mapped]
        with cost.record_samples(self.dataset, samples, lambda: control.stop_requested, store) as recorded:
            for sample, references in zip(samples, recorded, strict=True):
                self._on_disk[sample] = references.on_disk

    def is_on_disk(self, sample: Sample) -> bool:
        """Returns whether `record_ahead` has put the references of `sample` on disk."""
        return self._on_disk.get(sample, False)

    def has_references(self, samples: Iterable[Sample]) -> bool:
        """Returns whether the references of all `samples` are recorded."""
        recorded = [sample for sample, _ in self._references.values()]
        return all(sample in recorded for sample in samples)

    def keep_references(self, samples: Collection[Sample]) -> None:
        """Drops all other references, which can take gigabytes."""
        self._references = {label: kept for label, kept in self._references.items() if kept[0] in samples}

    def forget_computed(self) -> None:
        """Drops what is invalid once the weights have changed or the classifier is no longer in use."""
        self._costs, self._ensemble, self._references, self.inspector = None, None, {}, None
        self._on_disk = {}
