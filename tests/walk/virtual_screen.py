"""A screen that nobody sees, with a window manager, and a mouse and a keyboard for it."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

PROGRAMS = ("Xvfb", "openbox", "xdotool")
"""What it is made of."""
_STARTS_WITHIN = 20.0


def missing() -> list[str]:
    """Returns which of the programs that it needs are not installed."""
    return [name for name in PROGRAMS if shutil.which(name) is None]


class VirtualScreen:
    """Mouse and keyboard of a screen.

    Args:
        display: The name of the X display, such as ``:99``.

    Attributes:
        display: See above.
    """

    def __init__(self, display: str) -> None:
        self.display = display

    def move(self, x: int, y: int) -> None:
        """Moves the mouse there."""
        self._do("mousemove", str(x), str(y))

    def press(self) -> None:
        """Presses the left button."""
        self._do("mousedown", "1")

    def release(self) -> None:
        """Releases it."""
        self._do("mouseup", "1")

    def click(self, times: int = 1) -> None:
        """Clicks where the mouse is."""
        self._do("click", "--repeat", str(times), "--delay", "60", "1")

    def turn(self, notches: int) -> None:
        """Turns the wheel towards oneself, or away if negative."""
        self._do("click", "--repeat", str(abs(notches)), "--delay", "10", "5" if notches > 0 else "4")

    def key(self, *keys: str) -> None:
        """Presses keys one after another, such as ``ctrl+z``."""
        self._do("key", "--delay", "30", *keys)

    def type(self, text: str) -> None:
        """Types `text`."""
        self._do("type", "--delay", "30", text)

    def _do(self, *words: str) -> None:
        subprocess.run(["xdotool", *words], env={**os.environ, "DISPLAY": self.display}, check=True)


@contextmanager
def virtual_screen(width: int, height: int) -> Iterator[VirtualScreen]:
    """Starts a screen of `width` by `height` pixels, and ends it."""
    reading, writing = os.pipe()
    words = ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp"]
    server = subprocess.Popen(words, pass_fds=[writing], stderr=subprocess.DEVNULL)
    os.close(writing)
    with os.fdopen(reading) as named:
        display = f":{named.readline().strip()}"
    manager = subprocess.Popen(["openbox"], env={**os.environ, "DISPLAY": display}, stderr=subprocess.DEVNULL)
    try:
        _await_manager(display)
        yield VirtualScreen(display)
    finally:
        for process in (manager, server):
            process.terminate()
            process.wait()


def _await_manager(display: str) -> None:
    """Waits until the window manager tells the number of desktops, as it does once it is ready."""
    ends = time.monotonic() + _STARTS_WITHIN
    words = ["xdotool", "get_num_desktops"]
    while subprocess.run(words, env={**os.environ, "DISPLAY": display}, capture_output=True, check=False).returncode:
        if time.monotonic() > ends:
            raise TimeoutError("the window manager does not start")
        time.sleep(0.02)
