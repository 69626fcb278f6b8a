"""Shows one page of the guide: its text, pictures, links and the matches of a search."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, QUrl, Signal
from PySide6.QtGui import QColor, QDesktopServices, QImage, QPalette, QResizeEvent, QTextCursor, QTextDocument
from PySide6.QtWidgets import QTextBrowser, QTextEdit, QWidget

from fooler_gui.features.guide.guide_pages import GuideText, anchor_of, guide_folder
from fooler_gui.features.guide.guide_style import set_margins, style
from fooler_gui.widgets.panel_layout import SPACING

_MARGIN = 3 * SPACING
_WIDEST = 880
"""Longer lines are hard to read, in pixels."""
_MATCH_OPACITY = 0.5
_MATCH_MARGIN = 0.15
"""Share of the height, at the top and at the bottom, in which a match is not left."""


class GuideView(QTextBrowser):
    """A page that can be scrolled and searched. Main thread only.

    Signals:
        page_requested: (str, str) The name of a page of the guide, "" for this one, and an anchor in it, or "".
    """

    page_requested = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("guide_text")
        self.setAccessibleName("Page of the guide")
        self.setOpenLinks(False)
        self.setFrameShape(QTextBrowser.Shape.NoFrame)
        self._text: GuideText | None = None
        self._words: list[str] = []
        self._matches: list[QTextCursor] = []
        self._match = -1
        self._column = 0
        self._document: QTextDocument | None = None

        self.anchorClicked.connect(self._on_link)

    def set_text(self, text: GuideText) -> None:
        """Shows `text` from its beginning."""
        self._text = text
        self._draw()
        self.verticalScrollBar().setValue(0)

    def go_to(self, anchor: str) -> None:
        """Scrolls to the heading that is called `anchor` in links; to the beginning if it is ""."""
        block = self.document().begin()
        while anchor and block.isValid():
            if block.blockFormat().headingLevel() and anchor_of(block.text()) == anchor:
                self.setTextCursor(QTextCursor(block))
                top = self.document().documentLayout().blockBoundingRect(block).top()
                self.verticalScrollBar().setValue(round(top) - SPACING)
                return
            block = block.next()
        self.moveCursor(QTextCursor.MoveOperation.Start)

    def set_words(self, words: list[str]) -> None:
        """Marks every occurrence of `words`, whatever their case."""
        self._words, self._match = words, -1
        self._find()

    def matches(self) -> int:
        """Returns how many occurrences are marked."""
        return len(self._matches)

    def match(self) -> int:
        """Returns the place of the present match, from 0, or -1."""
        return self._match

    def show_match(self, place: int) -> None:
        """Scrolls to the match at `place`, from 0, and emphasises it."""
        self._match = place
        self._mark()
        cursor = QTextCursor(self._matches[place])
        cursor.setPosition(cursor.selectionStart())
        self.setTextCursor(cursor)
        self.ensureCursorVisible()
        height, at = self.viewport().height(), self.cursorRect(cursor).center().y()
        if not _MATCH_MARGIN <= at / max(1, height) <= 1 - _MATCH_MARGIN:
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + at - height // 3)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fits text and pictures to the new width."""
        super().resizeEvent(event)
        if self._column != self._fitting_column():
            self._fit(self.document())
            self.document().markContentsDirty(0, self.document().characterCount())
            self.document().documentLayout().documentSize()  # lays all of it out: the rest would keep its old width

    def changeEvent(self, event: QEvent) -> None:
        """Draws the page anew in the palette's colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and getattr(self, "_text", None) is not None:
            place = self.verticalScrollBar().value()
            self._draw()
            self.verticalScrollBar().setValue(place)

    def _draw(self) -> None:
        assert self._text is not None
        document = QTextDocument(self)  # styled before it is shown, as each change of a shown one would lay it out anew
        document.setUndoRedoEnabled(False)
        document.setDefaultFont(self.font())
        document.setBaseUrl(QUrl.fromLocalFile(f"{guide_folder()}/"))
        document.setMarkdown(self._text.markdown)
        style(document, self.palette())
        self._fit(document)
        self.setDocument(document)
        if self._document is not None:
            self._document.deleteLater()
        self._document = document
        self._match = -1
        self._find()

    def _fitting_column(self) -> int:
        """Returns how wide the text may be, in pixels."""
        return min(_WIDEST, self.viewport().width() - 2 * _MARGIN)

    def _fit(self, document: QTextDocument) -> None:
        """Makes text and pictures of `document` as wide as fits."""
        self._column = self._fitting_column()
        set_margins(document.rootFrame(), _MARGIN, self.viewport().width() - self._column - _MARGIN)
        for url in _pictures(document):
            document.addResource(QTextDocument.ResourceType.ImageResource.value, url, self._picture(url))

    def _picture(self, url: QUrl) -> QImage:
        image = QImage(url.toLocalFile())
        ratio = self.devicePixelRatioF()
        widest = round(self._column * ratio)
        if image.width() > widest > 0:
            image = image.scaledToWidth(widest, Qt.TransformationMode.SmoothTransformation)
        image.setDevicePixelRatio(ratio)
        return image

    def _find(self) -> None:
        document, found = self.document(), []
        for word in self._words:
            cursor = document.find(word)
            while not cursor.isNull():
                found.append(cursor)
                cursor = document.find(word, cursor)
        self._matches = sorted(found, key=QTextCursor.selectionStart)
        self._mark()

    def _mark(self) -> None:
        palette, marks = self.palette(), []
        pale = QColor(palette.color(QPalette.ColorRole.Highlight))
        pale.setAlphaF(_MATCH_OPACITY)
        for place, cursor in enumerate(self._matches):
            mark = QTextEdit.ExtraSelection()
            mark.cursor = cursor
            if place == self._match:
                mark.format.setBackground(palette.color(QPalette.ColorRole.Highlight))
                mark.format.setForeground(palette.color(QPalette.ColorRole.HighlightedText))
            else:
                mark.format.setBackground(pale)
            marks.append(mark)
        self.setExtraSelections(marks)

    def _on_link(self, url: QUrl) -> None:
        if url.isRelative():
            self.page_requested.emit(url.path().removesuffix(".md"), url.fragment())
        else:
            QDesktopServices.openUrl(url)


def _pictures(document: QTextDocument) -> set[QUrl]:
    """Returns where the pictures of `document` are."""
    found = set()
    block = document.begin()
    while block.isValid():
        place = block.begin()
        while not place.atEnd():
            shape = place.fragment().charFormat()
            if shape.isImageFormat():
                found.add(document.baseUrl().resolved(QUrl(shape.toImageFormat().name())))
            place += 1
        block = block.next()
    return found
