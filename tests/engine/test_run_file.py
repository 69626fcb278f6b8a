from __future__ import annotations

import dataclasses
import hashlib
import tomllib
from pathlib import Path

import numpy as np
import pytest
from saves import LAYERS, make_save

from fooler_gui.core.errors import LabError
from fooler_gui.core.messages import ClassifierInfo, RunFinished
from fooler_gui.core.milestones import Milestones
from fooler_gui.core.run_spec import RunSpec
from fooler_gui.core.settings import SettingError, article_coefficients
from fooler_gui.engine import run_file
from fooler_gui.engine.run_file import (
    RunFileError,
    holds_run,
    read_found_images,
    read_last_save,
    read_milestones,
    read_run,
    write_run,
)

INFO = ClassifierInfo(
    name="own", path="/home/me/own.keras", sha256="ab" * 32, topology="conv 2", input_shape=(6, 5, 1),
    class_names=tuple("0123456789"), recorded_layers=LAYERS, parameters=9, test_accuracy=0.5,
)  # fmt: skip
SPEC = RunSpec(classifier=INFO.path, labels=(3, 7), slots=2, rng_seed=11, coefficients=article_coefficients(LAYERS))
FINISHED = RunFinished(stopped_by=("probability", "max_steps"), steps=2, seconds=0.5)


def some_saves(last_probabilities=0.5):
    shape = (6, 5, 1)
    first = make_save((3, 7), 2, shape, 0, restarts=1)
    return [first, make_save((3, 7), 2, shape, 2, probabilities=last_probabilities, cost_factor=3.0)]


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "run"
    write_run(folder, SPEC, INFO, some_saves([[0.9995, 0.2], [0.1, 0.9999]]), FINISHED)
    return folder


def rewrite_saves(folder, **changes):
    with np.load(folder / "saves.npz") as saves:
        arrays = {name: saves[name] for name in saves} | changes
    np.savez(folder / "saves.npz", **{name: array for name, array in arrays.items() if array is not None})
    note_saves(folder)


def note_saves(folder):
    """Makes run.toml tell of the saves that lie beside it now, as one who forges a run would."""
    former = tomllib.loads((folder / "run.toml").read_text())["result"]["saves_sha256"]
    present = hashlib.sha256((folder / "saves.npz").read_bytes()).hexdigest()
    (folder / "run.toml").write_text((folder / "run.toml").read_text().replace(former, present))


def test_settings_can_be_read_back_whole(folder):
    record = read_run(folder)
    assert record.spec == SPEC
    assert record.classifier_sha256 == INFO.sha256
    assert (record.stopped_by, record.steps, record.seconds) == (("probability", "max_steps"), 2, 0.5)
    assert tomllib.loads((folder / "run.toml").read_text())["versions"].keys() == {
        "fooler", "python", "tensorflow", "keras", "numpy",
    }  # fmt: skip


def test_every_save_is_kept_with_all_that_belongs_to_it(folder):
    saves = some_saves([[0.9995, 0.2], [0.1, 0.9999]])
    with np.load(folder / "saves.npz") as kept:
        assert kept["labels"].tolist() == [3, 7]
        assert kept["steps"].tolist() == [0, 2]
        assert kept["images"].dtype == np.float32
        np.testing.assert_array_equal(kept["images"], [save.images for save in saves])
        np.testing.assert_array_equal(kept["probabilities"], [save.probabilities for save in saves])
        np.testing.assert_array_equal(kept["done"], [save.done for save in saves])
        np.testing.assert_array_equal(kept["reinitialised"], [save.reinitialised for save in saves])
        np.testing.assert_array_equal(kept["restarts"], [save.restarts for save in saves])
        for name in ("births", "distances", "leads", "pinned"):
            np.testing.assert_array_equal(kept[name], [getattr(save, name) for save in saves])
        assert kept["stopped"].tolist() == [[False, False], [False, False]]
        np.testing.assert_array_equal(kept["totals"], [[costs.total for costs in save.costs] for save in saves])


def test_found_images_are_those_of_the_last_save_that_are_done(folder):
    last = some_saves()[-1]
    found = read_found_images(folder, (6, 5, 1)).images
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, [last.images[0, 0], last.images[1, 1]])


def test_a_save_with_the_same_step_replaces_the_one_before(tmp_path):
    saves = [make_save(step=0), make_save(step=1, rng_seed=1), make_save(step=1, rng_seed=2)]
    write_run(tmp_path, dataclasses.replace(SPEC, labels=(3,), slots=8), INFO, saves, None)
    with np.load(tmp_path / "saves.npz") as kept:
        assert kept["steps"].tolist() == [0, 1]
        np.testing.assert_array_equal(kept["images"][-1], saves[-1].images)


def test_a_run_that_broke_off_tells_how_far_it_came(tmp_path):
    write_run(tmp_path, SPEC, INFO, some_saves(), None)
    record = read_run(tmp_path)
    assert (record.steps, record.stopped_by) == (2, ("", ""))


def test_a_folder_without_settings_is_no_run(folder):
    (folder / "run.toml").unlink()
    assert holds_run(folder)
    with pytest.raises(RunFileError, match="must hold a run"):
        read_last_save(folder)


def test_writing_that_fails_leaves_the_former_run_as_it_was(folder, monkeypatch):
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(run_file, "write_arrays", full)
    with pytest.raises(RunFileError, match="No space left"):
        write_run(folder, SPEC, INFO, some_saves(), FINISHED)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize("name", ["saves.npz", "run.toml"])
def test_a_file_that_cannot_take_its_place_never_leaves_what_passes_for_a_mixed_run(folder, name, monkeypatch):
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    replace = Path.replace

    def denied(self, target):
        if target.name == name:
            raise PermissionError(13, "Permission denied")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", denied)
    with pytest.raises(RunFileError, match="Permission denied"):
        write_run(folder, SPEC, INFO, some_saves(), FINISHED)
    after = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert after.keys() == before.keys()
    if name == "saves.npz":
        assert after == before
    else:
        assert after["run.toml"] == before["run.toml"]
        with pytest.raises(RunFileError, match=r"must hold the intact saves that run\.toml beside it tells of"):
            read_last_save(folder)


def test_a_run_is_replaced_whole(folder):
    write_run(folder, SPEC, INFO, some_saves(), None)
    np.testing.assert_array_equal(read_last_save(folder).images, some_saves()[-1].images)
    assert read_run(folder).stopped_by == ("", "")


@pytest.mark.parametrize("note", ["", "saves_sha256 = 5", "saves_sha256 = 'ab'"])
def test_settings_that_tell_of_no_saves_are_refused(folder, note):
    text = (folder / "run.toml").read_text()
    former = next(line for line in text.splitlines() if line.startswith("saves_sha256"))
    (folder / "run.toml").write_text(text.replace(former, note))
    with pytest.raises(RunFileError, match="must hold the intact saves"):
        read_last_save(folder)


def test_settings_without_their_saves_are_refused(folder):
    (folder / "saves.npz").unlink()
    with pytest.raises(RunFileError, match=r"saves\.npz cannot be read"):
        read_last_save(folder)


def test_a_folder_that_cannot_be_made_is_told_in_a_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RunFileError, match="cannot be written"):
        write_run(tmp_path / "file" / "run", SPEC, INFO, some_saves(), FINISHED)


def test_images_of_another_shape_than_the_classifiers_are_refused(folder):
    with pytest.raises(RunFileError, match=r"shape \(28, 28, 1\); received \(6, 5, 1\)"):
        read_found_images(folder, (28, 28, 1))


@pytest.mark.parametrize(
    "changes",
    [
        {"images": None},
        {"labels": None},
        {"images": np.zeros((2, 2, 2, 6, 5), np.float32)},
        {"images": np.zeros((0, 2, 2, 6, 5, 1), np.float32)},
        {"images": np.zeros((2, 2, 2, 6, 5, 1), np.int64)},
        {"images": np.full((2, 2, 2, 6, 5, 1), np.nan, np.float32)},
        {"images": np.full((2, 2, 2, 6, 5, 1), 1e300)},
        {"images": np.array([{}], object)},
        {"done": np.zeros((2, 2, 3), np.bool_)},
        {"done": np.zeros((2, 2, 2), np.int64)},
        {"probabilities": np.full((2, 2, 2), 1.5, np.float32)},
        {"probabilities": np.full((2, 2, 2), np.nan, np.float32)},
        {"labels": np.zeros(3, np.int64)},
    ],
)
def test_hostile_saves_are_refused_in_one_line(folder, changes):
    rewrite_saves(folder, **changes)
    with pytest.raises(LabError) as refused:
        read_found_images(folder, (6, 5, 1))
    assert "\n" not in str(refused.value)


def test_milestones_are_those_of_the_saves(tmp_path):
    saves = [
        make_save((3, 7), 2, (6, 5, 1), 0, probabilities=0.1),
        make_save((3, 7), 2, (6, 5, 1), 4, probabilities=[[0.6, 0.1], [0.995, 0.2]], pinned=[(0, 1)], distances=1.5),
        make_save((3, 7), 2, (6, 5, 1), 8, probabilities=[[0.1, 0.6], [0.9995, 0.9]], births=[[1, 0], [0, 0]]),
        make_save((3, 7), 2, (6, 5, 1), 9, probabilities=0.99999, births=[[1, 0], [0, 0]], stopped_by="probability"),
        make_save((3, 7), 2, (6, 5, 1), 12, probabilities=0.99999, births=[[2, 0], [0, 0]], stopped_by="probability"),
    ]
    write_run(tmp_path, SPEC, INFO, saves, FINISHED)
    read, expected = read_milestones(tmp_path), Milestones()
    for save in saves:
        expected.add(save)
    assert (read.labels, read.slots) == ((3, 7), 2)
    for label in (3, 7):
        for slot in (0, 1):
            assert read.of(label, slot) == expected.of(label, slot)
            assert read.of(label, slot)


@pytest.mark.parametrize("name", ["births", "distances", "leads", "pinned", "stopped"])
def test_a_run_from_before_saves_told_enough_has_no_milestones_but_stays_readable(folder, name):
    rewrite_saves(folder, **{name: None})
    assert read_milestones(folder) is None
    np.testing.assert_array_equal(read_last_save(folder).images, some_saves()[-1].images)


@pytest.mark.parametrize(
    "changes",
    [
        {"steps": np.array([2, 2])},
        {"steps": np.array([3, 1])},
        {"steps": np.array([-1, 1])},
        {"steps": np.array([0, 2**63], np.uint64)},
        {"steps": np.array([0.0, 1.0])},
        {"steps": np.zeros(3, np.int64)},
        {"births": np.full((2, 2, 2), -1)},
        {"births": np.zeros((2, 2), np.int64)},
        {"distances": np.full((2, 2, 2), np.nan, np.float32)},
        {"distances": np.full((2, 2, 2), -1.0, np.float32)},
        {"leads": np.zeros((2, 2, 2), np.int64)},
        {"pinned": np.zeros((2, 2, 3), np.bool_)},
        {"stopped": np.zeros((2, 3), np.bool_)},
        {"stopped": np.array([{}], object)},
        {"images": np.stack([np.full((2, 2, 6, 5, 1), np.nan), np.zeros((2, 2, 6, 5, 1))])},
        {"probabilities": np.stack([np.full((2, 2), 2.0), np.zeros((2, 2))])},
        {"labels": np.array([3, -7])},
    ],
)
def test_hostile_saves_tell_no_milestones_and_are_refused_in_one_line(folder, changes):
    rewrite_saves(folder, **changes)
    with pytest.raises(LabError) as refused:
        read_milestones(folder)
    assert "\n" not in str(refused.value)


def test_saves_cut_short_are_refused(folder):
    path = folder / "saves.npz"
    path.write_bytes(path.read_bytes()[:-40])
    note_saves(folder)
    with pytest.raises(LabError, match="intact"):
        read_found_images(folder, (6, 5, 1))


@pytest.mark.parametrize(
    ("line", "replacement"),
    [
        ("format = 1", "format = 2"),
        ("format = 1", ""),
        ("format = 1", "format = ["),
        ("[run.coefficients]", "[run.other]"),
        ("slots = 2", "slots = 0"),
        ("slots = 2", "slots = 'two'"),
        ('start = "noise"', "start = 5"),
        ("rng_seed = 11", "rng_seed = nan"),
        ("learning_rate = 0.01", "learning_rate = -1.0"),
        ("steps = 2\n", "steps = 'two'\n"),
        ("[result]", "[other]"),
    ],
)
def test_hostile_settings_are_refused(folder, line, replacement):
    text = (folder / "run.toml").read_text()
    assert line in text
    (folder / "run.toml").write_text(text.replace(line, replacement))
    with pytest.raises(LabError):
        read_run(folder)


def test_settings_larger_than_a_mebibyte_are_refused(folder):
    (folder / "run.toml").write_text("#" * (2**20 + 1))
    with pytest.raises(LabError, match="1 MiB"):
        read_run(folder)


def test_labels_named_twice_are_refused(folder):
    text = (folder / "run.toml").read_text()
    (folder / "run.toml").write_text(text.replace("    3,\n", "    7,\n"))
    with pytest.raises(SettingError, match="twice"):
        read_run(folder)
