"""How much memory this process takes and has taken at most, in bytes."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def peak_bytes() -> int:
    """Returns the most resident memory since this process began.

    Raises:
        OSError: This system does not tell.
    """
    try:
        import resource
    except ImportError as error:
        raise OSError("The peak of memory can be told on Linux and macOS only.") from error
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak


def present_bytes() -> int:
    """Returns the resident memory now.

    Raises:
        OSError: This system does not tell.
    """
    path = Path("/proc/self/statm")
    if not path.exists():
        raise OSError("The present memory can be told on Linux only.")
    return int(path.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
