from __future__ import annotations

import sys

import odd_surroundings
import pytest


@pytest.mark.skipif(sys.platform == "win32", reason="streams are closed by a shell")
def test_odd_surroundings_change_neither_result_nor_exit_status() -> None:
    report = odd_surroundings.run(8, seed=1)
    assert report.times == {"export": 4, "window": 2, "costs": 2}
    assert report.failures == []
