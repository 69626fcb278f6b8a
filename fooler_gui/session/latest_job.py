"""Background jobs: one at a time, and of those requested meanwhile only the newest."""

from __future__ import annotations

from collections.abc import Callable

from fooler_gui.core.jobs import Job


class LatestJob:
    """Hands over the newest job once the previous one has ended.

    Args:
        hand_over: Gives a job to the engine; `ended` is called when it is done.
    """

    def __init__(self, hand_over: Callable[[Job], None]) -> None:
        self._hand_over = hand_over
        self._under_way = False
        self._wanted: Job | None = None

    def ask(self, job: Job) -> None:
        """Requests `job`, in place of any that has not been handed over yet."""
        self._wanted = job
        self._go_on()

    def withdraw(self) -> None:
        """Withdraws the job that has not been handed over yet."""
        self._wanted = None

    def ended(self) -> None:
        """Notes that the job handed over last has ended."""
        self._under_way = False
        self._go_on()

    def _go_on(self) -> None:
        if not self._under_way and self._wanted is not None:
            job, self._wanted = self._wanted, None
            self._under_way = True
            self._hand_over(job)
