"""Loads TensorFlow as the program does before an engine module is imported, and makes a tiny dataset once."""

from __future__ import annotations

import pytest

from fooler_gui.engine import backend

backend.load()

from tiny import make_dataset  # noqa: E402 - the engine can be imported only now

from fooler_gui.data.dataset import Dataset  # noqa: E402


@pytest.fixture(scope="session")
def dataset() -> Dataset:
    return make_dataset()
