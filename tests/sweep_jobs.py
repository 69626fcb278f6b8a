"""Jobs that worker processes can import: what real ones do, in no time."""

from __future__ import annotations

import math
import os
import signal
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fooler_gui.core.errors import LabError
from fooler_gui.records.recorder import NotRecorded
from fooler_gui.sweeps.named_files import Change
from fooler_gui.sweeps.sweep_spec import Options


def square(job: str, options: Mapping[str, Any], path: str) -> dict[str, float]:
    """Returns the square of ``x``; a negative one is refused."""
    if options["x"] < 0:
        raise LabError("x must not be negative.")
    Path(path).write_text(job, encoding="utf-8")
    with Path(path).with_name("done").open("a") as log:
        log.write(f"{options['x']}\n")
    return {"square": float(options["x"] ** 2), "threads": float(os.environ.get("TF_NUM_INTRAOP_THREADS", 0))}


def slow(job: str, options: Mapping[str, Any], path: str) -> dict[str, float]:
    """Takes a twentieth of a second."""
    time.sleep(0.05)
    return square(job, options, path)


def endless(_job: str, _options: Mapping[str, Any], _path: str) -> dict[str, float]:
    """Never ends by itself."""
    time.sleep(1_000)
    return {}


def killed_at_two(job: str, options: Mapping[str, Any], path: str) -> dict[str, float]:
    """Ends its process if ``x`` is 2."""
    if options["x"] == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return square(job, options, path)


def killed_once(job: str, options: Mapping[str, Any], path: str) -> dict[str, float]:
    """Ends its process the first time that ``x`` is 2."""
    marker = Path(path).with_name("was here")
    if options["x"] == 2 and not marker.exists():
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return square(job, options, path)


def reads(_job: str, options: Mapping[str, Any], path: str) -> dict[str, float]:
    """Returns how long the text in the file ``data`` is, and records where it was read and what it holds."""
    text = Path(options["data"]).read_text(encoding="utf-8")
    Path(path).mkdir()
    Path(path, "run.toml").write_text(
        f"data = '{options['data']}'\nrun = '{path}'\ntext = '{text}'\n", encoding="utf-8"
    )
    return {"letters": float(len(text))}


def reads_slowly(job: str, options: Mapping[str, Any], path: str) -> dict[str, float]:
    """Takes a fifth of a second to read."""
    time.sleep(0.2)
    return reads(job, options, path)


def with_paths(_job: str, options: Mapping[str, Any], change: Change) -> Options:
    """Takes ``data`` for the name of a file; see `Naming`."""
    return {name: str(change(name, Path(value))) if name == "data" else value for name, value in options.items()}


def nothing_finite(_job: str, _options: Mapping[str, Any], _path: str) -> dict[str, float]:
    """Finds numbers that are none."""
    return {"whole": 1.0, "lost": math.nan, "endless": math.inf}


def interrupted(_job: str, _options: Mapping[str, Any], _path: str) -> dict[str, float]:
    """Ends as by Ctrl-C."""
    raise KeyboardInterrupt


def broken(_job: str, _options: Mapping[str, Any], _path: str) -> dict[str, float]:
    """Has a fault."""
    raise KeyError("a fault")


def not_recorded_at_two(job: str, options: Mapping[str, Any], path: str) -> dict[str, float]:
    """Finds the disk full if ``x`` is 2, until a file called room lies beside it."""
    if options["x"] == 2 and not Path(path).with_name("room").exists():
        raise NotRecorded("The disk is full.")
    return square(job, options, path)
