"""What tests of classifiers' files share."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny import make_classifier

from fooler_gui.engine.nets.classifier_file import save_classifier


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("classifiers") / "good.keras"
    save_classifier(make_classifier(class_names=("cat", "dög", "no 3")), path, 0.875)
    return path
