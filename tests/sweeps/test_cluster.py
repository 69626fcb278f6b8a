from __future__ import annotations

import io
import os
import signal
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sweep_jobs
from dask_cluster import DaskCluster

from fooler_gui.core.run_control import RunControl
from fooler_gui.sweeps.archive import ArchiveRefused, packed, unpack
from fooler_gui.sweeps.cluster import Cluster, ClusterError
from fooler_gui.sweeps.executor import Job, WorkersLost
from fooler_gui.sweeps.kept_runs import KeptRuns
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
NAMING = Naming(sweep_jobs.with_paths, lambda _option, path: (path,))


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaskCluster]:
    """Runs a scheduler with two workers."""
    started = DaskCluster(tmp_path_factory.mktemp("workers"))
    started.start_workers(2)
    yield started
    started.close()


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[SweepFolder]:
    yield from opened(tmp_path, TEN)


def opened(tmp_path: Path, text: str) -> Iterator[SweepFolder]:
    file = tmp_path / "sweep.toml"
    file.write_text(text, encoding="utf-8")
    with SweepFolder(tmp_path / "sweep", file, NAMING) as folder:
        yield folder


def work(folder: SweepFolder, job: Job, cluster: DaskCluster) -> SweepProgress:
    *_, last = perform_sweep(folder, Cluster(job, cluster.address, NAMING), RunControl())
    return last


def test_workers_of_a_cluster_do_every_cell_once_and_send_what_they_record(
    folder: SweepFolder, cluster: DaskCluster
) -> None:
    last = work(folder, sweep_jobs.square, cluster)
    assert (last.done, last.failed, last.waiting, last.running) == (10, 0, 0, 0)
    rows = list(folder.results.rows())
    assert [row["square"] for row in rows] == [x**2 for x in range(10)]
    assert all((folder.path / row["run"]).read_text() == "backwork" for row in rows)
    assert {row["worker"].split(":")[0] for row in rows} == {"tcp"}
    assert {row["threads"] for row in rows} == {1.0}
    assert {path.name for path in (folder.path / "runs").iterdir()} == {row["hash"] for row in rows}


def test_files_are_sent_and_records_tell_where_they_lie_here(tmp_path: Path, cluster: DaskCluster) -> None:
    for name in ("short", "longer"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    (folder,) = opened(tmp_path, 'job = "backwork"\n[vary]\ndata = ["short", "longer"]\nrng_seed = [1, 2, 3]\n'), 
    raise AssertionError


def test_a_cell_that_fails_has_its_sentence(folder: SweepFolder, cluster: DaskCluster) -> None:
    assert work(folder, sweep_jobs.broken, cluster).failed == 10
    assert {row["error"] for row in folder.results.rows()} == {"The program failed (there is no 'a fault')."}
