"""A person's first minute, with real mouse and keys. ``python tests/walk ALBUM`` walks on, and leaves pictures."""

from __future__ import annotations

from pathlib import Path

import pytest
from first_minutes import begin, close, find_a_command
from person import started_program
from virtual_screen import missing, virtual_screen


@pytest.mark.skipif(bool(missing()), reason=f"not installed: {', '.join(missing())}")
def test_the_first_minute_with_real_mouse_and_keys(tmp_path: Path) -> None:
    with virtual_screen(1280, 800) as screen, started_program(screen, tmp_path) as person:
        for station in (begin, find_a_command, close):
            station(person)
