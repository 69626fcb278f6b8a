"""``fooler transfer``: how many images of runs, or of others, each of several classifiers calls their label."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from fooler_gui.cli.checks import given_data, given_file, given_runs, new_file
from fooler_gui.cli.option_values import BadArguments
from fooler_gui.cli.output import Result, table, write_error
from fooler_gui.cli.session import begun_session
from fooler_gui.core.dataset_info import DatasetUse
from fooler_gui.core.file_kind import CLASSIFIER, OTHERS_IMAGES
from fooler_gui.core.files import written_whole
from fooler_gui.core.formats import format_probability
from fooler_gui.core.jobs import MeasureTransfer, OpenClassifier, OpenOtherNets
from fooler_gui.core.messages import OtherNetsReady, TransferMeasured
from fooler_gui.core.path_text import path_of, text_of
from fooler_gui.core.transfer import (
    FileImages,
    ImageSource,
    RunImages,
    TransferFigures,
    TransferReport,
    answers_csv,
    transfer_csv,
)
from fooler_gui.exports.figures import write_png
from fooler_gui.exports.transfer_picture import draw_transfer
from fooler_gui.records.run_folder import read_record

_Write = Callable[[TransferReport, Path], object]
_EXPLAINED = (
    "How many images the net calls their label, of how many, and the mean probability that it gives their labels; "
    "* marks the net that they were made with. --json adds Wilson's 95 % intervals of the shares."
)
_UNLABELLED = "Images without labels: the mean of their highest probabilities alone."


class _File(NamedTuple):
    """A file to write: its path, and what writes a report there."""

    path: Path
    write: _Write


def run(options: argparse.Namespace) -> Result:
    """Runs the command.

    Raises:
        LabError: An option or file cannot be used, or the classifiers or images do not go together.
        KeyboardInterrupt: Ctrl-C before there was a result.
    """
    folders = given_runs(options.run, "transfer")
    sources = _sources(options, folders)
    nets = _nets(options, folders)
    files = list(_files(options))
    with begun_session(given_data(options)) as session:
        session.open(nets[0])
        others = session.answer(OpenOtherNets(nets=nets[1:]), OtherNetsReady).nets
        for sentence in (sentence for net in others for sentence in net.adapted):
            write_error(sentence)
        report = session.answer(MeasureTransfer(sources=sources), TransferMeasured).report
    for file in files:
        file.write(report, file.path)
    return Result(facts=report.to_dict() | {"files": [str(file.path) for file in files]}, text=_text(report, files))


def _sources(options: argparse.Namespace, folders: list[Path]) -> tuple[ImageSource, ...]:
    runs = [RunImages(folder=text_of(folder), found_only=not options.all) for folder in folders]
    others = [given_file("--images", path, OTHERS_IMAGES) for path in options.images or ()]
    if not (runs or others):
        raise BadArguments("transfer needs images to ask about: the folder of a run, or --images.")
    return (*runs, *(FileImages(path=text_of(path)) for path in others))


def _nets(options: argparse.Namespace, folders: list[Path]) -> tuple[OpenClassifier, ...]:
    """Returns the classifiers to ask: those given, or else those that the runs were made with, each once."""
    use = DatasetUse.IF_IT_FITS if options.data is None else DatasetUse.REQUIRED
    if options.classifier:
        paths = [given_file("--classifier", path, CLASSIFIER) for path in options.classifier]
        return tuple(OpenClassifier(path=text_of(path), dataset=use) for path in dict.fromkeys(paths))
    if not folders:
        raise BadArguments("transfer needs --classifier where there is no run whose own could be asked.")
    records = [read_record(folder) for folder in folders]
    for record in records:
        given_file("--classifier", path_of(record.spec.classifier), CLASSIFIER)
    return tuple(
        dict.fromkeys(
            OpenClassifier(
                path=record.spec.classifier,
                dataset=use,
                input_range=record.asked_range,
                output=record.asked_output,
            )
            for record in records
        )
    )


def _files(options: argparse.Namespace) -> Iterator[_File]:
    """Yields the files to write, checked before anything slow starts.

    Raises:
        LabError: One cannot be written.
    """
    writing: dict[str, tuple[str, _Write]] = {
        "table": (".csv", lambda report, path: _write_text(path, transfer_csv(report))),
        "each": (".csv", lambda report, path: _write_text(path, answers_csv(report))),
        "picture": (".png", lambda report, path: write_png(draw_transfer(report), path)),
    }
    for name, (ending, write) in writing.items():
        path = getattr(options, name)
        if path is not None:
            yield _File(new_file(path, ending, overwrite=options.overwrite, option=f"--{name}"), write)


def _write_text(path: Path, text: str) -> None:
    with written_whole(path) as unfinished:
        unfinished.write_text(text, encoding="utf-8")


def _text(report: TransferReport, files: list[_File]) -> str:
    rows = [
        (
            images.name,
            images.made_with,
            f"{len(images.images):,}",
            *(_cell(report, row, column) for column in range(len(report.nets))),
        )
        for row, images in enumerate(report.sets)
    ]
    notes = [_EXPLAINED]
    if any(images.labels is None for images in report.sets):
        notes.append(_UNLABELLED)
    header = ("images of", "made with", "images", *(net.name for net in report.nets))
    written = [f"Wrote {file.path}" for file in files]
    return "\n".join([table(header, rows, words=(0, 1)), *notes, *written])


def _cell(report: TransferReport, row: int, column: int) -> str:
    figures = report.figures(row, column)
    return f"{_words(figures)}{' *' if report.is_own(row, column) else ''}"


def _words(figures: TransferFigures) -> str:
    if not figures.images:
        return "–"
    if figures.called is None or figures.mean_probability is None:
        return f"– {format_probability(figures.mean_confidence or 0.0)}"
    return f"{figures.called:,} of {figures.images:,} · {format_probability(figures.mean_probability)}"
