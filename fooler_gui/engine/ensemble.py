"""Opens the further classifiers of an ensemble (method.md, Ensembles)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from fooler_gui.core.classifier_info import ClassifierInfo
from fooler_gui.core.errors import LabError
from fooler_gui.core.further_classifier import FurtherClassifier
from fooler_gui.engine.in_use import InUse
from fooler_gui.engine.opening import misfit


class EnsembleError(LabError, ValueError):
    """A classifier cannot take part in an ensemble."""


class OpenedFurther:
    """The further classifiers that were used last, so that a run like the last one need not open them again.

    Args:
        open_file: Returns the classifier of a file as it reads the dataset in use.
    """

    def __init__(self, open_file: Callable[[str], InUse]) -> None:
        self._open_file = open_file
        self._opened: dict[tuple[str, str], InUse] = {}

    def of(self, further: Sequence[FurtherClassifier], first: ClassifierInfo) -> tuple[InUse, ...]:
        """Returns the classifiers `further`, which must fit the `first`; others are dropped.

        Raises:
            LabError: A file cannot be used, is another one than it must be, or holds a classifier that does not fit.
        """
        before, self._opened = self._opened, {}
        opened = []
        for each in further:
            key = each.classifier, each.sha256
            entering = before.get(key) if each.sha256 else None
            opened.append(entering or self._open_file(each.classifier))
            info = opened[-1].info
            _check_hash(each, info)
            problem = misfit(info, first)
            if problem:
                raise EnsembleError(f"{info.name} {problem}")
            self._opened[each.classifier, info.sha256] = opened[-1]
        return tuple(opened)

    def forget(self) -> None:
        """Drops all."""
        self._opened = {}


def _check_hash(wanted: FurtherClassifier, info: ClassifierInfo) -> None:
    if wanted.sha256 and wanted.sha256 != info.sha256:
        raise EnsembleError(
            f"{wanted.classifier} must be the classifier that was chosen, with SHA-256 {wanted.sha256[:12]}…; its file "
            f"has {info.sha256[:12]}…."
        )
