"""Paths as texts that every file, screen and library can hold, though names of folders may be any bytes."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote_to_bytes

_ADDRESS = "file://"


def text_of(path: Path) -> str:
    """Returns `path` as a text; one that is none in any alphabet as an address: ``file:///disk/caf%E9``."""
    text = str(path)
    return text if is_text(text) else path.absolute().as_uri()


def path_of(text: str) -> Path:
    """Returns the path that `text`, made by `text_of` or by a person, stands for."""
    if text.startswith(_ADDRESS):
        return Path(os.fsdecode(unquote_to_bytes(text.removeprefix(_ADDRESS))))
    return Path(text)


def is_text(text: str) -> bool:
    """Tells whether the path `text` is a text in some alphabet."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
