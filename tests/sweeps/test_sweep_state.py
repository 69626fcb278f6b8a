from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest
from run_samples import make_run
from sweep_samples import done_sweep

from fooler_gui.core.errors import LabError
from fooler_gui.sweeps.sweep_folder import SweepFolder
from fooler_gui.sweeps.sweep_spec import SweepError
from fooler_gui.sweeps.sweep_state import holds_sweep, read_state

TEXT = 'job = "backwork"\n[vary]\nobjective = ["margin", "logit", "probability"]\nrng_seed = [3, 1, 2]\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    def found(options: dict) -> dict[str, float] | str:
        if options["objective"] == "logit" and options["rng_seed"] == 1:
            return "The cost is not a number."
        return {"steps": 10.0 * options["rng_seed"], "found": 2.0}

    return done_sweep(tmp_path / "sweep", TEXT, found, most=7)


def execute(folder: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(folder / "results.sqlite")) as connection, connection:
        connection.execute(statement, values)


def test_a_folder_is_read_with_the_cells_in_columns(folder: Path) -> None:
    state = read_state(folder)
    assert (state.spec.job, len(state.cells), state.is_worked_on) == ("backwork", 9, False)
    assert state.cells.names == (
        "cell", "objective", "rng_seed", "state", "steps", "found", "seconds", "worker", "error",
    )  # fmt: skip
    assert state.cells.counts() == {"waiting": 2, "running": 0, "done": 6, "failed": 1}


def test_cells_are_sorted_by_any_column_and_those_without_a_value_come_last(folder: Path) -> None:
    cells = read_state(folder).cells
    ascending = [cells.column("steps").values[place] for place in cells.order("steps", descending=False)]
    descending = [cells.column("steps").values[place] for place in cells.order("steps", descending=True)]
    assert ascending == [10.0, 20.0, 20.0, 30.0, 30.0, 30.0, None, None, None]
    assert descending == [30.0, 30.0, 30.0, 20.0, 20.0, 10.0, None, None, None]
    by_text = [cells.column("objective").values[place] for place in cells.order("objective", descending=False)]
    assert by_text == ["logit"] * 3 + ["margin"] * 3 + ["probability"] * 3
    assert cells.order("state", descending=False).tolist() == [0, 1, 2, 3, 5, 6, 4, 7, 8]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("", list(range(9))),
        ("failed", [4]),
        ("not a number", [4]),
        ("number", [4]),
        ("margin steps>=20", [0, 2]),
        ("objective=logit", [3, 4, 5]),
        ("objective!=logit waiting", [7, 8]),
        ("rng_seed=3", [0, 3, 6]),
        ("steps<x", []),
        ("cell<=2", [0, 1]),
        ("PROBABILITY", [6, 7, 8]),
        ("nothing>3", []),
    ],
)
def test_cells_are_found_by_words_and_comparisons(folder: Path, text: str, places: list[int]) -> None:
    cells = read_state(folder).cells
    assert cells.matching(text).nonzero()[0].tolist() == places


def test_unchanged_results_are_not_read_again(folder: Path) -> None:
    state = read_state(folder)
    assert read_state(folder, state).cells is state.cells
    execute(folder, "UPDATE cells SET state = 'done' WHERE place = 8")
    again = read_state(folder, state)
    assert again.cells is not state.cells
    assert again.cells.counts()["done"] == 7


def test_a_sweep_that_another_process_works_on_is_told(folder: Path) -> None:
    with SweepFolder(folder, folder / "sweep.toml"):
        assert read_state(folder).is_worked_on
    assert not read_state(folder).is_worked_on


def test_only_runs_within_the_folder_are_a_cells(folder: Path, tmp_path: Path) -> None:
    make_run(folder / "runs" / "one")
    make_run(tmp_path / "elsewhere")
    runs = ("runs/one", "../elsewhere", str(tmp_path / "elsewhere"), "runs/none", "", "a\0b", "x" * 999)
    for place, run in enumerate(runs):
        execute(folder, "UPDATE cells SET run = ? WHERE place = ?", run, place)
    state = read_state(folder)
    assert [state.run(place) for place in range(8)] == [folder / "runs" / "one", *[None] * 7]


def test_results_of_another_sweep_or_none_are_refused(folder: Path, tmp_path: Path) -> None:
    assert holds_sweep(folder)
    assert not holds_sweep(tmp_path)
    (folder / "sweep.toml").write_text(TEXT.replace("3, 1, 2", "3, 1"))
    with pytest.raises(SweepError, match="row 7 is none of its 6 cells"):
        read_state(folder)
    (folder / "sweep.toml").write_text(TEXT.replace("objective", "optimiser"))
    with pytest.raises(SweepError, match="they lack the column optimiser"):
        read_state(folder)
    (folder / "sweep.toml").write_text(TEXT)
    (folder / "results.sqlite").write_bytes(b"no database" * 100)
    with pytest.raises(LabError, match="cannot be read"):
        read_state(folder)


@pytest.mark.parametrize(
    "statements",
    [
        (
            "DROP TABLE cells",
            "CREATE VIEW cells AS WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n) "
            "SELECT i AS place, 'done' AS state FROM n",
        ),
        ("ALTER TABLE cells ADD COLUMN bomb AS (zeroblob(1000000000))",),
        ("ALTER TABLE cells ADD COLUMN note TEXT",),
        ("CREATE TRIGGER busy AFTER UPDATE ON cells BEGIN DELETE FROM files; END",),
        ("DROP TABLE cells",),
    ],
)
def test_results_with_other_tables_are_refused_by_those_who_read_and_who_write(
    folder: Path, statements: tuple[str, ...]
) -> None:
    for statement in statements:
        execute(folder, statement)
    with pytest.raises(SweepError, match=r"written by this program; its tables are others\."):
        read_state(folder)
    with pytest.raises(SweepError, match=r"written by this program; its tables are others\."):
        SweepFolder(folder, folder / "sweep.toml")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE cells SET place = 99 WHERE place = 0",
        "UPDATE cells SET state = 'lost' WHERE place = 3",
        "INSERT INTO cells (place, hash, state) VALUES (9, 'more', 'done')",
        "DELETE FROM cells WHERE place = 8",
        "UPDATE cells SET error = hex(zeroblob(35000)) WHERE place = 4",
    ],
)
def test_rows_that_are_none_of_the_sweeps_cells_are_refused(folder: Path, statement: str) -> None:
    execute(folder, statement)
    with pytest.raises(SweepError, match=r"The results in .*\.$"):
        read_state(folder)


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege")
def test_a_lock_that_is_a_link_does_not_empty_what_it_leads_to(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear friend")
    (folder / "owners").mkdir()
    (folder / "owners" / "elsewhere.1.lock").symlink_to(tmp_path / "letter.txt")
    assert not read_state(folder).is_worked_on
    SweepFolder(folder, folder / "sweep.toml").close()
    assert (tmp_path / "letter.txt").read_text() == "Dear friend"


def test_values_that_no_program_of_ours_wrote_do_no_harm(folder: Path) -> None:
    execute(folder, "UPDATE cells SET steps = 'many', found = x'00ff' WHERE place = 0")
    cells = read_state(folder).cells
    assert not cells.column("steps").is_numeric
    assert cells.order("steps", descending=False)[0] == 1
    assert len(cells.order("found", descending=True)) == 9
    assert cells.matching("steps>5").sum() >= 0
