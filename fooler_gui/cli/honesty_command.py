"""``fooler honesty``: attacks that reveal whether a classifier only hides its gradients, and the strongest there is."""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path

from fooler_gui.cli.checks import given_classifier, given_data, given_file, new_file
from fooler_gui.cli.output import Result, table
from fooler_gui.cli.session import begun_session
from fooler_gui.cli.shared_options import given_settings, refuse
from fooler_gui.core.file_kind import CLASSIFIER
from fooler_gui.core.formats import format_count, format_probability, format_seconds, format_share
from fooler_gui.core.jobs import AttackStrongly, CheckHonesty
from fooler_gui.core.messages import HonestyChecked, StronglyAttacked
from fooler_gui.core.path_text import text_of
from fooler_gui.core.round_report import HonestyCheck
from fooler_gui.core.sentences import honesty_sentence
from fooler_gui.core.strong_attack import (
    NONE_SURE,
    KindAttacked,
    StrongAttackReport,
    StrongAttackSettings,
    strongest_check,
)
from fooler_gui.exports.figures import write_png
from fooler_gui.exports.sure_images import sure_picture

_OF_THE_STRONGEST = {*StrongAttackSettings.infos(), "starts", "gallery"} - {*CheckHonesty.infos()}


def run(options: argparse.Namespace) -> Result:
    """Runs the command.

    Raises:
        LabError: An option or file cannot be used.
        KeyboardInterrupt: Ctrl-C before all checks were done; the strongest attack keeps what it has.
    """
    classifier = given_classifier(options)
    former = "" if options.former is None else text_of(given_file("--former", options.former, CLASSIFIER))
    if not options.strongest:
        refuse(options, _OF_THE_STRONGEST, "the plain checks alone; add --strongest")
    strong = AttackStrongly(
        settings=given_settings(options, StrongAttackSettings()), starts=tuple(options.starts or ())
    )
    gallery = None if options.gallery is None else new_file(options.gallery, ".png", overwrite=options.overwrite)
    data = given_data(options)
    with begun_session(data) as session:
        names = session.open(classifier).class_names
        checked = session.answer(given_settings(options, CheckHonesty(former=former)), HonestyChecked)
        attacked = session.answer(strong, StronglyAttacked) if options.strongest else None
    if attacked is not None:
        checked = dataclasses.replace(checked, checks=(*checked.checks, strongest_check(attacked.report)))
    has_picture = attacked is not None and gallery is not None and _wrote(attacked, names, gallery)
    facts = {
        "classifier": classifier.path,
        "masking_suspected": any(check.suspicious for check in checked.checks),
        "checks": [dataclasses.asdict(check) for check in checked.checks],
    }
    paragraphs = [honesty_sentence(checked), *map(_text, checked.checks)]
    stopped = ""
    if attacked is not None:
        facts |= {"strongest": attacked.report.to_dict(), "files": [str(gallery)] if has_picture else []}
        paragraphs.append(_tables(attacked.report))
        if gallery is not None:
            paragraphs.append(f"Wrote {gallery}" if has_picture else NONE_SURE)
        stopped = "Stopped; the strongest attack tells what it found so far." if attacked.report.stopped else ""
    return Result(facts=facts, text="\n\n".join(paragraphs), stopped=stopped)


def _wrote(attacked: StronglyAttacked, names: tuple[str, ...], path: Path) -> bool:
    """Writes the images that remain sure to `path`; returns whether there are any."""
    picture = sure_picture(attacked, names)
    if picture is not None:
        write_png(picture, path)
    return picture is not None


def _text(check: HonestyCheck) -> str:
    return "\n".join([check.name, *(f"  {sentence}" for sentence in (check.done, check.found, check.meaning))])


def _tables(report: StrongAttackReport) -> str:
    kinds = table(
        ("starts", "images", "descent", "strongest", "another agrees", "highest"),
        [_row(kind) for kind in report.kinds],
        words=(0,),
    )
    attacks = table(
        ("attack", "tried on", "over"),
        [(attack.name, f"{attack.tried:,}", f"{attack.over:,}") for attack in report.attacks],
        words=(0,),
    )
    images = format_count(sum(kind.images for kind in report.kinds), "image")
    return f"{kinds}\n\n{attacks}\n\n{images} attacked in {format_seconds(report.seconds)}"


def _row(kind: KindAttacked) -> tuple[str, ...]:
    def share(count: int) -> str:
        return format_share(count / kind.images) if kind.images else "–"

    agreed = "–" if kind.agreed is None else share(kind.agreed)
    return kind.kind, str(kind.images), share(kind.plain), share(kind.over), agreed, format_probability(kind.highest)
