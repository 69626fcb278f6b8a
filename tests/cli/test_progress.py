from __future__ import annotations

import errno
import io
import os
import sys

import pytest

from fooler_gui.cli.progress import ProgressLine
from fooler_gui.core.messages import Working


class Terminal(io.StringIO):
    """A terminal that may be closed."""

    closed_down = False

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if self.closed_down:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return super().write(text)


def progress_on(stream: io.StringIO, monkeypatch) -> None:
    monkeypatch.setattr(sys, "stderr", stream)
    with ProgressLine() as progress:
        progress.show(Working(sentence="Counting", fraction=0.5))
        progress.show(Working(sentence="Counting on"))


@pytest.mark.parametrize("name", ["FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "CLICOLOR_FORCE"])
def test_no_variable_brings_a_bar_into_a_file(monkeypatch, name):
    monkeypatch.setenv(name, "1")
    file = io.StringIO()
    progress_on(file, monkeypatch)
    assert file.getvalue() == ""


def test_a_terminal_shows_a_bar(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    terminal = Terminal()
    progress_on(terminal, monkeypatch)
    assert "Counting on" in terminal.getvalue()


@pytest.mark.parametrize("columns", ["1", "0", "-5", "many"])
def test_any_width_of_a_terminal_will_do(monkeypatch, columns):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", columns)
    progress_on(Terminal(), monkeypatch)


def test_a_terminal_that_cannot_move_its_cursor_shows_none(monkeypatch):
    monkeypatch.setenv("TERM", "dumb")
    terminal = Terminal()
    progress_on(terminal, monkeypatch)
    assert terminal.getvalue() == ""


def test_a_terminal_that_is_closed_meanwhile_breaks_nothing_off(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with ProgressLine() as progress:
        progress.show(Working(sentence="Counting"))
        terminal.closed_down = True
        progress.show(Working(sentence="Counting on"))
    assert "Counting on" not in terminal.getvalue()
