"""A line that says what to watch, until it is closed."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget

from fooler_gui.widgets.action_button import ActionButton
from fooler_gui.widgets.panel_layout import SPACING, QuietLabel, column_of, fill, heading, row_of

_CLOSES = "Closes this line; the images stay."


class CaptionBar(QFrame):
    """Shows the title of a show-piece and its caption. Main thread only.

    Signals:
        close_requested: It is to be closed, and what it is about to be stopped.
    """

    close_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("caption_bar")
        self.setAccessibleName("What to watch")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._title = heading("")
        self._title.setObjectName("caption_title")
        self._place = QuietLabel("", self)
        self._place.setObjectName("caption_place")
        self._place.setWordWrap(False)
        self._caption = QLabel(self)
        self._caption.setObjectName("caption_text")
        self._caption.setWordWrap(True)
        for label in (self._title, self._caption):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setMinimumWidth(1)  # a long name does not widen the window
        self._close = ActionButton("Close", "caption_close_button", _CLOSES, parent=self)
        self._close.clicked.connect(self.close_requested)
        words = column_of(row_of(self._title, fill(self._place)), self._caption, gap=2)
        row_of(fill(words), self._close, on=self, margins=(SPACING, SPACING // 2))
        self.hide()

    def show_caption(self, title: str, caption: str, place: str = "", *, going: bool = True) -> None:
        """Shows what to watch.

        Args:
            title: The show-piece.
            caption: What to watch.
            place: Which of its parts this is, such as "1 of 2"; "" if there is only one.
            going: Whether it is in progress, and so can be stopped.
        """
        self._title.setText(title)
        self._place.setText(place)
        self._caption.setText(caption)
        self.setAccessibleDescription(caption)
        self._close.setText("Stop" if going else "Close")
        self._close.setAccessibleName("Stop the show-piece" if going else "Close the caption")
        self._close.setToolTip("Stops it and leaves the images as they are (Esc)." if going else _CLOSES)
        self.show()
