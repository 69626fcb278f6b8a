"""Records runs of noise for tests of the exports."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from generators import outcome
from recorded_runs import closed
from saves import LAYERS, make_save

from fooler_gui.core.classifier_info import ClassifierInfo
from fooler_gui.core.export_settings import ExportSettings
from fooler_gui.core.messages import RunFinished
from fooler_gui.core.run_events import SettingsApplied, SlotActed
from fooler_gui.core.run_spec import RunSpec
from fooler_gui.core.save import Save
from fooler_gui.core.settings import DescentSettings, article_coefficients
from fooler_gui.core.slot_actions import PinSlot
from fooler_gui.exports.figures import Rectangle, lay_out_figure
from fooler_gui.exports.frames import FrameArtist
from fooler_gui.exports.recorded_run import RecordedRun
from fooler_gui.exports.run_export import export_run
from fooler_gui.records.run_folder import new_record, run_recorder

SHA256 = "ab" * 32
SHAPE = (6, 5, 1)
ARTICLE = article_coefficients(LAYERS)
CHANGED = ARTICLE.with_terms(batch=2.0)
EVENTS = (
    SettingsApplied(step=4, revision=1, coefficients=CHANGED, descent=DescentSettings(learning_rate=0.02)),
    SlotActed(step=4, action=PinSlot(label=7, slot=1, pinned=True)),
)


def make_spec(labels: tuple[int, ...] = (3, 7), slots: int = 3) -> RunSpec:
    return RunSpec(
        classifier="/home/someone/nets/article.keras", labels=labels, slots=slots, rng_seed=11, coefficients=ARTICLE
    )


def make_saves(steps: Sequence[int] = range(7), shape: tuple[int, int, int] = SHAPE) -> list[Save]:
    """Returns saves of the labels 3 and 7 with three slots each; `EVENTS` come at step 4, a slot reinitialised at 2."""
    saves = [
        make_save((3, 7), 3, shape, step, reinitialised=[(1, 0)] if step == 2 else [], cost_factor=1 + step)
        for step in steps
    ]
    return [dataclasses.replace(save, events=EVENTS) if save.step == 4 else save for save in saves]


def record(
    folder: Path, saves: Sequence[Save], *, finished: bool = True, class_names: Sequence[str] = "0123456789"
) -> Path:
    """Returns `folder`, where a run is now recorded."""
    classifier = ClassifierInfo(
        name="article",
        path="/home/someone/nets/article.keras",
        sha256=SHA256,
        topology="conv 32",
        input_shape=saves[0].images.shape[2:],
        class_names=tuple(class_names),
        recorded_layers=LAYERS,
        parameters=1,
        test_accuracy=0.99,
    )
    recorder = run_recorder(folder, new_record(make_spec(saves[0].labels, saves[0].images.shape[1]), classifier))
    for save in saves:
        recorder.add(save)
    last = saves[-1]
    end = RunFinished(stopped_by=("max_steps",) * len(last.labels), steps=last.step, seconds=last.seconds)
    assert closed(recorder, end if finished else None) == ""
    return folder


def export(folder: Path, path: Path, step: int | None = None, **settings: Any) -> object:
    """Returns what came of the export of the run in `folder` to `path`, and checks its progress."""
    with RecordedRun(folder) as run:
        shares, result = outcome(export_run(run, path, ExportSettings(**settings), step))
        assert shares == sorted(shares)
        assert all(0 <= share <= 1 for share in shares)
        return result


def cells(pixels: np.ndarray, save: Save, scale: int) -> np.ndarray:
    """Returns the images, (L, B, H, W) or (L, B, H, W, 3) bytes, in the picture `pixels` of `save` without words."""
    captions = [[_caption(value) for value in row] for row in save.probabilities]
    layout = lay_out_figure(save.images, [str(label) for label in save.labels], captions, scale)
    assert pixels.shape[1::-1] == layout.size
    return _found(pixels, layout.cells, save, scale)


def frame_artist(folder: Path, **settings: Any) -> FrameArtist:
    """Returns what draws the frames of an animation of the run in `folder`."""
    with RecordedRun(folder) as run:
        return FrameArtist(run.shot(len(run) - 1), ExportSettings(**settings), moving=True)


def cells_of_frame(pixels: np.ndarray, save: Save, artist: FrameArtist) -> np.ndarray:
    """Returns the images, (L, B, H, W) or (L, B, H, W, 3) bytes, in the frame `pixels` of an animation."""
    assert pixels.shape[1::-1] == artist.size
    return _found(pixels, artist.cells, save, artist.scale)


def to_8_bits(save: Save) -> np.ndarray:
    """Returns the images of `save` as (L, B, H, W, C) bytes."""
    return np.rint(save.images * 255).astype(np.uint8)


def _found(pixels: np.ndarray, cells: Sequence[Sequence[Rectangle]], save: Save, scale: int) -> np.ndarray:
    _, _, height, width, _ = save.images.shape
    found = [
        [
            pixels[y : y + tall : scale, x : x + wide : scale]
            for x, y, wide, tall in rectangles
            if (pixels[y : y + tall, x : x + wide] == _enlarged(pixels, x, y, height, width, scale)).all()
        ]
        for rectangles in cells
    ]
    return np.array(found)


def _enlarged(pixels: np.ndarray, x: int, y: int, height: int, width: int, scale: int) -> np.ndarray:
    small = pixels[y : y + height * scale : scale, x : x + width * scale : scale]
    return small.repeat(scale, axis=0).repeat(scale, axis=1)


def _caption(value: float) -> str:
    from fooler_gui.core.formats import format_probability

    return format_probability(float(value))
