"""Finds the text that this program leaves in pictures, without decoding a picture: files may come from strangers.

Only what stands around a text is read, and no text that is longer than `MOST_BYTES`.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

KEYWORD = "Fooler run"
"""Of the text in a PNG file."""

MOST_BYTES = 2**18
DESCRIPTION_TAG = 0x010E
"""Of Exif: a description of the image, in ASCII."""

_MOST_PARTS = 200_000
_PNG = b"\x89PNG\r\n\x1a\n"
_GIF_COMMENT = 0xFE
_MP4_COMMENT = (b"moov", b"udta", b"meta", b"ilst", b"\xa9cmt", b"data")
_MP4_DATA_HEADER = 8


def carried_text(path: Path) -> str | None:
    """Returns the text in the PNG, GIF, WebP or MP4 file `path`; None where there is none.

    Raises:
        OSError: The file cannot be read.
    """
    with path.open("rb") as file:
        start = file.read(12)
        try:
            if start.startswith(_PNG):
                found = _in_png(file)
            elif start.startswith((b"GIF87a", b"GIF89a")):
                found = _in_gif(file)
            elif start.startswith(b"RIFF") and start.endswith(b"WEBP"):
                found = _in_webp(file)
            elif start[4:8] == b"ftyp":
                found = _in_mp4(file)
            else:
                found = None
            return None if found is None else found.decode()
        except (struct.error, IndexError, UnicodeDecodeError):
            return None


def exif_of(text: str) -> bytes:
    """Returns an Exif block whose one entry is the description `text`, ASCII."""
    content = text.encode("ascii") + b"\0"
    return struct.pack("<2sHIHHHIII", b"II", 42, 8, 1, DESCRIPTION_TAG, 2, len(content), 26, 0) + content


def _in_png(file: BinaryIO) -> bytes | None:
    file.seek(len(_PNG))
    wanted = KEYWORD.encode() + b"\0\0\0"  # neither compressed nor translated
    for _ in range(_MOST_PARTS):
        length, kind = struct.unpack(">I4s", file.read(8))
        if kind == b"iTXt" and length <= MOST_BYTES:
            content = file.read(length)
            if content.startswith(wanted):
                return content[len(wanted) :].split(b"\0", 2)[2]
            file.seek(4, 1)
        elif kind in (b"IDAT", b"IEND"):
            break
        else:
            file.seek(length + 4, 1)
    return None


def _in_gif(file: BinaryIO) -> bytes | None:
    file.seek(10)
    flags = file.read(3)[0]
    if flags & 0x80:
        file.seek(3 * 2 ** ((flags & 7) + 1), 1)
    for _ in range(_MOST_PARTS):
        if file.read(1) != b"!":
            break
        is_comment = file.read(1)[0] == _GIF_COMMENT
        content = bytearray()
        for block in _gif_blocks(file):
            if is_comment:
                content += block
            if len(content) > MOST_BYTES:
                return None
        if is_comment:
            return bytes(content)
    return None


def _gif_blocks(file: BinaryIO) -> Iterator[bytes]:
    for _ in range(_MOST_PARTS):
        length = file.read(1)[0]
        if length == 0:
            return
        yield file.read(length)


def _in_webp(file: BinaryIO) -> bytes | None:
    for _ in range(_MOST_PARTS):
        kind, length = struct.unpack("<4sI", file.read(8))
        if kind == b"EXIF" and length <= MOST_BYTES:
            return _description(file.read(length).removeprefix(b"Exif\0\0"))
        file.seek(length + length % 2, 1)
    return None


def _description(exif: bytes) -> bytes | None:
    order = {b"II": "<", b"MM": ">"}.get(exif[:2])
    if order is None:
        return None
    (place,) = struct.unpack_from(f"{order}I", exif, 4)
    (entries,) = struct.unpack_from(f"{order}H", exif, place)
    for entry in range(entries):
        tag, kind, count, at = struct.unpack_from(f"{order}HHII", exif, place + 2 + 12 * entry)
        if tag == DESCRIPTION_TAG and kind == 2:
            return exif[at : at + count].rstrip(b"\0")
    return None


def _in_mp4(file: BinaryIO) -> bytes | None:
    """Goes down the boxes of `_MP4_COMMENT`, each inside the one before."""
    begin, end = 0, file.seek(0, 2)
    for name in _MP4_COMMENT:
        found = _mp4_box(file, begin, end, name)
        if found is None:
            return None
        begin, end = found
        if name == b"meta":
            begin += 4
    begin += _MP4_DATA_HEADER
    if not 0 <= end - begin <= MOST_BYTES:
        return None
    file.seek(begin)
    return file.read(end - begin)


def _mp4_box(file: BinaryIO, begin: int, end: int, wanted: bytes) -> tuple[int, int] | None:
    """Returns where the content of the box `wanted` between two places begins and ends."""
    for _ in range(_MOST_PARTS):
        if begin + 8 > end:
            break
        file.seek(begin)
        length, name = struct.unpack(">I4s", file.read(8))
        header = 8
        if length == 1:
            (length,) = struct.unpack(">Q", file.read(8))
            header = 16
        box_end = end if length == 0 else begin + length
        if not begin + header <= box_end <= end:
            break
        if name == wanted:
            return begin + header, box_end
        begin = box_end
    return None
