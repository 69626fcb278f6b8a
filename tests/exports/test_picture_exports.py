from __future__ import annotations

import numpy as np
import pytest
from export_samples import SHAPE, cells, export, make_saves, record, to_8_bits
from PIL import Image

from fooler_gui.core.errors import LabError
from fooler_gui.core.save import Save
from fooler_gui.exports.exported import Exported
from fooler_gui.exports.grid_picture import grid_picture
from fooler_gui.exports.picture_size import PictureTooBigError, check_size
from fooler_gui.exports.recorded_run import RecordedRun


@pytest.mark.parametrize(("step", "place"), [(None, -1), (0, 0), (4, 4)])
def test_a_picture_shows_the_images_of_one_save(run_folder, saves, tmp_path, step, place):
    exported = export(run_folder, tmp_path / "grid.png", step, scale=2)
    with Image.open(tmp_path / "grid.png") as picture:
        pixels = np.asarray(picture.convert("L"))
        assert exported == Exported(saves=1, of=7, size=picture.size)
    np.testing.assert_array_equal(cells(pixels, saves[place], 2), to_8_bits(saves[place])[..., 0])


def test_an_unfinished_run_is_exported_like_any_other(saves, tmp_path):
    folder = record(tmp_path / "run", saves[:3], finished=False)
    export(folder, tmp_path / "grid.png", scale=1)
    with Image.open(tmp_path / "grid.png") as picture:
        pixels = np.asarray(picture.convert("L"))
    np.testing.assert_array_equal(cells(pixels, saves[2], 1), to_8_bits(saves[2])[..., 0])


def test_a_step_without_a_save_is_refused_with_the_steps_near_it(saves, tmp_path):
    folder = record(tmp_path / "run", [saves[0], saves[2], saves[5]])
    for step, near in ((3, "2 and 5"), (9, "5"), (1, "0 and 2")):
        with pytest.raises(LabError, match=rf"no save of step {step}; near it has step {near}\."):
            export(folder, tmp_path / "grid.png", step)
    assert not (tmp_path / "grid.png").exists()


@pytest.mark.parametrize("scale", [1, 4])
def test_tiles_are_the_images_one_by_one(run_folder, saves, tmp_path, scale):
    exported = export(run_folder, tmp_path / "tiles", 3, scale=scale)
    assert exported == Exported(saves=1, of=7, size=(SHAPE[1] * scale, SHAPE[0] * scale))
    paths = {path.name for path in (tmp_path / "tiles").iterdir()}
    assert paths == {f"label {label} slot {slot}.png" for label in (3, 7) for slot in (1, 2, 3)}
    for row, label in enumerate((3, 7)):
        for slot in range(3):
            with Image.open(tmp_path / "tiles" / f"label {label} slot {slot + 1}.png") as tile:
                assert tile.mode == "L"
                expected = to_8_bits(saves[3])[row, slot, ..., 0].repeat(scale, 0).repeat(scale, 1)
                np.testing.assert_array_equal(np.asarray(tile), expected)
                assert np.float32(tile.text["Probability"]) == saves[3].probabilities[row, slot]


def test_tiles_replace_tiles_and_nothing_else(run_folder, tmp_path):
    export(run_folder, tmp_path / "tiles", 3)
    export(run_folder, tmp_path / "tiles", 0)
    assert len(list((tmp_path / "tiles").iterdir())) == 6
    (tmp_path / "tiles" / "thesis.txt").write_text("mine")
    with pytest.raises(LabError, match="holds something else"):
        export(run_folder, tmp_path / "tiles", 0)
    assert (tmp_path / "tiles" / "thesis.txt").read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["tiles"]


def test_coloured_images_keep_their_colours(tmp_path):
    saves = make_saves(range(2), (4, 4, 3))
    folder = record(tmp_path / "run", saves)
    export(folder, tmp_path / "grid.png", scale=1)
    export(folder, tmp_path / "tiles", scale=1)
    with Image.open(tmp_path / "grid.png") as picture:
        np.testing.assert_array_equal(cells(np.asarray(picture), saves[1], 1), to_8_bits(saves[1]))
    with Image.open(tmp_path / "tiles" / "label 7 slot 2.png") as tile:
        np.testing.assert_array_equal(np.asarray(tile), to_8_bits(saves[1])[1, 1])


def test_tiles_and_numbers_name_classes(tmp_path, saves):
    names = (*"abc", "Fire truck", *"efg", "T-shirt/top: ü")
    folder = record(tmp_path / "run", saves, class_names=names)
    export(folder, tmp_path / "tiles", 3)
    export(folder, tmp_path / "tiles", 3)
    assert {path.name for path in (tmp_path / "tiles").iterdir()} == {
        *(f"label 3 Fire truck slot {slot}.png" for slot in (1, 2, 3)),
        *(f"label 7 T-shirt-top- ü slot {slot}.png" for slot in (1, 2, 3)),
    }
    with Image.open(tmp_path / "tiles" / "label 3 Fire truck slot 1.png") as tile:
        assert tile.text["Labels"] == "Fire truck, T-shirt/top: ü"
    export(folder, tmp_path / "run.csv")
    table = (tmp_path / "run.csv").read_text(encoding="utf-8")
    assert "label Fire truck: inputs: reference cost" in table.partition("\n")[0]
    assert "slot 2 of label T-shirt/top: ü pinned" in table


def test_a_picture_that_would_be_too_big_is_refused(saves: list[Save]):
    check_size((1_000, 1_000), 3, most_megapixels=1)
    with pytest.raises(PictureTooBigError, match=r"at most 1 megapixels; at scale 3 this one would have 1,001 × 1,000"):
        check_size((1_001, 1_000), 3, most_megapixels=1)
    with pytest.raises(PictureTooBigError, match="at most 250 megapixels"):
        grid_picture(saves[0], list("0123456789"), scale=3_000)


def test_an_unknown_ending_is_refused(run_folder, tmp_path):
    with pytest.raises(LabError, match=r"one of \.png, \.gif, .*received run\.bmp"):
        export(run_folder, tmp_path / "run.bmp")


def test_a_run_without_a_save_cannot_be_exported(saves, tmp_path):
    folder = record(tmp_path / "run", saves)
    (folder / "history.sqlite").unlink()
    with pytest.raises(LabError, match="There is no history"):
        RecordedRun(folder)
