"""``python -m benchmarks NAME [FUNCTION]`` measures one benchmark and writes its rows as JSON."""

from __future__ import annotations

import contextlib
import importlib
import json
import sys

from benchmarks.catalogue import called
from fooler_gui.engine import backend
from fooler_gui.surroundings import prepare


def main() -> None:
    """Runs the requested benchmark. All output of the measurement goes to standard error."""
    prepare()
    name, *functions = sys.argv[1:]
    benchmark = called(name)
    rows = []
    with contextlib.redirect_stdout(sys.stderr):
        if benchmark.on_engine:
            backend.load()
        module = importlib.import_module(f"benchmarks.{benchmark.module}")
        for function in functions or benchmark.functions:
            rows += getattr(module, function)()
    sys.stdout.write(json.dumps([row.to_dict() for row in rows], allow_nan=False))


if __name__ == "__main__":
    main()
