from __future__ import annotations

import dataclasses
import math
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock
from run_samples import make_run, make_spec
from saves import make_save

from fooler_gui.core.errors import LabError
from fooler_gui.core.run_events import SettingsApplied, SlotActed
from fooler_gui.core.run_spec import Parent
from fooler_gui.core.run_summary import DAMAGED, FINISHED, IN_PROGRESS, UNFINISHED
from fooler_gui.core.save import INTERRUPTED, STOPPED_BY_PROBABILITY, STOPPED_BY_STEPS
from fooler_gui.core.slot_actions import PinSlot
from fooler_gui.records import run_library
from fooler_gui.records.history_file import HISTORY_FILE
from fooler_gui.records.record import LOCK_FILE, SETTINGS_FILE
from fooler_gui.records.run_folder import RunRecord, read_record
from fooler_gui.records.run_library import recover, set_name, set_notes, summaries, summary_of, unfinished
from fooler_gui.records.run_reader import read_last_save


def test_a_finished_run_tells_how_it_came_out(tmp_path: Path) -> None:
    probabilities = [0.9995, 0.9, *[0.9999] * 6]
    saves = (make_save(step=0), make_save(step=12, seconds=1.5, probabilities=probabilities))
    spec = make_spec(rng_seed=5, start="branch", parent=Parent(run="c0de", step=4))
    make_run(tmp_path / "run", spec=spec, saves=saves, stopped_by=STOPPED_BY_STEPS, name="First", notes="Look.")
    summary = summary_of(tmp_path / "run")
    assert (summary.folder, summary.id, summary.name, summary.notes) == (
        str(tmp_path / "run"),
        "c0ffee",
        "First",
        "Look.",
    )
    assert (summary.labels, summary.slots, summary.images, summary.rng_seed) == ((3,), 8, 8, 5)
    assert summary.parent == Parent(run="c0de", step=4)
    assert (summary.steps, summary.seconds, summary.stopped_by) == (12, 1.5, (STOPPED_BY_STEPS,))
    assert (summary.found, summary.lowest) == (7, pytest.approx(0.9))
    assert summary.mean == pytest.approx((0.9995 + 0.9 + 6 * 0.9999) / 8)
    assert (summary.state, summary.problem) == (FINISHED, "")
    written = sum(path.stat().st_size for path in (tmp_path / "run").iterdir())
    assert summary.bytes == written
    np.testing.assert_array_equal(summary.thumbnails, saves[1].images[0])
    assert not summary.thumbnails.flags.writeable


def test_thumbnails_are_spread_over_the_labels_and_large_images_are_thinned(tmp_path: Path) -> None:
    save = make_save((1, 4, 6), slots=5, shape=(100, 60, 3))
    make_run(tmp_path / "run", spec=make_spec((1, 4, 6), slots=5), saves=(save,))
    thumbnails = summary_of(tmp_path / "run").thumbnails
    images = save.images.reshape(15, 100, 60, 3)
    np.testing.assert_array_equal(thumbnails, images[[0, 2, 4, 6, 8, 10, 12, 14], ::3, ::3])


def test_of_fewer_images_all_are_thumbnails(tmp_path: Path) -> None:
    save = make_save(slots=1)
    make_run(tmp_path / "run", spec=make_spec(slots=1), saves=(save,))
    np.testing.assert_array_equal(summary_of(tmp_path / "run").thumbnails, save.images[0])


def test_runs_come_newest_first_whatever_their_folders_and_time_zones_are(tmp_path: Path) -> None:
    make_run(tmp_path / "a", begun="2026-03-14T09:00:00+00:00")
    make_run(tmp_path / "b", begun="2026-03-14T11:30:00+03:00")
    make_run(tmp_path / "c", begun="2026-03-14T09:30:00+00:00")
    (tmp_path / "no run").mkdir()
    (tmp_path / "a file").touch()
    assert [Path(summary.folder).name for summary in summaries(tmp_path)] == ["c", "a", "b"]


def test_a_folder_that_is_not_there_holds_no_runs(tmp_path: Path) -> None:
    assert list(summaries(tmp_path / "none")) == []
    with pytest.raises(LabError, match="must hold a run"):
        summary_of(tmp_path / "none")
    with pytest.raises(LabError, match="must hold a run"):
        summary_of(tmp_path)


def _spoil_settings(folder: Path) -> None:
    (folder / SETTINGS_FILE).write_text("no TOML", encoding="utf-8")


def _spoil_history(folder: Path) -> None:
    (folder / HISTORY_FILE).write_bytes(b"no database" * 100)


def _lose_settings(folder: Path) -> None:
    (folder / SETTINGS_FILE).unlink()


def _lose_history(folder: Path) -> None:
    (folder / HISTORY_FILE).unlink()


def _spoil_reasons(folder: Path) -> None:
    path = folder / SETTINGS_FILE
    path.write_text(path.read_text(encoding="utf-8").replace('"max_steps"', '"boredom"'), encoding="utf-8")


@pytest.mark.parametrize("spoil", [_spoil_settings, _spoil_history, _lose_settings, _lose_history, _spoil_reasons])
def test_a_damaged_run_is_told_and_hides_no_other(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    make_run(tmp_path / "good", stopped_by=STOPPED_BY_STEPS)
    spoil(make_run(tmp_path / "bad", stopped_by=STOPPED_BY_STEPS))
    found = {Path(summary.folder).name: summary for summary in summaries(tmp_path)}
    assert (found["good"].state, found["bad"].state) == (FINISHED, DAMAGED)
    bad = found["bad"]
    assert bad.problem.endswith(".")
    assert "\n" not in bad.problem
    assert math.isnan(bad.lowest)
    assert (bad.found, len(bad.thumbnails)) == (0, 0)
    assert bad.begun


def test_a_run_without_a_save_is_damaged_and_not_offered(tmp_path: Path) -> None:
    make_run(tmp_path / "run", saves=())
    summary = summary_of(tmp_path / "run")
    assert summary.state == DAMAGED
    assert "it holds none" in summary.problem
    assert list(unfinished(tmp_path)) == []


def test_a_run_whose_lock_is_held_goes_on(tmp_path: Path) -> None:
    folder = make_run(tmp_path / "run")
    with FileLock(folder / LOCK_FILE):
        summary = summary_of(folder)
        assert (summary.state, summary.problem, summary.steps) == (IN_PROGRESS, "", 2)
        assert list(unfinished(tmp_path)) == []
        for change in (lambda: set_name(folder, "a"), lambda: set_notes(folder, "a"), lambda: recover(folder)):
            with pytest.raises(LabError, match="still in progress"):
                change()
        with pytest.raises(LabError, match="still in progress"):
            run_library.check_deletable(folder)
    assert summary_of(folder).state == UNFINISHED


def test_a_run_that_begins_to_be_written_goes_on_even_before_its_settings_are_there(tmp_path: Path) -> None:
    folder = make_run(tmp_path / "run")
    (folder / SETTINGS_FILE).unlink()
    with FileLock(folder / LOCK_FILE):
        assert summary_of(folder).state == IN_PROGRESS


def test_names_and_notes_are_kept_with_all_else(tmp_path: Path) -> None:
    folder = make_run(tmp_path / "run", stopped_by=STOPPED_BY_STEPS)
    before = read_record(folder)
    set_name(folder, "  Two\nlines ")
    set_notes(folder, "First line.\nSecond “line”.\n")
    after = read_record(folder)
    assert (after.name, after.notes) == ("Two lines", "First line.\nSecond “line”.\n")
    assert (after.spec, after.result, after.begun, after.id) == (before.spec, before.result, before.begun, before.id)
    set_name(folder, "")
    assert read_record(folder).name == ""


def test_names_and_notes_have_an_end(tmp_path: Path) -> None:
    folder = make_run(tmp_path / "run")
    with pytest.raises(LabError, match="at most 200 characters; received 201"):
        set_name(folder, "a" * 201)
    with pytest.raises(LabError, match="at most 10,000 characters; received 10,001"):
        set_notes(folder, "a" * 10_001)
    set_notes(folder, "a" * 10_000)
    assert len(summary_of(folder).notes) == 10_000


def test_a_run_that_is_gone_is_told_and_not_made_again(tmp_path: Path) -> None:
    folder = make_run(tmp_path / "run")
    shutil.rmtree(folder)
    for change in (lambda: set_name(folder, "a"), lambda: RunRecord.forget(folder), lambda: recover(folder)):
        with pytest.raises(LabError, match="no such folder"):
            change()
    assert not folder.exists()


def test_unfinished_runs_are_offered_until_they_are_skipped(tmp_path: Path) -> None:
    make_run(tmp_path / "ended", stopped_by=STOPPED_BY_STEPS)
    broken = make_run(tmp_path / "broken")
    _spoil_history(make_run(tmp_path / "lost"))
    (offered,) = unfinished(tmp_path)
    assert (offered.folder, offered.state, offered.steps) == (str(broken), UNFINISHED, 2)
    RunRecord.forget(broken)
    assert list(unfinished(tmp_path)) == []
    assert summary_of(broken).state == UNFINISHED


def test_a_recovered_run_ends_with_its_last_save(tmp_path: Path) -> None:
    folder = make_run(tmp_path / "run", saves=(make_save(step=0), make_save(step=9, seconds=0.75)))
    recover(folder)
    result = read_record(folder).result
    assert result is not None
    assert (result.stopped_by, result.steps, result.seconds) == ((INTERRUPTED,), 9, 0.75)
    summary = summary_of(folder)
    assert summary.state == FINISHED
    assert summary.sentence == "Stopped after 9 steps, 0.8 s of computing: it was interrupted."


def test_labels_that_had_stopped_keep_their_reasons_and_a_second_recovery_changes_nothing(tmp_path: Path) -> None:
    last = make_save((3, 5), step=4, stopped_by=STOPPED_BY_PROBABILITY)
    folder = make_run(tmp_path / "run", spec=make_spec((3, 5)), saves=(last,))
    recover(folder)
    written = (folder / SETTINGS_FILE).read_bytes()
    assert summary_of(folder).stopped_by == (STOPPED_BY_PROBABILITY, STOPPED_BY_PROBABILITY)
    recover(folder)
    assert (folder / SETTINGS_FILE).read_bytes() == written


def test_what_a_crash_left_beside_the_history_is_moved_into_it(tmp_path: Path) -> None:
    whole = make_run(tmp_path / "whole")
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    connection = sqlite3.connect(whole / HISTORY_FILE)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("UPDATE saves SET step = 7 WHERE number = 2")
    connection.commit()
    for path in whole.iterdir():
        shutil.copy(path, crashed)
    connection.close()
    assert (crashed / f"{HISTORY_FILE}-wal").stat().st_size > 0
    recover(crashed)
    for suffix in ("-wal", "-shm"):
        (crashed / f"{HISTORY_FILE}{suffix}").unlink(missing_ok=True)
    assert read_last_save(crashed).step == 7


def test_a_run_that_cannot_be_recovered_stays_as_it_is(tmp_path: Path) -> None:
    folder = make_run(tmp_path / "run", saves=())
    written = (folder / SETTINGS_FILE).read_bytes()
    with pytest.raises(LabError, match="it holds none"):
        recover(folder)
    assert (folder / SETTINGS_FILE).read_bytes() == written


def test_a_folder_that_holds_more_than_the_run_is_not_to_be_deleted(tmp_path: Path) -> None:
    folder = make_run(tmp_path / "run")
    set_name(folder, "With a lock file")
    (folder / ".DS_Store").touch()
    run_library.check_deletable(folder)
    (folder / "thesis.odt").touch()
    with pytest.raises(LabError, match=r"such as thesis\.odt"):
        run_library.check_deletable(folder)


def test_a_summary_tells_what_was_changed_on_the_way(tmp_path: Path) -> None:
    spec = make_spec()
    changes = (
        SettingsApplied(step=2, revision=1, coefficients=spec.coefficients.with_terms(batch=5.0), descent=spec.descent),
        SlotActed(step=2, action=PinSlot(label=3, slot=1, pinned=True)),
    )
    saves = [make_save(spec.labels, step=step, probabilities=0.5) for step in range(3)]
    saves[2] = dataclasses.replace(saves[2], events=changes)
    folder = make_run(tmp_path / "run", spec=spec, saves=tuple(saves))
    assert run_library.summary_of(folder).changes == ((2, "batch 5"),)


def test_images_that_were_given_are_no_found_images(tmp_path: Path) -> None:
    """Of eight averages seven are over the threshold from the start, and the last comes to be."""
    saves = tuple(make_save(step=step, probabilities=[*[0.9999] * 7, last]) for step, last in ((0, 0.5), (1, 0.9999)))
    make_run(tmp_path / "averages", spec=make_spec(start="averages"), saves=saves)
    make_run(tmp_path / "noise", spec=make_spec(), saves=saves)
    assert [summary_of(tmp_path / name).found for name in ("averages", "noise")] == [1, 8]
