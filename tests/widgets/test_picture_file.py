from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from foreign_files import FOREIGN
from PIL import Image
from PySide6.QtCore import QMimeData

from fooler_gui.core.file_kind import DRAWINGS, FileKind
from fooler_gui.widgets import picture_file
from fooler_gui.widgets.slot_images import ImageRefusedError, image_from_file, image_from_mime, is_drawing

GREY, COLOUR = (28, 28, 1), (28, 28, 3)
DIGIT = np.random.default_rng(0).integers(0, 256, (28, 28), np.uint8)
SIXTEEN = (np.arange(28 * 28).reshape(28, 28) * 80).astype(np.uint16)
ON_ITS_SIDE = 6
"""Exif: the first row of the file is the right side of the picture."""
EXIF_FORMATS = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp", "tiff": "image/tiff"}

pytestmark = pytest.mark.usefixtures("qapp")


def refusal(path) -> str:
    with pytest.raises(ImageRefusedError) as caught:
        image_from_file(path, GREY)
    sentence = str(caught.value)
    assert sentence.startswith("A slot takes a picture such as PNG or JPEG of at most 50 megapixels; ")
    assert sentence.endswith(".")
    return sentence


@pytest.mark.parametrize("ending", ["png", "jpg", "gif", "webp", "tiff", "bmp", "ppm", "tga", "ico", "xbm"])
@pytest.mark.parametrize("share", [0.5, 0.9])
def test_a_part_of_a_picture_is_refused(ending, share, tmp_path):
    path = tmp_path / f"part.{ending}"
    picture = Image.fromarray(DIGIT).resize((200, 200))
    (picture.convert("1") if ending == "xbm" else picture).save(path)
    image_from_file(path, GREY)
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    assert f"part.{ending} is truncated or damaged" in refusal(path)


def test_half_a_jpeg_with_zeros_in_place_of_the_rest_is_refused(tmp_path):
    path = tmp_path / "half.jpg"
    for progressive in (False, True):
        Image.fromarray(DIGIT).resize((200, 200)).save(path, progressive=progressive)
        content = path.read_bytes()
        path.write_bytes(content[: len(content) // 2] + bytes(len(content) // 2))
        assert "half.jpg is truncated or damaged" in refusal(path)


def on_its_side(path):
    exif = Image.Exif()
    exif[0x0112] = ON_ITS_SIDE
    left_is_white = np.zeros((40, 60), np.uint8)
    left_is_white[:, :30] = 255
    Image.fromarray(left_is_white).save(path, exif=exif)
    return path


@pytest.mark.parametrize("ending", EXIF_FORMATS)
def test_the_orientation_that_exif_tells_is_heeded_in_files(ending, tmp_path):
    image = image_from_file(on_its_side(tmp_path / f"side.{ending}"), GREY)
    assert image[:12].mean() > 0.95
    assert image[16:].mean() < 0.05


@pytest.mark.parametrize("ending", EXIF_FORMATS)
def test_the_orientation_that_exif_tells_is_heeded_in_what_is_pasted(ending, tmp_path):
    data = QMimeData()
    data.setData(EXIF_FORMATS[ending], on_its_side(tmp_path / f"side.{ending}").read_bytes())
    image = image_from_mime(data, GREY)
    assert image[:12].mean() > 0.95
    assert image[16:].mean() < 0.05


@pytest.mark.parametrize("ending", ["png", "tiff"])
def test_sixteen_bits_of_grey_are_reduced_to_eight(ending, tmp_path):
    path = tmp_path / f"deep.{ending}"
    Image.fromarray(SIXTEEN).save(path)
    np.testing.assert_allclose(image_from_file(path, GREY)[..., 0], SIXTEEN / 65_535, atol=0.51 / 255)


@pytest.mark.parametrize("kind", [np.int32, np.float32])
def test_pixels_of_other_kinds_are_refused_with_what_to_do(kind, tmp_path):
    Image.fromarray(np.ones((28, 28), kind)).save(tmp_path / "kind.tiff")
    assert "kind.tiff has pixels in an unsupported format" in refusal(tmp_path / "kind.tiff")
    assert "save it with 8 or 16 bits" in refusal(tmp_path / "kind.tiff")


@pytest.mark.parametrize("name", ["colours.jpg", "colours.tiff"])
def test_colours_of_print_come_out_as_on_screen(name, tmp_path):
    shade = np.full((28, 28, 3), (64, 96, 128), np.uint8)
    Image.fromarray(shade).convert("CMYK").save(tmp_path / name)
    np.testing.assert_allclose(image_from_file(tmp_path / name, COLOUR) * 255, shade, atol=2)


@pytest.mark.parametrize("mode", ["P", "RGB", "LA", "RGBA"])
def test_what_is_transparent_becomes_white_however_the_file_tells_it(mode, tmp_path):
    path = tmp_path / "clear.png"
    if mode in ("P", "RGB"):
        colour = 0 if mode == "P" else (10, 20, 30)
        Image.new(mode, (28, 28), colour).save(path, transparency=colour)
    else:
        Image.new(mode, (28, 28)).save(path)
    assert (image_from_file(path, GREY) == 1).all()


def test_black_and_white_and_moving_pictures_are_read(tmp_path):
    Image.fromarray(DIGIT > 100).save(tmp_path / "two.png")
    np.testing.assert_array_equal(image_from_file(tmp_path / "two.png", GREY)[..., 0], DIGIT > 100)
    others = [Image.fromarray(255 - DIGIT)]
    Image.fromarray(DIGIT).save(tmp_path / "moving.gif", save_all=True, append_images=others)
    np.testing.assert_allclose(image_from_file(tmp_path / "moving.gif", GREY)[..., 0], DIGIT / 255, atol=1e-6)


def png(width: int, height: int, bits: int, colours: int) -> bytes:
    """Returns the file of a grey (0), or red, green, blue and alpha (6) picture."""
    row = b"\0" + b"\x80" * (width * {0: 1, 6: 4}[colours] * bits // 8)
    packer = zlib.compressobj(1)
    pixels = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    head = struct.pack(">2L5B", width, height, bits, colours, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", pixels), (b"IEND", b""))
    chunks = (struct.pack(">L", len(c)) + n + c + struct.pack(">L", zlib.crc32(n + c)) for n, c in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def test_the_limit_of_pixels_is_the_true_one_whatever_the_bits(tmp_path, monkeypatch):
    monkeypatch.setattr(picture_file, "MOST_PIXELS", 40_000)
    path = tmp_path / "limit.png"
    for bits, colours in ((8, 0), (16, 0), (8, 6), (16, 6)):
        path.write_bytes(png(200, 200, bits, colours))
        np.testing.assert_allclose(image_from_file(path, GREY), 0.5 if colours == 0 else 0.75, atol=0.01)
        path.write_bytes(png(1, 40_001, bits, colours))
        assert "limit.png has 1 × 40001 pixels, 0.040001 megapixels" in refusal(path)


def test_a_picture_of_far_too_many_pixels_is_refused_undecoded(tmp_path):
    head = struct.pack(">2L5B", 60_000, 60_000, 1, 0, 0, 0, 0)
    content = png(1, 1, 8, 0)
    path = tmp_path / "bomb.png"
    path.write_bytes(content[:12] + b"IHDR" + head + struct.pack(">L", zlib.crc32(b"IHDR" + head)) + content[33:])
    assert "bomb.png has far more" in refusal(path)


@pytest.mark.parametrize("name", FOREIGN)
def test_what_is_no_picture_is_told_for_what_it_is(name, tmp_path):
    content, kind = FOREIGN[name]
    path = tmp_path / "file.png"
    path.write_bytes(content)
    sentence = refusal(path)
    if kind in DRAWINGS:
        assert "file.png is a drawing" in sentence
    elif kind in (FileKind.TEXT, FileKind.UNKNOWN):
        assert "file.png cannot be read as one" in sentence
    elif name not in ("PNG", "JPEG", "WebP", "BMP"):
        assert f"file.png is {kind.value}." in sentence


def test_a_drawing_is_told_by_its_content(tmp_path):
    (tmp_path / "drawing.png").write_bytes(FOREIGN["a drawing"][0])
    (tmp_path / "picture.svg").write_bytes(png(1, 1, 8, 0))
    assert is_drawing(str(tmp_path / "drawing.png"))
    assert not is_drawing(str(tmp_path / "picture.svg"))
    assert is_drawing("/not/there.PDF")


def test_what_is_pasted_cut_short_is_refused():
    whole = io.BytesIO()
    Image.fromarray(DIGIT).resize((200, 200)).save(whole, "PNG")
    data = QMimeData()
    data.setData("image/png", whole.getvalue()[:900])
    with pytest.raises(ImageRefusedError, match="the picture is truncated or damaged"):
        image_from_mime(data, GREY)
