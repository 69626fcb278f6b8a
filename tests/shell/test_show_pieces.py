"""Show-pieces in the real window: what they start, what they say, and that a person's own set-up comes back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fake_engine import LIMIT
from open_window import OpenWindow
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton
from pytestqt.qtbot import QtBot

from fooler_gui.core import jobs
from fooler_gui.core.coefficient_presets import strong_penalties
from fooler_gui.core.dataset_info import DatasetInfo
from fooler_gui.core.lab_state import NO_DATASET, LabState
from fooler_gui.core.run_setup import RunSetup
from fooler_gui.core.run_spec import RunSpec
from fooler_gui.core.settings import DescentSettings, article_coefficients, no_penalties
from fooler_gui.features.runs.comparison_binding import ComparisonBinding
from fooler_gui.widgets.action_button import ActionButton
from fooler_gui.widgets.mnemonics import plain
from fooler_gui.widgets.tooltips import REASON

LAYERS = ("inputs", "conv0", "fc")


@pytest.fixture
def shown(opened: OpenWindow) -> OpenWindow:
    """A window whose person has a set-up of their own."""
    opened.begin()
    opened.window.run_bar.set_labels((0,))
    opened.model.change_setup(
        labels=(0,),
        slots=3,
        rng_seed=5,
        descent=DescentSettings(max_steps=7),
        coefficients=article_coefficients(LAYERS).with_terms(misclassification=2.0),
    )
    return opened


def press(opened: OpenWindow, name: str) -> None:
    action = opened.window.findChild(QAction, f"show_{name}_action")
    assert action is not None
    assert action.isEnabled(), action.toolTip()
    action.trigger()


def bar_words(opened: OpenWindow) -> tuple[str, str, str]:
    assert opened.window.caption_bar.isVisible()
    return opened.text("caption_title"), opened.text("caption_place"), opened.text("caption_text")


def finish(opened: OpenWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not opened.lab.show_pieces.is_going, timeout=LIMIT)
    assert opened.model.state is LabState.READY


def runs(opened: OpenWindow) -> list[RunSpec]:
    assert opened.engine is not None
    return [job.spec for job in opened.engine.jobs if isinstance(job, jobs.Backwork)]


def own_setup(opened: OpenWindow) -> RunSetup:
    return replace(opened.model.setup, pace=None)


def test_the_menu_is_in_the_toolbar_and_in_the_run_menu_and_names_the_classes_in_use(shown: OpenWindow) -> None:
    menu = shown.window.findChild(QMenu, "show_pieces_menu")
    button = shown.window.findChild(QToolButton, "show_button")
    assert button is not None
    assert button.menu() is menu
    (run_menu,) = [
        action.menu() for action in shown.window.menuBar().actions() if action.text().replace("&", "") == "Run"
    ]
    assert menu in [action.menu() for action in run_menu.actions()]
    assert [plain(action.text()) for action in menu.actions()] == [
        "Static that is “2”",
        "“1” that is “2”",
        "24 at once",
        "Penalties off and on, side by side",
        "Mend it, then attack it again",
        "What others see in the same images",
    ]
    assert all(action.isEnabled() and action.toolTip() for action in menu.actions())


def test_static_runs_from_noise_with_the_usual_settings_and_then_puts_the_own_set_up_back(
    shown: OpenWindow, qtbot: QtBot
) -> None:
    before = own_setup(shown)
    shown.engine_lab.found = 0.9999
    press(shown, "static")
    assert bar_words(shown)[0] == "Static that is “2”"
    assert "Watch the number under each" in bar_words(shown)[2]
    assert shown.model.setup.labels == shown.window.run_bar.labels() == (2,)
    finish(shown, qtbot)
    (spec,) = runs(shown)
    assert (spec.labels, spec.slots, spec.start, spec.rng_seed) == ((2,), 8, "noise", 5)
    assert (spec.coefficients, spec.descent) == (article_coefficients(LAYERS), DescentSettings())
    assert own_setup(shown) == before
    assert shown.window.coefficients.coefficients() == before.coefficients
    assert shown.window.descent.descent() == before.descent
    assert bar_words(shown)[2].startswith("The net is sure that it sees “2” in 8 of 8 images after 60 steps.")
    shown.run_to_its_end()
    assert not shown.window.caption_bar.isVisible()
    assert runs(shown)[1].labels == (0,)


def test_the_caption_that_stays_at_the_end_can_be_closed(shown: OpenWindow, qtbot: QtBot) -> None:
    press(shown, "static")
    finish(shown, qtbot)
    button = shown.window.caption_bar.findChild(ActionButton, "caption_close_button")
    assert button.text() == "Close"
    button.click()
    assert not shown.window.caption_bar.isVisible()
    assert shown.model.run is not None


def test_an_image_of_one_class_is_driven_to_another_without_being_replaced_by_noise(
    shown: OpenWindow, qtbot: QtBot
) -> None:
    press(shown, "other")
    assert "This image of the dataset is “1”" in bar_words(shown)[2]
    finish(shown, qtbot)
    (spec,) = runs(shown)
    assert (spec.labels, spec.slots, spec.descent.reinitialise_below) == ((2,), 1, 0.0)
    with np.load(spec.start) as held:
        np.testing.assert_array_equal(held["images"], np.zeros((1, 4, 4, 1), np.float32))
    assert shown.model.setup.start == "noise"


def test_all_classes_run_at_once(shown: OpenWindow, qtbot: QtBot) -> None:
    press(shown, "many")
    finish(shown, qtbot)
    assert [(spec.labels, spec.slots) for spec in runs(shown)] == [((0, 1, 2), 8)]


def test_penalties_off_and_on_are_two_runs_of_the_same_noise_shown_side_by_side(
    shown: OpenWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[tuple[str, str]] = []  # the fake engine records no run that could be read
    monkeypatch.setattr(ComparisonBinding, "compare", lambda _self, left, right: compared.append((left, right)))
    before = own_setup(shown)
    shown.gate.clear()
    press(shown, "penalties")
    assert bar_words(shown)[1] == "1 of 2"
    shown.gate.set()
    qtbot.waitUntil(lambda: not shown.lab.show_pieces.is_going or bar_words(shown)[1] == "2 of 2", timeout=LIMIT)
    finish(shown, qtbot)
    off, on = runs(shown)
    assert (off.coefficients, on.coefficients) == (no_penalties(LAYERS), strong_penalties(LAYERS))
    assert replace(on, coefficients=off.coefficients) == off
    assert shown.lab.pages["comparison"].isVisible()
    assert shown.engine is not None
    assert compared == [tuple(job.folder for job in shown.engine.jobs if isinstance(job, jobs.Backwork))]
    assert own_setup(shown) == before


def test_mending_attacks_retrains_keeps_and_attacks_again_with_other_noise(shown: OpenWindow, qtbot: QtBot) -> None:
    shown.engine_lab.found = 0.9999
    assert shown.window.retraining.visibleRegion().isEmpty()
    press(shown, "mend")
    finish(shown, qtbot)
    assert shown.engine is not None
    background = jobs.Prepare | jobs.Inspect | jobs.GiveOpinions | jobs.OpenClassifier
    kinds = [type(job) for job in shown.engine.jobs if not isinstance(job, background)]
    assert kinds == [jobs.Backwork, jobs.Retrain, jobs.KeepCandidate, jobs.Backwork]
    first, second = runs(shown)
    assert (first.rng_seed, second.rng_seed, shown.model.setup.rng_seed) == (5, 6, 5)
    assert not shown.window.retraining.visibleRegion().isEmpty()
    assert [Path(spec.classifier).name for spec in (first, second)] == ["article.keras", "candidate.keras"]
    assert bar_words(shown)[2].startswith(
        "Before, the net was sure of 24 of 24 images after 60 steps; retrained, of 24 of 24 images after 60 steps."
    )


def test_mending_ends_with_the_reason_where_nothing_was_found(shown: OpenWindow, qtbot: QtBot) -> None:
    before = own_setup(shown)
    press(shown, "mend")
    finish(shown, qtbot)
    assert len(runs(shown)) == 1
    assert shown.text("error_sentence") == "No image is over the threshold, so there is nothing to retrain with."
    assert own_setup(shown) == before
    assert not shown.window.caption_bar.isVisible()


def test_the_last_one_selects_an_image_and_opens_the_inspector(shown: OpenWindow, qtbot: QtBot) -> None:
    press(shown, "opinion")
    finish(shown, qtbot)
    assert shown.model.run is not None
    assert shown.model.run.selected == (2, 0)
    assert shown.window.inspector_dock.isVisible()
    qtbot.waitUntil(lambda: shown.text("opinion_independent_net") != "–", timeout=LIMIT)


def test_escape_stops_a_sequence_and_puts_the_own_set_up_back(shown: OpenWindow, qtbot: QtBot) -> None:
    before = own_setup(shown)
    shown.gate.clear()
    press(shown, "penalties")
    qtbot.waitUntil(lambda: shown.action("stop").isEnabled(), timeout=LIMIT)
    assert not shown.window.findChild(QAction, "show_static_action").isEnabled()
    shown.action("stop").trigger()
    shown.gate.set()
    shown.until(LabState.READY)
    assert not shown.lab.show_pieces.is_going
    assert not shown.window.caption_bar.isVisible()
    assert own_setup(shown) == before
    assert len(runs(shown)) == 1
    assert shown.lab.pages["comparison"] is None


def test_the_button_of_the_caption_stops_it_too(shown: OpenWindow) -> None:
    shown.gate.clear()
    press(shown, "mend")
    button = shown.window.caption_bar.findChild(ActionButton, "caption_close_button")
    assert button.text() == "Stop"
    button.click()
    shown.gate.set()
    shown.until(LabState.READY)
    assert (len(runs(shown)), shown.model.setup.labels) == (1, (0,))


def test_a_failed_run_ends_it(shown: OpenWindow, qtbot: QtBot) -> None:
    shown.engine_lab.failure = RuntimeError("broken")
    press(shown, "penalties")
    finish(shown, qtbot)
    assert shown.model.setup.labels == (0,)
    assert "broken" in shown.text("error_sentence")


def test_what_needs_a_dataset_says_so_without_one(shown: OpenWindow) -> None:
    nothing = DatasetInfo(
        name="", path="", sha256="", image_shape=(4, 4, 1), class_names=("0", "1", "2"), train=(), test=()
    )
    shown.model.set_dataset(nothing, np.zeros((0, 4, 4, 1), np.uint8))
    enabled = {piece.name: action.isEnabled() for piece, action in shown.window.show_menu.pieces.items()}
    assert enabled == {
        "static": True, "other": False, "many": True, "penalties": False, "mend": False, "opinion": False,
    }  # fmt: skip
    mend = shown.window.findChild(QAction, "show_mend_action")
    assert NO_DATASET in mend.toolTip()
    assert mend.property(REASON) == NO_DATASET


def test_a_set_up_that_a_show_piece_changed_is_not_what_is_remembered(shown: OpenWindow) -> None:
    shown.gate.clear()
    press(shown, "many")
    shown.window.close_requested.emit()
    assert (shown.model.setup.labels, shown.model.setup.slots) == ((0,), 3)
