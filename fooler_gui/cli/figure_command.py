"""``fooler figure``: the article's two figures as PNG files, and the milestones of the first one's images."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fooler_gui.cli.checks import given_classifier, given_data, given_terms, new_file
from fooler_gui.cli.descent import make_run
from fooler_gui.cli.ensembles import given_further
from fooler_gui.cli.given_start import given_start, slots_for
from fooler_gui.cli.option_values import FOOLING, WORST, BadArguments
from fooler_gui.cli.output import Result
from fooler_gui.cli.session import Session, begun_session
from fooler_gui.cli.shared_options import given_settings, refuse
from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.dataset_info import DatasetSettings
from fooler_gui.core.figure_settings import FigureSearchSettings, FoolingFigureSettings, WorstFigureSettings
from fooler_gui.core.files import written_whole
from fooler_gui.core.formats import format_count
from fooler_gui.core.further_classifier import FurtherClassifier
from fooler_gui.core.jobs import FindWorstImages
from fooler_gui.core.label_sample import sample_words
from fooler_gui.core.messages import WorstImages
from fooler_gui.core.milestones import Milestones
from fooler_gui.core.milestones_csv import milestones_csv
from fooler_gui.core.run_spec import RunSpec
from fooler_gui.core.sentences import reached_sentence
from fooler_gui.core.settings import DescentSettings
from fooler_gui.exports.figures import caption_rows, draw_figure, fitting_scale, worst_captions, write_png
from fooler_gui.exports.provenance import picture_texts, software_texts
from fooler_gui.exports.recorded_run import RecordedRun, named_labels
from fooler_gui.records.run_folder import read_record
from fooler_gui.records.run_reader import read_last_save, read_milestones
from fooler_gui.resources import check_runs_folder, free_run_folder

_SCALE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class _Descent:
    """How the images of the first figure were made.

    Attributes:
        rng_seed: The number that started the noise.
        min_probability: The threshold.
        steps: Of the run.
        milestones: None if the run's file lacks what they need.
    """

    rng_seed: int
    min_probability: float
    steps: int
    milestones: Milestones | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Content:
    """What a figure shows: (R, B, H, W, C) images with captions, (R, B) probabilities, and metadata as text.

    Attributes:
        sample: How the rows were chosen, if they are not all classes; "" if they are.
    """

    images: FloatArray
    captions: Sequence[Sequence[str]]
    probabilities: FloatArray
    row_names: Sequence[str]
    class_names: Sequence[str]
    texts: Mapping[str, str]
    descent: _Descent | None = None
    sample: str = ""
    stopped: bool = False


def run(options: argparse.Namespace) -> Result:
    """Runs the command.

    Raises:
        LabError: An option or file cannot be used.
        KeyboardInterrupt: Ctrl-C before there was anything to draw.
    """
    _check_combination(options)
    path = new_file(options.out, ".png", overwrite=options.overwrite)
    table = options.milestones
    if table is not None:
        table = new_file(table, ".csv", overwrite=options.overwrite, option="--milestones")
    content = _of_run(options) if options.run is not None else _from_classifier(options)
    _write_picture(content, path)
    if table is not None:
        _write_milestones(content, table)
    rows, columns = content.probabilities.shape
    facts, lines, failed = _descent_facts(content)
    return Result(
        facts={"file": str(path), "rows": rows, "columns": columns, "row_names": list(content.row_names)} | facts,
        text="\n".join(
            [
                f"Drew {format_count(rows, 'row')} of {format_count(columns, 'image')} to {path}",
                *([f"The rows are {content.sample}."] if content.sample else []),
                *lines,
            ]
        ),
        stopped=f"Stopped; the figure of the images so far is in {path}." if content.stopped else "",
        failed=failed,
    )


def _check_combination(options: argparse.Namespace) -> None:
    settings = FoolingFigureSettings.infos().keys() | FigureSearchSettings.infos().keys()
    if options.figure == WORST:
        if options.further:
            raise BadArguments("figure worst must have one --classifier; received several.")
        others = settings - WorstFigureSettings.infos().keys()
        refuse(options, others | {"run", "milestones", "start", "term"}, "figure worst, which shows training images")
    elif options.run is not None:
        others = settings - {"min_probability"}
        refuse(
            options,
            others
            | {"start", "term", "classifier", "input_range", "output", "layers", "data", *DatasetSettings.infos()},
            "--run, whose images are drawn as they are",
        )


def _of_run(options: argparse.Namespace) -> _Content:
    folder: Path = options.run
    record, save, milestones = read_record(folder), read_last_save(folder), read_milestones(folder)
    threshold = options.min_probability
    return _Content(
        images=save.images,
        captions=caption_rows(save.probabilities),
        probabilities=save.probabilities,
        row_names=named_labels(save.labels, record.class_names),
        class_names=record.class_names,
        texts=_texts(folder, save.step),
        descent=_Descent(
            rng_seed=record.spec.rng_seed,
            min_probability=record.spec.descent.min_probability if threshold is None else threshold,
            steps=save.step,
            milestones=milestones,
        ),
    )


def _from_classifier(options: argparse.Namespace) -> _Content:
    classifier, further = given_classifier(options), given_further(options)
    data = given_data(options)
    start, terms = given_start(options.start), given_terms(options)
    if options.figure == FOOLING:
        check_runs_folder()
    with begun_session(data) as session:
        session.open(classifier)
        if options.figure == FOOLING:
            settings = given_settings(options, FoolingFigureSettings())
            search = given_settings(options, FigureSearchSettings())
            resolved = start.resolved(session)
            if options.slots is None:
                settings = dataclasses.replace(settings, slots=slots_for(resolved, session, settings.slots))
            return _fooling(session, settings, search, resolved, terms, further)
        return _worst(session, given_settings(options, WorstFigureSettings()))


def _fooling(
    session: Session,
    settings: FoolingFigureSettings,
    search: FigureSearchSettings,
    start: str,
    terms: Mapping[str, float],
    further: tuple[FurtherClassifier, ...],
) -> _Content:
    info = session.lab.classifier_info
    spec = RunSpec(
        classifier=info.path,
        labels=info.figure_labels(settings.rng_seed),
        slots=settings.slots,
        start=start,
        rng_seed=settings.rng_seed,
        descent=DescentSettings(
            min_probability=settings.min_probability, max_steps=settings.max_steps, **search.to_dict()
        ),
        coefficients=session.coefficients(None, terms),
        further=further,
    )
    milestones, folder = Milestones(spec.descent), free_run_folder()
    made = make_run(session, spec, folder, milestones.add)
    return _Content(
        images=made.last.images,
        captions=caption_rows(made.last.probabilities),
        probabilities=made.last.probabilities,
        row_names=named_labels(spec.labels, info.class_names),
        class_names=info.class_names,
        texts=_texts(folder, made.last.step),
        descent=_Descent(
            rng_seed=settings.rng_seed,
            min_probability=settings.min_probability,
            steps=made.last.step,
            milestones=milestones,
        ),
        sample=sample_words(len(spec.labels), len(info.label_names)),
        stopped=made.interrupted,
    )


def _worst(session: Session, settings: WorstFigureSettings) -> _Content:
    info = session.lab.classifier_info
    worst = session.answer(FindWorstImages(count=settings.slots), WorstImages)
    return _Content(
        images=worst.images,
        captions=worst_captions(worst, info.class_names),
        probabilities=worst.probabilities,
        row_names=named_labels(worst.labels, info.class_names),
        class_names=info.class_names,
        texts=software_texts(info.sha256),
        sample=sample_words(len(worst.labels), worst.classes),
    )


def _write_picture(content: _Content, path: Path) -> None:
    scale = fitting_scale(content.images.shape[2:4], _SCALE)
    picture = draw_figure(content.images, content.row_names, content.captions, scale)
    write_png(picture, path, content.texts)


def _texts(folder: Path, step: int) -> dict[str, str]:
    with RecordedRun(folder) as run:
        return picture_texts(run.provenance(step))


def _write_milestones(content: _Content, path: Path) -> None:
    assert content.descent is not None
    assert content.descent.milestones is not None
    with written_whole(path) as unfinished:
        unfinished.write_text(milestones_csv(content.descent.milestones, content.class_names), encoding="utf-8")


def _descent_facts(content: _Content) -> tuple[dict[str, Any], list[str], str]:
    """Returns facts, lines of text and failures of the first figure's descent; empty for the second figure."""
    descent = content.descent
    if descent is None:
        return {}, [], ""
    images, reached = content.probabilities.size, int((content.probabilities > descent.min_probability).sum())
    sentence = reached_sentence(reached, images, descent.min_probability, descent.steps)
    facts = {
        "reached": reached,
        "images": images,
        "min_probability": descent.min_probability,
        "steps": descent.steps,
        "milestones": None if descent.milestones is None else _milestone_facts(descent.milestones),
    }
    return facts, [sentence], "" if reached == images else f"{sentence} The figure is drawn all the same."


def _milestone_facts(milestones: Milestones) -> list[dict[str, Any]]:
    return [
        {
            "label": label,
            "slot": slot,
            "by_name": {name: dataclasses.asdict(reached) for name, reached in milestones.of(label, slot).items()},
        }
        for label in milestones.labels
        for slot in range(milestones.slots)
    ]
