from __future__ import annotations

import dataclasses
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from run_samples import make_run, make_spec

from fooler_gui.core.classifier_info import ClassifierInfo
from fooler_gui.core.errors import LabError
from fooler_gui.core.messages import RunFinished
from fooler_gui.core.reference_settings import MOST_GIGABYTES, ReferenceCount
from fooler_gui.core.run_spec import Parent
from fooler_gui.core.save import STOP_REASONS
from fooler_gui.core.settings import METHODS, DescentSettings
from fooler_gui.core.versions import versions
from fooler_gui.records.entries import RecordError
from fooler_gui.records.record import SETTINGS_FILE
from fooler_gui.records.run_folder import RunRecord, holds_run, new_record, read_record

CLASSIFIER = ClassifierInfo(
    name="article",
    path="article.keras",
    sha256="ab" * 32,
    topology="conv 32 · conv 64 · dense 1024",
    input_shape=(28, 28, 1),
    class_names=tuple(map(str, range(10))),
    recorded_layers=("inputs", "conv0", "conv1", "fc"),
    parameters=3_274_634,
    test_accuracy=0.99,
)


def record_of(**changes: Any) -> RunRecord:
    spec = make_spec((3, 7), slots=5, rng_seed=9, method=METHODS["2016"], descent=DescentSettings(learning_rate=1e-5))
    return dataclasses.replace(new_record(spec, CLASSIFIER), **changes)


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """The settings of a finished run."""
    make_run(tmp_path / "run", spec=make_spec((3, 7)), stopped_by="max_steps")
    return tmp_path / "run" / SETTINGS_FILE


def altered(path: Path, *, drop: str = "", **values: Any) -> Path:
    """Drops an entry of the settings at `path`, or sets entries; both by names such as ``run__descent``."""
    data = tomllib.loads(path.read_text())
    for name, value in ({drop: None} if drop else values).items():
        *tables, last = name.split("__")
        table = data
        for part in tables:
            table = table[part]
        if drop:
            del table[last]
        else:
            table[last] = value
    path.write_text(tomli_w.dumps(data))
    return path.parent


def test_a_new_record_tells_how_and_by_what_a_run_is_made(tmp_path: Path) -> None:
    record = record_of()
    assert (record.classifier_sha256, record.topology) == (CLASSIFIER.sha256, CLASSIFIER.topology)
    assert (record.class_names, record.versions) == (CLASSIFIER.class_names, versions())
    assert (record.name, record.notes, record.result, record.skipped) == ("", "", None, False)
    assert record.id != record_of().id


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"name": "Zähne & \"quotes\" 'too' #1", "notes": "First line\n\ttab = [x]\r\nlast \\ 😀 \x01\x7f"},
        {"skipped": True},
        {"spec": make_spec((0,), start="branch", parent=Parent(run="c0ffee", step=17))},
        {"spec": make_spec((9,), start="C:\\images\\mine.npz", slots=1024)},
        {"class_names": ()},
        {"dataset_sha256": "cd" * 32, "dataset_name": "pets", "dataset_path": "/data/pets"},
        {"class_names": ("cat", "none"), "has_none_class": True},
        {"class_names": ("some", "none")},
    ],
    ids=[
        "plain",
        "texts",
        "skipped",
        "branch",
        "file",
        "no names",
        "dataset",
        "class for nothing",
        "class called none",
    ],
)
def test_a_record_comes_back_as_it_was_written(tmp_path: Path, changes: dict[str, Any]) -> None:
    record = record_of(**changes)
    record.write(tmp_path)
    assert read_record(tmp_path) == record
    assert [path.name for path in tmp_path.iterdir()] == [SETTINGS_FILE]


@pytest.mark.parametrize(("last", "is_for_nothing"), [("none", True), ("dog", False)])
def test_records_of_earlier_versions_tell_the_class_for_nothing_by_its_name(
    tmp_path: Path, last: str, *, is_for_nothing: bool
) -> None:
    record_of(class_names=("cat", last)).write(tmp_path)
    altered(tmp_path / SETTINGS_FILE, drop="classifier__has_none_class")
    assert read_record(tmp_path).has_none_class == is_for_nothing


@pytest.mark.parametrize("reason", STOP_REASONS)
def test_the_end_of_a_run_comes_back(tmp_path: Path, reason: str) -> None:
    record = record_of(result=RunFinished(stopped_by=(reason, "max_steps"), steps=60, seconds=1.25))
    record.write(tmp_path)
    back = read_record(tmp_path)
    assert back == record
    assert back.result is not None
    assert (back.result.stopped_by, back.result.steps, back.result.seconds) == ((reason, "max_steps"), 60, 1.25)


def test_how_many_training_images_were_references_comes_back(tmp_path: Path) -> None:
    record_of(references=ReferenceCount(2_000, 5_000)).write(tmp_path)
    assert tomllib.loads((tmp_path / SETTINGS_FILE).read_text())["references"] == {"used": 2_000, "available": 5_000}
    assert read_record(tmp_path).references == ReferenceCount(2_000, 5_000)


def test_a_run_of_an_earlier_version_took_all_training_images(written: Path) -> None:
    record = read_record(altered(written, drop="run__reference_memory"))
    assert (record.references, record.spec.reference_memory) == (None, MOST_GIGABYTES)


def test_long_texts_are_cut_to_what_can_be_read_again(tmp_path: Path) -> None:
    record_of(name="n" * 20_000, notes="ä" * 2_000_000).write(tmp_path)
    back = read_record(tmp_path)
    assert (back.name, back.notes) == ("n" * 10_000, "ä" * 10_000)


def test_long_texts_of_a_file_are_cut(written: Path) -> None:
    folder = altered(written, about__notes="x" * 10_001)
    assert read_record(folder).notes == "x" * 10_000


def test_a_record_that_cannot_be_written_leaves_the_former(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = written.read_bytes()

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OSError, match="No space left"):
        record_of().write(written.parent)
    assert written.read_bytes() == before
    assert sorted(path.name for path in written.parent.iterdir()) == ["history.sqlite", SETTINGS_FILE]


@pytest.mark.parametrize("name", ["run.toml", "history.sqlite"])
def test_a_folder_holds_a_run_once_a_part_of_one_is_there(tmp_path: Path, name: str) -> None:
    assert not holds_run(tmp_path)
    (tmp_path / name).touch()
    assert holds_run(tmp_path)


def test_a_missing_folder_or_run_is_told(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="there is no such folder"):
        read_record(tmp_path / "none")
    with pytest.raises(RecordError, match=r"must hold a run, that is run\.toml and history\.sqlite; it does not"):
        read_record(tmp_path)


@pytest.mark.parametrize(
    ("drop", "words"),
    [
        ("format", "must be of format 2; received 'none'"),
        ("about", "it lacks about"),
        ("classifier", "it lacks classifier"),
        ("run", "it lacks run"),
        ("run__classifier", "needs a classifier"),
        ("run__labels", "needs a classifier and a list of labels"),
        ("run__descent", r"must hold the table run\.descent"),
        ("run__method", r"must hold the table run\.method"),
        ("run__coefficients", r"must hold the table run\.coefficients"),
        ("run__coefficients__layer_cost_coeffs", "must have the coefficients of layers"),
        ("result__steps", r"result\.steps must be a whole number"),
        ("result__seconds", r"result\.seconds must be a number"),
        ("result__stopped_by", "why each label stopped"),
    ],
)
def test_what_is_missing_is_told_in_a_sentence(written: Path, drop: str, words: str) -> None:
    with pytest.raises(LabError, match=words):
        read_record(altered(written, drop=drop))


@pytest.mark.parametrize(
    "drop", ["about__id", "about__name", "about__notes", "about__skipped", "versions", "result", "dataset"]
)
def test_what_may_be_missing_is_taken_for_empty(written: Path, drop: str) -> None:
    record = read_record(altered(written, drop=drop))
    place = "dataset_sha256" if drop == "dataset" else drop.rpartition("__")[2]
    assert not getattr(record, place)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"format": 1}, "must be of format 2; received 1"),
        ({"format": "2"}, "must be of format 2; received '2'"),
        ({"about": 3}, "it lacks about"),
        ({"run__descent": 3}, r"must hold the table run\.descent"),
        ({"run__descent__max_steps": -1}, "max_steps must be"),
        ({"run__descent__speed": 3}, "'speed' is not a setting"),
        ({"run__slots": 0}, "slots must be"),
        ({"run__slots": 2.5}, "slots must be"),
        ({"run__labels": [3, 3]}, "not name a class twice"),
        ({"run__labels": []}, "at least one class"),
        ({"run__labels": ["3"]}, "a label must be"),
        ({"run__labels": "37"}, "a label must be"),
        ({"run__labels": 3}, "a list of labels"),
        ({"run__classifier": 3}, "classifier must be a text"),
        ({"run__start": "branch"}, "A run has a parent"),
        ({"run__parent": {"run": "c0ffee", "step": 3}}, "A run has a parent"),
        ({"run__start": "branch", "run__parent": {"run": "c0ffee"}}, "must have a run and a step"),
        ({"run__start": "branch", "run__parent": {"run": 3, "step": 3}}, "must be given as text"),
        ({"run__start": "branch", "run__parent": 3}, "must have a run and a step"),
        ({"run__colour": "red"}, "'colour' is not a setting of a run"),
        ({"run__coefficients__layer_cost_coeffs": 3}, "must have the coefficients of layers"),
        ({"run__coefficients__layer_cost_coeffs": {"fc": "x"}}, "layer_cost_coeffs.fc must be"),
        ({"classifier__class_names": "0123456789"}, "must have classifier.class_names as a list"),
        ({"result__steps": 2.5}, r"result\.steps must be a whole number"),
        ({"result__steps": True}, r"result\.steps must be a whole number"),
        ({"result__steps": -1}, r"result\.steps must be a whole number"),
        ({"result__seconds": float("nan")}, r"result\.seconds must be a number"),
        ({"result__seconds": "long"}, r"result\.seconds must be a number"),
        ({"result__stopped_by": "max_steps"}, "why each label stopped"),
        ({"result__stopped_by": ["max_steps"]}, "why each label stopped"),
        ({"result__stopped_by": ["max_steps", "rain"]}, "must say why the run stopped"),
        ({"result__stopped_by": [["max_steps"], 3]}, "must say why the run stopped"),
    ],
)
def test_what_is_wrong_is_told_in_a_sentence(written: Path, values: dict[str, Any], words: str) -> None:
    with pytest.raises(LabError, match=words) as caught:
        read_record(altered(written, **values))
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize(
    ("coefficients", "words"),
    [
        (
            {"speed": 1.0},
            "its cost has the term speed, which no package here offers; install the package that offers it.",
        ),
        (
            {"speed": 1.0, "closeness": 1.0, "hue": 2.0},
            "its cost has the terms speed, hue, which no package here offers",
        ),
    ],
)
def test_a_run_whose_terms_are_not_installed_names_them_its_file_and_what_to_do(
    written: Path, coefficients: dict[str, float], words: str
) -> None:
    folder = altered(written, run__coefficients__term_coeffs=coefficients)
    with pytest.raises(LabError, match=f"^{re.escape(str(written))}: {words}"):
        read_record(folder)


@pytest.mark.parametrize("content", [b"", b"\xff", b"format = ", b"x" * 2**21])
def test_what_is_no_toml_is_refused(written: Path, content: bytes) -> None:
    written.write_bytes(content)
    with pytest.raises(LabError, match=r"\.$"):
        read_record(written.parent)
