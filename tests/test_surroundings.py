from __future__ import annotations

import os
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from fooler_gui import __version__
from fooler_gui.surroundings import prepare, settle_locale, settle_qt

ROOT = Path(__file__).resolve().parent.parent


def settled(**variables: str) -> dict[str, str]:
    settle_qt(variables)
    return variables


def shell(script: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", f'fooler() {{ "{sys.executable}" main.py "$@"; }}; {script}'],  # noqa: S607
        cwd=ROOT, env={**os.environ, **variables}, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("library", ["PyQt5", "PyQt6", "PySide2", "nonsense"])
def test_plots_use_the_qt_of_the_window(library: str) -> None:
    assert settled(PYQTGRAPH_QT_LIB=library)["PYQTGRAPH_QT_LIB"] == "PySide6"


@pytest.mark.parametrize(
    "name",
    ["QT_PLUGIN_PATH", "QT_QPA_PLATFORM_PLUGIN_PATH", "QT_STYLE_OVERRIDE", "QT_FATAL_WARNINGS", "QT_FATAL_CRITICALS"],
)
def test_variables_that_break_the_window_are_dropped(name: str) -> None:
    assert name not in settled(**{name: "1"})


@pytest.mark.parametrize("name", ["QT_SCALE_FACTOR", "QT_FONT_DPI"])
@pytest.mark.parametrize("value", ["garbage", "", "0", "-1", "nan", "inf", "1e9", "0,5", "1e-3"])
def test_a_size_at_which_nothing_can_be_seen_is_dropped(name: str, value: str) -> None:
    assert name not in settled(**{name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [("QT_SCALE_FACTOR", "1.5"), ("QT_FONT_DPI", "192"), ("QT_QPA_PLATFORMTHEME", "gtk3"), ("QT_IM_MODULE", "ibus")],
)
def test_what_a_person_chose_is_heeded(name: str, value: str) -> None:
    assert settled(**{name: value})[name] == value


@pytest.mark.skipif(sys.platform != "linux", reason="platforms of Linux")
def test_a_chosen_platform_comes_first_and_those_of_the_displays_follow() -> None:
    assert settled(QT_QPA_PLATFORM="offscreen")["QT_QPA_PLATFORM"] == "offscreen"
    both = settled(QT_QPA_PLATFORM="wayland", DISPLAY=":0", WAYLAND_DISPLAY="wayland-0")
    assert both["QT_QPA_PLATFORM"] == "wayland;xcb"
    assert settled(QT_QPA_PLATFORM="nonsense", DISPLAY=":0")["QT_QPA_PLATFORM"] == "nonsense;xcb"
    assert "QT_QPA_PLATFORM" not in settled(DISPLAY=":0")


def test_a_desktops_theme_is_left_to_platforms_with_a_display() -> None:
    assert "QT_QPA_PLATFORMTHEME" not in settled(QT_QPA_PLATFORM="offscreen", QT_QPA_PLATFORMTHEME="gtk3")
    assert "QT_QPA_PLATFORMTHEME" in settled(QT_QPA_PLATFORM="xcb", QT_QPA_PLATFORMTHEME="gtk3")


def test_only_the_character_set_is_left_of_a_locale() -> None:
    variables = {"LANG": "de_DE.UTF-8", "LC_ALL": "ar_EG.UTF-8", "LC_TIME": "fr_FR.UTF-8"}
    settle_locale(variables)
    assert variables == {
        "LANG": "de_DE.UTF-8", "LC_CTYPE": "ar_EG.UTF-8",
        "LC_NUMERIC": "C", "LC_TIME": "C", "LC_MEASUREMENT": "C", "LC_MESSAGES": "C",
    }  # fmt: skip


def test_warnings_that_a_variable_made_errors_are_none_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "warnoptions", ["error"])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        prepare()
        warnings.warn("old", DeprecationWarning, stacklevel=1)


@pytest.mark.skipif(sys.platform == "win32", reason="closed by a shell")
@pytest.mark.parametrize(
    ("closed", "written", "said"),
    [("", 1, 1), (">&-", 0, 1), ("2>&-", 1, 0), ("<&-", 1, 1), (">&- 2>&-", 0, 0), ("<&- >&- 2>&-", 0, 0)],
)
def test_streams_that_are_closed_change_no_exit_status(closed: str, written: int, said: int) -> None:
    done = shell(f"fooler --version {closed}; echo $?; fooler backwork --label x {closed}; echo $?")
    assert done.stdout == written * f"fooler {__version__}\n" + "0\n2\n"
    assert done.stderr.count("\n") == said


@pytest.mark.skipif(sys.platform == "win32", reason="closed by a shell")
def test_files_never_take_the_place_of_closed_streams() -> None:
    script = (
        "import os; from fooler_gui.surroundings import prepare; prepare(); "
        "number = os.open(os.devnull, os.O_RDONLY); os.write(2, b'noise'); raise SystemExit(number > 2)"
    )
    done = shell(f'"{sys.executable}" -c "{script}" <&- >&- 2>&-')
    assert done.returncode == 1


@pytest.mark.skipif(sys.platform == "win32", reason="pipes of a shell")
def test_a_reader_that_leaves_changes_no_exit_status() -> None:
    for arguments in ("--help", "backwork --help", "--version"):
        done = shell(f"fooler {arguments} | true")
        assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_result_that_finds_no_room_is_a_failure_in_a_sentence() -> None:
    done = shell("fooler --help >/dev/full")
    assert done.returncode == 1
    assert done.stderr == "The result could not be written to standard output: No space left on device.\n"
    assert shell("fooler backwork --label x 2>/dev/full").returncode == 2


@pytest.mark.parametrize("encoding", ["ascii", "cp932", "cp437:replace", "utf-8:surrogateescape", "utf-16"])
def test_help_is_written_in_every_code_page(encoding: str) -> None:
    done = subprocess.run(
        [sys.executable, "main.py", "benchmark", "--help"],
        cwd=ROOT, env={**os.environ, "PYTHONIOENCODING": encoding}, capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")
    assert "usage: fooler benchmark" in done.stdout.decode(encoding.partition(":")[0])
