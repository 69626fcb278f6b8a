from __future__ import annotations

import math
import os
import sqlite3
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import Popen

import pytest
import sweep_jobs
from sweep_processes import begun_process, is_there, wait_until, workers_of

from fooler_gui.core.processors import processors
from fooler_gui.core.run_control import RunControl
from fooler_gui.records.locks import HeldLock
from fooler_gui.records.recorder import NotRecorded
from fooler_gui.sweeps import sweeping
from fooler_gui.sweeps.executor import Job, perform
from fooler_gui.sweeps.in_process import InProcess
from fooler_gui.sweeps.pool import Pool
from fooler_gui.sweeps.results import Results
from fooler_gui.sweeps.sweep_folder import SweepFolder
from fooler_gui.sweeps.sweep_spec import Share, SweepError
from fooler_gui.sweeps.sweeping import SweepProgress, perform_sweep

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="workers are ended by signals")

SIX = 'job = "train"\n[vary]\nx = [0, 1, 2, 3, 4, 5]\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "sweep.toml"
    path.write_text(SIX, encoding="utf-8")
    return path


@pytest.fixture
def folder(tmp_path: Path, file: Path) -> Iterator[SweepFolder]:
    with SweepFolder(tmp_path / "sweep", file) as opened:
        yield opened


def work(
    folder: SweepFolder, job: Job, workers: int = 2, share: Share | None = None, most: int | None = None
) -> SweepProgress:
    *_, last = perform_sweep(folder, Pool(job, workers), RunControl(), share, most)
    return last


def states(folder: SweepFolder) -> dict[int, str]:
    return {row["x"]: row["state"] for row in folder.results.rows()}


def done_log(folder: SweepFolder) -> list[int]:
    log = folder.path / "runs" / "done"
    return sorted(map(int, log.read_text().split())) if log.exists() else []


def test_every_cell_is_done_once_and_its_row_tells_what_came_of_it(folder: SweepFolder) -> None:
    last = work(folder, sweep_jobs.square)
    assert (last.done, last.failed, last.waiting, last.running, last.all) == (6, 0, 0, 0, 6)
    assert done_log(folder) == [0, 1, 2, 3, 4, 5]
    for row in folder.results.rows():
        assert (row["square"], row["state"], row["error"], row["owner"]) == (row["x"] ** 2, "done", None, None)
        assert row["run"] == f"runs/{row['hash']}.keras"
        assert row["bytes"] == len("train")
        assert (folder.path / row["run"]).read_text() == "train"
        assert row["seconds"] >= 0
        assert row["worker"].startswith("process ")
        assert row["threads"] == max(1, processors() // 2)


def test_what_is_done_is_not_done_again(tmp_path: Path, file: Path, folder: SweepFolder) -> None:
    assert work(folder, sweep_jobs.square, most=2).done == 2
    with SweepFolder(tmp_path / "sweep", file) as again:
        assert work(again, sweep_jobs.square).done == 6
    assert done_log(folder) == [0, 1, 2, 3, 4, 5]


def test_shards_do_each_their_part(folder: SweepFolder) -> None:
    assert work(folder, sweep_jobs.square, share=Share(number=2, of=3)).done == 2
    assert [x for x, state in states(folder).items() if state == "done"] == [1, 4]
    assert work(folder, sweep_jobs.square).done == 6


def test_a_cell_that_fails_is_a_row_with_its_sentence_and_is_done_again_only_if_asked(tmp_path: Path) -> None:
    file = tmp_path / "negative.toml"
    file.write_text('job = "train"\n[vary]\nx = [1, -1]\n', encoding="utf-8")
    with SweepFolder(tmp_path / "negative", file) as folder:
        assert work(folder, sweep_jobs.square).failed == 1
        (failed,) = [row for row in folder.results.rows() if row["state"] == "failed"]
        assert failed["error"] == "x must not be negative."
        assert work(folder, sweep_jobs.square).failed == 1
        assert folder.results.retry_failed() == 1
        assert states(folder) == {1: "done", -1: "waiting"}


def test_a_fault_in_the_program_is_a_sentence_too() -> None:
    outcome = perform(sweep_jobs.broken, "train", {}, "")
    assert outcome.error == "The program failed (there is no 'a fault')."
    assert outcome.figures == {}


def test_a_cell_whose_worker_is_killed_is_done_elsewhere_and_once_in_the_results(folder: SweepFolder) -> None:
    last = work(folder, sweep_jobs.killed_once)
    assert (last.done, last.failed) == (6, 0)
    assert all(row["square"] == row["x"] ** 2 for row in folder.results.rows())


def test_a_cell_that_kills_every_worker_fails_and_takes_no_other_with_it(folder: SweepFolder) -> None:
    last = work(folder, sweep_jobs.killed_at_two)
    assert (last.done, last.failed) == (5, 1)
    (failed,) = [row for row in folder.results.rows() if row["state"] == "failed"]
    assert (failed["x"], failed["error"]) == (2, "Its worker ended 3 times while it ran.")


def test_a_cell_that_cannot_be_recorded_waits_and_ends_the_sweep_which_goes_on_once_it_can(folder: SweepFolder) -> None:
    with pytest.raises(NotRecorded, match=r"^The disk is full\. The same command goes on once it can be written\.$"):
        work(folder, sweep_jobs.not_recorded_at_two, workers=1)
    counts = folder.results.counts()
    assert (counts["waiting"], counts["running"], counts["done"], counts["failed"]) == (4, 0, 2, 0)
    (folder.path / "runs" / "room").touch()
    assert work(folder, sweep_jobs.not_recorded_at_two).done == 6


def test_results_on_a_full_disk_say_so_and_can_be_used_once_there_is_room(folder: SweepFolder) -> None:
    results = folder.results
    ((pages,),) = results._connection.execute("PRAGMA page_count").fetchall()
    place = results.claim(Share())
    assert place is not None
    results._connection.execute(f"PRAGMA max_page_count = {pages}")
    figures = {f"figure_{number}": 1.0 for number in range(900)}
    with pytest.raises(sqlite3.OperationalError, match="database or disk is full"):
        results.finish(place, seconds=1.0, worker="me", run="", figures=figures)
    results._connection.execute("PRAGMA max_page_count = 1000000")
    results.finish(place, seconds=1.0, worker="me", run="", figures=figures)
    assert results.counts()["done"] == 1


def test_a_stop_ends_the_workers_at_once_and_what_they_had_begun_waits_again(folder: SweepFolder) -> None:
    control = RunControl()
    progress = perform_sweep(folder, Pool(sweep_jobs.endless, 2), control)
    next(progress)
    while next(progress).running < 2:
        pass
    control.stop()
    *_, last = progress
    assert (last.waiting, last.running) == (6, 0)


def test_closing_the_progress_stops_too(folder: SweepFolder) -> None:
    progress = perform_sweep(folder, Pool(sweep_jobs.endless, 2), RunControl())
    next(progress)
    while next(progress).running < 2:
        pass
    progress.close()
    assert set(states(folder).values()) == {"waiting"}


def test_cells_are_not_counted_anew_for_each_that_ends(folder: SweepFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "_TELL_SECONDS", math.inf)
    first, last = perform_sweep(folder, Pool(sweep_jobs.square, 1), RunControl())
    assert (first.waiting, last.done) == (6, 6)


def test_cells_of_a_process_that_is_gone_are_done_and_those_of_another_are_not(folder: SweepFolder) -> None:
    path = folder.path / "results.sqlite"
    for owner in ("gone", "there"):
        other = Results(path, owner)
        assert other.claim(Share()) is not None
        other.close()
    lock = HeldLock(folder.path / "owners" / "there.lock")
    last = work(folder, sweep_jobs.square)
    assert (last.done, last.running) == (5, 1)
    assert states(folder)[1] == "running"
    lock.let_go(remove=True)
    assert work(folder, sweep_jobs.square).done == 6


@pytest.fixture
def begin(tmp_path: Path, file: Path) -> Iterator[Callable[[], Popen[bytes]]]:
    """Starts a process that works on a sweep of 40 cells in the folder ``s``."""
    file.write_text('job = "train"\n[vary]\nx = {from = 0, to = 39}\n', encoding="utf-8")
    begun: list[Popen[bytes]] = []

    def start() -> Popen[bytes]:
        begun.append(begun_process(tmp_path / "s", file))
        return begun[-1]

    yield start
    for process in begun:
        process.kill()
        process.wait()


def test_two_processes_share_a_sweep_and_do_no_cell_twice(
    tmp_path: Path, file: Path, begin: Callable[[], Popen[bytes]]
) -> None:
    assert [process.wait(timeout=120) for process in [begin(), begin()]] == [0, 0]
    with SweepFolder(tmp_path / "s", file) as folder:
        assert folder.results.counts() == {"waiting": 0, "running": 0, "done": 40, "failed": 0}
        assert done_log(folder) == list(range(40))


def test_a_sweep_whose_process_is_killed_goes_on_and_its_workers_end(
    tmp_path: Path, file: Path, begin: Callable[[], Popen[bytes]]
) -> None:
    log = tmp_path / "s" / "runs" / "done"
    for cells in (3, 12):
        process = begin()
        wait_until(lambda cells=cells: log.exists() and len(log.read_text().split()) >= cells)
        workers = workers_of(process.pid)
        assert workers
        process.kill()
        process.wait()
        wait_until(lambda workers=workers: not any(map(is_there, workers)))
    with SweepFolder(tmp_path / "s", file) as folder:
        work(folder, sweep_jobs.square)
        assert folder.results.counts() == {"waiting": 0, "running": 0, "done": 40, "failed": 0}
        assert {row["square"] for row in folder.results.rows()} == {x**2 for x in range(40)}
        assert set(done_log(folder)) == set(range(40))


def test_machines_do_not_share_a_folder(tmp_path: Path, file: Path, folder: SweepFolder) -> None:
    lock = HeldLock(folder.path / "owners" / "other-machine.0123.lock")
    with pytest.raises(SweepError, match="is in use on other-machine; machines cannot share a sweep's folder"):
        SweepFolder(folder.path, file)
    lock.let_go()
    with SweepFolder(folder.path, file):
        assert len(list((folder.path / "owners").glob("*.lock"))) == 3


def test_a_folder_of_something_else_and_another_sweep_are_refused(
    tmp_path: Path, file: Path, folder: SweepFolder
) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "notes.txt").touch()
    with pytest.raises(SweepError, match="must be a new folder or that of a sweep; it holds something else"):
        SweepFolder(tmp_path / "other", file)
    changed = tmp_path / "changed.toml"
    changed.write_text(SIX.replace("5", "6"), encoding="utf-8")
    with pytest.raises(SweepError, match=r"holds another sweep; its sweep.toml differs from changed.toml"):
        SweepFolder(folder.path, changed)


@pytest.mark.parametrize(("name", "called"), [("state", "state"), ("hash", "hash")])
def test_an_option_called_like_a_column_is_refused(tmp_path: Path, file: Path, name: str, called: str) -> None:
    file.write_text(f'job = "train"\n[vary]\n{name} = [1, 2]\n', encoding="utf-8")
    with pytest.raises(SweepError, match=f"must not be called {called}"):
        SweepFolder(tmp_path / "new", file)
    assert not (tmp_path / "new" / "results.sqlite").exists()


def test_draws_that_are_the_same_twice_are_refused(tmp_path: Path, file: Path) -> None:
    file.write_text('job = "train"\n[draw]\ncount = 3\nx = [1, 2]\n', encoding="utf-8")
    with pytest.raises(SweepError, match="a drawn option has too few choices"):
        SweepFolder(tmp_path / "new", file)


def test_hostile_names_are_columns_like_any_other(tmp_path: Path, file: Path) -> None:
    file.write_text("job = 'train'\n[vary]\n'x\"); DROP TABLE cells; --' = [1, [2, 3]]\n", encoding="utf-8")
    with SweepFolder(tmp_path / "new", file) as folder:
        column = 'x"); DROP TABLE cells; --'
        assert [row[column] for row in folder.results.rows()] == [1, "[2, 3]"]


def test_figures_called_like_other_columns_are_left_out(folder: SweepFolder) -> None:
    place = folder.results.claim(Share())
    assert place is not None
    figures = {"seconds": 9.0, "x": 9.0, "state": 9.0, 'odd "name"': 2.5}
    folder.results.finish(place, seconds=1.0, worker="me", run="", figures=figures)
    row = next(folder.results.rows())
    assert (row["seconds"], row["x"], row["state"], row['odd "name"']) == (1.0, 0, "done", 2.5)


def test_a_file_of_another_format_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "results.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE cells (place)")
    connection.close()
    with pytest.raises(SweepError, match="must be the results of a sweep, of format 2; it has format 0"):
        Results(path)


def test_this_process_can_do_the_cells_itself(folder: SweepFolder) -> None:
    *_, last = perform_sweep(folder, InProcess(sweep_jobs.square), RunControl())
    assert (last.done, last.waiting) == (6, 0)
    assert {row["worker"] for row in folder.results.rows()} == {f"process {os.getpid()}"}


def test_a_cell_that_is_interrupted_in_this_process_waits_again(folder: SweepFolder) -> None:
    with pytest.raises(KeyboardInterrupt):
        list(perform_sweep(folder, InProcess(sweep_jobs.interrupted), RunControl()))
    assert folder.results.counts() == {"waiting": 6, "running": 0, "done": 0, "failed": 0}


def test_a_figure_that_is_not_finite_is_left_out(folder: SweepFolder) -> None:
    *_, last = perform_sweep(folder, InProcess(sweep_jobs.nothing_finite), RunControl())
    assert last.done == 6
    assert all(row["whole"] == 1.0 for row in folder.results.rows())
    assert not {"lost", "endless"} & set(folder.results.columns())
