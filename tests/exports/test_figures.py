import numpy as np
import pytest
from PIL import Image

from fooler_gui.core.class_words import short_name
from fooler_gui.core.files import free_path
from fooler_gui.exports.figures import draw_figure, fitting_scale, lay_out_figure, write_png


def images(rows=2, columns=3, height=28, width=28, channels=1):
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (rows, columns, height, width, channels)).astype(np.float32) / 255


@pytest.mark.parametrize("shape", [(28, 28, 1), (9, 7, 3)])
@pytest.mark.parametrize("captioned", [True, False])
def test_every_image_can_be_read_back_from_its_cell(shape, captioned):
    batch = images(2, 3, *shape)
    names, captions = ("0", "nine"), [[".9993", ">.9999", "1.000"]] * 2
    arguments = (batch, names, captions, 3, "Fooling images") if captioned else (batch, (), None, 3)
    picture, layout = draw_figure(*arguments), lay_out_figure(*arguments)
    assert picture.size == layout.size
    assert picture.getpixel((0, 0)) == (255, 255, 255)
    pixels = np.asarray(picture)
    for row, rectangles in enumerate(layout.cells):
        for column, (x, y, width, height) in enumerate(rectangles):
            cell = pixels[y : y + height, x : x + width]
            expected = np.rint(batch[row, column] * 255).repeat(3, 0).repeat(3, 1)
            np.testing.assert_array_equal(cell, np.broadcast_to(expected, cell.shape))


@pytest.mark.parametrize(
    ("size", "usual", "scale"),
    [((28, 28), 3, 3), ((32, 32), 3, 3), ((28, 28), 16, 4), ((48, 64), 3, 2), ((224, 224), 3, 1), ((8, 300), 2, 1)],
)
def test_the_larger_images_are_the_less_they_are_enlarged(size, usual, scale):
    assert fitting_scale(size, usual) == scale


def test_long_names_of_rows_are_shortened_to_one_line_and_take_no_more_room():
    long = "an enormous\nname " * 20
    sizes = {draw_figure(images(2), ("0", name), None).size for name in (long, short_name(long))}
    assert len(sizes) == 1


def test_nothing_but_images_is_drawn_into_cells_and_captions_add_ink_below_them():
    batch = images()
    layout = lay_out_figure(batch, ("0", "1"), [[".9993"] * 3] * 2)
    picture = np.asarray(draw_figure(batch, ("0", "1"), [[".9993"] * 3] * 2))
    x, y, width, height = layout.cells[0][1]
    below = picture[y + height : layout.cells[1][1][1], x : x + width]
    assert below.min() < 64
    left_of_it = picture[y : y + height, : layout.cells[0][0][0]]
    assert left_of_it.min() < 64


def test_wide_captions_do_not_run_into_each_other():
    narrow = lay_out_figure(images(width=4), (), None, 1).cells[0]
    wide = lay_out_figure(images(width=4), (), [[">.9999"] * 3] * 2, 1).cells[0]
    assert wide[1][0] - wide[0][0] > narrow[1][0] - narrow[0][0] + 20


def test_the_same_arguments_give_the_same_picture():
    arguments = (images(), ("a", "b"), [["x", "y", "z"]] * 2, 2, "Title")
    assert draw_figure(*arguments).tobytes() == draw_figure(*arguments).tobytes()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"images": np.zeros((2, 3, 4, 4), np.float32)}, "received the shape"),
        ({"images": images(0)}, "none of them zero"),
        ({"row_names": ("only one",)}, "2 row names or none; received 1"),
        ({"captions": [["a", "b", "c"], ["a"]]}, r"received \[3, 1\]"),
        ({"scale": 0}, "received 0"),
    ],
)
def test_arguments_that_do_not_fit_are_refused_in_a_sentence(change, sentence):
    with pytest.raises(ValueError, match=sentence):
        draw_figure(**({"images": images()} | change))


def test_a_png_carries_its_texts_and_leaves_nothing_else_behind(tmp_path):
    path = write_png(draw_figure(images()), tmp_path / "grid.png", {"classifier": "article ✓"})
    with Image.open(path) as picture:
        assert picture.text["classifier"] == "article ✓"
        assert picture.size == lay_out_figure(images()).size
    assert list(tmp_path.iterdir()) == [path]


def test_a_png_that_cannot_be_written_leaves_the_old_file_as_it_was(tmp_path):
    path = tmp_path / "grid.png"
    path.write_bytes(b"old")

    class Broken(Image.Image):
        def save(self, *arguments, **options):
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        write_png(Broken(), path)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(OSError, match="no-folder"):
        write_png(draw_figure(images()), tmp_path / "no-folder" / "grid.png")


def test_a_free_path_is_numbered_where_files_exist(tmp_path):
    path = tmp_path / "grid.png"
    assert free_path(path) == path
    path.touch()
    assert free_path(path) == tmp_path / "grid-2.png"
    (tmp_path / "grid-2.png").touch()
    assert free_path(path) == tmp_path / "grid-3.png"
