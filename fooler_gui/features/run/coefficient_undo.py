"""Undo in the coefficients panel: one entry per drag, text edit, preset or reset."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtGui import QUndoCommand

_COMMAND_ID = 0x0F00


@dataclass(frozen=True, slots=True, kw_only=True)
class CoefficientState:
    """Some coefficients and settings of the descent by name, and their preset."""

    preset: str
    numbers: Mapping[str, float]
    descent: Mapping[str, Any] = field(default_factory=dict)


class CoefficientChange(QUndoCommand):
    """A change of coefficients. Changes of the same edit merge.

    Args:
        before: The changed coefficients before.
        after: The same coefficients after.
        apply: Shows and applies a state.
        describe: Returns the entry's text for a change between two states.
        edit: The edit it belongs to, or None if it stands alone.
    """

    def __init__(
        self,
        before: CoefficientState,
        after: CoefficientState,
        *,
        apply: Callable[[CoefficientState], None],
        describe: Callable[[CoefficientState, CoefficientState], str],
        edit: int | None = None,
    ) -> None:
        super().__init__(describe(before, after))
        self.before = before
        self.after = after
        self.edit = edit
        self._apply = apply
        self._describe = describe

    def id(self) -> int:
        """Returns the id by which Qt merges entries."""
        return _COMMAND_ID

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Merges `other` if both belong to the same edit; returns whether it did."""
        if not isinstance(other, CoefficientChange) or self.edit is None or other.edit != self.edit:
            return False
        self.after = other.after
        self.setText(self._describe(self.before, self.after))
        self.setObsolete(self.before == self.after)
        return True

    def undo(self) -> None:
        """Restores the former coefficients."""
        self._apply(self.before)

    def redo(self) -> None:
        """Makes the change."""
        self._apply(self.after)
