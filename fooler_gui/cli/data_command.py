"""``fooler data``: describes a dataset, or downloads one of those that Keras offers."""

from __future__ import annotations

import argparse
from pathlib import Path

from fooler_gui.cli.checks import FileRefused, new_file
from fooler_gui.cli.option_values import DESCRIBE, BadArguments
from fooler_gui.cli.output import Result, facts_in_lines, write_error
from fooler_gui.cli.progress import ProgressLine
from fooler_gui.cli.session import stopping_at_interrupt
from fooler_gui.cli.shared_options import given_settings, refuse
from fooler_gui.core.dataset_info import DatasetInfo, DatasetSettings
from fooler_gui.core.downloads import DOWNLOADS, Download
from fooler_gui.core.files import make_folder
from fooler_gui.core.formats import format_bytes
from fooler_gui.core.messages import Working
from fooler_gui.core.run_control import RunControl
from fooler_gui.data.loading import load_dataset
from fooler_gui.engine import backend
from fooler_gui.resources import cache_path, user_folder

_NAMED = 20
"""The most classes that are listed."""


def run(options: argparse.Namespace) -> Result:
    """Runs the command.

    Raises:
        LabError: The dataset cannot be read, downloaded or written.
        KeyboardInterrupt: Ctrl-C during a download; nothing of it is left.
    """
    settings = given_settings(options, DatasetSettings())
    path = Path(options.what)
    if options.action == DESCRIBE:
        refuse(options, {"out", "overwrite"}, "describe, which writes nothing")
    else:
        refuse(options, DatasetSettings.infos(), "get, which takes images as they are")
        path = _fetched(options)
    with ProgressLine() as progress:
        progress.show(Working(sentence="Reading the dataset"))
        info = load_dataset(path, largest=settings.largest_side, cache=cache_path("datasets")).info
    return Result(facts=info.to_dict(), text=_text(info))


def _fetched(options: argparse.Namespace) -> Path:
    """Downloads the dataset called `options.what` and returns its file."""
    download = DOWNLOADS.get(options.what.lower())
    if download is None:
        raise BadArguments(f"get takes {', '.join(DOWNLOADS)}; received {options.what!r}.")
    folder = user_folder("datasets") if options.out is None else options.out
    if folder.exists() and not folder.is_dir():
        raise FileRefused(f"--out must be a folder; {folder} is a file.")
    make_folder(folder)
    path = new_file(folder / f"{download.name}.npz", ".npz", overwrite=options.overwrite)
    _fetch(download, path)
    return path


def _fetch(download: Download, path: Path) -> None:
    write_error(f"{download.title} is downloaded: {format_bytes(download.bytes)}.")
    control = RunControl()
    with ProgressLine() as progress, stopping_at_interrupt(control, progress):
        progress.show(Working(sentence="Loading Keras"))
        backend.load()
        from fooler_gui.engine.downloads import get_dataset

        getting, written = get_dataset(download, path, control), False
        try:
            while True:
                progress.show(next(getting))
        except StopIteration as end:
            written = end.value
    if not written:
        raise KeyboardInterrupt


def _text(info: DatasetInfo) -> str:
    names = ", ".join(info.class_names[:_NAMED]) + (" …" if len(info.class_names) > _NAMED else "")
    facts = {
        "Dataset": info.name,
        "Images": " × ".join(map(str, info.image_shape)),
        "Classes": f"{len(info.class_names):,} ({names})",
        "Training": f"{sum(info.train):,} images, {min(info.train):,} to {max(info.train):,} a class",
        "Test": f"{sum(info.test):,} images, {min(info.test):,} to {max(info.test):,} a class",
        "From": info.path,
        "SHA-256": info.sha256,
    }
    return "\n".join([facts_in_lines(facts), *info.remarks])
