from __future__ import annotations

import os
import re

import pytest
from foreign_files import FOREIGN

from fooler_gui.core.file_kind import ARRAYS, CLASSIFIER, IMAGE_SET, IMAGES, TOML, FileKind, Wanted, kind_of


@pytest.mark.parametrize("name", FOREIGN)
def test_a_file_is_told_by_its_content_whatever_it_is_called(name, tmp_path):
    content, kind = FOREIGN[name]
    for ending in (".keras", ".TXT", ""):
        path = tmp_path / f"file{ending}"
        path.write_bytes(content)
        assert kind_of(path) is kind


def test_a_text_that_begins_like_a_bitmap_is_a_text(tmp_path):
    path = tmp_path / "bm.toml"
    path.write_text("BM = 1\n")
    assert kind_of(path) is FileKind.TEXT


def test_a_text_whose_letter_is_cut_where_the_reading_ends_is_a_text(tmp_path):
    path = tmp_path / "long.toml"
    for before in range(1020, 1025):
        path.write_text("a" * before + "öööö" * 50, encoding="utf-8")
        assert kind_of(path) is FileKind.TEXT


def test_folders_are_told_by_what_lies_in_them(tmp_path):
    assert kind_of(tmp_path) is FileKind.FOLDER
    (tmp_path / "model.weights.h5").touch()
    assert kind_of(tmp_path) is FileKind.UNPACKED_KERAS
    (tmp_path / "saved_model.pb").touch()
    assert kind_of(tmp_path) is FileKind.SAVED_MODEL


def test_a_pipe_is_never_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.keras")
    assert kind_of(tmp_path / "pipe.keras") is FileKind.NO_FILE


def test_what_is_not_there_is_the_callers_to_tell(tmp_path):
    with pytest.raises(FileNotFoundError):
        kind_of(tmp_path / "none")


@pytest.mark.parametrize(
    ("wanted", "name", "words"),
    [
        (CLASSIFIER, "a Keras file", ""),
        (CLASSIFIER, "nothing known", ""),
        (CLASSIFIER, "HDF5", ""),
        (CLASSIFIER, "a Git LFS pointer", "a Git LFS pointer in place of the file, which `git lfs pull` fetches"),
        (CLASSIFIER, "PyTorch", "a PyTorch file; build the net in Keras.*"),
        (ARRAYS, "an array", "an .npy file"),
        (IMAGES, "an array", ""),
        (ARRAYS, "HDF5", "an HDF5 file"),
        (ARRAYS, "a pickle", "a pickle, which this program never opens, as code in it would run"),
        (IMAGE_SET, "packed labels", ""),
        (IMAGE_SET, "a packed archive", "packed by gzip; unpack it first"),
        (TOML, "an empty file", ""),
        (TOML, "a text in UTF-16", "a text file in UTF-16 or UTF-32; save it in UTF-8"),
    ],
)
def test_what_is_not_wanted_is_named_with_what_can_be_done(wanted: Wanted, name, words, tmp_path):
    path = tmp_path / "file"
    path.write_bytes(FOREIGN[name][0])
    assert re.fullmatch(words, wanted.other(path))
