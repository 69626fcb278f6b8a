from __future__ import annotations

import errno

import pytest

from fooler_gui.core.errors import reason_of


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (MemoryError(), "there is not enough memory"),
        (OSError(errno.ENOSPC, "No space left on device"), "No space left on device"),
        (PermissionError(errno.EACCES, "Permission denied", "/a"), "Permission denied"),
        (OSError("the picture could not be written"), "the picture could not be written"),
        (KeyError("conv0"), "there is no 'conv0'"),
        (RuntimeError("First line.\nA traceback"), "First line"),
        (ZeroDivisionError(), "no reason is known"),
        (ValueError("x" * 900), "x" * 300),
    ],
)
def test_the_reason_of_an_error_is_told_without_the_name_of_its_class(error, reason):
    assert reason_of(error) == reason
    assert type(error).__name__ not in reason
