from __future__ import annotations

import dataclasses
import re
from datetime import datetime
from pathlib import Path

import pytest
import tomli_w
from dataset_files import dataset_info
from saves import LAYERS

from fooler_gui.core.classifier_info import ClassifierInfo
from fooler_gui.core.errors import LabError
from fooler_gui.core.rounds_spec import default_rounds
from fooler_gui.core.toml_file import read_toml
from fooler_gui.records import record as record_module
from fooler_gui.records.record import FolderInUse
from fooler_gui.records.rounds_folder import (
    FORMER_MARK,
    REPORT_FILE,
    ROUNDS_FILE,
    RoundsFolder,
    RoundsRecord,
    finished_rounds,
    new_rounds,
    round_path,
)

CLASSIFIER = ClassifierInfo(
    name="article",
    path="article.keras",
    sha256="ab" * 32,
    topology="conv 2",
    input_shape=(28, 28, 1),
    class_names=("0", "1"),
    recorded_layers=LAYERS,
    parameters=9,
    test_accuracy=0.99,
)
RECORD = new_rounds(default_rounds("article.keras", LAYERS), CLASSIFIER, {"device": "CPU"}, dataset_info())


def finish(folder: Path, rounds: int) -> Path:
    """Leaves so many finished rounds in `folder`, number 0 among them."""
    for number in range(rounds):
        round_path(folder, number).mkdir(parents=True)
        (round_path(folder, number) / REPORT_FILE).touch()
    return folder


def cut_short(folder: Path, finished: int) -> Path:
    """Leaves in `folder` what a crash leaves after round `finished`."""
    finish(folder, finished + 1).mkdir(exist_ok=True)
    RECORD.write(folder)
    return folder


def unfinished(around: Path) -> list[Path]:
    return [folder for folder, _ in RoundsRecord.unfinished(around)]


def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    RECORD.write(tmp_path)
    assert RoundsRecord.read(tmp_path) == RECORD
    assert (RECORD.classifier_sha256, RECORD.dataset_sha256, RECORD.ended) == ("ab" * 32, "cd" * 32, False)
    assert [path.name for path in tmp_path.iterdir()] == [ROUNDS_FILE]


def test_rounds_that_end_are_recorded_as_ended(tmp_path: Path) -> None:
    rounds = finish(tmp_path / "one", 1)
    with RoundsFolder(rounds).going_on(RECORD):
        assert not RoundsRecord.read(rounds).ended
    assert RoundsRecord.read(rounds) == dataclasses.replace(RECORD, ended=True)
    with pytest.raises(KeyError), RoundsFolder(rounds).going_on(RECORD):
        raise KeyError
    assert RoundsRecord.read(rounds).ended
    assert unfinished(tmp_path) == []


def test_rounds_that_were_cut_short_are_found_and_no_others(tmp_path: Path) -> None:
    two = cut_short(tmp_path / "two", 2)
    cut_short(tmp_path / "none", -1)
    (tmp_path / "empty").mkdir()
    cut_short(tmp_path / "damaged", 1)
    (tmp_path / "damaged" / ROUNDS_FILE).write_text("no")
    assert list(RoundsRecord.unfinished(tmp_path)) == [(two, RECORD)]
    assert finished_rounds(two) == 3
    assert unfinished(tmp_path / "nowhere") == []


def test_rounds_that_an_earlier_version_marked_as_unfinished_are_found(tmp_path: Path) -> None:
    before = datetime.now().replace(microsecond=0)
    for name in ("cut", "ended"):
        folder = cut_short(tmp_path / name, 1)
        data = read_toml(folder / ROUNDS_FILE)
        del data["about"], data["dataset"]
        (folder / ROUNDS_FILE).write_text(tomli_w.dumps(data))
    (tmp_path / "cut" / FORMER_MARK).touch()
    ((folder, record),) = RoundsRecord.unfinished(tmp_path)
    assert folder == tmp_path / "cut"
    assert before <= datetime.fromisoformat(record.begun) <= datetime.now()
    with RoundsFolder(folder).going_on(RECORD):
        pass
    assert unfinished(tmp_path) == []
    assert RoundsRecord.read(tmp_path / "ended").ended


def test_rounds_that_go_on_are_not_taken_for_cut_short_and_nobody_else_makes_some_there(tmp_path: Path) -> None:
    rounds = RoundsFolder(cut_short(tmp_path / "one", 0))
    with rounds.going_on(RECORD):
        assert unfinished(tmp_path) == []
        with pytest.raises(FolderInUse, match="another window makes rounds there"), rounds.going_on(RECORD):
            pytest.fail("two at once")
        with pytest.raises(LabError, match="is still in progress"):
            RoundsRecord.forget(rounds.path)
        assert not RoundsRecord.read(rounds.path).ended
    assert unfinished(tmp_path) == []


def test_rounds_that_were_forgotten_are_asked_about_no_more(tmp_path: Path) -> None:
    rounds = cut_short(tmp_path / "one", 1)
    assert unfinished(tmp_path) == [rounds]
    RoundsRecord.forget(rounds)
    assert unfinished(tmp_path) == []


def test_rounds_that_end_while_they_are_looked_for_are_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds = cut_short(tmp_path / "one", 1)
    monkeypatch.setattr(record_module, "is_held", lambda _lock: RoundsRecord.forget(rounds))
    assert unfinished(tmp_path) == []


def test_rounds_go_on_in_no_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LabError, match="cannot be written"), RoundsFolder(tmp_path / "file").going_on(RECORD):
        pytest.fail("went on")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"spec": default_rounds("article.keras", LAYERS, noise=7)}, "other settings or of another classifier"),
        ({"classifier_sha256": "0" * 64}, "other settings or of another classifier"),
        ({"dataset_sha256": "0" * 64}, r"made with other data \(pets, /data/pets, SHA-256 cdcdcdcdcdcd…\)"),
    ],
    ids=["settings", "classifier", "data"],
)
def test_a_folder_of_other_rounds_stays_as_it_is(tmp_path: Path, changes: dict[str, object], words: str) -> None:
    RECORD.write(tmp_path)
    other = dataclasses.replace(RECORD, **changes)  # type: ignore[arg-type]
    with pytest.raises(LabError, match=words), RoundsFolder(tmp_path).going_on(other):
        pytest.fail("went on")
    assert RoundsRecord.read(tmp_path) == RECORD


def test_more_rounds_elsewhere_by_another_machine_go_on_and_tell_of_it(tmp_path: Path) -> None:
    dataclasses.replace(RECORD, dataset_sha256="").write(tmp_path)
    more = dataclasses.replace(
        RECORD, id="c0ffee", spec=default_rounds("moved.keras", LAYERS, rounds=9), machine={"device": "another"}
    )
    with RoundsFolder(tmp_path).going_on(more) as otherwise:
        assert otherwise == "device (CPU, now another)"
    assert RoundsRecord.read(tmp_path) == dataclasses.replace(more, id=RECORD.id, ended=True)


def test_rounds_whose_terms_are_not_installed_name_them_and_their_file(tmp_path: Path) -> None:
    RECORD.write(tmp_path)
    path = tmp_path / ROUNDS_FILE
    data = read_toml(path)
    data["rounds"]["coefficients"]["term_coeffs"] = {"speed": 1.0}
    path.write_text(tomli_w.dumps(data))
    with pytest.raises(LabError, match=f"^{re.escape(str(path))}: its cost has the term speed, .* install the package"):
        RoundsRecord.read(tmp_path)
