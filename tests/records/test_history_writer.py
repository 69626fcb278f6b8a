"""A history where no file may become large."""

from __future__ import annotations

import errno
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from saves import make_save

from fooler_gui.core.save import Save
from fooler_gui.records.history_file import HISTORY_FILE
from fooler_gui.records.history_reader import HistoryReader
from fooler_gui.records.history_writer import HistoryWriter
from fooler_gui.records.save_codec import RunShape, SaveCodec

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGXFSZ"), reason="sizes are not limited there")
SIZE = 28
RECORD = SaveCodec(RunShape.of(make_save(slots=2, shape=(SIZE, SIZE, 1)))).record_bytes


def save(step: int, **fields: object) -> Save:
    return make_save(slots=2, shape=(SIZE, SIZE, 1), step=step, probabilities=step / 1_000, **fields)


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    import resource

    former = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, former[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, former)


def write_all(writer: HistoryWriter, saves: list[Save]) -> None:
    while saves:
        saves = saves[writer.write(saves) :]


def made(folder: Path, saves: list[Save], byte_budget: int | None = 2**30) -> HistoryWriter:
    writer = HistoryWriter(folder / HISTORY_FILE, RunShape.of(saves[0]), byte_budget)
    try:
        write_all(writer, saves)
    finally:
        writer.close()
    return writer


def steps_in(folder: Path) -> list[int]:
    reader = HistoryReader(folder)
    try:
        index = reader.index()
        for number, step in zip(index.numbers.tolist(), index.steps.tolist(), strict=True):
            np.testing.assert_array_equal(reader.save(number).images, save(step).images)
        return index.steps.tolist()
    finally:
        reader.close()


@pytest.mark.parametrize("size", [150_000, 400_000, 1_500_000])
def test_a_run_is_thinned_to_what_a_file_may_hold(tmp_path: Path, size: int) -> None:
    with files_of_at_most(size):
        writer = made(tmp_path, [save(step) for step in range(400)])
    steps = steps_in(tmp_path)
    assert (steps[0], steps[-1]) == (0, 399)
    assert 2 < len(steps) == 400 - writer.thinned
    assert writer.byte_budget is not None
    assert len(steps) * RECORD <= writer.byte_budget <= size // 2
    assert (tmp_path / HISTORY_FILE).stat().st_size <= size


def test_a_reader_sees_the_thinned_run_without_being_opened_again(tmp_path: Path) -> None:
    saves = [save(step) for step in range(100)]
    with files_of_at_most(400_000):
        writer = HistoryWriter(tmp_path / HISTORY_FILE, RunShape.of(saves[0]), 2**30)
        write_all(writer, saves[:10])
        reader = HistoryReader(tmp_path)
        assert len(reader.index()) == 10
        write_all(writer, saves[10:])
        assert reader.save(99).step == 99
        assert reader.last_number() == 99
        assert len(reader.index()) == 100 - writer.thinned
        writer.close()
    reader.close()


def test_saves_that_something_speaks_for_go_only_where_nothing_else_is_left(tmp_path: Path) -> None:
    saves = [save(step, reinitialised=[(0, 0)] if step % 10 == 0 else []) for step in range(60)]
    with files_of_at_most(500_000):
        made(tmp_path, saves)
    assert {0, 10, 20, 30, 40, 50} <= set(steps_in(tmp_path))
    saves = [save(step, reinitialised=[(0, 0)]) for step in range(300)]
    (tmp_path / "all").mkdir()
    with files_of_at_most(500_000):
        made(tmp_path / "all", saves)
    assert {0, 299} <= set(steps_in(tmp_path / "all"))


def test_events_are_never_thinned(tmp_path: Path) -> None:
    saves = [save(step, applied=((step, step),)) for step in range(200)]
    with files_of_at_most(400_000):
        made(tmp_path, saves)
    reader = HistoryReader(tmp_path)
    assert [event.step for event in reader.events()] == list(range(200))
    reader.close()


@pytest.mark.parametrize(("size", "byte_budget"), [(20_000, 2**30), (400_000, None)])
def test_a_run_of_which_nothing_may_be_left_out_is_told_that_it_is_too_large(
    tmp_path: Path, size: int, byte_budget: int | None
) -> None:
    with files_of_at_most(size), pytest.raises(OSError, match="File too large") as caught:
        made(tmp_path, [save(step) for step in range(400)], byte_budget)
    assert caught.value.errno == errno.EFBIG


def test_what_is_written_anew_is_the_same_in_a_new_place(tmp_path: Path) -> None:
    saves = [save(step, applied=((step, step),) if step == 3 else ()) for step in range(8)]
    writer = HistoryWriter(tmp_path / HISTORY_FILE, RunShape.of(saves[0]), 2**30)
    write_all(writer, saves[:5])
    (tmp_path / "new").mkdir()
    writer.move_to(tmp_path / "new" / HISTORY_FILE)
    write_all(writer, saves[5:])
    writer.close()
    assert steps_in(tmp_path / "new") == list(range(8))


def test_a_history_that_cannot_be_opened_again_at_once_is_opened_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saves = [save(step) for step in range(8)]
    writer = HistoryWriter(tmp_path / HISTORY_FILE, RunShape.of(saves[0]), 2**30)
    write_all(writer, saves[:5])
    (tmp_path / "new").mkdir()
    with monkeypatch.context() as patch:
        patch.setattr(
            "fooler_gui.records.row_writer.opened_to_write",
            lambda _path: (_ for _ in ()).throw(OSError(errno.ENOSPC, "full")),
        )
        with pytest.raises(OSError, match="full"):
            writer.move_to(tmp_path / "new" / HISTORY_FILE)
    assert writer.is_at(tmp_path / "new" / HISTORY_FILE)
    write_all(writer, saves[5:])
    writer.close()
    assert steps_in(tmp_path / "new") == list(range(8))
