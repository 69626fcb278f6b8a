"""The present and peak memory of this process, in bytes."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def peak_bytes() -> int:
    """Returns the peak resident memory of this process.

    Raises:
        OSError: This system does not support it.
    """
    try:
        import resource
    except ImportError as error:
        raise OSError("Peak memory is available on Linux and macOS only.") from error
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak


def present_bytes() -> int:
    """Returns the resident memory now.

    Raises:
        OSError: This system does not support it.
    """
    path = Path("/proc/self/statm")
    if not path.exists():
        raise OSError("Present memory is available on Linux only.")
    return int(path.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
