"""``fooler evaluate``: a classifier's confidence on test images and on noise, beside published figures."""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from fooler_gui.cli.checks import given_classifier, given_data, given_runs
from fooler_gui.cli.option_values import BadArguments
from fooler_gui.cli.output import Result, facts_in_lines, table
from fooler_gui.cli.session import begun_session
from fooler_gui.cli.shared_options import given_settings
from fooler_gui.core.evaluation_report import FIGURE_NAMES, FILE_SETS, EvaluationReport, EvaluationSettings, set_info
from fooler_gui.core.formats import format_seconds, format_share
from fooler_gui.core.guarantee import level_text
from fooler_gui.core.jobs import Evaluate
from fooler_gui.core.messages import EvaluationFinished
from fooler_gui.core.published import Comparison, beside_published
from fooler_gui.records.run_reader import FoundImages, read_found_images

_SET_FIGURES = ("mean_confidence", "auroc", "aupr_digits", "aupr_others", "fpr95_digits", "fpr95_others", "sure")
_SHORT = ("confidence", "AUROC", "AUPR test", "AUPR others", "FPR95 test", "FPR95 others", "over .999")
"""Short titles of `_SET_FIGURES` for narrow columns."""
_TEST_FIGURES = (
    "accuracy",
    "mean_confidence",
    "confidence_right",
    "confidence_wrong",
    "calibration_error",
    "rms_calibration_error",
    "error_auroc",
)
_NOT_LOADED = "not loaded"


def run(options: argparse.Namespace) -> Result:
    """Runs the command.

    Raises:
        LabError: An option or file cannot be used.
        KeyboardInterrupt: Ctrl-C before the test images were done.
    """
    settings = given_settings(options, EvaluationSettings())
    classifier = given_classifier(options)
    folders = given_runs(options.run or [])
    files = _once_each(options.set or [])
    data = given_data(options)
    with begun_session(data) as session:
        info = session.open(classifier)
        found = _found(folders, info.input_shape)
        job = Evaluate(settings=settings, found=found.images, found_labels=found.labels, files=files)
        report = session.answer(job, EvaluationFinished).report
    comparisons = beside_published(report)
    return Result(
        facts={**report.to_dict(), "published": [_facts(comparison) for comparison in comparisons]},
        text=_text(report, comparisons),
        stopped="Stopped; these are the figures so far." if report.stopped else "",
    )


def _once_each(files: list[tuple[str, Path]]) -> tuple[tuple[str, str], ...]:
    twice = [name for name, count in Counter(name for name, _ in files).items() if count > 1]
    if twice:
        raise BadArguments(f"--set must not name a set twice; received {', '.join(twice)} more than once.")
    return tuple((name, str(path)) for name, path in files)


def _found(folders: list[Path], input_shape: tuple[int, int, int]) -> FoundImages:
    none = FoundImages(np.empty((0, *input_shape), np.float32), np.empty(0, np.int64))
    parts = [none, *(read_found_images(folder, input_shape) for folder in folders)]
    return FoundImages(np.concatenate([part.images for part in parts]), np.concatenate([part.labels for part in parts]))


def _facts(comparison: Comparison) -> dict[str, Any]:
    published = comparison.published
    band = published.band
    return {
        "set": published.name,
        "figure": published.figure,
        "ours": comparison.ours,
        "published": published.value,
        "band": None if band is None else [band.lowest, band.highest],
        "in_band": comparison.in_band,
        "net": published.net,
        "source": published.source,
        "convention": published.convention,
    }


def _text(report: EvaluationReport, comparisons: tuple[Comparison, ...]) -> str:
    test = {FIGURE_NAMES[name]: _shown(name, getattr(report.test, name)) for name in _TEST_FIGURES}
    parts = [
        f"{report.classifier}: {report.test.images:,} test images",
        facts_in_lines(test),
        _sets(report, with_missing=bool(comparisons)),
    ]
    if report.certified:
        parts.append(_certified(report))
    if report.opinions:
        rows = [
            (set_info(share.name).title, share.who, f"{share.images:,}", format_share(share.agreed))
            for share in report.opinions
        ]
        parts.append(table(("called the label too", "by", "images", "share"), rows, words=(0, 1)))
    parts += [
        _published(comparisons) if comparisons else _not_of_mnist(report),
        f"Evaluated in {format_seconds(report.seconds)}",
    ]
    return "\n\n".join(parts)


def _sets(report: EvaluationReport, *, with_missing: bool) -> str:
    rows = [
        (
            set_info(figures.name).title,
            f"{figures.images:,}",
            *(_shown(name, getattr(figures, name)) for name in _SET_FIGURES),
        )
        for figures in report.sets
    ]
    missing = [name for name in report.missing if with_missing or name not in FILE_SETS]
    rows += [(set_info(name).title, _NOT_LOADED, *("" for _ in _SET_FIGURES)) for name in missing]
    explained = "Confidence is the mean highest probability; AUPR and FPR95 name the images that count as positive."
    notes = [f"{set_info(figures.name).title}: {figures.note}" for figures in report.sets if figures.note]
    return "\n".join([table(("set", "images", *_SHORT), rows), explained, *notes])


def _certified(report: EvaluationReport) -> str:
    rows = [
        (
            set_info(name).title,
            f"{certified.images:,}",
            format_share(certified.share),
            f"{certified.median:.2f}",
            "–" if certified.median_share is None else f"{certified.median_share:.2f}",
        )
        for name, certified in report.certified.items()
    ]
    level = level_text(next(iter(report.certified.values())).level)
    explained = (
        f"No image whatsoever within the Euclidean distance r of a certified one is given more than {level}; r and r "
        "over the distance of the nearest training image are medians over all."
    )
    return "\n".join([table(("set", "images", "certified", "r", "r over nearest"), rows), explained])


def _not_of_mnist(report: EvaluationReport) -> str:
    return (
        f"Published figures and the independent net are those of MNIST; beside {report.dataset} there are none, and "
        "second opinions are of its nearest training images alone."
    )


def _published(comparisons: tuple[Comparison, ...]) -> str:
    """Returns the table of published figures, with its numbered sources below."""
    origins = list(dict.fromkeys((comparison.published.net, comparison.published.source) for comparison in comparisons))
    rows = [
        (
            set_info(comparison.published.name).title,
            FIGURE_NAMES[comparison.published.figure],
            _NOT_LOADED if comparison.ours is None else _shown(comparison.published.figure, comparison.ours),
            _shown(comparison.published.figure, comparison.published.value),
            f"[{origins.index((comparison.published.net, comparison.published.source)) + 1}]",
            _verdict(comparison),
        )
        for comparison in comparisons
    ]
    sources = [f"[{number}] {net}; {source}" for number, (net, source) in enumerate(origins, 1)]
    body = table(("set", "figure", "ours", "published", "", "band"), rows, words=(0, 1, 4, 5))
    return "\n".join([body, "", *sources, "", "--json says how each was computed."])


def _shown(figure: str, value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.2f}" if figure == "median_scale" else format_share(value, 2)


def _verdict(comparison: Comparison) -> str:
    band = comparison.published.band
    if band is None:
        return "another net"
    span = f"{format_share(band.lowest)} to {format_share(band.highest)}"
    if comparison.in_band is None:
        return span
    return f"{'in' if comparison.in_band else 'OUTSIDE'} {span}"
