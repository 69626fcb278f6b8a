from __future__ import annotations

import sys

import kill_run
import pytest


@pytest.mark.usefixtures("qapp")
@pytest.mark.skipif(sys.platform == "win32", reason="commands are forked")
def test_what_is_killed_leaves_nothing_half_and_loses_half_a_second_at_most() -> None:
    report = kill_run.run(3, seed=1)
    assert report.times == {"run": 1, "training": 1, "export": 1}
    assert report.failures == []
