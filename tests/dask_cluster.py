"""A Dask scheduler and its workers as processes of this machine, which nothing but this machine can reach."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path
from subprocess import DEVNULL, Popen

from distributed import Client


class DaskCluster:
    """A scheduler, started at once, and workers, started on demand, each a process without a nanny.

    Args:
        folder: Where workers keep their files.

    Attributes:
        address: The scheduler's, which it keeps when it is started again.
        workers: The workers' processes.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{self._port}"
        self.workers: list[Popen[bytes]] = []
        self.start_scheduler()

    def start_scheduler(self) -> None:
        """Starts the scheduler."""
        options = ["--host", "127.0.0.1", "--port", str(self._port), "--no-dashboard"]
        self.scheduler = self._begun("distributed.cli.dask_scheduler", *options)

    def start_workers(self, count: int, threads: int = 1) -> None:
        """Starts workers and waits until the scheduler knows them."""
        options = ["--nthreads", str(threads), "--no-nanny", "--no-dashboard", "--local-directory", str(self._folder)]
        for _ in range(count):
            self.workers.append(
                self._begun("distributed.cli.dask_worker", self.address, "--host", "127.0.0.1", *options)
            )
        with Client(self.address, timeout=60, set_as_default=False) as client:
            client.wait_for_workers(len(self.workers), timeout=60)

    def kill_workers(self) -> None:
        """Ends all workers."""
        for worker in self.workers:
            worker.kill()
            worker.wait()
        self.workers = []

    def close(self) -> None:
        """Ends all processes."""
        self.kill_workers()
        self.scheduler.kill()
        self.scheduler.wait()

    def _begun(self, module: str, *options: str) -> Popen[bytes]:
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
        command = [sys.executable, "-m", module, *options]
        return Popen(command, env=environment, stdout=DEVNULL, stderr=DEVNULL)
