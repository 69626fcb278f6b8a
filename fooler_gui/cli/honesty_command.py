"""``fooler honesty``: attacks that reveal whether a classifier only hides its gradients."""

from __future__ import annotations

import argparse
import dataclasses

from fooler_gui.cli.checks import given_classifier, given_data, given_file
from fooler_gui.cli.output import Result
from fooler_gui.cli.session import begun_session
from fooler_gui.cli.shared_options import given_settings
from fooler_gui.core.file_kind import CLASSIFIER
from fooler_gui.core.jobs import CheckHonesty
from fooler_gui.core.messages import HonestyChecked
from fooler_gui.core.path_text import text_of
from fooler_gui.core.round_report import HonestyCheck
from fooler_gui.core.sentences import honesty_sentence


def run(options: argparse.Namespace) -> Result:
    """Runs the command.

    Raises:
        LabError: An option or file cannot be used.
        KeyboardInterrupt: Ctrl-C before all checks were done.
    """
    classifier = given_classifier(options)
    former = "" if options.former is None else text_of(given_file("--former", options.former, CLASSIFIER))
    data = given_data(options)
    with begun_session(data) as session:
        session.open(classifier)
        checked = session.answer(given_settings(options, CheckHonesty(former=former)), HonestyChecked)
    return Result(
        facts={
            "classifier": classifier.path,
            "masking_suspected": any(check.suspicious for check in checked.checks),
            "checks": [dataclasses.asdict(check) for check in checked.checks],
        },
        text="\n\n".join([honesty_sentence(checked), *map(_text, checked.checks)]),
    )


def _text(check: HonestyCheck) -> str:
    return "\n".join([check.name, *(f"  {sentence}" for sentence in (check.done, check.found, check.meaning))])
