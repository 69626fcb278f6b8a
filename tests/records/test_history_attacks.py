from __future__ import annotations

import contextlib
import dataclasses
import json
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from run_samples import make_run, make_spec
from saves import make_save

from fooler_gui.core.errors import LabError
from fooler_gui.core.run_events import SlotActed
from fooler_gui.core.slot_actions import SetSlotImage
from fooler_gui.records.history_file import HISTORY_FILE, HistoryError
from fooler_gui.records.history_reader import HistoryReader
from fooler_gui.records.history_schema import RUN_FORM
from fooler_gui.records.run_reader import read_last_save, read_milestones, read_repetition

pytestmark = pytest.mark.timeout(30)
SAVES = 12


def events_of(step: int) -> tuple[SlotActed, ...]:
    image = np.full((8, 8, 1), step / SAVES, np.float32)
    return (SlotActed(step=step, action=SetSlotImage(label=3, slot=1, image=image)),) if step == 4 else ()


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run of 12 saves and some events; nobody may change it."""
    saves = [
        make_save(slots=2, shape=(8, 8, 1), step=step, applied=((1, 2),) if step == 2 else ()) for step in range(SAVES)
    ]
    whole = tuple(dataclasses.replace(save, events=save.events + events_of(save.step)) for save in saves)
    return make_run(
        tmp_path_factory.mktemp("runs") / "good", spec=make_spec(slots=2), saves=whole, stopped_by="max_steps"
    )


@pytest.fixture
def folder(good: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(good, tmp_path / "run"))


def read_whole(folder: Path) -> int:
    reader = HistoryReader(folder)
    try:
        numbers = reader.index().numbers.tolist()
        for number in numbers:
            reader.save(number)
        reader.events()
    finally:
        reader.close()
    return len(numbers)


READERS: tuple[Callable[[Path], object], ...] = (read_whole, read_last_save, read_milestones, read_repetition)


def refusals(folder: Path) -> list[str]:
    """Reads the run in every way and returns the sentences of those that were refused."""
    sentences = []
    for read in READERS:
        try:
            read(folder)
        except LabError as error:
            sentence = str(error)
            assert sentence.endswith(".")
            assert "\n" not in sentence
            sentences.append(sentence)
    return sentences


def check_refused(folder: Path, words: str) -> None:
    sentences = refusals(folder)
    assert len(sentences) == len(READERS)
    for sentence in sentences:
        assert words in sentence


def alter(folder: Path, *commands: str | tuple[str, Sequence[object]]) -> None:
    """Executes `commands` on the history, its schema included."""
    with contextlib.closing(sqlite3.connect(folder / HISTORY_FILE, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema=ON")
        for command in commands:
            connection.execute(*((command,) if isinstance(command, str) else command))


def test_the_good_history_is_read_whole(folder: Path) -> None:
    assert refusals(folder) == []
    assert read_whole(folder) == SAVES


@pytest.mark.parametrize(
    "command",
    [
        "CREATE VIEW other AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n",
        "CREATE TRIGGER other AFTER INSERT ON saves BEGIN DELETE FROM records; END",
        "CREATE TABLE other (number INTEGER)",
        "INSERT INTO sqlite_master VALUES ('table', 'other', 'other', 0, 'CREATE VIRTUAL TABLE other USING fts5(a)')",
        "CREATE INDEX other ON saves (step)",
        "CREATE INDEX other ON saves (abs(step))",
        "ALTER TABLE saves ADD COLUMN other INTEGER",
        "ALTER TABLE saves RENAME TO other",
        "DROP TABLE events",
        "PRAGMA application_id=0",
        "UPDATE sqlite_master SET sql = CAST(sql AS BLOB) WHERE name = 'saves'",
        "UPDATE sqlite_master SET sql = sql || ' /*' || hex(zeroblob(100000)) || '*/' WHERE name = 'saves'",
        "UPDATE sqlite_master SET sql = replace(sql, 'REAL NOT NULL, mean', 'REAL DEFAULT (abs(1)), mean')",
    ],
)
def test_a_history_of_another_schema_is_refused(folder: Path, command: str) -> None:
    alter(folder, command)
    check_refused(folder, "must be")


def test_views_in_place_of_tables_are_refused_and_never_asked(folder: Path) -> None:
    """Each is a query that does not end."""
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
    columns = "i AS number, i AS step, i AS name, i AS value, i AS kind, i AS data, i AS image, i AS record"
    for name in ("meta", "saves", "records", "events"):
        alter(folder, f"DROP TABLE {name}", f"CREATE VIEW {name} AS {endless} SELECT {columns} FROM n")  # noqa: S608
    check_refused(folder, "its tables are others")


def test_a_schema_of_very_many_tables_is_refused_in_time(folder: Path) -> None:
    alter(folder, "BEGIN", *(f"CREATE TABLE other{number} (number)" for number in range(3_000)), "COMMIT")
    check_refused(folder, "its tables are others")


def test_a_history_of_another_version_is_refused(folder: Path) -> None:
    alter(folder, "PRAGMA user_version=5")
    check_refused(folder, "must be of form 4 or 1 or 2 or 3; received 5")


@pytest.mark.parametrize(
    "content",
    [b"", b"no history", b"SQLite format 3\0" + bytes(4096), bytes(100_000)],
    ids=["empty", "text", "head", "0"],
)
def test_what_is_no_database_is_refused(folder: Path, content: bytes) -> None:
    (folder / HISTORY_FILE).write_bytes(content)
    check_refused(folder, "must be")


def test_a_folder_in_place_of_the_history_is_refused(folder: Path) -> None:
    (folder / HISTORY_FILE).unlink()
    (folder / HISTORY_FILE).mkdir()
    check_refused(folder, "There is no history")


@pytest.mark.parametrize(
    "value",
    [
        "",
        "null",
        "[]",
        "{}",
        "[" * 100_000,
        "1" * 100_000,
        '{"labels": "34", "slots": 2, "image_shape": [8, 8, 1], "costs": []}',
        '{"labels": [3, 3], "slots": 2, "image_shape": [8, 8, 1], "costs": []}',
        '{"labels": [], "slots": 2, "image_shape": [8, 8, 1], "costs": []}',
        '{"labels": [true], "slots": 2, "image_shape": [8, 8, 1], "costs": []}',
        '{"labels": [3], "slots": 0, "image_shape": [8, 8, 1], "costs": []}',
        '{"labels": [3], "slots": 2.0, "image_shape": [8, 8, 1], "costs": []}',
        '{"labels": [3], "slots": 2, "image_shape": [8, 8], "costs": []}',
        '{"labels": [3], "slots": 2, "image_shape": [8, -8, 1], "costs": []}',
        '{"labels": [3], "slots": 2, "image_shape": [8, 8, 1], "layers": [1]}',
        '{"labels": [3], "slots": 2, "image_shape": [8, 8, 1], "layers": "conv"}',
        '{"labels": [3], "slots": 2, "image_shape": [8, 8, 1]}',
        '{"labels": [3], "slots": 2, "image_shape": [8, 8, 1], "costs": "batch"}',
        '{"labels": [3], "slots": 2, "image_shape": [8, 8, 1], "costs": ["ab"]}',
        '{"labels": [3], "slots": 2, "image_shape": [8, 8, 1], "costs": [["batch"]]}',
        '{"labels": [3], "slots": 2, "image_shape": [8, 8, 1], "costs": [["batch", 1]]}',
        '{"labels": [3], "slots": 2, "image_shape": [8, 8, 1], "costs": [["batch", "fc"], ["batch", "fc"]]}',
        '{"labels": [3], "slots": 2, "image_shape": {"8": 1, "9": 1, "1": 1}, "costs": []}',
        '{"labels": [3], "slots": 2, "image_shape": [8, 8, 1], "costs": [], "nets": 0}',
        '{"labels": [3], "slots": 2, "image_shape": [8, 8, 1], "costs": [], "nets": 1001}',
        '{"labels": [3], "slots": 2, "image_shape": [8, 8, 1], "costs": [], "nets": "2"}',
    ],
)
def test_a_shape_that_is_none_is_refused(folder: Path, value: str) -> None:
    alter(folder, ("UPDATE meta SET value = ?", (value,)))
    check_refused(folder, "must have labels, slots, image shape and costs")


def test_a_history_without_a_shape_is_refused(folder: Path) -> None:
    alter(folder, "DELETE FROM meta")
    check_refused(folder, "must have labels, slots, image shape and costs")


@pytest.mark.parametrize(
    "changes",
    [
        {"slots": 4_000_000, "image_shape": [4096, 4096, 4096], "labels": list(range(1000))},
        {"slots": 1024, "image_shape": [4096, 4096, 4]},
        {"slots": 4_000_000},
    ],
)
def test_a_huge_shape_is_refused_without_taking_memory(folder: Path, changes: dict[str, object]) -> None:
    shape = {"labels": [3], "slots": 2, "image_shape": [8, 8, 1], "costs": []} | changes
    alter(folder, ("UPDATE meta SET value = ?", (json.dumps(shape),)))
    check_refused(folder, "may take at most 256 MiB on disk")


@pytest.mark.parametrize(
    "command",
    [
        "UPDATE records SET record = 'text'",
        "UPDATE records SET record = 7",
        "UPDATE records SET record = CAST(record AS TEXT)",
        "UPDATE records SET record = zeroblob(10000000) WHERE number = 3",
        "UPDATE records SET record = zeroblob(length(record) - 1)",
        "DELETE FROM records",
        "UPDATE saves SET step = 'many'",
        "UPDATE saves SET step = 2.5",
        "UPDATE saves SET seconds = 'long'",
        "UPDATE saves SET seconds = x'00'",
        "UPDATE saves SET revision = 'none'",
        "UPDATE saves SET step = 1000 - step",
        "UPDATE saves SET lowest = 'high'",
        "UPDATE saves SET restarts = x'ff'",
        "UPDATE saves SET step = CAST(x'ff' AS TEXT)",
    ],
)
def test_saves_that_are_none_are_refused(folder: Path, command: str) -> None:
    alter(folder, command)
    with pytest.raises(LabError, match=r"\.$"):
        read_whole(folder)
    refusals(folder)


@pytest.mark.parametrize(
    "command",
    [
        "UPDATE events SET data = '{'",
        "UPDATE events SET data = 7",
        "UPDATE events SET data = x'ff'",
        "UPDATE events SET data = '[]'",
        "UPDATE events SET data = replace(hex(zeroblob(200000)), '0', '[')",
        'UPDATE events SET data = \'{"label": NaN, "slot": 0}\'',
        "UPDATE events SET step = 'late'",
        "UPDATE events SET step = 0.5",
        "UPDATE events SET kind = 'other'",
        "UPDATE events SET kind = x'ff'",
        "UPDATE events SET kind = CAST(x'ff' AS TEXT)",
        "UPDATE events SET image = NULL",
        "UPDATE events SET image = 'text'",
        "UPDATE events SET image = x'00'",
        "UPDATE events SET data = '{\"revision\": 1, \"coefficients\": 3}' WHERE kind = 'settings'",
        "UPDATE events SET data = '{\"revision\": 1, \"descent\": []}' WHERE kind = 'settings'",
        "UPDATE events SET data = '{\"revision\": \"1\"}' WHERE kind = 'settings'",
    ],
)
def test_events_that_are_none_are_refused(folder: Path, command: str) -> None:
    alter(folder, command)
    with pytest.raises(LabError, match=r"\.$"):
        read_repetition(folder)
    refusals(folder)


def test_images_and_probabilities_that_are_no_numbers_are_refused(folder: Path) -> None:
    with contextlib.closing(sqlite3.connect(folder / HISTORY_FILE)) as connection, connection:
        for number, record in connection.execute("SELECT number, record FROM records").fetchall():
            nan = np.float32(np.nan).tobytes()
            connection.execute("UPDATE records SET record = ? WHERE number = ?", (nan + record[4:], number))
    for read in (read_last_save, read_repetition):
        with pytest.raises(LabError, match="images must be finite"):
            read(folder)


def test_an_endless_query_is_ended_in_time(folder: Path) -> None:
    reader = HistoryReader(folder)
    endless = "WITH RECURSIVE n(i) AS (SELECT ? UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    try:
        with pytest.raises(HistoryError, match="takes too long to read"):
            reader._fetch(endless, (1,))
    finally:
        reader.close()


def test_a_history_that_another_program_locks_is_refused_in_time(folder: Path) -> None:
    with contextlib.closing(sqlite3.connect(folder / HISTORY_FILE, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode=EXCLUSIVE")
        other.execute("UPDATE saves SET step = step")
        with pytest.raises(HistoryError, match="cannot be read: database is locked"):
            HistoryReader(folder)


def test_a_history_cut_short_anywhere_is_refused(folder: Path) -> None:
    content = (folder / HISTORY_FILE).read_bytes()
    lengths = {len(content) * part // 40 for part in range(40)} | {
        1,
        15,
        16,
        99,
        100,
        101,
        4095,
        4097,
        len(content) - 1,
    }
    refused = 0
    for length in sorted(lengths):
        for name in folder.glob(f"{HISTORY_FILE}*"):
            name.unlink()
        (folder / HISTORY_FILE).write_bytes(content[:length])
        refused += bool(refusals(folder))
    assert refused == len(lengths)


@pytest.mark.parametrize("flips", [1, 3, 40])
def test_a_history_with_flipped_bits_is_refused_or_read(folder: Path, flips: int) -> None:
    content = (folder / HISTORY_FILE).read_bytes()
    rng = np.random.default_rng(flips)
    refused = 0
    for _ in range(120):
        damaged = bytearray(content)
        # Half of them where it hurts: in the header and the schema.
        reach = len(content) if rng.random() < 0.5 else 4_096
        for place in rng.integers(0, reach, flips):
            damaged[place] ^= 1 << int(rng.integers(8))
        for name in folder.glob(f"{HISTORY_FILE}*"):
            name.unlink()
        (folder / HISTORY_FILE).write_bytes(damaged)
        refused += bool(refusals(folder))
    assert refused > 0


def test_the_tables_are_those_that_stand_in_a_history(folder: Path) -> None:
    with contextlib.closing(sqlite3.connect(folder / HISTORY_FILE)) as connection:
        rows = connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    assert [row[0] for row in rows] == list(RUN_FORM.statements)


def test_a_change_of_a_term_that_is_not_installed_names_it_the_file_and_what_to_do(folder: Path) -> None:
    path = folder / HISTORY_FILE
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        data = json.dumps({"revision": 1, "coefficients": {"term_coeffs": {"speed": 1.0}}, "descent": {}})
        connection.execute("INSERT INTO events (step, kind, data) VALUES (2, 'settings', ?)", (data,))
    with contextlib.closing(HistoryReader(folder)) as reader, pytest.raises(LabError) as failure:
        reader.events()
    assert str(failure.value) == (
        f"{path}: its cost has the term speed, which no package here offers; install the package that offers it."
    )
