"""Makes a tiny dataset once."""

from __future__ import annotations

import pytest
from tiny import make_dataset

from fooler_gui.data.dataset import Dataset
from fooler_gui.engine import backend

backend.load()


@pytest.fixture(scope="session")
def dataset() -> Dataset:
    return make_dataset()
