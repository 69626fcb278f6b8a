"""The options of every command. What is said of a setting comes from its `SettingInfo`."""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from fooler_gui import __version__
from fooler_gui.benchmarks.catalogue import BENCHMARKS, NAMES
from fooler_gui.core.errors import LabError
from fooler_gui.core.evaluation_report import FILE_SETS, FOUND, MADE_SETS, TEST, EvaluationSettings
from fooler_gui.core.figure_settings import FoolingFigureSettings
from fooler_gui.core.formats import format_number
from fooler_gui.core.rounds_spec import DEFAULT_STARTS, TRAINED_KINDS, RoundsSettings
from fooler_gui.core.run_spec import AVERAGES, MAXIMUM_SLOTS, NOISE
from fooler_gui.core.settings import (
    METHODS,
    DescentSettings,
    RetrainingSettings,
    SettingInfo,
    Settings,
    TrainingSettings,
    check_number,
)
from fooler_gui.core.topology import TRAINING_PRESETS, Convolution

ALL_LABELS = "all"
FOOLING, WORST = "fooling", "worst"
NO_LAYERS = "none"
SLOTS = 8

MAXIMUM_SEED = TrainingSettings.info("rng_seed").maximum or 0.0

_NOT_ON_THE_COMMAND_LINE = ("keep_refining",)
_PROGRAM = "fooler"
_DESCRIPTION = (
    "Finds out how a convolutional net can be fooled, and mends it. Without any argument `python main.py` opens the "
    "window, as does the command fooler-gui; these commands do the same without one."
)
_EPILOG = (
    "Every command has its own help: fooler COMMAND --help. Results go to standard output, progress to standard error."
)

_S = TypeVar("_S", bound=Settings)


class BadArguments(LabError):
    """The command line cannot be understood. Its text is one sentence.

    It is no ValueError, in whose place argparse would put a sentence of its own.
    """


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        sentence = message.removeprefix("argument ").rstrip(".")
        raise BadArguments(f"{sentence[:1].upper()}{sentence[1:]}; see {self.prog} --help.")


def read_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """Returns the options in `arguments`, by default those of the process.

    Raises:
        BadArguments: They cannot be understood.
        SystemExit: Help or the version was asked for, and written.
    """
    return _parser().parse_args(arguments)


def given_settings(options: argparse.Namespace, defaults: _S) -> _S:
    """Returns `defaults` with the settings that were given on the command line.

    Raises:
        SettingError: A value is not allowed.
    """
    names = (entry.name for entry in dataclasses.fields(defaults))  # type: ignore[arg-type]
    given = {name: getattr(options, name) for name in names if getattr(options, name, None) is not None}
    return dataclasses.replace(defaults, **given)  # type: ignore[type-var]


def _parser() -> argparse.ArgumentParser:
    common = _Parser(add_help=False)
    common.add_argument("--json", action="store_true", help="write one JSON object to standard output, nothing else")
    common.add_argument("--debug", action="store_true", help="show the traceback of an error of the program")
    parser = _Parser(prog=_PROGRAM, description=_DESCRIPTION, epilog=_EPILOG, allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"{_PROGRAM} {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, sentence, add_options in (
        ("train", "train a classifier", _add_train_options),
        ("backwork", "drive images of noise towards labels: one run of the descent", _add_backwork_options),
        ("costs", "tell every cost term of images, without changing them", _add_costs_options),
        ("retrain", "retrain a classifier on the images that runs found, and compare", _add_retrain_options),
        (
            "rounds",
            "backwork, retrain and attack again, round after round; rounds that are in --out already are kept and "
            "gone on with",
            _add_rounds_options,
        ),
        (
            "honesty",
            "attack a classifier as one that only hides its gradients would not stand",
            _add_honesty_options,
        ),
        ("evaluate", "tell how sure a classifier is of noise, beside published figures", _add_evaluate_options),
        ("figure", "draw one of the article's figures", _add_figure_options),
        ("benchmark", "measure speed and memory against their targets; ten minutes or so", _add_benchmark_options),
    ):
        command = commands.add_parser(
            name,
            help=sentence,
            description=f"{sentence[0].upper()}{sentence[1:]}.",
            parents=[common],
            allow_abbrev=False,
        )
        add_options(command)
    return parser


def _add_train_options(parser: argparse.ArgumentParser) -> None:
    _add_output(parser, "F.keras", "the classifier's file")
    parser.add_argument(
        "--preset",
        choices=list(TRAINING_PRESETS),
        default="article",
        help="layers and settings to begin with; quick takes a minute or two on two cores (default article)",
    )
    _add_settings(parser, TrainingSettings, "the preset's")
    parser.add_argument(
        "--conv",
        type=_convolution,
        action="extend",
        nargs="+",
        metavar="HEIGHTxWIDTHxFILTERS",
        help="a convolution, such as 5x5x32 or 3x3x16/1,valid (/1 is no pool), in order, in place of the preset's; "
        "none for none",
    )
    parser.add_argument(
        "--dense",
        type=_dense,
        action="extend",
        nargs="+",
        metavar="UNITS",
        help="a dense layer, in order, in place of the preset's; none for none",
    )


def _add_backwork_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--label",
        type=_label_or_all,
        action="extend",
        nargs="+",
        required=True,
        metavar="LABEL",
        help="a class that images are driven towards, or all; may be given several times",
    )
    _add_classifier(parser)
    parser.add_argument(
        "--slots",
        type=_whole("--slots", 1, MAXIMUM_SLOTS),
        metavar="N",
        help=f"images a label (1 to {MAXIMUM_SLOTS}; default {SLOTS}, or as many as --start has images)",
    )
    parser.add_argument(
        "--start",
        default=NOISE,
        metavar=f"{NOISE}|{AVERAGES}|F.npz",
        help="what images start from: uniform noise, averages of random parts of the label's training images, or the "
        "array images of a file (default noise)",
    )
    _add_cost_options(parser)
    _add_seed(parser)
    _add_settings(parser, DescentSettings)
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder to leave run.toml and saves.npz in")
    _add_overwrite(parser)


def _add_costs_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--label", type=_label, required=True, help="the class that the images are a batch for")
    parser.add_argument(
        "--images",
        type=Path,
        required=True,
        metavar="F.npz",
        help="a file with the array images, (N, height, width) or (N, height, width, channels), in [0, 1]",
    )
    _add_classifier(parser)
    parser.add_argument(
        "--references",
        type=Path,
        metavar="F.npz",
        help="a file with the array images, to replace the label's training images",
    )
    _add_cost_options(parser)


def _add_retrain_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--run",
        type=Path,
        action="extend",
        nargs="+",
        required=True,
        metavar="DIR",
        help="the folder of a run whose found images are trained on; may be given several times",
    )
    _add_output(parser, "F.keras", "the retrained classifier's file")
    _add_classifier(parser)
    _add_settings(parser, RetrainingSettings)


def _add_rounds_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to leave the rounds in")
    _add_classifier(parser)
    parser.add_argument(
        "--starts",
        choices=TRAINED_KINDS,
        action="extend",
        nargs="+",
        metavar="KIND",
        help=f"what images start from, in equal parts: {', '.join(TRAINED_KINDS)} (default "
        f"{', '.join(DEFAULT_STARTS)})",
    )
    parser.add_argument(
        "--coefficients",
        type=Path,
        metavar="F.toml",
        help="misclassification_coeff, reference_cost_coeff, batch_cost_coeff and the table layer_cost_coeffs; those "
        "left out are the article's (default: no penalties at all)",
    )
    _add_settings(parser, RoundsSettings)


def _add_honesty_options(parser: argparse.ArgumentParser) -> None:
    _add_classifier(parser)
    parser.add_argument(
        "--former",
        type=Path,
        metavar="F.keras",
        help="the classifier before it, whose images are tried on it (default: no attack by transfer)",
    )
    _add_seed(parser)


def _add_evaluate_options(parser: argparse.ArgumentParser) -> None:
    _add_classifier(parser)
    parser.add_argument(
        "--run",
        type=Path,
        action="extend",
        nargs="+",
        metavar="DIR",
        help="the folder of a run whose found images make a set; may be given several times",
    )
    parser.add_argument(
        "--set",
        type=_named_file,
        action="extend",
        nargs="+",
        metavar="NAME=FILE",
        help="one more set: an IDX file of images, also packed by gzip, or an .npz file; published figures stand "
        f"beside those of {', '.join(FILE_SETS)}; may be given several times",
    )
    _add_settings(parser, EvaluationSettings)


def _add_figure_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "figure",
        choices=[FOOLING, WORST],
        help="fooling: images of noise driven to every label; worst: the training images the classifier is least "
        "sure of",
    )
    _add_output(parser, "F.png", "the picture's file")
    parser.add_argument(
        "--run",
        type=Path,
        metavar="DIR",
        help="draw the images of this run instead of making one; --min-probability is the run's unless it is given",
    )
    parser.add_argument(
        "--milestones",
        type=Path,
        metavar="F.csv",
        help="write too at which step each image first had the label as its most probable class, and a probability "
        "above 0.99, 0.999 and 0.9999, after how many gradient evaluations, how far from its start, and its pixels' "
        "range",
    )
    _add_classifier(parser)
    _add_settings(parser, FoolingFigureSettings)


def _add_benchmark_options(parser: argparse.ArgumentParser) -> None:
    works = "; ".join(f"{benchmark.name}: {benchmark.work}" for benchmark in BENCHMARKS)
    parser.add_argument(
        "--only",
        choices=NAMES,
        action="extend",
        nargs="+",
        metavar="NAME",
        help=f"measure these alone, in place of all ({works}); may be given several times",
    )


def _add_output(parser: argparse.ArgumentParser, metavar: str, what: str) -> None:
    parser.add_argument("--out", type=Path, required=True, metavar=metavar, help=f"{what} to write")
    _add_overwrite(parser)


def _add_overwrite(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--overwrite", action="store_true", help="replace what --out names if it exists")


def _add_classifier(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--classifier", type=Path, metavar="F.keras", help="the classifier (default: the article's, which comes along)"
    )


def _add_seed(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--rng-seed",
        type=_whole("--rng-seed", 0, MAXIMUM_SEED),
        default=0,
        metavar="N",
        help="the number that starts the noise; same seed, same images (0 or more; default 0)",
    )


def _add_cost_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--preset",
        choices=list(METHODS),
        default="article",
        help="the article's way, or the 2016 program's, of taking distances and changing pixels (default article)",
    )
    parser.add_argument(
        "--coefficients",
        type=Path,
        metavar="F.toml",
        help="misclassification_coeff, reference_cost_coeff, batch_cost_coeff and the table layer_cost_coeffs; those "
        "left out are the article's",
    )


def _add_settings(parser: argparse.ArgumentParser, settings: type[Settings], default_words: str = "") -> None:
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
            type=_number(option, info.minimum, info.maximum, whole=whole),
            metavar="N" if whole else "X",
            help=f"{tip} ({_span(info, whole=whole)}; default {default_words or _shown(entry.default, whole=whole)})",
        )


def _span(info: SettingInfo, *, whole: bool) -> str:
    minimum, maximum = _shown(info.minimum, whole=whole), _shown(info.maximum, whole=whole)
    unit = f" {info.unit}" if info.unit else ""
    return f"{minimum} or more{unit}" if info.maximum == MAXIMUM_SEED else f"{minimum} to {maximum}{unit}"


def _shown(value: Any, *, whole: bool) -> str:
    return f"{value:,}" if whole else format_number(value)


def _number(option: str, minimum: float, maximum: float, *, whole: bool) -> Callable[[str], float]:
    def read(text: str) -> float:
        value: Any = text
        with contextlib.suppress(ValueError):  # a text that is no number is refused, and told, below
            value = int(text) if whole else float(text)
        try:
            return check_number(option, value, minimum, maximum, whole=whole)
        except LabError as error:
            raise BadArguments(str(error)) from error

    return read


def _whole(option: str, minimum: float, maximum: float) -> Callable[[str], float]:
    return _number(option, minimum, maximum, whole=True)


def _label(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise BadArguments(f"--label must be the number of a class, from 0; received {text!r}.")
    return int(text)


def _label_or_all(text: str) -> int | str:
    if text == ALL_LABELS:
        return text
    try:
        return _label(text)
    except BadArguments as error:
        raise BadArguments(f"--label must be the number of a class, from 0, or all; received {text!r}.") from error


def _named_file(text: str) -> tuple[str, Path]:
    name, equals, path = text.partition("=")
    if not (name and equals and path):
        raise BadArguments(f"--set must be a name and a file, such as fashion-mnist=images.gz; received {text!r}.")
    if name in (TEST, FOUND, *MADE_SETS):
        raise BadArguments(f"--set must not take the name of a set that is evaluated anyway; received {name}.")
    return name, Path(path)


def _convolution(text: str) -> Convolution | str:
    if text == NO_LAYERS:
        return text
    try:
        return Convolution.parse(text)
    except LabError as error:
        raise BadArguments(f"--conv: {error}") from error


def _dense(text: str) -> int | str:
    return text if text == NO_LAYERS else int(_whole("--dense", 1, 65_536)(text))


def layers_or_none(option: str, given: Sequence[Any]) -> tuple[Any, ...]:
    """Returns the layers `given` to `option`; none where ``none`` alone was given.

    Raises:
        BadArguments: ``none`` was given beside layers.
    """
    if NO_LAYERS in given and len(given) > 1:
        raise BadArguments(f"{option} must be layers or none, not both.")
    return () if NO_LAYERS in given else tuple(given)
