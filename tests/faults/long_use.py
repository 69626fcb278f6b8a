"""Uses the real engine for a long time in one process: a run of many saves, many runs, many rounds, all recorded.

Memory must stay within 5 % of its size after the first tenth, and a save must take as long at the end as at the
beginning. Tiny net, small dataset; memory is measured on Linux.
"""

from __future__ import annotations

import gc
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import numpy as np
from fault_report import FaultReport
from small_world import write_small_dataset, write_tiny_classifier

from benchmarks.resident import present_bytes
from fooler_gui.core import jobs
from fooler_gui.core.messages import Message, RoundFinished, RunFinished
from fooler_gui.core.rounds_spec import default_rounds
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.run_spec import RunSpec
from fooler_gui.core.save import Save
from fooler_gui.core.settings import DescentSettings, article_coefficients
from fooler_gui.engine import backend

FULL = 10_000
"""Saves; runs and rounds are a two-hundredth."""

_LAYERS = ("inputs", "conv0", "fc")
_SHARE = 200
_MOST_GROWTH = 1.05
_MOST_SLOWING = 1.05
_QUARTILE = 0.25
"""The percentile of saves' times: lower ones show the true time; other work on the machine prolongs the rest."""


def run(times: int, seed: int) -> FaultReport:
    """Makes one run of `times` saves, and a two-hundredth of that of runs and of rounds."""
    report = FaultReport("long use")
    backend.load()
    from fooler_gui.engine.descent import fresh_attack
    from fooler_gui.engine.lab import Lab
    from fooler_gui.engine.mending import honesty

    with tempfile.TemporaryDirectory(prefix="fooler-faults-") as name:
        folder = Path(name)
        classifier = write_tiny_classifier(folder / "first.keras")
        lab = Lab(write_small_dataset(folder / "small.npz", 300))
        _perform(lab, jobs.OpenClassifier(path=str(classifier)))
        with patch.object(fresh_attack, "WITHIN", (2, 4, 6)), patch.object(honesty, "STEPS", 4):
            _one_run(report, lab, folder, times, seed)
            several = max(2, times // _SHARE)
            _many_runs(report, lab, folder, several, seed)
            _many_rounds(report, lab, folder, several, seed)
    return report


def _one_run(report: FaultReport, lab: object, folder: Path, saves: int, seed: int) -> None:
    """A run of `saves` saves; its first ones warm up."""
    resident, at = [], []
    for message in _perform(lab, _run(folder, "long", saves - 1, seed)):
        if isinstance(message, Save):
            at.append(time.perf_counter())
            if len(at) % max(1, saves // 100) == 0:
                resident.append(present_bytes())
    _judge(report, "saves of one run", saves, resident)
    parts = np.array_split(np.diff(at), 10)
    second, last = (1_000 * float(np.quantile(part, _QUARTILE)) for part in (parts[1], parts[-1]))
    report.figures |= {"ms a save, second tenth": second, "ms a save, last tenth": last}
    report.figures |= {"ms a save, median of all": 1_000 * float(np.median(np.diff(at)))}
    if last > _MOST_SLOWING * second:
        report.failures.append(f"saves: a save took {second:.2f} ms in the second tenth and {last:.2f} ms in the last")


def _many_runs(report: FaultReport, lab: object, folder: Path, runs: int, seed: int) -> None:
    resident = []
    for number in range(runs):
        messages = list(_perform(lab, _run(folder, f"run-{number}", 20, seed + number)))
        assert isinstance(messages[-1], RunFinished)
        del messages
        gc.collect()
        resident.append(present_bytes())
    _judge(report, "runs", runs, resident)


def _many_rounds(report: FaultReport, lab: object, folder: Path, rounds: int, seed: int) -> None:
    spec = default_rounds(
        str(folder / "first.keras"), _LAYERS, rounds=rounds, images_per_label=2, steps_per_round=4, stages=1, digits=50,
        noise=5, blanks=2, batch_size=10, rng_seed=seed,
    )  # fmt: skip
    job = jobs.PerformRounds(spec=spec, folder=str(folder / "rounds"), second_opinion=str(folder / "first.keras"))
    resident = []
    for message in _perform(lab, job):
        if isinstance(message, RoundFinished) and message.report.number:
            gc.collect()
            resident.append(present_bytes())
    assert len(resident) == rounds
    _judge(report, "rounds", rounds, resident)


def _judge(report: FaultReport, what: str, count: int, resident: list[int]) -> None:
    """Compares the memory after the first tenth with the most since then."""
    tenth = resident[len(resident) // 10]
    most = max(resident[len(resident) // 10 :])
    report.times[what] += count
    report.figures |= {f"MiB after the first tenth, {what}": tenth / 2**20, f"MiB at most since, {what}": most / 2**20}
    if most > _MOST_GROWTH * tenth:
        report.failures.append(f"{what}: memory grew from {tenth / 2**20:.0f} to {most / 2**20:.0f} MiB")


def _run(folder: Path, name: str, steps: int, seed: int) -> jobs.Backwork:
    spec = RunSpec(
        classifier=str(folder / "first.keras"),
        labels=(3,),
        slots=4,
        rng_seed=seed,
        descent=DescentSettings(max_steps=steps, min_probability=1.0),
        coefficients=article_coefficients(_LAYERS),
    )
    return jobs.Backwork(spec=spec, folder=str(folder / name))


def _perform(lab: object, job: jobs.Job) -> Iterator[Message]:
    control = RunControl()
    if isinstance(job, jobs.Backwork):
        control = RunControl.for_descent(job.spec.coefficients, job.spec.descent)
    messages = lab.perform(job, control)  # type: ignore[attr-defined]
    return iter(list(messages)) if isinstance(job, jobs.OpenClassifier) else messages
