"""What a lab holds: the dataset, the classifier in use and those beside it, and who gives second opinions."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from fooler_gui.core.array_store import ArrayStore
from fooler_gui.core.arrays import FloatArray, frozen
from fooler_gui.core.classifier_info import ClassifierInfo
from fooler_gui.core.cycles import collect_cycles
from fooler_gui.core.errors import LabError
from fooler_gui.core.further_classifier import FurtherClassifier
from fooler_gui.core.jobs import OpenClassifier
from fooler_gui.core.messages import ClassifierReady, DatasetReady, Message, OtherNetsReady
from fooler_gui.core.path_text import path_of
from fooler_gui.core.reference_settings import ReferenceSettings
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.settings import MethodSettings, SettingError
from fooler_gui.data.dataset import Dataset
from fooler_gui.engine.cost.layer_distances import with_distances
from fooler_gui.engine.cost.reference_sample import Sample
from fooler_gui.engine.cost.references import References
from fooler_gui.engine.ensemble import OpenedFurther
from fooler_gui.engine.evaluation.inspector import Inspector
from fooler_gui.engine.evaluation.pixel_neighbours import PixelNeighbours
from fooler_gui.engine.guarantee.certifying import bounds_of
from fooler_gui.engine.in_use import InUse
from fooler_gui.engine.nets.classifier import Classifier
from fooler_gui.engine.nets.classifier_file import describe, save_classifier
from fooler_gui.engine.opening import opened
from fooler_gui.engine.other_nets import OtherNets

_EXAMPLES = 20
"""At most so many classes are shown by an image."""


class LabContents:
    """The dataset and the classifiers of a lab.

    Args:
        dataset: The dataset that was opened first.
        second_opinion: The file of an independent classifier of this dataset, or None.
        store: Where references are kept on disk; None for nowhere.

    Attributes:
        opened_dataset: The dataset that was opened last.
        present: The classifier in use, or None.
        former: The one that was in use before it, or None.
        candidate: The retrained one that is neither kept nor discarded yet, or None.
        others: Those that are open beside the one in use.
    """

    def __init__(self, dataset: Dataset, second_opinion: Path | None, store: ArrayStore | None = None) -> None:
        self.opened_dataset = dataset
        self.present: InUse | None = None
        self.former: InUse | None = None
        self.candidate: InUse | None = None
        self.others = OtherNets()
        self._told_dataset: Dataset | None = None
        self._told_others: tuple[ClassifierInfo, ...] = ()
        self._neighbours_of: tuple[Dataset, PixelNeighbours] | None = None
        self._store = store
        self._second_opinion = second_opinion
        self._second_sha256 = dataset.sha256 if second_opinion is not None else ""
        self._second: Classifier | None = None
        self._further = OpenedFurther(self.opened)

    @property
    def dataset(self) -> Dataset:
        """The dataset in use; without images where the classifier in use does not fit the one that was opened."""
        return self.opened_dataset if self.present is None else self.present.dataset

    def put_in_use(self, entering: InUse) -> None:
        """Puts a classifier in use; that before it becomes the former one, unless it is the same net opened anew."""
        if self.present is not None:
            self.present.forget_computed()
            if not entering.info.is_same_net(self.present.info):
                self.former = self.present
        self.present = _with_distances(entering)
        self.others.leave_out_misfits(self.present)
        self._further.forget()
        collect_cycles()

    def change_dataset(self, dataset: Dataset, entering: InUse | None) -> None:
        """Puts another dataset in use, with a classifier for it if there is one; all others are dropped."""
        if self.present is not None:
            self.present.forget_computed()
        self.opened_dataset, self.present = dataset, entering and _with_distances(entering)
        self.former = self.candidate = self._second = None
        self.others.leave_out_misfits(None)
        self._further.forget()
        collect_cycles()

    def save_present(self, path: Path) -> None:
        """Writes the classifier in use to the file `path`.

        Raises:
            LabError: There is none, or it cannot be written.
        """
        present = self.require_present()
        save_classifier(present.classifier, path, present.info.test_accuracy, self.dataset.sha256)
        present.info = describe(present.classifier, path, present.info.test_accuracy)
        _with_distances(present)

    def restore_former(self) -> None:
        """Puts the former classifier back in use.

        Raises:
            LabError: There is none.
        """
        if self.former is None:
            raise LabError("There is no former classifier to go back to.")
        self.put_in_use(self.former)

    def keep_candidate(self) -> None:
        """Puts the candidate, if there is one, in use."""
        if self.candidate is not None:
            self.put_in_use(self.candidate)
            self.candidate = None

    def open_others(self, wanted: Sequence[OpenClassifier]) -> list[str]:
        """Opens exactly the `wanted` classifiers beside the one in use; see `OtherNets.open`.

        Raises:
            LabError: There is no classifier in use.
        """
        present = self.require_present()
        present.inspector = None  # the others give second opinions, too
        return self.others.open(wanted, present)

    def opened(self, path: str) -> InUse:
        """Returns the classifier in the file at `path`, which must fit the dataset in use.

        Raises:
            LabError: It cannot be used.
        """
        return opened(path_of(path), OpenClassifier(path=path), self.dataset)[0]

    def opened_further(self, further: Sequence[FurtherClassifier]) -> tuple[InUse, ...]:
        """Returns the further classifiers of an ensemble with the one in use, whose dataset they must fit.

        Raises:
            LabError: There is no classifier in use, or a further one cannot be used, is not the one that was chosen, or
                does not fit.
        """
        return self._further.of(further, self.require_present().info)

    def tell(self) -> Iterator[Message]:
        """Yields the classifier in use, and before it the dataset and the other nets if they are not those last told.

        Raises:
            LabError: There is no classifier.
        """
        yield from self.tell_dataset()
        former = self.former.info if self.former is not None else None
        yield ClassifierReady(classifier=self.require_present().info, former=former)

    def tell_dataset(self) -> Iterator[Message]:
        """Yields the dataset in use and the other nets, if they are not those last told."""
        if self._told_dataset is not self.dataset:
            self._told_dataset = self.dataset
            yield DatasetReady(dataset=self.dataset.info, examples=frozen(self.dataset.examples(_EXAMPLES)))
        if self._told_others != self.others.infos:
            yield self.others_ready()

    def others_ready(self) -> OtherNetsReady:
        """Returns which other nets are open."""
        self._told_others = self.others.infos
        return OtherNetsReady(nets=self._told_others)

    @property
    def neighbours(self) -> PixelNeighbours:
        """The nearest neighbours among the training images of the dataset in use."""
        if self._neighbours_of is None or self._neighbours_of[0] is not self.dataset:
            self._neighbours_of = self.dataset, PixelNeighbours(self.dataset)
        return self._neighbours_of[1]

    def second_classifier(self) -> Classifier | None:
        """Returns the independent classifier, if there is one for the dataset in use."""
        if self._second_opinion is None or self.dataset.sha256 != self._second_sha256:
            return None
        if self._second is None:
            self._second = self.opened(str(self._second_opinion)).classifier
        return self._second

    def references(self, sample: Sample, method: MethodSettings, control: RunControl | None = None) -> References:
        """Returns the references of a label's `sample` for the classifier in use, recorded or read on first use.

        Raises:
            RecordingStopped: `control` requested a stop before they were recorded.
            LabError: There is no classifier, or they take more than a quarter of the memory, and the file for them
                cannot be written.
        """
        return self.require_present().references(sample, method, control, self._store)

    def recording(
        self, samples: Collection[Sample], method: MethodSettings, control: RunControl
    ) -> AbstractContextManager[Iterator[References]]:
        """Begins to record the references of several labels, and gives those of each in turn; see `references`.

        Raises:
            LabError: There is no classifier.
        """
        return self.require_present().recording(samples, method, control, self._store)

    def record_ahead(self, method: MethodSettings, settings: ReferenceSettings, control: RunControl) -> None:
        """Puts the references of every label on disk, so that a run of any labels begins at once.

        Args:
            method: The article's way or the 2016 program's.
            settings: Which training images are references.
            control: Stops it.

        Raises:
            RecordingStopped: `control` requested a stop.
            LabError: There is no classifier, or too little memory for references.
        """
        present = self.require_present()
        if self._store is not None and present.dataset.has_images:
            present.record_ahead(method, settings, control, self._store)

    def inspector(self) -> Inspector:
        """Returns what inspects images for the classifier in use.

        Raises:
            LabError: There is no classifier.
        """
        present = self.require_present()
        if present.inspector is None:
            neighbours = self.neighbours if present.dataset.has_images else None
            others = [(other.info.name, other.classifier) for other in self.others.beside(present)]
            bounds = bounds_of(present.classifier, present.info.name) if present.info.has_guarantee else None
            present.inspector = Inspector(present.classifier, neighbours, self.second_classifier(), others, bounds)
        return present.inspector

    def require_present(self) -> InUse:
        """Returns the classifier in use.

        Raises:
            LabError: There is none.
        """
        if self.present is None:
            raise LabError("There is no classifier yet; open one or train one.")
        return self.present

    def require_images(self, what: str) -> None:
        """Checks that a dataset is in use, which `what` needs.

        Raises:
            LabError: None is.
        """
        if not self.dataset.has_images:
            raise LabError(f"{what} needs a dataset, and none is in use; open one, in a terminal with --data.")

    def check_found(self, images: FloatArray, what: str) -> None:
        """Checks that found `images` (N, H, W, C), perhaps of a run with other data, have the shape of the dataset's.

        Raises:
            SettingError: They have another one, which `what` cannot use.
        """
        wanted, given = (" × ".join(map(str, shape)) for shape in (self.dataset.input_shape, images.shape[1:]))
        if len(images) and given != wanted:
            raise SettingError(
                f"{what} needs found images of {wanted}, as those of the dataset in use; received {given}."
            )

    def check_labels(self, labels: tuple[int, ...]) -> None:
        """Checks that the dataset in use has `labels`.

        Raises:
            SettingError: It lacks one.
        """
        count = len(self.dataset.class_names)
        for label in labels:
            if not 0 <= label < count:
                raise SettingError(f"A label must be from 0 to {count - 1}; received {label}.")


def _with_distances(entering: InUse) -> InUse:
    """Returns `entering`, with its layer distances where the article's coefficients do not fit it."""
    entering.info = with_distances(entering.info, entering.classifier, entering.dataset)
    return entering
