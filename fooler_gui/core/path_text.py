"""Paths as text that every file, screen and library can hold, although file names may be any bytes."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote_to_bytes

_ADDRESS = "file://"


def text_of(path: Path) -> str:
    """Returns `path` as text; one that is not valid text as a URL: ``file:///disk/caf%E9``."""
    text = str(path)
    return text if is_text(text) else path.absolute().as_uri()


def path_of(text: str) -> Path:
    """Returns the path for `text`, made by `text_of` or typed by a person."""
    if text.startswith(_ADDRESS):
        return Path(os.fsdecode(unquote_to_bytes(text.removeprefix(_ADDRESS))))
    return Path(text)


def is_text(text: str) -> bool:
    """Returns whether the path `text` is valid Unicode."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
