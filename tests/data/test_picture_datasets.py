"""Datasets of pictures in files: folders by class, and tables of names and labels."""

from __future__ import annotations

import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from dataset_files import TEST_LABELS, TRAIN_LABELS, images, write_pictures
from PIL import Image

from fooler_gui.data.array_file import ArrayFileError
from fooler_gui.data.dataset import Dataset
from fooler_gui.data.loading import load_dataset

NAMES = ("cat", "dog", "fox")
TRAIN, TEST = images(6, (5, 4, 3)), images(3, (5, 4, 3), rng_seed=1)
TRAIN_NAMES = [NAMES[label] for label in TRAIN_LABELS]
TEST_NAMES = [NAMES[label] for label in TEST_LABELS]


def contents(images: np.ndarray, labels: np.ndarray, names: tuple[str, ...]) -> dict[bytes, str]:
    return {image.tobytes(): names[label] for image, label in zip(images, labels, strict=True)}


def of_training(dataset: Dataset) -> dict[bytes, str]:
    return contents(dataset.train_images, dataset.train_labels, dataset.class_names)


def of_test(dataset: Dataset) -> dict[bytes, str]:
    return contents(dataset.test_images, dataset.test_labels, dataset.class_names)


def named(images: np.ndarray, names: list[str]) -> dict[bytes, str]:
    return {image.tobytes(): name for image, name in zip(images, names, strict=True)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "animals"
    folder.mkdir()
    return folder


def plain(folder: Path, mode: str = "L", size: tuple[int, int] = (2, 2), colour: object = 100) -> Image.Image:
    """Fills `folder` with two classes of two plain grey pictures, and returns a further picture."""
    for name in ("a", "b"):
        for number in range(2):
            (folder / name).mkdir(exist_ok=True)
            Image.new("L", (2, 2), 50 + number).save(folder / name / f"{number}.png")
    return Image.new(mode, size, colour)  # type: ignore[arg-type]


@pytest.mark.parametrize(("train", "test"), [("train", "test"), ("Training", "val"), ("train", "validation")])
def test_folders_of_classes_in_folders_of_parts(train, test, folder):
    write_pictures(folder / train, TRAIN, TRAIN_NAMES)
    write_pictures(folder / test, TEST, TEST_NAMES)
    dataset = load_dataset(folder)
    assert (dataset.name, dataset.class_names, dataset.input_shape) == ("animals", NAMES, (5, 4, 3))
    assert of_training(dataset) == named(TRAIN, TRAIN_NAMES)
    assert of_test(dataset) == named(TEST, TEST_NAMES)
    assert "The training images lie class by class; they were shuffled (seed 0)." in dataset.remarks


def test_folders_of_classes_alone_are_split(folder):
    many = images(30, (5, 4, 3))
    write_pictures(folder, many, [*"ab"] * 15)
    dataset = load_dataset(folder)
    assert (dataset.info.train, dataset.info.test) == ((12, 12), (3, 3))
    assert of_training(dataset) | of_test(dataset) == named(many, [*"ab"] * 15)
    assert load_dataset(folder).test_images.tobytes() == dataset.test_images.tobytes()


def test_a_folder_in_the_folder_and_folders_in_a_class_are_opened(folder):
    write_pictures(folder / "inner" / "dog" / "deep", TRAIN[:3], ["x", "y", "x"])
    write_pictures(folder / "inner" / "cat", TRAIN[3:], ["", "", ""])
    dataset = load_dataset(folder)
    assert dataset.class_names == ("cat", "dog")
    assert of_training(dataset) | of_test(dataset) == named(TRAIN, ["dog"] * 3 + ["cat"] * 3)


def test_classes_that_are_numbers_stand_in_their_order(folder):
    write_pictures(folder, images(24), [*range(12)] * 2)
    assert load_dataset(folder).class_names == tuple(map(str, range(12)))


def test_labels_txt_gives_the_order_of_the_classes_or_other_names(folder):
    write_pictures(folder, TRAIN, TRAIN_NAMES)
    (folder / "labels.txt").write_text("0 fox\n1 dog\n2 cat\n")
    dataset = load_dataset(folder)
    assert dataset.class_names == ("fox", "dog", "cat")
    assert of_training(dataset) | of_test(dataset) == named(TRAIN, TRAIN_NAMES)
    (folder / "labels.txt").write_text("Katze\nHund\nFuchs\n")
    assert load_dataset(folder).class_names == ("Katze", "Hund", "Fuchs")


def test_pictures_are_grey_only_if_all_are(folder):
    coloured = plain(folder, "RGB", colour=(9, 80, 200))
    assert load_dataset(folder).input_shape == (2, 2, 1)
    coloured.save(folder / "a" / "2.png")
    dataset = load_dataset(folder)
    assert dataset.input_shape == (2, 2, 3)
    assert bytes([9, 80, 200] * 4) in of_training(dataset) | of_test(dataset)
    assert bytes([50] * 12) in of_training(dataset) | of_test(dataset)
    assert "Grey ones converted to RGB, as others have colours: 4 of 5 pictures." in dataset.remarks


def save_deep(folder: Path, picture: Image.Image) -> None:
    Image.fromarray(np.full((2, 2), 25_957, np.uint16)).save(folder / "a" / "2.png")  # 101 × 257


def save_palette(folder: Path, picture: Image.Image) -> None:
    palette = picture.convert("P")
    palette.putpalette([7, 7, 7, 101, 101, 101])
    palette.putdata([1] * 4)
    palette.save(folder / "a" / "2.gif")


def save_clear(folder: Path, picture: Image.Image) -> None:
    clear = Image.new("LA", (2, 2), (24, 85))  # a third of 24, two thirds of white
    clear.save(folder / "a" / "2.png")


def save_cmyk(folder: Path, picture: Image.Image) -> None:
    Image.new("CMYK", (2, 2), (0, 0, 0, 154)).save(folder / "a" / "2.tif")


def save_large(folder: Path, picture: Image.Image) -> None:
    Image.new("L", (8, 6), 101).save(folder / "a" / "2.bmp")


@pytest.mark.parametrize(
    ("save", "remark", "pixel"),
    [
        (save_deep, "16 bits a pixel reduced to 8: 1 of 5 pictures.", [101]),
        (save_palette, "Palettes replaced by plain colours: 1 of 5 pictures.", [101]),
        (save_clear, "Transparent pixels laid on white: 1 of 5 pictures.", [178]),
        (save_cmyk, "Other colour spaces, such as CMYK, converted to RGB: 1 of 5 pictures.", [101] * 3),
        (save_large, "Resized to 2 × 2: 1 of 5 pictures.", [101]),
    ],
)
def test_odd_pictures_are_converted_and_counted(save, remark, pixel, folder):
    save(folder, plain(folder))
    dataset = load_dataset(folder)
    assert remark in dataset.remarks
    assert bytes(pixel * 4) in of_training(dataset) | of_test(dataset)


@pytest.mark.parametrize("ending", ["jpg", "png", "webp", "tif"])
def test_pictures_are_turned_upright_as_exif_says(ending, folder):
    picture = plain(folder, "L", (2, 2), 0)
    picture.putdata([255, 255, 0, 0])  # a bright top row, which turned to the right is a bright right column
    exif = Image.Exif()
    exif[0x0112] = 6
    picture.resize((16, 16), Image.Resampling.NEAREST).save(folder / "a" / f"2.{ending}", exif=exif, lossless=True)
    dataset = load_dataset(folder)
    both = [*dataset.train_images, *dataset.test_images]
    turned = next(image for image in both if image.max() > 200)
    assert (turned[:, 0, 0] < 60).all()
    assert (turned[:, 1, 0] > 190).all()
    assert "Turned upright as their EXIF data say: 1 of 5 pictures." in dataset.remarks


def test_the_commonest_size_counts_once_pictures_are_upright(folder):
    for number in range(6):
        exif = Image.Exif()
        exif[0x0112] = 8
        (folder / "ab"[number % 2]).mkdir(exist_ok=True)
        Image.new("L", (10, 30), number).save(folder / "ab"[number % 2] / f"{number}.jpg", exif=exif)
    Image.new("L", (10, 30), 9).save(folder / "a" / "9.png")
    assert load_dataset(folder).input_shape == (10, 30, 1)
    assert load_dataset(folder, largest=15).input_shape == (5, 15, 1)


def test_what_is_no_picture_is_left_out_and_counted(folder):
    write_pictures(folder, TRAIN, TRAIN_NAMES)
    (folder / "cat" / "notes.txt").write_text("two cats")
    (folder / "cat" / ".hidden.png").write_text("nothing")
    (folder / "readme.md").write_text("animals")
    (folder / ".git").mkdir()
    (folder / "owl").mkdir()
    (folder / "owl" / "sound.wav").write_bytes(b"RIFF....WAVE")
    dataset = load_dataset(folder)
    assert dataset.class_names == NAMES
    assert "Folders without a picture left out: 1 (owl)." in dataset.remarks
    assert "Files that are no pictures of a class left out: 3." in dataset.remarks


def test_a_test_folder_without_classes_is_not_used(folder):
    write_pictures(folder / "train", TRAIN, TRAIN_NAMES)
    write_pictures(folder / "test", TEST, [""] * 3)
    dataset = load_dataset(folder)
    assert "test has no folders of classes and is not used." in dataset.remarks
    assert sum(dataset.info.train) + sum(dataset.info.test) == 6


def test_the_hash_is_of_the_pictures_and_their_places(folder):
    write_pictures(folder, TRAIN, TRAIN_NAMES)
    one = load_dataset(folder).sha256
    (folder / "notes.txt").write_text("no part of it")
    assert load_dataset(folder).sha256 == one
    (folder / "cat" / "001.png").rename(folder / "dog" / "009.png")
    assert load_dataset(folder).sha256 != one


@pytest.mark.parametrize("heading", ["", "image,label\n", "label,image\n", "id,breed\n", "image,label,split\n"])
@pytest.mark.parametrize("given", ["", "table.csv"])
def test_a_table_may_name_the_pictures_and_their_classes(heading, given, folder):
    write_pictures(folder / "pictures", TRAIN, [""] * 6)
    rows = [[f"{number:03}.png", label] for number, label in enumerate(TRAIN_NAMES)]
    if "id" in heading:
        rows = [[name.removesuffix(".png"), label] for name, label in rows]
    if heading.startswith("label"):
        rows = [row[::-1] for row in rows]
    if "split" in heading:
        rows = [[*row, "test" if number > 3 else "train"] for number, row in enumerate(rows)]
    (folder / "table.csv").write_text(heading + "\n".join(map(",".join, rows)))
    dataset = load_dataset(folder / given)
    assert dataset.class_names == NAMES
    assert of_training(dataset) | of_test(dataset) == named(TRAIN, TRAIN_NAMES)
    assert dataset.name == "animals"
    if "split" in heading:
        assert of_test(dataset) == named(TRAIN[4:], TRAIN_NAMES[4:])


def refusal(path: Path) -> str:
    with pytest.raises(ArrayFileError) as refused:
        load_dataset(path)
    sentence = str(refused.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


@pytest.mark.parametrize("name", ["../secret.png", "/etc/passwd", "a/../../secret.png", "..\\secret.png", "C:x.png"])
def test_a_table_that_leads_out_of_its_folder_is_refused(name, folder):
    write_pictures(folder / "pictures", TRAIN, [""] * 6)
    Image.new("RGB", (4, 5)).save(folder.parent / "secret.png")
    (folder / "table.csv").write_text(f"000.png,cat\n001.png,dog\n{name},fox\n")
    assert "must name pictures in its own folder; received" in refusal(folder)


def test_a_table_that_names_what_is_not_there_or_no_picture_is_refused(folder):
    write_pictures(folder, TRAIN, [""] * 6)
    (folder / "table.csv").write_text("000.png,cat\n001.png,dog\n007.png,fox\n")
    assert "line 3 names '007.png', which is none" in refusal(folder)
    (folder / "007.png").write_text("no picture")
    assert "line 3 names '007.png', which is none" in refusal(folder)
    (folder / "table.csv").write_text("000.png,cat\n001.png,dog\n002.png\n")
    assert "must have a picture and a class in each row; line 3 lacks one" in refusal(folder)
    (folder / "table.csv").write_text(f'000.png,cat\n001.png,dog\n"{"x" * 200_000}",cat\n')
    assert "must be a CSV file; line 3 is none of one" in refusal(folder)


def png_claiming(width: int, height: int) -> bytes:
    """Returns a PNG picture of some bytes that claims a size."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">2I5B", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(1_000)))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("side", [9_000, 30_000, 2**31 - 1])
def test_a_picture_that_claims_to_be_huge_is_refused(side, folder):
    plain(folder)
    (folder / "a" / "2.png").write_bytes(png_claiming(side, side))
    assert "2.png must have at most 67,108,864 pixels" in refusal(folder)


@pytest.mark.parametrize("keep", [100, 200])
def test_a_picture_that_is_cut_short_is_named(keep, folder):
    plain(folder, "L", (300, 300)).save(folder / "a" / "2.png")
    whole = (folder / "a" / "2.png").read_bytes()
    (folder / "a" / "2.png").write_bytes(whole[:keep])
    assert "2.png must be an intact picture; it is cut short or damaged" in refusal(folder)


def test_a_picture_whose_pixels_are_nonsense_is_named(folder):
    picture = plain(folder, "RGB", (64, 64), (1, 2, 3))
    picture.save(folder / "b" / "2.jpg")
    content = bytearray((folder / "b" / "2.jpg").read_bytes())
    content[-300:-2] = b"\xff\xc4" * 149
    (folder / "b" / "2.jpg").write_bytes(content[:-150])
    assert "2.jpg must be an intact picture" in refusal(folder)


def test_folders_without_pictures_are_refused(folder):
    assert "must hold a folder of pictures for each class; no picture lies in a folder there" in refusal(folder)
    (folder / "cat").mkdir()
    assert "no picture lies in a folder there" in refusal(folder)
    Image.new("L", (3, 3)).save(folder / "loose.png")
    assert "no picture lies in a folder there" in refusal(folder)
    Image.new("L", (3, 3)).save(folder / "cat" / "one.png")
    assert "must have at least two classes; received one, cat" in refusal(folder)


def test_empty_folders_without_end_are_refused_before_any_is_opened(folder):
    for number in range(10_001):
        (folder / str(number)).mkdir()
    assert "must hold at most 10,000 classes; it holds 10,001 folders" in refusal(folder)


def test_links_that_go_round_in_circles_are_not_followed(folder):
    write_pictures(folder, TRAIN, TRAIN_NAMES)
    (folder / "loop").symlink_to(folder, target_is_directory=True)
    (folder / "cat" / "loop").symlink_to(folder, target_is_directory=True)
    (folder / "dog" / "self.png").symlink_to(folder / "dog" / "self.png")
    dataset = load_dataset(folder)
    assert dataset.class_names == NAMES
    assert "Links to folders, or to nothing, not followed: 3." in dataset.remarks
    assert sum(dataset.info.train) + sum(dataset.info.test) == 6


def test_links_to_folders_elsewhere_are_not_followed_and_that_is_told(folder):
    elsewhere = folder.parent / "elsewhere"
    write_pictures(elsewhere, TRAIN, TRAIN_NAMES)
    for name in NAMES:
        (folder / name).symlink_to(elsewhere / name, target_is_directory=True)
    assert refusal(folder).endswith("no picture lies in a folder there; links to folders are not followed.")


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16"])
@pytest.mark.parametrize("place", ["", "pictures"])
def test_a_table_in_another_encoding_is_named(place, encoding, folder):
    write_pictures(folder / place, TRAIN, [""] * 6)
    rows = "".join(f"{number:03}.png,{name}\n" for number, name in enumerate(["Käfer", "Bär"] * 3))
    (folder / "table.csv").write_bytes(rows.encode(encoding))
    assert "table.csv must be a text file in UTF-8; it is a text file in" in refusal(folder)
    assert refusal(folder / "table.csv").endswith("; save it in UTF-8.")


def test_a_table_in_which_a_line_is_in_another_encoding_or_names_no_class_is_refused(folder):
    write_pictures(folder, TRAIN, [""] * 6)
    many = "000.png,cat\n001.png,dog\n" * 100
    (folder / "table.csv").write_bytes(many.encode() + "002.png,Bär\n".encode("cp1252"))
    assert "must be a text file in UTF-8; line 201 is in another encoding" in refusal(folder)
    (folder / "table.csv").write_text(f"{many}002.png,{'x' * 101}\n")
    assert "must name classes in at most 100 characters; line 201 has 101" in refusal(folder)


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16"])
def test_labels_txt_in_another_encoding_is_refused(encoding, folder):
    write_pictures(folder, TRAIN, TRAIN_NAMES)
    (folder / "labels.txt").write_bytes("Käfer\nBär\nFuchs\n".encode(encoding))
    assert refusal(folder) == "labels.txt must be a text file in UTF-8; it is not; save it in UTF-8."


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes")
def test_a_pipe_is_no_picture_and_is_never_opened(folder):
    write_pictures(folder, TRAIN, TRAIN_NAMES)
    os.mkfifo(folder / "cat" / "pipe.png")
    assert sum(load_dataset(folder).info.train) > 0


def test_a_single_picture_is_no_dataset(folder):
    Image.new("L", (3, 3)).save(folder / "one.png")
    assert "it is a PNG picture" in refusal(folder / "one.png")
