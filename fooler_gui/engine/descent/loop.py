"""The descent as an algorithm (method.md, Descent): runs, rounds, fresh attacks and honesty checks go through it."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Protocol, TypeVar

Costs = TypeVar("Costs")
Told = TypeVar("Told", covariant=True)
End = TypeVar("End", covariant=True)


class Descent(Protocol[Costs, Told, End]):
    """Images on their way down a cost, and what is told of them."""

    @property
    def is_over(self) -> bool:
        """Whether no image is to move any more."""

    def evaluate(self) -> Costs:
        """Returns costs and gradients of the present images; what is known already is not computed again."""

    def judged(self, costs: Costs) -> Iterator[Told]:
        """Yields the save that is due, if one is, and decides what is to stop or to begin anew."""

    def asked(self) -> Generator[Told, None, bool]:
        """Waits in pause and does what else is asked for; returns whether a step is to be made."""

    def step(self, costs: Costs) -> None:
        """Makes a step: gradient → update → projection (`optimisers.stepped`)."""

    def end(self) -> End:
        """Returns where it came to."""


def descended(descent: Descent[Costs, Told, End]) -> Generator[Told, None, End]:
    """Yields what `descent` tells on its way: evaluate → save and judge → step. Returns where it ends."""
    while True:
        yield from descent.judged(descent.evaluate())
        if descent.is_over:
            return descent.end()
        if (yield from descent.asked()):
            descent.step(descent.evaluate())
