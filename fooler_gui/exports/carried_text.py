"""Finds the text that this program stores in pictures without decoding them, as files may be untrusted.

Only the surroundings of a text are parsed, and no text longer than `MOST_BYTES`.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from fooler_gui.core.xmp import DESCRIPTION, PACKET_BEGIN
from fooler_gui.exports.xml_text import text_at

KEYWORD = "Fooler run"
"""The keyword of the text in a PNG file."""

MOST_BYTES = 2**18
DESCRIPTION_TAG = 0x010E
"""The Exif tag of an image's description, in ASCII."""

_BEGINNING = "{"
"""The beginning of every text of this program, unlike most texts that others store in the same places."""

_MOST_PARTS = 200_000
_PNG = b"\x89PNG\r\n\x1a\n"
_GIF_COMMENT = 0xFE
_MP4_COMMENT = (b"moov", b"udta", b"meta", b"ilst", b"\xa9cmt", b"data")
_MP4_DATA_HEADER = 8
_XML_MARGIN = b"\xef\xbb\xbf\t\n\r "
"""What may precede the first tag: a byte order mark and white space."""
_SVG_DESCRIPTION = ("http://www.w3.org/2000/svg svg", "http://www.w3.org/2000/svg desc")
_MOST_SEARCHED = 2**25
"""Bytes read of a PDF file; this program writes the packet within the first thousand."""


def carried_text(path: Path) -> str | None:
    """Returns the text in the PNG, GIF, WebP, MP4, SVG or PDF file `path`, or None.

    Raises:
        OSError: The file cannot be read.
    """
    with path.open("rb") as file:
        start = file.read(12)
        try:
            if start.startswith(_PNG):
                return _in_png(file)
            if start.startswith((b"GIF87a", b"GIF89a")):
                text = _in_gif(file)
            elif start.startswith(b"RIFF") and start.endswith(b"WEBP"):
                text = _in_webp(file)
            elif start[4:8] == b"ftyp":
                text = _in_mp4(file)
            elif start.startswith(b"%PDF-"):
                text = _in_pdf(file)
            elif start.lstrip(_XML_MARGIN).startswith(b"<"):
                text = _in_svg(file)
            else:
                text = None
        except (struct.error, IndexError, UnicodeDecodeError):
            return None
        return text if text is not None and text.startswith(_BEGINNING) else None


def exif_of(text: str) -> bytes:
    """Returns an Exif block whose one entry is the description `text`, ASCII."""
    content = text.encode("ascii") + b"\0"
    return struct.pack("<2sHIHHHIII", b"II", 42, 8, 1, DESCRIPTION_TAG, 2, len(content), 26, 0) + content


def _in_png(file: BinaryIO) -> str | None:
    file.seek(len(_PNG))
    wanted = KEYWORD.encode() + b"\0\0\0"  # neither compressed nor translated
    for _ in range(_MOST_PARTS):
        length, kind = struct.unpack(">I4s", file.read(8))
        if kind == b"iTXt" and length <= MOST_BYTES:
            content = file.read(length)
            if content.startswith(wanted):
                return content[len(wanted) :].split(b"\0", 2)[2].decode()
            file.seek(4, 1)
        elif kind in (b"IDAT", b"IEND"):
            break
        else:
            file.seek(length + 4, 1)
    return None


def _in_gif(file: BinaryIO) -> str | None:
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
            return content.decode()
    return None


def _gif_blocks(file: BinaryIO) -> Iterator[bytes]:
    for _ in range(_MOST_PARTS):
        length = file.read(1)[0]
        if length == 0:
            return
        yield file.read(length)


def _in_webp(file: BinaryIO) -> str | None:
    for _ in range(_MOST_PARTS):
        kind, length = struct.unpack("<4sI", file.read(8))
        if kind == b"EXIF" and length <= MOST_BYTES:
            return _description(file.read(length).removeprefix(b"Exif\0\0"))
        file.seek(length + length % 2, 1)
    return None


def _description(exif: bytes) -> str | None:
    order = {b"II": "<", b"MM": ">"}.get(exif[:2])
    if order is None:
        return None
    (place,) = struct.unpack_from(f"{order}I", exif, 4)
    (entries,) = struct.unpack_from(f"{order}H", exif, place)
    for entry in range(entries):
        tag, kind, count, at = struct.unpack_from(f"{order}HHII", exif, place + 2 + 12 * entry)
        if tag == DESCRIPTION_TAG and kind == 2:
            return exif[at : at + count].rstrip(b"\0").decode()
    return None


def _in_mp4(file: BinaryIO) -> str | None:
    """Descends the nested boxes of `_MP4_COMMENT`."""
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
    return file.read(end - begin).decode()


def _mp4_box(file: BinaryIO, begin: int, end: int, wanted: bytes) -> tuple[int, int] | None:
    """Returns the start and end of the content of the box `wanted` between two offsets."""
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


def _in_pdf(file: BinaryIO) -> str | None:
    """Finds the document's metadata, which this program does not compress."""
    file.seek(0)
    content = file.read(_MOST_SEARCHED)
    begin = content.find(PACKET_BEGIN)
    return None if begin < 0 else text_at(content[begin : begin + MOST_BYTES], DESCRIPTION)


def _in_svg(file: BinaryIO) -> str | None:
    file.seek(0)
    return text_at(file.read(MOST_BYTES), _SVG_DESCRIPTION)
