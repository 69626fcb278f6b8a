"""The runs that were opened last, remembered from one start to the next."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QMenu

from fooler_gui.core.path_text import path_of
from fooler_gui.session.user_settings import UserSettings

MOST = 10
_TABLE, _KEY = "recent", "runs"


class RecentRuns:
    """Folders of runs, the one opened last first. Main thread only.

    Args:
        memory: Where they are remembered.
    """

    def __init__(self, memory: UserSettings) -> None:
        self._memory = memory

    def folders(self) -> tuple[str, ...]:
        """Returns the folders, `MOST` at most; some may be gone."""
        remembered = self._memory.table(_TABLE).get(_KEY, [])
        if not isinstance(remembered, list):
            return ()
        return tuple(folder for folder in remembered if isinstance(folder, str) and folder)[:MOST]

    def add(self, folder: str) -> None:
        """Puts `folder` first."""
        others = [other for other in self.folders() if other != folder]
        self._memory.set_table(_TABLE, {_KEY: [folder, *others][:MOST]})

    def clear(self) -> None:
        """Forgets them all."""
        self._memory.set_table(_TABLE, {})

    def fill(self, menu: QMenu, open_run: Callable[[str], object]) -> None:
        """Fills `menu` with them, in place of what it held; what is gone cannot be chosen.

        Args:
            menu: As it is about to be shown.
            open_run: Called with the folder that is chosen.
        """
        menu.clear()
        menu.setToolTipsVisible(True)
        folders = self.folders()
        for folder in folders:
            action = menu.addAction(path_of(folder).name.replace("&", "&&"))
            is_there = path_of(folder).is_dir()
            action.setEnabled(is_there)
            action.setToolTip(folder if is_there else f"{folder} is no longer there.")
            action.triggered.connect(lambda _checked, chosen=folder: open_run(chosen))
        if not folders:
            menu.addAction("No run was opened yet").setEnabled(False)
            return
        menu.addSeparator()
        menu.addAction("Forget these", self.clear)
