"""How much memory this machine has."""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys

_UNKNOWN = 2**32


def memory_bytes() -> int:
    """Returns the bytes of this machine's memory; 4 GiB if they cannot be found out."""
    if sys.platform == "win32":
        return _windows_memory()
    with contextlib.suppress(ValueError, OSError):
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return _UNKNOWN


def _windows_memory() -> int:
    kilobytes = ctypes.c_ulonglong()
    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009 - it exists on Windows alone
    found = kernel.GetPhysicallyInstalledSystemMemory(ctypes.byref(kilobytes))
    return kilobytes.value * 1024 if found else _UNKNOWN
