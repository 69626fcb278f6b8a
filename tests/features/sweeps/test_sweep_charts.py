from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot
from sweep_samples import done_sweep

from fooler_gui.features.sweeps.chart_choice import ACROSS, BY, DOWN, FIGURE, ChartChoice
from fooler_gui.features.sweeps.heat_map import HeatMap
from fooler_gui.features.sweeps.questions import HeatQuestion, StripQuestion, answer
from fooler_gui.features.sweeps.strip_chart import StripChart
from fooler_gui.sweeps.cell_table import CellTable
from fooler_gui.sweeps.pivot import Panel, Pivot
from fooler_gui.sweeps.sweep_state import read_state

TEXT = """job = "backwork"
[vary]
objective = ["margin", "logit"]
learning_rate = [0.01, 0.02]
slots = [2, 4, 8]
rng_seed = [0, 1, 2]
"""
HEAT = HeatQuestion(figure="steps", across="slots", down="learning_rate", by="objective")


@pytest.fixture
def cells(tmp_path: Path) -> CellTable:
    def found(options: Mapping[str, Any]) -> dict[str, float] | str:
        if options["slots"] == 8 and options["objective"] == "logit":
            return "It failed."
        return {"steps": 100.0 * options["slots"] + options["rng_seed"]}

    return read_state(done_sweep(tmp_path / "sweep", TEXT, found)).cells


@pytest.fixture
def heat(qtbot: QtBot, cells: CellTable) -> HeatMap:
    heat = HeatMap()
    qtbot.addWidget(heat)
    heat.resize(700, 400)
    heat.set_pivot(HEAT, answer(cells, HEAT))
    heat.show()
    return heat


@pytest.fixture
def strips(qtbot: QtBot, cells: CellTable) -> StripChart:
    chart = StripChart()
    qtbot.addWidget(chart)
    question = StripQuestion(figure="steps")
    chart.set_strips("steps", answer(cells, question))
    chart.resize(700, chart.sizeHint().height())
    chart.show()
    return chart


def squares(heat: HeatMap) -> dict[str, QPoint]:
    """Returns a point of each square by the words there."""
    found: dict[str, QPoint] = {}
    for y in range(0, heat.height(), 4):
        for x in range(0, heat.width(), 8):
            words = heat.words_at(QPoint(x, y))
            if words:
                found.setdefault(words.split("\n")[0], QPoint(x, y))
    return found


def test_every_setting_has_a_square_that_tells_its_figure(heat: HeatMap) -> None:
    found = squares(heat)
    assert len(found) == 12
    words = heat.words_at(found["Slots 4, Learning rate 0.02, Objective margin"])
    assert words.split("\n")[1] == "Steps 401 (400 to 402), of 3 cells"
    assert heat.words_at(QPoint(1, 1)) == ""
    empty = heat.words_at(found["Slots 8, Learning rate 0.01, Objective logit"])
    assert empty.endswith("No cell has this figure yet.")
    assert heat.accessibleName() == "Steps over slots and learning rate and objective"


def test_a_square_is_darker_for_a_higher_figure(heat: HeatMap) -> None:
    picture, found = heat.grab().toImage(), squares(heat)

    def lightness(slots: int) -> int:
        at = found[f"Slots {slots}, Learning rate 0.01, Objective margin"] + QPoint(4, 4)
        return QColor(picture.pixel(at * picture.devicePixelRatio())).lightness()

    assert lightness(2) > lightness(4) > lightness(8)


def test_a_square_is_chosen_with_the_mouse_and_the_keys(qtbot: QtBot, heat: HeatMap) -> None:
    with qtbot.waitSignal(heat.setting_chosen) as chosen:
        at = squares(heat)["Slots 2, Learning rate 0.02, Objective margin"]
        qtbot.mouseClick(heat, Qt.MouseButton.LeftButton, pos=at)
    assert chosen.args == [{"slots": 2, "learning_rate": 0.02, "objective": "margin"}]

    def after(key: Qt.Key) -> tuple[object, ...]:
        with qtbot.waitSignal(heat.setting_chosen) as moved:
            qtbot.keyClick(heat, key)
        return tuple(moved.args[0].values())

    assert after(Qt.Key.Key_Up) == (2, 0.01, "margin")
    assert after(Qt.Key.Key_Right) == (4, 0.01, "margin")
    assert after(Qt.Key.Key_Right) == (8, 0.01, "margin")
    assert after(Qt.Key.Key_Right) == (2, 0.01, "logit")
    assert after(Qt.Key.Key_Left) == (8, 0.01, "margin")
    assert after(Qt.Key.Key_Down) == (8, 0.02, "margin")
    assert [after(Qt.Key.Key_Right) for _ in range(3)][-1] == (8, 0.02, "logit")
    with qtbot.assertNotEmitted(heat.setting_chosen):
        qtbot.keyClick(heat, Qt.Key.Key_Right)
        qtbot.keyClick(heat, Qt.Key.Key_A)
    assert "Objective logit" in heat.accessibleDescription()


def test_grids_that_have_no_room_beside_each_other_stand_below(heat: HeatMap) -> None:
    beside = heat.heightForWidth(700)
    assert heat.heightForWidth(300) > beside
    assert heat.minimumSizeHint().width() <= 400


def test_a_single_row_needs_no_option_down(qtbot: QtBot, heat: HeatMap, cells: CellTable) -> None:
    one = HeatQuestion(figure="steps", across="rng_seed")
    heat.set_pivot(one, answer(cells, one))
    assert len(squares(heat)) == 3
    assert not heat.grab().isNull()


def test_every_cell_is_a_point_that_can_be_chosen(qtbot: QtBot, strips: StripChart, cells: CellTable) -> None:
    at = strips.point_of(4)
    assert at is not None
    with qtbot.waitSignal(strips.cell_chosen) as chosen:
        qtbot.mouseClick(strips, Qt.MouseButton.LeftButton, pos=at)
    assert chosen.args == [4]
    assert "Objective margin" in strips.accessibleDescription()
    assert "3 cells" in strips.accessibleDescription()
    with qtbot.assertNotEmitted(strips.cell_chosen):
        qtbot.mouseClick(strips, Qt.MouseButton.LeftButton, pos=QPoint(strips.width() - 2, at.y()))
        qtbot.mouseClick(strips, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    failed = next(place for place, row in enumerate(cells.rows) if row["state"] == "failed")
    assert strips.point_of(failed) is None


def test_higher_figures_lie_further_right(strips: StripChart) -> None:
    places = [strips.point_of(place).x() for place in (0, 1, 2, 3, 6)]
    assert places == sorted(places)


def test_points_are_chosen_with_the_keys(qtbot: QtBot, strips: StripChart) -> None:
    def after(key: Qt.Key) -> int:
        with qtbot.waitSignal(strips.cell_chosen) as moved:
            qtbot.keyClick(strips, key)
        return moved.args[0]

    assert after(Qt.Key.Key_Right) == 0
    assert after(Qt.Key.Key_Right) == 1
    assert after(Qt.Key.Key_Down) == 3
    assert after(Qt.Key.Key_Up) == 2
    assert after(Qt.Key.Key_Left) == 1


def test_no_strip_at_all_is_no_error(strips: StripChart) -> None:
    strips.set_strips("steps", ())
    assert not strips.grab().isNull()
    strips.set_strips("spread", ())


def choice(qtbot: QtBot) -> ChartChoice:
    made = ChartChoice("heat", (ACROSS, DOWN, BY))
    qtbot.addWidget(made)
    made.offer(("steps", "fooling"), ("objective", "slots", "rng_seed"))
    return made


def test_the_share_that_fools_over_two_settings_is_proposed(qtbot: QtBot) -> None:
    made = choice(qtbot)
    assert made.chosen() == {FIGURE: "fooling", ACROSS: "objective", DOWN: "slots", BY: None}


def test_an_option_stands_in_one_place_only(qtbot: QtBot) -> None:
    made = choice(qtbot)
    down = made.findChild(QComboBox, "heat_down")
    down.setCurrentIndex(down.findData("objective"))
    with qtbot.waitSignal(made.changed):
        down.activated.emit(down.currentIndex())
    assert made.chosen() == {FIGURE: "fooling", ACROSS: "slots", DOWN: "objective", BY: None}


def test_other_figures_leave_the_choice_where_it_was(qtbot: QtBot) -> None:
    made = choice(qtbot)
    figure = made.findChild(QComboBox, "heat_figure")
    figure.setCurrentIndex(figure.findData("steps"))
    figure.activated.emit(figure.currentIndex())
    made.offer(("seconds", "steps", "fooling"), ("objective", "slots", "rng_seed"))
    assert made.chosen()[FIGURE] == "steps"
    made.offer(("seconds",), ("labels",))
    assert made.chosen() == {FIGURE: "seconds", ACROSS: "labels", DOWN: None, BY: None}


def test_very_many_squares_are_not_painted_and_that_is_told(qtbot: QtBot, heat: HeatMap) -> None:
    panel = Panel(value=None, grid=(tuple(None for _ in range(5_001)),))
    heat.set_pivot(HEAT, Pivot(across=tuple(range(5_001)), down=(None,), panels=(panel,)))
    assert heat.minimumSizeHint().width() < 1_000
    assert squares(heat) == {}
    with qtbot.assertNotEmitted(heat.setting_chosen):
        qtbot.keyClick(heat, Qt.Key.Key_Right)
    assert not heat.grab().isNull()
