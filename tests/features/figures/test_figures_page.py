from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from fake_engine import info
from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QComboBox,
    QDoubleSpinBox,
    QLabel,
    QProgressBar,
    QPushButton,
    QSpinBox,
    QTableView,
    QTabWidget,
    QToolButton,
)
from pytestqt.qtbot import QtBot
from saves import LAYERS, make_save

from fooler_gui.core.lab_state import LabState
from fooler_gui.core.messages import RunFinished, Working, WorstImages
from fooler_gui.core.run_spec import MAXIMUM_SLOTS, RunSpec
from fooler_gui.core.save import Save
from fooler_gui.core.settings import DescentSettings, article_coefficients
from fooler_gui.exports.figures import draw_figure, lay_out_figure
from fooler_gui.features.figures.figures import EXPORTS, FiguresPage
from fooler_gui.session.run_view import RunView
from fooler_gui.widgets.colours import STAGE
from fooler_gui.widgets.panel_layout import SPACING

NAMES = ("0", "1", "2")
LABELS = (0, 1, 2)


@pytest.fixture
def page(qtbot: QtBot) -> FiguresPage:
    page = FiguresPage()
    qtbot.addWidget(page)
    page.resize(1200, 800)
    page.set_class_names(NAMES)
    page.set_state(LabState.READY)
    page.show()
    return page


def spec(labels: Iterable[int] = LABELS, slots: int = 2, threshold: float = 0.9999, **changed: Any) -> RunSpec:
    return RunSpec(
        classifier="/home/me/article.keras",
        labels=tuple(labels),
        slots=slots,
        rng_seed=7,
        descent=DescentSettings(min_probability=threshold, max_steps=500),
        coefficients=article_coefficients(LAYERS),
        **changed,
    )


def save_of(step: int, probability: Any, labels: Iterable[int] = LABELS, slots: int = 2, **changed: Any) -> Save:
    return make_save(tuple(labels), slots, (8, 8, 1), step, probabilities=probability, **changed)


CLASSIFIER = replace(info("article"), class_names=NAMES)


def begin(page: FiguresPage, *saves: Save, of: RunSpec | None = None) -> RunView:
    """Begins a run, and shows its first saves if there are some."""
    run = RunView(of or spec(), CLASSIFIER, "a run")
    page.set_state(LabState.BACKWORKING)
    page.show_run(page.run(), begins=run.shows_figure)
    if saves:
        follow(page, run, *saves)
    return run


def follow(page: FiguresPage, run: RunView, *saves: Save) -> None:
    run.add(saves)
    page.show_run(run)


def finish(page: FiguresPage, steps: int, seconds: float = 28.0, run: RunView | None = None) -> None:
    run = run or page.run()
    if run is not None:
        run.finished = RunFinished(stopped_by=("probability",) * 3, steps=steps, seconds=seconds)
    page.show_run(run)
    page.set_state(LabState.READY)


def button(page: FiguresPage, name: str) -> QPushButton:
    found = page.findChild(QPushButton, name)
    assert found is not None
    return found


def words(page: FiguresPage, name: str) -> str:
    return page.findChild(QLabel, name).text()


def shown(page: FiguresPage, name: str) -> np.ndarray:
    """Returns the pixels that a view shows, (height, width, 3)."""
    view = page.findChild(QAbstractScrollArea, name).viewport()
    image = view.grab().toImage().convertToFormat(QImage.Format.Format_RGBX8888)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)
    return pixels[..., :3].copy()


def room_before(room: int, length: int) -> int:
    """Returns how far from the edge a picture of `length` begins in a view, if it is not scrolled."""
    return max((room - length - 2 * SPACING) // 2, 0) + SPACING


def table(page: FiguresPage) -> QAbstractItemModel:
    return page.findChild(QTableView, "milestones_table").model()


def row(page: FiguresPage, number: int) -> list[str]:
    model = table(page)
    return [model.index(number, column).data() for column in range(model.columnCount())]


def test_draw_tells_the_settings(page: FiguresPage, qtbot: QtBot) -> None:
    page.findChild(QSpinBox, "fooling_slots").setValue(5)
    page.findChild(QSpinBox, "fooling_max_steps").setValue(300)
    page.findChild(QSpinBox, "fooling_rng_seed").setValue(11)
    with qtbot.waitSignal(page.fooling_requested) as asked:
        button(page, "draw_fooling").click()
    assert asked.args == [5, 0.999, 300, 11]
    page.findChild(QSpinBox, "worst_slots").setValue(3)
    with qtbot.waitSignal(page.worst_requested) as asked:
        button(page, "draw_worst").click()
    assert asked.args == [3]


def test_images_a_label_have_the_range_of_runs(page: FiguresPage) -> None:
    for name in ("fooling_slots", "worst_slots"):
        editor = page.findChild(QSpinBox, name)
        assert (editor.minimum(), editor.maximum(), editor.value()) == (1, MAXIMUM_SLOTS, 8)


def test_the_threshold_is_the_figure_s_the_claim_s_or_one_s_own(page: FiguresPage) -> None:
    box, number = (
        page.findChild(QComboBox, "fooling_threshold"),
        page.findChild(QDoubleSpinBox, "fooling_min_probability"),
    )
    assert (box.currentText(), number.value()) == ("of the figure, 0.999", 0.999)
    box.setCurrentIndex(1)
    assert (box.currentText(), number.value()) == ("of the introduction, 0.9999", 0.9999)
    number.setValue(0.95)
    assert box.currentText() == "own value"
    box.setCurrentIndex(0)
    assert number.value() == 0.999
    assert box.count() == 2


def test_settings_are_remembered_and_bad_ones_passed_over(page: FiguresPage) -> None:
    settings = {
        "fooling": {"slots": 4, "min_probability": 0.9999, "max_steps": 77, "rng_seed": 5},
        "worst": {"slots": 12},
    }
    page.set_settings(settings)
    assert page.settings() == settings
    assert page.findChild(QComboBox, "fooling_threshold").currentText() == "of the introduction, 0.9999"
    page.set_settings({"fooling": {"slots": 0, "min_probability": 0.5, "colour": 3}, "worst": "many"})
    assert page.settings() == {
        "fooling": {"slots": 8, "min_probability": 0.5, "max_steps": 1_000, "rng_seed": 0},
        "worst": {"slots": 8},
    }


def test_empty_pages_say_what_to_do(page: FiguresPage) -> None:
    for name in ("fooling_view", "worst_view"):
        assert "No figure yet. Press Draw" in page.findChild(QAbstractScrollArea, name).accessibleName()
    assert page.picture("fooling") is page.picture("worst") is None
    assert len(page.milestones_csv().splitlines()) == 1
    for name in ("export_fooling", "export_worst"):
        assert "There is no figure yet." in page.findChild(QToolButton, name).toolTip()


def test_the_figure_on_screen_is_pixel_by_pixel_the_one_that_is_exported(page: FiguresPage) -> None:
    save = save_of(0, [[0.5, 0.25], [0.9993, 0.99999], [0.1, 0.2]])
    begin(page, save)
    finish(page, 0)
    captions = [[".5000", ".2500"], [".9993", ">.9999"], [".1000", ".2000"]]
    expected = np.asarray(draw_figure(save.images, NAMES, captions, 2))
    np.testing.assert_array_equal(np.asarray(page.picture("fooling")), expected)
    seen = shown(page, "fooling_view")
    height, width, _ = expected.shape
    top, left = room_before(seen.shape[0], height), room_before(seen.shape[1], width)
    np.testing.assert_array_equal(seen[top : top + height, left : left + width], expected)
    assert tuple(seen[0, 0]) == tuple(int(STAGE[index : index + 2], 16) for index in (1, 3, 5))


@pytest.mark.parametrize("slots", [1, 40])
def test_a_figure_wider_than_the_view_can_be_scrolled_to_its_end(page: FiguresPage, slots: int) -> None:
    page.resize(700, 400)
    save = save_of(0, 0.5, slots=slots)
    begin(page, save, of=spec(slots=slots))
    finish(page, 0)
    view = page.findChild(QAbstractScrollArea, "fooling_view")
    bar = view.horizontalScrollBar()
    assert (bar.maximum() > 0) == (slots == 40)
    bar.setValue(bar.maximum())
    layout = lay_out_figure(save.images, NAMES, [[".5000"] * slots] * 3, 2)
    x, y, width, height = layout.cells[0][-1]
    seen = shown(page, "fooling_view")
    left = x + room_before(seen.shape[1], layout.size[0]) - bar.value()
    top = y + room_before(seen.shape[0], layout.size[1])
    np.testing.assert_array_equal(
        seen[top : top + height, left : left + width],
        np.asarray(page.picture("fooling"))[y : y + height, x : x + width],
    )


def test_progress_tells_step_time_lowest_probability_and_how_many_are_there(page: FiguresPage, qtbot: QtBot) -> None:
    run = begin(page)
    assert words(page, "fooling_progress_text") == "Starting the run."
    page.show_run(None, begins=True, working=Working(sentence="Recording references of label 2", fraction=0.5))
    assert words(page, "fooling_progress_text") == "Before the first step\nRecording references of label 2"
    follow(page, run, save_of(0, 0.1), save_of(37, [[0.941, 0.99999]] * 3, seconds=12.0))
    expected = "Step 37 of at most 500 · 12 s\n3 of 6 over 0.9999 · lowest .9410"
    qtbot.waitUntil(lambda: words(page, "fooling_progress_text") == expected)
    assert page.findChild(QProgressBar, "fooling_progress").value() == 500
    page.set_working(Working(sentence="Something else"))
    assert words(page, "fooling_progress_text") == expected
    page.set_state(LabState.PAUSED)
    assert words(page, "fooling_progress_text").startswith("Paused at step 37 of at most 500")


def test_the_result_says_whether_all_images_got_there(page: FiguresPage) -> None:
    begin(page, save_of(0, 0.1), save_of(61, 0.99995))
    finish(page, 61)
    assert words(page, "fooling_progress_text") == "All 6 images are over 0.9999 after 61 steps.\nIt took 28 s."
    begin(page, save_of(0, 0.1), save_of(500, [[0.99995, 0.9]] * 3))
    finish(page, 500, 130.0)
    assert words(page, "fooling_progress_text") == "3 of 6 images are over 0.9999 after 500 steps.\nIt took 2:10."


def test_the_words_say_which_run_it_is(page: FiguresPage) -> None:
    begin(page, save_of(0, 0.1))
    assert words(page, "fooling_words") == "Classifier article · random seed 7 · threshold 0.9999 · at most 500 steps"
    begin(page, save_of(0, 0.1), of=spec(start="/home/me/mine.npz"))
    assert "start from mine ·" in words(page, "fooling_words")


def test_a_run_of_fewer_labels_leaves_the_figure_as_it_was(page: FiguresPage) -> None:
    begin(page, save_of(0, 0.1), save_of(9, 0.99999))
    finish(page, 9)
    before, rows = page.picture("fooling"), page.milestones_csv()
    run = begin(page, save_of(0, 0.5, labels=(2,)), of=spec(labels=(2,)))
    assert not button(page, "stop_fooling").isEnabled()
    assert "lacks some labels" in button(page, "stop_fooling").toolTip()
    finish(page, 1, run=run)
    assert page.picture("fooling") is before
    assert page.milestones_csv() == rows
    assert words(page, "fooling_progress_text").startswith("All 6 images")


def test_the_figure_before_stays_until_the_first_save_of_the_next_run(page: FiguresPage) -> None:
    begin(page, save_of(0, 0.1))
    finish(page, 0)
    before = page.picture("fooling")
    begin(page)
    assert page.picture("fooling") is before
    page.show_run(page.run())
    page.set_state(LabState.READY)
    assert words(page, "fooling_progress_text") == "The run ended before its first save; the figure is as it was."
    assert page.picture("fooling") is before


def test_a_run_that_breaks_off_keeps_its_images(page: FiguresPage) -> None:
    begin(page, save_of(0, 0.1))
    page.set_state(LabState.READY)
    assert words(page, "fooling_progress_text") == "The run ended early; the images so far are kept."
    assert page.picture("fooling") is not None


def test_a_page_that_is_made_late_shows_the_run_there_is(page: FiguresPage, qtbot: QtBot) -> None:
    run = RunView(spec(), CLASSIFIER, "a run")
    run.add([save_of(step, 0.5) for step in range(4)])
    page.set_state(LabState.BACKWORKING)
    page.show_run(run)
    assert page.picture("fooling") is not None
    qtbot.waitUntil(lambda: words(page, "fooling_progress_text").startswith("Step 3 of at most 500"))


def test_labels_in_any_order_are_every_label(page: FiguresPage) -> None:
    begin(page, save_of(0, [[0.6, 0.1], [0.1, 0.1], [0.1, 0.1]], labels=(2, 0, 1)), of=spec(labels=(2, 0, 1)))
    assert row(page, 0)[:3] == ["2", "1", "0"]
    assert row(page, 2)[:3] == ["0", "1", "–"]


def test_milestones_stand_in_a_line_for_each_image(page: FiguresPage, qtbot: QtBot) -> None:
    images = np.full((3, 2, 8, 8, 1), 0.5)
    images[0, 1, 0, 0] = 0.25
    far = {"distances": 2.125, "largest_changes": 0.375}
    begin(
        page,
        save_of(0, 0.1),
        save_of(1_500, [[0.1, 0.9995], [0.6, 0.6], [0.1, 0.1]], images=images, **far),
    )
    model = table(page)
    assert (model.rowCount(), model.columnCount()) == (6, 6)
    assert row(page, 0) == ["0", "1", "–", "–", "–", "–"]
    assert row(page, 1) == ["0", "2", "1,500", "1,500", "1,500", "–"]
    assert row(page, 2) == ["1", "1", "1,500", "–", "–", "–"]
    headers = [model.headerData(column, Qt.Orientation.Horizontal) for column in range(6)]
    assert headers == [
        "Label", "Slot", "Top class\n3 of 6", "p > 0.99\n1 of 6", "p > 0.999\n1 of 6", "p > 0.9999\n0 of 6",
    ]  # fmt: skip
    choice = page.findChild(QComboBox, "milestones_figure")
    for figure, cell in (
        ("Evaluations", "1,500"),
        ("Distance from the start (L2)", "2.12"),
        ("Largest change of a pixel (L∞)", "0.38"),
        ("Pixel range", "0.25–0.50"),
    ):
        with qtbot.waitSignal(model.dataChanged):
            choice.setCurrentText(figure)
        assert row(page, 1)[3] == cell
    assert model.index(1, 3).data(Qt.ItemDataRole.ToolTipRole) == (
        "Step: 1,500\nEvaluations: 1,500\nDistance from the start (L2): 2.12\n"
        "Largest change of a pixel (L∞): 0.38\nPixel range: 0.25–0.50"
    )
    assert model.index(0, 3).data(Qt.ItemDataRole.ToolTipRole) == "Not reached yet."


def test_milestones_that_come_later_are_shown_too(page: FiguresPage, qtbot: QtBot) -> None:
    run = begin(page, save_of(0, 0.1))
    follow(page, run, save_of(5, 0.6))
    with qtbot.waitSignal(table(page).dataChanged):
        follow(page, run, save_of(6, 0.995))
    assert row(page, 0) == ["0", "1", "5", "6", "–", "–"]
    assert table(page).headerData(3, Qt.Orientation.Horizontal) == "p > 0.99\n6 of 6"
    first = next(iter(csv.DictReader(page.milestones_csv().splitlines())))
    assert (first["label"], first["p > 0.99: step"]) == ("0", "6")


def test_many_saves_are_drawn_once_and_none_while_nobody_looks(page: FiguresPage, qtbot: QtBot, monkeypatch) -> None:
    drawn = []

    def counted(*arguments: Any) -> Any:
        drawn.append(arguments)
        return draw_figure(*arguments)

    monkeypatch.setattr("fooler_gui.features.figures.fooling_figure.draw_figure", counted)
    run = begin(page, save_of(0, 0.1))
    for step in range(1, 40):
        follow(page, run, save_of(step, 0.1))
    assert drawn == []
    qtbot.waitUntil(lambda: len(drawn) > 0)
    assert len(drawn) == 1
    tabs = page.findChild(QTabWidget, "figures_tabs")
    tabs.setCurrentIndex(1)
    follow(page, run, save_of(40, 0.99999))
    finish(page, 40)
    assert len(drawn) == 1
    tabs.setCurrentIndex(0)
    assert len(drawn) == 2
    assert page.picture("fooling") is not None
    assert len(drawn) == 2


def test_only_a_run_that_is_followed_can_be_stopped_here(page: FiguresPage, qtbot: QtBot) -> None:
    assert "No run is running." in button(page, "stop_fooling").toolTip()
    begin(page)
    assert "Wait until the run ends" in button(page, "draw_fooling").toolTip()
    assert not button(page, "draw_worst").isEnabled()
    with qtbot.waitSignal(page.stop_requested):
        button(page, "stop_fooling").click()


def test_without_a_classifier_nothing_can_be_drawn(page: FiguresPage) -> None:
    page.set_state(LabState.UNTRAINED)
    for name in ("draw_fooling", "draw_worst"):
        assert "There is no classifier yet" in button(page, name).toolTip()


def test_the_second_figure_is_searched_for_and_shown(page: FiguresPage, qtbot: QtBot) -> None:
    page.findChild(QTabWidget, "figures_tabs").setCurrentIndex(1)
    page.set_state(LabState.WORKING)
    page.start_worst()
    with qtbot.waitSignal(page.stop_requested):
        button(page, "stop_worst").click()
    page.set_working(Working(sentence="Looking through the training images", fraction=0.25))
    assert words(page, "worst_progress_text") == "Looking through the training images"
    assert words(page, "fooling_progress_text") == ""
    images = np.random.default_rng(0).random((3, 2, 8, 8, 1), np.float32)
    probabilities = np.array([[0.0125, 0.5], [0.25, 0.75], [0.3, 0.4]], np.float32)
    first, second, third = LABELS
    tops = np.array([[1, first], [second, second], [0, third]])
    page.show_worst(WorstImages(labels=LABELS, classes=3, images=images, probabilities=probabilities, tops=tops))
    page.set_state(LabState.READY)
    captions = [[f".0125 ({NAMES[1]})", ".5000"], [".2500", ".7500"], [f".3000 ({NAMES[0]})", ".4000"]]
    expected = draw_figure(images, NAMES, captions, 2)
    assert page.picture("worst").tobytes() == expected.tobytes()
    assert words(page, "worst_words") == (
        "2 training images of each label, lowest probability first, in brackets what it is taken for"
    )
    assert words(page, "worst_progress_text") == "Found. The lowest probability is .0125."
    assert not button(page, "stop_worst").isEnabled()


def test_a_search_that_ends_without_a_result_says_so(page: FiguresPage) -> None:
    page.start_worst()
    page.set_state(LabState.WORKING)
    page.set_state(LabState.READY)
    assert words(page, "worst_progress_text") == "The search ended early; the figure is as it was."
    assert page.picture("worst") is None


def test_of_many_labels_a_sample_is_drawn_and_that_is_told(page: FiguresPage) -> None:
    classifier = replace(info("article"), class_names=tuple(f"class {number}" for number in range(120)))
    labels = classifier.figure_labels(spec((0,)).rng_seed)
    assert len(labels) == 30
    run = RunView(spec(labels), classifier, "a run")
    assert run.shows_figure
    assert not RunView(spec(range(30)), classifier, "another run").shows_figure
    page.set_state(LabState.BACKWORKING)
    follow(page, run, save_of(0, 0.1, labels))
    page._fooling._refresh()
    told = words(page, "fooling_words")
    assert told.endswith("at most 500 steps · 30 of 120 classes, drawn with the random seed")


def test_of_many_labels_the_worst_images_are_shown_by_name(page: FiguresPage) -> None:
    page.set_class_names([f"class {number}" for number in range(120)])
    images = np.zeros((2, 1, 224, 224, 3), np.float32)
    probabilities, tops = np.array([[0.1], [0.2]], np.float32), np.array([[3], [7]])
    page.show_worst(WorstImages(labels=(3, 90), classes=120, images=images, probabilities=probabilities, tops=tops))
    expected = draw_figure(images, ["class 3", "class 90"], [[".1000"], [".2000 (class 7)"]], 1)
    assert page.picture("worst").tobytes() == expected.tobytes()


def test_exports_are_asked_for_by_name(page: FiguresPage) -> None:
    begin(page, save_of(0, 0.1))
    finish(page, 0)
    page.show_worst(
        WorstImages(
            labels=LABELS,
            classes=1_000,
            images=np.zeros((3, 1, 8, 8, 1), np.float32),
            probabilities=np.zeros((3, 1)),
            tops=np.array(LABELS)[:, np.newaxis],
        )
    )
    assert words(page, "worst_words") == (
        "1 training image of each label, lowest probability first, in brackets what it is taken for · "
        "3 of 1,000 classes, drawn with the random seed"
    )
    asked = []
    page.export_requested.connect(asked.append)
    for name in ("export_fooling", "export_worst"):
        export = page.findChild(QToolButton, name)
        assert export.isEnabled()
        for action in export.menu().actions():
            action.trigger()
    assert asked == list(EXPORTS) == ["fooling", "milestones", "worst"]


def test_numbers_that_are_none_break_nothing(page: FiguresPage) -> None:
    begin(page, save_of(0, float("nan"), slots=1), of=spec(slots=1))
    finish(page, 0)
    assert page.picture("fooling") is not None
    assert words(page, "fooling_progress_text").startswith("0 of 3 images")


def test_without_a_dataset_fooling_images_are_drawn_but_no_training_images(page: FiguresPage) -> None:
    page.set_state(LabState.READY, lacks_dataset=True)
    assert page.findChild(QPushButton, "draw_fooling").isEnabled()
    worst = page.findChild(QPushButton, "draw_worst")
    assert not worst.isEnabled()
    assert "needs a dataset" in worst.toolTip()
