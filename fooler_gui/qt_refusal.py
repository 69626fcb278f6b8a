"""Explains why Qt cannot work on this machine and what to do. Imports no Qt."""

from __future__ import annotations

import ctypes
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

_QT_LIBRARIES = "libegl1 libgl1 libxkbcommon0 libdbus-1-3 libfontconfig1 libx11-6 libglib2.0-0"
_DISPLAY_LIBRARIES = (
    "libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-image0 libxcb-render-util0 libxcb-shape0 libxkbcommon-x11-0"
)
_COMMANDS = "the commands, such as fooler backwork --label 3, need no window"
_VIRTUAL = "xvfb-run (on Debian and Ubuntu: apt install xvfb)"
_MISSING = re.compile(r"(lib\S+\.so[.\d]*): cannot open shared object file")


def no_window(reason: str) -> str:
    """Returns the sentence for a window that cannot be opened, with the `reason`."""
    return f"The window cannot be opened: {reason}; {_COMMANDS}."


def not_loaded(error: ImportError) -> str:
    """Returns why Qt could not be imported, and what to install."""
    text = (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
    if "libQt6" in text and os.environ.get("LD_LIBRARY_PATH"):
        return f"LD_LIBRARY_PATH leads to another Qt and must be unset ({text})"
    return _missing_library(text, _QT_LIBRARIES) or text


def no_platform(plugins: Path, variables: Mapping[str, str]) -> str:
    """Returns why Qt has no display to show a window on, and what to install or set.

    Args:
        plugins: The folder of Qt's plugins.
        variables: The environment's.
    """
    if sys.platform == "linux" and variables.get("DISPLAY"):
        try:
            ctypes.CDLL(str(plugins / "platforms" / "libqxcb.so"))
        except OSError as error:
            return _missing_library(str(error), _DISPLAY_LIBRARIES) or str(error)
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    given = " and ".join(f"{name} is {variables[name]}" for name in names if variables.get(name))
    given = given or "neither DISPLAY nor WAYLAND_DISPLAY is set"
    return f"no display can be reached ({given}); use a desktop session, ssh -X or {_VIRTUAL}"


def _missing_library(text: str, packages: str) -> str:
    found = _MISSING.search(text)
    return f"{found[1]} is missing (on Debian and Ubuntu: apt install {packages})" if found else ""
