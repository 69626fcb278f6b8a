"""The guide: its pages beside a list of them, with a search over all."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QLineEdit, QListWidget, QSplitter, QWidget

from fooler_gui.core.formats import format_count
from fooler_gui.features.guide.guide_pages import NAMES, guide_texts
from fooler_gui.features.guide.guide_view import GuideView
from fooler_gui.widgets.icon_button import IconButton
from fooler_gui.widgets.panel_layout import SPACING, QuietLabel, column_of, fill, row_of
from fooler_gui.widgets.tooltips import paragraphs, set_disabled_because

_LIST_WIDTH = 256
_SEARCH_TIP = "Lists the pages with all these words, and marks them. Enter goes to the next one, Shift and Enter back."
_KEYS = QKeySequence.StandardKey


class GuidePage(QWidget):
    """Shows the guide. Main thread only."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("guide_page")
        self._texts = {text.name: text for text in guide_texts()}
        self._visits: list[tuple[str, int]] = []
        self._visit = -1
        self._is_found = False
        self._search = QLineEdit(self)
        self._search.setObjectName("guide_search")
        self._search.setAccessibleName("Search the guide")
        self._search.setPlaceholderText("Search")
        self._search.setClearButtonEnabled(True)
        self._search.setToolTip(paragraphs(_SEARCH_TIP))
        self._search.installEventFilter(self)
        self._list = QListWidget(self)
        self._list.setObjectName("guide_list")
        self._list.setAccessibleName("Pages of the guide")
        self._list.setSpacing(SPACING // 4)
        self._list.addItems([text.title for text in self._texts.values()])
        self._found = QuietLabel("", self)
        self._found.setObjectName("guide_found")
        self._view = GuideView(self)
        self._back = self._make_button("back", "Page before")
        self._forward = self._make_button("forward", "Forward again")
        self._lay_out()
        self._add_keys()
        self._connect()
        self.show_page(NAMES[0])

    def page(self) -> str:
        """Returns the name of the page that is shown."""
        return self._visits[self._visit][0]

    def show_page(self, name: str, anchor: str = "") -> None:
        """Shows the page called `name`, at the heading `anchor` if given.

        Raises:
            KeyError: There is no such page.
        """
        text = self._texts[name]
        self._is_found = False
        if self._visits:
            self._keep_place()
        del self._visits[self._visit + 1 :]
        self._visits.append((text.name, 0))
        self._visit += 1
        self._show(text.name)
        if anchor:
            self._view.go_to(anchor)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Lets the arrow keys choose a page while a person searches, and Enter go through the matches."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key, shift = event.key(), event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._go_to_match(-1 if shift else 1)
                return True
            if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                self._choose(1 if key == Qt.Key.Key_Down else -1)
                return True
        return super().eventFilter(watched, event)

    def _make_button(self, name: str, words: str) -> IconButton:
        button = IconButton(name, self)
        button.setObjectName(f"guide_{name}")
        button.setAccessibleName(words)
        key = QKeySequence(_KEYS.Back if name == "back" else _KEYS.Forward)
        button.setToolTip(paragraphs(f"{words} ({key.toString(QKeySequence.SequenceFormat.NativeText)})"))
        return button

    def _lay_out(self) -> None:
        left = QWidget(self)
        column_of(
            row_of(self._back, self._forward, fill(self._search), gap=SPACING // 2),
            self._found,
            fill(self._list),
            on=left,
            margins=SPACING,
        )
        self._found.hide()
        splitter = QSplitter(Qt.Orientation.Horizontal, self)
        splitter.setObjectName("guide_splitter")
        splitter.addWidget(left)
        splitter.addWidget(self._view)
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([_LIST_WIDTH, 3 * _LIST_WIDTH])
        splitter.setChildrenCollapsible(False)
        row_of(splitter, on=self)

    def _add_keys(self) -> None:
        for key, act in (
            (_KEYS.Find, self._start_search),
            (_KEYS.FindNext, lambda: self._go_to_match(1)),
            (_KEYS.FindPrevious, lambda: self._go_to_match(-1)),
            (_KEYS.Back, lambda: self._travel(-1)),
            (_KEYS.Forward, lambda: self._travel(1)),
            (_KEYS.Cancel, self._on_escape),
        ):
            QShortcut(key, self, act)

    def _connect(self) -> None:
        self._search.textChanged.connect(self._on_search_changed)
        self._list.currentRowChanged.connect(self._on_row_changed)
        self._view.page_requested.connect(self._on_link)
        self._back.clicked.connect(lambda: self._travel(-1))
        self._forward.clicked.connect(lambda: self._travel(1))

    def _show(self, name: str) -> None:
        self._list.blockSignals(True)
        self._list.setCurrentRow(NAMES.index(name))
        self._list.blockSignals(False)
        self._view.set_text(self._texts[name])
        set_disabled_because(self._back, "" if self._visit > 0 else "This is the first page that you opened.")
        newest = self._visit == len(self._visits) - 1
        set_disabled_because(self._forward, "This is the last page that you opened." if newest else "")

    def _show_found(self, name: str) -> None:
        """Shows a page of a search in place of the one found before; so one goes back to where the search began."""
        if self._is_found:
            self._visits[self._visit] = name, 0
            self._show(name)
        else:
            self.show_page(name)
            self._is_found = True

    def _travel(self, by: int) -> None:
        if 0 <= self._visit + by < len(self._visits):
            self._is_found = False
            self._keep_place()
            self._visit += by
            name, place = self._visits[self._visit]
            self._show(name)
            self._view.verticalScrollBar().setValue(place)

    def _keep_place(self) -> None:
        self._visits[self._visit] = self.page(), self._view.verticalScrollBar().value()

    def _on_link(self, name: str, anchor: str) -> None:
        self.show_page(name or self.page(), anchor)

    def _on_row_changed(self, row: int) -> None:
        if row >= 0:
            self.show_page(NAMES[row])

    def _on_search_changed(self) -> None:
        words = self._search.text().lower().split()
        for row, text in enumerate(self._texts.values()):
            self._list.item(row).setHidden(not text.has(words))
        shown = self._shown()
        self._view.set_words(words)
        self._found.setVisible(bool(words))
        self._found.setText(format_count(len(shown), "page") if shown else "No page has all these words.")
        if words and shown:
            if NAMES.index(self.page()) not in shown:
                self._show_found(NAMES[shown[0]])
            self._view.show_match(0)

    def _shown(self) -> list[int]:
        return [row for row in range(self._list.count()) if not self._list.item(row).isHidden()]

    def _choose(self, by: int) -> None:
        """Shows the next page of the list, or the one before."""
        shown, row = self._shown(), NAMES.index(self.page())
        if row in shown and 0 <= shown.index(row) + by < len(shown):
            self._show_found(NAMES[shown[shown.index(row) + by]])

    def _go_to_match(self, by: int) -> None:
        """Goes to the next match or the one before, on to the next listed page or the one before, and round."""
        if not self._view.matches():
            return
        match = self._view.match() + by
        if not 0 <= match < self._view.matches():
            shown = self._shown()
            row = shown[(shown.index(NAMES.index(self.page())) + by) % len(shown)]
            if NAMES[row] != self.page():
                self._show_found(NAMES[row])
            match = 0 if by > 0 else self._view.matches() - 1
        self._view.show_match(match)

    @Slot()
    def _start_search(self) -> None:
        self._search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._search.selectAll()

    @Slot()
    def _on_escape(self) -> None:
        if self._search.text():
            self._search.clear()
        else:
            self.close()
