"""The runs of a sitting: how the latest one stands, and what was found in it and before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from fooler_gui.core.messages import FloatArray, IntArray, Save
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.run_spec import RunSpec
from fooler_gui.core.sentences import change_sentence
from fooler_gui.core.settings import CostCoefficients, DescentSettings, MethodSettings

_NOTHING_FOUND = np.empty((0, 0, 0, 0), np.float32), np.empty(0, np.int64)


class Sitting:
    """Remembers the latest run, and the found images of those before it.

    Attributes:
        save: The latest save of the present run, and until there is one, of the run before; None before any.
        awaits_first_save: Whether the present run has no save yet.
        method: Of the latest run, as are the others.
        descent: As it is now.
        coefficients: As they are now; None before any run.
    """

    def __init__(self) -> None:
        self.save: Save | None = None
        self.awaits_first_save = False
        self.method = MethodSettings()
        self.descent = DescentSettings()
        self.coefficients: CostCoefficients | None = None
        self._former = self._settings()
        self._pending_changes: dict[int, str] = {}
        self._folder = self._coming = ""
        self._earlier_found: dict[str, tuple[FloatArray, IntArray]] = {}

    def begin(self, spec: RunSpec, folder: str) -> None:
        """Remembers that the run which `spec` describes has begun, and records itself in `folder`."""
        self._former = self._settings()
        self._remember(spec)
        self._coming = folder
        self.awaits_first_save = True
        self.drop_changes()

    def forget_begun(self) -> None:
        """Takes the run before the one that has begun, and has no save, for the latest one again."""
        self.awaits_first_save = False
        self.coefficients, self.descent, self.method = self._former

    def show(self, spec: RunSpec, save: Save, folder: str) -> None:
        """Takes the recorded run in `folder`, whose last save is given, for the latest one."""
        self._leave_for(folder)
        self._remember(spec)
        self.save = save

    def add(self, saves: Sequence[Save]) -> None:
        """Takes the next saves of the present run."""
        if self.awaits_first_save:
            self.awaits_first_save = False
            self._leave_for(self._coming)
        self.save = saves[-1]

    def change_coefficients(self, coefficients: CostCoefficients, control: RunControl) -> None:
        """Has the present run use `coefficients` from its next step on.

        Args:
            coefficients: All of them.
            control: The reins of the run.
        """
        if self.coefficients is None:
            return
        changes = self.coefficients.changes_to(coefficients)
        self.coefficients = coefficients
        if changes:
            self._pending_changes[control.change(coefficients=coefficients)] = change_sentence(changes)

    def applied_changes(self, saves: Sequence[Save]) -> Iterator[tuple[int, str]]:
        """Yields the first step made with changed coefficients and what changed, for what `saves` tell of."""
        for applied_revision, step in (applied for save in saves for applied in save.applied):
            for revision in [revision for revision in self._pending_changes if revision <= applied_revision]:
                yield step, self._pending_changes.pop(revision)

    def drop_changes(self) -> None:
        """Forgets changes that no step was made with."""
        self._pending_changes.clear()

    def found_count(self, which: str) -> int:
        """Returns how many found images `found` would return."""
        present = 0 if self.save is None else int(self.save.done.sum())
        earlier = sum(len(images) for images, _ in self._earlier_found.values())
        return {"run": present, "sitting": earlier + present, "none": 0}[which]

    def found(self, which: str) -> tuple[FloatArray, IntArray]:
        """Returns found images and the labels that they were driven towards.

        Args:
            which: Those of this "run", of all runs of this "sitting", or "none".

        Returns:
            (N, H, W, C) and (N,); N may be 0.
        """
        present = [] if self.save is None else [(self.save.found_images(), self.save.found_labels())]
        parts = {"run": present, "sitting": [*self._earlier_found.values(), *present], "none": []}[which]
        parts = [part for part in parts if len(part[0])]
        if not parts:
            return _NOTHING_FOUND
        images, labels = zip(*parts, strict=True)
        return np.concatenate(images), np.concatenate(labels)

    def _settings(self) -> tuple[CostCoefficients | None, DescentSettings, MethodSettings]:
        return self.coefficients, self.descent, self.method

    def _remember(self, spec: RunSpec) -> None:
        self.coefficients, self.descent, self.method = spec.coefficients, spec.descent, spec.method

    def _leave_for(self, folder: str) -> None:
        """Keeps what was found in the run so far, before another one, in `folder`, takes its place."""
        self._earlier_found[self._folder] = self.found("run")
        self._earlier_found.pop(folder, None)  # a run that is opened once more counts once
        self._folder = folder
