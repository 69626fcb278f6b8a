"""Somebody who uses the program: looks for controls, waits for what is seen, and has a mouse, keys and a camera."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from virtual_screen import VirtualScreen

ROOT = Path(__file__).resolve().parents[2]
_PATIENCE = 180.0
"""Seconds after which something that should be seen is taken for missing."""
_LOOKS_EVERY = 0.03
_Seen = TypeVar("_Seen")


class Missed(AssertionError):
    """Something that should have been seen was not."""


class Person:
    """Uses the program on a screen.

    Args:
        screen: The screen.
        program: The process, which tells what is where.
        home: The home folder of both.
        album: The folder of pictures; None takes none.

    Attributes:
        screen: See above; likewise program and home.
    """

    def __init__(self, screen: VirtualScreen, program: subprocess.Popen[str], home: Path, album: Path | None) -> None:
        self.screen = screen
        self.home = home
        self.program = program
        self._album = album
        self._pictures = 0

    def ask(self, question: str, argument: str = "") -> Any:
        """Returns what the program answers; see `walked_program`."""
        assert self.program.stdin is not None
        assert self.program.stdout is not None
        self.program.stdin.write(json.dumps([question, argument]) + "\n")
        self.program.stdin.flush()
        answer = self.program.stdout.readline()
        if not answer:
            raise Missed(f"the program ended with status {self.program.wait()}")
        return json.loads(answer)

    def see(self, what: str, look: Callable[[], _Seen]) -> _Seen:
        """Waits until `look` returns something true, and returns it.

        Raises:
            Missed: It does not; `what` says what should be seen.
        """
        ends = time.monotonic() + _PATIENCE
        while not (seen := look()):
            if time.monotonic() > ends:
                self.photograph("missed")
                raise Missed(f"not seen: {what}")
            time.sleep(_LOOKS_EVERY)
        return seen

    def text(self, name: str) -> str:
        """Returns the text that the widget called `name` shows now; "" if it is not on screen."""
        shown = self.ask("widget", name)
        texts = ("text", "plainText", "currentText")
        return "" if shown is None else next((str(shown[text]) for text in texts if shown.get(text)), "")

    def read(self, name: str, words: str) -> None:
        """Waits until the text of the widget called `name` holds `words`."""
        self.see(f"“{words}” in {name}", lambda: words in self.text(name))

    def is_shown(self, name: str) -> bool:
        """Returns whether the widget called `name` is on screen."""
        return self.ask("widget", name) is not None

    def can(self, action: str) -> bool:
        """Returns whether the action called `action` can be done now."""
        return bool(self.ask("action", action))

    def is_idle(self) -> bool:
        """Returns whether a run could be started and nothing is to be stopped."""
        return self.can("run_action") and not self.can("stop_action")

    def slots(self) -> list[dict[str, Any]]:
        """Returns the images of the grid."""
        images: list[dict[str, Any]] = self.ask("slots", "batch_grid")
        return images

    def reach(self, name: str) -> None:
        """Moves the mouse to the middle of the widget called `name` as soon as it can be used."""

        def place() -> list[int] | None:
            shown = self.ask("widget", name)
            usable = shown is not None and shown["enabled"] and not shown["covered"]
            return shown["place"] if usable else None

        self.move_into(self.see(f"{name}, to be used", place))

    def move_into(self, place: Sequence[int]) -> None:
        """Moves the mouse into the middle of a place."""
        x, y, width, height = place
        self.screen.move(x + width // 2, y + height // 2)

    def click(self, name: str, times: int = 1) -> None:
        """Clicks the widget called `name` as soon as it can be used."""
        self.reach(name)
        self.screen.click(times)

    def enter(self, name: str) -> None:
        """Clicks into the field called `name` and waits until it takes keys."""
        self.click(name)
        self.see(f"the focus in {name}", lambda: self.ask("widget", name)["focus"])

    def choose(self, entry: str) -> None:
        """Clicks an entry of an open menu."""
        self.move_into(self.see(f"the entry {entry}", lambda: self.ask("entry", entry)))
        self.screen.click()

    def bring_forward(self, tab: str) -> None:
        """Clicks a tab."""
        self.move_into(self.see(f"the tab {tab}", lambda: self.ask("tab", tab)))
        self.screen.click()

    def drag(self, points: Sequence[tuple[int, int]], until: Callable[[], bool] = lambda: False) -> None:
        """Drags the mouse through `points`, one after another, or until something is seen."""
        self.screen.move(*points[0])
        self.screen.press()
        for point in points[1:]:
            self.screen.move(*point)
            self.ask("windows")  # answered once it has seen the move
            if until():
                break
        self.screen.release()

    def command(self, words: str) -> None:
        """Opens the list of all commands and does what `words` find in it."""
        self.screen.key("ctrl+shift+p")
        self.see("the list of commands", lambda: self.is_shown("command_search"))
        self.screen.type(words)
        self.read("command_search", words)
        self.screen.key("Return")
        self.see("the list of commands closed", lambda: not self.is_shown("command_search"))

    def photograph(self, name: str) -> None:
        """Keeps a picture of the whole screen."""
        if self._album is not None:
            self._pictures += 1
            path = self._album / f"{self._pictures:02d}-{name}.png"
            if not self.ask("picture", str(path)):
                raise OSError(f"{path} cannot be written")


@contextmanager
def started_program(screen: VirtualScreen, home: Path, album: Path | None = None) -> Iterator[Person]:
    """Starts the program on `screen` as a process, with the empty folder `home` as home; kills it if it still runs."""
    folders = {f"XDG_{name}_HOME": str(home / name.lower()) for name in ("DATA", "CONFIG", "CACHE")}
    usual = {name: value for name, value in os.environ.items() if not name.startswith(("QT_", "XDG_", "WAYLAND"))}
    surroundings = {
        **usual, **folders, "HOME": str(home), "DISPLAY": screen.display, "QT_QPA_PLATFORM": "xcb",
        "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    with (home / "console.txt").open("w", encoding="utf-8") as console:
        program = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("walked_program.py"))],
            env=surroundings, cwd=home, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=console, text=True,
            start_new_session=True,
        )  # fmt: skip
        try:
            yield Person(screen, program, home, album)
        finally:
            if program.poll() is None:
                os.killpg(program.pid, signal.SIGKILL)
            program.communicate()
