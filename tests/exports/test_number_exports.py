from __future__ import annotations

import csv
import dataclasses
import json

import numpy as np
import pytest
from export_samples import SHA256, export, make_saves, record
from saves import LAYERS, make_save

from fooler_gui.exports.exported import Exported


def test_arrays_hold_every_save_to_the_last_bit(run_folder, saves, tmp_path):
    assert export(run_folder, tmp_path / "run.npz") == Exported(saves=7, of=7)
    with np.load(tmp_path / "run.npz") as arrays:
        for name in ("images", "probabilities", "distances"):
            assert arrays[name].dtype == np.float32
            np.testing.assert_array_equal(arrays[name], np.stack([getattr(save, name) for save in saves]))
        for name in ("done", "reinitialised", "leads", "pinned"):
            np.testing.assert_array_equal(arrays[name], np.stack([getattr(save, name) for save in saves]))
        np.testing.assert_array_equal(arrays["restarts"], np.stack([save.reinitialisations for save in saves]))
        np.testing.assert_array_equal(arrays["births"], np.stack([save.replacements for save in saves]))
        np.testing.assert_array_equal(arrays["steps"], range(7))
        np.testing.assert_array_equal(arrays["seconds"], [save.seconds for save in saves])
        np.testing.assert_array_equal(arrays["labels"], [3, 7])
        assert arrays["layers"].tolist() == list(LAYERS)
        assert arrays["class_names"].tolist() == list("0123456789")
        assert arrays["stopped_by"].tolist() == [["", ""]] * 7
        assert arrays["batch_cost"].shape == (7, 2, 4)
        assert arrays["batch_cost"][5, 1, 3] == saves[5].costs[1].of("batch", "fc").cost
        assert np.isnan(arrays["closeness_cost"]).all()
        assert arrays["weighted_closeness_cost"].tolist() == [[0.0, 0.0]] * 7
        np.testing.assert_array_equal(arrays["total"], [[costs.total for costs in save.costs] for save in saves])
        about = json.loads(str(arrays["run"]))
        assert (about["run"]["rng_seed"], about["classifier_sha256"]) == (11, SHA256)
    assert [path.name for path in tmp_path.iterdir()] == ["run.npz"]


@pytest.mark.parametrize("has_changes", [True, False])
def test_found_images_are_arrays_of_their_own_with_labels_starts_and_distances(tmp_path, has_changes):
    start, end = np.full((2, 3, 2, 2, 1), 0.5, np.float32), np.full((2, 3, 2, 2, 1), 0.5, np.float32)
    end[0, 1, 0, 0], end[1, 2, 0, 0], end[1, 2, 1, 1] = 0.75, 1.0, 0.0
    probabilities = [[0.5, 0.9995, 0.5], [0.5, 0.5, 0.9999]]
    distances, largest = [[0, 0.25, 0], [0, 0, 0.5**0.5]], [[0, 0.25, 0], [0, 0, 0.5]]
    saves = [
        make_save((3, 7), 3, (2, 2, 1), 0, images=start, probabilities=0.1),
        make_save((3, 7), 3, (2, 2, 1), 1, images=end, probabilities=probabilities, distances=distances),
    ]
    changes = np.float32(largest) if has_changes else None
    saves = [dataclasses.replace(save, largest_changes=changes) for save in saves]
    export(record(tmp_path / "run", saves), tmp_path / "run.npz")
    with np.load(tmp_path / "run.npz", allow_pickle=False) as arrays:
        assert (arrays["x"].shape, arrays["x"].dtype) == ((2, 2, 2, 1), np.float32)
        np.testing.assert_array_equal(arrays["x"], [end[0, 1], end[1, 2]])
        np.testing.assert_array_equal(arrays["x_start"], [start[0, 1], start[1, 2]])
        assert arrays["x_start"].dtype == np.float32
        assert arrays["y"].tolist() == [3, 7]
        np.testing.assert_array_equal(arrays["p"], np.float32([0.9995, 0.9999]))
        np.testing.assert_array_equal(arrays["l2"], np.float32([0.25, 0.5**0.5]))
        np.testing.assert_array_equal(arrays["linf"], np.float32([0.25, 0.5]))


def test_a_start_that_is_in_no_save_is_told_as_such(tmp_path):
    images = np.random.default_rng(0).random((3, 1, 3, 2, 2, 1), np.float32)
    saves = [
        make_save((3,), 3, (2, 2, 1), 0, images=images[0]),
        make_save((3,), 3, (2, 2, 1), 1, images=images[1], replacements=[[0, 1, 1]], distances=[[1, 0, 0.5]]),
        make_save(
            (3,), 3, (2, 2, 1), 2, images=images[2], probabilities=1, replacements=[[0, 1, 1]], distances=[[2, 1, 1]]
        ),
    ]
    saves = [dataclasses.replace(save, largest_changes=None) for save in saves]
    export(record(tmp_path / "run", saves), tmp_path / "run.npz")
    with np.load(tmp_path / "run.npz") as arrays:
        np.testing.assert_array_equal(arrays["x_start"][:2], [images[0, 0, 0], images[1, 0, 1]])
        assert np.isnan(arrays["x_start"][2]).all()
        assert np.isnan(arrays["linf"]).tolist() == [False, False, True]
        assert arrays["l2"].tolist() == [2, 1, 1]


def test_a_run_that_found_nothing_has_no_found_images(tmp_path):
    export(record(tmp_path / "run", [make_save((3,), 2, (2, 2, 1), 0, probabilities=0.5)]), tmp_path / "run.npz")
    with np.load(tmp_path / "run.npz") as arrays:
        assert arrays["x"].shape == arrays["x_start"].shape == (0, 2, 2, 1)
        assert arrays["y"].shape == arrays["linf"].shape == (0,)


def test_one_slot_has_no_batch_distance(tmp_path):
    folder = record(tmp_path / "run", [make_save((3,), 1, (2, 2, 1), step) for step in range(2)])
    for kind in (".npz", ".csv", ".json"):
        export(folder, tmp_path / f"run{kind}")
    with np.load(tmp_path / "run.npz") as arrays:
        assert np.isnan(arrays["batch_distance"]).all()
    with (tmp_path / "run.csv").open() as file:
        assert {row["label 3: fc: batch distance"] for row in csv.DictReader(file)} == {""}
    layers = json.loads((tmp_path / "run.json").read_text())["saves"][0]["costs"][0]["layers"]
    assert [layer["batch_distance"] for layer in layers] == [None] * 4


def test_a_table_has_a_row_for_each_save(run_folder, saves, tmp_path):
    export(run_folder, tmp_path / "run.csv")
    with (tmp_path / "run.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 7
    assert len(rows[0]) == 5 + 2 * (4 * 6 + 7) + 1
    for row, save in zip(rows, saves, strict=True):
        assert int(row["step"]) == save.step
        assert float(row["seconds"]) == save.seconds
        assert float(row["lowest probability"]) == float(save.probabilities.min())
        assert float(row["mean probability"]) == float(save.probabilities.mean())
        assert float(row["label 7: conv1: weighted batch cost"]) == save.costs[1].of("batch", "conv1").weighted_cost
        assert (row["label 7: closeness cost"], row["label 7: weighted closeness cost"]) == ("", "0.0")
        assert float(row["label 3: total cost"]) == save.costs[0].total
    assert [row["restarts"] for row in rows] == ["0", "0", "1", "0", "0", "0", "0"]
    assert [place for place, row in enumerate(rows) if row["events"]] == [4]
    assert rows[4]["events"] == "step 4: batch 2, learning rate 0.02; step 4: slot 2 of label 7 pinned"


def test_events_stand_at_the_first_save_that_shows_them(saves, tmp_path):
    late = dataclasses.replace(saves[5], events=saves[4].events)
    export(record(tmp_path / "run", [saves[0], saves[2], late, saves[6]]), tmp_path / "run.csv")
    with (tmp_path / "run.csv").open(newline="") as file:
        assert [bool(row["events"]) for row in csv.DictReader(file)] == [False, False, True, False]


def test_json_tells_the_same_and_every_slot(run_folder, saves, tmp_path):
    export(run_folder, tmp_path / "run.json")
    exported = json.loads((tmp_path / "run.json").read_text())
    assert exported["about"] == {"format": 1, "labels": [3, 7], "class_names": list("0123456789")}
    assert exported["run"]["run"]["coefficients"]["layer_cost_coeffs"] == {
        "inputs": 1e-5,
        "conv0": 1e-4,
        "conv1": 1e-3,
        "fc": 1e-2,
    }
    assert len(exported["saves"]) == 7
    for facts, save in zip(exported["saves"], saves, strict=True):
        assert (facts["step"], facts["seconds"]) == (save.step, save.seconds)
        assert facts["mean_probability"] == float(save.probabilities.mean())
        np.testing.assert_array_equal(np.float32(facts["probabilities"]), save.probabilities)
        assert facts["costs"][1]["label"] == 7
        assert facts["costs"][1]["total"] == save.costs[1].total
        assert facts["costs"][1]["layers"][3]["name"] == "fc"
        assert facts["costs"][1]["layers"][3]["reference_cost"] == save.costs[1].of("reference", "fc").cost
        assert (facts["costs"][1]["closeness_cost"], facts["costs"][1]["weighted_closeness_cost"]) == (None, 0.0)
    change, pin = exported["events"]
    assert (change["step"], change["kind"], change["data"]["coefficients"]["batch_cost_coeff"]) == (4, "settings", 2.0)
    assert pin == {
        "step": 4,
        "kind": "pin",
        "words": "slot 2 of label 7 pinned",
        "data": {"label": 7, "slot": 1, "pinned": True},
    }


@pytest.mark.parametrize("kind", [".csv", ".json", ".npz"])
def test_numbers_that_are_not_finite_are_told_as_such(tmp_path, kind):
    saves = make_saves(range(2))
    costs = dataclasses.replace(saves[1].costs[0], total=np.inf)
    saves[1] = dataclasses.replace(saves[1], costs=(costs, saves[1].costs[1]))
    path = tmp_path / f"run{kind}"
    export(record(tmp_path / "run", saves), path)
    if kind == ".npz":
        with np.load(path) as arrays:
            assert np.isinf(arrays["total"][1, 0])
    elif kind == ".csv":
        with path.open(newline="") as file:
            assert [row["label 3: total cost"] for row in csv.DictReader(file)][1] == "inf"
    else:
        assert json.loads(path.read_text())["saves"][1]["costs"][0]["total"] is None
