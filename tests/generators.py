"""Goes through a generator that also returns something."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TypeVar

Yielded = TypeVar("Yielded")
Returned = TypeVar("Returned")


def outcome(
    work: Generator[Yielded, None, Returned], then: Callable[[Yielded], object] = lambda _yielded: None
) -> tuple[list[Yielded], Returned]:
    """Returns all that `work` yields, and what it returns; `then` is called between one and the next."""
    yielded: list[Yielded] = []
    while True:
        try:
            yielded.append(next(work))
        except StopIteration as end:
            return yielded, end.value
        then(yielded[-1])
