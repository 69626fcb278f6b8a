from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fooler_gui.core.given_images import holds_images_alone

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.mark.parametrize(
    ("names", "are_alone"),
    [
        (("images",), True),
        (("anything",), True),
        (("images", "labels"), False),
        (("x", "y"), False),
        (("x_train", "y_train", "x_test", "y_test"), False),
        (("x", "x_adv", "y"), True),
        (("adv", "labels"), True),
        (("x", "y", "x_start", "l2"), True),
    ],
)
def test_changed_images_are_a_start_even_with_labels(tmp_path: Path, names: tuple[str, ...], are_alone: bool) -> None:
    np.savez(tmp_path / "file.npz", **dict.fromkeys(names, np.zeros(3)))
    assert holds_images_alone(tmp_path / "file.npz") is are_alone


def test_a_folder_of_nothing_but_pictures_is_a_start(tmp_path: Path) -> None:
    assert not holds_images_alone(tmp_path)
    (tmp_path / ".hidden").touch()
    for name in ("one.png", "two.png"):
        (tmp_path / name).write_bytes(PNG)
    assert holds_images_alone(tmp_path)
    (tmp_path / "classes.csv").touch()
    assert not holds_images_alone(tmp_path)
    (tmp_path / "classes.csv").unlink()
    (tmp_path / "cats").mkdir()
    assert not holds_images_alone(tmp_path)


def test_a_folder_of_other_files_is_none(tmp_path: Path) -> None:
    (tmp_path / "data_batch_1.bin").write_bytes(b"\1" * 3073)
    assert not holds_images_alone(tmp_path)
