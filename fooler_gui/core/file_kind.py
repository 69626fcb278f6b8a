"""Recognises a file by its content, whatever its name.

Only the beginning of a file is read, and the names in a ZIP file.
"""

from __future__ import annotations

import re
import stat
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

_BEGINNING = 1024
_WITH_GZIP_HEADER = 31


class FileKind(Enum):
    """What a file is; each value completes "it is …"."""

    KERAS = "a .keras file"
    NPZ = "an .npz file"
    NPY = "an .npy file"
    IDX = "an IDX file"
    PACKED_IDX = "an IDX file, packed by gzip"
    PACKED_TEXT = "a text file packed by gzip; unpack it first"
    HDF5 = "an HDF5 file"
    SQLITE = "an SQLite file"
    PNG = "a PNG picture"
    JPEG = "a JPEG picture"
    GIF = "a GIF picture"
    WEBP = "a WebP picture"
    TIFF = "a TIFF picture"
    BMP = "a BMP picture"
    ISO_PICTURE = "an AVIF or HEIC picture"
    MP4 = "a video"
    SVG = "an SVG drawing"
    PDF = "a PDF file"
    TEXT = "a text file"
    WEB_PAGE = "a web page, saved in place of the file"
    LFS_POINTER = "a Git LFS pointer in place of the file, which `git lfs pull` fetches"
    UTF_16 = "a text file in UTF-16 or UTF-32"
    OTHER_TEXT = "a text file in another encoding, such as Windows-1252"
    SAVED_MODEL = "a SavedModel"
    TFLITE = "a TensorFlow Lite file"
    ONNX = "an ONNX file"
    PYTORCH = "a PyTorch file"
    SAFETENSORS = "a safetensors file"
    PICKLE = "a pickle, which this program never opens, as code in it would run"
    MATLAB = "a MATLAB file"
    PARQUET = "a Parquet file"
    ARCHIVE = "an archive; unpack it first"
    PACKED = "packed by gzip; unpack it first"
    DAMAGED = "cut short or damaged"
    EMPTY = "empty"
    FOLDER = "a folder"
    UNPACKED_KERAS = "a .keras file unpacked into a folder; pack what is in it into a ZIP file again"
    NO_FILE = "no ordinary file"
    UNKNOWN = "none of a known kind, or damaged"


def kind_of(path: Path) -> FileKind:
    """Returns the kind of the file or folder at `path`.

    Raises:
        OSError: There is none, or it cannot be read.
    """
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        return _of_folder(path)
    if not stat.S_ISREG(mode):
        return FileKind.NO_FILE
    with path.open("rb") as file:
        beginning = file.read(_BEGINNING)
    if beginning.startswith((b"PK\3\4", b"PK\5\6")):
        return _of_zip(path)
    if beginning.startswith(b"\x1f\x8b"):
        return _of_gzip(beginning)
    return _of_bytes(beginning)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The kinds of file that are accepted somewhere.

    Attributes:
        words: What is accepted; completes "must be …".
        kinds: The accepted kinds.
        advice: What to do with a file of another kind.
    """

    words: str
    kinds: frozenset[FileKind]
    advice: Mapping[FileKind, str] = field(default_factory=dict)

    def other(self, path: Path) -> str:
        """Returns what the file at `path` is if it is not what is wanted, to complete "it is …"; "" if it may be.

        Raises:
            OSError: There is none, or it cannot be read.
        """
        kind = kind_of(path)
        if kind is FileKind.UNKNOWN or kind in self.kinds:
            return ""
        return "; ".join(filter(None, (kind.value, self.advice.get(kind, ""))))


TABLES = (".csv", ".tsv", ".txt")
"""How the names of tables beside pictures end."""
SAVE_IN_UTF_8 = "save it in UTF-8"
"""What to do with a text in another encoding."""

CLASSIFIER = Wanted(
    words="an intact .keras or .h5 file",
    kinds=frozenset({FileKind.KERAS, FileKind.HDF5}),
    advice={
        FileKind.SAVED_MODEL: "it may hold code, so it is never opened; load it with what made it and save as .keras",
        FileKind.TFLITE: "save the net it was made from as .keras",
        FileKind.ONNX: "save the net it was made from as .keras",
        FileKind.PYTORCH: "build the net in Keras, give it these weights and save it as .keras",
        FileKind.SAFETENSORS: "build the net in Keras, give it these weights and save it as .keras",
    },
)
ARRAYS = Wanted(words="an intact .npz file of plain arrays", kinds=frozenset({FileKind.NPZ}))
IMAGES = Wanted(words=ARRAYS.words, kinds=ARRAYS.kinds | {FileKind.NPY})
PICTURES = frozenset({FileKind.PNG, FileKind.JPEG, FileKind.GIF, FileKind.WEBP, FileKind.TIFF, FileKind.BMP})
"""Pictures of pixels that can become an image."""
IMAGE_SET = Wanted(
    words="an IDX file of images, also packed by gzip, or an .npz or .npy file",
    kinds=IMAGES.kinds | {FileKind.IDX, FileKind.PACKED_IDX},
)
OTHERS_IMAGES = Wanted(
    words="an .npz, .npy or IDX file of images, or a folder of pictures",
    kinds=IMAGE_SET.kinds | {FileKind.FOLDER},
)
START_IMAGES = Wanted(
    words="a picture, a folder of pictures, or an .npz, .npy or IDX file of images",
    kinds=OTHERS_IMAGES.kinds | PICTURES | {FileKind.ISO_PICTURE},
)
DATASET = Wanted(
    words="a dataset: an .npz, IDX, CSV or CIFAR binary file, or a folder of such files, or of pictures by class",
    kinds=frozenset(
        {FileKind.NPZ, FileKind.IDX, FileKind.PACKED_IDX, FileKind.TEXT, FileKind.PACKED_TEXT, FileKind.FOLDER}
    ),
    advice={
        FileKind.NPY: "pack it with its labels by numpy.savez(file, train_images=…, train_labels=…)",
        FileKind.PICKLE: "for CIFAR, use its binary version, or `fooler data get cifar-10`",
        FileKind.UTF_16: SAVE_IN_UTF_8,
        FileKind.OTHER_TEXT: SAVE_IN_UTF_8,
    },
)
TOML = Wanted(
    words="written in TOML",
    kinds=frozenset({FileKind.TEXT, FileKind.EMPTY}),
    advice={FileKind.UTF_16: SAVE_IN_UTF_8, FileKind.OTHER_TEXT: SAVE_IN_UTF_8},
)
DRAWINGS = frozenset({FileKind.SVG, FileKind.PDF})
"""Pictures without pixels, which may refer to other files."""
EXPORTED = Wanted(
    words="a picture that this program exported",
    kinds=DRAWINGS | {FileKind.PNG, FileKind.GIF, FileKind.WEBP, FileKind.MP4},
)

_STARTS: tuple[tuple[bytes, FileKind], ...] = (
    (b"\x89HDF\r\n\x1a\n", FileKind.HDF5),
    (b"\x93NUMPY", FileKind.NPY),
    (b"SQLite format 3\0", FileKind.SQLITE),
    (b"\x89PNG\r\n\x1a\n", FileKind.PNG),
    (b"\xff\xd8\xff", FileKind.JPEG),
    (b"GIF87a", FileKind.GIF),
    (b"GIF89a", FileKind.GIF),
    (b"II*\0", FileKind.TIFF),
    (b"MM\0*", FileKind.TIFF),
    (b"II+\0", FileKind.TIFF),
    (b"MM\0+", FileKind.TIFF),
    (b"%PDF-", FileKind.PDF),
    (b"version https://git-lfs.github.com/spec/", FileKind.LFS_POINTER),
    (b"\xff\xfe", FileKind.UTF_16),
    (b"\xfe\xff", FileKind.UTF_16),
    (b"MATLAB 5.0 MAT-file", FileKind.MATLAB),
    (b"PAR1", FileKind.PARQUET),
    (b"BZh", FileKind.ARCHIVE),
    (b"\xfd7zXZ\0", FileKind.ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", FileKind.ARCHIVE),
    (b"Rar!\x1a\x07", FileKind.ARCHIVE),
    (b"\x28\xb5\x2f\xfd", FileKind.ARCHIVE),
)
_PACKED = {FileKind.IDX: FileKind.PACKED_IDX, FileKind.TEXT: FileKind.PACKED_TEXT}
"""What a file packed by gzip is, by what is in it."""

_TORCH_PICKLE = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19"
_PICKLE = re.compile(rb"\x80[\x02-\x05]")
_IDX = re.compile(rb"\0\0[\x08\x09\x0b-\x0e][\x01-\x08]")
_ONNX = re.compile(rb"\x08[\x01-\x20](\x12[\x01-\x7f][ -~]|[:B])")
_SAVED_MODEL = re.compile(rb"\x08\x01\x12[\x80-\xff]{1,4}[\0-\x7f][\n\x12]")
_BMP = re.compile(rb"BM.{4}\0{4}", re.DOTALL)
_SAFETENSORS = re.compile(rb".{5}\0\0\0\{\"", re.DOTALL)
_MARGIN = b"\xef\xbb\xbf\t\n\r "
"""What may precede the first tag: a byte order mark and white space."""


def _of_folder(path: Path) -> FileKind:
    if (path / "saved_model.pb").exists():
        return FileKind.SAVED_MODEL
    return FileKind.UNPACKED_KERAS if (path / "model.weights.h5").exists() else FileKind.FOLDER


def _of_zip(path: Path) -> FileKind:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except Exception:  # noqa: BLE001 - a file from a stranger may raise anything, and is then damaged
        return FileKind.DAMAGED
    if {"config.json", "model.weights.h5"} & set(names):
        return FileKind.KERAS
    if any(name.endswith(".npy") for name in names):
        return FileKind.NPZ
    last_parts = {name.rpartition("/")[2] for name in names}
    if "data.pkl" in last_parts:
        return FileKind.PYTORCH
    if "saved_model.pb" in last_parts:
        return FileKind.SAVED_MODEL
    return FileKind.ARCHIVE if names else FileKind.UNKNOWN


def _of_gzip(packed: bytes) -> FileKind:
    try:
        unpacked = zlib.decompressobj(_WITH_GZIP_HEADER).decompress(packed, _BEGINNING)
    except zlib.error:
        return FileKind.DAMAGED
    return _PACKED.get(_of_bytes(unpacked), FileKind.PACKED)


def _of_bytes(beginning: bytes) -> FileKind:
    if not beginning:
        return FileKind.EMPTY
    for start, kind in _STARTS:
        if beginning.startswith(start):
            return kind
    if beginning.startswith(b"RIFF") and beginning[8:12] == b"WEBP":
        return FileKind.WEBP
    if beginning[4:8] == b"TFL3":
        return FileKind.TFLITE
    if beginning[4:8] == b"ftyp":
        return FileKind.ISO_PICTURE if beginning[8:12] in (b"avif", b"heic", b"heix", b"mif1") else FileKind.MP4
    if beginning[257:262] == b"ustar":
        return FileKind.ARCHIVE
    if _PICKLE.match(beginning):
        return FileKind.PYTORCH if beginning.startswith(_TORCH_PICKLE) else FileKind.PICKLE
    patterns = {
        _BMP: FileKind.BMP,
        _IDX: FileKind.IDX,
        _SAVED_MODEL: FileKind.SAVED_MODEL,
        _ONNX: FileKind.ONNX,
        _SAFETENSORS: FileKind.SAFETENSORS,
    }
    found = next((kind for pattern, kind in patterns.items() if pattern.match(beginning)), None)
    return found or _of_text(beginning)


def _of_text(beginning: bytes) -> FileKind:
    markup = beginning.lstrip(_MARGIN).lower()
    if markup.startswith((b"<!doctype html", b"<html", b"<head")):
        return FileKind.WEB_PAGE
    if markup.startswith((b"<?xml", b"<svg", b"<!")) and b"<svg" in markup:
        return FileKind.SVG
    if _is_half_zero(beginning[::2], beginning[1::2]) or _is_half_zero(beginning[1::2], beginning[::2]):
        return FileKind.UTF_16
    try:
        text = beginning.decode()
    except UnicodeDecodeError as error:
        if error.start < len(beginning) - 3:
            return FileKind.OTHER_TEXT if _is_mostly_ascii(beginning) else FileKind.UNKNOWN
        text = beginning[: error.start].decode()  # the last character may be cut
    return FileKind.UNKNOWN if any(letter < " " and letter not in "\t\n\r\f" for letter in text) else FileKind.TEXT


def _is_mostly_ascii(beginning: bytes) -> bool:
    """Returns whether there are no control characters, and more letters of ASCII than others."""
    has_controls = any(letter < 32 and letter not in b"\t\n\r\f" for letter in beginning)
    return not has_controls and 2 * sum(letter < 128 for letter in beginning) > len(beginning)


def _is_half_zero(letters: bytes, zeros: bytes) -> bool:
    return len(zeros) > 1 and 0 not in letters and not any(zeros)
