"""Shows the program's log and errors. Fed by `logging` from any thread."""

from __future__ import annotations

import logging

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QFrame, QLabel, QPlainTextEdit, QSizePolicy, QStyle, QWidget

from fooler_gui.widgets.action_button import ActionButton
from fooler_gui.widgets.panel_layout import SPACING, STRETCH, column_of, fill, row_of
from fooler_gui.widgets.tooltips import set_disabled_because

MAXIMUM_LINES = 2000
_LINE_FORMAT = "%(asctime)s  %(levelname)s  %(message)s"


class _Bridge(QObject):
    line_changed = Signal(str)


class LogHandler(logging.Handler):
    """Passes log records from any thread to the main thread, as text."""

    def __init__(self, level: int = logging.INFO) -> None:
        super().__init__(level)
        self.setFormatter(logging.Formatter(_LINE_FORMAT, "%H:%M:%S"))
        self._bridge = _Bridge()

    def connect_to(self, panel: LogPanel) -> None:
        """Shows every record from now on in `panel`."""
        self._bridge.line_changed.connect(panel.append, Qt.ConnectionType.QueuedConnection)

    def emit(self, record: logging.LogRecord) -> None:
        """Passes on `record` as text. Thread-safe."""
        try:
            self._bridge.line_changed.emit(self.format(record))
        except RuntimeError:  # the bridge is already deleted when the program ends
            self.handleError(record)


class LogPanel(QWidget):
    """Shows the newest lines of the log. Main thread only."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = QPlainTextEdit(self)
        self._view.setObjectName("log_view")
        self._view.setAccessibleName("Log")
        self._view.setToolTip(f"What the program did, newest last; the last {MAXIMUM_LINES:,} lines are kept.")
        self._view.setReadOnly(True)
        with_keys = Qt.TextInteractionFlag.TextSelectableByKeyboard | Qt.TextInteractionFlag.TextSelectableByMouse
        self._view.setTextInteractionFlags(with_keys)  # shows a cursor
        self._view.setMaximumBlockCount(MAXIMUM_LINES)
        self._view.setPlaceholderText("The log is empty.")
        self._view.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self._copy = ActionButton(
            "Copy all", "copy_log_button", "Copies every line to the clipboard.", icon_name="copy", parent=self
        )
        self._clear = ActionButton("Clear", "clear_log_button", "Empties this view; nothing else is lost.", parent=self)
        column_of(fill(self._view), row_of(self._copy, self._clear, STRETCH), on=self, margins=SPACING)
        self._enable_buttons()

        self._copy.clicked.connect(self._on_copy_clicked)
        self._clear.clicked.connect(self._on_clear_clicked)

    def append(self, text: str) -> None:
        """Appends `text`, one line or more."""
        self._view.appendPlainText(text)
        self._enable_buttons()

    def text(self) -> str:
        """Returns all lines."""
        return self._view.toPlainText()

    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self.text())

    def _on_clear_clicked(self) -> None:
        self._view.clear()
        self._enable_buttons()

    def _enable_buttons(self) -> None:
        for button in (self._copy, self._clear):
            set_disabled_because(button, "The log is empty." if self._view.document().isEmpty() else "")


class ErrorBar(QFrame):
    """A bar that says what went wrong until it is closed, without interrupting work.

    Signals:
        details_requested: The log is to be shown.
        close_requested: The message is to be dismissed.
    """

    details_requested = Signal()
    close_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("error_bar")
        self.setAccessibleName("Error")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAutoFillBackground(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._last_error = ""
        self._sign = QLabel(self)
        side = self.style().pixelMetric(QStyle.PixelMetric.PM_SmallIconSize)
        warning = self.style().standardIcon(QStyle.StandardPixmap.SP_MessageBoxWarning)
        self._sign.setPixmap(warning.pixmap(side, side))
        self._sentence = QLabel(self)
        self._sentence.setObjectName("error_sentence")
        self._sentence.setWordWrap(True)
        self._sentence.setTextFormat(Qt.TextFormat.PlainText)
        self._sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._details = ActionButton(
            "Details", "error_details_button", "Shows the log, which has the details.", parent=self
        )
        self._close = ActionButton("Close", "error_close_button", "Closes this message.", parent=self)
        row_of(self._sign, fill(self._sentence), self._details, self._close, on=self, margins=(SPACING, SPACING // 2))
        self.hide()

        self._details.clicked.connect(self.details_requested)
        self._close.clicked.connect(self.hide)
        self._close.clicked.connect(self.close_requested)

    def show_error(self, sentence: str, details: str = "") -> None:
        """Shows `sentence` in place of the previous error.

        Args:
            sentence: What is wrong and what to do.
            details: Details in the log; "" for none, which hides the Details button.
        """
        self._last_error = f"{sentence}\n{details}".strip()
        self._sentence.setText(sentence)
        self._sentence.setAccessibleName(sentence)
        self._details.setVisible(bool(details))
        self.show()

    def last_error(self) -> str:
        """Returns the last sentence and its details; "" if there was none."""
        return self._last_error
