from __future__ import annotations

from pathlib import Path

from fooler_gui.session.recent_paths import RecentPaths
from fooler_gui.session.user_settings import UserSettings


def test_the_run_opened_last_comes_first_and_ten_are_kept(tmp_path: Path) -> None:
    recent = RecentPaths(UserSettings(tmp_path / "settings.toml"), "runs")
    for number in range(12):
        recent.add(f"/runs/{number}")
    recent.add("/runs/5")
    assert recent.paths() == tuple(f"/runs/{number}" for number in (5, 11, 10, 9, 8, 7, 6, 4, 3, 2))


def test_they_are_remembered_and_what_is_bad_is_passed_over(tmp_path: Path) -> None:
    memory = UserSettings(tmp_path / "settings.toml")
    RecentPaths(memory, "runs").add("/runs/1")
    memory.save()
    again = UserSettings(tmp_path / "settings.toml")
    assert again.load() == ""
    assert RecentPaths(again, "runs").paths() == ("/runs/1",)
    again.set_table("recent", {"runs": [3, "", "/runs/2"]})
    assert RecentPaths(again, "runs").paths() == ("/runs/2",)
    again.set_table("recent", {"runs": "/runs/2"})
    assert RecentPaths(again, "runs").paths() == ()


def test_each_kind_has_a_list_of_its_own(tmp_path: Path) -> None:
    memory = UserSettings(tmp_path / "settings.toml")
    runs, datasets = RecentPaths(memory, "runs"), RecentPaths(memory, "datasets")
    runs.add("/runs/1")
    datasets.add("/pets")
    datasets.clear()
    assert (runs.paths(), datasets.paths()) == (("/runs/1",), ())
