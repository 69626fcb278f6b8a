from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from change_samples import make_found
from PIL import Image

from fooler_gui.core.least_change import changes_csv
from fooler_gui.exports.figures import lay_out_figure
from fooler_gui.exports.least_change import WRITERS, change_picture

NAMES = ("circle", "square")
SCALE = 3


@pytest.mark.parametrize("channels", [1, 3])
def test_the_picture_shows_start_image_and_difference_where_grey_is_no_change(channels: int) -> None:
    found = make_found(channels=channels)
    picture = np.asarray(change_picture(found, NAMES))
    columns = np.stack([found.starts, found.images, found.images], axis=1)
    captions = [["circle: .7500", ".5000", "L2 3.92"], ["circle: .5000", "not found", ""]]
    layout = lay_out_figure(columns, ["square"] * 2, captions, SCALE)
    assert picture.shape[1::-1] == layout.size

    def cell(row: int, column: int) -> np.ndarray:
        x, y, width, height = layout.cells[row][column]
        return picture[y : y + height, x : x + width]

    assert (cell(0, 0) == 51).all()
    assert (cell(0, 1)[:, :9] == 255).all()
    assert (cell(0, 1)[:, 9:] == 51).all()
    assert (cell(0, 2)[:, :9] == round(255 * 0.9)).all()
    assert len(np.unique(cell(1, 2))) == 1
    assert abs(int(cell(1, 2)[0, 0, 0]) - 127.5) <= 0.5


def test_arrays_can_be_read_without_pickle_and_have_no_number_where_nothing_was_found(tmp_path: Path) -> None:
    found = make_found()
    WRITERS[".npz"](found, NAMES, tmp_path / "change.npz")
    with np.load(tmp_path / "change.npz", allow_pickle=False) as arrays:
        np.testing.assert_array_equal(arrays["images"], found.images)
        np.testing.assert_array_equal(arrays["starts"], found.starts)
        assert arrays["images"].dtype == np.float32
        assert arrays["labels"].tolist() == [1, 1]
        assert arrays["start_classes"].tolist() == [0, 0]
        assert arrays["found"].tolist() == [True, False]
        np.testing.assert_array_equal(arrays["l2"], [3.92, np.nan])
        np.testing.assert_array_equal(arrays["pixels"], [24, np.nan])
        assert set(arrays) == {
            "images", "starts", "labels", "start_classes", "found", "l2", "linf", "pixels", "probability"
        }  # fmt: skip


def test_picture_and_table_are_written_as_they_are_made(tmp_path: Path) -> None:
    found = make_found()
    WRITERS[".png"](found, NAMES, tmp_path / "change.png")
    WRITERS[".csv"](found, NAMES, tmp_path / "change.csv")
    with Image.open(tmp_path / "change.png") as picture:
        np.testing.assert_array_equal(np.asarray(picture), np.asarray(change_picture(found, NAMES)))
    assert (tmp_path / "change.csv").read_text(encoding="utf-8") == changes_csv(found.report, NAMES)
