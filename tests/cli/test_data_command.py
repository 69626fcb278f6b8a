from __future__ import annotations

import gzip
import importlib
import json
import os
import signal
from pathlib import Path

import numpy as np
import pytest
from dataset_files import TEST_LABELS, TRAIN_LABELS, csv, idx, images

from fooler_gui.core.downloads import DOWNLOADS


def test_a_dataset_is_described_as_json(fooler, tmp_path):
    (tmp_path / "d.csv").write_bytes(csv(images(20, (3, 3)).reshape(20, 9) / 255, ["cat", "dog"] * 10))
    told = json.loads(fooler("data", "describe", tmp_path / "d.csv", "--json").out)
    assert {key: told[key] for key in ("name", "shape", "classes", "class_names", "train", "test")} == {
        "name": "d",
        "shape": [3, 3, 1],
        "classes": 2,
        "class_names": ["cat", "dog"],
        "train": 16,
        "test": 4,
    }
    assert len(told["sha256"]) == 64
    assert [remark.partition(" ")[0] for remark in told["remarks"]] == ["The", "Pixels", "There"]


def test_a_dataset_is_described_as_text(fooler, tmp_path):
    np.savez(tmp_path / "d.npz", x_train=images(6), y_train=TRAIN_LABELS, x_test=images(3), y_test=TEST_LABELS)
    out = fooler("data", "describe", tmp_path / "d.npz").out
    for line in ("Images    3 × 3 × 1", "Classes   3 (0, 1, 2)", "Training  6 images, 2 to 2 a class"):
        assert line in out.splitlines()


def test_large_images_are_made_smaller_as_asked(fooler, tmp_path):
    np.savez(tmp_path / "d.npz", images=images(6, (32, 16)), labels=TRAIN_LABELS)
    told = json.loads(fooler("data", "describe", tmp_path / "d.npz", "--largest-side", 8, "--json").out)
    assert told["shape"] == [8, 4, 1]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("describe", "none"), "There is no file none."),
        (("describe", "text.txt"), "must have a label and a square number of pixels"),
        (("get", "imagenet"), "get takes fashion-mnist, cifar-10, cifar-100; received 'imagenet'."),
        (("get", "cifar-10", "--out", "text.txt"), "--out must be a folder; text.txt is a file."),
        (("get", "cifar-10", "--largest-side", "9"), "--largest-side does not go with get"),
        (("describe", "text.txt", "--out", "."), "--out does not go with describe"),
        (("show", "text.txt"), "invalid choice: 'show'"),
        (("describe",), "F|NAME"),
    ],
)
def test_what_cannot_be_done_is_refused_in_one_sentence(fooler, words, sentence, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("text.txt").write_text("Only text.")
    refused = fooler("data", *words)
    assert (refused.code, refused.out) == (2, "")
    assert sentence in refused.err
    assert refused.err.count("\n") == 1


@pytest.fixture
def keras_files(tmp_path, monkeypatch):
    """Lets Keras get Fashion-MNIST from a folder, which is returned; each file may be replaced by a function."""
    folder, names = tmp_path / "origin", importlib.import_module("keras.datasets.fashion_mnist").load_data.__globals__
    folder.mkdir()
    for part, count, labels in (("train", 6, TRAIN_LABELS), ("t10k", 3, TEST_LABELS)):
        (folder / f"{part}-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx(images(count, (28, 28)))))
        (folder / f"{part}-labels-idx1-ubyte.gz").write_bytes(gzip.compress(idx(np.array(labels))))
    get_file = names["get_file"]

    def get(fname: str, origin: str, **options: object) -> str:
        return get_file(fname, (folder / fname).as_uri(), **options)

    monkeypatch.setitem(names, "get_file", get)
    return folder


def test_a_dataset_is_got_and_used(fooler, keras_files, tmp_path):
    got = fooler("data", "get", "Fashion-MNIST", "--out", tmp_path / "sets", "--json")
    assert got.code == 0
    assert got.err == "Fashion-MNIST is downloaded: 31 MB.\n"
    told = json.loads(got.out)
    assert told["path"] == str(tmp_path / "sets" / "fashion-mnist.npz")
    assert told["class_names"] == list(DOWNLOADS["fashion-mnist"].class_names)
    again = fooler("data", "get", "fashion-mnist", "--out", tmp_path / "sets")
    assert again.code == 2
    assert "exists already" in again.err
    assert fooler("data", "get", "fashion-mnist", "--out", tmp_path / "sets", "--overwrite").code == 0


def test_without_a_network_there_is_one_sentence(fooler, keras_files, tmp_path):
    (keras_files / "train-images-idx3-ubyte.gz").unlink()
    failed = fooler("data", "get", "fashion-mnist", "--out", tmp_path / "sets")
    assert failed.code == 2
    assert "Fashion-MNIST could not be downloaded: " in failed.err
    assert list((tmp_path / "sets").iterdir()) == []


def test_control_c_leaves_nothing(fooler, keras_files, tmp_path, monkeypatch):
    names = importlib.import_module("keras.datasets.fashion_mnist").load_data.__globals__
    get_file = names["get_file"]

    def interrupted(fname: str, origin: str, **options: object) -> str:
        os.kill(os.getpid(), signal.SIGINT)
        return get_file(fname, origin, **options)

    monkeypatch.setitem(names, "get_file", interrupted)
    stopped = fooler("data", "get", "fashion-mnist", "--out", tmp_path / "sets")
    assert stopped.code == 130
    assert stopped.err.endswith("Stopped; nothing was written.\n")
    assert list((tmp_path / "sets").iterdir()) == []
