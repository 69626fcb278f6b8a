"""One button of the window is filled: that of the next sensible step."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from colour_checks import has_colour
from fake_engine import LIMIT
from open_window import OpenWindow
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fooler_gui.core.lab_state import LabState
from fooler_gui.core.run_spec import NOISE
from fooler_gui.core.settings import no_penalties
from fooler_gui.widgets.action_button import ActionButton
from fooler_gui.widgets.colours import SELECTED
from fooler_gui.widgets.tool_button import ToolButton


def filled(opened: OpenWindow) -> list[str]:
    """Returns the names of the filled buttons of the window that are in view, after checking that they are painted."""
    QApplication.processEvents()
    window = opened.window
    buttons = [*window.findChildren(ActionButton), *window.findChildren(ToolButton)]
    primary = [button for button in buttons if button.window() is window and button.is_primary()]
    seen = [button for button in primary if button.isEnabled() and not button.visibleRegion().isEmpty()]
    assert all(has_colour(button, SELECTED) for button in seen)
    return [button.objectName() for button in seen]


def test_nothing_is_filled_while_the_lab_starts_and_then_run_is(opened: OpenWindow) -> None:
    assert filled(opened) == []
    opened.begin()
    assert filled(opened) == ["run_button"]


def test_during_a_run_it_is_pause_and_then_run_again(opened: OpenWindow) -> None:
    opened.begin().run(keep_refining=True)
    opened.until(LabState.BACKWORKING)
    assert filled(opened) == ["pause_button"]
    opened.action("pause").trigger()
    opened.until(LabState.PAUSED)
    assert filled(opened) == ["run_button"]
    opened.action("stop").trigger()
    opened.until(LabState.READY)


def test_after_a_run_that_ended_below_the_threshold_it_is_go_on(opened: OpenWindow) -> None:
    opened.begin().run_to_its_end()
    newest = opened.model.newest
    assert newest is not None
    assert not newest.done.all()
    assert filled(opened) == ["next_button"]
    assert opened.window.toolbar.next_button.defaultAction() is opened.action("go_on")


def test_after_penalties_held_a_picture_back_it_is_to_drop_them_and_then_run(
    opened: OpenWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    picture = tmp_path / "a seven.npz"
    np.savez(picture, images=np.zeros((1, 4, 4, 1), np.float32))
    opened.begin().model.change_setup(start=str(picture))
    qtbot.waitUntil(lambda: opened.lab.start_file.image is not None, timeout=LIMIT)
    opened.run_to_its_end()
    button, penalised = opened.window.toolbar.next_button, opened.model.setup.coefficients
    assert filled(opened) == ["next_button"]
    assert button.accessibleName() == "Use no penalties"
    assert opened.action("go_on").isEnabled()
    button.click()
    assert opened.model.setup.coefficients == no_penalties(penalised.layer_cost_coeffs)
    assert opened.text("status_sentence") == "The next run has no penalties. Press Space to run."
    assert filled(opened) == ["run_button"]
    assert not opened.action("use_no_penalties").isEnabled()
    opened.action("undo").trigger()
    qtbot.waitUntil(lambda: opened.model.setup.coefficients == penalised, timeout=LIMIT)
    assert filled(opened) == ["next_button"]
    opened.model.change_setup(start=NOISE)
    assert filled(opened) == ["run_button"]


def test_after_the_net_is_fooled_the_way_leads_to_retraining_and_back_to_run(opened: OpenWindow, qtbot: QtBot) -> None:
    opened.begin().run(keep_refining=True)
    qtbot.waitUntil(lambda: opened.model.newest is not None, timeout=LIMIT)
    opened.engine_lab.found = 0.9999
    qtbot.waitUntil(lambda: opened.model.newest.done.all(), timeout=LIMIT)
    opened.action("stop").trigger()
    opened.until(LabState.READY)
    button = opened.window.toolbar.next_button
    assert filled(opened) == ["next_button"]
    assert button.accessibleName() == "Retrain"
    button.click()
    assert filled(opened) == ["retrain_button"]
    panel = opened.window.retraining
    panel.set_settings(replace(panel.settings(), steps=20))
    panel.findChild(ActionButton, "retrain_button").click()
    opened.until(LabState.READY)
    assert filled(opened) == ["keep_button"]
    panel.findChild(ActionButton, "keep_button").click()
    opened.until(LabState.READY)
    qtbot.waitUntil(lambda: filled(opened) == ["run_button"], timeout=LIMIT)


def test_the_toolbar_is_as_wide_whatever_follows_a_run(opened: OpenWindow) -> None:
    toolbar = opened.begin().window.toolbar
    widths = set()
    for name in ("go_on", "use_no_penalties", "show_retraining"):
        toolbar.set_next(name)
        QApplication.processEvents()
        widths.add(toolbar.sizeHint().width())
        assert toolbar.next_button.actions() == [opened.action(name)]
    assert len(widths) == 1
