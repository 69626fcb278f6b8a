"""The options of every command."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from fooler_gui.benchmarks.catalogue import BENCHMARKS, NAMES
from fooler_gui.cli.option_values import (
    FOOLING,
    SLOTS,
    WORST,
    convolution,
    dense_layer,
    label,
    label_or_all,
    named_file,
    whole,
)
from fooler_gui.cli.shared_options import (
    add_classifier,
    add_cost_options,
    add_output,
    add_overwrite,
    add_seed,
    add_settings,
)
from fooler_gui.core.evaluation_report import FILE_SETS, EvaluationSettings
from fooler_gui.core.export_settings import ExportSettings
from fooler_gui.core.figure_settings import FoolingFigureSettings
from fooler_gui.core.rounds_spec import DEFAULT_STARTS, TRAINED_KINDS, RoundsSettings
from fooler_gui.core.run_spec import AVERAGES, MAXIMUM_SLOTS, NOISE
from fooler_gui.core.settings import (
    CostCoefficients,
    DescentSettings,
    RetrainingSettings,
    TrainingSettings,
)
from fooler_gui.core.topology import TRAINING_PRESETS


def _add_train_options(parser: argparse.ArgumentParser) -> None:
    add_output(parser, "F.keras", "the classifier's file")
    parser.add_argument(
        "--preset",
        choices=list(TRAINING_PRESETS),
        default="article",
        help="layers and settings to begin with; quick takes a minute or two on two cores (default article)",
    )
    add_settings(parser, TrainingSettings, "the preset's")
    parser.add_argument(
        "--conv",
        type=convolution,
        action="extend",
        nargs="+",
        metavar="HEIGHTxWIDTHxFILTERS",
        help="a convolution, such as 5x5x32 or 3x3x16/1,valid (/1 is no pool), in order, in place of the preset's; "
        "none for none",
    )
    parser.add_argument(
        "--dense",
        type=dense_layer,
        action="extend",
        nargs="+",
        metavar="UNITS",
        help="a dense layer, in order, in place of the preset's; none for none",
    )


def _add_backwork_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--label",
        type=label_or_all,
        action="extend",
        nargs="+",
        metavar="LABEL",
        help="a class that images are driven towards, or all; may be given several times",
    )
    add_classifier(parser)
    parser.add_argument(
        "--slots",
        type=whole("--slots", 1, MAXIMUM_SLOTS),
        metavar="N",
        help=f"images a label (1 to {MAXIMUM_SLOTS}; default {SLOTS}, or as many as --start has images)",
    )
    parser.add_argument(
        "--start",
        metavar=f"{NOISE}|{AVERAGES}|F.npz",
        help="what images start from: uniform noise, averages of random parts of the label's training images, or the "
        "images of a file, as for costs --images (default noise)",
    )
    add_cost_options(parser)
    add_seed(parser, None)
    add_settings(parser, DescentSettings)
    parser.add_argument(
        "--repeat",
        type=Path,
        metavar="DIR",
        help="repeat the recorded run of this folder, with what was done to it at the same steps; --classifier and "
        "--out alone go with it",
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="folder that the run records itself in, as run.toml and history.sqlite (default: a new one in your data "
        "folder)",
    )
    add_overwrite(parser)


def _add_costs_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--label", type=label, required=True, help="the class that the images are a batch for")
    parser.add_argument(
        "--images",
        type=Path,
        required=True,
        metavar="F.npz",
        help="a file with the array images, or a single one under any name (.npy holds one), (N, height, width) or (N, "
        "height, width, channels), in [0, 1]",
    )
    add_classifier(parser)
    parser.add_argument(
        "--references",
        type=Path,
        metavar="F.npz",
        help="such a file, to replace the label's training images",
    )
    parser.add_argument(
        "--start-images",
        type=Path,
        metavar="F.npz",
        help="such a file with what each of the images began as, for closeness (default: themselves, which makes it 0)",
    )
    add_cost_options(parser)


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
    add_output(parser, "F.keras", "the retrained classifier's file")
    add_classifier(parser)
    add_settings(parser, RetrainingSettings)


def _add_rounds_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to leave the rounds in")
    add_classifier(parser)
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
        help=f"{', '.join(CostCoefficients.keys())}, the last two of them tables; "
        "those left out are the article's (default: no penalties at all)",
    )
    add_settings(parser, RoundsSettings)


def _add_honesty_options(parser: argparse.ArgumentParser) -> None:
    add_classifier(parser)
    parser.add_argument(
        "--former",
        type=Path,
        metavar="F.keras",
        help="the classifier before it, whose images are tried on it (default: no attack by transfer)",
    )
    add_seed(parser)


def _add_no_options(_parser: argparse.ArgumentParser) -> None:
    pass


def _add_evaluate_options(parser: argparse.ArgumentParser) -> None:
    add_classifier(parser)
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
        type=named_file,
        action="extend",
        nargs="+",
        metavar="NAME=FILE",
        help="one more set: an IDX file of images, also packed by gzip, or an .npz or .npy file; published figures "
        f"stand beside those of {', '.join(FILE_SETS)}; the images of IDX files named emnist, which EMNIST stores "
        "transposed, are turned upright; may be given several times",
    )
    add_settings(parser, EvaluationSettings)


def _add_figure_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "figure",
        choices=[FOOLING, WORST],
        help="fooling: images of noise driven to every label; worst: the training images the classifier is least "
        "sure of",
    )
    add_output(parser, "F.png", "the picture's file")
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
    add_classifier(parser)
    add_settings(parser, FoolingFigureSettings)


def _add_export_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "run",
        type=Path,
        metavar="DIR",
        help="the folder of a run, finished or not; that of a training (NAME.training) for .npz, .csv or .json",
    )
    parser.add_argument(
        "--to",
        type=Path,
        required=True,
        metavar="FILE",
        help="what to write, by its ending: .png, .svg or .pdf (one save, the last two with the plots), .gif, .apng, "
        ".webp or .mp4 (the whole run, moving; .mp4 needs the extra video), .npz, .csv or .json (every save in "
        "numbers); without an ending a folder of single images",
    )
    parser.add_argument(
        "--step",
        type=whole("--step", 0, 10**9),
        metavar="N",
        help="which save a picture shows (default: the last)",
    )
    add_settings(parser, ExportSettings)
    add_overwrite(parser, "--to")


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


COMMANDS: tuple[tuple[str, str, Callable[[argparse.ArgumentParser], None]], ...] = (
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
    ("terms", "list the terms that a cost is made of, with formula and source", _add_no_options),
    ("figure", "draw one of the article's figures", _add_figure_options),
    ("export", "write a recorded run as a picture, an animation, arrays or a table", _add_export_options),
    ("benchmark", "measure speed and memory against their targets; ten minutes or so", _add_benchmark_options),
)
"""Of every command its name, what it does in a few words, and what adds its options to a parser."""
