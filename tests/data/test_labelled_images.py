from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fooler_gui.data.array_file import ArrayFileError
from fooler_gui.data.labelled_images import IMAGE_NAMES, LABEL_NAMES, LabelledImages, read_labelled_images

GREY, COLOUR = (4, 5, 1), (4, 5, 3)
NAMES = ("cat", "dog", "owl")
FLOATS = np.random.default_rng(0).random((3, 4, 5, 1), np.float32)


def read(path: Path, shape: tuple[int, int, int] = GREY) -> LabelledImages:
    return read_labelled_images(path, shape, NAMES)


@pytest.mark.parametrize("name", IMAGE_NAMES)
@pytest.mark.parametrize("labels_name", LABEL_NAMES)
def test_arrays_are_found_by_the_usual_names_and_keep_their_bits(tmp_path: Path, name: str, labels_name: str) -> None:
    np.savez(tmp_path / "a.npz", **{name: FLOATS, labels_name: np.array([2, 0, 1]), "distances": np.zeros(3)})
    images, labels, remarks = read(tmp_path / "a.npz")
    assert images.tobytes() == FLOATS.tobytes()
    assert labels is not None
    assert labels.tolist() == [2, 0, 1]
    assert remarks == ()


def test_the_target_of_an_attack_counts_before_the_true_class(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x_adv=FLOATS, y=np.array([0, 0, 0]), targets=np.array([1, 2, 1]))
    labels = read(tmp_path / "a.npz").labels
    assert labels is not None
    assert labels.tolist() == [1, 2, 1]


def test_labels_may_be_one_hot_or_missing(tmp_path: Path) -> None:
    np.savez(tmp_path / "hot.npz", x=FLOATS, y=np.eye(3)[[2, 0, 1]])
    labels = read(tmp_path / "hot.npz").labels
    assert labels is not None
    assert labels.tolist() == [2, 0, 1]
    np.savez(tmp_path / "none.npz", FLOATS)
    assert read(tmp_path / "none.npz").labels is None
    np.save(tmp_path / "none.npy", FLOATS)
    assert read(tmp_path / "none.npy").images.tobytes() == FLOATS.tobytes()


def test_channels_may_come_first_as_in_foolbox_and_that_is_told(tmp_path: Path) -> None:
    images = np.random.default_rng(1).random((2, 4, 5, 3), np.float32)
    np.savez(tmp_path / "a.npz", adv=images.transpose(0, 3, 1, 2))
    found, _, remarks = read(tmp_path / "a.npz", COLOUR)
    assert found.tobytes() == images.tobytes()
    assert remarks == ("Channels were moved from the first axis of each image to the last.",)


@pytest.mark.parametrize(
    ("stored", "told"),
    [
        ((FLOATS * 255).round().astype(np.uint8), ""),
        ((FLOATS * 255).round().astype(np.float64), "Pixels from 0 to 255 were scaled to 0 to 1."),
        ((FLOATS * 255).round() / 127.5 - 1, "Pixels from -1 to 1 were scaled to 0 to 1."),
    ],
)
def test_pixels_of_other_ranges_are_scaled_and_that_is_told(tmp_path: Path, stored: np.ndarray, told: str) -> None:
    np.savez(tmp_path / "a.npz", images=stored)
    images, _, remarks = read(tmp_path / "a.npz")
    np.testing.assert_allclose(images, (FLOATS * 255).round() / 255, atol=1e-6)
    assert remarks == ((told,) if told else ())


def write_picture(path: Path, grey: int, size: tuple[int, int] = (5, 4)) -> None:
    path.parent.mkdir(exist_ok=True)
    Image.new("L", size, grey).save(path)


def test_a_folder_of_pictures_has_no_labels(tmp_path: Path) -> None:
    write_picture(tmp_path / "set" / "b.png", 255)
    write_picture(tmp_path / "set" / "a.png", 0)
    (tmp_path / "set" / "notes.txt").write_text("none")
    images, labels, _ = read(tmp_path / "set")
    assert images.shape == (2, *GREY)
    assert images.max(axis=(1, 2, 3)).tolist() == [0.0, 1.0]
    assert labels is None


def test_a_folder_for_each_class_gives_labels_by_name_or_number(tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()
    write_picture(tmp_path / "set" / "owl" / "a.png", 0)
    write_picture(tmp_path / "set" / "0" / "a.png", 255, (10, 8))
    images, labels, remarks = read(tmp_path / "set")
    assert labels is not None
    assert list(zip(labels.tolist(), images[:, 0, 0, 0].tolist(), strict=True)) == [(0, 1.0), (2, 0.0)]
    assert remarks == ("Resized to 4 × 5: 1 of 2 pictures.",)


def test_what_cannot_be_used_is_refused_in_a_sentence(tmp_path: Path) -> None:
    np.savez(tmp_path / "shape.npz", images=FLOATS[:, :3])
    np.savez(tmp_path / "labels.npz", images=FLOATS, labels=np.array([0, 1, 3]))
    np.savez(tmp_path / "names.npz", one=FLOATS, two=FLOATS)
    np.savez(tmp_path / "range.npz", images=FLOATS * 1000)
    (tmp_path / "empty").mkdir()
    (tmp_path / "classes").mkdir()
    write_picture(tmp_path / "classes" / "horse" / "a.png", 0)
    for name, sentence in {
        "shape.npz": "shape.npz: images must hold images of 4 × 5 × 1; received 3 × 5 × 1.",
        "labels.npz": "labels.npz: labels must be classes from 0 to 2; received 3.",
        "names.npz": "it holds one, two.",
        "range.npz": "must have pixels from 0 to 255, 0 to 1 or -1 to 1",
        "empty": "must hold pictures, or a folder of pictures for each class; it holds none.",
        "classes": "must be named as classes (cat, dog, owl) or by their numbers from 0 to 2; received horse.",
        "nowhere.npz": "There is no file",
    }.items():
        with pytest.raises(ArrayFileError) as refusal:
            read(tmp_path / name)
        assert sentence in str(refusal.value)
