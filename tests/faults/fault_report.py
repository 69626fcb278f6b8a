"""Counts and reports the results of a fault script. ``python tests/faults NAME`` runs one."""

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
    """How often a fault was caused, and what failed.

    Attributes:
        fault: What was done.
        times: How often, by kind.
        failures: What failed, a sentence each.
        figures: Measurements.
    """

    fault: str
    times: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    figures: dict[str, float | str] = field(default_factory=dict)

    def count(self, kind: str, problems: list[str]) -> None:
        """Counts one more fault, and what failed."""
        self.times[kind] += 1
        self.failures += [f"{kind}: {problem}" for problem in problems]

    def to_dict(self) -> dict[str, object]:
        """Returns the report for JSON."""
        return {
            "fault": self.fault,
            "times": dict(self.times),
            "total": self.times.total(),
            "failures": self.failures,
            "figures": self.figures,
        }

    def text(self) -> str:
        """Returns the report as text."""
        lines = [f"{self.fault}: {self.times.total():,} times, {len(self.failures)} failures"]
        lines += [f"  {kind}  {count:,}" for kind, count in self.times.items()]
        lines += [
            f"  {name}  {value:,.3f}" if isinstance(value, float) else f"  {name}  {value}"
            for name, value in self.figures.items()
        ]
        return "\n".join([*lines, *(f"  FAILED {failure}" for failure in self.failures)])


def main(names: Sequence[str], load: Callable[[str], Any]) -> int:
    """Runs the script that the command line names; returns 1 if something failed.

    Args:
        names: The names of all scripts.
        load: Returns the module of a script, with ``run``, which takes a count and a seed, and ``FULL``, the count.
    """
    parser = argparse.ArgumentParser(prog="python tests/faults", description="Causes faults and counts failures.")
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
