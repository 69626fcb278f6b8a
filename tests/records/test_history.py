from __future__ import annotations

import contextlib
import dataclasses
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from saves import by_nets, make_save
from test_save_codec import check_same

from fooler_gui.core.run_events import RunEvent, SettingsApplied, SlotActed
from fooler_gui.core.save import Save
from fooler_gui.core.settings import CostCoefficients, DescentSettings, article_coefficients
from fooler_gui.core.slot_actions import PinSlot, ReinitialiseSlot, SetSlotImage
from fooler_gui.records import history_file, history_schema, history_writer, save_codec
from fooler_gui.records.history_file import HISTORY_FILE, HistoryError
from fooler_gui.records.history_reader import HistoryReader
from fooler_gui.records.history_schema import RUN_FORM
from fooler_gui.records.history_writer import HistoryWriter
from fooler_gui.records.save_codec import RunShape, SaveCodec

SMALL = {"slots": 2, "shape": (3, 4, 1), "layers": ("inputs",)}
LARGE_BUDGET = 2**30
NewWriter = Callable[..., HistoryWriter]
NewReader = Callable[[], HistoryReader]


def small_save(step: int, **fields: object) -> Save:
    return make_save(step=step, **(SMALL | fields))


@pytest.fixture
def new_writer(tmp_path: Path) -> Iterator[NewWriter]:
    """Makes writers of the history in `tmp_path`, and closes them."""
    writers: list[HistoryWriter] = []

    def make(save: Save | None = None, byte_budget: int = LARGE_BUDGET) -> HistoryWriter:
        shape = RunShape.of(small_save(0) if save is None else save)
        writers.append(HistoryWriter(tmp_path / HISTORY_FILE, shape, byte_budget))
        return writers[-1]

    yield make
    for writer in writers:
        with contextlib.suppress(sqlite3.ProgrammingError):  # the test closed it
            writer.close()


@pytest.fixture
def new_reader(tmp_path: Path) -> Iterator[NewReader]:
    readers: list[HistoryReader] = []

    def make() -> HistoryReader:
        readers.append(HistoryReader(tmp_path))
        return readers[-1]

    yield make
    for reader in readers:
        reader.close()


def test_an_ensembles_saves_are_read_with_what_each_net_said(new_writer: NewWriter, new_reader: NewReader) -> None:
    saves = [by_nets(small_save(step), 0.25, 0.75) for step in (0, 1)]
    new_writer(saves[0]).write(saves)
    reader = new_reader()
    assert reader.shape.nets == 3
    for number, save in enumerate(saves):
        read = reader.save(number).net_probabilities
        assert read is not None
        np.testing.assert_array_equal(read, save.net_probabilities)
    assert reader.index().lowest.tolist() == [save.probabilities.min() for save in saves]


def test_saves_are_read_as_they_were_written_and_in_their_order(new_writer: NewWriter, new_reader: NewReader) -> None:
    saves = [
        make_save((7, 3), 3, (5, 4, 3), step, revision=step // 2, reinitialised=[(0, 1), (1, 2)] if step == 4 else [])
        for step in (0, 2, 2, 4)
    ]
    writer = new_writer(saves[0])
    writer.write(saves[:1])
    writer.write(saves[1:])
    reader = new_reader()
    assert reader.shape == RunShape(labels=(7, 3), slots=3, image_shape=(5, 4, 3), places=saves[0].costs[0].places)
    index = reader.index()
    assert len(index) == 4
    assert index.numbers.tolist() == [0, 1, 2, 3]
    assert index.steps.tolist() == [0, 2, 2, 4]
    assert index.lowest.tolist() == [save.probabilities.min() for save in saves]
    assert index.mean.tolist() == [save.probabilities.mean() for save in saves]
    assert index.reinitialised.tolist() == [0, 0, 0, 2]
    for number, save in enumerate(saves):
        check_same(reader.save(number), save)
    assert reader.save(2) is reader.save(2)


def test_a_save_that_there_is_none_of_is_told_in_a_sentence(new_writer: NewWriter, new_reader: NewReader) -> None:
    new_writer().write([small_save(0)])
    for number in (-1, 1, 2**62):
        with pytest.raises(HistoryError, match=rf"holds no save {number}; it may have been thinned out\."):
            new_reader().save(number)


def test_events_of_every_kind_come_back(new_writer: NewWriter, new_reader: NewReader) -> None:
    image = np.random.default_rng(1).random((3, 4, 1), np.float32)
    coefficients = CostCoefficients(layer_cost_coeffs={"inputs": 1 / 3}, term_coeffs={"misclassification": 0.1})
    events: list[RunEvent] = [
        SlotActed(step=0, action=PinSlot(label=3, slot=1, pinned=True)),
        SlotActed(step=0, action=SetSlotImage(label=3, slot=0, image=image)),
        SettingsApplied(step=1, revision=3, coefficients=coefficients, descent=DescentSettings(learning_rate=1e-5)),
        SlotActed(step=5, action=ReinitialiseSlot(label=3, slot=0)),
        SlotActed(step=5, action=PinSlot(label=3, slot=1, pinned=False)),
    ]
    writer = new_writer()
    writer.write([small_save(0)])
    writer.write(
        [
            dataclasses.replace(small_save(3), events=tuple(events[:3])),
            dataclasses.replace(small_save(5), events=tuple(events[3:])),
        ]
    )
    back = new_reader().events()
    assert isinstance(back[1], SlotActed)
    assert isinstance(back[1].action, SetSlotImage)
    assert back[1].action.image.dtype == np.float32
    assert back[1].action.image.tobytes() == image.tobytes()
    assert (back[1].step, back[1].action.label, back[1].action.slot) == (0, 3, 0)
    assert [*back[:1], *back[2:]] == [*events[:1], *events[2:]]


def test_a_history_is_followed_while_it_is_written(new_writer: NewWriter, new_reader: NewReader) -> None:
    writer = new_writer()
    reader = new_reader()
    assert len(reader.index()) == 0
    assert reader.events() == []
    for step in range(3):
        writer.write([small_save(step)])
        assert reader.index(step - 1).numbers.tolist() == [step]
        check_same(reader.save(step), small_save(step))


def test_a_history_is_read_from_other_threads_while_it_is_written(new_writer: NewWriter, new_reader: NewReader) -> None:
    writer, problems = new_writer(), []
    writer.write([small_save(0)])
    reader, over = new_reader(), threading.Event()

    def read() -> None:
        while not over.is_set():
            numbers = reader.index().numbers
            if numbers.tolist() != list(range(len(numbers))):
                problems.append(numbers)
            step = reader.save(int(numbers[-1])).step
            if step != numbers[-1]:
                problems.append(step)

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for step in range(1, 200):
        writer.write([small_save(step)])
    over.set()
    for thread in threads:
        thread.join()
    assert problems == []
    assert len(reader.index()) == 200


WRITES = """
import sys
from pathlib import Path
from saves import make_save
from fooler_gui.records.history_writer import HistoryWriter
from fooler_gui.records.save_codec import RunShape

def save(step):
    return make_save(step=step, slots=2, shape=(3, 4, 1), layers=("inputs",))

writer = HistoryWriter(Path(sys.argv[1]), RunShape.of(save(0)), 2**30)
for step in range(100):
    writer.write([save(step)])
    print(step, flush=True)
sys.stdin.readline()
"""


def test_a_history_is_read_while_another_process_writes_it_and_after_it_was_killed(
    tmp_path: Path, new_reader: NewReader
) -> None:
    tests = Path(__file__).parent.parent
    environment = os.environ | {"PYTHONPATH": f"{tests}{os.pathsep}{tests.parent}"}
    with subprocess.Popen(
        [sys.executable, "-c", WRITES, str(tmp_path / HISTORY_FILE)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "0\n"
        reader, count = new_reader(), 0
        for line in process.stdout:
            now = reader.index().numbers.tolist()
            assert now == list(range(len(now)))
            assert len(now) >= max(count, int(line) + 1)
            count = len(now)
            if count == 100:
                break
        process.kill()
    again = new_reader()
    assert again.index().steps.tolist() == list(range(100))
    check_same(again.save(99), small_save(99))


def test_a_closed_history_stands_alone_and_reading_leaves_it_alone(new_writer: NewWriter, tmp_path: Path) -> None:
    writer = new_writer()
    writer.write([small_save(step) for step in range(9)])
    writer.close()
    assert [path.name for path in tmp_path.iterdir()] == [HISTORY_FILE]
    before = (tmp_path / HISTORY_FILE).read_bytes()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / HISTORY_FILE).write_bytes(before)
    reader = HistoryReader(elsewhere)
    assert len(reader.index()) == 9
    reader.close()
    assert (elsewhere / HISTORY_FILE).read_bytes() == before
    assert [path.name for path in elsewhere.iterdir()] == [HISTORY_FILE]


def test_a_reader_that_is_closed_says_so(new_writer: NewWriter, new_reader: NewReader) -> None:
    new_writer().write([small_save(0)])
    reader = new_reader()
    reader.close()
    reader.close()
    for read in (reader.index, reader.events, lambda: reader.save(0)):
        with pytest.raises(HistoryError, match=r"history\.sqlite is closed\."):
            read()


def test_a_save_as_large_as_one_may_be_is_written_and_read(
    new_writer: NewWriter, new_reader: NewReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    save = make_save(slots=8)
    size = SaveCodec(RunShape.of(save)).record_bytes
    monkeypatch.setattr(save_codec, "MOST_BYTES", size)
    form = dataclasses.replace(RUN_FORM, longest_row=RUN_FORM.longest_row - 2**28 + size)
    monkeypatch.setattr(history_schema, "RUN_FORM", form)
    new_writer(save).write([save])
    check_same(new_reader().save(0), save)


# Writing all or nothing ---------------------------------------------------------------------------------------------


def test_a_batch_that_fails_in_its_middle_leaves_nothing_and_is_written_whole_afterwards(
    new_writer: NewWriter, new_reader: NewReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = new_writer()
    writer.write([small_save(0, probabilities=0.2)])
    batch = [small_save(step, probabilities=0.1 * step, applied=((step, step),)) for step in range(1, 5)]
    encode = SaveCodec.encode

    def failing(codec: SaveCodec, save: Save) -> bytes:
        if save.step == 3:
            raise MemoryError
        return encode(codec, save)

    with monkeypatch.context() as patch:
        patch.setattr(SaveCodec, "encode", failing)
        with pytest.raises(MemoryError):
            writer.write(batch)
    reader = new_reader()
    assert reader.index().steps.tolist() == [0]
    assert reader.events() == []
    writer.write(batch)
    assert reader.index().steps.tolist() == [0, 1, 2, 3, 4]
    assert [event.step for event in reader.events()] == [1, 2, 3, 4]


def test_a_history_that_cannot_be_begun_leaves_no_connection_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[sqlite3.Connection] = []
    connect = sqlite3.connect

    def noted(*arguments: object, **options: object) -> sqlite3.Connection:
        made.append(connect(*arguments, **options))  # type: ignore[call-overload]
        return made[-1]

    monkeypatch.setattr(sqlite3, "connect", noted)
    monkeypatch.setattr(history_writer, "RUN_FORM", dataclasses.replace(RUN_FORM, tables={"no": ""}))
    with pytest.raises(sqlite3.OperationalError):
        HistoryWriter(tmp_path / HISTORY_FILE, RunShape.of(small_save(0)), LARGE_BUDGET)
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        made[0].execute("SELECT 1")


# Thinning -----------------------------------------------------------------------------------------------------------


def with_event(save: Save) -> Save:
    return dataclasses.replace(save, events=(SlotActed(step=save.step, action=PinSlot(label=3, slot=0, pinned=True)),))


def kept_of(saves: list[Save]) -> set[int]:
    """Returns the numbers of the saves that are thinned out last or never."""
    lowest = [float(save.probabilities.min()) for save in saves]
    speaking = {number for number, save in enumerate(saves) if save.events or save.reinitialised.any()}
    return {0, len(saves) - 1, lowest.index(max(lowest))} | speaking


@pytest.mark.parametrize("at_once", [1, 7, 64])
def test_thinning_keeps_the_budget_and_every_save_that_something_speaks_for(
    new_writer: NewWriter, new_reader: NewReader, at_once: int
) -> None:
    record = SaveCodec(RunShape.of(small_save(0))).record_bytes
    most = 40
    writer = new_writer(byte_budget=most * record)
    rng = np.random.default_rng(3)
    saves = [
        small_save(
            step,
            probabilities=0.001 * step if step < 300 else rng.random(),
            reinitialised=[(0, 1)] if step in (20, 140) else [],
            leads=False,
        )
        for step in range(448)
    ]
    saves = [with_event(save) if save.step in (50, 311) else save for save in saves]
    reader = new_reader()
    for start in range(0, len(saves), at_once):
        writer.write(saves[start : start + at_once])
        written = saves[: start + at_once]
        numbers = reader.index().numbers
        assert len(numbers) <= most
        assert kept_of(written) <= set(numbers.tolist())
        assert writer.thinned == len(written) - len(numbers)
    assert writer.thinned >= 400
    for number in numbers.tolist():
        check_same(reader.save(number), saves[number])
    assert [event.step for event in reader.events()] == [50, 311]
    gaps = np.diff(numbers)
    assert gaps[-20:].mean() <= gaps[:15].mean()  # the older, the sparser


def test_within_its_budget_nothing_is_thinned(new_writer: NewWriter, new_reader: NewReader) -> None:
    record = SaveCodec(RunShape.of(small_save(0))).record_bytes
    writer = new_writer(byte_budget=40 * record)
    writer.write([small_save(step) for step in range(40)])
    assert (writer.thinned, len(new_reader().index())) == (0, 40)


def test_a_run_whose_every_save_is_its_best_is_thinned_too(new_writer: NewWriter, new_reader: NewReader) -> None:
    record = SaveCodec(RunShape.of(small_save(0))).record_bytes
    writer = new_writer(byte_budget=10 * record)
    for step in range(200):
        writer.write([small_save(step, probabilities=step / 200)])
    assert len(new_reader().index()) <= 10


def test_what_always_stays_may_be_more_than_the_budget(new_writer: NewWriter, new_reader: NewReader) -> None:
    writer = new_writer(byte_budget=1)
    probabilities = [0.9 if step == 12 else 0.1 for step in range(30)]
    writer.write([with_event(small_save(step, probabilities=probabilities[step])) for step in range(30)])
    assert new_reader().index().numbers.tolist() == [0, 12, 29]
    assert len(new_reader().events()) == 30


def test_saves_go_in_the_order_of_what_speaks_for_them(new_writer: NewWriter, new_reader: NewReader) -> None:
    record = SaveCodec(RunShape.of(small_save(0))).record_bytes
    writer = new_writer(byte_budget=10 * record)
    reached = {7: 0.5, 8: 0.995, 12: 0.9993}  # the first save as top class, over .99, over .999
    probability = 0.1
    for step in range(60):
        probability = reached.get(step, probability)
        writer.write(
            [
                small_save(
                    step,
                    probabilities=probability if step < 59 else 0.1,
                    leads=step >= 7,
                    reinitialised=[(0, 1)] if step >= 40 and step % 2 == 0 else [],
                )
            ]
        )
    index = new_reader().index()
    assert len(index) <= 10
    assert {0, 7, 8, 12, 59} <= set(index.numbers.tolist())
    kept = dict(zip(index.numbers.tolist(), index.kept.tolist(), strict=True))
    assert {number for number, kind in kept.items() if kind == history_writer.MILESTONE} == set(reached)
    assert history_writer.REMARKABLE in [kept[number] for number in kept if number not in (0, 59)]


def test_the_budget_follows_the_settings_of_the_run(new_writer: NewWriter, new_reader: NewReader) -> None:
    writer = new_writer(byte_budget=LARGE_BUDGET)
    coefficients, descent = article_coefficients(("inputs",)), DescentSettings(save_gigabytes=0.02)
    applied = SettingsApplied(step=3, revision=1, coefficients=coefficients, descent=descent)
    writer.write([small_save(0), dataclasses.replace(small_save(3), events=(applied,))])
    assert writer.byte_budget == 20_000_000
    assert len(new_reader().index()) == 2


def test_a_thinned_file_does_not_grow(new_writer: NewWriter, tmp_path: Path) -> None:
    saves = [make_save(step=step) for step in range(600)]
    record = SaveCodec(RunShape.of(saves[0])).record_bytes
    writer = new_writer(saves[0], byte_budget=20 * record)
    sizes = []
    for start in range(0, 600, 10):
        writer.write(saves[start : start + 10])
        sizes.append((tmp_path / HISTORY_FILE).stat().st_size)
    assert max(sizes) <= 2 * 30 * record


# Where it lies ------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_history_in_a_folder_that_cannot_be_written_is_read(new_writer: NewWriter, tmp_path: Path) -> None:
    writer = new_writer()
    writer.write([small_save(step) for step in range(5)])
    writer.close()
    tmp_path.chmod(0o500)
    try:
        reader = HistoryReader(tmp_path)
        assert len(reader.index()) == 5
        reader.close()
    finally:
        tmp_path.chmod(0o700)


def test_what_a_crash_left_beside_a_history_is_read(new_writer: NewWriter, tmp_path: Path) -> None:
    new_writer().write([small_save(step) for step in range(5)])
    crashed = Path(shutil.copytree(tmp_path, tmp_path / "crashed"))
    for _ in range(2):
        reader = HistoryReader(crashed)
        assert reader.index().steps.tolist() == [0, 1, 2, 3, 4]
        reader.close()
    history_file.seal_history(crashed / HISTORY_FILE)
    assert [path.name for path in crashed.iterdir()] == [HISTORY_FILE]
    reader = HistoryReader(crashed)
    assert reader.index().steps.tolist() == [0, 1, 2, 3, 4]
    reader.close()


def test_a_folder_with_a_strange_name_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "a run? 100% #1 &mode=rwc ü"
    folder.mkdir()
    writer = HistoryWriter(folder / HISTORY_FILE, RunShape.of(small_save(0)), LARGE_BUDGET)
    writer.write([small_save(0)])
    writer.close()
    reader = HistoryReader(folder)
    assert len(reader.index()) == 1
    reader.close()
