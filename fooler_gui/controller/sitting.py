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
        self._earlier_found: list[tuple[FloatArray, IntArray]] = []

    def begin(self, spec: RunSpec) -> None:
        """Remembers that the run which `spec` describes has begun."""
        self._former = self._settings()
        self._remember(spec)
        self.awaits_first_save = True
        self.drop_changes()

    def forget_begun(self) -> None:
        """Takes the run before the one that has begun, and has no save, for the latest one again."""
        self.awaits_first_save = False
        self.coefficients, self.descent, self.method = self._former

    def show(self, spec: RunSpec, save: Save) -> None:
        """Takes a recorded run, whose last save is given, for the latest one."""
        self._keep_found()
        self._remember(spec)
        self.save = save

    def add(self, saves: Sequence[Save]) -> bool:
        """Takes the next saves of the present run; tells whether they are its first."""
        is_first = self.awaits_first_save
        if is_first:
            self.awaits_first_save = False
            self._keep_found()
        self.save = saves[-1]
        return is_first

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

    def found(self, which: str) -> tuple[FloatArray, IntArray]:
        """Returns found images and the labels that they were driven towards.

        Args:
            which: Those of this "run", of all runs of this "sitting", or "none".

        Returns:
            (N, H, W, C) and (N,); N may be 0.
        """
        present = [] if self.save is None else [(self.save.found_images(), self.save.found_labels())]
        parts = {"run": present, "sitting": [*self._earlier_found, *present], "none": []}[which]
        parts = [part for part in parts if len(part[0])]
        if not parts:
            return _NOTHING_FOUND
        images, labels = zip(*parts, strict=True)
        return np.concatenate(images), np.concatenate(labels)

    def _settings(self) -> tuple[CostCoefficients | None, DescentSettings, MethodSettings]:
        return self.coefficients, self.descent, self.method

    def _remember(self, spec: RunSpec) -> None:
        self.coefficients, self.descent, self.method = spec.coefficients, spec.descent, spec.method

    def _keep_found(self) -> None:
        images, labels = self.found("run")
        if len(images):
            self._earlier_found.append((images, labels))
