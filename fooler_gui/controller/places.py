"""Where the lab keeps what it makes without asking."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path


class Places:
    """Names new files and folders, and remembers those of the latest run and rounds.

    Args:
        free_classifier_path: Returns a path, not in use yet, for a classifier of the given kind ("trained",
            "retrained").
        free_rounds_folder: Returns a folder, not in use yet, for rounds.
        free_run_folder: Returns a folder, not in use yet, for a run to record itself in.

    Attributes:
        run: The folder of the latest run; "" before the first one.
        rounds: That of the rounds that were made or opened last; "" before the first ones.
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
        self.run = ""
        self.rounds = ""

    def new_classifier(self, kind: str) -> str:
        """Returns the path for a classifier of this kind, "trained" or "retrained"."""
        return str(self._free_classifier_path(kind))

    def new_rounds(self) -> str:
        """Returns the folder for new rounds."""
        return str(self._free_rounds_folder())

    def new_run(self) -> str:
        """Returns the folder for a new run."""
        return str(self._free_run_folder())
