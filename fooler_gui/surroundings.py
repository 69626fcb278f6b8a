"""Prepares the process's environment: standard streams, warnings, Qt's variables, locale.

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
"""Variables that select another program's plugins, a style that is not available, or an abort at a warning."""

_SANE = {"QT_SCALE_FACTOR": (0.2, 10.0), "QT_FONT_DPI": (24.0, 960.0)}
"""Outside this range a window has no size, or does not fit a screen."""

_WITH_DISPLAY = ("xcb", "wayland", "windows", "cocoa")


def prepare() -> None:
    """Replaces closed standard streams and undoes the effect of variables meant for other programs."""
    _open_closed_streams()
    _tolerate_warnings()
    settle_qt(os.environ)
    settle_locale(os.environ)


def goes_nowhere(stream: TextIO) -> bool:
    """Returns whether `stream` was closed when the program started, so that output to it is lost."""
    return stream.name == os.devnull


def settle_qt(variables: MutableMapping[str, str]) -> None:
    """Changes environment `variables` that keep the window from opening or being usable.

    A requested platform stays the first choice; those of the available displays follow.
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
            variables.pop("QT_QPA_PLATFORMTHEME", None)  # GTK ends the process if it finds no display
        variables["QT_QPA_PLATFORM"] = ";".join(dict.fromkeys([*wanted.split(";"), *_usual_platforms(variables)]))


def settle_locale(variables: MutableMapping[str, str]) -> None:
    """Changes environment `variables` so that numbers, dates and error messages are in English.

    The character set stays the user's.
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
    """Redirects closed standard streams to nowhere; otherwise the next opened file would take their place."""
    for number, (name, mode) in enumerate(_STREAMS):
        if getattr(sys, name) is None:
            opened = os.open(os.devnull, os.O_RDWR)
            if opened != number:
                os.dup2(opened, number)
                os.close(opened)
            os.set_inheritable(number, True)
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 - it stays open


def _tolerate_warnings() -> None:
    """Keeps library warnings from becoming errors by a PYTHONWARNINGS meant for a program under test."""
    if any(option.startswith("e") for option in sys.warnoptions):
        warnings.simplefilter("ignore")
