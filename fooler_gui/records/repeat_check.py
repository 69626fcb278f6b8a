"""Checks whether a repeated run came out the same, and where it differs."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fooler_gui.core.classifier_info import ClassifierInfo
from fooler_gui.core.dataset_info import DatasetInfo
from fooler_gui.core.path_text import path_of
from fooler_gui.core.sentences import made_otherwise
from fooler_gui.records.history_reader import HistoryReader
from fooler_gui.records.run_folder import RunRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatCheck:
    """A comparison of a repetition with its run.

    Attributes:
        differs_from: The first step at which images or probabilities differ; None if they never do.
        made_otherwise: Differences in versions or machine, as text; "" if none.
    """

    differs_from: int | None
    made_otherwise: str

    @property
    def sentence(self) -> str:
        """The result for a person."""
        if self.differs_from is None:
            though = f", though they were made differently: {self.made_otherwise}" if self.made_otherwise else ""
            return f"The images are identical to the last bit{though}."
        why = f"the run was made differently: {self.made_otherwise}"
        nothing = "no recorded version or machine property differs"
        return f"The images differ from step {self.differs_from:,} on: {why if self.made_otherwise else nothing}."


def why_not_repeated(record: RunRecord, classifier: ClassifierInfo | None, dataset: DatasetInfo) -> str:
    """Returns why the run of `record` cannot be repeated with what is in use, in a sentence; "" if it can.

    Args:
        record: The run's record. Earlier versions recorded no dataset; such runs are repeated with any.
        classifier: The classifier in use; None while none is open.
        dataset: The dataset in use.
    """
    other = "" if classifier is None else why_not_with(record, classifier.sha256)
    if other:
        return other
    asked = record.asked_range, record.asked_output
    if classifier is not None and (classifier.asked_range, classifier.asked_output) != asked:
        named = zip(("input range", "output"), asked, strict=True)
        how = " and ".join(f"{what} {value}" for what, value in named if value)
        return (
            f"The run was made with the classifier opened otherwise, with {how or 'the proposed input range'}; "
            "`backwork --repeat` opens it so."
        )
    layers = tuple(record.spec.coefficients.layer_cost_coeffs)
    if classifier is not None and layers and set(layers) != set(classifier.recorded_layers):
        return (
            f"The run was made with the recorded layers {', '.join(layers)}; choose those in the window, or repeat it "
            "by `backwork --repeat`."
        )
    if record.dataset_sha256 not in ("", dataset.sha256):
        return (
            f"The run was made with other data ({record.dataset_words}) than those in use (SHA-256 "
            f"{dataset.sha256[:12]}…); repeat it with those."
        )
    if record.dataset_sha256 and record.largest_side != dataset.largest_side:
        return (
            f"The run was made with images read with a largest side of {record.largest_side:,} pixels, those in use "
            f"with {dataset.largest_side:,}; `backwork --repeat` reads them so."
        )
    return ""


def why_not_with(record: RunRecord, sha256: str) -> str:
    """Returns why the run of `record` cannot be repeated with the classifier's file of this hash; "" if it can."""
    if sha256 == record.classifier_sha256:
        return ""
    name = path_of(record.spec.classifier).name
    return (
        f"The run was made with another classifier, {name} (SHA-256 {record.classifier_sha256[:12]}…); repeat it with "
        "that one."
    )


def check_repeat(run: Path, again: Path) -> RepeatCheck:
    """Compares the run in the folder `run` with its repetition in `again`, save by save, as far as both go.

    Raises:
        LabError: One of them cannot be read.
    """
    before, now = ({**record.versions, **record.machine} for record in map(RunRecord.read, (run, again)))
    return RepeatCheck(differs_from=_first_difference(run, again), made_otherwise=made_otherwise(before, now))


def _first_difference(run: Path, again: Path) -> int | None:
    with closing(HistoryReader(run)) as one, closing(HistoryReader(again)) as other:
        for number in np.intersect1d(one.index().numbers, other.index().numbers).tolist():
            saved, repeated = one.save(number), other.save(number)
            if saved.step != repeated.step or not (
                np.array_equal(saved.images, repeated.images)
                and np.array_equal(saved.probabilities, repeated.probabilities)
            ):
                return min(saved.step, repeated.step)
    return None
