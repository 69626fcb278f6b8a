"""Does one cell of a sweep: a command of this command line, in a process that does many."""

from __future__ import annotations

import argparse
import importlib
import io
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr
from pathlib import Path
from typing import Any

from fooler_gui.cli.arguments import options_of, read_arguments
from fooler_gui.cli.option_files import IN_RUN_FILE
from fooler_gui.cli.option_values import BadArguments
from fooler_gui.cli.output import Result
from fooler_gui.cli.session import keep_sessions
from fooler_gui.cli.shared_options import option_of
from fooler_gui.core.errors import LabError
from fooler_gui.core.settings import LAYER_PREFIX
from fooler_gui.core.terms import TERM_PREFIX, known_terms
from fooler_gui.surroundings import prepare
from fooler_gui.sweeps.recorded import remove_recorded
from fooler_gui.sweeps.sweep_spec import RECORDED, is_number

_OUT = "out"
_CONTINUED = ("rounds",)
"""Jobs that go on where they broke off."""
_NOT_OF_A_CELL = ("out", "overwrite", "json", "debug", "repeat", "table", "each", "picture")


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
    named: list[str] = []
    without_names: list[str] = []
    for name, value in options.items():
        if name in _NOT_OF_A_CELL:
            raise BadArguments(f"The cells of a sweep have no {name}; leave it out.")
        if name in terms:
            named.append(f"--term={terms[name]}={value}")
        elif name.startswith(TERM_PREFIX):
            raise BadArguments(f"{name} needs the term {name.removeprefix(TERM_PREFIX)}, which is not installed here.")
        elif name.startswith(LAYER_PREFIX):
            named.append(f"--layer-coefficient={name.removeprefix(LAYER_PREFIX)}={value}")
        elif not _action(job, name).option_strings:
            without_names += _alone(name, value)
        else:
            named += _option(option_of(IN_RUN_FILE.get(name, name)), value)
    return [job, *without_names, *named]


def check_cell(job: str, options: Mapping[str, Any]) -> None:
    """Refuses a cell whose options are none of the command line's, or out of range. Files are not looked at.

    Raises:
        BadArguments: See above.
    """
    read_arguments([*arguments_of(job, options), *_where("" if RECORDED[job] is None else "cell")])


def perform_cell(job: str, options: Mapping[str, Any], path: str) -> dict[str, float]:
    """Does a job and returns its figures: the numbers among the facts that ``--json`` prints.

    Those within a fact are called after it, too: ``after_test_accuracy``. Lists are left out.

    Args:
        job: The command.
        options: See `arguments_of`.
        path: Where it records, "" for nowhere; what a former try left there is removed.

    Raises:
        LabError: It cannot be done, or it failed.
        KeyboardInterrupt: Ctrl-C stopped it.
    """
    prepare()
    keep_sessions()
    if path and job not in _CONTINUED:
        remove_recorded(Path(path))
    with redirect_stderr(io.StringIO()):
        parsed = read_arguments([*arguments_of(job, options), *_where(path)])
        result: Result = importlib.import_module(f"fooler_gui.cli.{job}_command").run(parsed)
    if result.stopped:
        raise KeyboardInterrupt
    if result.failed:
        raise CellFailed(result.failed)
    return _numbers(result.facts) | _memory()


def _numbers(facts: Mapping[str, Any], prefix: str = "") -> dict[str, float]:
    figures: dict[str, float] = {}
    for name, value in facts.items():
        if isinstance(value, Mapping):
            figures |= _numbers(value, f"{prefix}{name}_")
        elif is_number(value):
            figures[prefix + name] = float(value)
    return figures


def _where(path: str) -> list[str]:
    return [option_of(_OUT), path] if path else []


def _action(job: str, name: str) -> argparse.Action:
    """Returns what reads an option; one without a name of its own stands alone on the command line.

    Raises:
        BadArguments: There is none: a name such as ``table=/a/file`` would else pass for another option with a value.
    """
    action = options_of(job).get(IN_RUN_FILE.get(name, name))
    if action is None:
        raise BadArguments(f"{job} has no option {name!r}; see fooler {job} --help.")
    return action


def _alone(name: str, value: Any) -> list[str]:
    """Returns the values of an option that stand alone.

    Raises:
        BadArguments: One would pass for another option.
    """
    texts = list(map(str, value if isinstance(value, list) else [value]))
    dashed = next((text for text in texts if text.startswith("-")), "")
    if dashed:
        raise BadArguments(f"{name} must not begin with a dash; write ./{dashed} for a file called so.")
    return texts


def _option(option: str, value: Any) -> list[str]:
    match value:
        case bool():
            return [option] if value else []
        case list() | tuple():
            return [f"{option}={part}" for part in value]
        case _:
            return [f"{option}={value}"]


def _memory() -> dict[str, float]:
    """Returns the most memory that this process has taken so far, in GB, where the system tells it."""
    if sys.platform == "win32":
        return {}
    import resource

    of_one = 1 if sys.platform == "darwin" else 1024
    return {"memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * of_one / 1e9}
