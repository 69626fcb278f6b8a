"""``fooler export``: a run as pictures, arrays or a table; a training as numbers; a sweep as a report or a table."""

from __future__ import annotations

import argparse
import dataclasses
from contextlib import closing
from pathlib import Path

from fooler_gui.cli.checks import FileRefused, check_new
from fooler_gui.cli.option_values import BadArguments
from fooler_gui.cli.output import Result
from fooler_gui.cli.progress import ProgressLine
from fooler_gui.cli.shared_options import given_settings, option_of, refuse
from fooler_gui.core.export_settings import ExportSettings
from fooler_gui.core.formats import format_number
from fooler_gui.core.messages import Working
from fooler_gui.exports.export_error import ExportError
from fooler_gui.exports.exported import Exported
from fooler_gui.exports.recorded_run import RecordedRun
from fooler_gui.exports.run_export import RunFormat, Shows, export_run, format_of
from fooler_gui.exports.tiles import check_replaceable
from fooler_gui.exports.training_export import export_training
from fooler_gui.records.training_record import holds_training
from fooler_gui.sweeps.sweep_export import EXPORT_FORMATS, export_sweep
from fooler_gui.sweeps.sweep_state import holds_sweep

_PIXEL_BY_PIXEL = 1
"""The default scale of tiles, so that they can be opened as images again."""

_OF_A_RUN = ("step", "what", "title", "size", "no_captions", *ExportSettings.infos())
"""The options that say how a run is shown."""


def run(options: argparse.Namespace) -> Result:
    """Runs the command.

    Raises:
        LabError: An option or file cannot be used, or the run cannot be exported this way.
        OSError: The file cannot be written.
        KeyboardInterrupt: Ctrl-C; nothing was written.
    """
    if holds_sweep(options.run):
        return _export_sweep(options)
    wanted = format_of(options.to, "--to")
    path = _given_path(options, wanted)
    _check_combination(options, wanted)
    settings = dataclasses.replace(
        given_settings(options, ExportSettings()),
        what=options.what or "",
        title=options.title,
        captions=not options.no_captions,
        size=options.size,
    )
    if not wanted.ending and options.scale is None:
        settings = dataclasses.replace(settings, scale=_PIXEL_BY_PIXEL)
    if holds_training(options.run):
        return _result(path, export_training(options.run, path))
    with RecordedRun(options.run) as recorded, ProgressLine() as progress:
        sentence = f"Writing {path.name}"
        progress.show(Working(sentence=sentence, fraction=0.0))
        with closing(export_run(recorded, path, settings, options.step)) as steps:
            while True:
                try:
                    progress.show(Working(sentence=sentence, fraction=next(steps)))
                except StopIteration as end:
                    exported: Exported = end.value
                    break
    return _result(path, exported)


def _export_sweep(options: argparse.Namespace) -> Result:
    refuse(options, _OF_A_RUN, "a sweep")
    if options.to.suffix.lower() not in EXPORT_FORMATS:
        raise ExportError(
            f"--to must end in one of {', '.join(EXPORT_FORMATS)} for a sweep; received {options.to.name}."
        )
    path = _new_file(options)
    export_sweep(options.run, path, overwrite=options.overwrite)
    return Result(facts={"file": str(path)}, text=f"Wrote {path}")


def _given_path(options: argparse.Namespace, wanted: RunFormat) -> Path:
    path: Path = options.to
    if wanted.ending:
        return _new_file(options)
    check_replaceable(path)
    is_empty = path.is_dir() and not any(path.iterdir())
    return check_new(path, overwrite=options.overwrite or is_empty, option="--to")


def _new_file(options: argparse.Namespace) -> Path:
    path: Path = options.to
    if path.is_dir():
        raise FileRefused(f"--to must be a {path.suffix} file; {path} is a folder.")
    return check_new(path, overwrite=options.overwrite, option="--to")


def _check_combination(options: argparse.Namespace, wanted: RunFormat) -> None:
    """Refuses options that this format does not take, and those that contradict each other."""
    moving, drawn = {Shows.EVERY_SAVE_MOVING}, {Shows.ONE_SAVE, Shows.EVERY_SAVE_MOVING}
    meant_for = {
        "step": ({Shows.ONE_SAVE}, Shows.ONE_SAVE.value),
        **dict.fromkeys(("frames", "fps", "seconds", "hold"), (moving, Shows.EVERY_SAVE_MOVING.value)),
        **dict.fromkeys(("scale", "what", "title", "no_captions", "size"), (drawn, "a picture")),
    }
    for name, (kinds, what) in meant_for.items():
        value = getattr(options, name)
        if value is None or value is False:
            continue
        if wanted.shows not in kinds:
            shown = format_number(value) if isinstance(value, float) else value
            raise BadArguments(
                f"{option_of(name)} goes with {what}; received {shown} beside a file that ends in {wanted.ending}."
            )
        if name.removeprefix("no_") in wanted.without:
            kind = f"a file that ends in {wanted.ending}" if wanted.ending else "a folder of single images"
            raise BadArguments(f"{option_of(name)} does not go with {kind}.")
    for one, other in (("size", "scale"), ("seconds", "fps")):
        if None not in (getattr(options, one), getattr(options, other)):
            raise BadArguments(f"{option_of(one)} does not go with {option_of(other)}; give one of them.")


def _result(path: Path, exported: Exported) -> Result:
    facts = {"file": str(path), "saves": exported.saves, "of": exported.of}
    if exported.size is not None:
        facts |= {"width": exported.size[0], "height": exported.size[1]}
    lines = [f"Wrote {path}"]
    if format_of(path).shows is Shows.EVERY_SAVE_MOVING and exported.saves < exported.of:
        lines.append(f"It shows {exported.saves:,} of {exported.of:,} saves, evenly thinned; --frames allows more.")
    return Result(facts=facts, text="\n".join(lines))
