"""Folders of sweeps whose cells are done, without anything having been done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from fooler_gui.sweeps.results import RESULTS_FILE, Results, create_results
from fooler_gui.sweeps.sweep_folder import SWEEP_FILE
from fooler_gui.sweeps.sweep_spec import Share, read_sweep

Found = Callable[[Mapping[str, Any]], Mapping[str, float] | str]
"""Takes the options of a cell; returns its figures, or the sentence of its failure."""


def done_sweep(folder: Path, text: str, found: Found, most: int | None = None) -> Path:
    """Makes the folder of a sweep with the file `text`, of which the first `most` cells, or all, are done."""
    folder.mkdir()
    (folder / SWEEP_FILE).write_text(text, encoding="utf-8")
    spec = read_sweep(folder / SWEEP_FILE)
    create_results(folder / RESULTS_FILE, spec)
    results = Results(folder / RESULTS_FILE, "test")
    for place in range(len(spec) if most is None else most):
        assert results.claim(Share()) == place
        told = found(spec.cell(place).options)
        if isinstance(told, str):
            results.fail(place, seconds=0.5, worker="process 1", error=told)
        else:
            results.finish(place, seconds=2.0 + place % 3, worker="process 1", run="", figures=told)
    results.close()
    return folder
