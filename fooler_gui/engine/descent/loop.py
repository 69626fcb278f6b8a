"""The descent as an algorithm (method.md, Descent): used by runs, rounds, fresh attacks and honesty checks."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Protocol, TypeVar

Costs = TypeVar("Costs")
Report = TypeVar("Report", covariant=True)
End = TypeVar("End", covariant=True)


class Descent(Protocol[Costs, Report, End]):
    """Images descending a cost, and reports on them."""

    @property
    def is_over(self) -> bool:
        """Whether no image will move any more."""

    def evaluate(self) -> Costs:
        """Returns costs and gradients of the present images, computed once."""

    def judged(self, costs: Costs) -> Iterator[Report]:
        """Yields the save that is due, if any, and decides what stops or is reinitialised."""

    def asked(self) -> Generator[Report, None, bool]:
        """Waits while paused and handles other requests; returns whether to make a step."""

    def step(self, costs: Costs) -> None:
        """Makes a step: the next images, by gradients (`optimisers.stepped`) or by another search."""

    def end(self) -> End:
        """Returns the result."""


def descended(descent: Descent[Costs, Report, End]) -> Generator[Report, None, End]:
    """Yields the reports of `descent`: evaluate → save and judge → step. Returns its result."""
    while True:
        yield from descent.judged(descent.evaluate())
        if descent.is_over:
            return descent.end()
        if (yield from descent.asked()):
            descent.step(descent.evaluate())
