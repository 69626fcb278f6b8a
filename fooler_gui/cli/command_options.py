"""The options of every command."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from fooler_gui.cli.benchmark_folder import WHERE, benchmarks
from fooler_gui.cli.option_values import (
    DESCRIBE,
    FOOLING,
    GET,
    WORST,
    convolution,
    dense_layer,
    label,
    named_file,
    number,
    picture_size,
    shard,
    size,
    whole,
)
from fooler_gui.cli.shared_options import (
    ARTICLE,
    add_classifier,
    add_classifiers,
    add_coefficients,
    add_cost_options,
    add_data,
    add_output,
    add_overwrite,
    add_path,
    add_reading,
    add_settings,
    add_several,
    add_start,
    add_terms,
)
from fooler_gui.core.dataset_info import DatasetSettings
from fooler_gui.core.downloads import DOWNLOADS
from fooler_gui.core.evaluation_report import FILE_SETS, EvaluationSettings
from fooler_gui.core.export_settings import CONTENTS, GRID, PLOTS, ExportSettings
from fooler_gui.core.figure_settings import FigureSearchSettings, FoolingFigureSettings
from fooler_gui.core.image_kinds import ROUNDS, kinds_for
from fooler_gui.core.reference_settings import ReferenceSettings
from fooler_gui.core.rounds_presets import ROUNDS_PRESETS, UNIFORM_LABELS
from fooler_gui.core.rounds_spec import RoundsSettings
from fooler_gui.core.run_spec import MAXIMUM_SLOTS, RunSpec
from fooler_gui.core.settings import DescentSettings, RetrainingSettings, TrainingSettings
from fooler_gui.core.strong_attack import USUAL_STARTS, StrongAttackSettings, strong_starts
from fooler_gui.core.topology import ENDS_OF_MAPS
from fooler_gui.core.training_presets import TRAINING_PRESETS
from fooler_gui.resources import shipped_sweeps
from fooler_gui.sweeps.kept_runs import ALL, KEEP
from fooler_gui.sweeps.sweep_spec import JOBS

MOST_WORKERS = 1_024
_AGAIN = "may be given several times"


def _add_train_options(parser: argparse.ArgumentParser) -> None:
    add_output(parser, "F.keras", "the classifier's file")
    presets = "; ".join(f"{name}: {preset.words}" for name, preset in TRAINING_PRESETS.items())
    parser.add_argument(
        "--preset",
        choices=list(TRAINING_PRESETS),
        help=f"layers and settings to begin with ({presets}; default: what suits the dataset's images, {ARTICLE} for "
        "MNIST)",
    )
    add_settings(parser, TrainingSettings, "the preset's")
    in_place = "in order, in place of the preset's; none for none"
    further = "batchnorm and dropout=RATE may follow, after commas"
    add_several(
        parser,
        "--conv",
        convolution,
        "HEIGHTxWIDTHxFILTERS",
        f"a convolution, such as 5x5x32, 3x3x16/1,valid (/1 is no pool) or 3x3x32,batchnorm,dropout=0.25; {further}; "
        f"{in_place}",
    )
    add_several(
        parser, "--dense", dense_layer, "UNITS", f"a dense layer, such as 1024 or 128,batchnorm; {further}; {in_place}"
    )
    parser.add_argument(
        "--maps",
        choices=ENDS_OF_MAPS,
        help="how the last convolution's maps are passed on: flatten every unit, or average each map (default the "
        "preset's)",
    )
    parser.add_argument(
        "--attack",
        type=whole("--attack", 1, MAXIMUM_SLOTS),
        metavar="N",
        help="then drive N images of noise towards each label, without penalties, at most 300 steps; tells how many "
        "fool the classifier and how soon",
    )
    add_data(parser)


def _add_backwork_options(parser: argparse.ArgumentParser) -> None:
    tip = f"a class that images are driven towards, by number or name, or all; {_AGAIN}"
    add_several(parser, "--label", label, "LABEL", tip)
    add_classifiers(parser)
    add_settings(parser, RunSpec)
    add_start(parser)
    add_cost_options(parser)
    add_settings(parser, DescentSettings)
    add_path(
        parser,
        "--repeat",
        "DIR",
        "repeat the run recorded in this folder, with every change at the same step; takes only --classifier, --data "
        "and --out",
    )
    add_path(
        parser,
        "--out",
        "DIR",
        "folder to record the run in, as run.toml and history.sqlite (default: a new one in your data folder)",
    )
    add_overwrite(parser)
    add_data(parser)


def _add_score_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "images",
        type=Path,
        metavar="F",
        help="images: an .npz file with x_adv, adv, x or images and perhaps y or labels, as users of ART, Foolbox and "
        "CleverHans save them, or as export writes it; an .npy or IDX file; or a folder of pictures, perhaps a folder "
        "for each class",
    )
    parser.add_argument(
        "--label",
        type=label,
        help="the class that all images are meant to be taken for, by number or name (default: the file's labels)",
    )
    add_classifier(parser)
    add_data(parser)


def _add_costs_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--label", type=label, required=True, help="the class that the images are a batch for, by number or name"
    )
    add_path(
        parser,
        "--images",
        "F.npz",
        "a file with the array images, or a single array under any name (.npy holds one), (N, height, width) or (N, "
        "height, width, channels), in [0, 1]",
        required=True,
    )
    add_classifier(parser)
    add_path(parser, "--references", "F.npz", "such a file, to replace the label's training images")
    add_path(
        parser,
        "--start-images",
        "F.npz",
        "such a file with each image's start, for closeness (default: the images themselves, which makes it 0)",
    )
    add_cost_options(parser)
    add_settings(parser, ReferenceSettings)
    add_data(parser)


def _add_retrain_options(parser: argparse.ArgumentParser) -> None:
    tip = f"the folder of a run whose found images are trained on; {_AGAIN}"
    add_several(parser, "--run", Path, "DIR", tip, required=True)
    add_output(parser, "F.keras", "the retrained classifier's file")
    add_classifier(parser)
    add_settings(parser, RetrainingSettings)
    add_data(parser)


def _add_sweep_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file",
        type=Path,
        metavar="FILE",
        help=f"the sweep, a TOML file: job = one of {', '.join(JOBS)}; options that all cells share, named as on the "
        "command line but with underscores; tables vary (lists of values, or {from = 0, to = 9}) and draw. Or the name "
        f"of one that ships: {', '.join(shipped_sweeps())}",
    )
    add_path(
        parser,
        "--out",
        "DIR",
        "folder of the sweep, with results.sqlite and a run for each cell; one that exists is continued",
        required=True,
    )
    parser.add_argument(
        "--workers",
        type=whole("--workers", 0, MOST_WORKERS),
        metavar="N",
        help="how many processes work at the same time; each takes some 0.9 GB (default: one for each processor); 0: "
        "cell after cell in this process",
    )
    parser.add_argument(
        "--shard",
        type=shard,
        metavar="I/N",
        help="do only the I-th of N equal parts, as on the I-th of N machines that share --out or have one each",
    )
    tip = f"first take over what is done in another folder of this sweep, as in that of another shard; {_AGAIN}"
    add_several(parser, "--gather", Path, "DIR", tip)
    parser.add_argument(
        "--dask",
        metavar="ADDRESS",
        help="let the workers of the Dask scheduler at this address do the cells, such as tcp://192.168.0.5:8786; it "
        "needs the extra cluster",
    )
    parser.add_argument(
        "--keep",
        choices=KEEP,
        default=ALL,
        help="which runs are kept: all; best: the one of each setting that fools most, and within --keep-at-most the "
        "second best and so on; none: only figures (default all)",
    )
    parser.add_argument(
        "--keep-at-most",
        type=size("--keep-at-most"),
        metavar="SIZE",
        help="how much all kept runs may take, such as 500MB or 2GB; what no longer fits is not kept",
    )
    parser.add_argument(
        "--again", action="store_true", help="do cells again that failed; without it they stay as they are"
    )
    parser.add_argument(
        "--dry-run",
        action="store_true",
        help="do one cell, and tell how many there are, how long they take and how much they keep",
    )


def _add_rounds_options(parser: argparse.ArgumentParser) -> None:
    add_path(parser, "--out", "DIR", "folder to save the rounds in", required=True)
    add_classifier(parser)
    presets = "; ".join(f"{name}: {preset.words}" for name, preset in ROUNDS_PRESETS.items())
    parser.add_argument(
        "--preset",
        choices=list(ROUNDS_PRESETS),
        help=f"settings and starts to begin with ({presets}; default {UNIFORM_LABELS})",
    )
    kinds = tuple(kinds_for(ROUNDS))
    tip = f"what images start from, in equal parts: {', '.join(kinds)} (default the preset's)"
    add_several(parser, "--starts", str, "KIND", tip, choices=kinds)
    add_coefficients(parser, "no-penalties")
    add_settings(parser, RoundsSettings, "the preset's")
    add_data(parser)


def _add_honesty_options(parser: argparse.ArgumentParser) -> None:
    add_classifier(parser)
    tip = "the classifier before it, whose images are tried on this one (default: no attack by transfer)"
    add_path(parser, "--former", "F.keras", tip)
    parser.add_argument(
        "--strongest",
        action="store_true",
        help="also make the strongest attack: many in turn, the worst for each image counts (minutes to an hour)",
    )
    starts = strong_starts()
    tip = (
        f"what images of the strongest attack start from: {', '.join(starts)} (default: {', '.join(USUAL_STARTS)}; all "
        "for a classifier with a guarantee)"
    )
    add_several(parser, "--starts", str, "KIND", tip, choices=starts)
    add_settings(parser, StrongAttackSettings)
    tip = "also draw the images that remain sure after it, each beside the nearest training image"
    add_path(parser, "--gallery", "F.png", tip)
    add_overwrite(parser, "--gallery")
    add_data(parser)


def _add_describe_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="F.keras", help="the classifier's file, .keras or .h5")
    parser.add_argument(
        "--timed",
        action="store_true",
        help="measure the milliseconds that each recorded layer's costs add to a step (seconds a layer)",
    )
    add_reading(parser)
    add_data(parser)


def _add_no_options(_parser: argparse.ArgumentParser) -> None:
    pass


def _add_evaluate_options(parser: argparse.ArgumentParser) -> None:
    add_classifier(parser)
    add_several(parser, "--run", Path, "DIR", f"the folder of a run whose found images make a set; {_AGAIN}")
    add_several(
        parser,
        "--set",
        named_file,
        "NAME=FILE",
        "one more set: an IDX file of images, gzipped or not, or an .npz or .npy file; published figures are shown "
        f"beside {', '.join(FILE_SETS)}; the images of IDX files named emnist, which EMNIST stores "
        f"transposed, are turned upright; {_AGAIN}",
    )
    add_settings(parser, EvaluationSettings)
    add_data(parser)


def _add_transfer_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "run", nargs="*", type=Path, metavar="RUN", help="the folder of a run, whose found images are asked about"
    )
    add_several(
        parser,
        "--classifier",
        Path,
        "F.keras",
        "the classifiers to ask, .keras or .h5 files with the same classes and images, each read in the input range "
        f"that suits it (default: those that the runs were made with); {_AGAIN}",
    )
    add_several(
        parser,
        "--images",
        Path,
        "F",
        "images of others to ask about, too: an .npz file with images, adv or x and perhaps labels or y, as users of "
        "ART, Foolbox and CleverHans save them, an .npy or IDX file, or a folder of pictures, perhaps a folder for "
        f"each class; {_AGAIN}",
    )
    parser.add_argument(
        "--all", action="store_true", help="ask about every image of a run's last save, not only about those found"
    )
    add_path(parser, "--table", "F.csv", "also write the matrix, a line for each set of images and each classifier")
    add_path(parser, "--each", "F.csv", "also write what each classifier says of every image")
    add_path(parser, "--picture", "F.png", "also draw the matrix, with images of each set")
    add_overwrite(parser, "--table, --each and --picture")
    add_data(parser)


def _add_least_change_options(parser: argparse.ArgumentParser) -> None:
    from fooler_gui.core.least_change import LeastChangeSettings  # it imports NumPy

    add_start(parser)
    parser.add_argument(
        "--label", type=label, required=True, help="the class that images are to become, by number or name"
    )
    endings = "a picture of starts, images and differences (.png), arrays (.npz), a table (.csv)"
    add_several(parser, "--out", Path, "FILE", f"what to write, by its ending: {endings}")
    add_overwrite(parser)
    add_classifier(parser)
    add_settings(parser, LeastChangeSettings)
    add_data(parser)


def _add_guarantee_options(parser: argparse.ArgumentParser) -> None:
    from fooler_gui.core.guarantee import GuaranteeSettings  # it imports NumPy

    add_output(parser, "G.keras", "the file of the classifier with a guarantee")
    add_classifier(parser)
    add_settings(parser, GuaranteeSettings)
    add_data(parser)


def _add_certify_options(parser: argparse.ArgumentParser) -> None:
    add_path(parser, "--images", "F", "the images: arrays or a folder of pictures as for score", required=True)
    parser.add_argument(
        "--radius",
        type=number("--radius", 0, 1_000, whole=False),
        default=1.0,
        metavar="R",
        help="the Euclidean distance from each image within which the highest possible confidence is told; from black "
        "to white is 1 for one pixel (0 to 1,000; default 1)",
    )
    add_path(parser, "--classifier", "G.keras", "a classifier that `fooler guarantee` made", required=True)
    add_reading(parser)
    add_data(parser)


def _add_figure_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "figure",
        choices=[FOOLING, WORST],
        help="fooling: noise images driven to every label; worst: the training images the classifier is least sure of",
    )
    add_output(parser, "F.png", "the picture's file")
    add_path(
        parser,
        "--run",
        "DIR",
        "draw the images of this run instead of making one; --min-probability defaults to the run's",
    )
    add_path(
        parser,
        "--milestones",
        "F.csv",
        "also write when each image first had the label as its most probable class, and a probability above "
        "0.99, 0.999 and 0.9999, after how many evaluations, how far from its start in all (L2) and in a pixel (L∞), "
        "and its pixels' range",
    )
    add_classifiers(parser)
    add_start(parser)
    add_terms(parser)
    add_settings(parser, FoolingFigureSettings)
    add_settings(parser, FigureSearchSettings)
    add_data(parser)


def _add_export_options(parser: argparse.ArgumentParser) -> None:
    from fooler_gui.exports.run_export import FILE_FORMATS  # it imports NumPy and Pillow
    from fooler_gui.sweeps.sweep_export import EXPORT_FORMATS

    formats, of_sweeps = (
        ", ".join(f"{entry.ending} ({entry.title[0].lower()}{entry.title[1:]})" for entry in entries)
        for entries in (FILE_FORMATS, EXPORT_FORMATS.values())
    )
    parser.add_argument(
        "run",
        type=Path,
        metavar="DIR",
        help="the folder of a run or sweep, finished or not, or of a training (NAME.training) for .npz, .csv or .json",
    )
    add_path(
        parser,
        "--to",
        "FILE",
        f"what to write, by its ending: {formats}; .mp4 needs the extra video; without an ending a folder of single "
        f"images; of a sweep {of_sweeps}; .parquet needs the extra cluster",
        required=True,
    )
    parser.add_argument(
        "--step",
        type=whole("--step", 0, 10**9),
        metavar="N",
        help="which save a picture shows (default: the last)",
    )
    contents = "; ".join(f"{name}: {words}" for name, words in CONTENTS.items())
    parser.add_argument(
        "--what",
        choices=list(CONTENTS),
        help=f"what a picture or an animation shows ({contents}; default: {GRID}, and {PLOTS} in .svg and .pdf)",
    )
    parser.add_argument(
        "--title",
        metavar="TEXT",
        help="what stands above a picture or an animation, with a line on its step and what the net says "
        "(default: what the run makes of what; for a picture of the images alone nothing)",
    )
    parser.add_argument(
        "--size",
        type=picture_size,
        metavar="WxH",
        help="width and height of a PNG picture or an animation in pixels, such as 1920x1080, in place of --scale: "
        "images get the largest whole scale that has room",
    )
    parser.add_argument("--no-captions", action="store_true", help="leave out the probability under each image")
    add_settings(parser, ExportSettings)
    add_overwrite(parser, "--to")


def _add_benchmark_options(parser: argparse.ArgumentParser) -> None:
    catalogue = benchmarks("catalogue")
    if catalogue is None:
        add_several(parser, "--only", str, "NAME", f"measure only these; there are none here: {WHERE}")
        return
    works = "; ".join(f"{benchmark.name}: {benchmark.work}" for benchmark in catalogue.BENCHMARKS)
    tip = f"measure only these, instead of all ({works}); {_AGAIN}"
    add_several(parser, "--only", str, "NAME", tip, choices=catalogue.NAMES)


def _add_data_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "action",
        choices=[DESCRIBE, GET],
        help="describe: tell what a dataset is and what is converted in it; get: download one through Keras",
    )
    parser.add_argument(
        "what",
        metavar="F|NAME",
        help="describe: an .npz file (names as of MNIST, Keras or MedMNIST), IDX files, a CSV file with a label and "
        "the pixels in each row, CIFAR's binary files, a folder with a folder of pictures for each class, or pictures "
        f"beside a CSV file that names their classes; labels.txt there names the classes; get: {', '.join(DOWNLOADS)}",
    )
    add_path(parser, "--out", "DIR", "get: the folder to write NAME.npz to (default: in your data folder)")
    add_overwrite(parser)
    add_settings(parser, DatasetSettings)


def _add_cache_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--clear", action="store_true", help="delete it; it is recorded again when it is needed")


COMMANDS: tuple[tuple[str, str, Callable[[argparse.ArgumentParser], None]], ...] = (
    ("train", "train a classifier", _add_train_options),
    ("backwork", "drive noise images towards labels: one run of the descent", _add_backwork_options),
    ("score", "tell what a classifier sees in images, of yours or of other programs", _add_score_options),
    ("costs", "compute every cost term of images, without changing them", _add_costs_options),
    ("retrain", "retrain a classifier on the images that runs found, and compare", _add_retrain_options),
    (
        "rounds",
        "backwork, retrain and attack again, round after round; rounds already in --out are kept and continued",
        _add_rounds_options,
    ),
    (
        "sweep",
        "make many runs with varied settings on all processors; what is done in --out is kept and continued",
        _add_sweep_options,
    ),
    ("honesty", "attack a classifier in ways that reveal whether it only hides its gradients", _add_honesty_options),
    ("describe", "tell what a classifier's file holds and how it is used", _add_describe_options),
    ("evaluate", "measure a classifier's confidence on noise, beside published figures", _add_evaluate_options),
    ("transfer", "ask several classifiers about the images of runs, or of others", _add_transfer_options),
    (
        "least-change",
        "find images that the classifier calls a label, as near their starts as possible",
        _add_least_change_options,
    ),
    (
        "guarantee",
        "give a classifier a guarantee: a bound of its confidence that holds for every image near one, or far away",
        _add_guarantee_options,
    ),
    ("certify", "tell what a classifier's guarantee promises of all images near some", _add_certify_options),
    ("data", "describe a dataset of yours, or download one", _add_data_options),
    ("cache", "tell how much is kept on disk to start runs sooner, or delete it", _add_cache_options),
    ("terms", "list the terms that a cost is made of, with formula and source", _add_no_options),
    ("starts", "list the kinds of images that runs and rounds start from, with formula and source", _add_no_options),
    ("figure", "draw one of the article's figures", _add_figure_options),
    (
        "export",
        "write a run as a picture, an animation, arrays or a table, or a sweep as a report",
        _add_export_options,
    ),
    (
        "benchmark",
        "measure speed and memory against their targets; takes some fifteen minutes",
        _add_benchmark_options,
    ),
)
"""Each command: its name, its summary, and the function that adds its options to a parser."""
