"""Locks of runs, trainings and rounds. Where a file system has none, work goes on without, which is told once."""

from __future__ import annotations

import contextlib
import functools
import logging
import warnings
from pathlib import Path

from filelock import FileLock, Timeout

_log = logging.getLogger(__name__)


class HeldLock:
    """A lock that is held until it is let go. Of no thread: it may be taken on one and let go on another.

    Args:
        path: Of the lock file, which is made in a folder that exists.

    Raises:
        Timeout: Somebody else holds it.
        OSError: The lock file cannot be made.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        lock = FileLock(path, timeout=0, thread_local=False)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # that some kinds of locks are missing, and others are used
                lock.acquire()
        except Timeout:
            raise
        except (OSError, NotImplementedError):
            path.open("ab").close()  # where that works, it is the locks that do not
            _tell_once()
        self._lock = lock

    def let_go(self, *, remove: bool = False) -> None:
        """Lets it go.

        Args:
            remove: Whether the lock file goes, too.
        """
        if remove:
            # While it is held, as it may be another's afterwards; Windows cannot, and removes it by itself.
            with contextlib.suppress(OSError):
                self._path.unlink(missing_ok=True)
        self._lock.release()


def is_held(path: Path) -> bool:
    """Tells whether somebody holds the lock file at `path`; no file is made for it.

    Where nothing can be locked or read nobody holds it.
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
    _log.warning("The file system has no locks: see to it that no other program writes to the same folder.")
