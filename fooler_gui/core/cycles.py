"""When Python collects reference cycles, and in which thread.

Python collects them in whichever thread happens to create objects. A window's objects must be destroyed in its own
thread: in another one each thread may wait forever for a lock that the other holds. So a program with a window switches
Python's own collections off, and calls `collect_if_due` in the window's thread.
"""

from __future__ import annotations

import gc
from collections.abc import Callable

_collect: Callable[[], object] = gc.collect


def collect_cycles() -> None:
    """Collects all cycles, such as those that networks and compiled functions form, where `collect_with` says."""
    _collect()


def collect_with(collect: Callable[[], object]) -> None:
    """Makes `collect_cycles` call `collect`, from any thread; by default it collects in the calling thread."""
    global _collect
    _collect = collect


def collect_if_due() -> None:
    """Collects, in the calling thread, the oldest generation of objects that Python itself would collect now."""
    counts, most = gc.get_count(), gc.get_threshold()
    due = [generation for generation in range(len(counts)) if 0 < most[generation] < counts[generation]]
    if due:
        gc.collect(max(due))
