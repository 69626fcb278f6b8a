"""Options that several commands have. What is said of a setting comes from its `SettingInfo`."""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path
from typing import Any

from fooler_gui.cli.option_values import MAXIMUM_SEED, number, whole
from fooler_gui.core.formats import format_number
from fooler_gui.core.settings import (
    METHODS,
    CostCoefficients,
    SettingInfo,
    Settings,
)

_NOT_ON_THE_COMMAND_LINE = ("keep_refining",)


def add_output(parser: argparse.ArgumentParser, metavar: str, what: str) -> None:
    """Adds ``--out``, a file that is `what`, and ``--overwrite``."""
    parser.add_argument("--out", type=Path, required=True, metavar=metavar, help=f"{what} to write")
    add_overwrite(parser)


def add_overwrite(parser: argparse.ArgumentParser, option: str = "--out") -> None:
    """Adds ``--overwrite`` for what `option` names."""
    parser.add_argument("--overwrite", action="store_true", help=f"replace what {option} names if it exists")


def add_classifier(parser: argparse.ArgumentParser) -> None:
    """Adds ``--classifier``."""
    parser.add_argument(
        "--classifier", type=Path, metavar="F.keras", help="the classifier (default: the article's, which comes along)"
    )


def add_seed(parser: argparse.ArgumentParser, default: int | None = 0) -> None:
    """Adds ``--rng-seed``; where it is not given it is `default`."""
    parser.add_argument(
        "--rng-seed",
        type=whole("--rng-seed", 0, MAXIMUM_SEED),
        default=default,
        metavar="N",
        help="the number that starts the noise; same seed, same images (0 or more; default 0)",
    )


def add_cost_options(parser: argparse.ArgumentParser) -> None:
    """Adds ``--preset`` and ``--coefficients``."""
    parser.add_argument(
        "--preset",
        choices=list(METHODS),
        help="the article's way, or the 2016 program's, of taking distances and changing pixels (default article)",
    )
    parser.add_argument(
        "--coefficients",
        type=Path,
        metavar="F.toml",
        help=f"{', '.join(CostCoefficients.keys())}, the last two of them tables; those left out are the article's",
    )


def add_settings(parser: argparse.ArgumentParser, settings: type[Settings], default_words: str = "") -> None:
    """Adds an option for each field of `settings`; one that is not given stays None."""
    for entry in dataclasses.fields(settings):  # type: ignore[arg-type]
        if entry.name in _NOT_ON_THE_COMMAND_LINE:
            continue
        info = settings.info(entry.name)
        option = f"--{entry.name.replace('_', '-')}"
        tip = info.tip.replace("%", "%%").rstrip(".")
        if isinstance(entry.default, bool):
            parser.add_argument(option, action="store_true", default=None, help=tip)
            continue
        if info.choices:
            parser.add_argument(option, choices=info.choices, help=f"{tip} (default {default_words or entry.default})")
            continue
        assert info.minimum is not None
        assert info.maximum is not None
        whole = isinstance(entry.default, int)
        parser.add_argument(
            option,
            type=number(option, info.minimum, info.maximum, whole=whole),
            metavar="N" if whole else "X",
            help=f"{tip} ({_span(info, whole=whole)}; default {default_words or _shown(entry.default, whole=whole)})",
        )


def _span(info: SettingInfo, *, whole: bool) -> str:
    minimum, maximum = _shown(info.minimum, whole=whole), _shown(info.maximum, whole=whole)
    unit = f" {info.unit}" if info.unit else ""
    return f"{minimum} or more{unit}" if info.maximum == MAXIMUM_SEED else f"{minimum} to {maximum}{unit}"


def _shown(value: Any, *, whole: bool) -> str:
    """Returns a number as help shows it."""
    return f"{value:,}" if whole else format_number(value)
