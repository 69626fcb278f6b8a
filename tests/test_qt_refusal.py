from __future__ import annotations

import sys
from pathlib import Path

import pytest

from fooler_gui.qt_refusal import no_platform, no_window, not_loaded

README = (Path(__file__).resolve().parent.parent / "README.md").read_text(encoding="utf-8")


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
    assert reason.startswith("LD_LIBRARY_PATH leads to another Qt and must be unset")


@pytest.mark.skipif(sys.platform != "linux", reason="displays of Linux")
def test_a_platform_that_cannot_be_loaded_is_the_reason_where_there_is_a_display(tmp_path: Path) -> None:
    assert "libqxcb.so is missing" in no_platform(tmp_path, {"DISPLAY": ":0"})
    assert "neither DISPLAY nor WAYLAND_DISPLAY is set" in no_platform(tmp_path, {})


def test_the_packages_are_those_of_the_readme(tmp_path: Path) -> None:
    egl = not_loaded(ImportError("libEGL.so.1: cannot open shared object file"))
    xcb = no_platform(tmp_path, {"DISPLAY": ":0"}) if sys.platform == "linux" else ""
    for sentence in filter(None, (egl, xcb)):
        for package in sentence.partition("apt install ")[2].rstrip(")").split():
            assert package in README.replace("`", " ").split()
