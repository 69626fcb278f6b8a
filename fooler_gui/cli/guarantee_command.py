"""``fooler guarantee``: a classifier that provably is not sure far from all training images."""

from __future__ import annotations

import argparse

from fooler_gui.cli.checks import given_classifier, given_data, new_file
from fooler_gui.cli.output import Result, facts_in_lines
from fooler_gui.cli.session import begun_session
from fooler_gui.cli.shared_options import given_settings
from fooler_gui.core.formats import format_seconds, format_share
from fooler_gui.core.guarantee import GuaranteeReport, GuaranteeSettings, distances_in_words
from fooler_gui.core.jobs import Guarantee
from fooler_gui.core.messages import GuaranteeMade
from fooler_gui.core.path_text import text_of


def run(options: argparse.Namespace) -> Result:
    """Runs the command.

    Raises:
        LabError: An option or file cannot be used, or the classifier or the dataset allow no guarantee.
        KeyboardInterrupt: Ctrl-C before the file was written.
    """
    settings = given_settings(options, GuaranteeSettings())
    classifier = given_classifier(options)
    path = new_file(options.out, ".keras", overwrite=options.overwrite)
    data = given_data(options)
    with begun_session(data) as session:
        session.open(classifier)
        made = session.answer(Guarantee(settings=settings, path=text_of(path)), GuaranteeMade)
    return Result(
        facts={**made.report.to_dict(), "file": made.classifier.path, "sha256": made.classifier.sha256},
        text=f"{_text(made.report)}\n\nWrote {path}",
    )


def _text(report: GuaranteeReport) -> str:
    joint_steps = report.settings.joint_steps
    jointly = f" and trained with the classifier for {joint_steps:,} steps," if joint_steps else ""
    facts = {
        "components": f"{report.components:,}, fitted on {report.fitted_images:,} training images{jointly} in "
        f"{format_seconds(report.seconds)}",
        "kept": f"{format_share(report.settings.kept, 2)} of {report.validation_images:,} validation images",
        "test images right": f"{format_share(report.accuracy, 2)}, before {format_share(report.accuracy_before, 2)}",
    }
    return "\n".join([facts_in_lines(facts), *distances_in_words(report.distances)])
