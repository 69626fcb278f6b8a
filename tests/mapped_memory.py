"""What the files that this process maps take of its memory. Linux only."""

from __future__ import annotations

import re
from pathlib import Path


def resident_kilobytes(ending: str) -> int:
    """Returns the kilobytes of memory that maps of files whose path ends with `ending` take."""
    maps = Path("/proc/self/smaps").read_text(encoding="utf-8", errors="replace")
    return sum(map(int, re.findall(rf"{re.escape(ending)}\n(?:.*\n)*?Rss:\s+(\d+) kB", maps)))
