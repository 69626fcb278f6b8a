from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from fooler_gui.core.errors import LabError
from fooler_gui.core.path_text import is_text, path_of, text_of

UNDECODABLE = Path(os.fsdecode(b"/disk/caf\xe9 100%/run"))


@pytest.mark.parametrize("name", ["/disk/run", "/disk/café/%20", "relative/run", ""])
def test_a_path_that_is_a_text_is_itself(name: str) -> None:
    assert text_of(Path(name)) == str(Path(name))
    assert path_of(name) == Path(name)


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names are always texts there")
def test_any_bytes_of_a_name_come_back() -> None:
    text = text_of(UNDECODABLE)
    assert text == "file:///disk/caf%E9%20100%25/run"
    assert is_text(text)
    assert not is_text(str(UNDECODABLE))
    assert path_of(text) == UNDECODABLE


def test_a_sentence_about_any_name_can_be_written_anywhere() -> None:
    assert str(LabError(f"There is no {UNDECODABLE}.")) == "There is no /disk/caf\\udce9 100%/run."
