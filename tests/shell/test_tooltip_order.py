"""Tooltips say first what a thing is good for; the formula comes last."""

from __future__ import annotations

import html
import re

import pytest
from open_window import OpenWindow
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTableView, QWidget

from fooler_gui.core.settings import (
    DescentSettings,
    MethodSettings,
    RetrainingSettings,
    Settings,
    TrainingSettings,
)
from fooler_gui.features.evaluation.sets_table import SetsTable

PAGES = ("rounds", "runs", "comparison", "guarantee", "evaluation", "other_nets", "least_change", "sweeps", "figures")
FORMULA = re.compile(r"[^\W\d]\)? (×|÷|/|=|−) |\d / [^\W\d]|\| ?²|Σ|√")
"""A sign of arithmetic beside a name; "28 × 28 pixels" is none."""


def paragraphs_of(tip: str) -> list[str]:
    plain = (html.unescape(re.sub("<[^>]+>", "", part)) for part in re.split("</p>|\n", tip))
    return [part for part in plain if part.strip()]


def tips_in(window: QWidget) -> list[list[str]]:
    tips = []
    for widget in (window, *window.findChildren(QWidget)):
        tips += [widget.toolTip(), *(action.toolTip() for action in widget.actions())]
        if isinstance(widget, QTableView) and widget.model() is not None:
            places, role = range(widget.model().columnCount()), Qt.ItemDataRole.ToolTipRole
            tips += [widget.model().headerData(place, Qt.Orientation.Horizontal, role) for place in places]
    return [paragraphs_of(tip) for tip in tips if tip]


def comes_last(paragraphs: list[str]) -> bool:
    """Returns whether the formula, if there is one, is in the last paragraph, and the first sentence has none."""
    with_formula = [place for place, text in enumerate(paragraphs) if FORMULA.search(text)]
    first = re.split(r"[:.;] ", paragraphs[0])[0]
    return not with_formula or (with_formula == [len(paragraphs) - 1] and not FORMULA.search(first))


@pytest.mark.parametrize(
    ("tip", "right"),
    [
        (["More is faster.", "It adds c × 1 / D."], True),
        (["It adds c × 1 / D.", "More is faster."], False),
        (["c × 1 / D: more is faster."], False),
        (["More is faster: c × 1 / D."], True),
        (["Photographs in 28 × 28 pixels.", "More of them."], True),
    ],
)
def test_a_formula_before_the_effect_is_noticed(tip: list[str], right: bool) -> None:
    assert comes_last(tip) is right


def test_in_every_panel_and_page_the_formula_comes_last(opened: OpenWindow) -> None:
    opened.begin()
    for name in PAGES:
        opened.lab.pages.show(name)
    windows = [opened.window, *(opened.lab.pages[name] for name in PAGES)]
    tips = [tip for window in windows for tip in tips_in(window)]
    assert sum(any(map(FORMULA.search, tip)) for tip in tips) >= 5  # coefficients, terms, times
    assert [tip for tip in tips if not comes_last(tip)] == []


@pytest.mark.parametrize("kind", [DescentSettings, MethodSettings, RetrainingSettings, TrainingSettings])
def test_the_formula_of_a_setting_comes_last(kind: type[Settings]) -> None:
    names = kind().to_dict()
    assert [name for name in names if not comes_last([kind.info(name).tip])] == []


def test_figures_that_are_better_high_or_low_say_so_first(qtbot) -> None:
    made = SetsTable()
    qtbot.addWidget(made)
    tips = [" ".join(tip) for tip in tips_in(made) if "is better" in " ".join(tip)]
    assert len(tips) >= 15
    assert [tip for tip in tips if "is better" not in re.split(r"\. ", tip)[0]] == []
