"""The beginnings of files that are something else than what they are taken for, by what they are."""

from __future__ import annotations

import gzip
import io
import pickle
import zipfile

import h5py
import numpy as np

from fooler_gui.core.file_kind import FileKind


def _zip(**members: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def _hdf5() -> bytes:
    packed = io.BytesIO()
    with h5py.File(packed, "w") as file:
        file["layers/dense/vars/0"] = np.zeros((3, 2))
    return packed.getvalue()


def _npy() -> bytes:
    packed = io.BytesIO()
    np.save(packed, np.zeros((3, 2)))
    return packed.getvalue()


LFS_POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 3926800\n"
WEB_PAGE = b"\n<!DOCTYPE html>\n<html><head><title>404</title></head><body>Not found</body></html>\n"
_SAVED_MODEL = b"\x08\x01\x12\x90\xb5\x01\n\xcd\x12\x12\x9d\x12\n^\n\x10AssignVariableOp"
_IDX = bytes((0, 0, 8, 1, 0, 0, 0, 2, 3, 7))

FOREIGN: dict[str, tuple[bytes, FileKind]] = {
    "an empty file": (b"", FileKind.EMPTY),
    "a Git LFS pointer": (LFS_POINTER, FileKind.LFS_POINTER),
    "a web page": (WEB_PAGE, FileKind.WEB_PAGE),
    "a web page after a byte order mark": (b"\xef\xbb\xbf" + WEB_PAGE, FileKind.WEB_PAGE),
    "a text": ("Größe = 3\r\n".encode() * 200, FileKind.TEXT),
    "a text in UTF-16": ("a = 3\n".encode("utf-16"), FileKind.UTF_16),
    "a text in UTF-16 without a mark": ("a = 3\n".encode("utf-16-be"), FileKind.UTF_16),
    "a text in Windows-1252": ("Größe = 3\r\n".encode("cp1252") * 200, FileKind.OTHER_TEXT),
    "HDF5": (_hdf5(), FileKind.HDF5),
    "an array": (_npy(), FileKind.NPY),
    "arrays": (_zip(**{"images.npy": _npy()}), FileKind.NPZ),
    "a Keras file": (_zip(**{"config.json": b"{}", "model.weights.h5": b""}), FileKind.KERAS),
    "a SavedModel": (_SAVED_MODEL, FileKind.SAVED_MODEL),
    "a packed SavedModel": (_zip(**{"net/saved_model.pb": _SAVED_MODEL}), FileKind.SAVED_MODEL),
    "TensorFlow Lite": (b"\x1c\0\0\0TFL3\x14\0 \0\x1c\0\x18\0\x14\0\x10\0\x0c\0", FileKind.TFLITE),
    "ONNX": (b"\x08\x08\x12\x07pytorch\x1a\x052.4.0:\xb2\x05\n", FileKind.ONNX),
    "PyTorch": (_zip(**{"net/data.pkl": pickle.dumps({}), "net/version": b"3\n"}), FileKind.PYTORCH),
    "old PyTorch": (b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.", FileKind.PYTORCH),
    "safetensors": (b"\x40\0\0\0\0\0\0\0" + b'{"fc.bias":{"dtype":"F32","shape":[2]}}', FileKind.SAFETENSORS),
    "a pickle": (pickle.dumps({"images": [0.5]}), FileKind.PICKLE),
    "MATLAB": (b"MATLAB 5.0 MAT-file, Platform: GLNXA64".ljust(200), FileKind.MATLAB),
    "Parquet": (b"PAR1" + bytes(60), FileKind.PARQUET),
    "SQLite": (b"SQLite format 3\0" + bytes(90), FileKind.SQLITE),
    "labels": (_IDX, FileKind.IDX),
    "packed labels": (gzip.compress(_IDX, mtime=0), FileKind.PACKED_IDX),
    "a packed text": (gzip.compress(b"hello", mtime=0), FileKind.PACKED_TEXT),
    "a packed archive": (gzip.compress(bytes(257) + b"ustar" + bytes(250), mtime=0), FileKind.PACKED),
    "an archive": (_zip(**{"net/config.json": b"{}", "net/model.weights.h5": b""}), FileKind.ARCHIVE),
    "a cut archive": (_zip(**{"images.npy": _npy()})[:-9], FileKind.DAMAGED),
    "a damaged packed file": (b"\x1f\x8bnonsense", FileKind.DAMAGED),
    "PNG": (b"\x89PNG\r\n\x1a\n" + bytes(30), FileKind.PNG),
    "JPEG": (b"\xff\xd8\xff\xe0\0\x10JFIF\0" + bytes(30), FileKind.JPEG),
    "WebP": (b"RIFF\x24\0\0\0WEBPVP8 " + bytes(30), FileKind.WEBP),
    "BMP": (b"BM\x36\x10\0\0\0\0\0\0\x36\0\0\0" + bytes(30), FileKind.BMP),
    "a drawing": (b"<?xml version='1.0'?>\n<svg xmlns='http://www.w3.org/2000/svg'/>", FileKind.SVG),
    "PDF": (b"%PDF-1.7\n", FileKind.PDF),
    "nothing known": (bytes(range(1, 256)), FileKind.UNKNOWN),
    "zeros": (bytes(5_000), FileKind.UNKNOWN),
}
"""By a name: what the file holds, and what it is."""
