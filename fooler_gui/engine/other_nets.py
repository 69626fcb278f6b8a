"""Classifiers that are open beside the one in use, so that they can be asked about its images."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from fooler_gui.core.classifier_info import ClassifierInfo
from fooler_gui.core.errors import LabError
from fooler_gui.core.jobs import OpenClassifier
from fooler_gui.core.path_text import path_of
from fooler_gui.data.file_hash import sha256_of
from fooler_gui.engine.in_use import InUse
from fooler_gui.engine.opening import misfit, opened_beside


class OtherNets:
    """Any number of classifiers with the images and classes of the one in use."""

    def __init__(self) -> None:
        self._open: dict[OpenClassifier, InUse] = {}

    @property
    def infos(self) -> tuple[ClassifierInfo, ...]:
        """Their descriptions, in the order in which they were opened."""
        return tuple(each.info for each in self._open.values())

    def beside(self, present: InUse) -> tuple[InUse, ...]:
        """Returns those that are other nets than `present`."""
        return tuple(each for each in self._open.values() if not each.info.is_same_net(present.info))

    def open(self, wanted: Sequence[OpenClassifier], present: InUse) -> list[str]:
        """Opens exactly the `wanted` ones, and returns for each that cannot be used why not.

        One whose file has not changed since it was opened is not opened anew.
        """
        former, self._open, problems = self._open, {}, []
        for each in wanted:
            path, known = path_of(each.path), former.get(each)
            try:
                if known is None or known.info.sha256 != _hash_of(path):
                    known = opened_beside(path, each, present)
                self._open[each] = known
            except LabError as error:
                problems.append(str(error))
        return problems

    def leave_out_misfits(self, present: InUse | None) -> None:
        """Closes those that have other images or classes than `present`; all if it is None."""
        self._open = {
            wanted: each
            for wanted, each in self._open.items()
            if present is not None and not misfit(each.info, present.info)
        }


def _hash_of(path: Path) -> str:
    """Returns the hash of the file at `path`; "" if it cannot be read."""
    try:
        return sha256_of(path)
    except OSError:
        return ""
