"""Makes recorded runs and summaries of runs for tests of whatever lists them."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
from saves import LAYERS, make_save

from fooler_gui.core.arrays import frozen
from fooler_gui.core.messages import RunFinished
from fooler_gui.core.run_spec import RunSpec
from fooler_gui.core.run_summary import FINISHED, RunSummary
from fooler_gui.core.save import Save
from fooler_gui.core.settings import article_coefficients
from fooler_gui.records.history_file import HISTORY_FILE
from fooler_gui.records.history_writer import HistoryWriter
from fooler_gui.records.run_folder import RunRecord
from fooler_gui.records.save_codec import RunShape

NAMES = tuple(map(str, range(10)))


def make_spec(labels: tuple[int, ...] = (3,), **fields: Any) -> RunSpec:
    """Returns how a run of 8 slots per label was made, by the article's coefficients."""
    return RunSpec(classifier="article.keras", labels=labels, coefficients=article_coefficients(LAYERS), **fields)


def make_run(
    folder: Path,
    *,
    id_: str = "c0ffee",
    begun: str = "2026-03-14T09:26:53+00:00",
    spec: RunSpec | None = None,
    saves: tuple[Save, ...] | None = None,
    stopped_by: str = "",
    **about: Any,
) -> Path:
    """Writes a run into `folder` and returns it; it has not ended unless `stopped_by` says why it stopped."""
    spec = make_spec() if spec is None else spec
    if saves is None:
        saves = tuple(make_save(spec.labels, step=step, probabilities=0.5) for step in range(3))
    folder.mkdir(parents=True)
    shape = RunShape.of(saves[0] if saves else make_save(spec.labels))
    writer = HistoryWriter(folder / HISTORY_FILE, shape, 2**30)
    writer.write(saves)
    writer.close()
    record = RunRecord(
        id=id_,
        begun=begun,
        spec=spec,
        classifier_sha256="0" * 64,
        topology="conv 32 · conv 64 · dense 1024",
        class_names=NAMES,
        versions={"fooler": "0.1.0"},
        **about,
    )
    if stopped_by:
        reasons = (stopped_by,) * len(spec.labels)
        finished = RunFinished(stopped_by=reasons, steps=saves[-1].step, seconds=saves[-1].seconds)
        record = dataclasses.replace(record, result=finished)
    record.write(folder)
    return folder


def make_summary(folder: str = "/runs/run 1", **fields: Any) -> RunSummary:
    """Returns the summary of a finished run of digit 3, 37 steps long, of whose 8 images 7 are over the threshold."""
    thumbnails = np.random.default_rng(0).random((8, 28, 28, 1), dtype=np.float32)
    usual: dict[str, Any] = {
        "folder": folder,
        "id": "c0ffee00",
        "begun": "2026-03-14T09:26:53+00:00",
        "name": "",
        "notes": "",
        "spec": make_spec(),
        "class_names": NAMES,
        "topology": "conv 32 · conv 64 · dense 1024",
        "references": None,
        "steps": 37,
        "seconds": 2.5,
        "stopped_by": ("max_steps",),
        "found": 7,
        "lowest": 0.9984,
        "mean": 0.9996,
        "bytes": 1_234_567,
        "state": FINISHED,
        "problem": "",
        "changes": (),
        "thumbnails": frozen(thumbnails),
    }
    return RunSummary(**(usual | fields))
