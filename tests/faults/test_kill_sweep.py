from __future__ import annotations

import sys

import kill_sweep
import pytest


@pytest.mark.skipif(sys.platform == "win32", reason="processes are killed by signals")
def test_no_cell_of_a_sweep_is_lost_or_doubled_by_a_kill() -> None:
    report = kill_sweep.run(2, seed=1)
    assert report.times == {"leader": 2, "worker": 2, "leader that prepares a sweep": 1}
    assert report.failures == []
