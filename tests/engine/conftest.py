"""Loads TensorFlow as the program does before an engine module is imported, and builds tiny classifiers once."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from fooler_gui.engine import backend

backend.load()

from lab_jobs import make_lab, perform  # noqa: E402 - the engine can be imported only now
from tiny import (  # noqa: E402
    ARTICLE_IN_SMALL,
    TINY_NET,
    make_classifier,
    make_dataset,
    write_dataset,
)

from fooler_gui.core import jobs  # noqa: E402
from fooler_gui.core.settings import MethodSettings  # noqa: E402
from fooler_gui.data.dataset import Dataset  # noqa: E402
from fooler_gui.data.file_hash import sha256_of  # noqa: E402
from fooler_gui.engine.cost.cost_function import CostFunction  # noqa: E402
from fooler_gui.engine.lab import Lab  # noqa: E402
from fooler_gui.engine.nets.classifier import Classifier  # noqa: E402
from fooler_gui.engine.nets.classifier_file import save_classifier  # noqa: E402

CostOf = Callable[[MethodSettings], CostFunction]


@pytest.fixture(scope="session")
def dataset() -> Dataset:
    return make_dataset()


@pytest.fixture(scope="session")
def dataset_path(dataset: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_dataset(dataset, tmp_path_factory.mktemp("dataset") / "tiny.npz")


@pytest.fixture(scope="session")
def classifier() -> Classifier:
    """One convolution and a dense layer on 8 × 8 × 1; nobody may change its weights."""
    return make_classifier(TINY_NET)


@pytest.fixture(scope="session")
def cost_of(classifier: Classifier) -> CostOf:
    """Cost functions of `classifier`, compiled once for each method."""
    return cache(lambda method: CostFunction(classifier, method))


@pytest.fixture(scope="session")
def article_in_small() -> Classifier:
    """The article's layers with few units; nobody may change its weights."""
    return make_classifier(ARTICLE_IN_SMALL, input_shape=(12, 12, 1))


@pytest.fixture(scope="session")
def article_cost_of(article_in_small: Classifier) -> CostOf:
    return cache(lambda method: CostFunction(article_in_small, method))


@pytest.fixture(scope="session")
def colour_classifier() -> Classifier:
    """A net on images that are neither square nor grey; nobody may change its weights."""
    return make_classifier(TINY_NET, input_shape=(9, 7, 3))


@pytest.fixture
def lab(dataset_path: Path) -> Lab:
    """A lab without a classifier; nothing in it takes a second."""
    return make_lab(dataset_path)


@pytest.fixture(scope="session")
def path(tmp_path_factory: pytest.TempPathFactory, dataset_path: Path) -> str:
    """The file of a classifier that nobody may write to."""
    path = tmp_path_factory.mktemp("classifiers") / "first.keras"
    save_classifier(make_classifier(class_names=("0", "1", "2")), path, 0.5, sha256_of(dataset_path))
    return str(path)


@pytest.fixture
def ready(lab: Lab, path: str) -> Lab:
    """A lab with a classifier in use."""
    perform(lab, jobs.OpenClassifier(path=path))
    return lab
