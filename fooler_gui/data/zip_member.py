"""Reads members of untrusted ZIP files so that no false size can fill the memory."""

from __future__ import annotations

import zipfile
from typing import IO

_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def open_member(archive: zipfile.ZipFile, name: str) -> IO[bytes]:
    """Returns the member `name` opened for reading; reading N bytes of it unpacks about N bytes, whatever it claims.

    Raises:
        zipfile.BadZipFile: It is compressed by a method that NumPy and Keras do not use and that unpacks without a
        bound. KeyError: There is no such member.
    """
    info = archive.getinfo(name)
    if info.compress_type not in _METHODS:
        raise zipfile.BadZipFile(f"{name} is neither stored nor deflated")
    return archive.open(info)


def read_member(archive: zipfile.ZipFile, name: str, maximum_bytes: int) -> bytes:
    """Returns what the member `name` unpacks to.

    Raises:
        zipfile.BadZipFile: It is damaged, or unpacks to more than `maximum_bytes`.
        KeyError: There is no such member.
    """
    with open_member(archive, name) as member:
        content = member.read(maximum_bytes + 1)
    if len(content) > maximum_bytes:
        raise zipfile.BadZipFile(f"{name} unpacks to more than {maximum_bytes:,} bytes")
    return content
