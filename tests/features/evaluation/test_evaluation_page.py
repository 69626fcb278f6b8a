from __future__ import annotations

import numpy as np
import pytest
from evaluation_samples import make_digits, make_guaranteed_report, make_report, make_set
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QComboBox, QFileDialog, QLabel, QPushButton, QTabWidget, QToolButton
from pytestqt.qtbot import QtBot

from fooler_gui.core.evaluation_report import (
    EMNIST,
    FASHION,
    FILE_SETS,
    GREY_CIFAR,
    NORMAL,
    TEST,
    UNIFORM,
    EvaluationSettings,
)
from fooler_gui.core.lab_state import LabState
from fooler_gui.core.messages import Working
from fooler_gui.core.published import MNIST_SHA256, beside_published
from fooler_gui.features.evaluation import evaluation
from fooler_gui.features.evaluation.evaluation import EXPORTS, EvaluationPage
from fooler_gui.widgets.panel_layout import VerticalScrollArea
from fooler_gui.widgets.record_table import RecordTable

FILES = ((FASHION, "/data/fashion.npz"), ("kuzushiji", "/data/kuzushiji.npz"))


@pytest.fixture
def page(qtbot: QtBot) -> EvaluationPage:
    page = EvaluationPage()
    qtbot.addWidget(page)
    page.resize(1100, 760)
    page.set_classifier("article", "a" * 64)
    page.set_state(LabState.READY)
    page.show()
    return page


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr(evaluation.time, "monotonic", lambda: now[0])
    return now


def button(page: EvaluationPage, name: str) -> QPushButton | QToolButton:
    found = page.findChild(QPushButton, name) or page.findChild(QToolButton, name)
    assert found is not None
    return found


def text(page: EvaluationPage, name: str) -> str:
    return page.findChild(QLabel, name).text()


def begin(page: EvaluationPage) -> None:
    page.start()
    page.set_state(LabState.EVALUATING)


def test_evaluate_tells_settings_found_images_and_files(page: EvaluationPage, qtbot: QtBot) -> None:
    settings = EvaluationSettings(images=500, rng_seed=7)
    page.set_settings(settings)
    page.set_files(FILES)
    with qtbot.waitSignal(page.evaluate_requested) as asked:
        button(page, "evaluate").click()
    assert asked.args == [settings, "run", FILES]
    assert page.settings() == settings


def test_found_images_are_of_the_run_of_all_runs_or_none(page: EvaluationPage, qtbot: QtBot) -> None:
    page.set_found_counts(37, 1_412)
    box = page.findChild(QComboBox, "evaluation_found")
    texts = [box.itemText(index) for index in range(box.count())]
    assert texts == ["of this run (37)", "of all runs since the start (1,412)", "none"]
    for index, which in enumerate(("run", "all", "none")):
        box.setCurrentIndex(index)
        with qtbot.waitSignal(page.evaluate_requested) as asked:
            button(page, "evaluate").click()
        assert asked.args[1] == which


def test_only_while_an_evaluation_goes_on_it_can_be_stopped(page: EvaluationPage, qtbot: QtBot) -> None:
    assert "No evaluation is running" in button(page, "stop_evaluation").toolTip()
    begin(page)
    assert not button(page, "evaluate").isEnabled()
    assert "Wait until the evaluation ends" in button(page, "evaluate").toolTip()
    with qtbot.waitSignal(page.stop_requested):
        button(page, "stop_evaluation").click()
    page.set_state(LabState.UNTRAINED)
    assert "There is no classifier yet" in button(page, "evaluate").toolTip()


def test_an_image_of_each_set_stands_beside_its_figures(page: EvaluationPage) -> None:
    table = page.findChild(RecordTable, "sets_table")
    begin(page)
    page.set_examples({TEST: np.full((28, 28, 1), 0.5, np.float32)})
    page.show_digits(make_digits())
    page.set_examples({UNIFORM: np.full((28, 28, 1), 1, np.float32)})
    page.add_sets([make_set(UNIFORM)])
    page.findChild(QTabWidget, "evaluation_views").setCurrentIndex(1)
    rows = {line.name: row for row, line in enumerate(table.shown())}
    shown = table.viewport().grab().toImage()

    def pixel(name: str) -> QColor:
        return shown.pixelColor(table.visualRect(table.model().index(rows[name], 0)).left() + 19, middle(name))

    def middle(name: str) -> int:
        return table.visualRect(table.model().index(rows[name], 0)).center().y()

    assert pixel(UNIFORM) == QColor("white")
    assert pixel(NORMAL) == shown.pixelColor(table.columnWidth(0) - 3, middle(NORMAL))


def test_progress_says_what_goes_on_and_how_long_it_will_take(page: EvaluationPage, clock: list[float]) -> None:
    begin(page)
    page.set_working(Working(sentence="Uniform noise", fraction=None))
    assert text(page, "evaluation_progress_text") == "Uniform noise"
    clock[0] += 30
    page.set_working(Working(sentence="Driven noise", fraction=0.25))
    assert text(page, "evaluation_progress_text") == "Driven noise · 1:30 left"
    page.show_report(make_report(seconds=120.4))
    assert text(page, "evaluation_progress_text") == "Finished after 2:00."


def test_figures_come_one_by_one_in_place_of_the_former_ones(page: EvaluationPage) -> None:
    former = make_report()
    page.show_report(former)
    page.set_files(FILES)
    begin(page)
    assert page.report() is former
    assert text(page, "evaluation_notice") == "These are earlier figures, of article. New ones will follow."
    page.show_digits(make_digits(accuracy=0.5))
    assert page.report().test.accuracy == 0.5
    assert page.report().sets == ()
    assert page.report().missing == tuple(name for name in FILE_SETS if name != FASHION)
    assert text(page, "evaluation_whose") == "article · 10,000 images a set · random seed 0 · figures so far"
    assert text(page, "evaluation_notice") == ""
    page.add_sets([make_set(UNIFORM)])
    page.add_sets([make_set(NORMAL)])
    assert [figures.name for figures in page.report().sets] == [UNIFORM, NORMAL]


def test_sets_that_come_before_any_new_figures_leave_the_former_ones_alone(page: EvaluationPage) -> None:
    former = make_report()
    page.show_report(former)
    begin(page)
    page.add_sets([make_set("late")])
    assert page.report() is former


def test_a_stopped_evaluation_says_so(page: EvaluationPage) -> None:
    begin(page)
    page.show_digits(make_digits())
    page.show_report(make_report(sets=(make_set(UNIFORM),), stopped=True, seconds=9.0))
    page.set_state(LabState.READY)
    assert text(page, "evaluation_progress_text") == "Stopped after 9 s."
    assert text(page, "evaluation_whose").endswith("· stopped 9 s")


def test_an_evaluation_that_fails_keeps_what_there_is_of_it(page: EvaluationPage, clock: list[float]) -> None:
    begin(page)
    page.show_digits(make_digits())
    page.add_sets([make_set(UNIFORM)])
    clock[0] += 5
    page.set_state(LabState.READY)
    assert text(page, "evaluation_progress_text") == "The evaluation ended early. The results so far are kept."
    assert page.report().stopped
    assert page.report().seconds == 5
    assert [figures.name for figures in page.report().sets] == [UNIFORM]
    assert button(page, "export_evaluation").isEnabled()


def test_one_that_fails_before_its_first_figures_leaves_the_former_report(page: EvaluationPage) -> None:
    former = make_report()
    page.show_report(former)
    begin(page)
    page.set_state(LabState.READY)
    assert page.report() is former
    assert text(page, "evaluation_notice") == ""


def test_it_is_told_whose_figures_they_are(page: EvaluationPage) -> None:
    assert text(page, "evaluation_whose") == "article · not evaluated yet"
    page.show_report(make_report())
    assert text(page, "evaluation_whose") == "article · 10,000 images a set · random seed 0 · took 1:02"
    assert page.findChild(QLabel, "evaluation_notice").isHidden()
    page.set_classifier("mended", "b" * 64)
    assert text(page, "evaluation_notice") == "⚠ These figures are of article; the classifier in use is mended."
    page.set_classifier("article", "b" * 64)
    assert text(page, "evaluation_notice") == "⚠ These figures are of an earlier article, not of the one in use."
    page.set_classifier("renamed", "a" * 64)
    assert text(page, "evaluation_notice") == ""
    page.set_classifier("mended")
    assert "the classifier in use is mended" in text(page, "evaluation_notice")


def test_other_settings_than_those_of_the_figures_are_told(page: EvaluationPage) -> None:
    changed = "⚠ The settings on the left are no longer those of these figures."
    begin(page)
    page.show_report(make_report())
    page.set_settings(EvaluationSettings(rng_seed=1))
    assert text(page, "evaluation_notice") == changed
    page.set_settings(EvaluationSettings())
    assert text(page, "evaluation_notice") == ""
    page.set_files(FILES)
    assert text(page, "evaluation_notice") == changed
    page.set_files(())
    assert text(page, "evaluation_notice") == ""


def test_exports_are_asked_for_by_name_once_all_figures_are_there(page: EvaluationPage) -> None:
    export = button(page, "export_evaluation")
    assert "There are no figures yet" in export.toolTip()
    begin(page)
    page.show_digits(make_digits())
    assert "Wait until the evaluation has ended" in export.toolTip()
    page.show_report(make_report())
    page.set_state(LabState.READY)
    assert export.isEnabled()
    asked = []
    page.export_requested.connect(asked.append)
    for action in export.menu().actions():
        action.trigger()
    assert asked == list(EXPORTS)


def test_pictures_can_be_taken_of_tabs_that_were_never_shown(page: EvaluationPage) -> None:
    page.show_report(make_report())
    assert page.findChild(QTabWidget, "evaluation_views").currentIndex() == 0
    for name, view in page.views().items():
        assert name in EXPORTS
        view.resize(800, 520)
        assert not view.grab().isNull()


def test_a_set_is_not_loaded_until_its_file_is_opened(
    page: EvaluationPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [text(page, f"file_{name}") for name in FILE_SETS] == ["not loaded"] * len(FILE_SETS)
    remove = button(page, f"remove_{EMNIST}")
    assert "This set has no file" in remove.toolTip()
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("/data/letters-images-idx3-ubyte", ""))
    button(page, f"open_{EMNIST}").click()
    assert page.files() == ((EMNIST, "/data/letters-images-idx3-ubyte"),)
    assert text(page, f"file_{EMNIST}") == "letters-images-idx3-ubyte"
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))
    button(page, f"open_{EMNIST}").click()
    assert page.files() == ((EMNIST, "/data/letters-images-idx3-ubyte"),)
    remove.click()
    assert page.files() == ()
    assert text(page, f"file_{EMNIST}") == "not loaded"


def test_other_sets_are_called_as_their_files_and_never_as_a_known_set(
    page: EvaluationPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = ["/a/kuzushiji.npz", "/b/kuzushiji.npz", f"/a/{UNIFORM}.npz"]
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: (paths, ""))
    page.set_files([(GREY_CIFAR, "/data/grey.npz")])
    button(page, "add_set").click()
    names = ["kuzushiji", "kuzushiji (2)", f"{UNIFORM} (2)"]
    assert page.files() == ((GREY_CIFAR, "/data/grey.npz"), *zip(names, paths, strict=True))
    button(page, "remove_kuzushiji").click()
    assert [name for name, _ in page.files()] == [GREY_CIFAR, *names[1:]]


def test_every_control_has_a_name(page: EvaluationPage) -> None:
    page.set_files(FILES)
    for kind in (QPushButton, QToolButton, QComboBox):
        for control in page.findChildren(kind):
            if control.isVisible():
                assert control.objectName(), control
                assert control.accessibleName(), control.objectName()


def tabs(page: EvaluationPage) -> list[str]:
    """Returns the titles of the visible tabs."""
    views = page.findChild(QTabWidget, "evaluation_views")
    return [views.tabText(index) for index in range(views.count()) if views.isTabVisible(index)]


def test_values_published_for_mnist_are_shown_beside_figures_of_mnist_alone(page: EvaluationPage) -> None:
    assert tabs(page) == ["Beside published values", "Sets", "Reliability", "Confidence"]
    page.set_dataset("pets", "b" * 64)
    assert tabs(page) == ["Sets", "Reliability", "Confidence"]
    page.show_report(make_report(dataset="pets", dataset_sha256="b" * 64))
    assert tabs(page) == ["Sets", "Reliability", "Confidence"]
    page.show_report(make_report())
    assert tabs(page)[0] == "Beside published values"


def test_first_figures_of_mnist_stand_beside_published_ones_at_once(page: EvaluationPage) -> None:
    page.set_dataset("mnist", MNIST_SHA256)
    begin(page)
    page.show_digits(make_digits(accuracy=0.9921))
    report = page.report()
    assert report is not None
    assert (report.dataset, beside_published(report)[0].ours) == ("mnist", 0.9921)


@pytest.mark.parametrize(
    ("name", "sha256", "now"),
    [("pets", "b" * 64, "the dataset in use is pets."), ("", "", "no dataset is in use.")],
)
def test_figures_of_another_dataset_than_the_one_in_use_say_so(
    page: EvaluationPage, name: str, sha256: str, now: str
) -> None:
    page.show_report(make_report())
    assert not page.findChild(QLabel, "evaluation_notice").isVisible()
    page.set_dataset(name, sha256)
    assert text(page, "evaluation_notice") == f"⚠ The figures are of images of mnist; {now}"


def test_without_a_dataset_nothing_is_evaluated(page: EvaluationPage) -> None:
    page.set_state(LabState.READY, lacks_dataset=True)
    assert not button(page, "evaluate").isEnabled()
    assert "needs a dataset" in button(page, "evaluate").toolTip()


def test_at_its_least_width_nothing_scrolls_sideways_or_is_cut_off(page: EvaluationPage) -> None:
    page.set_found_counts(1_412, 98_765)
    page.show_report(make_report())
    page.findChild(QTabWidget, "evaluation_views").setCurrentIndex(1)
    page.resize(page.minimumSizeHint().width(), 800)
    QApplication.processEvents()
    assert page.width() <= 1000
    table = page.findChild(RecordTable, "sets_table")
    assert table.horizontalHeader().length() <= table.viewport().width()
    for area in page.findChildren(VerticalScrollArea):
        assert area.widget().minimumSizeHint().width() <= area.viewport().width()


def test_what_a_guarantee_promises_has_a_tab_of_its_own_where_there_is_one(page: EvaluationPage) -> None:
    tabs = page.findChild(QTabWidget, "evaluation_views")
    place = next(index for index in range(tabs.count()) if tabs.tabText(index) == "Guarantee")
    page.show_report(make_report())
    assert not tabs.isTabVisible(place)
    page.show_report(make_guaranteed_report())
    assert tabs.isTabVisible(place)
