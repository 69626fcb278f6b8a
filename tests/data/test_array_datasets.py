"""Datasets in NPZ, IDX, CSV and CIFAR files: the images and labels that come out are those that went in."""

from __future__ import annotations

import gzip
import io
import os
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from dataset_files import TEST_LABELS, TRAIN_LABELS, cifar, csv, idx, images, write_pictures

from fooler_gui.data import file_hash
from fooler_gui.data.array_file import ArrayFileError
from fooler_gui.data.dataset import Dataset
from fooler_gui.data.loading import load_dataset
from fooler_gui.data.readers.text_lines import batches_of, lines_of

TRAIN, TEST = images(6), images(3, rng_seed=1)
TRAIN_OF, TEST_OF = np.array(TRAIN_LABELS), np.array(TEST_LABELS)
COLOUR = images(6, (4, 5, 3))


def npz(path: Path, **arrays: object) -> Path:
    np.savez(path, **arrays)  # type: ignore[arg-type]
    return path


def check(dataset: Dataset, train: np.ndarray = TRAIN, test: np.ndarray = TEST) -> None:
    np.testing.assert_array_equal(dataset.train_images, train.reshape(6, *dataset.input_shape))
    np.testing.assert_array_equal(dataset.test_images, test.reshape(3, *dataset.input_shape))
    assert dataset.train_labels.tolist() == list(TRAIN_LABELS)
    assert dataset.test_labels.tolist() == list(TEST_LABELS)
    assert dataset.train_images.dtype == dataset.train_labels.dtype == np.uint8
    assert dataset.train_images.flags.c_contiguous


def keras_names(train: object = TRAIN, test: object = TEST, train_of: object = TRAIN_OF, test_of: object = TEST_OF):
    return {"x_train": train, "y_train": train_of, "x_test": test, "y_test": test_of}


@pytest.mark.parametrize(
    ("arrays", "remarks"),
    [
        ({"train_images": TRAIN, "train_labels": TRAIN_OF, "test_images": TEST, "test_labels": TEST_OF}, ()),
        (keras_names(), ()),
        (keras_names(train_of=TRAIN_OF[:, np.newaxis], test_of=TEST_OF[:, np.newaxis].astype(np.uint16)), ()),
        (keras_names(train_of=np.eye(3)[TRAIN_OF], test_of=np.eye(3, dtype=bool)[TEST_OF]), ()),
        (keras_names(train_of=TRAIN_OF.astype(np.float32), test_of=TEST_OF.astype(">i4")), ()),
        (keras_names(TRAIN / 255, TEST / 255), ("Pixels from 0 to 1 were converted to bytes from 0 to 255.",)),
        (
            keras_names(TRAIN / 127.5 - 1, TEST / 127.5 - 1),
            ("Pixels from -1 to 1 were converted to bytes from 0 to 255.",),
        ),
        (keras_names(TRAIN.astype(np.float64), TEST.astype(">f4")), ()),
        (keras_names(TRAIN.astype(np.int32), TEST.astype(np.int64)), ()),
        (
            keras_names(TRAIN.astype(np.uint16) * 257, TEST.astype(np.uint16) * 257),
            ("Pixels from 0 to 65,535 were converted to bytes from 0 to 255.",),
        ),
        (
            keras_names(TRAIN.reshape(6, 9), TEST.reshape(3, 9)),
            ("Rows of 9 numbers were taken as images of 3 × 3 × 1.",),
        ),
        (keras_names(np.asfortranarray(TRAIN), TEST), ()),
    ],
)
def test_an_npz_file_may_use_several_names_and_types(arrays, remarks, tmp_path):
    dataset = load_dataset(npz(tmp_path / "some.npz", **arrays))
    check(dataset)
    assert (dataset.class_names, dataset.name, dataset.remarks) == (("0", "1", "2"), "some", remarks)


def test_floats_are_rounded_to_the_nearest_byte(tmp_path):
    values = np.array([0.0, 0.001, 0.002, 0.5, 0.998, 0.9985, 1.0, 1 + 1e-7, 0.25], np.float64).reshape(1, 3, 3)
    dataset = load_dataset(npz(tmp_path / "f.npz", images=np.repeat(values, 4, 0), labels=[0, 1, 0, 1]))
    assert dataset.train_images[0].ravel().tolist() == [0, 0, 1, 128, 254, 255, 255, 255, 64]


def test_channels_first_become_channels_last(tmp_path):
    arrays = keras_names(COLOUR.transpose(0, 3, 1, 2), COLOUR[:3].transpose(0, 3, 1, 2))
    dataset = load_dataset(npz(tmp_path / "c.npz", **arrays))
    check(dataset, COLOUR, COLOUR[:3])
    assert dataset.remarks == ("Channels were moved from the first axis of each image to the last.",)


@pytest.mark.parametrize(("highest", "factor"), [(1, 255), (16, 255 / 16)])
def test_bytes_of_few_levels_are_stretched_and_that_is_told(tmp_path, highest, factor):
    levels = np.arange(6 * 9).reshape(6, 3, 3) % (highest + 1)
    arrays = keras_names(levels.astype(np.uint8), np.zeros((3, 3, 3), np.uint8))
    dataset = load_dataset(npz(tmp_path / "d.npz", **arrays))
    np.testing.assert_array_equal(dataset.train_images[..., 0], np.rint(levels * factor))
    assert dataset.remarks == (f"Pixels from 0 to {highest} were converted to bytes from 0 to 255.",)


def test_validation_images_stand_first_among_the_training_images_if_there_is_a_test_part(tmp_path):
    arrays = {"train_images": TRAIN, "train_labels": TRAIN_OF, "test_images": TEST, "test_labels": TEST_OF}
    validation = {"val_images": TEST[::-1], "val_labels": TEST_OF[::-1, np.newaxis]}
    dataset = load_dataset(npz(tmp_path / "medmnist.npz", **arrays, **validation))
    np.testing.assert_array_equal(dataset.train_images[..., 0], np.concatenate([TEST[::-1], TRAIN]))
    assert dataset.train_labels.tolist() == [1, 0, 2, *TRAIN_LABELS]
    np.testing.assert_array_equal(dataset.test_images[..., 0], TEST)
    assert dataset.remarks == ("The 3 validation images stand first among the training images.",)


def test_validation_images_are_the_test_images_if_there_are_no_others(tmp_path):
    path = npz(tmp_path / "v.npz", x_train=TRAIN, y_train=TRAIN_OF, x_val=TEST, y_val=TEST_OF)
    dataset = load_dataset(path)
    check(dataset)
    assert dataset.remarks == ("There is no test part; the validation images are used as test images.",)


def test_without_a_test_part_a_fifth_of_each_class_is_drawn_always_the_same(tmp_path):
    labels = np.arange(70) % 3 % 2  # 47 of class 0, 23 of class 1
    path = npz(tmp_path / "one.npz", images=images(70), labels=labels)
    one, again = load_dataset(path), load_dataset(path)
    assert one.info.train == (38, 18)
    assert one.info.test == (9, 5)
    assert one.remarks == ("There is no test part; 14 images, a fifth of each class, were drawn for it (seed 0).",)
    together = np.concatenate([one.train_images, one.test_images]).reshape(70, -1)
    assert {row.tobytes() for row in together} == {row.tobytes() for row in images(70)}
    np.testing.assert_array_equal(one.test_images, again.test_images)
    assert one.train_labels[:6].tolist() != sorted(one.train_labels[:6].tolist())  # as they lay


def test_images_that_lie_class_by_class_are_shuffled_with_their_labels(tmp_path):
    many = images(40)
    path = npz(tmp_path / "s.npz", x_train=many, y_train=np.repeat([0, 1], 20), x_test=TEST, y_test=[1, 1, 0])
    dataset = load_dataset(path)
    assert 0 < dataset.train_labels[:20].sum() < 20
    of = {image.tobytes(): label for image, label in zip(many, np.repeat([0, 1], 20), strict=True)}
    for image, label in zip(dataset.train_images, dataset.train_labels, strict=True):
        assert of[image.tobytes()] == label
    assert dataset.remarks == ("The training images lie class by class; they were shuffled (seed 0).",)


@pytest.mark.parametrize(
    ("labels", "names", "indices", "remarks"),
    [
        ([1, 2, 3, 1, 2, 3], ("1", "2", "3"), [0, 1, 2, 0, 1, 2], 1),  # as EMNIST's letters
        ([0, 1, 3, 1, 0, 3], ("0", "1", "2", "3"), [0, 1, 3, 1, 0, 3], 0),  # class 2 is merely absent
        ([-1, 1, -1, 1, -1, 1], ("-1", "1"), [0, 1, 0, 1, 0, 1], 1),
        ([10, 30, 20, 10, 30, 20], ("10", "20", "30"), [0, 2, 1, 0, 2, 1], 1),
    ],
)
def test_labels_need_not_count_from_zero(labels, names, indices, remarks, tmp_path):
    path = npz(tmp_path / "l.npz", x_train=TRAIN, y_train=labels, x_test=TEST, y_test=labels[:3][::-1])
    dataset = load_dataset(path)
    assert (dataset.class_names, dataset.train_labels.tolist()) == (names, indices)
    assert len(dataset.remarks) == remarks


def test_more_than_256_classes_have_labels_of_16_bits(tmp_path):
    labels = np.arange(600) % 300
    dataset = load_dataset(npz(tmp_path / "many.npz", images=images(600), labels=labels))
    assert dataset.train_labels.dtype == dataset.test_labels.dtype == np.uint16
    assert sorted({*dataset.train_labels.tolist(), *dataset.test_labels.tolist()}) == list(range(300))


@pytest.mark.parametrize(
    "text", ["0 Cat\n1 Dog\n2 Red fox\n", "Cat\nDog\n\nRed fox", "\ufeffCat\r\nDog\r\nRed fox\r\n"]
)
def test_labels_txt_beside_the_file_names_the_classes(text, tmp_path):
    (tmp_path / "labels.txt").write_text(text, encoding="utf-8", newline="")
    assert load_dataset(npz(tmp_path / "d.npz", **keras_names())).class_names == ("Cat", "Dog", "Red fox")


def test_labels_txt_may_name_classes_that_are_absent_but_not_too_few(tmp_path):
    path = npz(tmp_path / "d.npz", **keras_names())
    (tmp_path / "labels.txt").write_text("a\nb\nc\nd\n")
    assert load_dataset(path).class_names == ("a", "b", "c", "d")
    (tmp_path / "labels.txt").write_text("a\nb\n")
    dataset = load_dataset(path)
    assert dataset.class_names == ("0", "1", "2")
    assert dataset.remarks == ("labels.txt names 2 classes, the labels are of 3; it is not used.",)


def test_an_npz_file_may_name_its_classes(tmp_path):
    path = npz(tmp_path / "d.npz", **keras_names(), class_names=["T-shirt", "Bag", "Coat"])
    assert load_dataset(path).class_names == ("T-shirt", "Bag", "Coat")
    assert load_dataset(path, ("x", "y", "z")).class_names == ("x", "y", "z")


def write_idx(folder: Path, pack: Callable[[bytes], bytes], ending: str = "") -> None:
    parts = {"train": (TRAIN, TRAIN_OF), "t10k": (TEST, TEST_OF)}
    for part, (pictures, labels) in parts.items():
        (folder / f"{part}-images-idx3-ubyte{ending}").write_bytes(pack(idx(pictures)))
        (folder / f"{part}-labels-idx1-ubyte{ending}").write_bytes(pack(idx(labels)))


@pytest.mark.parametrize(("pack", "ending"), [(bytes, ""), (gzip.compress, ".gz"), (gzip.compress, "")])
@pytest.mark.parametrize("given", ["", "train-images-idx3-ubyte", "t10k-labels-idx1-ubyte"])
def test_idx_files_are_found_beside_each_other(given, pack, ending, tmp_path):
    write_idx(tmp_path, pack, ending)
    dataset = load_dataset(tmp_path / f"{given}{ending}" if given else tmp_path)
    check(dataset)
    assert (dataset.name, dataset.remarks) == (tmp_path.name, ())


def test_emnist_is_turned_upright_and_several_sets_may_lie_in_one_folder(tmp_path):
    wide = images(6, (3, 5))
    for name in ("emnist-letters", "emnist-digits"):
        for part, count in (("train", 6), ("test", 3)):
            pictures = wide[:count].swapaxes(1, 2)
            (tmp_path / f"{name}-{part}-images-idx3-ubyte").write_bytes(idx(pictures))
            labels = TRAIN_OF if part == "train" else TEST_OF
            (tmp_path / f"{name}-{part}-labels-idx1-ubyte").write_bytes(idx(labels + (name == "emnist-letters")))
    dataset = load_dataset(tmp_path / "emnist-letters-train-images-idx3-ubyte")
    np.testing.assert_array_equal(dataset.train_images[..., 0], wide)
    assert (dataset.name, dataset.class_names) == ("emnist-letters", ("1", "2", "3"))
    assert dataset.remarks[0].startswith("Turned upright: EMNIST's own files")
    with pytest.raises(ArrayFileError, match="holds emnist-digits, emnist-letters; name one of the files"):
        load_dataset(tmp_path)


PIXELS = "pixel0,pixel1,pixel2,pixel3,pixel4,pixel5,pixel6,pixel7,pixel8"


@pytest.mark.parametrize(
    ("heading", "last"),
    [("", False), ("", True), (f"label,{PIXELS}", False), (f"{PIXELS},Class", True), ("y,0,1,2,3,4,5,6,7,8", False)],
)
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize(
    "change", [bytes, lambda text: text.replace(b",", b";"), lambda text: text.replace(b"\n", b"\r\n\r\n")]
)
def test_a_csv_file_may_have_a_heading_and_its_label_first_or_last(heading, last, pack, change, tmp_path):
    path = tmp_path / "digits.csv"
    path.write_bytes(pack(change(csv(TRAIN.reshape(6, 9), TRAIN_LABELS, heading, last=last))))
    dataset = load_dataset(path)
    rows = {image.tobytes(): label for image, label in zip(TRAIN, TRAIN_LABELS, strict=True)}
    read = [*zip(dataset.train_images, dataset.train_labels, strict=True)]
    read += zip(dataset.test_images, dataset.test_labels, strict=True)
    assert {image.tobytes(): int(label) for image, label in read} == rows
    assert dataset.input_shape == (3, 3, 1)
    assert dataset.remarks[0] == (
        f"The {'last' if last else 'first'} column was taken as the label, the others as images of 3 × 3 × 1."
    )


def test_a_csv_file_may_have_colours_fractions_and_names_of_classes(tmp_path):
    colour = images(6, (2, 2, 3))
    path = tmp_path / "c.csv"
    path.write_bytes(csv(colour.reshape(6, 12) / 255, ["dog", "cat", "fox"] * 2))
    dataset = load_dataset(path)
    assert (dataset.input_shape, dataset.class_names) == ((2, 2, 3), ("cat", "dog", "fox"))
    assert {image.tobytes() for image in [*dataset.train_images, *dataset.test_images]} == {
        image.tobytes() for image in colour
    }
    assert "Pixels from 0 to 1 were converted to bytes from 0 to 255." in dataset.remarks


def test_optdigits_has_17_levels_and_its_label_last(tmp_path):
    levels = np.arange(6 * 64).reshape(6, 64) % 17
    levels[:, 0] = 0
    (tmp_path / "optdigits.tes").write_bytes(csv(levels, TRAIN_LABELS, last=True))
    dataset = load_dataset(tmp_path / "optdigits.tes")
    assert dataset.input_shape == (8, 8, 1)
    assert set(np.unique(dataset.train_images)) <= {round(255 * level / 16) for level in range(17)}


def test_rows_that_a_spreadsheet_left_empty_are_no_images(tmp_path):
    path = tmp_path / "k.csv"
    path.write_bytes(csv(TRAIN.reshape(6, 9), TRAIN_LABELS) + b"\n,,,,,,,,,\r\n,,,,,,,,,\n")
    assert sum(load_dataset(path).info.train) == 3
    assert sum(load_dataset(path).info.test) == 3


@pytest.mark.parametrize("given", ["", "data_batch_2.bin", "test_batch.bin"])
def test_cifars_binary_version_is_read_from_a_file_or_its_folder(given, tmp_path):
    pictures = images(6, (32, 32, 3))
    (tmp_path / "data_batch_1.bin").write_bytes(cifar(pictures[:4], TRAIN_OF[:4]))
    (tmp_path / "data_batch_2.bin").write_bytes(cifar(pictures[4:], TRAIN_OF[4:]))
    (tmp_path / "test_batch.bin").write_bytes(cifar(pictures[:3], TEST_OF))
    (tmp_path / "batches.meta.txt").write_text("airplane\nautomobile\nbird\n\n")
    dataset = load_dataset(tmp_path / given)
    check(dataset, pictures, pictures[:3])
    assert (dataset.name, dataset.class_names) == ("cifar-10", ("airplane", "automobile", "bird"))


def test_cifar_100_has_fine_labels(tmp_path):
    pictures = images(6, (32, 32, 3))
    coarse = np.full(6, 19)
    (tmp_path / "train.bin").write_bytes(cifar(pictures, coarse, TRAIN_OF + 97))
    (tmp_path / "test.bin").write_bytes(cifar(pictures[:3], coarse[:3], TEST_OF + 97))
    (tmp_path / "fine_label_names.txt").write_text("\n".join(f"name {number}" for number in range(100)))
    dataset = load_dataset(tmp_path)
    assert (dataset.name, len(dataset.class_names)) == ("cifar-100", 100)
    assert dataset.train_labels.tolist() == [label + 97 for label in TRAIN_LABELS]
    np.testing.assert_array_equal(dataset.train_images, pictures)


CIFAR = cifar(images(6, (32, 32, 3)), TRAIN_OF)
HOSTILE_CIFAR = {
    "cut short": CIFAR[:-1],
    "a label of 10": cifar(images(1, (32, 32, 3)), [10]) + CIFAR,
    "a coarse label of 20": cifar(images(1, (32, 32, 3)), [20], [5]),
    "a fine label of 100": cifar(images(1, (32, 32, 3)), [5], [100]),
    "nothing": b"\0\1\2",
}


@pytest.mark.parametrize("content", HOSTILE_CIFAR.values(), ids=HOSTILE_CIFAR.keys())
@pytest.mark.parametrize("given", ["", "data_batch_1.bin", "data_batch_2.bin"])
def test_a_file_of_cifars_that_is_damaged_is_named_and_never_left_out(given, content, tmp_path):
    (tmp_path / "data_batch_1.bin").write_bytes(content)
    sentence = r"data_batch_1\.bin must be a CIFAR binary file .*; it is cut short, damaged or none\.$"
    if given != "data_batch_2.bin":
        with pytest.raises(ArrayFileError, match=sentence):
            load_dataset(tmp_path / given)
    (tmp_path / "data_batch_2.bin").write_bytes(CIFAR)
    with pytest.raises(ArrayFileError, match=sentence):
        load_dataset(tmp_path / given)


def test_a_file_of_cifars_that_is_larger_than_any_is_not_read(tmp_path):
    path = tmp_path / "data_batch_1.bin"
    path.write_bytes(b"\1")
    os.truncate(path, 3_073 * 2**20)  # sparse, of a million pictures
    with pytest.raises(ArrayFileError, match="must be a CIFAR binary file of at most 1 GiB"):
        load_dataset(tmp_path)


def test_another_train_bin_beside_pictures_is_no_matter(tmp_path):
    write_pictures(tmp_path, TRAIN, TRAIN_LABELS)
    (tmp_path / "train.bin").write_bytes(bytes(7))
    assert load_dataset(tmp_path).input_shape == (3, 3, 1)


def test_names_of_cifars_classes_in_another_encoding_are_refused(tmp_path):
    (tmp_path / "data_batch_1.bin").write_bytes(CIFAR)
    (tmp_path / "batches.meta.txt").write_bytes("Käfer\nBär\n".encode("cp1252"))
    with pytest.raises(
        ArrayFileError, match=r"batches\.meta\.txt must be a text file in UTF-8; it is not; save it in UTF-8"
    ):
        load_dataset(tmp_path)


def test_the_form_is_told_by_content_whatever_the_ending(tmp_path):
    npz(tmp_path / "a.npz", **keras_names())
    check(load_dataset((tmp_path / "a.npz").rename(tmp_path / "picture.png")))
    (tmp_path / "b.npz").write_bytes(csv(TRAIN.reshape(6, 9), TRAIN_LABELS))
    assert load_dataset(tmp_path / "b.npz").input_shape == (3, 3, 1)


def test_large_images_are_made_smaller_once(tmp_path):
    plain = np.repeat(np.arange(6, dtype=np.uint8) * 40, 40 * 20 * 3).reshape(6, 40, 20, 3)
    path = npz(tmp_path / "large.npz", **keras_names(plain, plain[:3]))
    dataset = load_dataset(path, largest=16)
    assert dataset.input_shape == (16, 8, 3)
    assert [int(image[8, 4, 0]) for image in dataset.train_images] == [0, 40, 80, 120, 160, 200]
    assert dataset.remarks == ("Images of 40 × 20 were made smaller, to 16 × 8.",)
    assert load_dataset(path, largest=40).input_shape == (40, 20, 3)


def test_images_beyond_the_memory_are_read_through_a_memory_map_made_once(tmp_path):
    path, cache = npz(tmp_path / "d.npz", **keras_names()), tmp_path / "cache"
    dataset = load_dataset(path, most_bytes=9 * 9 - 1, cache=cache)
    check(dataset)
    assert isinstance(dataset.train_images, np.memmap)
    assert not dataset.train_images.flags.writeable
    assert dataset.remarks == ("The images take 81 B and are read through a memory map.",)
    files = sorted(cache.iterdir())
    assert [np.load(file).shape for file in files] == [(6, 3, 3, 1), (3, 3, 3, 1)]
    times = [file.stat().st_mtime_ns for file in files]
    check(load_dataset(path, most_bytes=0, cache=cache))
    assert [file.stat().st_mtime_ns for file in sorted(cache.iterdir())] == times
    assert not isinstance(load_dataset(path, most_bytes=9 * 9, cache=cache).train_images, np.memmap)


def test_a_memory_map_that_is_damaged_is_made_anew(tmp_path):
    path, cache = npz(tmp_path / "d.npz", **keras_names()), tmp_path / "cache"
    load_dataset(path, most_bytes=0, cache=cache)
    for file in cache.iterdir():
        file.write_bytes(file.read_bytes()[:40])
    check(load_dataset(path, most_bytes=0, cache=cache))


def test_a_memory_map_for_which_the_disk_has_no_room_is_not_begun(tmp_path, monkeypatch):
    path, cache = npz(tmp_path / "d.npz", **keras_names()), tmp_path / "cache"
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=80))
    with pytest.raises(ArrayFileError, match=r"The images take 81 B, .* must have room for them; it has 80 B\.$"):
        load_dataset(path, most_bytes=0, cache=cache)
    assert list(cache.iterdir()) == []


def test_a_memory_map_that_cannot_be_written_is_one_sentence(tmp_path):
    path = npz(tmp_path / "d.npz", **keras_names())
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ArrayFileError, match="do not fit into a quarter of the memory and cannot be written to"):
        load_dataset(path, most_bytes=0, cache=tmp_path / "file")


def test_the_hash_of_several_files_is_of_their_names_and_contents(tmp_path):
    write_idx(tmp_path, bytes)
    one = load_dataset(tmp_path).sha256
    assert one == file_hash.sha256_of_dataset(tmp_path, sorted(tmp_path.iterdir())[::-1])
    assert load_dataset(tmp_path / "train-images-idx3-ubyte").sha256 == one
    (tmp_path / "read me").write_text("does not belong to it")
    assert load_dataset(tmp_path).sha256 == one
    content = bytearray((tmp_path / "t10k-images-idx3-ubyte").read_bytes())
    content[-1] ^= 1
    (tmp_path / "t10k-images-idx3-ubyte").write_bytes(content)
    assert load_dataset(tmp_path).sha256 != one


def test_what_a_dataset_is_is_told_in_full(tmp_path):
    dataset = load_dataset(npz(tmp_path / "d.npz", **keras_names(TRAIN / 255, TEST / 255), class_names=["a", "b", "c"]))
    assert dataset.info.to_dict() == {
        "name": "d",
        "path": str(tmp_path / "d.npz"),
        "sha256": file_hash.sha256_of(tmp_path / "d.npz"),
        "shape": [3, 3, 1],
        "classes": 3,
        "class_names": ["a", "b", "c"],
        "train": 6,
        "test": 3,
        "train_by_class": [2, 2, 2],
        "test_by_class": [1, 1, 1],
        "remarks": ["Pixels from 0 to 1 were converted to bytes from 0 to 255."],
    }


def npy_claiming(shape: tuple[int, ...], content: bytes = b"") -> bytes:
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, {"descr": "|u1", "fortran_order": False, "shape": shape})
    return file.getvalue() + content


def test_an_npz_file_that_claims_far_more_than_it_holds_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "bomb.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x_train.npy", npy_claiming((2**20, 64, 64), bytes(2**20)))
        archive.writestr("y_train.npy", npy_claiming((2**20,), bytes(2**20)))
    with pytest.raises(ArrayFileError, match=r"bomb.npz must unpack to at most 1 GiB; it unpacks to 4\.0 GiB"):
        load_dataset(tmp_path / "bomb.npz")


@pytest.mark.parametrize("shape", [(-1, 3, 3), (2, 3), (), (2**62, 2**62, 3)])
def test_an_npz_file_with_an_impossible_shape_is_refused(shape, tmp_path):
    with zipfile.ZipFile(tmp_path / "bad.npz", "w") as archive:
        archive.writestr("x_train.npy", npy_claiming(shape, bytes(18)))
        archive.writestr("y_train.npy", npy_claiming((2,), bytes(2)))
    with pytest.raises(ArrayFileError):
        load_dataset(tmp_path / "bad.npz")


@pytest.mark.parametrize("counts", [(10_000_001, 10_000_001), (6, 10_000_001)])
def test_an_npz_file_of_more_images_or_labels_than_any_is_refused_before_they_are_read(counts, tmp_path):
    with zipfile.ZipFile(tmp_path / "many.npz", "w") as archive:
        for name, count in zip(("x_train.npy", "y_train.npy"), counts, strict=True):
            archive.writestr(name, npy_claiming((count, 1) if name == "x_train.npy" else (count,)))
    with pytest.raises(ArrayFileError, match=r"must hold at most 10,000,000 images; it holds 10,000,001\.$"):
        load_dataset(tmp_path / "many.npz")


def test_an_npz_file_of_one_image_without_end_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "tall.npz", "w") as archive:
        archive.writestr("x_train.npy", npy_claiming((4, 2**27, 1)))
        archive.writestr("y_train.npy", npy_claiming((4,), b"\0\1\0\1"))
    with pytest.raises(ArrayFileError, match=r"images of at most 67,108,864 pixels; received 134,217,728 × 1\.$"):
        load_dataset(tmp_path / "tall.npz")


def test_members_of_an_npz_file_that_lead_elsewhere_are_not_written_anywhere(tmp_path):
    (tmp_path / "inner").mkdir()
    path = npz(tmp_path / "inner" / "d.npz", **keras_names())
    with zipfile.ZipFile(path, "a") as archive:
        for name in ("../x.npy", f"{tmp_path}/y.npy", "..\\z.npy"):
            archive.writestr(name, npy_claiming((1,), b"\0"))
    check(load_dataset(path))
    assert [file.name for file in tmp_path.rglob("*")] == ["inner", "d.npz"]


HOSTILE_NPZ = {
    "objects for images": ({"x_train": np.array([{}], object), "y_train": [0]}, "x_train holds Python objects"),
    "objects for labels": ({"x_train": TRAIN, "y_train": np.array([{}] * 6, object)}, "y_train holds Python objects"),
    "no labels": ({"x_train": TRAIN}, "must hold the array 'y_train'; it holds x_train"),
    "no images": ({"y_train": TRAIN_OF}, "must hold the array 'train_images'; it holds y_train"),
    "no training part": ({"x_test": TEST, "y_test": TEST_OF}, "must hold the array 'train_images'"),
    "one class": ({"x_train": TRAIN, "y_train": [4] * 6}, "must have at least two classes; received one, 4"),
    "one image a class": ({"x_train": TRAIN[:2], "y_train": [0, 1]}, "must have at least two images of some class"),
    "several classes an image": ({"x_train": TRAIN, "y_train": np.ones((6, 14))}, "some images have several, or none"),
    "too many classes": (
        {"x_train": np.zeros((20_002, 1, 1), np.uint8), "y_train": np.arange(20_002) // 2 * 3},
        "10,000",
    ),
    "names without end": (keras_names() | {"class_names": ["x" * 1_001, "", ""]}, "none of more than 1,000 characters"),
    "more names than classes can be": (keras_names() | {"class_names": ["x"] * 10_001}, "texts, at most 10,000"),
    "names of another type": (
        keras_names() | {"class_names": [1, 2, 3]},
        "class_names must be texts, at most 10,000, .* received int64",
    ),
}


@pytest.mark.parametrize("name", HOSTILE_NPZ)
def test_npz_files_that_are_no_dataset_are_refused_with_a_sentence(name, tmp_path):
    arrays, sentence = HOSTILE_NPZ[name]
    path = npz(tmp_path / "bad.npz", **{key: np.asarray(array) for key, array in arrays.items()})
    with pytest.raises(ArrayFileError, match=sentence):
        load_dataset(path)


HOSTILE_TEXT = {
    "prose": (b"There is no data here.\n", "a square number of pixels.*received 1 columns"),
    "too few columns": (b"1,2,3,4\n2,3,4,5\n", "received 4 columns"),
    "no square": (b"1,2,3,4,5,6,7\n" * 3, "received 7 columns"),
    "only a heading": (b"label,a,b,c,d\n", "must have rows below its heading"),
    "a shorter row": (b"0,1,2,3,4\n1,1,2,3\n", "must have 5 columns in each row; line 2 has 4"),
    "a word among pixels": (b"0,1,2,3,4\n1,1,two,3,4\n", "lines 1 to 2 hold something else"),
    "an empty pixel": (b"0,1,2,3,4\n1,1,,3,4\n", "lines 1 to 2 hold something else"),
    "not a number": (b"0,1,2,3,4\n1,1,nan,3,4\n", "must be finite numbers"),
    "standardised": (
        b"0,1.5,2,-3,4\n1,1,.5,3,4\n",
        "pixels from 0 to 255, 0 to 1 or -1 to 1; received values from -3 to 4",
    ),
    "fractions for labels": (b"label,a,b,c,d\n0.5,1,2,3,4\n1,9,8,7,5\n", "the labels must be whole numbers"),
    "infinite labels": (b"label,a,b,c,d\ninf,1,2,3,4\n1,9,8,7,5\nnan,2,3,4,5\n", "the labels must be whole numbers"),
    "huge numbers": (b"0,1,2,3,4\n1,1," + b"9" * 400 + b",3,4\n", r"received values from 1 to 9\.22337e18"),
    "a huge line": (b"0,1,2,3,4\n" + b"1," * 2**22, "lines of at most 4 MiB; line 2 is longer"),
    "UTF-16": ("0,1,2,3,4\n".encode("utf-16"), "it is a text file in UTF-16 or UTF-32; save it in UTF-8"),
    "Windows-1252": (
        "Bär,1,2,3,4\nKäfer,2,3,4,5\n".encode("cp1252"),
        "it is a text file in another encoding, such as Windows-1252; save it in UTF-8",
    ),
    "Windows-1252 from some line on": (
        b"cat,9,2,3,4\n" * 200 + "Käfer,1,2,3,4\n".encode("cp1252"),
        "must be a text file in UTF-8; line 201 is in another encoding; save it in UTF-8",
    ),
    "a label without end": (
        b"cat,9,2,3,4\n" + b"x" * 101 + b",2,3,4,5\n",
        "must name classes in at most 100 characters; line 2 has 101",
    ),
}


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize("name", HOSTILE_TEXT)
def test_texts_that_are_no_dataset_are_refused_with_a_sentence(name, pack, tmp_path):
    content, sentence = HOSTILE_TEXT[name]
    if name in ("UTF-16", "Windows-1252") and pack is gzip.compress:
        sentence = "it is packed by gzip"
    (tmp_path / "bad.csv").write_bytes(pack(content))
    with pytest.raises(ArrayFileError, match=sentence):
        load_dataset(tmp_path / "bad.csv")


def test_a_packed_text_that_is_cut_short_or_unpacks_without_end_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "d.csv.gz"
    content = gzip.compress(csv(np.tile(TRAIN, (500, 1, 1)).reshape(3_000, 9), TRAIN_LABELS * 500))
    path.write_bytes(content[:-20])
    with pytest.raises(ArrayFileError, match="must be an intact file packed by gzip"):
        load_dataset(path)
    path.write_bytes(content)
    monkeypatch.setattr("fooler_gui.data.readers.text_lines.MAXIMUM_BYTES", 20_000)
    monkeypatch.setattr("fooler_gui.data.readers.text_lines.MOST_PACKED", 2)
    with pytest.raises(ArrayFileError, match="must unpack to at most"):
        load_dataset(path)


def test_long_lines_are_held_in_memory_a_few_at_a_time(tmp_path, monkeypatch):
    path = tmp_path / "d.csv"
    path.write_bytes(csv(TRAIN.reshape(6, 9), TRAIN_LABELS))
    whole = load_dataset(path)
    monkeypatch.setattr("fooler_gui.data.readers.text_lines._BYTES_A_BATCH", 50)
    assert [len(batch) for batch in batches_of(lines_of(path), 4)] == [2, 2, 2]
    assert [len(batch) for batch in batches_of(lines_of(path), 1)] == [1] * 6
    np.testing.assert_array_equal(load_dataset(path).train_images, whole.train_images)


def test_idx_files_that_do_not_belong_together_are_refused(tmp_path):
    path = tmp_path / "train-images-idx3-ubyte"
    path.write_bytes(idx(TRAIN))
    with pytest.raises(ArrayFileError, match="must have its labels beside it"):
        load_dataset(path)
    labels = tmp_path / "train-labels-idx1-ubyte"
    labels.write_bytes(idx(TRAIN_OF[:5]))
    with pytest.raises(ArrayFileError, match=r"as many as .* has labels; received the shape \(6, 3, 3\) and 5 labels"):
        load_dataset(path)
    labels.write_bytes(idx(TRAIN_OF))
    path.write_bytes(idx(TRAIN)[:-1])
    with pytest.raises(ArrayFileError, match="must hold the 6 entries that its header claims; it ends after 5"):
        load_dataset(path)
    path.write_bytes(idx(TRAIN)[:8] + b"\x7f\xff\xff\xff" * 2 + bytes(54))
    with pytest.raises(ArrayFileError, match="must hold all that its header claims"):
        load_dataset(path)
    path.write_bytes(gzip.compress(idx(TRAIN)[:8] + b"\x7f\xff\xff\xff" * 2 + bytes(54)))
    with pytest.raises(ArrayFileError, match="must unpack to at most 1 GiB"):
        load_dataset(path)
    path.write_bytes(gzip.compress(idx(TRAIN)[:4] + struct.pack(">3I", 10_000_001, 1, 1) + bytes(54)))
    with pytest.raises(ArrayFileError, match="must hold at most 10,000,000 images; it holds 10,000,001"):
        load_dataset(path)
    path.write_bytes(gzip.compress(idx(TRAIN))[:-9])
    with pytest.raises(ArrayFileError, match="must be an intact file packed by gzip"):
        load_dataset(path)
    path.unlink()
    with pytest.raises(ArrayFileError, match="must hold an IDX file of images beside the one of labels"):
        load_dataset(labels)


def test_pickles_are_refused_with_the_way_out(tmp_path):
    (tmp_path / "data_batch_1").write_bytes(b"\x80\x02}q\x01(U\x0bbatch_label")
    for path in (tmp_path, tmp_path / "data_batch_1"):
        with pytest.raises(
            ArrayFileError, match=r"a pickle, which .* use its binary version, or `fooler data get cifar"
        ):
            load_dataset(path)


def test_a_lone_array_has_no_labels(tmp_path):
    np.save(tmp_path / "x.npy", TRAIN)
    with pytest.raises(ArrayFileError, match=r"it is an .npy file; pack it with its labels by numpy\.savez"):
        load_dataset(tmp_path / "x.npy")
    np.save(tmp_path / "o.npy", np.array([{}], object), allow_pickle=bool(1))
    with pytest.raises(ArrayFileError, match=r"it is an .npy file"):
        load_dataset(tmp_path / "o.npy")


def test_what_is_missing_is_said_to_be(tmp_path):
    with pytest.raises(ArrayFileError, match=r"There is no file .*none"):
        load_dataset(tmp_path / "none")
