"""Workers of a Dask cluster, on any machines. They share no files with this one: all they need is sent.

Dask runs whatever is sent to its scheduler and trusts what comes back; this process opens no port itself. TLS is as
Dask's own settings say.
"""

from __future__ import annotations

import asyncio
import dataclasses
import hashlib
import logging
import time
import uuid
from collections.abc import Iterator, Mapping
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from fooler_gui.core.errors import LabError, reason_of
from fooler_gui.core.formats import format_count
from fooler_gui.resources import resource
from fooler_gui.sweeps.archive import packed, unpack
from fooler_gui.sweeps.executor import Job, Outcome, WorkersLost
from fooler_gui.sweeps.named_files import Naming
from fooler_gui.sweeps.on_worker import Delivery, Order, do_cell
from fooler_gui.sweeps.recorded import recorded_names, remove_recorded

_CONNECT_SECONDS = 8.0
_CLOSE_SECONDS = 2.0
_COUNT_SECONDS = 2.0
"""How often the workers are counted."""


class ClusterError(LabError, RuntimeError):
    """There is no cluster to work with."""


class Cluster:
    """The workers of a Dask scheduler. An `Executor`.

    A worker that dies has its cell done again by another, as Dask sees to. Dask cannot end a cell that has begun.

    Args:
        job: What they do; a function that they can import.
        address: The scheduler's, such as ``tcp://192.168.0.5:8786``.
        naming: Tells which options name files.

    Attributes:
        address: The scheduler's, as Dask tells it.
        workers: How many there were when they were last counted.

    Raises:
        ClusterError: Dask is not installed, or no scheduler answers at the address.
    """

    def __init__(self, job: Job, address: str, naming: Naming) -> None:
        self._job, self._naming = job, naming
        self._client = _connected(address)
        self.address = str(self._client.scheduler.address)
        self._paths: dict[Future[Any], str] = {}
        self._hashes: dict[Path, str] = {}
        self._archives: dict[str, Any] = {}
        self._counted, self.workers = 0.0, 0
        self._count()

    @property
    def has_room(self) -> bool:
        """Whether a worker is idle.

        Raises:
            WorkersLost: The scheduler no longer answers.
        """
        if time.monotonic() - self._counted > _COUNT_SECONDS:
            self._count()
        return len(self._paths) < self.workers

    def submit(self, name: str, options: Mapping[str, Any], path: str) -> Future[Any]:
        """Sends a job, after the files that it needs and that were not sent yet; see `Executor`."""
        sources: dict[str, str] = {}
        archives: dict[str, Any] = {}

        def sent(option: str, file: Path) -> Path:
            name = self._send(option, file)
            archives[name] = self._archives[name]
            sources[f"{name}/{file.name}"] = str(file)
            return Path(name) / file.name

        options = self._naming.with_paths(name, options, sent)
        order = Order(
            job=self._job,
            naming=self._naming,
            name=name,
            options=options,
            path=path,
            sources=sources,
            resources=str(resource()),
        )
        ended: Future[Any] = Future()
        with self._answered():
            self._client.submit(do_cell, order, archives, pure=False).add_done_callback(ended.set_result)
        self._paths[ended] = path
        return ended

    def take(self, future: Future[Any]) -> Outcome | None:
        """Returns what came of a cell and writes its record; see `Executor`."""
        from distributed import KilledWorker

        path = Path(self._paths.pop(future))
        try:
            delivery: Delivery = future.result().result()
        except CancelledError:
            self._check_connection()
            self._hashes, self._archives = {}, {}  # the last worker that had a file is gone
            return None
        except KilledWorker as error:
            return _failed(f"Its worker ended {format_count(error.allowed_failures + 1, 'time')} while it ran.")
        except Exception as error:  # noqa: BLE001, whatever goes wrong on a worker but in the job itself
            self._check_connection()
            return _failed(f"Its worker failed ({reason_of(error)}).")
        try:
            if delivery.record:
                remove_recorded(path)
                unpack(delivery.record, path.parent, recorded_names(path))
        except LabError as error:
            return _failed(str(error))
        except OSError as error:
            sentence = f"What it recorded cannot be written to {path}: {reason_of(error)}."
            return dataclasses.replace(_failed(sentence), is_stuck=True)
        return delivery.outcome

    def kill(self) -> None:
        """Disconnects; cells that wait at the scheduler are dropped, and what comes of begun ones is not wanted."""
        with suppress(OSError):
            self._client.close(timeout=_CLOSE_SECONDS)

    def _count(self) -> None:
        with self._answered():
            self.workers = len(self._client.nthreads())
        self._counted = time.monotonic()

    def _send(self, option: str, file: Path) -> str:
        """Sends a file or folder, with what belongs to it, to all workers, unless it was sent; returns its hash."""
        if file not in self._hashes:
            data = packed(self._naming.members(option, file), file.parent)
            name = hashlib.sha256(data).hexdigest()
            key = f"{name}-{uuid.uuid4().hex}"  # never used before: Dask may still be forgetting what was lost
            with self._answered():
                self._archives[name] = self._client.scatter({key: data}, broadcast=True)[key]
            self._hashes[file] = name
        return self._hashes[file]

    def _check_connection(self) -> None:
        if self._client.status != "running":
            raise self._lost()

    @contextmanager
    def _answered(self) -> Iterator[None]:
        self._check_connection()  # which is not waited for: cells that were handed over are lost anyway
        try:
            yield
        except (OSError, CancelledError) as error:
            raise self._lost() from error

    def _lost(self) -> WorkersLost:
        return WorkersLost(f"{self.address} no longer answers; the same command goes on when it is back.")


def _failed(sentence: str) -> Outcome:
    return Outcome(seconds=0.0, worker="", figures={}, error=sentence)


def _connected(address: str) -> Any:
    """Returns a Dask client of the scheduler at `address`.

    Raises:
        ClusterError: Dask is not installed, or no scheduler answers.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise ClusterError(
            "--dask needs the library distributed, which is not installed; get it by: python -m pip install "
            "distributed, or with the extra cluster of this program."
        ) from error
    for name in list(logging.root.manager.loggerDict):
        if name.startswith("distributed"):
            logging.getLogger(name).setLevel(logging.CRITICAL)  # what goes wrong is told in a sentence
    try:
        # Tried first, as a client that cannot be made hangs when the program ends.
        asyncio.run(_greet(address))
        return Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
    except Exception as error:  # whatever Dask makes of an address or its settings
        raise ClusterError(
            "--dask must be the address of a Dask scheduler, such as tcp://192.168.0.5:8786; none answers at "
            f"{address} ({reason_of(error)})."
        ) from error


async def _greet(address: str) -> None:
    from distributed.comm import connect
    from distributed.security import Security

    comm = await connect(address, timeout=_CONNECT_SECONDS, **Security().get_connection_args("client"))
    await comm.close()
