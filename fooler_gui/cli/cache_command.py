"""``fooler cache``: tells what is kept on disk to save time, or deletes it."""

from __future__ import annotations

import argparse

from fooler_gui.cli.output import Result, facts_in_lines
from fooler_gui.core.array_store import MOST_BYTES, ArrayStore
from fooler_gui.core.errors import LabError, reason_of
from fooler_gui.core.formats import format_bytes
from fooler_gui.resources import references_path


def run(options: argparse.Namespace) -> Result:
    """Runs the command.

    Raises:
        LabError: What is kept cannot be deleted.
    """
    folder = references_path()
    store = ArrayStore(folder)
    deleted = store.bytes_kept() if options.clear else 0
    if options.clear:
        try:
            store.clear()
        except OSError as error:
            raise LabError(f"The references kept in {folder} cannot be deleted: {reason_of(error)}.") from error
    kept = store.bytes_kept()
    lines = {
        "Folder": str(folder),
        "References": f"{format_bytes(kept)}, at most {format_bytes(MOST_BYTES)}",
    }
    if options.clear:
        lines["Deleted"] = format_bytes(deleted)
    return Result(facts={"folder": str(folder), "bytes": kept, "deleted": deleted}, text=facts_in_lines(lines))
