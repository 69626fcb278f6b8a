"""Images that runs start from and that are in no file of arrays: they are kept in the user's data folder."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from fooler_gui.core.files import make_folder
from fooler_gui.core.path_text import path_of
from fooler_gui.resources import user_folder, user_path

if TYPE_CHECKING:
    from fooler_gui.core.arrays import FloatArray

_UNSAFE = re.compile(r"[^\w ,-]")
_MOST_LETTERS = 60
_FOLDER = "starts"
_HASH_LETTERS = 16


def is_kept(start: str) -> bool:
    """Returns whether `start` is a file that `keep_start` wrote."""
    return user_path(_FOLDER) in path_of(start).parents


def keep_start(images: FloatArray, name: str, write: Callable[[Path, FloatArray], object]) -> Path:
    """Returns the file of `images` (N, H, W, C), called `name`, written by `write` if it is not there yet.

    Raises:
        NotWritable: The user's data folder cannot be written.
        OSError: The file cannot.
    """
    digest = hashlib.sha256(repr(images.shape).encode() + images.tobytes()).hexdigest()
    safe = _UNSAFE.sub("-", name)[:_MOST_LETTERS].strip() or "picture"
    path = user_folder(_FOLDER) / digest[:_HASH_LETTERS] / f"{safe}.npz"
    if not path.exists():
        make_folder(path.parent)
        write(path, images)
    return path
