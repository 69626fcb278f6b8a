"""Whether a run that was repeated came out the same, and where it did not."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fooler_gui.core.sentences import made_otherwise
from fooler_gui.records.history_reader import HistoryReader
from fooler_gui.records.run_folder import read_record


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatCheck:
    """How a repetition compares with its run.

    Attributes:
        differs_from: The first step at which images or probabilities differ; None where they never do.
        made_otherwise: In what versions or machine differ, in words; "" where they do not.
    """

    differs_from: int | None
    made_otherwise: str

    @property
    def sentence(self) -> str:
        """What to tell a person."""
        if self.differs_from is None:
            though = f", though they were made otherwise: {self.made_otherwise}" if self.made_otherwise else ""
            return f"The images are the same as before to the last bit{though}."
        why = f"the run was made otherwise: {self.made_otherwise}"
        nothing = "nothing that is noted of versions and machine differs"
        return f"The images differ from step {self.differs_from:,} on: {why if self.made_otherwise else nothing}."


def check_repeat(run: Path, again: Path) -> RepeatCheck:
    """Compares the run in the folder `run` with its repetition in `again`, save by save, as far as both go.

    Raises:
        LabError: One of them cannot be read.
    """
    before, now = ({**record.versions, **record.machine} for record in (read_record(run), read_record(again)))
    return RepeatCheck(differs_from=_first_difference(run, again), made_otherwise=made_otherwise(before, now))


def _first_difference(run: Path, again: Path) -> int | None:
    one, other = HistoryReader(run), HistoryReader(again)
    try:
        for number in np.intersect1d(one.index().numbers, other.index().numbers).tolist():
            saved, repeated = one.save(number), other.save(number)
            if saved.step != repeated.step or not (
                np.array_equal(saved.images, repeated.images)
                and np.array_equal(saved.probabilities, repeated.probabilities)
            ):
                return min(saved.step, repeated.step)
    finally:
        one.close()
        other.close()
    return None
