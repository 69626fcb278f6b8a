from __future__ import annotations

from clocks import Clock

from benchmarks.timing import Timing, interleaved, timed


def test_parts_take_turns() -> None:
    order = []

    def part(name: str, seconds: float) -> float:
        order.append(name)
        return seconds

    timings = interleaved({"a": lambda: part("a", 1.0), "b": lambda: part("b", 2.0)}, 3)
    assert order == ["a", "b", "a", "b", "a", "b"]
    assert timings == {"a": Timing((1.0, 1.0, 1.0)), "b": Timing((2.0, 2.0, 2.0))}


def test_a_machine_that_slows_down_for_a_while_slows_every_part_and_keeps_their_ratio() -> None:
    clock = Clock()
    slowness = iter([1.0, 1.0, 9.0, 9.0, 2.0, 2.0])

    def work(seconds: float) -> None:
        clock.now += seconds * next(slowness)

    timings = interleaved(
        {"fast": timed(lambda: work(1.0), clock=clock), "slow": timed(lambda: work(5.0), clock=clock)}, 3
    )
    assert timings["fast"].samples == (1.0, 9.0, 2.0)
    assert timings["slow"].median / timings["fast"].median == 5.0


def test_work_done_several_times_tells_what_once_took() -> None:
    clock = Clock()
    done = []

    def work() -> None:
        done.append(clock.now)
        clock.now += 3.0

    assert timed(work, 4, clock)() == 3.0
    assert len(done) == 4


def test_a_timing_tells_median_least_most_and_repetitions() -> None:
    assert Timing((4.0, 1.0, 2.0)).to_dict() == {"median": 2.0, "least": 1.0, "most": 4.0, "repetitions": 3}
