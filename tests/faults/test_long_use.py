from __future__ import annotations

import sys

import long_use
import pytest


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the present memory")
def test_memory_stays_while_saves_runs_and_rounds_go_by() -> None:
    report = long_use.run(400, seed=1)
    assert report.times == {"saves of one run": 400, "runs": 2, "rounds": 2}
    # The time of a save says nothing while other tests share the processor.
    assert [failure for failure in report.failures if "memory" in failure] == []
