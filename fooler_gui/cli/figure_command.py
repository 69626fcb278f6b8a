"""``fooler figure``: the article's two figures as PNG files."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fooler_gui import __version__
from fooler_gui.cli.arguments import FOOLING, SLOTS, WORST, BadArguments
from fooler_gui.cli.checks import given_classifier, new_file
from fooler_gui.cli.descent import make_run
from fooler_gui.cli.output import Result
from fooler_gui.cli.session import Session, begun_session
from fooler_gui.core.formats import format_probability
from fooler_gui.core.jobs import FindWorstImages
from fooler_gui.core.messages import FloatArray, WorstImages
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.run_spec import RunSpec
from fooler_gui.core.settings import article_coefficients
from fooler_gui.engine.run_file import read_last_save, read_run
from fooler_gui.figures import draw_figure, write_png

_SCALE = 3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Content:
    """What a figure shows: (R, B, H, W, C) images with (R, B) probabilities, and what they were made from."""

    images: FloatArray
    probabilities: FloatArray
    row_names: Sequence[str]
    classifier_sha256: str
    rng_seed: int | None = None
    stopped: bool = False


def run(options: argparse.Namespace) -> Result:
    """Does what `options` ask for.

    Raises:
        LabError: An option or file cannot be used.
        KeyboardInterrupt: Ctrl-C before there was anything to draw.
    """
    _check_combination(options)
    path = new_file(options.out, ".png", overwrite=options.overwrite)
    content = _of_run(options.run) if options.run is not None else _from_classifier(options)
    captions = [[format_probability(value) for value in row] for row in content.probabilities.tolist()]
    info = {"Software": f"Fooler {__version__}", "Classifier SHA-256": content.classifier_sha256}
    if content.rng_seed is not None:
        info["Random seed"] = str(content.rng_seed)
    write_png(draw_figure(content.images, content.row_names, captions, _SCALE), path, info)
    rows, columns = content.probabilities.shape
    return Result(
        facts={"file": str(path), "rows": rows, "columns": columns},
        text=f"Drew {rows} rows of {columns} images to {path}",
        stopped=f"Stopped; the figure of the images so far is in {path}." if content.stopped else "",
    )


def _check_combination(options: argparse.Namespace) -> None:
    if options.figure == WORST:
        refused = {"--run": options.run, "--rng-seed": options.rng_seed}
        reason = "figure worst, which shows training images"
    elif options.run is not None:
        refused = {"--classifier": options.classifier, "--slots": options.slots, "--rng-seed": options.rng_seed}
        reason = "--run, whose images are drawn as they are"
    else:
        return
    for option, value in refused.items():
        if value is not None:
            raise BadArguments(f"{option} does not go with {reason}; received {value}.")


def _of_run(folder: Path) -> _Content:
    record, save = read_run(folder), read_last_save(folder)
    return _Content(
        images=save.images,
        probabilities=save.probabilities,
        row_names=[str(label) for label in save.labels],
        classifier_sha256=record.classifier_sha256,
        rng_seed=record.spec.rng_seed,
    )


def _from_classifier(options: argparse.Namespace) -> _Content:
    classifier = given_classifier(options.classifier)
    slots = options.slots or SLOTS
    with begun_session() as session:
        session.open(classifier)
        if options.figure == FOOLING:
            return _fooling(session, slots, options.rng_seed or 0)
        return _worst(session, slots)


def _fooling(session: Session, slots: int, rng_seed: int) -> _Content:
    info = session.lab.classifier_info
    spec = RunSpec(
        classifier=info.path,
        labels=tuple(range(len(info.label_names))),
        slots=slots,
        rng_seed=rng_seed,
        coefficients=article_coefficients(info.recorded_layers),
    )
    made = make_run(session, spec, keep_saves=False)
    if made.error is not None:
        raise made.error
    return _Content(
        images=made.last.images,
        probabilities=made.last.probabilities,
        row_names=info.label_names,
        classifier_sha256=info.sha256,
        rng_seed=rng_seed,
        stopped=made.interrupted,
    )


def _worst(session: Session, count: int) -> _Content:
    info = session.lab.classifier_info
    worst = None
    for message in session.perform(FindWorstImages(count=count), RunControl()):
        if isinstance(message, WorstImages):
            worst = message
    if worst is None:
        raise KeyboardInterrupt
    return _Content(
        images=worst.images,
        probabilities=worst.probabilities,
        row_names=[info.class_names[label] for label in worst.labels],
        classifier_sha256=info.sha256,
    )
