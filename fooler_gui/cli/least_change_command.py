"""``fooler least-change``: images that the classifier calls a label, as near their starts as possible."""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path

from fooler_gui.cli.checks import FileRefused, given_classifier, given_data, new_file
from fooler_gui.cli.given_start import given_start, slots_for
from fooler_gui.cli.option_values import BadArguments, label_of
from fooler_gui.cli.output import Result, facts_in_lines, table
from fooler_gui.cli.session import begun_session
from fooler_gui.cli.shared_options import given_settings
from fooler_gui.core.class_words import class_name
from fooler_gui.core.formats import format_count, format_probability, format_seconds
from fooler_gui.core.jobs import LeastChange
from fooler_gui.core.least_change import ImageChange, LeastChangeReport, LeastChangeSettings
from fooler_gui.core.messages import LeastChangeFound
from fooler_gui.exports.least_change import WRITERS

_HEADER = ("image", "was", "p", "L2", "L∞", "pixels", "confidence")


def run(options: argparse.Namespace) -> Result:
    """Runs the command.

    Raises:
        LabError: An option or file cannot be used.
        KeyboardInterrupt: Ctrl-C before the first images were evaluated.
    """
    settings = given_settings(options, LeastChangeSettings())
    files = _new_files(options)
    if not options.start:
        raise BadArguments("--start must name the images to change, such as digits:7; received none.")
    given = given_start(options.start)
    classifier = given_classifier(options)
    data = given_data(options)
    with begun_session(data) as session:
        info = session.open(classifier)
        label = label_of(options.label, info.label_names)
        start = given.resolved(session)
        if options.slots is None:
            settings = dataclasses.replace(settings, slots=slots_for(start, session, settings.slots))
        found = session.answer(LeastChange(settings=settings, start=start, label=label), LeastChangeFound)
    for path in files:
        WRITERS[path.suffix.lower()](found, info.class_names, path)
    report = found.report
    sentence = f"{_found(report)} became {info.class_names[label]}."
    return Result(
        facts={**report.to_dict(), "files": list(map(str, files))},
        text="\n\n".join([_text(report, info.class_names), *(f"Wrote {path}" for path in files)]),
        stopped="Stopped; these are the images so far." if report.stopped else "",
        failed="" if report.found == len(report.changes) else sentence,
    )


def _new_files(options: argparse.Namespace) -> list[Path]:
    """Returns the files to write, which have different endings that there is a writer for.

    Raises:
        LabError: One cannot be written.
    """
    for path in options.out or []:
        if path.suffix.lower() not in WRITERS:
            raise FileRefused(f"--out must be files that end with {', '.join(WRITERS)}; received {path}.")
    return [new_file(path, path.suffix.lower(), overwrite=options.overwrite) for path in options.out or []]


def _found(report: LeastChangeReport) -> str:
    return f"{report.found} of {format_count(len(report.changes), 'image')}"


def _text(report: LeastChangeReport, class_names: tuple[str, ...]) -> str:
    rows = [_row(str(place), change, class_names) for place, change in enumerate(report.changes)]
    means = report.means
    if means:
        figures = (f"{means['l2']:.3f}", f"{means['linf']:.3f}", f"{means['pixels']:.1f}")
        rows.append(("mean", "", "", *figures, format_probability(means["probability"])))
    about = {
        "classifier": report.classifier,
        "label": class_name(class_names, report.label),
        "found": _found(report),
        "steps": f"{report.steps} in {format_seconds(report.seconds)}",
    }
    explained = "L2 and L∞ are distances from the start; pixels counts those changed by more than 1/255."
    return "\n\n".join([facts_in_lines(about), f"{table(_HEADER, rows, words=(0, 1))}\n{explained}"])


def _row(place: str, change: ImageChange, class_names: tuple[str, ...]) -> tuple[str, ...]:
    was = class_name(class_names, change.start_class), format_probability(change.start_probability)
    if change.l2 is None or change.probability is None:
        return (place, *was, "not found", "", "", "")
    figures = f"{change.l2:.3f}", f"{change.linf:.3f}", str(change.pixels)
    return (place, *was, *figures, format_probability(change.probability))
