from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from fooler_gui.cli import main
from fooler_gui.core.topology import Convolution, Topology
from fooler_gui.data.file_hash import sha256_of
from fooler_gui.engine import backend
from fooler_gui.resources import resource

# Before any module of the engine that needs it is imported by the tests.
backend.load()

INPUT_SHAPE = (28, 28, 1)


@dataclass(frozen=True, slots=True)
class Outcome:
    code: int
    out: str
    err: str


@pytest.fixture(scope="session")
def small_dataset(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("dataset") / "small.npz"
    with np.load(resource("mnist.npz")) as whole:
        np.savez(path, **{name: whole[name][:1_000] for name in whole})
    return path


@pytest.fixture(autouse=True)
def _few_images(monkeypatch, small_dataset, tmp_path_factory):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))
    monkeypatch.setattr("fooler_gui.cli.session.resource", lambda _name: small_dataset)
    monkeypatch.setattr("fooler_gui.core.published.MNIST_SHA256", sha256_of(small_dataset))


@pytest.fixture(scope="session")
def classifier_file(tmp_path_factory, small_dataset) -> Path:
    from fooler_gui.engine.nets.building import build_classifier
    from fooler_gui.engine.nets.classifier_file import save_classifier

    path = tmp_path_factory.mktemp("classifier") / "tiny.keras"
    topology = Topology(convolutions=(Convolution(filters=2),), dense=(8,))
    classifier = build_classifier(topology, INPUT_SHAPE, tuple("0123456789"), 5)
    save_classifier(classifier, path, 0.9, sha256_of(small_dataset))
    return path


@pytest.fixture
def images_file(tmp_path) -> Path:
    path = tmp_path / "images.npz"
    np.savez(path, images=np.random.default_rng(0).random((3, 28, 28), np.float32))
    return path


@pytest.fixture
def fooler(capsys):
    def run(*arguments: object) -> Outcome:
        code = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Outcome(code, captured.out, captured.err)

    return run


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory, classifier_file) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "run"
    # A threshold of 0 makes every image a found one from the start.
    arguments = ["backwork", "--label", "3", "7", "--slots", "2", "--max-steps", "2", "--min-probability", "0"]
    options = ["--min-steps", "2", "--classifier", str(classifier_file), "--out", str(folder)]
    assert main([*arguments, *options]) == 0
    return folder
