"""Tests of the guide's window, on the real pages."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QKeySequence, QPalette, QTextDocument, QTextTable
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QListWidget, QToolButton

from fooler_gui.features.guide.guide import GuidePage
from fooler_gui.features.guide.guide_pages import NAMES, anchor_of, guide_folder, guide_texts
from fooler_gui.features.guide.guide_view import GuideView
from fooler_gui.widgets.theme import apply_theme, dark_palette, light_palette

_IMAGE = QTextDocument.ResourceType.ImageResource.value


@pytest.fixture
def guide(qtbot):
    page = GuidePage()
    qtbot.addWidget(page)
    page.resize(1200, 800)
    with qtbot.waitExposed(page):
        page.show()
    page.activateWindow()
    return page


def listed(guide) -> list[str]:
    rows = guide.findChild(QListWidget, "guide_list")
    return [rows.item(row).text() for row in range(rows.count()) if not rows.item(row).isHidden()]


def search(guide) -> QLineEdit:
    return guide.findChild(QLineEdit, "guide_search")


def view(guide) -> GuideView:
    return guide.findChild(GuideView, "guide_text")


def marked(guide) -> list[str]:
    return [mark.cursor.selectedText() for mark in view(guide).extraSelections()]


def emphasised(guide) -> list[int]:
    blue = guide.palette().color(QPalette.ColorRole.Highlight)
    marks = view(guide).extraSelections()
    return [place for place, mark in enumerate(marks) if mark.format.background().color() == blue]


def click_link(qtbot, guide, words: str) -> None:
    cursor = view(guide).document().find(words)
    assert not cursor.isNull()
    cursor.setPosition(cursor.selectionStart() + 1)
    view(guide).setTextCursor(cursor)
    view(guide).ensureCursorVisible()
    at = view(guide).cursorRect(cursor).center()
    assert view(guide).anchorAt(at)
    qtbot.mouseMove(view(guide).viewport(), at)
    qtbot.mouseClick(view(guide).viewport(), Qt.MouseButton.LeftButton, pos=at)


def test_every_page_of_the_folder_is_listed_and_has_a_title_of_its_own(qapp):
    assert sorted(NAMES) == sorted(path.stem for path in guide_folder().glob("*.md"))
    titles = [text.title for text in guide_texts()]
    assert len(set(titles)) == len(titles)
    assert "Evaluation" in titles  # of "Evaluation: how confident is it on noise?"


def test_it_opens_with_what_you_see_and_its_picture_as_wide_as_the_text(guide):
    assert guide.page() == "what-you-see"
    assert view(guide).toPlainText().startswith("What you see\n")
    guide.resize(1400, 800)
    QApplication.processEvents()
    picture = view(guide).document().resource(_IMAGE, QUrl("../screenshots/running.png"))
    assert picture.width() / picture.devicePixelRatio() == 880
    guide.resize(800, 800)
    QApplication.processEvents()
    narrower = view(guide).document().resource(_IMAGE, QUrl("../screenshots/running.png"))
    assert narrower.width() / narrower.devicePixelRatio() < view(guide).viewport().width()
    assert view(guide).horizontalScrollBar().maximum() == 0


def test_a_page_is_chosen_from_the_list_by_the_arrow_keys(qtbot, guide):
    rows = guide.findChild(QListWidget, "guide_list")
    rows.setFocus()
    qtbot.keyClick(rows, Qt.Key.Key_Down)
    assert guide.page() == "first-lesson"
    assert view(guide).toPlainText().startswith("A first lesson\n")


def test_a_link_shows_the_page_at_its_heading_and_one_goes_back_to_where_one_was(qtbot, guide):
    guide.show_page("questions")
    click_link(qtbot, guide, "Nothing is lost")
    assert guide.page() == "runs"
    assert view(guide).textCursor().block().text() == "After a crash"
    assert guide.findChild(QListWidget, "guide_list").currentItem().text() == "Runs"
    qtbot.keyClick(guide, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert guide.page() == "questions"
    qtbot.mouseClick(guide.findChild(QToolButton, "guide_forward"), Qt.MouseButton.LeftButton)
    assert guide.page() == "runs"
    assert not guide.findChild(QToolButton, "guide_forward").isEnabled()


def test_going_back_returns_to_the_place_on_the_page(qtbot, guide):
    guide.show_page("measurements")
    bar = view(guide).verticalScrollBar()
    bar.setValue(400)
    guide.show_page("keys")
    assert bar.value() == 0
    qtbot.keyClick(guide, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert bar.value() == 400


def test_every_heading_that_is_linked_is_found(guide):
    for text in guide_texts():
        guide.show_page(text.name)
        block = view(guide).document().begin()
        while block.isValid():
            if block.blockFormat().headingLevel():
                view(guide).go_to(anchor_of(block.text()))
                assert anchor_of(view(guide).textCursor().block().text()) == anchor_of(block.text())
            block = block.next()


def test_the_search_lists_the_pages_that_have_all_words_and_marks_them(qtbot, guide):
    qtbot.keyClick(guide, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert search(guide).hasFocus()
    qtbot.keyClicks(search(guide), "AUPR others")
    assert "Evaluation" in listed(guide)
    assert "Keys" not in listed(guide)
    assert guide.findChild(QLabel, "guide_found").text() == f"{len(listed(guide))} pages"
    assert guide.page() in NAMES
    assert {word.lower() for word in marked(guide)} == {"aupr", "others"}
    assert emphasised(guide) == [0]
    qtbot.keyClick(guide, Qt.Key.Key_Escape)
    assert len(listed(guide)) == len(NAMES)
    assert marked(guide) == []
    assert guide.isVisible()
    qtbot.keyClick(guide, Qt.Key.Key_Escape)
    assert not guide.isVisible()


def test_enter_goes_through_the_matches_and_on_to_the_next_page(qtbot, guide):
    qtbot.keyClicks(search(guide), "byte order mark")
    assert listed(guide) == ["The command line"]
    search(guide).setText("fpr")
    pages = listed(guide)
    assert pages == ["Glossary", "Evaluation"]
    assert guide.page() == "glossary"
    for _ in range(view(guide).matches()):
        qtbot.keyClick(search(guide), Qt.Key.Key_Return)
    assert guide.page() == "evaluation"
    assert emphasised(guide) == [0]
    qtbot.keyClick(search(guide), Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert guide.page() == "glossary"
    assert emphasised(guide) == [view(guide).matches() - 1]
    qtbot.keySequence(guide, QKeySequence(QKeySequence.StandardKey.FindNext))
    assert guide.page() == "evaluation"


def test_a_match_is_not_left_at_the_edge_of_the_page(qtbot, guide):
    guide.resize(1200, 400)
    search(guide).setText("the")
    bar, height = view(guide).verticalScrollBar(), view(guide).viewport().height()
    for _ in range(40):
        qtbot.keyClick(search(guide), Qt.Key.Key_Return)
        place = view(guide).cursorRect().center().y() / height
        assert place >= 0.14 or bar.value() == 0
        assert place <= 0.86 or bar.value() == bar.maximum()


def test_down_in_the_search_field_chooses_the_next_listed_page(qtbot, guide):
    search(guide).setText("fpr")
    qtbot.keyClick(search(guide), Qt.Key.Key_Down)
    assert guide.page() == "evaluation"
    qtbot.keyClick(search(guide), Qt.Key.Key_Down)
    assert guide.page() == "evaluation"
    qtbot.keyClick(search(guide), Qt.Key.Key_Up)
    assert guide.page() == "glossary"


def test_one_goes_back_from_a_search_to_where_it_began(qtbot, guide):
    guide.show_page("keys")
    for words in ("calibration", "byte order mark", "CarliniL2Method"):
        search(guide).setText(words)
    assert guide.page() == "measurements"
    qtbot.keyClick(guide, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert guide.page() == "keys"


def test_what_no_page_has_is_said(qtbot, guide):
    search(guide).setText("zebra")
    assert listed(guide) == []
    assert guide.findChild(QLabel, "guide_found").text() == "No page has all these words."
    qtbot.keyClick(search(guide), Qt.Key.Key_Return)
    assert guide.page() == "what-you-see"


class _Browser(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        self.opened.append(url.toString())


def test_a_link_to_elsewhere_opens_the_browser(guide):
    browser = _Browser()
    QDesktopServices.setUrlHandler("https", browser, "open")
    view(guide).anchorClicked.emit(QUrl("https://example.org/paper"))
    QDesktopServices.unsetUrlHandler("https")
    assert browser.opened == ["https://example.org/paper"]
    assert guide.page() == "what-you-see"


def colours_of(guide) -> tuple[str, str]:
    """Returns the colours of a link, and of the borders of a table."""
    cursor = view(guide).document().find("inspector")
    table = next(frame for frame in view(guide).document().rootFrame().childFrames() if isinstance(frame, QTextTable))
    return cursor.charFormat().foreground().color().name(), table.format().borderBrush().color().name()


def test_the_page_takes_the_colours_of_the_theme_and_stays_where_it_is(qapp, guide):
    guide.show_page("keys")
    search(guide).setText("inspector")
    guide.show_page("keys")
    for theme, palette in (("dark", dark_palette()), ("light", light_palette())):
        apply_theme(qapp, theme)
        QApplication.processEvents()
        roles = (QPalette.ColorRole.Link, QPalette.ColorRole.Mid)
        assert colours_of(guide) == tuple(palette.color(role).name() for role in roles)
        assert guide.page() == "keys"
        assert set(marked(guide)) == {"inspector"}
