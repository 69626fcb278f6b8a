from __future__ import annotations

import ast
import importlib.util
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

import fooler_gui

PACKAGE = Path(fooler_gui.__file__).parent
MODULES = sorted(
    module.name for module in pkgutil.walk_packages(fooler_gui.__path__, "fooler_gui.") if "__main__" not in module.name
)
TESTS = Path(__file__).parent
BENCHMARKS = [
    f"benchmarks.{path.stem}"
    for path in sorted((TESTS / "benchmarks").glob("*.py"))
    if not path.stem.startswith(("__", "test_"))
]
WITHOUT_QT = (
    "fooler_gui.core", "fooler_gui.data", "fooler_gui.engine", "fooler_gui.exports", "fooler_gui.cli",
    "fooler_gui.resources", "fooler_gui.terms",
)  # fmt: skip


def loaded_by(modules: list[str], prelude: str = "") -> set[str]:
    """Returns the modules that a fresh process has loaded after it imported `modules`."""
    imports = "\n".join(f"import {module}" for module in modules)
    code = f"import sys\n{prelude}\n{imports}\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def room(*prefixes: str) -> list[str]:
    return [name for name in MODULES if any(name == prefix or name.startswith(f"{prefix}.") for prefix in prefixes)]


def test_the_engine_and_the_command_line_load_no_qt() -> None:
    assert "fooler_gui.engine.lab" in MODULES
    loaded = loaded_by(room(*WITHOUT_QT), prelude="from fooler_gui.engine import backend; backend.load()")
    assert "tensorflow" in loaded
    assert not loaded & {"PySide6", "shiboken6", "pyqtgraph", "sklearn", "pandas", "matplotlib"}


def test_only_the_benchmarks_of_the_window_load_qt() -> None:
    modules = [name for name in BENCHMARKS if not name.startswith("benchmarks.window")]
    path = f"sys.path.append({str(TESTS)!r})"
    loaded = loaded_by(modules, prelude=f"{path}; from fooler_gui.engine import backend; backend.load()")
    assert "benchmarks.memory" in loaded
    assert not loaded & {"PySide6", "shiboken6", "pyqtgraph"}


def test_everything_but_engine_and_command_line_loads_no_tensorflow() -> None:
    with_engine = room("fooler_gui.engine", "fooler_gui.cli")
    rest = [name for name in MODULES if name not in with_engine]
    for name in ("fooler_gui.features.run.batch_grid", "fooler_gui.session.controller"):
        assert name in rest
    loaded = loaded_by(rest)
    assert "PySide6" in loaded
    assert not loaded & {"tensorflow", "keras"}


def test_the_window_is_opened_without_what_draws_plots() -> None:
    loaded = loaded_by(["fooler_gui.app"])
    assert "fooler_gui.features.run.plots" in loaded
    assert not loaded & {"pyqtgraph", "fooler_gui.widgets.plot", "fooler_gui.features.guide.guide"}


def test_the_session_loads_no_widgets() -> None:
    loaded = loaded_by(room("fooler_gui.session"))
    assert "PySide6.QtCore" in loaded
    assert not loaded & {"PySide6.QtWidgets", "PySide6.QtGui", "pyqtgraph", "tensorflow"}


def test_the_exports_load_neither_qt_nor_tensorflow() -> None:
    loaded = loaded_by([*room("fooler_gui.exports"), "fooler_gui.features.run.vector_figure"])
    assert "fooler_gui.exports.run_export" in loaded
    assert not loaded & {"PySide6", "tensorflow", "keras", "rich", "pyqtgraph", "imageio_ffmpeg"}


def test_the_core_and_the_terms_load_neither_qt_nor_tensorflow() -> None:
    loaded = loaded_by(room("fooler_gui.core", "fooler_gui.terms"))
    assert "fooler_gui.terms.closeness" in loaded
    assert not loaded & {"PySide6", "tensorflow", "keras", "PIL", "rich", "pyqtgraph"}


def test_the_sweeps_load_neither_qt_nor_tensorflow_and_scipy_only_to_compute() -> None:
    loaded = loaded_by(room("fooler_gui.sweeps"))
    assert "fooler_gui.sweeps.statistics" in loaded
    assert not loaded & {"PySide6", "tensorflow", "keras", "scipy"}


@pytest.mark.parametrize("name", [*MODULES, *BENCHMARKS])
def test_no_module_can_unpickle(name: str) -> None:
    spec = importlib.util.find_spec(name)
    assert spec is not None
    assert spec.origin is not None
    source = Path(spec.origin).read_text(encoding="utf-8")
    for forbidden in ("enable_unsafe_deserialization", "allow_pickle=True", "safe_mode=False", "custom_objects"):
        assert forbidden not in source
    for node in ast.walk(ast.parse(source)):
        imported: list[str] = []
        if isinstance(node, ast.Import):
            imported = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            imported = [node.module or ""]
        for module in imported:
            assert module.partition(".")[0] not in {"pickle", "dill", "joblib", "cloudpickle", "shelve", "marshal"}


def test_calls_of_qt_do_not_lose_references_to_none(qtbot: QtBot) -> None:
    """PySide6 6.12.0 loses one at every call on Python < 3.12, and aborts the process after minutes."""
    timer = QTimer()
    before = sys.getrefcount(None)
    for _ in range(500):
        timer.stop()
    assert sys.getrefcount(None) > before - 100
