from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from fooler_gui.features.runs.recent_runs import RecentRuns
from fooler_gui.session.user_settings import UserSettings


def test_the_run_opened_last_comes_first_and_ten_are_kept(tmp_path: Path) -> None:
    recent = RecentRuns(UserSettings(tmp_path / "settings.toml"))
    for number in range(12):
        recent.add(f"/runs/{number}")
    recent.add("/runs/5")
    assert recent.folders() == tuple(f"/runs/{number}" for number in (5, 11, 10, 9, 8, 7, 6, 4, 3, 2))


def test_they_are_remembered_and_what_is_bad_is_passed_over(tmp_path: Path) -> None:
    memory = UserSettings(tmp_path / "settings.toml")
    RecentRuns(memory).add("/runs/1")
    memory.save()
    again = UserSettings(tmp_path / "settings.toml")
    assert again.load() == ""
    assert RecentRuns(again).folders() == ("/runs/1",)
    again.set_table("recent", {"runs": [3, "", "/runs/2"]})
    assert RecentRuns(again).folders() == ("/runs/2",)
    again.set_table("recent", {"runs": "/runs/2"})
    assert RecentRuns(again).folders() == ()


def test_a_menu_opens_those_that_are_there(tmp_path: Path, qtbot: QtBot) -> None:
    recent, menu, opened = RecentRuns(UserSettings(tmp_path / "settings.toml")), QMenu(), []
    qtbot.addWidget(menu)
    recent.fill(menu, opened.append)
    assert [(action.text(), action.isEnabled()) for action in menu.actions()] == [("No run opened yet", False)]
    there = tmp_path / "this & that"
    there.mkdir()
    recent.add(str(tmp_path / "gone"))
    recent.add(str(there))
    recent.fill(menu, opened.append)
    first, second, _separator, forget = menu.actions()
    assert (first.text(), first.isEnabled(), first.toolTip()) == ("this && that", True, str(there))
    assert (second.text(), second.isEnabled()) == ("gone", False)
    assert second.toolTip().endswith("gone is no longer there.")
    first.trigger()
    assert opened == [str(there)]
    forget.trigger()
    assert recent.folders() == ()
