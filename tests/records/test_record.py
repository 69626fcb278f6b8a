"""A kind of record of its own, which is one schema and nothing else."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pytest

from fooler_gui.core.errors import LabError
from fooler_gui.core.versions import versions
from fooler_gui.records.entries import entry
from fooler_gui.records.history_file import HISTORY_FILE, HistoryForm, read_rows
from fooler_gui.records.record import LOCK_FILE, SETTINGS_FILE, FolderInUse, Record
from fooler_gui.records.recorder import Recorder

FORM = HistoryForm(
    of="a sweep",
    version=1,
    tables={"cells": "number INTEGER PRIMARY KEY, setting TEXT NOT NULL, found REAL"},
    rows="cells",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    number: int
    setting: str
    found: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepRecord(Record):
    WHAT: ClassVar[str] = "a sweep"
    FORMAT: ClassVar[int | str] = "sweep 1"
    HISTORY: ClassVar[HistoryForm | None] = FORM
    IN_USE: ClassVar[str] = "{folder} is in use: another sweep records into it."

    seeds: int = entry("sweep.seeds", int)
    settings: tuple[str, ...] = entry("sweep.settings", list, tuple, list, default=())
    ended: bool = entry("about.ended", bool)

    def is_open(self, folder: Path) -> bool:
        return not self.ended


RECORD = SweepRecord.new(
    seeds=3, settings=("a", "b"), ended=False, topology="conv 2", classifier_sha256="0" * 64, dataset_sha256="1" * 64
)
CELLS = [Cell(number=1, setting="a", found=0.5), Cell(number=2, setting="b", found=None)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "sweeps" / "one"


@pytest.fixture
def recorder(folder: Path) -> Iterator[Recorder[Cell]]:
    recorder: Recorder[Cell] = Recorder(folder, RECORD)
    yield recorder
    recorder.close()


def test_a_record_tells_when_it_began_and_by_which_versions() -> None:
    assert RECORD.versions == versions()
    assert len(RECORD.id) == 32
    assert (
        SweepRecord.new(
            **{name: getattr(RECORD, name) for name in ("seeds", "ended", "topology")}, classifier_sha256=""
        ).id
        != RECORD.id
    )


def test_it_is_recorded_row_by_row_and_read_while_it_goes_on(recorder: Recorder[Cell], folder: Path) -> None:
    for number, cell in enumerate(CELLS, 1):
        recorder.add(cell)
        recorder.flush()
        assert read_rows(folder / HISTORY_FILE, FORM, Cell) == tuple(CELLS[:number])
    assert SweepRecord.read(folder) == RECORD
    recorder.note(ended=True)
    recorder.close()
    assert SweepRecord.read(folder) == dataclasses.replace(RECORD, ended=True)
    assert {path.name for path in folder.iterdir()} - {LOCK_FILE} == {SETTINGS_FILE, HISTORY_FILE}


def test_a_folder_that_was_emptied_gets_everything_once_more(recorder: Recorder[Cell], folder: Path) -> None:
    recorder.add(CELLS[0])
    recorder.note(seeds=4)
    recorder.flush()
    for path in folder.iterdir():
        path.unlink()
    recorder.add(CELLS[1])
    recorder.close()
    assert read_rows(folder / HISTORY_FILE, FORM, Cell) == tuple(CELLS)
    assert SweepRecord.read(folder) == dataclasses.replace(RECORD, seeds=4)


def test_what_was_cut_short_is_found_until_it_is_forgotten(recorder: Recorder[Cell], folder: Path) -> None:
    recorder.add(CELLS[0])
    recorder.flush()
    with pytest.raises(FolderInUse, match="another sweep records into it"):
        Recorder(folder, RECORD)
    assert list(SweepRecord.unfinished(folder.parent)) == []
    with pytest.raises(LabError, match="is still in progress; change it once it has ended"):
        SweepRecord.change(folder, seeds=9)
    recorder.close()
    assert list(SweepRecord.unfinished(folder.parent)) == [(folder, RECORD)]
    SweepRecord.change(folder, seeds=9)
    assert SweepRecord.read(folder).seeds == 9
    SweepRecord.forget(folder)
    assert list(SweepRecord.unfinished(folder.parent)) == []


@pytest.mark.parametrize(
    ("there", "instead", "words"),
    [
        ('format = "sweep 1"', "", "must be of format sweep 1; received 'none'"),
        ("seeds = 3", "", r"run\.toml must have sweep\.seeds; it lacks seeds"),
        ("[sweep]", "[swept]", r"must have sweep\.seeds; it lacks sweep"),
        ("seeds = 3", "seeds = true", r"must have sweep\.seeds as a whole number; received 'True'"),
        ("settings = [", "settings = 3 # [", r"run\.toml must be"),
        ("ended = false", 'ended = "no"', r"must have about\.ended as true or false; received 'no'"),
        ("[versions]", "[[versions]]", r"must have versions as a table; received"),
    ],
)
def test_what_is_missing_or_of_another_type_is_told_with_its_file(
    folder: Path, there: str, instead: str, words: str
) -> None:
    folder.mkdir(parents=True)
    RECORD.write(folder)
    path = folder / SETTINGS_FILE
    assert there in path.read_text()
    path.write_text(path.read_text().replace(there, instead))
    with pytest.raises(LabError, match=words):
        SweepRecord.read(folder)


def test_who_takes_another_folder_for_one_is_told(folder: Path) -> None:
    with pytest.raises(LabError, match="must be the folder of a sweep; there is no such folder"):
        SweepRecord.read(folder)
    folder.mkdir(parents=True)
    with pytest.raises(LabError, match=r"must hold a sweep, that is run\.toml and history\.sqlite; it does not"):
        SweepRecord.read(folder)
    (folder / "file").touch()
    with pytest.raises(LabError, match="must be the folder of a sweep; it is empty"):
        SweepRecord.read(folder / "file")


def test_rows_of_another_type_are_refused_with_a_sentence(recorder: Recorder[Cell], folder: Path) -> None:
    recorder.add(dataclasses.replace(CELLS[0], setting=b"a"))  # type: ignore[arg-type]
    recorder.close()
    with pytest.raises(LabError, match="must have number, setting, found of all cells; it does not"):
        read_rows(folder / HISTORY_FILE, FORM, Cell)
