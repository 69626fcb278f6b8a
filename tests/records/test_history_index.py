import numpy as np
import pytest
from saves import make_save

from fooler_gui.records import history_reader
from fooler_gui.records.history_file import HISTORY_FILE
from fooler_gui.records.history_reader import HistoryReader
from fooler_gui.records.history_writer import HistoryWriter
from fooler_gui.records.save_codec import RunShape


@pytest.fixture
def reader(tmp_path):
    saves = [
        make_save(step=2 * number, slots=2, shape=(2, 2, 1), probabilities=[number / 8, 0.5]) for number in range(7)
    ]
    writer = HistoryWriter(tmp_path / HISTORY_FILE, RunShape.of(saves[0]), 2**20)
    writer.write(saves)
    writer.close()
    reader = HistoryReader(tmp_path)
    yield reader
    reader.close()


@pytest.mark.parametrize("rows_at_once", [1, 3, 7, 8])
def test_an_index_read_in_parts_misses_no_save_and_repeats_none(reader, monkeypatch, rows_at_once):
    monkeypatch.setattr(history_reader, "_ROWS_AT_ONCE", rows_at_once)
    index = reader.index()
    np.testing.assert_array_equal(index.numbers, range(7))
    np.testing.assert_array_equal(index.steps, range(0, 14, 2))
    np.testing.assert_allclose(index.lowest, np.minimum(np.arange(7) / 8, 0.5))
    np.testing.assert_array_equal(reader.index(after=4).numbers, [5, 6])
    assert len(reader.index(after=6)) == 0


def test_an_index_holds_no_more_than_the_most_saves(reader, monkeypatch):
    monkeypatch.setattr(history_reader, "_ROWS_AT_ONCE", 2)
    monkeypatch.setattr(history_reader, "_MOST_SAVES", 4)
    np.testing.assert_array_equal(reader.index().numbers, range(4))
