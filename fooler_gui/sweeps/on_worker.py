"""Does a cell on a worker of a cluster, which shares no files with the machine that the sweep is on."""

from __future__ import annotations

import dataclasses
import json
import os
import tempfile
import threading
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomli_w

from fooler_gui.resources import resource
from fooler_gui.sweeps.archive import packed, unpack
from fooler_gui.sweeps.executor import Job, Outcome, perform, use_threads
from fooler_gui.sweeps.named_files import Naming
from fooler_gui.sweeps.recorded import recorded_files

_FORMATS: Mapping[str, tuple[Callable[[str], Any], Callable[[Any], str]]] = {
    ".toml": (tomllib.loads, tomli_w.dumps),
    ".json": (json.loads, lambda data: json.dumps(data, indent=1)),
}
"""How records with paths in them are read and written."""

_one_at_a_time = threading.Lock()
"""Cells of one process share what it has computed, which two threads must not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A cell for a worker.

    Attributes:
        job: What does it.
        naming: Tells which options name files.
        name: The job's name.
        options: Its options; paths of files are relative: the hash of an archive and a name in it.
        path: Where the record of the cell is to lie in the end; "" if it records nothing.
        sources: Where the files lie from which the archives were made, by their relative paths.
        resources: Where the program's own files lie on the machine of the sweep.
    """

    job: Job
    naming: Naming
    name: str
    options: Mapping[str, Any]
    path: str
    sources: Mapping[str, str]
    resources: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What a worker sends back.

    Attributes:
        outcome: What came of the cell.
        record: What it recorded, as `packed`; empty if it failed or recorded nothing.
    """

    outcome: Outcome
    record: bytes


def do_cell(order: Order, archives: Mapping[str, bytes]) -> Delivery:
    """Does a cell with the files in `archives`, by their hashes, which are unpacked once in the life of a worker."""
    from distributed import get_worker

    worker = get_worker()
    files = Path(worker.local_directory) / "fooler-files"
    with _one_at_a_time, tempfile.TemporaryDirectory(dir=worker.local_directory) as folder:
        use_threads(worker.state.nthreads)
        for name, data in archives.items():
            _unpack_once(data, files / name)
        options = order.naming.with_paths(order.name, order.options, lambda _option, path: files / path)
        record = Path(folder) / Path(order.path).name if order.path else None
        outcome = perform(order.job, order.name, options, str(record or ""))
        outcome = dataclasses.replace(outcome, worker=worker.address, is_stuck=False)  # another may have room
        if record is None or outcome.error:
            return Delivery(outcome=outcome, record=b"")
        recorded = list(recorded_files(record))
        sources = {str(files / name): source for name, source in order.sources.items()}
        _rename(recorded, sources | {str(resource()): order.resources, folder: str(Path(order.path).parent)})
        return Delivery(outcome=outcome, record=packed(recorded, Path(folder)))


def _unpack_once(data: bytes, folder: Path) -> None:
    if folder.exists():
        return
    part = folder.with_suffix(".part")
    part.mkdir(parents=True, exist_ok=True)
    unpack(data, part)
    part.rename(folder)


def _rename(files: Iterable[Path], names: Mapping[str, str]) -> None:
    """Makes records tell where files lie on the machine of the sweep, in place of where they lay here."""
    for file in files:
        if file.suffix in _FORMATS:
            read, write = _FORMATS[file.suffix]
            file.write_text(write(_renamed(read(file.read_text(encoding="utf-8")), names)), encoding="utf-8")


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    match value:
        case str():
            here = next((name for name in names if value == name or value.startswith(name + os.sep)), None)
            return value if here is None else names[here] + value.removeprefix(here)
        case list():
            return [_renamed(part, names) for part in value]
        case dict():
            return {key: _renamed(part, names) for key, part in value.items()}
        case _:
            return value
