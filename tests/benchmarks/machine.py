"""The machine that figures were measured on."""

from __future__ import annotations

import importlib.metadata
import os
import platform

from fooler_gui.core.versions import processor

_PACKAGES = ("tensorflow", "keras", "numpy")


def machine() -> dict[str, str | int]:
    """Returns processor, cores, system, and the versions of Python and the numeric libraries."""
    versions = {package: importlib.metadata.version(package) for package in _PACKAGES}
    return {
        "processor": processor(),
        "cores": os.cpu_count() or 1,
        "system": platform.platform(),
        "python": platform.python_version(),
        **versions,
    }
