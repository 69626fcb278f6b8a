from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from fooler_gui import __main__ as entry
from fooler_gui import __version__
from fooler_gui.cli import main
from fooler_gui.cli.output import table
from fooler_gui.core.formats import format_number
from fooler_gui.core.settings import DescentSettings

ROOT = Path(__file__).resolve().parent.parent


def run_python(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )


def test_help_names_every_command_and_the_window_without_loading_tensorflow():
    script = (
        "import sys; from fooler_gui.cli import main\n"
        "try: main(['--help'])\n"
        "finally: sys.stderr.write(' '.join(n for n in ('tensorflow', 'keras', 'PySide6') if n in sys.modules))"
    )
    done = run_python("-c", script)
    assert (done.returncode, done.stderr) == (0, "")
    assert "window" in done.stdout
    assert all(command in done.stdout for command in ("train", "backwork", "costs", "retrain", "figure", "benchmark"))


def test_command_line_and_engine_load_no_qt():
    script = (
        "import importlib, pkgutil, sys\n"
        "from fooler_gui.engine import backend; backend.load()\n"
        "import fooler_gui.cli, fooler_gui.engine\n"
        "for room in (fooler_gui.cli, fooler_gui.engine):\n"
        "    for module in pkgutil.iter_modules(room.__path__, room.__name__ + '.'):\n"
        "        importlib.import_module(module.name)\n"
        "print([name for name in sys.modules if name.split('.')[0] in ('PySide6', 'shiboken6', 'pyqtgraph')])"
    )
    done = run_python("-c", script)
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr


@pytest.mark.parametrize("start", [["main.py"], ["-m", "fooler_gui"]])
def test_every_way_in_runs_the_same_command_line(start):
    version = run_python(*start, "--version")
    assert (version.returncode, version.stdout) == (0, f"fooler {__version__}\n")
    refused = run_python(*start, "backwork", "--label", "eleven")
    assert refused.returncode == 2
    assert refused.stderr.count("\n") == 1


def test_a_first_argument_means_the_command_line(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["main.py", "backwork", "--label", "x"])
    assert entry.main() == 2
    assert "--label" in capsys.readouterr().err


def test_help_tells_a_setting_as_the_setting_tells_itself(capsys):
    with pytest.raises(SystemExit) as end:
        main(["backwork", "--help"])
    assert end.value.code == 0
    shown = " ".join(capsys.readouterr().out.split())
    info = DescentSettings.info("min_probability")
    assert info.tip.rstrip(".") in shown
    assert f"default {format_number(DescentSettings().min_probability)}" in shown


def test_an_error_of_the_program_is_named_in_one_line_and_shown_whole_with_debug(monkeypatch, capsys, tmp_path):
    def broken(_options):
        raise ZeroDivisionError("nothing to divide by")

    command = importlib.import_module("fooler_gui.cli.train_command")
    monkeypatch.setattr(command, "run", broken)
    assert main(["train", "--out", str(tmp_path / "f.keras")]) == 1
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert "The program failed (nothing to divide by); " in err
    assert "--debug" in err
    with pytest.raises(ZeroDivisionError):
        main(["train", "--debug", "--out", str(tmp_path / "f.keras")])


def test_ctrl_c_before_anything_was_done_says_so(monkeypatch, capsys, tmp_path):
    def interrupted(_options):
        raise KeyboardInterrupt

    monkeypatch.setattr(importlib.import_module("fooler_gui.cli.train_command"), "run", interrupted)
    assert main(["train", "--out", str(tmp_path / "f.keras")]) == 130
    assert capsys.readouterr().err == "Stopped; nothing was written.\n"


def test_a_table_aligns_words_to_the_left_and_numbers_to_the_right():
    assert table(("name", "value", "word"), [("a", "10", "x"), ("bcdef", "9", "yz")], words=(0, 2)) == (
        "name   value  word\na         10  x\nbcdef      9  yz"
    )
