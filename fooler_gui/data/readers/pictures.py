"""Pictures of any ordinary format as images of one size, grey or RGB. What is in a file is told by its content."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps, UnidentifiedImageError, features

from fooler_gui.core.errors import reason_of
from fooler_gui.data.array_file import ArrayFileError
from fooler_gui.data.readers.found import shape_in_words
from fooler_gui.data.readers.pixels import MOST_PIXELS

_FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP", *(("AVIF",) if features.check("avif") else ()))
_MOST_FILE_BYTES = 2**29
_GREY = {"1", "L", "LA", "La", "I;16", "I;16B", "I;16L", "I"}
_DEEP = {"I;16", "I;16B", "I;16L", "I"}
_ORIENTATION = 0x0112
_TRANSPARENT = {"RGBA", "RGBa", "LA", "La", "PA"}
_PLAIN = {"L", "RGB"}
_WORDS = {
    "palette": "Palettes replaced by plain colours",
    "transparent": "Transparent pixels laid on white",
    "deep": "16 bits a pixel reduced to 8",
    "turned": "Turned upright as their EXIF data say",
    "other": "Other colour spaces, such as CMYK, converted to RGB",
    "greyed": "Colours turned to shades of grey",
    "coloured": "Grey ones converted to RGB, as others have colours",
    "resized": "Resized to {size}",
}
"""What is converted in a picture, by a short name for it."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture whose header was read.

    Attributes:
        path: Its file.
        size: (height, width) once it is turned upright.
        is_grey: Whether it has no colours.
        traits: Of `_WORDS`, what is converted in it.
    """

    path: Path
    size: tuple[int, int]
    is_grey: bool
    traits: frozenset[str]


@contextmanager
def quietly() -> Iterator[None]:
    """Makes Pillow's warnings of large or odd pictures silent; `look_at` refuses large ones itself."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def look_at(path: Path) -> Picture | None:
    """Returns the picture in the file at `path`, of which only the header is read; None if it holds none.

    Raises:
        ArrayFileError: It cannot be read, or is so large that it can only be meant to fill the memory.
    """
    with _told(path):
        try:
            picture = Image.open(path, formats=_FORMATS)
        except UnidentifiedImageError:
            return None
        with picture:
            width, height = picture.size
            if width * height > MOST_PIXELS or path.stat().st_size > _MOST_FILE_BYTES:
                raise _too_large(path, width, height)
            turn = _orientation(picture)
            size = (width, height) if turn >= 5 else (height, width)
            return Picture(path, size, _is_grey(picture), frozenset(_traits(picture, turn)))


def remarks_on(pictures: Sequence[Picture], size: tuple[int, int], *, is_grey: bool) -> list[str]:
    """Returns in sentences how many of `pictures` are converted in which way for images of (height, width) `size`."""
    counts = Counter(trait for picture in pictures for trait in picture.traits)
    counts["greyed"] = sum(not picture.is_grey for picture in pictures) if is_grey else 0
    counts["coloured"] = 0 if is_grey else sum(picture.is_grey for picture in pictures)
    counts["resized"] = sum(picture.size != size for picture in pictures)
    return [
        f"{words.format(size=shape_in_words(size))}: {counts[trait]:,} of {len(pictures):,} pictures."
        for trait, words in _WORDS.items()
        if counts[trait]
    ]


def decoded(picture: Picture, size: tuple[int, int], *, is_grey: bool) -> npt.NDArray[np.uint8]:
    """Returns `picture` as an (H, W, 1) or (H, W, 3) uint8 image of (height, width) `size`.

    Raises:
        ArrayFileError: It is cut short or damaged.
    """
    with _told(picture.path), Image.open(picture.path, formats=_FORMATS) as opened:
        if opened.size[0] * opened.size[1] > MOST_PIXELS:
            raise _too_large(picture.path, *opened.size)
        turn = _orientation(opened)
        if turn == 1:
            opened.draft("L" if is_grey else "RGB", size[::-1])
        plain = _plain(opened if turn == 1 else ImageOps.exif_transpose(opened), is_grey=is_grey)
        if plain.size != size[::-1]:
            plain = plain.resize(size[::-1], Image.Resampling.BILINEAR)
        return np.asarray(plain).reshape(*size, 1 if is_grey else 3)
    raise AssertionError("a picture is decoded or refused")


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Turns any error of the picture at `path` into one sentence."""
    try:
        yield
    except ArrayFileError:
        raise
    except Image.DecompressionBombError as error:
        raise ArrayFileError(f"{path} must have at most {MOST_PIXELS:,} pixels; it claims more.") from error
    except OSError as error:
        if error.errno is not None:
            raise ArrayFileError(f"{path} cannot be read: {reason_of(error)}.") from error
        raise _damaged(path) from error
    except Exception as error:
        raise _damaged(path) from error


def _damaged(path: Path) -> ArrayFileError:
    return ArrayFileError(f"{path} must be an intact picture; it is cut short or damaged; mend it or remove it.")


def _too_large(path: Path, width: int, height: int) -> ArrayFileError:
    return ArrayFileError(
        f"{path} must have at most {MOST_PIXELS:,} pixels and 512 MiB; it has {width:,} × {height:,} pixels."
    )


def _orientation(picture: Image.Image) -> int:
    """Returns how to turn `picture`, 1 for not at all; only data before the pixels count."""
    if picture.format == "PNG" and "exif" not in picture.info:
        return 1
    turn = picture.getexif().get(_ORIENTATION, 1)
    return turn if isinstance(turn, int) and 1 <= turn <= 8 else 1


def _is_grey(picture: Image.Image) -> bool:
    if picture.mode != "P":
        return picture.mode in _GREY
    colours = np.frombuffer(bytes(picture.getpalette("RGB") or ()), np.uint8).reshape(-1, 3)
    return bool((colours == colours[:, :1]).all())


def _traits(picture: Image.Image, turn: int) -> Iterator[str]:
    if turn > 1:
        yield "turned"
    if picture.mode in ("P", "PA"):
        yield "palette"
    if picture.mode in _TRANSPARENT or "transparency" in picture.info:
        yield "transparent"
    if picture.mode in _DEEP:
        yield "deep"
    if picture.mode not in _PLAIN | _GREY | _TRANSPARENT | {"P"}:
        yield "other"


def _plain(picture: Image.Image, *, is_grey: bool) -> Image.Image:
    if picture.mode in _DEEP:
        picture = Image.fromarray(
            (np.asarray(picture).clip(0, 65_535).astype(np.uint32) / 257).round().astype(np.uint8)
        )
    elif picture.mode in _TRANSPARENT or "transparency" in picture.info:
        clear = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", clear.size, "white"), clear).convert("RGB")
    return picture.convert("L" if is_grey else "RGB")
