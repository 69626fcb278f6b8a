"""Which options of a command name files, told by what reads their values, and what belongs to such a file."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fooler_gui.cli.arguments import options_of
from fooler_gui.cli.checks import FileRefused
from fooler_gui.cli.option_values import PresetOrFile, StartOrFile, weighted_file
from fooler_gui.core.dataset_info import DatasetSettings
from fooler_gui.core.path_text import path_of
from fooler_gui.data.readers.class_names import LABELS_FILE
from fooler_gui.data.readers.registry import read_found
from fooler_gui.sweeps.named_files import Change, Naming
from fooler_gui.sweeps.sweep_spec import Options

IN_RUN_FILE = {"labels": "label", "runs": "run"}
"""Names in ``run.toml`` of what is called otherwise on the command line."""
_WITH_FILES = (Path, weighted_file, PresetOrFile, StartOrFile)
"""What reads the values of options that name files."""
_DATA = "data"


def with_paths(job: str, options: Mapping[str, Any], change: Change) -> Options:
    """Returns the options of a sweep's job with every path in them changed by `change`."""
    known = options_of(job)
    changed = dict(options)
    for name, value in options.items():
        action = known.get(IN_RUN_FILE.get(name, name))
        if action is None or action.type not in _WITH_FILES:
            continue
        if isinstance(value, list):
            changed[name] = [_with_path(action, str(part), change) for part in value]
        else:
            changed[name] = _with_path(action, str(value), change)
    return changed


def members(option: str, path: Path) -> tuple[Path, ...]:
    """Returns all files that belong to the file or folder `path` that is given to `option`.

    Raises:
        LabError: It is missing, or a dataset that cannot be used.
    """
    if path.is_dir():
        return tuple(file for file in sorted(path.rglob("*")) if file.is_file())
    if not path.is_file():
        raise FileRefused(f"{option} must name a file or folder; there is none at {path}.")
    if option != _DATA:
        return (path,)
    found = read_found(path, DatasetSettings.default("largest_side")).files
    names = path.with_name(LABELS_FILE)
    return (*(found or (path,)), *((names,) if names.is_file() else ()))


NAMING = Naming(with_paths, members)
"""What sweeps are told of it."""


def _with_path(action: argparse.Action, text: str, change: Change) -> str:
    path, rest = _parts(action.type, text)
    return f"{change(action.dest, path_of(path))}{rest}" if path else text


def _parts(kind: Any, text: str) -> tuple[str, str]:
    """Returns the path in the value `text` of an option that is read by `kind`, "" if there is none, and the rest."""
    if kind is weighted_file and weighted_file(text)[1] is not None:
        path, equals, weight = text.rpartition("=")
        return path, equals + weight
    if kind in (PresetOrFile, StartOrFile) and not kind(text).is_file:
        return "", text
    return text, ""
