"""Decodes the user's picture files: complete ones only, rotated as Exif says, in 8 bits. Main thread only."""

from __future__ import annotations

import io
import warnings
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError
from PySide6.QtGui import QImage

from fooler_gui.core.file_kind import DRAWINGS, PICTURES, FileKind, kind_of
from fooler_gui.core.formats import format_above

MOST_PIXELS = 50_000_000
_FORMATS = ("BMP", "CUR", "GIF", "ICNS", "ICO", "JPEG", "PNG", "PPM", "TGA", "TIFF", "WEBP", "XBM", "XPM")
"""Formats that Pillow decodes by itself; others start programs or are not pictures."""
ENDINGS = (
    "apng", "bmp", "cur", "gif", "icns", "ico", "jfif", "jpeg", "jpg", "pbm", "pgm", "png", "ppm", "tga", "tif", "tiff",
    "webp", "xbm", "xpm",
)  # fmt: skip
_WITH_ALPHA = ("LA", "PA", "RGBA", "La", "RGBa")
_OPAQUE = ("1", "L", "P", "RGB", "CMYK", "YCbCr", "RGBX")
_SIXTEEN_BITS = "I;16"
_ALLOWED = f"a picture such as PNG or JPEG of at most {MOST_PIXELS // 1_000_000} megapixels"


class ImageRefusedError(ValueError):
    """An image cannot be put into a slot. Its text is a sentence for the user."""


def refused(reason: str) -> ImageRefusedError:
    """Returns the refusal of an image for a slot: what is allowed, then `reason`."""
    return ImageRefusedError(f"A slot takes {_ALLOWED}; {reason}.")


def check_size(width: int, height: int, name: str) -> None:
    """Refuses a picture with too many pixels.

    Raises:
        ImageRefusedError: It has more than `MOST_PIXELS`.
    """
    pixels = width * height
    if pixels > MOST_PIXELS:
        megapixels = format_above(pixels / 1e6, MOST_PIXELS / 1e6)
        raise refused(f"{name} has {width} × {height} pixels, {megapixels} megapixels")


def read_picture(path: Path) -> QImage:
    """Returns the picture in the file `path`, the first frame if animated, with its alpha channel if it has one.

    Raises:
        ImageRefusedError: The file is missing, not a picture, incomplete or too large.
    """
    try:
        kind = kind_of(path)
        if kind in DRAWINGS:
            raise refused(f"{path.name} is a drawing")
        if kind not in (*PICTURES, FileKind.TEXT, FileKind.UNKNOWN):
            raise refused(f"{path.name} is {kind.value}")
        with path.open("rb") as file:
            return _decoded(file, path.name)
    except FileNotFoundError as error:
        raise refused(f"there is no file {path.name}") from error
    except OSError as error:
        raise refused(f"{path.name} cannot be read: {error.strerror or error}") from error


def picture_of(content: bytes, name: str) -> QImage:
    """Returns the picture in `content`, the bytes of a file; refusals call it `name`.

    Raises:
        ImageRefusedError: As `read_picture`.
    """
    return _decoded(io.BytesIO(content), name)


def _decoded(file: BinaryIO, name: str) -> QImage:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about oddities of a file; its size is checked here
        try:
            with Image.open(file, formats=_FORMATS) as picture:
                check_size(*picture.size, name)
                picture.load()
                reduced = _in_eight_bits(picture, name)
            ImageOps.exif_transpose(reduced, in_place=True)
            return _in_qt(reduced)
        except ImageRefusedError:
            raise
        except Image.DecompressionBombError as error:
            raise refused(f"{name} has far more") from error
        except UnidentifiedImageError as error:
            raise refused(f"{name} cannot be read as one") from error
        except Exception as error:  # whatever decoders raise on damaged files
            raise refused(f"{name} is truncated or damaged") from error


def _in_eight_bits(picture: Image.Image, name: str) -> Image.Image:
    """Returns `picture` with 8 bits a channel: grey, red-green-blue, or with alpha."""
    if picture.mode.startswith(_SIXTEEN_BITS):
        grey = np.asarray(picture)
        exif = picture.getexif()
        reduced = Image.fromarray(np.round(grey / 257).astype(np.uint8))
        reduced.info["exif"] = exif.tobytes()
        return reduced
    if picture.mode in _WITH_ALPHA or (picture.mode in _OPAQUE and "transparency" in picture.info):
        return _converted(picture, "RGBA")
    if picture.mode not in _OPAQUE:
        raise refused(f"{name} has pixels in an unsupported format ({picture.mode}); save it with 8 or 16 bits")
    return _converted(picture, "L" if picture.mode in ("1", "L") else "RGB")


def _converted(picture: Image.Image, mode: str) -> Image.Image:
    return picture if picture.mode == mode else picture.convert(mode)


def _in_qt(picture: Image.Image) -> QImage:
    forms = {
        "L": (QImage.Format.Format_Grayscale8, 1),
        "RGB": (QImage.Format.Format_RGB888, 3),
        "RGBA": (QImage.Format.Format_RGBA8888, 4),
    }
    form, channels = forms[picture.mode]
    width, height = picture.size
    return QImage(picture.tobytes(), width, height, width * channels, form)
