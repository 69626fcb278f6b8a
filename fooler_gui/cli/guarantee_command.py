"""``fooler guarantee``: a classifier that provably is not sure far from all training images."""

from __future__ import annotations

import argparse

from fooler_gui.cli.checks import given_classifier, given_data, new_file
from fooler_gui.cli.output import Result, facts_in_lines
from fooler_gui.cli.session import begun_session
from fooler_gui.cli.shared_options import given_settings
from fooler_gui.core.guarantee import GuaranteeReport, GuaranteeSettings, distances_in_words, facts_in_words
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
    return "\n".join([facts_in_lines(facts_in_words(report)), *distances_in_words(report.distances)])
