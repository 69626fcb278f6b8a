from __future__ import annotations

import pytest
import random_use
from PySide6.QtWidgets import QApplication


@pytest.mark.usefixtures("qapp")
def test_random_use_of_the_window_raises_nothing_and_leaves_nothing() -> None:
    assert QApplication.instance() is not None
    report = random_use.run(60, seed=3)
    assert report.failures == []
