"""A sweep that is worked through a part at a time, by workers that stay in between. For the benchmarks of sweeps."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fooler_gui.core.processors import processors
from fooler_gui.core.run_control import RunControl
from fooler_gui.sweeps.cluster import Cluster
from fooler_gui.sweeps.pool import Pool
from fooler_gui.sweeps.sweep_folder import SweepFolder
from fooler_gui.sweeps.sweeping import perform_sweep

_HERE = "127.0.0.1"


class KeptPool(Pool):
    """A pool whose workers stay when a sweep ends, so that the next one finds them started."""

    def kill(self) -> None:
        """Leaves the workers as they are."""

    def end(self) -> None:
        """Ends the workers."""
        super().kill()


class KeptCluster(Cluster):
    """The workers of a Dask scheduler, to which the connection stays when a sweep ends."""

    def kill(self) -> None:
        """Leaves the connection as it is."""

    def end(self) -> None:
        """Disconnects."""
        super().kill()


@contextmanager
def local_cluster(workers: int, folder: Path) -> Iterator[str | None]:
    """Yields the address of the scheduler of a Dask cluster on this machine; None without Dask.

    Args:
        workers: How many it has; the processors are divided among them.
        folder: Where they keep their files.
    """
    try:
        from distributed import LocalCluster
    except ImportError:
        yield None
        return
    threads = max(1, processors() // workers)
    with LocalCluster(
        workers, threads_per_worker=threads, host=_HERE, dashboard_address=f"{_HERE}:0", local_directory=str(folder)
    ) as cluster:
        yield cluster.scheduler_address


class SweepInParts:
    """A sweep in a new folder.

    Args:
        folder: The new folder.
        spec: The text of the sweep.
        executor: Who does it.
    """

    def __init__(self, folder: Path, spec: str, executor: KeptPool | KeptCluster) -> None:
        folder.mkdir()
        file = folder.with_suffix(".toml")
        file.write_text(spec, encoding="utf-8")
        self._path, self._file, self._executor = folder, file, executor

    def work(self, cells: int) -> float:
        """Does so many more cells and returns the seconds that it took.

        Raises:
            RuntimeError: A cell failed.
        """
        with SweepFolder(self._path, self._file) as folder:
            began = time.perf_counter()
            *_, last = perform_sweep(folder, self._executor, RunControl(), most=cells)
            seconds = time.perf_counter() - began
        if last.failed:
            raise RuntimeError(f"{last.failed} cells failed in {self._path}.")
        return seconds

    def own_seconds(self) -> float:
        """Returns the sum of the seconds that the cells themselves took."""
        with SweepFolder(self._path, self._file) as folder:
            return sum(row["seconds"] or 0.0 for row in folder.results.rows())
