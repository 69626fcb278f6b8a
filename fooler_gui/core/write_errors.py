"""Which errors of writing pass by themselves, so that waiting helps, and which never do. The one place that decides."""

from __future__ import annotations

import errno

from fooler_gui.core.errors import LabError

_NEVER_PASS = frozenset(
    getattr(errno, name)
    for name in (
        "EPERM", "EACCES", "EROFS",  # nobody lets this program write here
        "ENAMETOOLONG", "EILSEQ", "EINVAL", "ENOTDIR", "EISDIR", "ELOOP", "EXDEV",  # there can be no such name
        "EFBIG", "EOVERFLOW", "EMLINK",  # more than the file system takes
        "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "ENOTTY",  # nothing that it does
    )
    if hasattr(errno, name)
)  # fmt: skip
"""All others may pass: no space, a quota, a disk or a server that is gone for a moment, what is not known."""


def never_passes(error: BaseException) -> bool:
    """Tells whether `error`, or the one that it was made of, is of a kind that no waiting mends."""
    return _number(error) in _NEVER_PASS


def says_too_large(error: BaseException) -> bool:
    """Tells whether `error`, or the one that it was made of, says that a file may not become so large."""
    return _number(error) == errno.EFBIG


def _number(error: BaseException | None) -> int | None:
    """Returns the system's number; a sentence for a person has that of the error which it was made of."""
    while isinstance(error, LabError):
        error = error.__cause__
    return error.errno if isinstance(error, OSError) else None
