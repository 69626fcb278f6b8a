"""Locks of runs, trainings and rounds. If a file system has none, work continues without, with one warning."""

from __future__ import annotations

import contextlib
import functools
import logging
import warnings
from pathlib import Path

from filelock import FileLock, Timeout

_log = logging.getLogger(__name__)


class HeldLock:
    """A lock that is held until it is released, possibly by another thread.

    Args:
        path: The lock file, created in an existing folder.

    Raises:
        Timeout: It is held elsewhere.
        OSError: The lock file cannot be created.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        lock = FileLock(path, timeout=0, thread_local=False)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # about falling back to another kind of lock
                lock.acquire()
        except Timeout:
            raise
        except (OSError, NotImplementedError):
            path.open("ab").close()  # if that works, only locks are missing
            _tell_once()
        self._lock = lock

    def let_go(self, *, remove: bool = False) -> None:
        """Releases the lock.

        Args:
            remove: Whether to remove the lock file.
        """
        if remove:
            # While held, as it may be another's afterwards; Windows cannot, and removes it by itself.
            with contextlib.suppress(OSError):
                self._path.unlink(missing_ok=True)
        self._lock.release()


def is_held(path: Path) -> bool:
    """Returns whether the lock file at `path` is held; no file is created.

    Without locks, or if it cannot be read, it is not held.
    """
    try:
        if not path.exists():
            return False
        HeldLock(path).let_go()
    except Timeout:
        return True
    except OSError:
        return False
    return False


@functools.cache
def _tell_once() -> None:
    _log.warning("The file system has no locks: make sure that no other program writes to the same folder.")
