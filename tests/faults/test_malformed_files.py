from __future__ import annotations

import malformed_files
import pytest


@pytest.mark.usefixtures("qapp")
@pytest.mark.qt_log_level_fail("CRITICAL")
def test_malformed_files_of_every_kind_are_refused_in_one_sentence() -> None:
    report = malformed_files.run(192, seed=2)
    assert set(report.times.values()) == {8}
    assert report.failures == []
