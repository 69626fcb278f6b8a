from __future__ import annotations

import json
import shutil
import sys
from contextlib import closing

import numpy as np
import pytest
from dask_cluster import DaskCluster
from recorded_runs import saves_of

from fooler_gui.cli import cell as cell_module
from fooler_gui.cli import session as session_module
from fooler_gui.core.processors import processors
from fooler_gui.core.toml_file import read_toml
from fooler_gui.sweeps.results import Results

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="workers are ended by signals"),
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
]

SWEEP = """
job = "backwork"
classifier = "tiny.keras"
data = "small.npz"
coefficients = "article"
label = 3
slots = 2
max_steps = 4
[vary]
rng_seed = [1, 2]
"""


@pytest.fixture
def address(tmp_path):
    cluster = DaskCluster(tmp_path / "workers")
    cluster.start_workers(1, threads=processors())
    yield cluster.address
    cluster.close()


def test_a_cluster_finds_the_same_images_as_this_process_bit_for_bit(
    fooler, tmp_path, classifier_file, small_dataset, address, monkeypatch
):
    monkeypatch.setattr(session_module, "_kept", None)
    monkeypatch.setattr(cell_module, "prepare", lambda: None)
    shutil.copy(classifier_file, tmp_path / "tiny.keras")
    shutil.copy(small_dataset, tmp_path / "small.npz")
    (tmp_path / "sweep.toml").write_text(SWEEP, encoding="utf-8")
    for name, where in (("here", ("--workers", 0)), ("there", ("--dask", address))):
        outcome = fooler("sweep", tmp_path / "sweep.toml", "--out", tmp_path / name, "--json", *where)
        assert outcome.code == 0, outcome.err
        assert json.loads(outcome.out)["done"] == 2
    assert f"Connected to {address} with 1 worker." in outcome.err
    with closing(Results(tmp_path / "here" / "results.sqlite")) as results:
        runs = [row["run"] for row in results.rows()]
    for run in runs:
        for ours, theirs in zip(saves_of(tmp_path / "here" / run), saves_of(tmp_path / "there" / run), strict=True):
            np.testing.assert_array_equal(ours.images, theirs.images)
            np.testing.assert_array_equal(ours.probabilities, theirs.probabilities)
        record = read_toml(tmp_path / "there" / run / "run.toml")
        assert record["run"]["classifier"] == str(tmp_path / "tiny.keras")
        assert record["dataset"]["path"] == str(tmp_path / "small.npz")
