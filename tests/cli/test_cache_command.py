from __future__ import annotations

import json

import numpy as np
import pytest

from fooler_gui.core.array_store import ArrayStore
from fooler_gui.resources import references_path


@pytest.fixture(autouse=True)
def _empty_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def test_what_is_kept_is_told_and_deleted(fooler):
    ArrayStore(references_path()).write("a", {"codes": np.zeros(1872, np.uint8)})
    assert json.loads(fooler("cache", "--json").out) == {"folder": str(references_path()), "bytes": 2000, "deleted": 0}
    assert "2.0 kB, at most 4.0 GB" in fooler("cache").out
    told = fooler("cache", "--clear").out.splitlines()
    assert [line.split(maxsplit=1)[1] for line in told] == [str(references_path()), "0 B, at most 4.0 GB", "2.0 kB"]
    assert json.loads(fooler("cache", "--json").out)["bytes"] == 0


def test_what_cannot_be_deleted_is_told(fooler, monkeypatch):
    def refuse(_self):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(ArrayStore, "clear", refuse)
    outcome = fooler("cache", "--clear")
    assert outcome.code == 2
    assert outcome.err == f"The references kept in {references_path()} cannot be deleted: Permission denied.\n"
