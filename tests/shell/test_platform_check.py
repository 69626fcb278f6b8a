from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="displays of Linux")


def start(home: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Starts the window without a display, in a home of its own."""
    kept = {name: value for name, value in os.environ.items() if "DISPLAY" not in name and not name.startswith("QT_")}
    homes = {"XDG_CONFIG_HOME": str(home), "XDG_DATA_HOME": str(home)}
    return subprocess.run(
        [sys.executable, "main.py"], cwd=ROOT, env={**kept, **homes, **variables},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


@LINUX
@pytest.mark.parametrize(
    ("variables", "reason"),
    [
        ({}, "neither DISPLAY nor WAYLAND_DISPLAY is set"),
        ({"WAYLAND_DISPLAY": "none-1"}, "WAYLAND_DISPLAY is none-1"),
        ({"QT_QPA_PLATFORM": "nonsense"}, "QT_QPA_PLATFORM is nonsense"),
        ({"QT_QPA_PLATFORM": "linuxfb:fb=/dev/null"}, "QT_QPA_PLATFORM is linuxfb"),
    ],
)
def test_without_a_display_the_window_says_why_and_ends_with_2(
    tmp_path: Path, variables: dict[str, str], reason: str
) -> None:
    done = start(tmp_path, XDG_RUNTIME_DIR=str(tmp_path), **variables)
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith("The window cannot be opened: no display can be reached (")
    assert done.stderr.count("\n") == 1
    assert reason in done.stderr
    assert "xvfb-run" in done.stderr
    assert "fooler backwork" in done.stderr


def test_without_qt_the_window_says_what_is_missing_and_ends_with_2(tmp_path: Path) -> None:
    (tmp_path / "PySide6.py").write_text(
        "raise ImportError('libGL.so.1: cannot open shared object file: No such file')"
    )
    done = start(tmp_path, PYTHONPATH=str(tmp_path))
    assert done.returncode == 2
    assert done.stderr.startswith(
        "The window cannot be opened: libGL.so.1 is missing (on Debian and Ubuntu: apt install"
    )
    assert done.stderr.count("\n") == 1
