"""Every column of every table explains itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from evaluation_samples import make_report as make_evaluation
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from round_samples import make_report
from transfer_samples import make_transfer

from fooler_gui.features.evaluation.published_table import PublishedTable
from fooler_gui.features.evaluation.sets_table import SetsTable
from fooler_gui.features.figures.milestones_table import MilestonesTable
from fooler_gui.features.other_nets.other_nets import OtherNetsPage
from fooler_gui.features.rounds.rounds_matrix import RoundsMatrix
from fooler_gui.features.rounds.rounds_table import RoundsTable
from fooler_gui.features.runs.comparison import ComparisonPage
from fooler_gui.features.runs.run_table import RunTable
from fooler_gui.widgets.record_table import RecordTable


def sets() -> QWidget:
    made = SetsTable()
    made.set_report(make_evaluation(), going=False)
    return made


def rounds() -> QWidget:
    made = RoundsTable()
    made.set_reports((make_report(0), make_report(1)))
    return made


def matrix() -> QWidget:
    made = RoundsMatrix()
    made.set_reports((make_report(0), make_report(1)))
    return made


def other_nets() -> QWidget:
    made = OtherNetsPage("")
    made.show_report(make_transfer())
    return made


@pytest.mark.parametrize(
    "make", [sets, PublishedTable, MilestonesTable, rounds, matrix, other_nets, ComparisonPage, RunTable]
)
def test_every_column_head_has_a_tooltip(make: Callable[[], QWidget], qtbot: QtBot) -> None:
    widget = make()
    qtbot.addWidget(widget)
    tables = [widget] if isinstance(widget, RecordTable) else widget.findChildren(RecordTable)
    assert tables
    for table in tables:
        across = Qt.Orientation.Horizontal
        heads = [table.model().headerData(place, across) for place in range(table.model().columnCount())]
        tips = [
            table.model().headerData(place, across, Qt.ItemDataRole.ToolTipRole)
            for place in range(table.model().columnCount())
        ]
        assert heads
        assert [head for head, tip in zip(heads, tips, strict=True) if not tip] == []


def test_a_share_in_a_round_is_told_in_a_sentence(qtbot: QtBot) -> None:
    table = rounds()
    qtbot.addWidget(table)
    index = table.model().index(0, 3)
    share = make_report(0).fresh[0]
    assert index.data().endswith(f" in {share.within[-1]:,}")
    sure, agreed = (f"{100 * shares[-1]:.0f} %" for shares in (share.sure, share.agreed))
    tip = index.data(Qt.ItemDataRole.ToolTipRole)
    assert f"driven for up to {share.within[-1]:,} steps, {sure} fool the classifier; {agreed} may have" in tip
