"""The window: its start-up time, its event loop's lateness while the engine works, and the time of a frame.

Each function must run in its own process, on the platform in QT_QPA_PLATFORM, by default offscreen.
"""

from __future__ import annotations

import os

from PySide6.QtWidgets import QApplication

from benchmarks.row import Quantity, Row, Target
from benchmarks.window_frame import GRID_SIZE, measure_frame
from benchmarks.window_lateness import Lateness, measure_lateness
from benchmarks.window_start import measure_start
from fooler_gui.app import make_application

_NAME = "window"
_SECONDS = 30.0
_P99, _WORST = 16.0, 100.0
_STALL = Target(words="≤ 100 ms", most=100.0)
_FRAMES = ((8, 10, 4.0), (20, 10, 8.0))
"""Slots per label, labels, and how many milliseconds a frame may take."""


def measure_starting() -> list[Row]:
    """Returns the row of the window's start."""
    start = measure_start()
    return [
        _row(
            "start to painted and responsive",
            Quantity(start.answered, "s"),
            Target(words="≤ 0.6 s", most=0.6),
            f"Median of 9 fresh processes; painted after {start.painted:.2f} s. Plots and TensorFlow come later.",
        )
    ]


def measure_late() -> list[Row]:
    """Returns the rows of the event loop's lateness."""
    late = measure_lateness(_application(), _SECONDS)
    kinds = (
        ("backwork, 8 slots", late.backwork_8, "saves"),
        ("backwork, 80 slots", late.backwork_80, "saves"),
        ("training", late.training, "steps"),
    )
    rows = [_late_row(work, found, unit) for work, found, unit in kinds]
    stall = Quantity(late.loading.worst, "ms")
    note = f"The worst of {late.loading.seconds:.0f} s in which TensorFlow and the classifier are loaded."
    return [*rows, _row("one stall while TensorFlow loads", stall, _STALL, note)]


def measure_frames() -> list[Row]:
    """Returns the rows of a frame of the grid."""
    app = _application()
    rows = []
    for slots, labels, most in _FRAMES:
        frame = measure_frame(app, labels, slots)
        note = (
            "Median of 300 frames from a save handed over to painted, every caption new, in a grid of "
            f"{GRID_SIZE[0]} × {GRID_SIZE[1]}; 95 of 100 within {frame.p95:.1f} ms."
        )
        work = f"a frame of {labels * slots} slots with captions"
        rows.append(_row(work, Quantity(frame.median, "ms"), Target(words=f"≤ {most:g} ms", most=most), note))
    return rows


def _late_row(work: str, late: Lateness, unit: str) -> Row:
    note = (
        f"A 5-ms timer of the window's thread, watched for {late.seconds:.0f} s at unlimited pace, fired "
        f"{late.p50:.1f} ms late in the median, {late.worst:.0f} ms at the worst; "
        f"{late.units / late.seconds:.0f} {unit} a second."
    )
    return Row(
        name=_NAME,
        work=f"event loop's lateness: {work}",
        ours=Quantity(late.p99, "ms"),
        target=f"p99 ≤ {_P99:g} ms, worst ≤ {_WORST:g} ms",
        met=late.p99 <= _P99 and late.worst <= _WORST,
        note=note,
    )


def _row(work: str, ours: Quantity, target: Target, note: str) -> Row:
    met = target.is_met_by(ours.value)
    return Row(name=_NAME, work=work, ours=ours, target=target.words, met=met, note=note)


def _application() -> QApplication:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    return make_application()
