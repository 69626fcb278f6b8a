from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from fooler_gui.qt_refusal import no_platform, no_window, not_loaded

ROOT = Path(__file__).resolve().parent.parent
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="displays of Linux")


def start(home: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Starts the window without a display, in a home of its own."""
    kept = {name: value for name, value in os.environ.items() if "DISPLAY" not in name and not name.startswith("QT_")}
    homes = {"XDG_CONFIG_HOME": str(home), "XDG_DATA_HOME": str(home)}
    return subprocess.run(
        [sys.executable, "main.py"], cwd=ROOT, env={**kept, **homes, **variables},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def test_the_sentence_names_the_commands() -> None:
    assert no_window("it is dark") == (
        "The window cannot be opened: it is dark; the commands, such as fooler backwork --label 3, need no window."
    )


def test_a_missing_library_is_named_with_what_to_install() -> None:
    reason = not_loaded(ImportError("libEGL.so.1: cannot open shared object file: No such file or directory"))
    assert reason.startswith("libEGL.so.1 is missing (on Debian and Ubuntu: apt install libegl1 ")


def test_a_missing_module_is_named() -> None:
    assert not_loaded(ImportError("No module named 'PySide6'")) == "No module named 'PySide6'"


def test_another_qt_in_the_library_path_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LD_LIBRARY_PATH", "/opt/conda/lib")
    reason = not_loaded(ImportError("/opt/conda/lib/libQt6Core.so.6: version `Qt_6.11' not found"))
    assert reason.startswith("LD_LIBRARY_PATH names another Qt and has to be unset")


@LINUX
def test_a_platform_that_cannot_be_loaded_is_the_reason_where_there_is_a_display(tmp_path: Path) -> None:
    assert "libqxcb.so is missing" in no_platform(tmp_path, {"DISPLAY": ":0"})
    assert "neither DISPLAY nor WAYLAND_DISPLAY is set" in no_platform(tmp_path, {})


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
