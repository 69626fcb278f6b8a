from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from mapped_memory import resident_kilobytes

from fooler_gui.core.array_store import ArrayStore, drop_pages

ARRAYS = {"codes": np.arange(6, dtype=np.uint16).reshape(2, 3), "mean": np.array([0.5, 1.5], np.float32)}
BYTES_ON_DISK = 128 + 12 + 128 + 8  # each file begins with 128 bytes


@pytest.fixture
def store(tmp_path: Path) -> ArrayStore:
    return ArrayStore(tmp_path / "kept" / "arrays")


def test_what_was_written_is_read_as_it_was_and_cannot_be_changed(store: ArrayStore) -> None:
    assert store.bytes_kept() == 0
    store.write("a", ARRAYS)
    read = store.read("a")
    assert read is not None
    assert sorted(read) == ["codes", "mean"]
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(read[name], array)
        assert read[name].dtype == array.dtype
        with pytest.raises(ValueError, match="read-only"):
            read[name][0] = 0
    assert store.bytes_kept() == BYTES_ON_DISK


def test_nothing_is_read_where_nothing_was_written(store: ArrayStore) -> None:
    assert store.read("a") is None
    store.write("a", ARRAYS)
    assert store.read("b") is None


@pytest.mark.parametrize(
    "content", [b"", b"no array", np.array([{}], object).tobytes()], ids=["empty", "text", "bytes"]
)
def test_a_damaged_file_is_as_good_as_none(store: ArrayStore, tmp_path: Path, content: bytes) -> None:
    store.write("a", ARRAYS)
    (tmp_path / "kept" / "arrays" / "a" / "mean.npy").write_bytes(content)
    assert store.read("a") is None
    store.write("a", ARRAYS)
    assert store.read("a") is not None


def test_a_pickle_is_never_opened(store: ArrayStore, tmp_path: Path) -> None:
    store.write("a", ARRAYS)
    np.save(tmp_path / "kept" / "arrays" / "a" / "mean.npy", np.array([{}], object), allow_pickle=True)
    assert store.read("a") is None


def test_the_entry_that_was_not_used_for_longest_goes_first(tmp_path: Path) -> None:
    store = ArrayStore(tmp_path, most_bytes=2 * BYTES_ON_DISK + 20)
    for age, key in ((300, "a"), (200, "b")):
        store.write(key, ARRAYS)
        os.utime(tmp_path / key, (1_000_000 - age, 1_000_000 - age))
    assert store.read("a") is not None  # now b was not used for longest
    store.write("c", ARRAYS)
    assert [store.read(key) is not None for key in "abc"] == [True, False, True]


def test_what_takes_more_than_is_allowed_is_not_kept_and_nothing_goes_for_it(tmp_path: Path) -> None:
    store = ArrayStore(tmp_path, most_bytes=BYTES_ON_DISK)
    store.write("a", ARRAYS)
    store.write("b", {"codes": np.zeros(BYTES_ON_DISK, np.uint8)})
    assert [store.read(key) is not None for key in "ab"] == [True, False]


def test_what_a_killed_process_left_goes_like_any_other_entry(tmp_path: Path) -> None:
    left = tmp_path / "unfinished-x"
    left.mkdir()
    (left / "codes.npy").write_bytes(bytes(1000))
    os.utime(left, (1, 1))
    store = ArrayStore(tmp_path, most_bytes=1100)
    assert store.bytes_kept() == 1000
    store.write("a", ARRAYS)
    assert not left.exists()
    assert store.bytes_kept() == BYTES_ON_DISK


def test_where_nothing_can_be_written_nothing_is_kept(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    store = ArrayStore(tmp_path / "file" / "arrays")
    store.write("a", ARRAYS)
    assert store.read("a") is None
    assert store.bytes_kept() == 0


def test_entries_that_go_while_they_are_counted_do_not_count(
    store: ArrayStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key in "ab":
        store.write(key, ARRAYS)
    listed = Path.iterdir

    def deleting(path: Path) -> Iterator[Path]:
        found = list(listed(path))
        if path.name == "a":
            shutil.rmtree(path)
        return iter(found)

    monkeypatch.setattr(Path, "iterdir", deleting)
    assert store.bytes_kept() == BYTES_ON_DISK


def test_without_a_home_folder_nothing_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ArrayStore(Path("~", "fooler", "references")).write("a", ARRAYS)
    assert list(tmp_path.iterdir()) == []


def test_a_written_entry_replaces_that_before(store: ArrayStore) -> None:
    store.write("a", ARRAYS)
    store.write("a", {"mean": np.zeros(3)})
    read = store.read("a")
    assert read is not None
    assert list(read) == ["mean"]


def test_clearing_leaves_nothing(store: ArrayStore, tmp_path: Path) -> None:
    store.clear()
    store.write("a", ARRAYS)
    store.clear()
    assert store.read("a") is None
    assert store.bytes_kept() == 0
    assert list((tmp_path / "kept").iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="what a process holds is told by Linux")
def test_what_was_read_through_a_map_no_longer_takes_memory_once_dropped(store: ArrayStore) -> None:
    array = np.arange(2**20, dtype=np.uint16)
    store.write("a", {"codes": array})
    read = store.read("a")
    assert read is not None
    np.testing.assert_array_equal(read["codes"], array)
    assert resident_kilobytes("codes.npy") >= 2**21 // 1024
    drop_pages(read["codes"])
    assert resident_kilobytes("codes.npy") == 0
    np.testing.assert_array_equal(read["codes"], array)


def test_arrays_that_are_not_mapped_stay_as_they_are() -> None:
    array = np.arange(6)
    drop_pages(array[2:])
    assert array.tolist() == [0, 1, 2, 3, 4, 5]
