"""What a script of this room counts, and how it tells. ``python tests/faults NAME`` runs one."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class FaultReport:
    """How often a fault was brought about, and what did not hold.

    Attributes:
        fault: What was done, in words.
        times: How often, by kind.
        failures: What did not hold, a sentence each.
        figures: What was measured.
    """

    fault: str
    times: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    figures: dict[str, float | str] = field(default_factory=dict)

    def count(self, kind: str, problems: list[str]) -> None:
        """Notes that the fault was brought about once more, and what did not hold."""
        self.times[kind] += 1
        self.failures += [f"{kind}: {problem}" for problem in problems]

    def to_dict(self) -> dict[str, object]:
        """Returns the report as JSON can hold it."""
        return {
            "fault": self.fault,
            "times": dict(self.times),
            "total": self.times.total(),
            "failures": self.failures,
            "figures": self.figures,
        }

    def text(self) -> str:
        """Returns the report as a person reads it."""
        lines = [f"{self.fault}: {self.times.total():,} times, {len(self.failures)} failures"]
        lines += [f"  {kind}  {count:,}" for kind, count in self.times.items()]
        lines += [
            f"  {name}  {value:,.3f}" if isinstance(value, float) else f"  {name}  {value}"
            for name, value in self.figures.items()
        ]
        return "\n".join([*lines, *(f"  FAILED {failure}" for failure in self.failures)])


def main(names: Sequence[str], load: Callable[[str], Any]) -> int:
    """Runs the script that the command line names; returns 1 where something did not hold.

    Args:
        names: Of all scripts.
        load: Returns the module of a script, with ``run``, which takes a count and a seed, and ``FULL``, the count.
    """
    parser = argparse.ArgumentParser(prog="python tests/faults", description="Brings faults about, and counts.")
    parser.add_argument("name", choices=names)
    parser.add_argument("--times", type=int, help="default: the full size")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    began = time.monotonic()
    script = load(options.name)
    report: FaultReport = script.run(options.times or script.FULL, options.seed)
    report.figures["seconds"] = time.monotonic() - began
    sys.stdout.write((json.dumps(report.to_dict(), indent=1) if options.json else report.text()) + "\n")
    return 1 if report.failures else 0
