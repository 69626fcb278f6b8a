"""The time from a press of Run, with all labels chosen, to the first moving image, in the window with its engine."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

from PySide6.QtWidgets import QApplication

from benchmarks.row import Quantity, Row, Target
from benchmarks.window_user import WindowUser
from fooler_gui.app import make_application

_NAME = "first-image"
_LABELS = tuple(range(10))
_SECONDS_TO_CHOOSE, _SECONDS_AT_REST = 5.0, 30.0
_COLD, _WARM = Target(words="≤ 6 s", most=6.0), Target(words="≤ 1 s", most=1.0)


def measure() -> list[Row]:
    """Returns the rows of a press without any references on disk, at once and later, and with all of them there."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = make_application()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_DATA_HOME"], os.environ["XDG_CACHE_HOME"] = f"{folder}/data", f"{folder}/cache"
        cold = _seconds_to_first_image(app, Path(folder), rest=0.0)
        warm = _seconds_to_first_image(app, Path(folder), rest=_SECONDS_TO_CHOOSE)
        os.environ["XDG_CACHE_HOME"] = f"{folder}/another cache"
        rested = _seconds_to_first_image(app, Path(folder), rest=_SECONDS_AT_REST)
    at_first = "When the window was ready, no references were on disk."
    return [
        _row("cold", cold, _COLD, f"{at_first} Pressed at once."),
        _row("cold, after a rest", rested, None, f"{at_first} Pressed {_SECONDS_AT_REST:g} s later."),
        _row("warm", warm, _WARM, f"All were on disk. Pressed {_SECONDS_TO_CHOOSE:g} s after the window was ready."),
    ]


def _seconds_to_first_image(app: QApplication, folder: Path, rest: float) -> float:
    """Returns the seconds from the press to the first save after a step, in a window of its own.

    Args:
        app: The application.
        folder: For settings.
        rest: Seconds that the window is left alone when it is ready.
    """
    user = WindowUser(app, folder)
    try:
        user.model.change_setup(labels=_LABELS, slots=8, pace=None)
        user.load()
        user.wait(rest)
        began = time.perf_counter()
        user.run()
        user.wait_until(lambda: user.steps > 0, look_every=5)
        seconds = time.perf_counter() - began
        user.end()
        return seconds
    finally:
        user.close()
        app.processEvents()


def _row(how: str, seconds: float, target: Target | None, note: str) -> Row:
    return Row(
        name=_NAME,
        work=f"Run with ten labels of eight slots to the first moving image, {how}",
        ours=Quantity(seconds, "s"),
        target="" if target is None else target.words,
        met=None if target is None else target.is_met_by(seconds),
        note=note,
    )
