"""Images of other programs, read to be looked at or to start from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fooler_gui.data.array_file import ArrayFileError
from fooler_gui.data.labelled_images import LabelledImages, read_labelled_images

SHAPE = (4, 5, 1)
NAMES = ("zero", "one", "two")
IMAGES = np.random.default_rng(0).random((3, *SHAPE), np.float32)
COLOURED = np.random.default_rng(1).random((2, 4, 5, 3), np.float32)


def read(path: Path, **arrays: object) -> LabelledImages:
    """Returns what is read of a file of `arrays`."""
    np.savez(path / "set.npz", **arrays)
    return read_labelled_images(path / "set.npz", SHAPE, NAMES)


def refusal(path: Path, shape: tuple[int, int, int] = SHAPE) -> str:
    with pytest.raises(ArrayFileError) as caught:
        read_labelled_images(path, shape, NAMES)
    return str(caught.value)


@pytest.mark.parametrize("name", ["x_adv", "adv", "advs", "adv_x", "x", "images", "x_test"])
@pytest.mark.parametrize("labels", ["y", "labels", "y_target"])
def test_images_and_labels_are_found_under_their_usual_names(tmp_path: Path, name: str, labels: str) -> None:
    found = read(tmp_path, **{name: IMAGES, labels: [2, 0, 1], "eps": 0.3})
    np.testing.assert_array_equal(found.images, IMAGES)
    assert found.labels is not None
    assert found.labels.tolist() == [2, 0, 1]
    assert found.remarks == ()


def test_changed_images_come_before_those_they_were_made_of(tmp_path: Path) -> None:
    np.testing.assert_array_equal(read(tmp_path, x=IMAGES * 0, x_adv=IMAGES, y=[0, 1, 2]).images, IMAGES)
    assert read(tmp_path, images=np.zeros((7, 1, 3, *SHAPE)), x=IMAGES).labels is None


def test_labels_may_be_one_hot_and_are_read_only_where_classes_are_named(tmp_path: Path) -> None:
    found = read(tmp_path, x=IMAGES, y=np.eye(3)[[1, 1, 0]])
    assert found.labels is not None
    assert found.labels.tolist() == [1, 1, 0]
    np.savez(tmp_path / "other.npz", x=IMAGES, y=[70, 80, 90])
    assert read_labelled_images(tmp_path / "other.npz", SHAPE).labels is None
    assert refusal(tmp_path / "other.npz") == "other.npz: y must be classes from 0 to 2; received 90."


def test_channels_first_are_moved_and_that_is_told(tmp_path: Path) -> None:
    np.savez(tmp_path / "set.npz", advs=COLOURED.transpose(0, 3, 1, 2))
    found = read_labelled_images(tmp_path / "set.npz", (4, 5, 3), NAMES)
    np.testing.assert_array_equal(found.images, COLOURED)
    assert found.remarks == ("Channels were moved from the first axis of each image to the last.",)


@pytest.mark.parametrize(
    ("images", "remarks"),
    [
        (np.rint(IMAGES * 255).astype(np.uint8), ()),
        (np.rint(IMAGES * 255), ("Pixels from 0 to 255 were scaled to 0 to 1.",)),
        (np.rint(IMAGES * 255) / 127.5 - 1, ("Pixels from -1 to 1 were scaled to 0 to 1.",)),
        (np.rint(IMAGES * 255) / 255, ()),
    ],
    ids=["bytes", "0 to 255", "-1 to 1", "0 to 1"],
)
def test_pixels_of_usual_ranges_are_scaled_and_that_is_told(
    tmp_path: Path, images: np.ndarray, remarks: tuple[str, ...]
) -> None:
    found = read(tmp_path, x=images)
    np.testing.assert_allclose(found.images, np.rint(IMAGES * 255) / 255, atol=1e-6)
    assert found.images.dtype == np.float32
    assert found.remarks == remarks


def test_a_folder_of_pictures_is_read_in_the_order_of_names_and_colours_turned_grey_are_told(tmp_path: Path) -> None:
    grey = np.arange(20, dtype=np.uint8).reshape(4, 5)
    Image.fromarray(grey).save(tmp_path / "b.png")
    Image.fromarray(np.full((4, 5, 3), (255, 0, 0), np.uint8)).save(tmp_path / "a.png")
    (tmp_path / "notes.txt").write_text("mine")
    found = read_labelled_images(tmp_path, SHAPE, NAMES)
    np.testing.assert_allclose(found.images[1, ..., 0], grey / 255, atol=1e-7)
    assert found.images[0] == pytest.approx(76 / 255, abs=1e-6)  # 0.299 of 255
    assert found.labels is None
    assert found.remarks == ("Colours turned to shades of grey: 1 of 2 pictures.",)


def test_folders_within_a_folder_name_the_classes(tmp_path: Path) -> None:
    for place, name in enumerate(("1", "two")):
        (tmp_path / name).mkdir()
        Image.fromarray(np.full((4, 5), 51 * place, np.uint8)).save(tmp_path / name / "image.png")
    found = read_labelled_images(tmp_path, SHAPE, NAMES)
    assert found.labels is not None
    assert found.labels.tolist() == [1, 2]
    assert found.images[:, 0, 0, 0].tolist() == pytest.approx([0, 0.2])
    assert read_labelled_images(tmp_path, SHAPE).labels is None
    (tmp_path / "two").rename(tmp_path / "three")
    assert "must be named as classes (zero, one, two) or by their numbers from 0 to 2; received three." in refusal(
        tmp_path
    )


def test_what_are_no_images_is_refused_with_a_sentence(tmp_path: Path) -> None:
    def refused(**arrays: object) -> str:
        np.savez(tmp_path / "set.npz", **arrays)
        return refusal(tmp_path / "set.npz")

    assert refused(a=IMAGES, b=IMAGES).startswith("set.npz must hold an array of images called x_adv, ")
    assert refused(a=IMAGES, b=IMAGES).endswith("; it holds a, b.")
    assert refused(x=IMAGES[:, :3]) == "set.npz: x must hold images of 4 × 5 × 1; received 3 × 5 × 1."
    assert "x must be finite numbers" in refused(x=IMAGES * np.nan)
    assert "received values from 0 to 1000.5" in refused(x=np.linspace(0, 1_000.5, 20).reshape(1, *SHAPE))
    assert "y must be one whole number for each of the 3 images" in refused(x=IMAGES, y=[1, 2])
    (tmp_path / "empty").mkdir()
    assert "must hold pictures, or a folder of pictures for each class; it holds none" in refusal(tmp_path / "empty")
    (tmp_path / "text").write_text("hello world")
    assert refusal(tmp_path / "text").endswith("or a folder of pictures; it is a text file.")
    assert refusal(tmp_path / "none") == f"There is no file {tmp_path / 'none'}."


def test_images_that_unpack_to_more_than_is_allowed_are_refused_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    np.savez_compressed(tmp_path / "set.npz", x=np.zeros((1_000, *SHAPE)))
    monkeypatch.setattr("fooler_gui.data.labelled_images.MAXIMUM_BYTES", 50_000)
    assert "must unpack to at most 1 GiB" in refusal(tmp_path / "set.npz")
