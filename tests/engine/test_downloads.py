"""Downloads by Keras, from files on this machine in place of the network."""

from __future__ import annotations

import gzip
import importlib
import io
import pickle
import tarfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from dataset_files import TEST_LABELS, TRAIN_LABELS, idx, images
from generators import outcome

from fooler_gui.core.downloads import DOWNLOADS
from fooler_gui.core.messages import Working
from fooler_gui.core.run_control import RunControl
from fooler_gui.data.loading import load_dataset
from fooler_gui.engine.downloads import DownloadFailed, get_dataset

FASHION, CIFAR_100 = DOWNLOADS["fashion-mnist"], DOWNLOADS["cifar-100"]
TRAIN, TEST = images(6, (28, 28)), images(3, (28, 28), rng_seed=1)
TRAIN_OF, TEST_OF = np.array(TRAIN_LABELS), np.array(TEST_LABELS)


@pytest.fixture
def origin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Returns the folder from which Keras gets its files, without checking their hashes."""
    folder = tmp_path / "origin"
    folder.mkdir()
    for name in ("fashion_mnist", "cifar100"):
        names = importlib.import_module(f"keras.datasets.{name}").load_data.__globals__
        monkeypatch.setitem(names, "get_file", _from(folder, names["get_file"]))
    return folder


def _from(folder: Path, get_file: Callable[..., str]) -> Callable[..., str]:
    def get(fname: str, origin: str, **options: object) -> str:
        options.pop("file_hash", None)
        return get_file(fname, (folder / origin.rpartition("/")[2]).as_uri(), **options)

    return get


def write_fashion(folder: Path) -> None:
    for part, pictures, labels in (("train", TRAIN, TRAIN_OF), ("t10k", TEST, TEST_OF)):
        (folder / f"{part}-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx(pictures)))
        (folder / f"{part}-labels-idx1-ubyte.gz").write_bytes(gzip.compress(idx(labels)))


def got(path: Path, control: RunControl | None = None, download=FASHION) -> tuple[bool, list[Working]]:
    progress, is_got = outcome(get_dataset(download, path, control or RunControl()))
    return is_got, progress


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    return tmp_path / "out" / "fashion-mnist.npz"


def test_fashion_mnist_becomes_one_file_with_the_names_of_its_classes(origin, path, capfd):
    write_fashion(origin)
    written, progress = got(path)
    assert written
    assert progress[0] == Working(sentence="Getting Fashion-MNIST, 31 MB", fraction=0.0)
    assert progress[-1] == Working(sentence="Writing fashion-mnist.npz")
    assert [file.name for file in path.parent.iterdir()] == ["fashion-mnist.npz"]
    dataset = load_dataset(path)
    np.testing.assert_array_equal(dataset.train_images[..., 0], TRAIN)
    np.testing.assert_array_equal(dataset.test_images[..., 0], TEST)
    assert (dataset.train_labels.tolist(), dataset.test_labels.tolist()) == ([*TRAIN_LABELS], [*TEST_LABELS])
    assert dataset.class_names == FASHION.class_names
    assert dataset.class_names[9] == "Ankle boot"
    assert capfd.readouterr().out == ""


def test_cifar_100_is_unpacked_by_keras(origin, path):
    pictures = images(6, (32, 32, 3))
    with tarfile.open(origin / "cifar-100-python.tar.gz", "w:gz") as archive:
        for part, count in (("train", 6), ("test", 3)):
            rows = pictures[:count].transpose(0, 3, 1, 2).reshape(count, -1)
            content = pickle.dumps({b"data": rows, b"fine_labels": [*range(count)]}, protocol=4)
            member = tarfile.TarInfo(f"cifar-100-python/{part}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    assert got(path, download=CIFAR_100)[0]
    dataset = load_dataset(path)
    np.testing.assert_array_equal(dataset.train_images, pictures)
    assert (len(dataset.class_names), dataset.class_names[0], dataset.class_names[-1]) == (100, "apple", "worm")


def test_a_stop_leaves_nothing(origin, path):
    write_fashion(origin)
    control = RunControl()
    control.stop()
    assert got(path, control)[0] is False
    assert list(path.parent.iterdir()) == []


@pytest.mark.parametrize("name", ["t10k-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"])
def test_a_file_that_cannot_be_had_is_one_sentence_and_leaves_nothing(origin, path, name):
    write_fashion(origin)
    (origin / name).unlink()
    with pytest.raises(
        DownloadFailed, match=r"^Fashion-MNIST could not be downloaded: .*; check the network .*--data\.$"
    ):
        got(path)
    assert list(path.parent.iterdir()) == []


def test_a_damaged_file_is_one_sentence_and_leaves_what_was_there(origin, path):
    write_fashion(origin)
    (origin / "train-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx(TRAIN))[:50])
    path.write_text("from before")
    with pytest.raises(DownloadFailed, match=r"could not be downloaded"):
        got(path)
    assert path.read_text() == "from before"


def test_there_is_a_name_for_every_class():
    assert [len(download.class_names) for download in DOWNLOADS.values()] == [10, 10, 100]
    assert all(len(set(download.class_names)) == len(download.class_names) for download in DOWNLOADS.values())
