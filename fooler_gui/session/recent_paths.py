"""The files or folders of one kind that were opened recently, remembered between sessions."""

from __future__ import annotations

from fooler_gui.session.user_settings import UserSettings

MOST = 10
_TABLE = "recent"


class RecentPaths:
    """Recently opened files or folders, newest first. Main thread only.

    Args:
        memory: The settings in which they are kept.
        kind: What they are, the key there.
    """

    def __init__(self, memory: UserSettings, kind: str) -> None:
        self._memory = memory
        self._kind = kind

    def paths(self) -> tuple[str, ...]:
        """Returns at most `MOST` paths; some may no longer exist."""
        remembered = self._memory.table(_TABLE).get(self._kind, [])
        if not isinstance(remembered, list):
            return ()
        return tuple(path for path in remembered if isinstance(path, str) and path)[:MOST]

    def add(self, path: str) -> None:
        """Puts `path` first."""
        self._set([path, *(other for other in self.paths() if other != path)][:MOST])

    def clear(self) -> None:
        """Empties the list."""
        self._set([])

    def _set(self, paths: list[str]) -> None:
        self._memory.set_table(_TABLE, {**self._memory.table(_TABLE), self._kind: paths})
