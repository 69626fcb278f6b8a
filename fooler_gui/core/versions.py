"""The versions that a run or rounds were made with, for their files. Needs no TensorFlow."""

from __future__ import annotations

import platform
from importlib import metadata
from pathlib import Path

from fooler_gui import __version__

_PACKAGES = ("tensorflow", "keras", "numpy")


def versions() -> dict[str, str]:
    """Returns the versions of this program, Python and the packages that results depend on, by name."""
    return {
        "fooler": __version__,
        "python": platform.python_version(),
        **{name: _version(name) for name in _PACKAGES},
    }


def processor() -> str:
    """Returns the processor's name, which `platform` lacks on Linux."""
    path = Path("/proc/cpuinfo")
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "unknown"
