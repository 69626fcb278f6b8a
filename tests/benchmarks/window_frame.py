"""The time of a frame of the grid: from a new save, with captions, to its pixels."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass

import numpy as np
from PySide6.QtWidgets import QApplication

from fooler_gui.core.arrays import frozen
from fooler_gui.core.save import Save
from fooler_gui.features.run.batch_grid import BatchGrid

GRID_SIZE = (640, 460)
"""The grid's size in a window of 1280 × 800."""

LARGE_GRID_SIZE = (1290, 680)
"""The grid's size in a window that fills a screen of 1920 × 1080."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameTime:
    """Milliseconds from handing over a save until the grid is painted. `median` and `p95` are of all frames."""

    median: float
    p95: float


def measure_frame(
    app: QApplication,
    groups: int,
    slots: int,
    size: tuple[int, int] = GRID_SIZE,
    *,
    captions_at_every_frame: bool = True,
    frames: int = 300,
) -> FrameTime:
    """Returns the time of a frame of `groups` labels with `slots` images each.

    Args:
        app: The application.
        groups: Number of labels.
        slots: Images per label.
        size: (width, height) of the grid in pixels.
        captions_at_every_frame: Draws the captions at every frame; otherwise as often as the window does, at most 10
            times a second, while saves come as fast as they are painted.
        frames: How many to measure, after a warm-up.
    """
    ticks = itertools.count()
    grid = BatchGrid(clock=lambda: float(next(ticks))) if captions_at_every_frame else BatchGrid()
    grid.resize(*size)
    grid.show()
    saves = [_make_save(groups, slots, step) for step in range(32)]
    milliseconds = []
    for frame in range(20 + frames):
        save = saves[frame % len(saves)]
        begun = time.perf_counter()
        grid.show_save(save)
        app.processEvents()
        milliseconds.append(1000 * (time.perf_counter() - begun))
    grid.hide()
    grid.deleteLater()
    app.processEvents()
    kept = milliseconds[20:]
    return FrameTime(median=float(np.median(kept)), p95=float(np.percentile(kept, 95)))


def _make_save(groups: int, slots: int, step: int) -> Save:
    """Returns a save of noise; every probability differs from the save before, a few slots bear each sign."""
    rng = np.random.default_rng([groups, slots, step])
    shape = (groups, slots)
    probabilities = rng.random(shape, dtype=np.float32)
    fixed = np.random.default_rng([groups, slots])
    return Save(
        step=step,
        seconds=step / 50,
        labels=tuple(range(groups)),
        images=frozen(rng.random((*shape, 28, 28, 1), dtype=np.float32)),
        probabilities=frozen(probabilities),
        costs=(),
        done=frozen(fixed.random(shape) < 0.3),
        reinitialised=frozen(np.zeros(shape, np.bool_)),
        reinitialisations=frozen((fixed.random(shape) < 0.2).astype(np.int64)),
        replacements=frozen(np.zeros(shape, np.int64)),
        distances=frozen(np.zeros(shape, np.float32)),
        leads=frozen(np.zeros(shape, np.bool_)),
        largest_changes=frozen(np.zeros(shape, np.float32)),
        tops=frozen(np.zeros(shape, np.int32)),
        top_probabilities=frozen(np.zeros(shape, np.float32)),
        pinned=frozen(fixed.random(shape) < 0.05),
        stopped_by=("",) * groups,
        revision=0,
        events=(),
    )
