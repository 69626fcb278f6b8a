from __future__ import annotations

import pytest
from evaluation_samples import make_certified, make_digits, make_guaranteed_report, make_report, make_set
from PySide6.QtCore import QPoint, QPointF
from PySide6.QtWidgets import QLabel, QStyle, QWidget
from pytestqt.qtbot import QtBot

from fooler_gui.core.evaluation_report import (
    DRIVEN,
    FASHION,
    FILE_SETS,
    FOUND,
    NEGATIVES,
    SCALED,
    TEST,
    TURNED_UPRIGHT,
    UNIFORM,
    OpinionShare,
    ReliabilityBin,
    made_sets,
)
from fooler_gui.features.evaluation.certified_plot import CertifiedPlot
from fooler_gui.features.evaluation.certified_sets import CertifiedSets
from fooler_gui.features.evaluation.confidence_histograms import ConfidenceHistograms
from fooler_gui.features.evaluation.reliability_diagram import ReliabilityDiagram
from fooler_gui.features.evaluation.sets_table import SetsTable
from fooler_gui.widgets.colours import SELECTED
from fooler_gui.widgets.fact_grid import FactGrid
from fooler_gui.widgets.record_table import RecordTable
from fooler_gui.widgets.theme import dark_palette, light_palette

HISTOGRAM = (10,) + (0,) * 18 + (30,)


def shown(qtbot: QtBot, view: QWidget) -> QWidget:
    qtbot.addWidget(view)
    view.setPalette(light_palette())
    view.resize(800, 600)
    with qtbot.waitExposed(view):
        view.show()
    return view


@pytest.fixture
def sets(qtbot: QtBot) -> SetsTable:
    return shown(qtbot, SetsTable())


@pytest.fixture
def diagram(qtbot: QtBot) -> ReliabilityDiagram:
    return shown(qtbot, ReliabilityDiagram())


@pytest.fixture
def histograms(qtbot: QtBot) -> ConfidenceHistograms:
    return shown(qtbot, ConfidenceHistograms())


def label(view: QWidget, name: str) -> QLabel:
    return view.findChild(QLabel, name)


def table_of(sets: SetsTable) -> RecordTable:
    return sets.findChild(RecordTable, "sets_table")


def cells(sets: SetsTable) -> dict[str, list[str]]:
    return {name: texts for name, *texts in table_of(sets).cells()}


def test_before_any_figures_the_next_thing_to_do_is_told(
    sets: SetsTable, diagram: ReliabilityDiagram, histograms: ConfidenceHistograms
) -> None:
    for words in (
        label(sets, "sets_empty"),
        label(diagram, "reliability_words"),
        label(histograms, "confidence_note"),
    ):
        assert words.isVisible()
        assert words.text() == "No figures yet. Press Evaluate."
    assert table_of(sets).isHidden()


def test_each_set_has_a_line_with_both_conventions(sets: SetsTable) -> None:
    sets.set_report(make_report(), going=False)
    assert list(cells(sets))[:2] == ["Uniform noise", "Normal noise"]
    assert cells(sets)["Uniform noise"] == [
        "10,000", "96.20 %", "91.43 %", "91.43 %", "45.72 %", "8.57 %", "4.29 %", "77.50 %", "55.00 %",
    ]  # fmt: skip
    assert cells(sets)["Found images"][0] == "200"


def test_no_figure_is_cut_off_even_if_it_is_the_greatest_share(sets: SetsTable) -> None:
    whole = dict.fromkeys(("mean_confidence", "auroc", "aupr_digits", "fpr95_digits", "above_95", "sure"), 1.0)
    sets.set_report(make_report(sets=(make_set(DRIVEN, **whole),)), going=False)
    table = table_of(sets)
    assert "100.00 %" in cells(sets)["Driven noise"]
    for column in range(2, table.model().columnCount()):
        room = table.style().pixelMetric(QStyle.PixelMetric.PM_FocusFrameHMargin) + 1
        assert table.columnWidth(column) >= table.fontMetrics().horizontalAdvance("100.00 %") + 2 * room


def test_a_set_not_loaded_is_a_line_without_figures_until_it_is(sets: SetsTable) -> None:
    sets.set_report(make_report(), going=False)
    table = table_of(sets)
    row = list(cells(sets)).index("Fashion-MNIST")
    assert cells(sets)["Fashion-MNIST"] == ["not loaded", *[""] * 8]
    assert table.columnSpan(row, 1) == 9
    evaluated = tuple(make_set(name) for name in (*made_sets(), FOUND, FASHION, "own"))
    sets.set_report(make_report(sets=evaluated, missing=()), going=False)
    assert cells(sets)["Fashion-MNIST"][1] == "65.50 %"
    assert table.columnSpan(row, 1) == 1
    assert list(cells(sets))[-1] == "own"


def test_sets_to_come_are_told_while_an_evaluation_goes_on(sets: SetsTable) -> None:
    report = make_report(sets=(make_set(UNIFORM),))
    sets.set_report(report, going=True)
    assert cells(sets)["Normal noise"][0] == "not yet"
    assert "Found images" not in cells(sets)
    sets.set_report(report, going=False)
    assert cells(sets)["Normal noise"][0] == "not evaluated"


def test_facts_of_the_test_images_stand_above(sets: SetsTable) -> None:
    sets.set_report(make_report(test=make_digits(confidence_wrong=None)), going=False)
    figures = sets.findChild(FactGrid, "digit_figures").findChildren(QLabel)
    assert label(sets, "digits_heading").text() == "Test images · 10,000"
    names = {figure.accessibleName() for figure in figures}
    assert {"Accuracy: 99.21 %", "Calibration error (15 bins): 0.14 %", "Mean confidence, wrong: –"} <= names


def test_the_median_factor_of_scaled_noise_is_told_if_there_is_one(sets: SetsTable) -> None:
    sets.set_report(make_report(), going=False)
    assert label(sets, "scaled_sentence").text() == "Scaled noise: the median of the factors to .999 is 1.42."
    sets.set_report(make_report(sets=(make_set(SCALED, median_scale=None),)), going=False)
    assert "fewer than half" in label(sets, "scaled_sentence").text()
    sets.set_report(make_report(sets=()), going=False)
    assert label(sets, "scaled_sentence").isHidden()


def test_what_is_to_be_known_of_a_sets_images_is_told_below_the_table(sets: SetsTable) -> None:
    assert label(sets, "set_notes").isHidden()
    sets.set_report(make_report(sets=(make_set("emnist", note=TURNED_UPRIGHT),)), going=False)
    assert label(sets, "set_notes").text() == f"EMNIST letters: {TURNED_UPRIGHT}"
    assert not label(sets, "set_notes").isHidden()


def test_opinions_of_others_have_a_line_for_each_set(sets: SetsTable) -> None:
    sets.set_report(make_report(), going=False)
    assert label(sets, "opinions").text().splitlines() == [
        "Driven noise, 2,000 images: independent net 3.10 % · nearest neighbours 11.50 %",
        "Found images, 200 images: independent net 2.00 % · nearest neighbours 8.50 %",
    ]
    one = OpinionShare(name=DRIVEN, who="independent net", images=1, agreed=0.0)
    sets.set_report(make_report(opinions=(one,)), going=False)
    assert label(sets, "opinions").text() == "Driven noise, 1 image: independent net 0.00 %"
    sets.set_report(make_report(opinions=()), going=False)
    assert label(sets, "opinions").isHidden()


def test_calibration_is_told_in_words(diagram: ReliabilityDiagram) -> None:
    diagram.set_test(make_digits())
    words = label(diagram, "reliability_words")
    error = "Expected calibration error 0.14 %. Overall "
    assert words.text() == f"{error}overconfident: mean confidence 99.34 %, accuracy 99.21 %."
    diagram.set_test(make_digits(mean_confidence=0.99))
    assert words.text() == f"{error}underconfident: mean confidence 99.00 %, accuracy 99.21 %."
    diagram.set_test(make_digits(mean_confidence=0.99211))
    assert words.text() == "Expected calibration error 0.14 %. Overall, mean confidence equals accuracy: 99.21 %."


def plot_of(diagram: ReliabilityDiagram) -> QWidget:
    return next(view for view in diagram.findChildren(QWidget) if view.objectName() == "reliability_plot")


def place_in(plot: QWidget, confidence: float, accuracy: float) -> QPoint:
    scene = plot.getViewBox().mapViewToScene(QPointF(confidence, accuracy))
    return plot.mapFromScene(scene)


def test_the_bin_under_the_mouse_is_told(diagram: ReliabilityDiagram) -> None:
    diagram.set_test(make_digits())
    plot = plot_of(diagram)
    assert plot.sentence_at(QPointF(place_in(plot, 0.5, 0.2))) == (
        "Confidence 46.7 to 53.3 %: 20 images, 40.00 % right, mean confidence 51.00 %."
    )
    assert plot.sentence_at(QPointF(place_in(plot, 0.1, 0.2))) == "Confidence 6.7 to 13.3 %: no images."
    diagram.set_test(None)
    assert plot.sentence_at(QPointF(5, 5)) == ""


def test_bars_reach_their_accuracy_and_those_of_few_images_are_hollow(diagram: ReliabilityDiagram) -> None:
    bins = [ReliabilityBin(count=0, confidence=None, accuracy=None)] * 15
    bins[7] = ReliabilityBin(count=500, confidence=0.5, accuracy=0.5)
    bins[10] = ReliabilityBin(count=9, confidence=0.7, accuracy=0.7)
    diagram.set_test(make_digits(reliability=tuple(bins)))
    plot = plot_of(diagram)
    image = plot.grab().toImage()
    colour = {at: image.pixelColor(place_in(plot, *at)).name().upper() for at in ((0.5, 0.3), (0.5, 0.6), (0.7, 0.3))}
    assert colour == {(0.5, 0.3): SELECTED.upper(), (0.5, 0.6): "#FFFFFF", (0.7, 0.3): "#FFFFFF"}


def test_the_diagram_follows_the_theme(diagram: ReliabilityDiagram) -> None:
    diagram.set_test(make_digits())
    light = plot_of(diagram).grab().toImage()
    diagram.setPalette(dark_palette())
    dark = plot_of(diagram).grab().toImage()
    assert dark.pixelColor(dark.width() // 2, 8).lightness() < 60 < light.pixelColor(light.width() // 2, 8).lightness()


def histogram(histograms: ConfidenceHistograms, name: str) -> QWidget:
    return histograms.findChild(QWidget, f"confidence_{name}")


def test_every_set_has_a_histogram_or_the_reason_why_not(histograms: ConfidenceHistograms) -> None:
    histograms.set_report(make_report(sets=(make_set(UNIFORM, histogram=HISTOGRAM),)), going=True)
    for name in (TEST, *made_sets(), *FILE_SETS):
        assert histogram(histograms, name).isVisible()
    assert histogram(histograms, FOUND) is None
    assert histogram(histograms, "normal").accessibleDescription() == "not yet"
    assert histogram(histograms, FASHION).accessibleDescription() == "not loaded"
    assert histogram(histograms, FASHION).tip_at(QPointF(50, 50)) == "Fashion-MNIST: not loaded."
    histograms.set_report(make_report(sets=(make_set(FOUND), make_set("own"))), going=False)
    assert histogram(histograms, FOUND).isVisible()
    assert histogram(histograms, "own").isVisible()
    assert histogram(histograms, "normal").accessibleDescription() == "not evaluated"


def test_a_bin_tells_its_share_beside_that_of_the_test_images(histograms: ConfidenceHistograms) -> None:
    digits = make_digits(histogram=(0,) * 19 + (10_000,))
    histograms.set_report(make_report(test=digits, sets=(make_set(UNIFORM, histogram=HISTOGRAM),)), going=False)
    view = histogram(histograms, UNIFORM)
    assert view.tip_at(QPointF(view.width() - 18, 60)) == (
        "Uniform noise: 30 with a confidence of 95 to 100 %, which are 75.00 %; of the test images 100.00 % have it."
    )
    assert view.tip_at(QPointF(34, 60)).startswith("Uniform noise: 10 with a confidence of 0 to 5 %")
    test = histogram(histograms, TEST)
    assert test.tip_at(QPointF(0, 0)) == "Test images: 0 with a confidence of 0 to 5 %, which are 0.00 %."


def test_histograms_stand_in_as_many_columns_as_there_is_room_for(histograms: ConfidenceHistograms, qtbot) -> None:
    histograms.set_report(make_report(), going=False)

    def columns() -> int:
        return len({view.x() for name in made_sets() if (view := histogram(histograms, name))})

    qtbot.waitUntil(lambda: columns() == 3)
    histograms.resize(300, 600)
    qtbot.waitUntil(lambda: columns() == 1)
    histograms.resize(3_000, 600)
    qtbot.waitUntil(lambda: columns() == 4)


def test_sets_with_values_published_for_mnist_have_a_line_for_another_dataset_only_if_loaded(sets: SetsTable) -> None:
    loaded = (make_set(UNIFORM), make_set(FASHION))
    sets.set_report(make_report(sets=loaded, dataset="pets", dataset_sha256="b" * 64), going=False)
    names = [cells[0] for cells in sets.findChild(RecordTable, "sets_table").cells()]
    assert "Fashion-MNIST" in names
    assert not {"EMNIST letters", "notMNIST", "Omniglot", "Grey CIFAR-10"} & set(names)


@pytest.fixture
def certified(qtbot: QtBot) -> CertifiedSets:
    view = shown(qtbot, CertifiedSets())
    view.set_report(make_guaranteed_report())
    return view


def test_what_is_certified_of_each_set_is_told(certified: CertifiedSets) -> None:
    assert (
        label(certified, "certified_words").text().endswith("the certified radius of an image is given more than 11 %.")
    )
    assert certified.findChild(RecordTable).cells() == [
        ["Test images", "1,000", "0.0 %", "0.00", "0 %"],
        ["Uniform noise", "1,000", "100.0 %", "4.00", "55 %"],
        ["Negatives", "1,000", "50.0 %", "0.00", "55 %"],
    ]
    certified.set_report(make_report(test=make_digits(certified=make_certified(median_share=None))))
    assert certified.findChild(RecordTable).cells()[0][-1] == "–"
    certified.set_report(make_report())
    assert certified.findChild(RecordTable).isHidden()


def test_each_set_has_a_curve_and_that_of_the_selected_one_is_bold(certified: CertifiedSets) -> None:
    plot, table = certified.findChild(CertifiedPlot), certified.findChild(RecordTable)
    assert [(line.name, line.width, line.legend) for line in plot.series()] == [
        (TEST, 1, "Test images"), (NEGATIVES, 1, "Images of no class"), (UNIFORM, 3, "Uniform noise"),
    ]  # fmt: skip
    place = plot.mapFromScene(plot.getViewBox().mapViewToScene(QPointF(4, 0.5)))
    words = plot.words_at(QPointF(place))
    assert "Uniform noise: 49.9 %" in words or "Uniform noise: 50.0 %" in words
    assert "Negatives: 0.0 %" in words
    table.select([TEST])
    assert [(line.name, line.width, line.legend) for line in plot.series()] == [
        (UNIFORM, 1, "Images of no class"), (NEGATIVES, 1, ""), (TEST, 3, "Test images"),
    ]  # fmt: skip
