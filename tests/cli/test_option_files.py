from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from dataset_files import idx, images

from fooler_gui.cli.checks import FileRefused
from fooler_gui.cli.option_files import members, with_paths

OPTIONS = {
    "backwork": (
        {
            "classifier": ["a.keras", "b.keras=0.5"],
            "data": "sets/mnist.npz",
            "coefficients": "mine.toml",
            "start": ["a.png", "b.png"],
            "labels": [3, 7],
            "rng_seed": 4,
            "batch_cost_coeff": 0.5,
            "objective": "logit",
        },
        {
            "classifier": ["/there/a.keras", "/there/b.keras=0.5"],
            "data": "/there/sets/mnist.npz",
            "coefficients": "/there/mine.toml",
            "start": ["/there/a.png", "/there/b.png"],
        },
    ),
    "rounds": ({"starts": ["noise"], "classifier": "a.h5"}, {"classifier": "/there/a.h5"}),
    "retrain": ({"runs": ["one", "two"], "steps": 5}, {"runs": ["/there/one", "/there/two"]}),
    "transfer": ({"runs": ["one"], "images": ["x.npz"]}, {"runs": ["/there/one"], "images": ["/there/x.npz"]}),
    "train": ({"data": "/own/set", "conv": ["3x3x2"], "preset": "article"}, {"data": "/own/set"}),
}


@pytest.mark.parametrize("job", OPTIONS)
def test_paths_are_told_from_all_else_by_what_reads_an_option(job):
    given, changed = OPTIONS[job]
    assert with_paths(job, given, lambda _option, path: Path("/there") / path) == given | changed


def test_words_of_an_option_are_no_files():
    for options in ({"coefficients": "no-penalties"}, {"start": "digits:3"}, {"start": ["noise"]}):
        assert with_paths("backwork", options, lambda _option, _path: Path("/changed")) == options


def test_what_is_missing_is_refused(tmp_path):
    with pytest.raises(FileRefused, match=r"^classifier must name a file or folder; there is none at .*a\.keras"):
        members("classifier", tmp_path / "a.keras")


def test_to_a_dataset_belong_its_other_files_and_the_names_of_its_classes(tmp_path):
    labels = np.array([0, 1], np.uint8)
    contents = {
        "train-images-idx3-ubyte": idx(images(2)),
        "train-labels-idx1-ubyte": idx(labels),
        "labels.txt": b"cat\ndog\n",
        "holiday.txt": b"sun",
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    named = {path.name for path in members("data", tmp_path / "train-images-idx3-ubyte")}
    assert named == contents.keys() - {"holiday.txt"}
    assert members("classifier", tmp_path / "holiday.txt") == (tmp_path / "holiday.txt",)
    assert {path.name for path in members("data", tmp_path)} == contents.keys()
