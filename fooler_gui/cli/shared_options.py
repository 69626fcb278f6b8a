"""Adds options to a parser and turns their values into settings. The help of a setting comes from its field."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Callable, Container
from pathlib import Path
from typing import Any, TypeVar

from fooler_gui.cli.option_values import (
    BadArguments,
    PresetOrFile,
    StartOrFile,
    layer_coefficient,
    layer_names,
    name_of_preset,
    number,
    term_coefficient,
    text,
    weighted_file,
)
from fooler_gui.core.coefficient_presets import DESCENT_OF_PRESETS, PRESET_TITLES
from fooler_gui.core.dataset_info import DatasetSettings
from fooler_gui.core.formats import format_number
from fooler_gui.core.image_kinds import RUNS, kinds_for
from fooler_gui.core.input_range import INPUT_RANGES
from fooler_gui.core.run_spec import NOISE
from fooler_gui.core.settings import MAXIMUM_SEED, METHODS, CostCoefficients, HasSettings, SettingInfo

ARTICLE = "article"
"""The default preset."""

_S = TypeVar("_S", bound=HasSettings)


def add_path(parser: argparse.ArgumentParser, option: str, metavar: str, tip: str, *, required: bool = False) -> None:
    """Adds `option`, the path of a file or folder."""
    parser.add_argument(option, type=Path, metavar=metavar, help=tip, required=required)


def add_several(
    parser: argparse.ArgumentParser, option: str, read: Callable[[str], Any], metavar: str, tip: str, **more: Any
) -> None:
    """Adds `option`, which takes several values, each read by `read`, and may be given several times."""
    parser.add_argument(option, type=read, action="extend", nargs="+", metavar=metavar, help=tip, **more)


def add_output(parser: argparse.ArgumentParser, metavar: str, what: str) -> None:
    """Adds ``--out``, described by `what`, and ``--overwrite``."""
    add_path(parser, "--out", metavar, f"{what} to write", required=True)
    add_overwrite(parser)


def add_overwrite(parser: argparse.ArgumentParser, option: str = "--out") -> None:
    """Adds ``--overwrite`` for what `option` names."""
    parser.add_argument("--overwrite", action="store_true", help=f"replace what {option} names if it exists")


def add_classifier(parser: argparse.ArgumentParser) -> None:
    """Adds ``--classifier`` and `add_reading`'s options."""
    tip = "the classifier, a .keras or .h5 file (default: the article's, which is included)"
    add_path(parser, "--classifier", "F.keras", tip)
    add_reading(parser)


def add_classifiers(parser: argparse.ArgumentParser) -> None:
    """Adds ``--classifier``, which may be given several times for an ensemble, and `add_reading`'s options."""
    parser.add_argument(
        "--classifier",
        type=weighted_file,
        action=_FirstAndFurther,
        metavar="F.keras[=WEIGHT]",
        help="the classifier, a .keras or .h5 file (default: the article's, which is included); given several times, "
        "images are driven to fool all of them, each further one with a weight (default 1) beside the first one's, "
        "which is 1; the options of reading and layers are for the first",
    )
    parser.set_defaults(further=None)
    add_reading(parser)


class _FirstAndFurther(argparse.Action):
    """Stores the first classifier as ``classifier`` and the others, with their weights, as the list ``further``."""

    def __call__(
        self,
        _parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        _option: str | None = None,
    ) -> None:
        path, weight = values
        if namespace.classifier is not None:
            namespace.further = [*(namespace.further or ()), values]
        elif weight is None:
            namespace.classifier = path
        else:
            raise BadArguments(
                f"The first --classifier must have no weight, as that of the others is beside its own of 1; received "
                f"{weight:g}."
            )


def add_reading(parser: argparse.ArgumentParser) -> None:
    """Adds ``--input-range``, ``--output`` and ``--layers``, which a classifier's file leaves open."""
    ranges = "; ".join(f"{name}: {words}" for name, words in INPUT_RANGES.items())
    parser.add_argument(
        "--input-range",
        choices=list(INPUT_RANGES),
        help=f"what the classifier expects ({ranges}; default: what it reads best), as --input-range=-1..1",
    )
    parser.add_argument("--output", metavar="NAME", help="which output to use of a classifier that has several")
    parser.add_argument(
        "--layers",
        type=layer_names,
        metavar="NAME,NAME",
        help="the layers to record beside inputs, in place of those proposed (`fooler describe` tells them)",
    )


def add_data(parser: argparse.ArgumentParser) -> None:
    """Adds ``--data`` and the settings of how it is read."""
    tip = "the dataset: an .npz, IDX, CSV or CIFAR file, or a folder, as `fooler data` tells (default: MNIST, included)"
    add_path(parser, "--data", "F", tip)
    add_settings(parser, DatasetSettings)


def add_coefficients(parser: argparse.ArgumentParser, otherwise: str) -> None:
    """Adds ``--coefficients``; `otherwise` describes the default."""
    presets = ", ".join(map(name_of_preset, PRESET_TITLES))
    parser.add_argument(
        "--coefficients",
        type=PresetOrFile,
        metavar="PRESET|F.toml",
        help=f"a preset ({presets}; scaled takes the article's, with those of layers scaled to the distances in this "
        f"net), or a file with {', '.join(CostCoefficients.keys())}, the last two as tables; those left out are the "
        f"article's; {', '.join(DESCENT_OF_PRESETS)} also set some of the descent of "
        f"backwork, as a table descent in a file does (default: {otherwise})",
    )


def add_cost_options(parser: argparse.ArgumentParser) -> None:
    """Adds ``--preset``, ``--coefficients``, ``--term`` and ``--layer-coefficient``."""
    tip = "the article's way, or the 2016 program's, of taking distances and changing pixels"
    parser.add_argument("--preset", choices=list(METHODS), help=f"{tip} (default {ARTICLE})")
    add_coefficients(parser, f"{ARTICLE}, or scaled if the net or the images are of another kind than the article's")
    add_terms(parser)
    tip = (
        "the coefficient of a recorded layer, such as conv0=1e-4, in place of that in --coefficients; may be given "
        "several times"
    )
    add_several(parser, "--layer-coefficient", layer_coefficient, "NAME=X", tip)


def add_terms(parser: argparse.ArgumentParser) -> None:
    """Adds ``--term``."""
    tip = (
        "the coefficient of a term of the cost, such as closeness=1, in place of that in --coefficients (`fooler "
        "terms` describes them all); may be given several times"
    )
    add_several(parser, "--term", term_coefficient, "NAME=X", tip)


def add_start(parser: argparse.ArgumentParser) -> None:
    """Adds ``--start``."""
    add_several(
        parser,
        "--start",
        StartOrFile,
        "KIND|digits:CLASS|F",
        f"what images start from: {', '.join(kinds_for(RUNS))} (`fooler starts` describes them); digits:CLASS, test "
        "images of that class, by its number or name, whatever the dataset shows; or the images of files: pictures, "
        "and arrays or folders as for score; one image for each slot (as many as there are unless --slots is given), "
        f"or one for all, to which all slots but the first add a little noise (default {NOISE})",
    )


def add_settings(parser: argparse.ArgumentParser, kind: type[HasSettings], default_words: str = "") -> None:
    """Adds an option for each setting of the dataclass `kind`; None if not given."""
    for name, info in kind.infos().items():
        if info.while_watching:
            continue
        option, default = option_of(name), kind.default(name)
        tip = info.tip.replace("%", "%%").rstrip(".")
        if isinstance(default, bool):
            parser.add_argument(option, action="store_true", default=None, help=tip)
        elif info.choices:
            parser.add_argument(option, choices=info.choices, help=f"{tip} (default {default_words or default})")
        elif info.pattern:
            parser.add_argument(option, type=text(option, info), metavar="LAYER:N", help=tip)
        else:
            whole = isinstance(default, int)
            assert info.minimum is not None
            assert info.maximum is not None
            parser.add_argument(
                option,
                type=number(option, info.minimum, info.maximum, whole=whole),
                metavar="N" if whole else "X",
                help=f"{tip} ({_span(info, whole=whole)}; default {default_words or _shown(default, whole=whole)})",
            )


def given_settings(options: argparse.Namespace, defaults: _S) -> _S:
    """Returns `defaults` with the settings given on the command line.

    Raises:
        SettingError: A value is not allowed.
    """
    given = {name: getattr(options, name, None) for name in defaults.infos()}
    return dataclasses.replace(defaults, **{name: value for name, value in given.items() if value is not None})


def refuse(options: argparse.Namespace, names: Container[str], reason: str) -> None:
    """Refuses the options called `names` that were given, as they do not go with `reason`.

    Raises:
        BadArguments: One of them was given.
    """
    for name, value in vars(options).items():
        if name in names and value is not None and value is not False:
            raise BadArguments(f"{option_of(name)} does not go with {reason}.")


def option_of(name: str) -> str:
    """Returns the option for what the code calls `name`."""
    return f"--{name.replace('_', '-')}"


def _span(info: SettingInfo, *, whole: bool) -> str:
    minimum, maximum = _shown(info.minimum, whole=whole), _shown(info.maximum, whole=whole)
    unit = f" {info.unit}" if info.unit else ""
    return f"{minimum} or more{unit}" if info.maximum == MAXIMUM_SEED else f"{minimum} to {maximum}{unit}"


def _shown(value: Any, *, whole: bool) -> str:
    """Returns a number as shown in help."""
    return f"{value:,}" if whole else format_number(value)
