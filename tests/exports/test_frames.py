"""What pictures of a size of one's own, and with a title, show, and where; hand-worked."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from export_samples import export, make_saves, make_spec, record, to_8_bits
from PIL import Image
from saves import make_save

from fooler_gui.core.errors import LabError
from fooler_gui.core.export_settings import BEFORE_AFTER, PLOTS, ExportSettings
from fooler_gui.core.save import Save
from fooler_gui.exports.arrangement import arrange, heads
from fooler_gui.exports.figures import text_width
from fooler_gui.exports.frames import FrameArtist
from fooler_gui.exports.shot import Shot

NAMES = tuple(map(str, range(10)))
DIGITS = (28, 28, 1)


def shot_of(save: Save, first: Save | None = None) -> Shot:
    steps = np.array([0, save.step])
    return Shot(
        save=save,
        first=first or save,
        spec=make_spec(save.labels, save.images.shape[1]),
        class_names=NAMES,
        steps=steps,
        lowest=np.array([0.0, save.probabilities.min()]),
        mean=np.array([0.1, save.probabilities.mean()]),
    )


def test_1920_by_1080_holds_eight_digits_in_two_rows_at_scale_15_in_its_middle():
    # Texts are twice as large: 32 above, a title of 36, 16 between, a sentence of 28: 112. Of the 968 that remain two
    # rows of 28 · 15 + 32 + 8 and a margin of 24 take 944. Four images and gaps take 4 · 428 + 24 = 1,736 of the width.
    artist = FrameArtist(shot_of(make_save((3,), 8, DIGITS)), ExportSettings(size=(1920, 1080), title="Hello"))
    assert (artist.size, artist.scale) == ((1920, 1080), 15)
    assert artist.cells == tuple(
        tuple((108 + column * 428, 140 + row * 460, 420, 420) for column in range(4)) for row in range(2)
    )
    left, right = artist.cells[0][0][0], 1920 - (artist.cells[0][3][0] + 420)
    assert left == right == 108


def test_1280_by_720_holds_them_at_scale_10():
    # 21 above, 24, 11 between, 19: 75; 2 · (280 + 21 + 8) + 24 = 642 of 645; 4 · 288 + 24 = 1,176 of the width.
    artist = FrameArtist(shot_of(make_save((3,), 8, DIGITS)), ExportSettings(size=(1280, 720), title="Hello"))
    assert (artist.scale, artist.cells[0][0], artist.cells[1][3]) == (10, (68, 92, 280, 280), (932, 401, 280, 280))


def test_a_picture_of_exact_size_shows_every_pixel_as_a_square_of_its_scale(tmp_path: Path):
    saves = [make_save((3,), 8, DIGITS, step) for step in range(2)]
    exported = export(record(tmp_path / "run", saves), tmp_path / "a.png", size=(1920, 1080), title="Hello")
    assert exported.size == (1920, 1080)
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.size == (1920, 1080)
        pixels = np.asarray(picture.convert("L"))
    for slot, shown in enumerate(to_8_bits(saves[1])[0, ..., 0]):
        x, y = 108 + slot % 4 * 428, 140 + slot // 4 * 460
        np.testing.assert_array_equal(pixels[y : y + 420, x : x + 420], shown.repeat(15, 0).repeat(15, 1))


def test_by_scale_words_stand_above_the_images_and_without_words_nothing_does():
    save = make_save((3,), 8, DIGITS)
    with_words, bare = (FrameArtist(shot_of(save), ExportSettings(title=title)) for title in ("Hello", ""))
    # 16 above, 18, 8 between, 14, then the figure's own margin of 16.
    assert with_words.cells[0][0] == (16, 72, 84, 84)
    assert bare.cells[0][0][1:] == (16, 84, 84)
    assert bare.cells[0][0][0] > 16, "without words the row is named"


def test_the_title_is_drawn_where_the_words_are(tmp_path: Path):
    save = make_save((3,), 8, DIGITS)
    frames = [
        np.asarray(FrameArtist(shot_of(save), ExportSettings(size=(1280, 720), title=title)).draw(shot_of(save)))
        for title in ("Hello", "World")
    ]
    down, across = np.nonzero(frames[0] != frames[1])
    assert 21 <= down.min() < down.max() < 21 + 24
    assert 68 <= across.min() < across.max() < 68 + max(text_width(word, 24) for word in ("Hello", "World"))


def test_a_title_that_is_too_long_is_shortened_to_the_width():
    save, title = make_save((3,), 8, DIGITS), "W" * 200
    artist = FrameArtist(shot_of(save), ExportSettings(size=(640, 360), title=title))
    assert artist.draw(shot_of(save)).size == (640, 360)


def test_a_plot_is_below_the_images_or_beside_rows_of_many(tmp_path: Path):
    few, many = make_save((3,), 8, DIGITS, 5), make_save(tuple(range(10)), 8, DIGITS, 5)
    settings = ExportSettings(size=(1920, 1080), what=PLOTS, title="Hello")
    below, beside = FrameArtist(shot_of(few), settings), FrameArtist(shot_of(many), settings)
    assert max(y + height for row in below.cells for _, y, _, height in row) < 1080 * 0.72
    assert max(x + width for row in beside.cells for x, _, width, _ in row) < 1920 * 0.64
    pictures = [np.asarray(artist.draw(shot_of(save)), int) for artist, save in ((below, few), (beside, many))]
    assert (pictures[0][1080 * 72 // 100 + 40 :] < 255).any()
    assert (pictures[1][:, 1920 * 64 // 100 :] < 255).any()


def test_the_plot_ends_at_the_save_that_is_shown():
    save = make_save((3,), 8, DIGITS, 5, probabilities=0.5)
    whole = shot_of(make_save((3,), 8, DIGITS, 10, probabilities=0.5))
    artist = FrameArtist(whole, ExportSettings(what=PLOTS, title=""), moving=True)
    half = Shot(
        save=save, first=save, spec=whole.spec, class_names=NAMES, steps=whole.steps, lowest=whole.lowest,
        mean=whole.mean,
    )  # fmt: skip
    top = max(y + height for row in artist.cells for _, y, _, height in row) + 60
    ends = []
    for shot in (half, whole):
        ink = np.asarray(artist.draw(shot), int)[top:-40] < 100
        ends.append(np.nonzero(ink.any(axis=0))[0].max())
    assert ends[0] < ends[1]


def test_before_and_after_stand_in_pairs_of_rows_with_their_captions():
    first, last = (make_save((3, 7), 4, (6, 5, 1), step, probabilities=p) for step, p in ((0, 0.125), (9, 0.75)))
    rows = arrange(shot_of(last, first), BEFORE_AFTER)
    assert rows.names == ["3 before", "3 after", "7 before", "7 after"]
    assert rows.captions == [[".1250"] * 4, [".7500"] * 4] * 2
    for row, (save, label) in enumerate(((first, 0), (last, 0), (first, 1), (last, 1))):
        np.testing.assert_array_equal(rows.images[row], save.images[label])


def test_rows_that_are_folded_keep_pairs_together_and_are_named_once():
    first, last = (make_save((3,), 4, (6, 5, 1), step) for step in (0, 9))
    rows = arrange(shot_of(last, first), BEFORE_AFTER, 2, names_one=False)
    assert rows.names == ["before", "after", "", ""]
    for row, (save, slots) in enumerate(((first, (0, 1)), (last, (0, 1)), (first, (2, 3)), (last, (2, 3)))):
        np.testing.assert_array_equal(rows.images[row], save.images[0, list(slots)])


def test_an_animation_says_what_it_shows_and_a_bare_picture_does_not():
    save = make_save((3,), 4, DIGITS, 1200, probabilities=[[0.9, 0.8, 0.7, 0.4]])
    sentence = "Step 1,200 · The net sees 3 in 3 of 4 images, 70.00 % sure on average."
    assert heads(shot_of(save), ExportSettings(), moving=True) == ("From uniform noise to 3", sentence)
    assert heads(shot_of(save), ExportSettings(title=""), moving=True) == ("", sentence)
    assert heads(shot_of(save), ExportSettings(), moving=False) == ("", "")
    assert heads(shot_of(save), ExportSettings(title=" My\nown "), moving=False) == ("My own", sentence)


def test_one_image_has_the_nets_own_words_and_several_labels_a_count():
    one = make_save((3,), 1, DIGITS, 7, probabilities=0.75)
    two = make_save((3, 7), 2, DIGITS, 7, probabilities=0.75)
    assert heads(shot_of(one), ExportSettings(), moving=True)[1] == "Step 7 · The net: 3, 75.00 % sure."
    assert heads(shot_of(two), ExportSettings(), moving=True) == (
        "From uniform noise to 2 digits",
        "Step 7 · The net sees its label in all 4 images, 75.00 % sure on average.",
    )


def test_images_without_room_are_refused_with_the_reason():
    with pytest.raises(LabError) as caught:
        FrameArtist(shot_of(make_save(tuple(range(10)), 8, DIGITS)), ExportSettings(size=(320, 240)))
    assert str(caught.value) == (
        "80 images of 28 × 28 pixels must have room in the picture; 320 × 240 pixels are too few. Choose a larger size."
    )


def test_sizes_out_of_range_are_refused():
    with pytest.raises(LabError, match=r"64 to 3,840 pixels; received 4,000 × 100\."):
        ExportSettings(size=(4000, 100))
    with pytest.raises(LabError, match=r"what must be one of grid, plots, before-after; received 'all'\."):
        ExportSettings(what="all")
    with pytest.raises(LabError, match=r"at most 200 letters; received 201\."):
        ExportSettings(title="x" * 201)


@pytest.mark.parametrize("ending", [".gif", ".webp", ".apng"])
def test_an_animation_of_exact_size_lasts_as_long_as_wanted(tmp_path: Path, ending: str):
    folder, path = record(tmp_path / "run", make_saves(range(5))), tmp_path / f"run{ending}"
    exported = export(folder, path, size=(640, 360), seconds=3.0, hold=1.0, what=BEFORE_AFTER, title="Hello")
    assert exported.size == (640, 360)
    with Image.open(path) as film:
        times = []
        for frame in range(film.n_frames):
            film.seek(frame)
            film.load()
            assert film.size == (640, 360)
            times.append(film.info["duration"])
    assert times == [500] * 4 + [1000]


@pytest.mark.parametrize(("what", "plots", "images"), [("", 1, 6), ("grid", 0, 6), (BEFORE_AFTER, 0, 12)])
def test_a_drawing_shows_the_plots_or_before_and_after(run_folder: Path, tmp_path: Path, what, plots, images):
    path = tmp_path / "run.svg"
    export(run_folder, path, 4, what=what, title="My title")
    text = path.read_text()
    assert ">My title<" in text
    assert ">Step 4 · The net sees its label in" in text
    assert text.count(">Probability by step<") == plots
    assert text.count("<image") == images
    assert text.count(">3 before<") == (what == BEFORE_AFTER)
