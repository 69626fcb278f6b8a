from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import fooler_gui
from benchmarks.catalogue import BENCHMARKS, NAMES, Benchmark, called, chosen
from benchmarks.row import Quantity, Row
from benchmarks.runner import BrokenBenchmark, rows_of

FAKE = Benchmark(name="fake", work="nothing", module="fake")
ROWS = [Row(name="fake", work="nothing", ours=Quantity(1.5, "ms")), Row(name="fake", work="less", absent="failed")]


def python(script: str) -> list[str]:
    return [sys.executable, "-c", script]


def test_rows_come_from_a_process_of_their_own() -> None:
    written = json.dumps([row.to_dict() for row in ROWS])
    assert rows_of(FAKE, "measure", python(f"import sys; sys.stderr.write('noise'); print({written!r})")) == ROWS


def test_the_process_finds_this_very_package_wherever_it_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    script = (
        "import json, fooler_gui; from benchmarks.row import Row\n"
        "print(json.dumps([Row(name='fake', work=fooler_gui.__file__).to_dict()]))"
    )
    [row] = rows_of(FAKE, "measure", python(script))
    assert Path(row.work).samefile(fooler_gui.__file__)


def test_a_process_that_fails_is_told_by_its_last_line_with_the_whole_beside_it() -> None:
    with pytest.raises(BrokenBenchmark, match=r"^ValueError: too slow$") as caught:
        rows_of(FAKE, "measure", python("raise ValueError('too slow')"))
    assert "Traceback" in caught.value.details


def test_a_process_that_ends_without_a_word_is_told_by_its_status() -> None:
    with pytest.raises(BrokenBenchmark, match="status 3"):
        rows_of(FAKE, "measure", python("import os; os._exit(3)"))


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_ctrl_c_ends_the_process(tmp_path: Path) -> None:
    file = tmp_path / "pid"
    script = f"import os, threading; open({str(file)!r}, 'w').write(f'{{os.getpid()}}.'); threading.Event().wait()"

    def interrupt() -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not (file.exists() and file.read_text().endswith(".")):
            threading.Event().wait(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        rows_of(FAKE, "measure", python(script))
    thread.join()
    with pytest.raises(ProcessLookupError):
        os.kill(int(file.read_text().rstrip(".")), 0)


def test_chosen_benchmarks_keep_their_order_and_come_once() -> None:
    assert [benchmark.name for benchmark in chosen(["growth", "peers", "growth"])] == ["peers", "growth"]
    assert chosen(None) == BENCHMARKS


def test_every_name_calls_its_benchmark() -> None:
    assert [called(name).name for name in NAMES] == list(NAMES)
    assert len(set(NAMES)) == len(NAMES)


def test_what_the_command_line_sees_loads_neither_tensorflow_nor_qt() -> None:
    script = (
        "import sys; from fooler_gui.cli.benchmark_folder import benchmarks; assert benchmarks('command')\n"
        "print([name for name in sys.modules if name.split('.')[0] in ('tensorflow', 'keras', 'PySide6')])"
    )
    done = subprocess.run(python(script), capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr
