from __future__ import annotations

import sys

import pytest

if sys.platform == "win32":
    pytest.skip("modes, names and limits are those of Unix", allow_module_level=True)

import file_systems


def test_runs_are_recorded_on_file_systems_that_lack_something() -> None:
    report = file_systems.run(25, seed=1)
    assert report.times.total() == 25
    assert report.failures == []
