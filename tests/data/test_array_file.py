from __future__ import annotations

import io
import os
import shutil
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest
from foreign_files import FOREIGN

from fooler_gui.core.file_kind import IMAGES, FileKind
from fooler_gui.data.array_file import ArrayFileError, read_images, write_arrays

SHAPE = (4, 5, 1)
RIGHT = np.linspace(0, 1, 3 * 20, dtype=np.float32).reshape(3, *SHAPE)


def npy_bytes(array: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


def npy_with_header(header: bytes, version: bytes = b"\x01\x00") -> bytes:
    """A member that claims whatever `header` says, with a few bytes of data."""
    padded = header + b" " * (63 - (10 + len(header)) % 64) + b"\n"
    return b"\x93NUMPY" + version + len(padded).to_bytes(2, "little") + padded + bytes(64)


def archive(path: Path, member: bytes, name: str = "images.npy", method: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", method) as writing:
        writing.writestr(name, member)
    return path


def refusal(path: Path, shape: tuple[int, int, int] = SHAPE) -> str:
    """Returns the sentence with which the images of `path` are refused."""
    with pytest.raises(ArrayFileError) as caught:
        read_images(path, shape)
    sentence = str(caught.value)
    assert sentence.endswith(".")
    return sentence


def test_arrays_come_back_as_they_were_written(tmp_path: Path) -> None:
    numbers, images = np.arange(5, dtype=np.int64), RIGHT
    write_arrays(tmp_path / "a.npz", {"numbers": numbers, "images": images})
    with np.load(tmp_path / "a.npz") as read_back:
        for name, expected in (("images", images), ("numbers", numbers)):
            assert read_back[name].dtype == expected.dtype
            np.testing.assert_array_equal(read_back[name], expected)


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64])
def test_images_are_read_as_float32_whatever_floating_kind_they_are(kind: type, tmp_path: Path) -> None:
    write_arrays(tmp_path / "a.npz", {"images": RIGHT.astype(kind)})
    images = read_images(tmp_path / "a.npz", SHAPE)
    assert images.dtype == np.float32
    assert images.flags.c_contiguous
    np.testing.assert_allclose(images, RIGHT, atol=1e-3)


def test_grey_images_may_lack_the_channel_and_colour_images_may_not(tmp_path: Path) -> None:
    write_arrays(tmp_path / "a.npz", {"images": RIGHT[..., 0]})
    np.testing.assert_array_equal(read_images(tmp_path / "a.npz", SHAPE), RIGHT)
    assert "must have the shape (N, 4, 5, 3)" in refusal(tmp_path / "a.npz", (4, 5, 3))


@pytest.mark.parametrize(
    "shape", [(3, 5, 4, 1), (3, 4, 5, 3), (0, 4, 5, 1), (0, 4, 5), (20,), (4, 5), (4, 5, 1), (1, 3, 4, 5, 1), ()]
)
def test_images_of_another_shape_are_refused_with_a_sentence(shape: tuple[int, ...], tmp_path: Path) -> None:
    write_arrays(tmp_path / "a.npz", {"images": np.zeros(shape, np.float32)})
    sentence = refusal(tmp_path / "a.npz")
    assert "images must have the shape (N, 4, 5, 1) with N of at least 1; received" in sentence


@pytest.mark.parametrize("kind", [np.uint8, np.int64, np.bool_, np.complex64, "U3", "S2", "datetime64[s]"])
def test_images_that_are_no_floating_point_numbers_are_refused_with_a_sentence(kind: object, tmp_path: Path) -> None:
    write_arrays(tmp_path / "a.npz", {"images": np.zeros((2, *SHAPE), kind)})
    assert "images must be floating point numbers; received" in refusal(tmp_path / "a.npz")


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, -0.01, 1.01, 255.0, 1e300])
def test_images_out_of_range_are_refused_with_a_sentence(value: float, tmp_path: Path) -> None:
    images = RIGHT.astype(np.float64)
    images[1, 2, 3, 0] = value
    write_arrays(tmp_path / "a.npz", {"images": images})
    assert "images must be in [0, 1]; received values " in refusal(tmp_path / "a.npz")


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        (np.array([0, 1.0000011], np.float32), "from 0 to 1.0000011"),
        (np.array([0, 1.0000012]), "from 0 to 1.0000012"),
        (np.array([-0.0000012, 1]), "from -1.2e-06 to 1"),
        (np.array([0, 1.001], np.float16), "from 0 to 1.001"),
        (np.array([0, np.inf]), "from 0 to inf"),
        (np.array([np.nan, 1]), "that are not numbers (NaN)"),
    ],
)
def test_values_out_of_range_are_told_with_the_digits_that_show_it(
    values: np.ndarray, shown: str, tmp_path: Path
) -> None:
    write_arrays(tmp_path / "a.npz", {"images": np.resize(values, (2, *SHAPE))})
    assert refusal(tmp_path / "a.npz").endswith(f"received values {shown}.")


@pytest.mark.parametrize("beyond", [1e-6, 1e-7, 1e-16])
def test_rounding_outside_the_range_is_taken_and_clipped(beyond: float, tmp_path: Path) -> None:
    images = RIGHT.astype(np.float64)
    images[0, 0, 0, 0], images[2, 3, 4, 0] = -beyond, 1 + beyond
    write_arrays(tmp_path / "a.npz", {"images": images})
    np.testing.assert_array_equal(read_images(tmp_path / "a.npz", SHAPE), RIGHT)


def test_a_missing_array_is_refused_with_what_the_file_holds(tmp_path: Path) -> None:
    write_arrays(tmp_path / "a.npz", {"pictures": RIGHT, "labels": RIGHT})
    assert refusal(tmp_path / "a.npz") == "a.npz must hold the array 'images'; it holds labels, pictures."
    with zipfile.ZipFile(tmp_path / "b.npz", "w"):
        pass
    assert refusal(tmp_path / "b.npz") == "b.npz must hold the array 'images'; it holds nothing."


def test_a_lone_array_is_taken_whatever_it_is_called(tmp_path: Path) -> None:
    write_arrays(tmp_path / "a.npz", {"arr_0": RIGHT})
    np.save(tmp_path / "a.npy", RIGHT)
    for name in ("a.npz", "a.npy"):
        np.testing.assert_array_equal(read_images(tmp_path / name, SHAPE), RIGHT)
    write_arrays(tmp_path / "b.npz", {"arr_0": RIGHT.astype(np.int64)})
    assert refusal(tmp_path / "b.npz") == "b.npz: arr_0 must be floating point numbers; received int64."


def test_an_array_of_objects_is_refused_with_the_reason(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.array([{}], object), allow_pickle=True)
    np.savez(tmp_path / "a.npz", images=np.array([{}], object))
    for name in ("a.npy", "a.npz"):
        assert refusal(tmp_path / name) == (
            f"{name} must be an intact .npz file of plain arrays; images holds Python objects, which are never opened, "
            "as code in them would run."
        )


@pytest.mark.parametrize("name", [name for name, (_, kind) in FOREIGN.items() if kind not in IMAGES.kinds])
def test_what_holds_no_arrays_is_told_for_what_it_is(name: str, tmp_path: Path) -> None:
    content, kind = FOREIGN[name]
    (tmp_path / "a.npz").write_bytes(content)
    what = "it is none, or damaged" if kind is FileKind.UNKNOWN else f"it is {kind.value}"
    assert refusal(tmp_path / "a.npz") == f"a.npz must be an intact .npz file of plain arrays; {what}."


def test_missing_files_and_folders_are_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.npz") == f"There is no file {tmp_path / 'none.npz'}."
    assert "it is a folder" in refusal(tmp_path)
    (tmp_path / "file").write_text("x")
    refusal(tmp_path / "file" / "a.npz")


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.99])
def test_truncated_files_are_refused(share: float, tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    write_arrays(path, {"images": RIGHT})
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    assert "must be an intact .npz file of plain arrays" in refusal(path)


def test_other_kinds_of_file_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    for content in (
        b"hello",
        b"\x89PNG\r\n",
        npy_bytes(RIGHT)[:90],
        b"\x80\x04N.",
        np.random.default_rng(0).bytes(900),
    ):
        path.write_bytes(content)
        assert "must be an intact .npz file of plain arrays" in refusal(path)


def test_arrays_of_objects_are_refused_and_what_they_hold_is_never_run(tmp_path: Path) -> None:
    harmed = tmp_path / "harmed"

    class Hostile:
        def __reduce__(self) -> tuple[object, ...]:
            return os.mkdir, (str(harmed),)

    path = tmp_path / "a.npz"
    np.savez(path, images=np.array([Hostile()], dtype=object))
    assert "must be an intact .npz file of plain arrays" in refusal(path)
    assert not harmed.exists()


HEADERS = {
    "negative shape": b"{'descr': '<f4', 'fortran_order': False, 'shape': (-3, 4, 5, 1), }",
    "shape of texts": b"{'descr': '<f4', 'fortran_order': False, 'shape': ('a', 4), }",
    "no kind": b"{'fortran_order': False, 'shape': (3,), }",
    "unknown kind": b"{'descr': 'what', 'fortran_order': False, 'shape': (3,), }",
    "object kind": b"{'descr': '|O', 'fortran_order': False, 'shape': (3,), }",
    "nested object kind": b"{'descr': [('a', '|O')], 'fortran_order': False, 'shape': (3,), }",
    "unbalanced": b"{'descr': ('<f4'",
    "call": b"__import__('os').getcwd()",
    "deep": b"(" * 3000,
    "nothing": b"",
    "no text": b"\xff\xfe\xfd",
}


@pytest.mark.parametrize("kind", HEADERS)
def test_members_with_hostile_headers_are_refused(kind: str, tmp_path: Path) -> None:
    path = archive(tmp_path / "a.npz", npy_with_header(HEADERS[kind]))
    assert "must be an intact .npz file of plain arrays" in refusal(path)


def test_a_member_that_is_no_array_is_refused(tmp_path: Path) -> None:
    refusal(archive(tmp_path / "a.npz", b"just text"))
    refusal(archive(tmp_path / "b.npz", b"\x93NUMPY\x09\x00" + bytes(100)))
    refusal(archive(tmp_path / "c.npz", b""))


def test_a_damaged_compressed_member_is_refused(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.npz", npy_bytes(np.zeros((3, *SHAPE))), method=zipfile.ZIP_DEFLATED)
    content = bytearray(path.read_bytes())
    content[45:70] = b"\xff" * 25
    path.write_bytes(content)
    assert "must be an intact .npz file of plain arrays" in refusal(path)


def test_damage_anywhere_never_raises_anything_else(tmp_path: Path) -> None:
    write_arrays(tmp_path / "a.npz", {"images": RIGHT})
    content, rng = np.frombuffer((tmp_path / "a.npz").read_bytes(), np.uint8), np.random.default_rng(2)
    path = tmp_path / "b.npz"
    refused = 0
    for _ in range(300):
        damaged = content.copy()
        damaged[rng.integers(0, len(damaged), 3)] = rng.integers(0, 256, 3)
        path.write_bytes(damaged.tobytes())
        try:
            read_images(path, SHAPE)
        except ArrayFileError:
            refused += 1
    assert refused > 100


def unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(np.lib.format, "read_array", lambda *_, **__: pytest.fail("it was unpacked"))


def test_a_file_that_unpacks_to_gigabytes_is_refused_before_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_arrays(tmp_path / "a.npz", {"images": np.zeros((1000, *SHAPE), np.float32)})
    monkeypatch.setattr("fooler_gui.data.array_file.MAXIMUM_BYTES", 50_000)
    unread(monkeypatch)
    assert (tmp_path / "a.npz").stat().st_size < 5_000
    assert "must unpack to at most 1 GiB" in refusal(tmp_path / "a.npz")


@pytest.mark.parametrize("shape", ["1000000000000, 4, 5, 1", "9223372036854775807, 4, 5, 1", "14000000, 4, 5, 1"])
def test_members_that_claim_gigabytes_are_refused_before_they_are_unpacked(
    shape: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unread(monkeypatch)
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({shape}), }}"
    assert "must unpack to at most 1 GiB" in refusal(archive(tmp_path / "a.npz", npy_with_header(header.encode())))


def test_a_member_without_the_ending_is_never_read_in_place_of_the_array(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.npz", npy_bytes(RIGHT))
    with zipfile.ZipFile(path, "a") as adding:
        adding.writestr("images", npy_bytes(RIGHT * 0))
    np.testing.assert_array_equal(read_images(path, SHAPE), RIGHT)


def test_a_member_unpacks_to_what_its_array_claims_and_no_further(tmp_path: Path) -> None:
    content = npy_bytes(RIGHT) + bytes(2**26)
    path = archive(tmp_path / "a.npz", content, method=zipfile.ZIP_DEFLATED)
    tracemalloc.start()
    try:
        np.testing.assert_array_equal(read_images(path, SHAPE), RIGHT)
        assert tracemalloc.get_traced_memory()[1] < 2**24
    finally:
        tracemalloc.stop()


def test_a_header_of_megabytes_is_refused_unread(tmp_path: Path) -> None:
    header = b"\x93NUMPY\x02\x00" + (2**26).to_bytes(4, "little") + b" " * 2**26
    path = archive(tmp_path / "a.npz", header, method=zipfile.ZIP_DEFLATED)
    tracemalloc.start()
    try:
        assert "must be an intact .npz file of plain arrays" in refusal(path)
        assert tracemalloc.get_traced_memory()[1] < 2**24
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_members_packed_so_that_they_unpack_without_a_bound_are_refused(method: int, tmp_path: Path) -> None:
    path = archive(tmp_path / "a.npz", npy_bytes(RIGHT), method=method)
    assert "must be an intact .npz file of plain arrays" in refusal(path)


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    path.write_bytes(b"something else")
    write_arrays(path, {"images": RIGHT})
    np.testing.assert_array_equal(read_images(path, SHAPE), RIGHT)
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.npz"]


def test_a_missing_folder_raises_and_nothing_is_made(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="missing"):
        write_arrays(tmp_path / "missing" / "a.npz", {"images": RIGHT})
    assert list(tmp_path.iterdir()) == []


def test_a_failure_while_writing_leaves_the_former_file_and_no_half(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.npz"
    write_arrays(path, {"images": RIGHT})

    def half(file: Path, **_: object) -> None:
        Path(file).write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez_compressed", half)
    with pytest.raises(OSError, match="No space left"):
        write_arrays(path, {"images": RIGHT * 0})
    np.testing.assert_array_equal(read_images(path, SHAPE), RIGHT)
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.npz"]


def test_a_folder_that_vanishes_while_writing_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()

    def vanish(file: Path, **_: object) -> None:
        Path(file).write_bytes(b"whole")
        shutil.rmtree(folder)

    monkeypatch.setattr(np, "savez_compressed", vanish)
    with pytest.raises(OSError, match="folder"):
        write_arrays(folder / "a.npz", {"images": RIGHT})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="a superuser may write everywhere")
def test_a_folder_that_may_not_be_written_raises_and_stays_as_it_was(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(PermissionError):
            write_arrays(tmp_path / "a.npz", {"images": RIGHT})
        assert list(tmp_path.iterdir()) == []
    finally:
        tmp_path.chmod(0o700)


def test_the_limit_of_a_gibibyte_is_the_true_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_arrays(tmp_path / "a.npz", {"images": RIGHT})
    monkeypatch.setattr("fooler_gui.data.array_file.MAXIMUM_BYTES", RIGHT.nbytes)
    read_images(tmp_path / "a.npz", SHAPE)
    monkeypatch.setattr("fooler_gui.data.array_file.MAXIMUM_BYTES", RIGHT.nbytes - 1)
    refusal(tmp_path / "a.npz")
