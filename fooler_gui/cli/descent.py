"""Runs the descent in a session, for the commands that need a run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fooler_gui.cli.session import Session
from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.evaluation_count import EvaluationCount
from fooler_gui.core.files import give_back_folder
from fooler_gui.core.jobs import Backwork
from fooler_gui.core.messages import RunFinished
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.run_spec import RunSpec
from fooler_gui.core.save import STOPPED_BY_USER, Save


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Run:
    """The outcome of a run.

    Attributes:
        last: The last save.
        finished: How it ended; None if it was interrupted.
        interrupted: Whether Ctrl-C ended it.
        evaluations: How many evaluations the search for each slot took; the labels share those of evolution.
    """

    last: Save
    finished: RunFinished | None
    interrupted: bool
    evaluations: int

    @property
    def stopped_by(self) -> tuple[str, ...]:
        """Why each label's batch stopped."""
        if self.finished is not None:
            return self.finished.stopped_by
        return tuple(reason or STOPPED_BY_USER for reason in self.last.stopped_by)


def make_run(
    session: Session,
    spec: RunSpec,
    folder: Path,
    on_save: Callable[[Save], object] | None = None,
    *,
    starts: FloatArray | None = None,
    control: RunControl | None = None,
) -> Run:
    """Makes the run that `spec` describes and returns its outcome, also if it is interrupted after its first save.

    Args:
        session: With a classifier in use.
        spec: The run.
        folder: Where it is recorded; removed again if it stays empty.
        on_save: Called with every save, in order.
        starts: (L, B, H, W, C) images to start from, instead of those that `spec` makes.
        control: The run's control, for a run that is repeated.

    Raises:
        LabError: It cannot be made, or it failed; what was computed is recorded.
        KeyboardInterrupt: Ctrl-C before the first save.
    """
    control = control or RunControl.for_descent(spec.coefficients, spec.descent)
    job = Backwork(spec=spec, folder=str(folder), starts=starts)
    last: Save | None = None
    count = EvaluationCount(spec.descent)
    finished, interrupted = None, False
    try:
        for message in session.perform(job, control, spec.descent.max_steps):
            if isinstance(message, Save):
                last = message
                count.take(message.events)
                if on_save is not None:
                    on_save(message)
            elif isinstance(message, RunFinished):
                finished = message
    except KeyboardInterrupt:
        interrupted = True
    finally:
        give_back_folder(folder)
    if last is None:
        raise KeyboardInterrupt
    return Run(
        last=last,
        finished=finished,
        interrupted=interrupted or control.stop_requested,
        evaluations=count.until(last.step),
    )
