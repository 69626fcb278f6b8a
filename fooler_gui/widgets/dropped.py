"""Paths of files dropped onto a widget."""

from __future__ import annotations

from PySide6.QtCore import QUrl

_NO_LETTER = "\ufffd"


def dropped_path(url: QUrl) -> str:
    """Returns the path of a local file as in `core.path_text`; Qt alone corrupts names that are not valid text."""
    path = url.toLocalFile()
    return bytes(url.toEncoded().data()).decode("ascii") if _NO_LETTER in path else path
