from __future__ import annotations

import os
import sys

import pytest
from PySide6.QtCore import QUrl

from fooler_gui.core.path_text import path_of
from fooler_gui.widgets.dropped import dropped_path


@pytest.mark.skipif(sys.platform == "win32", reason="paths are others there")
@pytest.mark.parametrize("path", [b"/disk/run 1", "/disk/café/100%".encode(), b"/disk/caf\xe9 1/run"])
def test_what_is_dropped_is_found_again_whatever_its_name(path: bytes) -> None:
    text = dropped_path(QUrl.fromEncoded(b"file://" + path.replace(b"%", b"%25").replace(b"\xe9", b"%E9")))
    assert os.fsencode(path_of(text)) == path
