"""Files and folders for results that are saved without asking where."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from fooler_gui.core.files import give_back_folder
from fooler_gui.core.path_text import text_of
from fooler_gui.records.training_record import training_folder


class NewFiles:
    """Names new files and folders.

    A folder is made for each, so that no other program takes the same name; one left empty is removed again.

    Args:
        free_classifier_path: Returns an unused path for a classifier of the given kind ("trained", "retrained",
            "guaranteed") and makes the folder of its training.
        free_rounds_folder: Returns an unused folder for rounds.
        free_run_folder: Returns an unused folder for the record of a run.
    """

    def __init__(
        self,
        free_classifier_path: Callable[[str], Path],
        free_rounds_folder: Callable[[], Path],
        free_run_folder: Callable[[], Path],
    ) -> None:
        self._free_classifier_path = free_classifier_path
        self._free_rounds_folder = free_rounds_folder
        self._free_run_folder = free_run_folder
        self._claimed: Path | None = None

    def new_classifier(self, kind: str) -> str:
        """Returns the path of a new classifier of this kind: "trained", "retrained" or "guaranteed"."""
        path = self._free_classifier_path(kind)
        self._claimed = training_folder(path)
        return text_of(path)

    def new_rounds(self) -> str:
        """Returns the folder for new rounds."""
        return self._new_folder(self._free_rounds_folder)

    def new_run(self) -> str:
        """Returns the folder for a new run."""
        return self._new_folder(self._free_run_folder)

    def give_back(self) -> None:
        """Removes the folder made last if it is empty; called when the work has ended."""
        if self._claimed is not None:
            give_back_folder(self._claimed)
            self._claimed = None

    def _new_folder(self, free_folder: Callable[[], Path]) -> str:
        self._claimed = free_folder()
        return text_of(self._claimed)
