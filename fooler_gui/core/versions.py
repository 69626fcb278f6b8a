"""What a run or rounds were made with, for their files. Needs no TensorFlow."""

from __future__ import annotations

import platform
from importlib import metadata

from fooler_gui import __version__

_PACKAGES = ("tensorflow", "keras", "numpy")


def versions() -> dict[str, str]:
    """Returns the versions of this program, of Python and of the packages that numbers depend on, by name."""
    return {
        "fooler": __version__,
        "python": platform.python_version(),
        **{name: _version(name) for name in _PACKAGES},
    }


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "unknown"
