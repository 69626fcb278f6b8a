"""``python tests/faults NAME [--times N] [--seed S] [--json]``: brings a fault about at full size."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path

_ROOM = Path(__file__).parent
sys.path[:0] = [str(_ROOM), str(_ROOM.parent), str(_ROOM.parents[1])]

from fault_report import main  # noqa: E402

NAMES = (
    "certified_balls", "file_systems", "kill_run", "kill_sweep", "long_use", "malformed_files", "odd_surroundings",
    "random_use", "sweep_cluster", "sweep_trouble", "two_windows",
)  # fmt: skip

if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    raise SystemExit(main(NAMES, importlib.import_module))
