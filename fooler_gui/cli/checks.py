"""Refuses bad files before anything slow starts. Commands call these first; nothing is written here."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from fooler_gui.cli.option_values import BadArguments, name_of_preset
from fooler_gui.cli.shared_options import given_settings
from fooler_gui.core.coefficient_presets import DESCENT_OF_PRESETS, PRESET_TITLES
from fooler_gui.core.dataset_info import DatasetSettings, DatasetUse
from fooler_gui.core.errors import LabError
from fooler_gui.core.file_kind import CLASSIFIER, DATASET, TOML, Wanted
from fooler_gui.core.jobs import OpenClassifier
from fooler_gui.core.path_text import path_of
from fooler_gui.core.preset_file import read_preset
from fooler_gui.core.write_check import check_file, check_folder
from fooler_gui.records.rounds_folder import holds_rounds
from fooler_gui.records.run_folder import holds_run, read_record
from fooler_gui.resources import bundled_classifier


class FileRefused(LabError, ValueError):
    """A file named on the command line cannot be used."""


def given_file(option: str, path: Path, wanted: Wanted, words: str = "") -> Path:
    """Returns `path`, an existing file, made absolute; `words` names what may be given instead of a file.

    Raises:
        FileRefused: It is missing, or its content is not `wanted`.
    """
    try:
        other = wanted.other(path)
    except FileNotFoundError as error:
        raise FileRefused(f"{option} must be {words}{wanted.words}; there is no {path}.") from error
    except OSError as error:
        raise FileRefused(f"{path} cannot be read: {error.strerror or error}.") from error
    if other:
        raise FileRefused(f"{option} must be {words}{wanted.words}; {path} is {other}.")
    return path.absolute()


def given_classifier(options: argparse.Namespace, otherwise: Path | None = None) -> OpenClassifier:
    """Returns the job that opens the classifier of `options`, or else `otherwise`, or else the article's.

    It is used without a dataset where it does not fit the bundled one and no other is named.

    Raises:
        FileRefused: Its file is missing or its content is neither a ``.keras`` nor an ``.h5`` file.
        FileNotFoundError: The article's classifier is not installed.
    """
    path = options.classifier or otherwise
    path = bundled_classifier() if path is None else given_file("--classifier", path, CLASSIFIER)
    return as_asked(options, str(path), DatasetUse.IF_IT_FITS if options.data is None else DatasetUse.REQUIRED)


def as_asked(options: argparse.Namespace, path: str, dataset: DatasetUse = DatasetUse.REQUIRED) -> OpenClassifier:
    """Returns the job that opens the classifier of the file `path` in the way that `options` ask for."""
    return OpenClassifier(
        path=path,
        dataset=dataset,
        input_range=options.input_range or "",
        output=options.output or "",
        recorded_layers=options.layers,
    )


class GivenData(NamedTuple):
    """A dataset named on the command line.

    Attributes:
        path: Its file or folder, absolute; None for the bundled dataset.
        settings: How it is read.
    """

    path: Path | None
    settings: DatasetSettings


BUNDLED = GivenData(None, DatasetSettings())


def given_data(options: argparse.Namespace) -> GivenData:
    """Returns the dataset to use: that of ``--data``, or the bundled one without it.

    Raises:
        LabError: There is no such file or folder, or ``--largest-side`` is not allowed. Its content is checked when it
            is read.
    """
    path = options.data
    if path is not None and not path.exists():
        raise FileRefused(f"--data must be {DATASET.words}; there is no {path}.")
    return GivenData(None if path is None else path.absolute(), given_settings(options, DatasetSettings()))


class GivenCoefficients(NamedTuple):
    """Coefficients named on the command line: those of a preset, or of a file.

    Attributes:
        preset: The preset's name.
        numbers: Those in a file, as `CostCoefficients.from_dict` takes them; None for a preset.
        descent: The settings of the descent that go with them, by name.
    """

    preset: str = ""
    numbers: Mapping[str, Any] | None = None
    descent: Mapping[str, Any] = MappingProxyType({})


def given_coefficients(text: str | None) -> GivenCoefficients | None:
    """Returns the coefficients that are given by a preset's name or by a TOML file; None if none are.

    Raises:
        LabError: The file cannot be read, or a name or value is not allowed. Layer names are not checked
            against the classifier here.
    """
    if text is None:
        return None
    names = {name_of_preset(name): name for name in PRESET_TITLES}
    if text in names:
        return GivenCoefficients(preset=names[text], descent=DESCENT_OF_PRESETS.get(names[text], {}))
    path = path_of(text)
    presets = "" if path.exists() else f"{', '.join(names)}, or a file "
    preset = read_preset(given_file("--coefficients", path, TOML, presets))
    return GivenCoefficients(numbers=preset.given, descent=preset.descent)


def given_terms(options: argparse.Namespace) -> dict[str, float]:
    """Returns the coefficients of single terms, by the terms' names.

    Raises:
        BadArguments: One is given twice.
    """
    return _named_once("--term", "a term", options.term or [])


def given_layer_coefficients(options: argparse.Namespace) -> dict[str, float]:
    """Returns the coefficients of single layers, by the layers' names, which are not checked here.

    Raises:
        BadArguments: One is given twice.
    """
    return _named_once("--layer-coefficient", "a layer", options.layer_coefficient or [])


def _named_once(option: str, what: str, given: list[tuple[str, float]]) -> dict[str, float]:
    names = [name for name, _ in given]
    twice = next((name for name in names if names.count(name) > 1), "")
    if twice:
        raise BadArguments(f"{option} must name {what} once; received {twice} more than once.")
    return dict(given)


def given_runs(folders: list[Path], option: str = "--run") -> list[Path]:
    """Returns `folders`, the values of `option`, after checking that each holds a run with readable settings.

    Raises:
        LabError: One does not, or is given twice.
    """
    for index, folder in enumerate(folders):
        read_record(folder)
        if folder.resolve() in (earlier.resolve() for earlier in folders[:index]):
            raise FileRefused(f"{option} must not name a folder twice; received {folder} twice.")
    return folders


def new_file(path: Path, ending: str, *, overwrite: bool, option: str = "--out") -> Path:
    """Returns `path`, the value of `option`, made absolute, if a file with this ending can be written there.

    Raises:
        LabError: It has another ending, exists without `overwrite`, or cannot be written.
    """
    if path.suffix.lower() != ending:
        raise FileRefused(f"{option} must be {_named(ending)}; received {path}.")
    if path.is_dir():
        raise FileRefused(f"{option} must be {_named(ending)}; {path} is a folder.")
    return check_new(path, overwrite=overwrite, option=option)


def check_new(path: Path, *, overwrite: bool, option: str) -> Path:
    """Returns `path`, the value of `option`, made absolute, if something can be written there.

    Raises:
        LabError: It exists without `overwrite`, or cannot be written.
    """
    if path.exists() and not overwrite:
        raise FileRefused(f"{path} exists already; give another name, or --overwrite to replace it.")
    if not path.parent.is_dir():
        raise FileRefused(f"{option} must be in a folder that exists; there is no folder {path.parent}.")
    check_file(path)
    return path.absolute()


def new_run_folder(path: Path, *, overwrite: bool) -> Path:
    """Returns `path`, made absolute, if a run can be written there.

    Raises:
        LabError: It is not a folder, holds a run without `overwrite`, or cannot be written.
    """
    path = path.absolute()
    if path.exists() and not path.is_dir():
        raise FileRefused(f"--out must be a folder; {path} is a file.")
    if holds_run(path) and not overwrite:
        raise FileRefused(f"{path} holds a run already; give another folder, or --overwrite to replace it.")
    check_folder(path)
    return path


def rounds_folder(path: Path) -> Path:
    """Returns `path`, made absolute, if rounds can be saved or continued there.

    Raises:
        LabError: It is not a folder, holds something other than rounds, or cannot be written.
    """
    path = path.absolute()
    if path.exists() and not path.is_dir():
        raise FileRefused(f"--out must be a folder; {path} is a file.")
    if path.is_dir() and any(path.iterdir()) and not holds_rounds(path):
        raise FileRefused(f"--out must be a new or empty folder, or one with rounds; {path} holds something else.")
    check_folder(path)
    return path


def _named(ending: str) -> str:
    return f"a {ending} file"
