"""The recently opened runs, remembered between sessions."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QMenu

from fooler_gui.core.path_text import path_of
from fooler_gui.session.user_settings import UserSettings

MOST = 10
_TABLE, _KEY = "recent", "runs"


class RecentRuns:
    """The folders of recently opened runs, newest first. Main thread only.

    Args:
        memory: The settings in which they are kept.
    """

    def __init__(self, memory: UserSettings) -> None:
        self._memory = memory

    def folders(self) -> tuple[str, ...]:
        """Returns at most `MOST` folders; some may no longer exist."""
        remembered = self._memory.table(_TABLE).get(_KEY, [])
        if not isinstance(remembered, list):
            return ()
        return tuple(folder for folder in remembered if isinstance(folder, str) and folder)[:MOST]

    def add(self, folder: str) -> None:
        """Puts `folder` first."""
        others = [other for other in self.folders() if other != folder]
        self._memory.set_table(_TABLE, {_KEY: [folder, *others][:MOST]})

    def clear(self) -> None:
        """Empties the list."""
        self._memory.set_table(_TABLE, {})

    def fill(self, menu: QMenu, open_run: Callable[[str], object]) -> None:
        """Replaces the entries of `menu` by the folders; those that no longer exist are disabled.

        Args:
            menu: The menu, about to be shown.
            open_run: Called with the chosen folder.
        """
        menu.clear()
        menu.setToolTipsVisible(True)
        folders = self.folders()
        for folder in folders:
            action = menu.addAction(path_of(folder).name.replace("&", "&&"))
            exists = path_of(folder).is_dir()
            action.setEnabled(exists)
            action.setToolTip(folder if exists else f"{folder} is no longer there.")
            action.triggered.connect(lambda _checked, chosen=folder: open_run(chosen))
        if not folders:
            menu.addAction("No run opened yet").setEnabled(False)
            return
        menu.addSeparator()
        menu.addAction("Clear this list", self.clear)
