"""Does one cell of a sweep: a command of this command line, in a process that does many."""

from __future__ import annotations

import importlib
import io
import shutil
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr
from pathlib import Path
from typing import Any

from fooler_gui.cli.arguments import read_arguments
from fooler_gui.cli.option_values import BadArguments
from fooler_gui.cli.output import Result
from fooler_gui.cli.session import keep_sessions
from fooler_gui.core.errors import LabError
from fooler_gui.core.settings import LAYER_PREFIX
from fooler_gui.core.terms import known_terms
from fooler_gui.surroundings import prepare
from fooler_gui.sweeps.sweep_spec import is_number

_OUT = "out"
_ENDINGS = {"train": ".keras", "retrain": ".keras", "backwork": "", "rounds": ""}
"""What the path that a job records into ends with; the other jobs record nothing."""
_CONTINUED = ("rounds",)
"""Jobs that go on where they broke off."""
_IN_RUN_FILE = {"labels": "label", "runs": "run"}
"""Names in ``run.toml`` of what is called otherwise on the command line."""
_NOT_OF_A_CELL = ("out", "overwrite", "json", "debug", "repeat")


class CellFailed(LabError, RuntimeError):
    """A command ended without its whole result."""


def arguments_of(job: str, options: Mapping[str, Any]) -> list[str]:
    """Returns the command line of a job, without where it records.

    Names are those of the command line's options, with underscores, or of ``run.toml``: ``labels``,
    ``batch_cost_coeff``, ``layer_cost_coeff_conv0``.

    Raises:
        BadArguments: An option is none of a sweep's.
    """
    terms = {term.coefficient_name: name for name, term in known_terms().items()}
    arguments = [job]
    for name, value in options.items():
        if name in _NOT_OF_A_CELL:
            raise BadArguments(f"A sweep sets {name} itself; leave it out.")
        if name in terms:
            arguments.append(f"--term={terms[name]}={value}")
        elif name.startswith(LAYER_PREFIX):
            arguments.append(f"--layer-coefficient={name.removeprefix(LAYER_PREFIX)}={value}")
        else:
            arguments += _option(f"--{_IN_RUN_FILE.get(name, name).replace('_', '-')}", value)
    return arguments


def check_cell(job: str, options: Mapping[str, Any]) -> None:
    """Refuses a cell whose options are none of the command line's, or out of range. Files are not looked at.

    Raises:
        BadArguments: See above.
    """
    read_arguments([*arguments_of(job, options), *_where(job, "cell")])


def perform_cell(job: str, options: Mapping[str, Any], path: str) -> dict[str, float]:
    """Does a job and returns its figures: the numbers among the facts that ``--json`` prints.

    Args:
        job: The command.
        options: See `arguments_of`.
        path: Where it records, without an ending; what a former try left there is removed.

    Raises:
        LabError: It cannot be done, or it failed.
    """
    prepare()
    keep_sessions()
    if job not in _CONTINUED:
        _remove(path + _ENDINGS.get(job, ""))
    with redirect_stderr(io.StringIO()):
        parsed = read_arguments([*arguments_of(job, options), *_where(job, path)])
        result: Result = importlib.import_module(f"fooler_gui.cli.{job}_command").run(parsed)
    if result.failed or result.stopped:
        raise CellFailed(result.failed or result.stopped)
    figures = {name: float(value) for name, value in result.facts.items() if is_number(value)}
    return figures | _memory()


def _where(job: str, path: str) -> list[str]:
    return [f"--{_OUT}", path + _ENDINGS[job]] if job in _ENDINGS else []


def _option(option: str, value: Any) -> list[str]:
    match value:
        case bool():
            return [option] if value else []
        case list() | tuple():
            return [option, *map(str, value)]
        case _:
            return [f"{option}={value}"]


def _remove(path: str) -> None:
    if Path(path).is_dir():
        shutil.rmtree(path)
    else:
        Path(path).unlink(missing_ok=True)


def _memory() -> dict[str, float]:
    """Returns the most memory that this process has taken so far, in GB, where the system tells it."""
    if sys.platform == "win32":
        return {}
    import resource

    of_one = 1 if sys.platform == "darwin" else 1024
    return {"memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * of_one / 1e9}
