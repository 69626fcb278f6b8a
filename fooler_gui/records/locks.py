"""Whether somebody holds the lock of a run, a training or rounds."""

from __future__ import annotations

from pathlib import Path

from filelock import FileLock, Timeout


def is_held(path: Path) -> bool:
    """Tells whether somebody holds the lock file at `path`; no file is made for it.

    Where nothing can be locked or read nobody holds it.
    """
    try:
        if not path.exists():
            return False
        with FileLock(path, timeout=0):
            return False
    except Timeout:
        return True
    except (OSError, NotImplementedError):
        return False
