"""Undo in the descent panel: an entry for each change of a setting."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtGui import QUndoCommand

from fooler_gui.core.formats import setting_text
from fooler_gui.core.settings import DescentSettings

_COMMAND_ID = 0x0F01


class DescentChange(QUndoCommand):
    """A change of some settings of the descent. Successive changes of the same number merge, as a wheel makes many.

    Args:
        before: The changed settings before, by name.
        after: The same settings after.
        apply: Shows and applies settings, and leaves the others as they are.
    """

    def __init__(
        self, before: Mapping[str, Any], after: Mapping[str, Any], apply: Callable[[Mapping[str, Any]], None]
    ) -> None:
        super().__init__()
        self.before, self.after = dict(before), dict(after)
        self._apply = apply
        self._describe()

    def id(self) -> int:
        """Returns the id by which Qt merges entries."""
        return _COMMAND_ID

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Merges `other` if it changed the same number; returns whether it did."""
        if not isinstance(other, DescentChange) or self.after.keys() != other.after.keys():
            return False
        if any(isinstance(value, bool | str) for value in self.after.values()):
            return False
        self.after = other.after
        self._describe()
        self.setObsolete(self.before == self.after)
        return True

    def undo(self) -> None:
        """Restores the former settings."""
        self._apply(self.before)

    def redo(self) -> None:
        """Makes the change."""
        self._apply(self.after)

    def _describe(self) -> None:
        name, value = next(iter(self.after.items()))
        label = DescentSettings.info(name).label.lower()
        self.setText(f"{label} {setting_text(self.before[name])} → {setting_text(value)}")
