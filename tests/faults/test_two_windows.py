from __future__ import annotations

from pathlib import Path

import two_windows

from fooler_gui.core.files import claimed_folder


def test_programs_folders_and_clocks_that_get_in_each_others_way_corrupt_nothing() -> None:
    report = two_windows.run(2, seed=1)
    assert report.times.total() == 2 * 2 + 3 * 2
    assert report.failures == []


def test_a_folder_is_let_go_when_its_run_ends(tmp_path: Path) -> None:
    for rng_seed in range(2):
        assert two_windows.record_a_run(tmp_path / "run", rng_seed) == ""
        assert two_windows.what_is_wrong(tmp_path / "run", rng_seed) == []


def test_a_claimed_folder_is_claimed_once(tmp_path: Path) -> None:
    first, second = (claimed_folder(tmp_path / "deep" / "run 10-30-00") for _ in range(2))
    assert first.is_dir()
    assert second == first.with_name("run 10-30-00-2")


def test_a_folder_that_cannot_be_made_is_named_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert claimed_folder(tmp_path / "file" / "run") == tmp_path / "file" / "run"
