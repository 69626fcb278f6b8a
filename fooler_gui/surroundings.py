"""What the program makes of its surroundings, whatever started it: standard streams, warnings, variables of Qt, locale.

Every process of the program calls `prepare` first, before it imports Qt or TensorFlow.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import MutableMapping
from contextlib import suppress
from typing import TextIO

_STREAMS = (("stdin", "r"), ("stdout", "w"), ("stderr", "w"))

_DROPPED = (
    "QT_PLUGIN_PATH",
    "QT_QPA_PLATFORM_PLUGIN_PATH",
    "QT_STYLE_OVERRIDE",
    "QT_FATAL_WARNINGS",
    "QT_FATAL_CRITICALS",
)
"""They lead to another program's plugins, to a style that the program does not have, or to an abort at a warning."""

_SANE = {"QT_SCALE_FACTOR": (0.2, 10.0), "QT_FONT_DPI": (24.0, 960.0)}
"""Outside of these a window has no size, or none that fits a screen."""

_WITH_DISPLAY = ("xcb", "wayland", "windows", "cocoa")


def prepare() -> None:
    """Opens standard streams that are closed, and undoes what variables meant for other programs would break."""
    _open_closed_streams()
    _tolerate_warnings()
    settle_qt(os.environ)
    settle_locale(os.environ)


def goes_nowhere(stream: TextIO) -> bool:
    """Tells whether `stream` was closed when the program began, so that what is written to it is lost."""
    return stream.name == os.devnull


def settle_qt(variables: MutableMapping[str, str]) -> None:
    """Changes those of the environment's `variables` that keep the window from opening or from being usable.

    A platform that was asked for stays the first choice; those that the displays belong to follow.
    """
    variables["PYQTGRAPH_QT_LIB"] = "PySide6"
    for name in _DROPPED:
        variables.pop(name, None)
    for name, (least, most) in _SANE.items():
        if name in variables and not least <= _number(variables[name]) <= most:
            del variables[name]
    wanted = variables.get("QT_QPA_PLATFORM")
    if wanted:
        if not wanted.startswith(_WITH_DISPLAY):
            variables.pop("QT_QPA_PLATFORMTHEME", None)  # GTK ends the process where it finds no display
        variables["QT_QPA_PLATFORM"] = ";".join(dict.fromkeys([*wanted.split(";"), *_usual_platforms(variables)]))


def settle_locale(variables: MutableMapping[str, str]) -> None:
    """Changes the environment's `variables` so that numbers, dates and reasons of errors suit the program's English.

    The character set stays the person's.
    """
    everything = variables.pop("LC_ALL", "")
    if everything:
        variables["LC_CTYPE"] = everything
    variables.update(dict.fromkeys(("LC_NUMERIC", "LC_TIME", "LC_MEASUREMENT", "LC_MESSAGES"), "C"))


def _usual_platforms(variables: MutableMapping[str, str]) -> list[str]:
    native = {"win32": "windows", "darwin": "cocoa"}.get(sys.platform)
    if native is not None:
        return [native]
    displays = {"DISPLAY": "xcb", "WAYLAND_DISPLAY": "wayland"}
    return [platform for display, platform in displays.items() if variables.get(display)]


def _number(text: str) -> float:
    with suppress(ValueError):
        return float(text)
    return float("nan")


def _open_closed_streams() -> None:
    """Lets standard streams that are closed lead nowhere. The next file that is opened would take their place."""
    for number, (name, mode) in enumerate(_STREAMS):
        if getattr(sys, name) is None:
            opened = os.open(os.devnull, os.O_RDWR)
            if opened != number:
                os.dup2(opened, number)
                os.close(opened)
            os.set_inheritable(number, True)
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 - it stays open


def _tolerate_warnings() -> None:
    """Keeps warnings of libraries from being errors, which PYTHONWARNINGS makes of them for a program under test."""
    if any(option.startswith("e") for option in sys.warnoptions):
        warnings.simplefilter("ignore")
