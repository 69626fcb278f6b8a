"""The program's window, for files to be dropped onto."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path
from unittest.mock import patch

from dropping import drop
from program_window import comes_true, program_window
from PySide6.QtWidgets import QLabel

from fooler_gui.core.errors import LabError

_READING = "Reading "
"""The beginning of the status bar's text while a run is read in the background."""


class DropWindow:
    """A context manager: opens whatever is dropped.

    Args:
        home: Its own folder for settings and runs.
    """

    def __init__(self, home: Path) -> None:
        self._home = home
        self._raised: list[BaseException] = []

    def __enter__(self) -> DropWindow:
        self._stack = ExitStack()
        self._window = self._stack.enter_context(program_window(self._home)).window
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def open(self, path: Path) -> None:
        """Drops the file at `path` onto the middle of the window, which must report the result.

        Raises:
            LabError: It was refused, with the sentence of the error bar.
        """
        window = self._window
        window.error_bar.hide()
        window.set_status("")
        self._raised.clear()
        with patch.object(sys, "excepthook", lambda _kind, error, _trace: self._raised.append(error)):
            assert drop(window, [str(path)], window.rect().center()), "it was not taken"
            said = comes_true(lambda: bool(self._raised) or window.error_bar.isVisible() or self._has_opened())
        if self._raised:
            raise AssertionError(f"the window raised {self._raised[0]!r}") from self._raised[0]
        assert said, "nothing was said"
        if window.error_bar.isVisible():
            raise LabError(self._words("error_sentence"))

    def _has_opened(self) -> bool:
        status = self._words("status_sentence")
        return bool(status) and not status.startswith(_READING)

    def _words(self, name: str) -> str:
        label = self._window.findChild(QLabel, name)
        assert label is not None
        return label.text()
