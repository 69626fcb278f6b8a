from __future__ import annotations

from pathlib import Path

import pytest
from export_samples import make_saves, record

from fooler_gui.core.save import Save


@pytest.fixture(scope="session")
def saves() -> list[Save]:
    return make_saves()


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory, saves: list[Save]) -> Path:
    return record(tmp_path_factory.mktemp("runs") / "run", saves)
