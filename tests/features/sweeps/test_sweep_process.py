from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from sweep_samples import done_sweep

from fooler_gui.features.sweeps.sweep_process import SweepOptions, SweepProcess
from fooler_gui.sweeps.sweep_state import read_state

LIMIT = 60_000
SAYS = "import sys; print(' '.join(sys.argv[1:]))"
REFUSES = (
    "import sys; print('A remark.', file=sys.stderr); print('labels must be digits.', file=sys.stderr); sys.exit(2)"
)
CRASHES = "import os; os._exit(9)"
WAITS = """
import signal, sys, time
def stop(*_):
    print("Stopped with 3 cells to do.", file=sys.stderr)
    sys.exit(130)
signal.signal(signal.SIGINT, stop)
print("waiting", flush=True)
time.sleep(60)
"""
CONNECTS = """
import sys, time
print("Connected to tcp://here:1 with 2 workers.", file=sys.stderr, flush=True)
time.sleep(0.3)
print("No worker is left.", file=sys.stderr)
sys.exit(1)
"""
STUBBORN = "import signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN); print('x', flush=True); time.sleep(60)"


@pytest.fixture
def owner(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    return widget


def process(code: str, owner: QWidget) -> SweepProcess:
    return SweepProcess(owner, (sys.executable, "-c", code))


def begin(made: SweepProcess, **options: Any) -> None:
    made.start(Path("s.toml"), Path("out"), SweepOptions(workers=2, **options))


def wait_for_words(made: SweepProcess, qtbot: QtBot) -> None:
    child = made._process
    assert child is not None
    qtbot.waitUntil(lambda: child.bytesAvailable() > 0, timeout=LIMIT)


def ended(made: SweepProcess, qtbot: QtBot, **options: Any) -> list[str]:
    with qtbot.waitSignal(made.ended, timeout=LIMIT) as signal:
        begin(made, **options)
    return signal.args


def test_it_is_the_command_of_the_command_line(qtbot: QtBot, owner: QWidget) -> None:
    made = process(SAYS, owner)
    assert ended(made, qtbot) == ["s.toml --out out --workers 2", ""]
    assert ended(made, qtbot, dry_run=True) == ["s.toml --out out --workers 2 --dry-run", ""]
    assert ended(made, qtbot, cluster="tcp://here:1", again=True) == [
        "s.toml --out out --dask tcp://here:1 --again",
        "",
    ]
    assert ended(made, qtbot, keep="best", keep_at_most="2 GB") == [
        "s.toml --out out --workers 2 --keep best --keep-at-most=2 GB",
        "",
    ]
    assert not made.is_going


def test_what_it_says_while_it_works_is_told_line_by_line(qtbot: QtBot, owner: QWidget) -> None:
    made, told = process(CONNECTS, owner), []
    made.told.connect(told.append)
    assert ended(made, qtbot) == ["", "No worker is left."]
    assert told[0] == "Connected to tcp://here:1 with 2 workers."
    assert told[-1] == "No worker is left."


def test_a_refusal_is_the_last_sentence_that_it_told(qtbot: QtBot, owner: QWidget) -> None:
    assert ended(process(REFUSES, owner), qtbot) == ["", "labels must be digits."]


def test_a_crash_and_a_missing_program_are_told(qtbot: QtBot, owner: QWidget, tmp_path: Path) -> None:
    assert "ended unexpectedly" in ended(process(CRASHES, owner), qtbot)[1]
    assert "cannot be started" in ended(SweepProcess(owner, (str(tmp_path / "none"),)), qtbot)[1]


@pytest.mark.skipif(sys.platform == "win32", reason="stopped by a signal")
def test_a_stop_interrupts_it_and_is_no_problem(qtbot: QtBot, owner: QWidget) -> None:
    made = process(WAITS, owner)
    begin(made)
    wait_for_words(made, qtbot)
    with qtbot.waitSignal(made.ended, timeout=LIMIT) as signal:
        made.stop()
        assert made.is_stopping
    assert signal.args == ["waiting", ""]


@pytest.mark.skipif(sys.platform == "win32", reason="stopped by a signal")
def test_a_second_stop_ends_what_does_not_hear(qtbot: QtBot, owner: QWidget) -> None:
    made = process(STUBBORN, owner)
    begin(made)
    wait_for_words(made, qtbot)
    with qtbot.waitSignal(made.ended, timeout=LIMIT) as signal:
        made.stop()
        made.stop()
    assert signal.args == ["x", ""]


def test_closing_waits_for_its_end(qtbot: QtBot, owner: QWidget) -> None:
    made = process(WAITS, owner)
    made.close()
    begin(made)
    made.close()
    assert not made.is_going


def test_a_real_sweep_is_worked_through(qtbot: QtBot, owner: QWidget, tmp_path: Path) -> None:
    folder = done_sweep(
        tmp_path / "sweep",
        'job = "backwork"\nlabels = [3]\nslots = 2\nmax_steps = 2\n[vary]\nrng_seed = [0, 1]\n',
        lambda _options: {},
        most=0,
    )
    made = SweepProcess(owner)
    with qtbot.waitSignal(made.ended, timeout=4 * LIMIT) as signal:
        made.start(folder / "sweep.toml", folder, SweepOptions(workers=1))
    told, problem = signal.args
    assert problem == ""
    assert "2 of 2 cells done" in told
    state = read_state(folder)
    assert state.cells.counts()["done"] == 2
    assert state.cells.column("steps").values == (2.0, 2.0)
    assert all(state.run(place) is not None for place in (0, 1))
