"""Decides which write errors may pass by waiting and which never do."""

from __future__ import annotations

import errno

from fooler_gui.core.errors import LabError

_NEVER_PASS = frozenset(
    getattr(errno, name)
    for name in (
        "EPERM", "EACCES", "EROFS",  # writing is not permitted here
        "ENAMETOOLONG", "EILSEQ", "EINVAL", "ENOTDIR", "EISDIR", "ELOOP", "EXDEV",  # invalid name
        "EFBIG", "EOVERFLOW", "EMLINK",  # more than the file system allows
        "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "ENOTTY",  # unsupported
    )
    if hasattr(errno, name)
)  # fmt: skip
"""All others may pass: no space, a quota, a disk or a server that is briefly gone, unknown errors."""


def never_passes(error: BaseException) -> bool:
    """Returns whether `error`, or its cause, will not pass by waiting."""
    return _number(error) in _NEVER_PASS


def says_too_large(error: BaseException) -> bool:
    """Returns whether `error`, or its cause, means that a file is too large."""
    return _number(error) == errno.EFBIG


def _number(error: BaseException | None) -> int | None:
    """Returns the system's error number; a sentence for a person has its cause's."""
    while isinstance(error, LabError):
        error = error.__cause__
    return error.errno if isinstance(error, OSError) else None
