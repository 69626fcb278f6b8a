from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import sweep_jobs
from dask_cluster import DaskCluster

from fooler_gui.core.run_control import RunControl
from fooler_gui.core.toml_file import read_toml
from fooler_gui.sweeps import cluster as cluster_module
from fooler_gui.sweeps.cluster import Cluster, ClusterError
from fooler_gui.sweeps.executor import Job, WorkersLost
from fooler_gui.sweeps.named_files import Naming
from fooler_gui.sweeps.sweep_folder import SweepFolder
from fooler_gui.sweeps.sweeping import SweepProgress, perform_sweep

pytest.importorskip("distributed")
pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="workers are ended by signals"),
    # Dask leaves sockets and loops to the collector when a connection is lost.
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
]

TEN = 'job = "backwork"\n[vary]\nx = {from = 0, to = 9}\n'
SIXTY = TEN.replace("9", "59")
NAMING = Naming(sweep_jobs.with_paths, lambda _option, path: (path,))


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaskCluster]:
    """Runs a scheduler with two workers."""
    started = DaskCluster(tmp_path_factory.mktemp("workers"))
    started.start_workers(2)
    yield started
    started.close()


@pytest.fixture
def sweep(tmp_path: Path) -> Iterator[Callable[[str], SweepFolder]]:
    """Opens a sweep of this text."""
    with ExitStack() as stack:

        def begin(text: str) -> SweepFolder:
            file = tmp_path / "sweep.toml"
            file.write_text(text, encoding="utf-8")
            return stack.enter_context(SweepFolder(tmp_path / "sweep", file, NAMING))

        yield begin


def work(folder: SweepFolder, job: Job, cluster: DaskCluster) -> SweepProgress:
    *_, last = perform_sweep(folder, Cluster(job, cluster.address, NAMING), RunControl())
    return last


def test_workers_of_a_cluster_do_every_cell_once_and_send_what_they_record(
    sweep: Callable[[str], SweepFolder], cluster: DaskCluster
) -> None:
    folder = sweep(TEN)
    last = work(folder, sweep_jobs.square, cluster)
    assert (last.done, last.failed, last.waiting, last.running) == (10, 0, 0, 0)
    rows = list(folder.results.rows())
    assert [row["square"] for row in rows] == [x**2 for x in range(10)]
    assert all((folder.path / row["run"]).read_text() == "backwork" for row in rows)
    assert {row["worker"].split(":")[0] for row in rows} == {"tcp"}
    assert {row["threads"] for row in rows} == {1.0}
    assert {path.name for path in (folder.path / "runs").iterdir()} == {row["hash"] for row in rows}


def test_files_are_sent_and_records_tell_where_they_lie_here(
    tmp_path: Path, sweep: Callable[[str], SweepFolder], cluster: DaskCluster
) -> None:
    for name in ("short", "longer"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    folder = sweep('job = "backwork"\n[vary]\ndata = ["short", "longer"]\nrng_seed = [1, 2, 3]\n')
    assert work(folder, sweep_jobs.reads, cluster).done == 6
    for row in folder.results.rows():
        assert row["letters"] == len(row["data"])
        record = read_toml(folder.path / row["run"] / "run.toml")
        assert record == {
            "data": str(tmp_path / row["data"]),
            "run": str(folder.path / row["run"]),
            "text": row["data"],
        }


def test_a_cell_that_fails_has_its_sentence(sweep: Callable[[str], SweepFolder], cluster: DaskCluster) -> None:
    folder = sweep(TEN)
    assert work(folder, sweep_jobs.broken, cluster).failed == 10
    assert {row["error"] for row in folder.results.rows()} == {"The program failed (there is no 'a fault')."}


def test_a_worker_that_is_killed_has_its_cell_done_elsewhere_and_files_are_sent_anew(
    tmp_path: Path, sweep: Callable[[str], SweepFolder], cluster: DaskCluster
) -> None:
    (tmp_path / "text").write_text("text", encoding="utf-8")
    folder = sweep('job = "backwork"\ndata = "text"\n[vary]\nx = {from = 0, to = 9}\n')
    executor = Cluster(sweep_jobs.reads_slowly, cluster.address, NAMING)
    killed = False
    for progress in perform_sweep(folder, executor, RunControl()):
        if progress.done and not killed:
            killed = True
            cluster.kill_workers()
            cluster.start_workers(2)
    assert killed
    assert {row["error"] for row in folder.results.rows()} == {None}
    assert folder.results.counts() == {"waiting": 0, "running": 0, "done": 10, "failed": 0}
    assert {row["letters"] for row in folder.results.rows()} == {4.0}


def test_without_workers_the_cells_wait_until_there_are_some(
    sweep: Callable[[str], SweepFolder], cluster: DaskCluster
) -> None:
    folder = sweep(TEN)
    cluster.kill_workers()
    executor = Cluster(sweep_jobs.square, cluster.address, NAMING)
    working = perform_sweep(folder, executor, RunControl())
    assert [next(working).waiting, next(working).waiting] == [10, 10]
    cluster.start_workers(2)
    *_, last = working
    assert (last.done, executor.workers) == (10, 2)
    executor.kill()


def test_a_cell_that_kills_every_worker_fails(sweep: Callable[[str], SweepFolder], cluster: DaskCluster) -> None:
    folder = sweep('job = "backwork"\n[vary]\nx = [2]\n')
    cluster.start_workers(2)
    assert work(folder, sweep_jobs.killed_at_two, cluster).failed == 1
    assert [row["error"] for row in folder.results.rows()] == ["Its worker ended 4 times while it ran."]
    cluster.kill_workers()
    cluster.start_workers(2)


def test_a_stop_leaves_the_rest_waiting_and_the_next_time_goes_on(
    sweep: Callable[[str], SweepFolder], cluster: DaskCluster
) -> None:
    folder, control = sweep(SIXTY), RunControl()
    for progress in perform_sweep(folder, Cluster(sweep_jobs.slow, cluster.address, NAMING), control):
        if progress.done:
            control.stop()
    assert (progress.running, 0 < progress.done < 60) == (0, True)
    assert work(folder, sweep_jobs.square, cluster).done == 60


def test_when_the_scheduler_is_gone_a_sentence_says_so_and_when_it_is_back_the_sweep_goes_on(
    tmp_path: Path, sweep: Callable[[str], SweepFolder]
) -> None:
    folder, own = sweep(SIXTY), DaskCluster(tmp_path / "workers")
    try:
        own.start_workers(1)
        working = perform_sweep(folder, Cluster(sweep_jobs.slow, own.address, NAMING), RunControl())
        next(progress for progress in working if progress.done)
        own.close()
        with pytest.raises(WorkersLost, match="no longer answers; the same command goes on when it is back"):
            list(working)
        counts = folder.results.counts()
        assert (counts["running"], counts["failed"], 0 < counts["done"] < 60) == (0, 0, True)
        own.start_scheduler()
        own.start_workers(1)
        assert work(folder, sweep_jobs.square, own).done == 60
    finally:
        own.close()


@pytest.mark.parametrize("address", ["127.0.0.1", "foo://127.0.0.1:1", "tls://127.0.0.1:1", ""])
def test_an_address_that_is_none_is_refused_in_a_sentence(address: str) -> None:
    with pytest.raises(ClusterError, match=r"^--dask must be the address of a Dask scheduler, such as tcp"):
        Cluster(sweep_jobs.square, address, NAMING)


def test_where_nobody_answers_a_sentence_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster_module, "_CONNECT_SECONDS", 0.2)
    with pytest.raises(ClusterError, match=r"none answers at tcp://127\.0\.0\.1:1 "):
        Cluster(sweep_jobs.square, "tcp://127.0.0.1:1", NAMING)


def test_without_dask_a_sentence_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ClusterError, match="not installed; get it by: python -m pip install distributed, or with the"):
        Cluster(sweep_jobs.square, "tcp://127.0.0.1:1", NAMING)
