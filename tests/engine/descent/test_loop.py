from __future__ import annotations

from collections.abc import Generator, Iterator

from generators import outcome

from fooler_gui.engine.descent.loop import descended


class Countdown:
    """A descent by one a step that is over at 0; what is asked beside is done first."""

    def __init__(self, height: int, asked: list[str]) -> None:
        self.height = height
        self.done: list[str] = []
        self._asked = asked

    @property
    def is_over(self) -> bool:
        return self.height == 0

    def evaluate(self) -> int:
        self.done.append("evaluate")
        return self.height

    def judged(self, costs: int) -> Iterator[str]:
        yield f"save {costs}"

    def asked(self) -> Generator[str, None, bool]:
        if self._asked:
            yield self._asked.pop()
            return False
        return True

    def step(self, costs: int) -> None:
        self.done.append(f"step from {costs}")
        self.height -= 1

    def end(self) -> str:
        return "the end"


def test_every_step_is_evaluated_saved_and_judged_until_it_is_over() -> None:
    descent = Countdown(2, [])
    assert outcome(descended(descent)) == (["save 2", "save 1", "save 0"], "the end")
    assert descent.done == [
        "evaluate", "evaluate", "step from 2", "evaluate", "evaluate", "step from 1", "evaluate",
    ]  # fmt: skip


def test_what_is_asked_beside_comes_before_the_step_and_is_saved() -> None:
    assert outcome(descended(Countdown(1, ["a look"]))) == (["save 1", "a look", "save 1", "save 0"], "the end")


def test_what_is_over_at_the_start_makes_no_step() -> None:
    descent = Countdown(0, ["never"])
    assert outcome(descended(descent)) == (["save 0"], "the end")
    assert descent.done == ["evaluate"]
