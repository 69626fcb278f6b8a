"""What can be undone in the coefficients panel: one entry for a drag, a text edit, a preset or a reset."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtGui import QUndoCommand

_COMMAND_ID = 0x0F00


@dataclass(frozen=True, slots=True, kw_only=True)
class CoefficientState:
    """Some coefficients by name, and the preset that they are compared with."""

    preset: str
    numbers: Mapping[str, float]


class CoefficientChange(QUndoCommand):
    """A change of coefficients. Changes that carry the same session become one.

    Args:
        before: The changed coefficients as they were.
        after: The same coefficients as they became.
        apply: Shows a state in the panel and makes it count.
        describe: Gives the entry's text for a change from one state to the other.
        session: The edit it belongs to, or None for a change that stands alone.
    """

    def __init__(
        self,
        before: CoefficientState,
        after: CoefficientState,
        *,
        apply: Callable[[CoefficientState], None],
        describe: Callable[[CoefficientState, CoefficientState], str],
        session: int | None = None,
    ) -> None:
        super().__init__(describe(before, after))
        self.before = before
        self.after = after
        self.session = session
        self._apply = apply
        self._describe = describe

    def id(self) -> int:
        """Returns what tells Qt that these entries may merge."""
        return _COMMAND_ID

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Takes `other` into this entry if both belong to one edit, and says whether it did."""
        if not isinstance(other, CoefficientChange) or self.session is None or other.session != self.session:
            return False
        self.after = other.after
        self.setText(self._describe(self.before, self.after))
        self.setObsolete(self.before == self.after)
        return True

    def undo(self) -> None:
        """Puts the former coefficients back."""
        self._apply(self.before)

    def redo(self) -> None:
        """Makes the change, first and again."""
        self._apply(self.after)
