"""Shows a command's progress on standard error: a bar with the time left. Nothing if that is not a terminal."""

from __future__ import annotations

import sys
import time
from contextlib import suppress
from types import TracebackType
from typing import IO, Any, Self, cast

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from fooler_gui.core.formats import format_probability, format_seconds, format_share
from fooler_gui.core.messages import Message, TrainingProgress, Working
from fooler_gui.core.save import Save


class ProgressLine:
    """A context manager: one line that shows the latest message of a job and vanishes at the end.

    Attributes:
        stopping: Set once a stop was requested; the line then says so.
    """

    def __init__(self) -> None:
        console = Console(file=cast("IO[str]", _WhileItLasts(sys.stderr)))
        self.stopping = False
        self._began = time.monotonic()
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            TaskProgressColumn(),
            TextColumn("{task.fields[note]}", markup=False),
            console=console,
            transient=True,
            # Variables such as FORCE_COLOR make rich take a file for a terminal.
            disable=not (sys.stderr.isatty() and console.is_interactive),
        )
        self._task = self._progress.add_task("", total=None, note="")

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._progress.stop()

    def show(self, message: Message, max_steps: int = 0) -> None:
        """Shows `message` if it is about progress.

        Args:
            message: Any message.
            max_steps: The most steps a descent makes.
        """
        match message:
            case Working(sentence=sentence, fraction=None):
                self._update(sentence, None)
                # What follows may block standard error for seconds, or keep the processor busy.
                self._progress.refresh()
            case Working(sentence=sentence, fraction=fraction, seconds_left=seconds) if fraction is not None:
                self._update(sentence, fraction, self._left_of(fraction) if seconds is None else _left(seconds))
            case TrainingProgress():
                accuracy = message.validation_accuracy
                seen = "" if accuracy is None else f" · validation {format_share(accuracy)}"
                self._update(
                    "Training",
                    message.step / message.steps,
                    f"{_left(message.seconds_left)} · loss {message.loss:.3f} · "
                    f"{message.images_per_second:,.0f} images/s{seen}",
                )
            case Save():
                left = (max_steps - message.step) * message.seconds / max(1, message.step)
                least = format_probability(float(message.probabilities.min()))
                time_left = f"at most {format_seconds(left)} left · " if message.step else ""
                self._update("Backworking", message.step / max(1, max_steps), f"{time_left}lowest probability {least}")

    def _left_of(self, fraction: float) -> str:
        if fraction == 0:
            self._began = time.monotonic()
            return ""
        elapsed = time.monotonic() - self._began
        return _left(elapsed * (1 - fraction) / fraction)

    def _update(self, description: str, fraction: float | None, note: str = "") -> None:
        if self.stopping:
            description, note = f"Stopping · {description}", "Ctrl-C again ends at once"
        total = None if fraction is None else 1.0
        self._progress.update(self._task, description=description, total=total, completed=fraction or 0.0, note=note)


def _left(seconds: float) -> str:
    return f"{format_seconds(seconds)} left"


class _WhileItLasts:
    """A terminal that may be closed while a command runs: output is then dropped without an error."""

    def __init__(self, terminal: IO[str]) -> None:
        self._terminal = terminal

    def write(self, text: str) -> int:
        with suppress(OSError):
            self._terminal.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            self._terminal.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._terminal, name)
