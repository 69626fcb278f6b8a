"""``fooler rounds``: backwork, retrain and attack again, round after round."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from fooler_gui.cli.checks import given_classifier, given_coefficients, given_data, rounds_folder
from fooler_gui.cli.output import Result, table
from fooler_gui.cli.session import begun_session
from fooler_gui.cli.shared_options import given_settings
from fooler_gui.core.errors import LabError
from fooler_gui.core.formats import format_seconds, format_share
from fooler_gui.core.guarantee import LEAST_LEVEL
from fooler_gui.core.jobs import PerformRounds
from fooler_gui.core.messages import RoundFinished
from fooler_gui.core.round_report import FreshShare, RoundReport, matrix
from fooler_gui.core.rounds_presets import ROUNDS_PRESETS, UNIFORM_LABELS, rounds_preset_of
from fooler_gui.core.rounds_spec import RoundsSpec
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.settings import no_penalties
from fooler_gui.core.work_time import rounds_work
from fooler_gui.records.rounds_folder import finished_rounds


def run(options: argparse.Namespace) -> Result:
    """Runs the command.

    Raises:
        LabError: An option or file cannot be used, or a training diverged before any round was finished.
        KeyboardInterrupt: Ctrl-C before any round was finished.
    """
    preset = ROUNDS_PRESETS[options.preset or UNIFORM_LABELS]
    settings = given_settings(options, preset.settings)
    classifier = given_classifier(options)
    coefficients = given_coefficients(options.coefficients)
    folder = rounds_folder(options.out)
    data = given_data(options)
    control = RunControl()
    reports: list[RoundReport] = []
    failed = ""
    with begun_session(data) as session:
        info = session.open(classifier)
        spec = RoundsSpec(
            classifier=info.path,
            starts=tuple(options.starts or preset.starts),
            settings=settings,
            coefficients=no_penalties(info.recorded_layers)
            if coefficients is None
            else session.coefficients(coefficients),
        )
        classes, done = len(info.label_names), finished_rounds(folder)
        work = rounds_work(
            settings,
            classes,
            with_penalties=spec.has_penalties,
            done=min(done, settings.rounds + 1),
            has_guarantee=info.has_guarantee,
        )
        session.tell_time(work, info.operations)
        judge = "an independent net" if session.second_opinion else "a vote of the nearest training images"
        job = PerformRounds(spec=spec, folder=str(folder), second_opinion=str(session.second_opinion or ""))
        try:
            reports.extend(
                message.report for message in session.perform(job, control) if isinstance(message, RoundFinished)
            )
        except LabError as error:
            if not reports:
                raise
            failed = f"{error} The finished rounds are in {folder}."
    if not reports:
        raise KeyboardInterrupt
    stopped = f"Stopped after round {reports[-1].number}; the same command continues from there."
    return Result(
        facts=_facts(reports, folder, rounds_preset_of(spec.settings, spec.starts)),
        text=_text(reports, folder, judge),
        stopped=stopped if control.stop_requested and reports[-1].number < settings.rounds else "",
        failed=failed,
    )


def _facts(reports: list[RoundReport], folder: Path, preset: str) -> dict[str, Any]:
    return {
        "preset": preset,
        "rounds": [report.to_dict() | {"masking_suspected": report.masking_suspected} for report in reports],
        "classifiers": [report.classifier for report in reports],
        "matrix": [list(row) for row in matrix(tuple(reports))],
        **_figures(reports[-1]),
        "folder": str(folder),
    }


def _figures(report: RoundReport) -> dict[str, float]:
    """Returns what came of the rounds in a few numbers: those of the last one."""
    uniform, worst = report.fresh[0], _worst(report)
    optional = {"control_accuracy": report.control_accuracy, "certified": report.certified}
    return {
        "test_accuracy": report.test_accuracy,
        **{name: figure for name, figure in optional.items() if figure is not None},
        **{f"fooled_within_{limit}": share for limit, share in zip(uniform.within, uniform.sure, strict=True)},
        f"worst_other_within_{worst.within[-1]}": worst.sure[-1],
        "rounds_done": report.number,
    }


def _worst(report: RoundReport) -> FreshShare:
    """Returns how easily the kind of starts fools that fools most of those on which no round trains."""
    return max(report.fresh[1:], key=lambda share: share.sure[-1])


def _text(reports: list[RoundReport], folder: Path, judge: str) -> str:
    with_control = any(report.control_accuracy is not None for report in reports)
    with_guarantee = any(report.certified is not None for report in reports)
    rows = [_row(report, with_control=with_control, with_guarantee=with_guarantee) for report in reports]
    header = (
        "round",
        "test right",
        *(("control",) if with_control else ()),
        "found",
        "noise 60",
        "300",
        "1000",
        "worst other 300",
        "old confidence",
        *(("certified",) if with_guarantee else ()),
        "masking",
    )
    lines = [
        table(header, rows, words=(0,)),
        "",
        "Shares of fresh images driven over 0.999 within that many steps; in brackets, of those that are the label",
        f"to {judge}, too: they may have come to show it. Worst other: of the kinds of starts that",
        "no round trains on, the one that fools most.",
    ]
    if with_guarantee:
        lines += [
            "Certified: the part of the way from fresh noise to the nearest training image within which no image",
            f"whatsoever is given a confidence over {LEAST_LEVEL}; the median.",
        ]
    suspicious = [check for check in reports[-1].checks if check.suspicious]
    lines += ["", *(f"{check.name}: {check.found} {check.meaning}" for check in suspicious)] if suspicious else []
    seconds = sum(report.seconds for report in reports)
    return "\n".join([*lines, "", f"Rounds in {folder}, made in {format_seconds(seconds)}"])


def _row(report: RoundReport, *, with_control: bool, with_guarantee: bool) -> tuple[str, ...]:
    uniform, worst = report.fresh[0], _worst(report)
    control = "–" if report.control_accuracy is None else format_share(report.control_accuracy, 2)
    certified = "–" if report.certified is None else format_share(report.certified, 0)
    return (
        str(report.number) if report.number else "before",
        format_share(report.test_accuracy, 2),
        *((control,) if with_control else ()),
        f"{report.found} of {report.images}" if report.number else "–",
        *(_shares(uniform, place) for place in range(len(uniform.within))),
        f"{worst.kind} {_shares(worst, -1)}",
        "–" if report.old_confidence is None else format_share(report.old_confidence),
        *((certified,) if with_guarantee else ()),
        "suspected" if report.masking_suspected else "no",
    )


def _shares(share: FreshShare, place: int) -> str:
    return f"{format_share(share.sure[place], 0)} ({format_share(share.agreed[place], 0)})"
