from __future__ import annotations

import errno

import pytest

from fooler_gui.core.errors import LabError
from fooler_gui.core.write_errors import never_passes, says_too_large

NEVER = ("EPERM", "EACCES", "EROFS", "ENAMETOOLONG", "EFBIG", "ENOTSUP", "ELOOP", "ENOTDIR", "EINVAL", "ENOSYS")
PASSING = ("ENOSPC", "EDQUOT", "ENOENT", "ESTALE", "EIO", "ETIMEDOUT", "ENOTCONN", "EAGAIN", "EMFILE", "EEXIST")


@pytest.mark.parametrize("name", NEVER)
def test_what_nobody_allows_or_no_file_system_can_never_passes(name: str) -> None:
    assert never_passes(OSError(getattr(errno, name), "no"))


@pytest.mark.parametrize("name", PASSING)
def test_what_is_full_or_gone_may_pass(name: str) -> None:
    assert not never_passes(OSError(getattr(errno, name), "no"))


def test_what_is_not_known_may_pass() -> None:
    assert not never_passes(OSError("no number"))
    assert not never_passes(RuntimeError())


def test_a_sentence_is_judged_by_the_error_that_it_was_made_of() -> None:
    sentence = LabError("It cannot be written.")
    assert not never_passes(sentence)
    sentence.__cause__ = LabError("The file cannot be written.")
    sentence.__cause__.__cause__ = OSError(errno.EFBIG, "File too large")
    assert never_passes(sentence)
    assert says_too_large(sentence)
