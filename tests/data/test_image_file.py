from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest
from foreign_files import LFS_POINTER

from fooler_gui.data.array_file import ArrayFileError
from fooler_gui.data.idx_file import is_emnist
from fooler_gui.data.image_file import read_image_set

SHAPE = (4, 3, 1)
IMAGES = np.random.default_rng(0).integers(0, 256, (5, 4, 3), dtype=np.uint8)


def idx(images: np.ndarray = IMAGES, kind: int = 8, count: int | None = None) -> bytes:
    shape = (len(images) if count is None else count, *images.shape[1:])
    return bytes([0, 0, kind, images.ndim]) + struct.pack(f">{images.ndim}I", *shape) + images.tobytes()


def written(tmp_path, content: bytes, name: str = "images"):
    path = tmp_path / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("most", [1, 5, 99])
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_the_first_images_of_an_idx_file_are_read(tmp_path, pack, most):
    images = read_image_set(written(tmp_path, pack(idx())), SHAPE, most)
    assert images.dtype == np.float32
    np.testing.assert_array_equal(images, IMAGES[:most, ..., np.newaxis] / np.float32(255))


def test_an_idx_file_may_have_channels(tmp_path):
    images = np.random.default_rng(0).integers(0, 256, (2, 4, 3, 3), dtype=np.uint8)
    read = read_image_set(written(tmp_path, idx(images)), (4, 3, 3), 9)
    np.testing.assert_array_equal(read, images / np.float32(255))


@pytest.mark.parametrize("name", ["images", "test_images", "x_test"])
@pytest.mark.parametrize("kind", [np.uint8, np.float64])
def test_an_npz_file_may_name_its_images_in_three_ways(tmp_path, name, kind):
    array = IMAGES if kind is np.uint8 else IMAGES / 255.0
    np.savez(tmp_path / "set.npz", **{name: array, "other": np.zeros(3)})
    read = read_image_set(tmp_path / "set.npz", SHAPE, 2)
    np.testing.assert_allclose(read, IMAGES[:2, ..., np.newaxis] / 255, atol=1e-7)
    assert read.dtype == np.float32


@pytest.mark.parametrize("kind", [np.uint8, np.float32])
def test_a_lone_array_may_have_any_name_or_none(tmp_path, kind):
    array = IMAGES if kind is np.uint8 else (IMAGES / 255).astype(np.float32)
    np.savez(tmp_path / "set.npz", letters=array)
    np.save(tmp_path / "set.npy", array)
    for name in ("set.npz", "set.npy"):
        read = read_image_set(tmp_path / name, SHAPE, 2)
        np.testing.assert_allclose(read, IMAGES[:2, ..., np.newaxis] / 255, atol=1e-7)


def test_transposed_images_are_turned_upright(tmp_path):
    path = written(tmp_path, idx(np.ascontiguousarray(IMAGES.transpose(0, 2, 1))))
    read = read_image_set(path, SHAPE, 99, is_transposed=True)
    np.testing.assert_array_equal(read, IMAGES[..., np.newaxis] / np.float32(255))
    with pytest.raises(ArrayFileError, match=r"received the shape \(5, 3, 4\)"):
        read_image_set(path, SHAPE, 99)


@pytest.mark.parametrize(
    ("name", "file", "is_it"),
    [
        ("emnist", "letters.gz", True),
        ("EMNIST-Letters", "letters.gz", True),
        ("letters", "emnist-letters-test-images-idx3-ubyte.gz", True),
        ("letters", "letters.gz", False),
        ("fashion-mnist", "t10k-images-idx3-ubyte.gz", False),
    ],
)
def test_emnist_is_told_by_the_name_of_the_set_or_of_its_file(name, file, is_it):
    assert is_emnist(name, Path("emnist-folder") / file) is is_it


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "must be an IDX file of images, also packed by gzip, or an .npz or .npy file; it is empty"),
        (b"hello world", "it is a text file"),
        (bytes(range(1, 200)), "it is none, or damaged"),
        (idx(kind=9), "must hold unsigned bytes; it holds signed bytes"),
        (idx(kind=11), "it holds 16-bit whole numbers"),
        (idx(kind=12), "it holds 32-bit whole numbers"),
        (idx(kind=13), "it holds 32-bit floating point numbers"),
        (idx(kind=14), "it holds 64-bit floating point numbers"),
        (idx(IMAGES[:, 0, 0]), "must be an IDX file of images; it is one of 5 labels"),
        (gzip.compress(idx(IMAGES[:, 0, 0]), mtime=0), "it is one of 5 labels"),
        (gzip.compress(b"hello", mtime=0), "packed by gzip; unpack it first"),
        (LFS_POINTER, "it is a Git LFS pointer in place of the file, which `git lfs pull` fetches"),
        (idx()[:9], "it ends in its header"),
        (idx()[:-20], "must hold the 5 images that its header claims; it holds 3"),
        (idx(count=0), r"received the shape \(0, 4, 3\)"),
        (idx(IMAGES[:, :3]), r"at least one image of 4 × 3 × 1; received the shape \(5, 3, 3\)"),
        (gzip.compress(idx(), mtime=0)[:-12], "must be an intact file packed by gzip; it is cut short or damaged"),
        (gzip.compress(idx(), mtime=0)[:30] + b"\0\0\0\0\0\0", "it is cut short or damaged"),
        (b"\x1f\x8bnonsense", "it is cut short or damaged"),
        (b"PK\3\4nonsense", "it is cut short or damaged"),
    ],
)
def test_what_is_no_set_of_images_is_refused_with_a_sentence(tmp_path, content, sentence):
    with pytest.raises(ArrayFileError, match=sentence):
        read_image_set(written(tmp_path, content), SHAPE, 99)


@pytest.mark.parametrize(
    ("array", "sentence"),
    [
        (IMAGES.astype(np.int64), "bytes or floating point numbers; received int64"),
        (IMAGES / 100.0, r"in \[0, 1\]; received values from"),
        (np.full((1, 4, 3), np.nan), r"in \[0, 1\]; received values that are not numbers \(NaN\)"),
        (np.float64(3), r"received the shape \(\)"),
        (np.array([[None]]), "intact .npz file of plain arrays; images holds Python objects, which are never opened"),
    ],
)
def test_arrays_that_are_no_images_are_refused_with_a_sentence(tmp_path, array, sentence):
    np.savez(tmp_path / "set.npz", images=array)
    with pytest.raises(ArrayFileError, match=sentence):
        read_image_set(tmp_path / "set.npz", SHAPE, 99)


def test_files_that_are_not_there_are_refused_with_a_sentence(tmp_path):
    with pytest.raises(ArrayFileError, match="There is no file"):
        read_image_set(tmp_path / "none", SHAPE, 9)
    with pytest.raises(ArrayFileError, match="it is a folder"):
        read_image_set(tmp_path, SHAPE, 9)
    np.savez(tmp_path / "set.npz", x=np.zeros(3), y_test=np.zeros(3))
    with pytest.raises(ArrayFileError, match="must hold the array 'images'; it holds x, y_test"):
        read_image_set(tmp_path / "set.npz", SHAPE, 9)


def test_a_header_that_claims_gigabytes_makes_room_for_none(tmp_path):
    content = gzip.compress(bytes([0, 0, 8, 3]) + struct.pack(">3I", 2**32 - 1, 4, 3) + bytes(24), mtime=0)
    with pytest.raises(ArrayFileError, match="it holds 2"):
        read_image_set(written(tmp_path, content), SHAPE, 1_000)
