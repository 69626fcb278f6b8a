"""Finds the benchmarks, which are not installed and are imported only by the command `benchmark`."""

from __future__ import annotations

import importlib
import sys
import tomllib
from pathlib import Path
from types import ModuleType

_SOURCES = Path(__file__).resolve().parents[2]
_BENCHMARKS = Path("tests", "benchmarks")

WHERE = (
    "they lie in the program's source tree, in tests/benchmarks; run python main.py benchmark in the folder that "
    "holds it"
)


def benchmarks(module: str) -> ModuleType | None:
    """Returns a module of the benchmarks; None if there is no source tree.

    The source tree is where the program runs from or its editable install points to, else the current folder.
    """
    folder = next((root for root in (_SOURCES, Path()) if _is_source_tree(root)), None)
    if folder is None:
        return None
    tests = str((folder / _BENCHMARKS).resolve().parent)
    if tests not in sys.path:
        sys.path.insert(0, tests)
    return importlib.import_module(f"{_BENCHMARKS.name}.{module}")


def _is_source_tree(folder: Path) -> bool:
    try:
        project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8")).get("project")
    except (OSError, ValueError):
        return False
    return isinstance(project, dict) and project.get("name") == "fooler-gui" and (folder / _BENCHMARKS).is_dir()
