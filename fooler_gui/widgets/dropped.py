"""Where what is dropped onto a widget lies."""

from __future__ import annotations

from PySide6.QtCore import QUrl

_NO_LETTER = "\ufffd"


def dropped_path(url: QUrl) -> str:
    """Returns the path of a local file as `core.path_text` has it; Qt by itself spoils names that are no text."""
    path = url.toLocalFile()
    return bytes(url.toEncoded().data()).decode("ascii") if _NO_LETTER in path else path
