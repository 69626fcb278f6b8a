from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from fooler_gui.records import rounds_mark
from fooler_gui.records.rounds_mark import (
    REPORT_FILE,
    CutShortRounds,
    RoundsMarkError,
    cut_short_rounds,
    forget_rounds,
    round_path,
    rounds_going_on,
)


def cut_short(folder: Path, finished: int) -> Path:
    """Leaves in `folder` what a crash leaves after round `finished`."""
    for number in range(finished + 1):
        round_path(folder, number).mkdir(parents=True)
        (round_path(folder, number) / REPORT_FILE).touch()
    going_on = rounds_going_on(folder)
    going_on.__enter__()
    left = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    going_on.__exit__(None, None, None)
    for name, data in left.items():
        (folder / name).write_bytes(data)
    return folder


def test_rounds_that_end_leave_no_mark(tmp_path: Path) -> None:
    rounds = tmp_path / "one"
    round_path(rounds, 0).mkdir(parents=True)
    (round_path(rounds, 0) / REPORT_FILE).touch()
    with rounds_going_on(rounds):
        pass
    with pytest.raises(KeyError), rounds_going_on(rounds):
        raise KeyError
    assert list(cut_short_rounds(tmp_path)) == []


def test_rounds_that_were_cut_short_are_found_and_no_others(tmp_path: Path) -> None:
    before = datetime.now().replace(microsecond=0)
    two = cut_short(tmp_path / "two", 2)
    for name in ("none", "ended"):
        (tmp_path / name).mkdir()
    cut_short(tmp_path / "none", -1)
    (found,) = cut_short_rounds(tmp_path)
    assert found == CutShortRounds(two, found.begun, 2)
    assert before <= datetime.fromisoformat(found.begun) <= datetime.now()
    assert list(cut_short_rounds(tmp_path / "nowhere")) == []


def test_rounds_that_go_on_are_not_taken_for_cut_short_and_nobody_else_makes_some_there(tmp_path: Path) -> None:
    rounds = cut_short(tmp_path / "one", 0)
    with rounds_going_on(rounds):
        assert list(cut_short_rounds(tmp_path)) == []
        with pytest.raises(RoundsMarkError, match="another window makes rounds there"), rounds_going_on(rounds):
            pytest.fail("two at once")
    assert list(cut_short_rounds(tmp_path)) == []


def test_rounds_that_were_forgotten_are_asked_about_no_more(tmp_path: Path) -> None:
    rounds = cut_short(tmp_path / "one", 1)
    assert len(list(cut_short_rounds(tmp_path))) == 1
    forget_rounds(rounds)
    assert list(cut_short_rounds(tmp_path)) == []


def test_rounds_that_are_forgotten_while_they_are_looked_for_are_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds = cut_short(tmp_path / "one", 1)
    monkeypatch.setattr(rounds_mark, "is_held", lambda _lock: forget_rounds(rounds))
    assert list(cut_short_rounds(tmp_path)) == []


def test_rounds_go_on_in_no_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RoundsMarkError, match="cannot be written"), rounds_going_on(tmp_path / "file"):
        pytest.fail("went on")
