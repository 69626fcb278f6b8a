from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest
import sweep_jobs

from fooler_gui.core.run_control import RunControl
from fooler_gui.sweeps.in_process import InProcess
from fooler_gui.sweeps.kept_runs import ALL, BEST, NONE, KeptRuns
from fooler_gui.sweeps.sweep_folder import SweepFolder
from fooler_gui.sweeps.sweep_spec import Share, SweepSpec
from fooler_gui.sweeps.sweeping import perform_sweep

VARIED = ("coefficient", "rng_seed")


def row(
    place: int, coefficient: float, fooling: float | None, gradients: float | None, size: int = 10
) -> dict[str, Any]:
    figures = {"fooling": fooling, "images": 4.0, "gradients_to_999": gradients}
    return {"place": place, "state": "done", "bytes": size, "coefficient": coefficient, "rng_seed": place, **figures}


ROWS = [
    row(0, 0.0, 4.0, 90.0),
    row(1, 0.0, 4.0, 50.0),
    row(2, 0.0, 1.0, 10.0),
    row(3, 0.5, 2.0, 70.0),
    row(4, 0.5, 0.0, None),
]


@pytest.mark.parametrize(
    ("at_most", "kept"),
    [
        (None, [1, 3]),  # the best of each setting: more that fool, then fewer gradients
        (1_000, [0, 1, 2, 3, 4]),
        (40, [0, 1, 3, 4]),  # the third of the first setting goes first, then the second ones, the worst ahead
        (30, [0, 1, 3]),
        (20, [1, 3]),
        (10, [1]),
        (9, []),
    ],
)
def test_the_best_of_each_setting_come_first_then_the_second_best(at_most: int | None, kept: list[int]) -> None:
    gone = KeptRuns(keep=BEST, at_most=at_most).surplus(ROWS, 4, VARIED)
    assert sorted({row["place"] for row in ROWS} - set(gone)) == kept


def test_a_smaller_run_takes_the_room_that_a_better_one_does_not_fit_in() -> None:
    rows = [row(0, 0.0, 4.0, 1.0, 30), row(1, 0.5, 3.0, 1.0, 80), row(2, 1.0, 2.0, 1.0, 20)]
    assert KeptRuns(keep=BEST, at_most=60).surplus(rows, 2, VARIED) == [1]


def test_of_all_runs_the_one_that_no_longer_fits_is_not_kept() -> None:
    assert KeptRuns(keep=ALL, at_most=50).surplus(ROWS, 2, VARIED) == []
    assert KeptRuns(keep=ALL, at_most=49).surplus(ROWS, 2, VARIED) == [2]


@pytest.mark.parametrize(
    ("kept", "size"),
    [
        (KeptRuns(), 600),
        (KeptRuns(at_most=500), 500),
        (KeptRuns(keep=BEST), 200),
        (KeptRuns(keep=BEST, at_most=500), 500),
        (KeptRuns(keep=NONE), 0),
    ],
)
def test_what_is_kept_can_be_told_from_the_size_of_one_run(kept: KeptRuns, size: int) -> None:
    vary = {"coefficient": [0.0, 0.5], "rng_seed": [1, 2, 3]}
    assert kept.expected(100, SweepSpec.from_dict({"job": "backwork", "vary": vary})) == size


SIX = 'job = "train"\n[vary]\ncoefficient = [1, 2]\nx = [0, 1, 2]\n'


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Callable[[], SweepFolder]]:
    """Opens a sweep of six cells, each of which records five bytes, once more."""
    file = tmp_path / "sweep.toml"
    file.write_text(SIX, encoding="utf-8")
    with ExitStack() as stack:
        yield lambda: stack.enter_context(SweepFolder(tmp_path / "sweep", file))


def work(folder: SweepFolder, kept: KeptRuns, most: int | None = None) -> None:
    list(perform_sweep(folder, InProcess(sweep_jobs.square), RunControl(), most=most, kept=kept))


def runs(folder: SweepFolder) -> set[str]:
    return {f"runs/{path.name}" for path in (folder.path / "runs").glob("*.keras")}


@pytest.mark.parametrize(
    ("kept", "count"), [(KeptRuns(), 6), (KeptRuns(at_most=12), 2), (KeptRuns(keep=NONE), 0), (KeptRuns(at_most=4), 0)]
)
def test_runs_that_are_not_kept_are_gone_and_their_rows_name_none(
    begin: Callable[[], SweepFolder], kept: KeptRuns, count: int
) -> None:
    folder = begin()
    work(folder, kept)
    rows = list(folder.results.rows())
    assert [row["square"] for row in rows] == [0, 1, 4, 0, 1, 4]
    assert {row["bytes"] for row in rows} == {5}
    named = {row["run"] for row in rows} - {""}
    assert (len(named), runs(folder)) == (count, named)


def test_the_budget_holds_over_several_processes_and_after_a_resume(begin: Callable[[], SweepFolder]) -> None:
    first, second, kept = begin(), begin(), KeptRuns(at_most=15)
    work(first, kept, most=2)
    work(second, kept, most=2)
    work(first, kept)
    assert len(runs(first)) == 3
    assert runs(first) == {row["run"] for row in second.results.rows()} - {""}


def test_what_a_killed_process_had_not_yet_removed_is_removed_later(begin: Callable[[], SweepFolder]) -> None:
    folder = begin()
    place = folder.results.claim(Share())
    assert place is not None
    run = folder.run_of(folder.spec.cell(place))
    (folder.path / "runs").mkdir()
    (folder.path / run).touch()
    gone = folder.results.finish(
        place, seconds=1.0, worker="me", run=run, figures={}, surplus=lambda rows: [row["place"] for row in rows]
    )
    assert (gone, runs(folder)) == ([place], {run})
    work(folder, KeptRuns())
    assert len(runs(folder)) == 5


@pytest.mark.parametrize("kept", [KeptRuns(keep=NONE), KeptRuns(keep=BEST), KeptRuns(at_most=0)])
def test_nothing_outside_is_removed_whatever_the_results_of_a_stranger_say(
    begin: Callable[[], SweepFolder], tmp_path: Path, kept: KeptRuns
) -> None:
    letters = tmp_path / "letters"
    letters.mkdir()
    for name in ("letter.keras", "other.lock"):
        (letters / name).touch()
    folder = begin()
    work(folder, KeptRuns(), most=3)
    folder.close()
    with closing(sqlite3.connect(folder.path / "results.sqlite")) as connection, connection:
        connection.execute("UPDATE cells SET run = ? WHERE place = 0", (str(letters),))
        connection.execute("UPDATE cells SET run = '', hash = 'letter' WHERE place = 1")
        connection.execute("UPDATE cells SET state = 'running', owner = '../../letters/other' WHERE place = 2")
    shutil.rmtree(folder.path / "runs")
    (folder.path / "runs").symlink_to(letters)
    again = begin()
    work(again, kept)
    assert again.results.counts()["done"] == 6
    assert {path.name for path in letters.iterdir()} >= {"letter.keras", "other.lock"}
