"""The page of sweeps: how late the window answers while a large sweep is worked on, and the table of a larger one.

Each function must run in its own process, on the platform in QT_QPA_PLATFORM, by default offscreen.
"""

from __future__ import annotations

import multiprocessing
import os
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QTableView

from benchmarks.row import Quantity, Row, Target
from benchmarks.tiny_job import FIGURES, tiny
from benchmarks.window_lateness import LatenessProbe
from benchmarks.window_user import WindowUser
from fooler_gui.app import make_application
from fooler_gui.core.run_control import RunControl
from fooler_gui.sweeps.pool import Pool
from fooler_gui.sweeps.results import DONE, RESULTS_FILE
from fooler_gui.sweeps.sweep_folder import SWEEP_FILE, SweepFolder
from fooler_gui.sweeps.sweeping import perform_sweep

_NAME = "sweep-window"
_SPEC = (
    'job = "backwork"\nlabel = 3\n[vary]\nbatch_cost_coeff = [0.0, 0.5]\nobjective = ["logit", "margin"]\n'
    "rng_seed = {{from = 1, to = {quarter}}}\n"
)
_CELLS, _ROWS = 10_000, 100_000
_P99 = Target(words="p99 ≤ 50 ms", most=50.0)
_SOON, _AT_ONCE = Target(words="≤ 1 s", most=1.0), Target(words="≤ 0.2 s", most=0.2)
_SORTED = ("cell", "objective", "figure_1", "seconds", "worker")
_SEARCHED = ("logit", "figure_1>0.5", "failed", "rng_seed<100 margin")


def measure_late() -> list[Row]:
    """Returns the row of the window's lateness while a process works on a sweep that the page shows."""
    with _shown_page() as (user, page), tempfile.TemporaryDirectory() as name:
        folder = Path(name, "sweep")
        leader = multiprocessing.get_context("spawn").Process(target=_lead, args=(folder, _file(Path(name), _CELLS)))
        leader.start()
        user.wait_until((folder / SWEEP_FILE).exists)
        probe = LatenessProbe()
        probe.start()
        page.open_requested.emit(str(folder))
        user.wait_until(lambda: not leader.is_alive())
        late = probe.stop()
        leader.join()
    return [
        Row(
            name=_NAME,
            work=f"event loop's lateness: {_CELLS:,} cells are done",
            ours=Quantity(late.p99, "ms"),
            target=_P99.words,
            met=_P99.is_met_by(late.p99),
            note=f"A 5-ms timer of the window's thread, watched for {late.seconds:.0f} s while another process and its "
            f"two workers do the cells, fired {late.p50:.1f} ms late in the median, {late.worst:.0f} ms at the worst.",
        )
    ]


def measure_table() -> list[Row]:
    """Returns the rows of opening, sorting and filtering the cells of a large sweep."""
    with _shown_page() as (user, page), tempfile.TemporaryDirectory() as name:
        folder = _done_sweep(Path(name))

        def open_sweep() -> None:
            page.open_requested.emit(str(folder))
            user.wait_until(lambda: page.sweep() is not None, look_every=1)

        opened = _seconds(open_sweep, page)
        table, search = page.findChild(QTableView, "sweep_cells"), page.findChild(QLineEdit, "sweep_search")
        names = page.sweep().cells.names
        orders = (Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder)
        sorts = {
            f"{column} {order.name}": _seconds(partial(table.sortByColumn, names.index(column), order), page)
            for column in _SORTED
            for order in orders
        }
        searches = {text: _seconds(partial(search.setText, text), page) for text in _SEARCHED}
    return [
        _row("opened", opened, _SOON, "From the request to painted, the results read from disk."),
        _row("sorted", max(sorts.values()), _AT_ONCE, f"The worst of {len(sorts)}: {_in_words(sorts)}."),
        _row("filtered", max(searches.values()), _AT_ONCE, f"The worst of {len(searches)}: {_in_words(searches)}."),
    ]


@contextmanager
def _shown_page() -> Iterator[tuple[WindowUser, Any]]:
    """Yields the program's user, without an engine, and the page of sweeps on screen."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = make_application()
    with tempfile.TemporaryDirectory() as name:
        os.environ["XDG_DATA_HOME"] = name
        user = WindowUser(app, Path(name))
        page = user.lab.pages.show("sweeps")
        user.wait(1.0)
        try:
            yield user, page
        finally:
            user.close()
            app.processEvents()


def _lead(folder: Path, file: Path) -> None:
    with SweepFolder(folder, file) as opened:
        for _ in perform_sweep(opened, Pool(tiny, 2), RunControl()):
            pass


def _done_sweep(folder: Path) -> Path:
    """Returns the new folder of a sweep of which all cells are done."""
    out = folder / "sweep"
    with SweepFolder(out, _file(folder, _ROWS)) as opened:
        list(perform_sweep(opened, Pool(tiny, 1), RunControl(), most=1))
    settings = ", ".join(f"{name} = abs(random()) / 1e19" for name in FIGURES)
    with closing(sqlite3.connect(out / RESULTS_FILE)) as connection, connection:
        connection.execute(
            f"UPDATE cells SET state = '{DONE}', run = 'runs/' || hash, seconds = abs(random()) / 1e19, "  # noqa: S608
            f"worker = 'process ' || place % 8, {settings}"
        )
    return out


def _file(folder: Path, cells: int) -> Path:
    file = folder / "some.toml"
    file.write_text(_SPEC.format(quarter=cells // 4), encoding="utf-8")
    return file


def _seconds(work: Callable[[], object], page: Any) -> float:
    """Returns how long `work` takes until its result is painted."""
    began = time.perf_counter()
    work()
    page.repaint()
    return time.perf_counter() - began


def _row(what: str, seconds: float, target: Target, note: str) -> Row:
    return Row(
        name=_NAME,
        work=f"a table of {_ROWS:,} cells {what}",
        ours=Quantity(seconds, "s"),
        target=target.words,
        met=target.is_met_by(seconds),
        note=note,
    )


def _in_words(seconds: dict[str, float]) -> str:
    return ", ".join(f"{what} {one:.3f} s" for what, one in seconds.items())
