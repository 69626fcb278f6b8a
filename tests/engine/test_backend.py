from __future__ import annotations

import os
import sys

import pytest

from fooler_gui.engine import backend

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="what a graphics driver loads on Linux")


def test_tensorflow_finds_its_own_llvm_beside_that_of_a_graphics_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backend, "_holds_llvm", lambda: True)
    before = sys.getdlopenflags()
    with backend._own_symbols():
        assert sys.getdlopenflags() == before | os.RTLD_DEEPBIND
    assert sys.getdlopenflags() == before


def test_libraries_are_loaded_as_usual_where_no_driver_has_loaded_llvm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backend, "_holds_llvm", lambda: False)
    before = sys.getdlopenflags()
    with backend._own_symbols():
        assert sys.getdlopenflags() == before
