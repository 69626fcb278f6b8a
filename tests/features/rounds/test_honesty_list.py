from __future__ import annotations

import pytest
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLabel, QWidget
from rounds_samples import NAMES, make_check, make_report

from fooler_gui.features.rounds.honesty_list import HonestyList
from fooler_gui.widgets.colours import DONE, INK, REINITIALISED
from fooler_gui.widgets.panel_layout import VerticalScrollArea
from fooler_gui.widgets.theme import dark_palette, light_palette


@pytest.fixture
def area(qtbot):
    area = VerticalScrollArea(HonestyList())
    qtbot.addWidget(area)
    area.resize(360, 600)
    with qtbot.waitExposed(area):
        area.show()
    return area


@pytest.fixture
def widget(area):
    return area.widget()


def label(widget: QWidget, name: str) -> QLabel:
    return widget.findChild(QLabel, name)


def summary(widget) -> str:
    return label(widget, "honesty_heading").text()


def checks(*suspicious: str):
    return tuple(make_check(name, suspicious=name in suspicious) for name in NAMES)


def test_every_check_has_its_name_a_sign_and_three_sentences(widget, qtbot):
    report = make_report(1, checks=checks("margin"))
    widget.set_report(report)
    qtbot.waitUntil(lambda: label(widget, "check_name").isVisible())
    for check in report.checks:
        row = widget.findChild(QWidget, f"honesty_{check.name.replace(' ', '_')}")
        assert row.isVisible()
        assert label(row, "check_name").text().lower() == check.name
        assert label(row, "check_done").text() == check.done
        assert label(row, "check_found").text() == check.found
        assert label(row, "check_meaning").text() == check.meaning
        verdict = label(row, "check_verdict").text()
        assert verdict == ("⚠ masking suspected" if check.name == "margin" else "✓ stands")
        assert row.accessibleName() == f"{check.name}: {verdict}"


def test_checks_stand_in_their_order(widget, qtbot):
    widget.set_report(make_report(1))
    tops = [widget.findChild(QWidget, f"honesty_{name.replace(' ', '_')}") for name in NAMES]
    qtbot.waitUntil(lambda: tops[-1].y() > tops[0].y())
    assert [row.y() for row in tops] == sorted({row.y() for row in tops})


@pytest.mark.parametrize(
    ("suspicious", "words"),
    [
        ((), "No masking found in 6 checks."),
        (("margin",), "Masking suspected by margin."),
        (("margin", "transfer"), "Masking suspected by margin and transfer."),
        (("gradients", "margin", "blind search"), "Masking suspected by gradients, margin and blind search."),
    ],
)
def test_the_heading_sums_up(widget, suspicious, words):
    widget.set_report(make_report(1, checks=checks(*suspicious)))
    assert summary(widget) == f"Round 1 · {words}"


def test_one_check_is_no_checks(widget):
    widget.set_report(make_report(1, checks=(make_check("margin"),)))
    assert summary(widget) == "Round 1 · No masking found in 1 check."


@pytest.mark.parametrize("report", [None, make_report(0, checks=())])
def test_without_checks_it_says_so(widget, qtbot, report):
    empty = label(widget, "honesty_empty")
    widget.set_report(make_report(1))
    assert not empty.isVisible()
    widget.set_report(report)
    assert empty.isVisible()
    assert empty.text() == "No checks yet. Every round ends with them."
    assert not label(widget, "honesty_heading").isVisible()
    qtbot.waitUntil(lambda: widget.findChildren(QLabel, "check_name") == [])


def test_another_report_takes_the_place_of_the_last(widget, qtbot):
    widget.set_report(make_report(1))
    widget.set_report(make_report(2, checks=(make_check("transfer", suspicious=True),)))
    qtbot.waitUntil(lambda: len(widget.findChildren(QLabel, "check_name")) == 1)
    assert label(widget, "check_verdict").text() == "⚠ masking suspected"


@pytest.mark.parametrize("width", [280, 420])
def test_sentences_wrap_and_are_seen_whole(widget, qtbot, width):
    widget.window().resize(width, 600)
    widget.set_report(make_report(1))
    names = ("check_done", "check_found", "check_meaning")
    found = [one for name in names for one in widget.findChildren(QLabel, name)]
    qtbot.waitUntil(lambda: all(one.height() >= one.heightForWidth(one.width()) for one in found))
    assert all(one.mapTo(widget, one.rect().topRight()).x() < width for one in found)
    assert max(one.height() for one in found) > 2 * min(one.height() for one in found) - 4


def test_a_sentence_is_never_taken_for_markup(widget):
    check = make_check("margin")
    widget.set_report(make_report(1, checks=(check,)))
    assert label(widget, "check_found").textFormat() is label(widget, "check_found").textFormat().PlainText


@pytest.mark.parametrize("palette", [light_palette, dark_palette])
def test_signs_keep_their_colours_in_both_themes(widget, palette):
    widget.set_report(make_report(1, checks=checks("margin")))
    widget.window().setPalette(palette())
    for name, ground in (("margin", REINITIALISED), ("transfer", DONE)):
        chip = label(widget.findChild(QWidget, f"honesty_{name}"), "check_verdict")
        assert chip.palette().color(QPalette.ColorRole.WindowText).name() == INK
        image = chip.grab().toImage()
        assert image.pixelColor(1, 1).name().upper() == ground
    sentence = label(widget, "check_done")
    assert sentence.palette().color(QPalette.ColorRole.WindowText) == palette().color(QPalette.ColorRole.WindowText)
