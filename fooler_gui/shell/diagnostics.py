"""What a bug report needs: versions, paths, the log and the last error, to copy with one click."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSize
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPlainTextEdit, QWidget

from fooler_gui.widgets.action_button import ActionButton
from fooler_gui.widgets.mnemonics import give_mnemonics
from fooler_gui.widgets.panel_layout import SPACING, QuietLabel, column_of, fill
from fooler_gui.widgets.window_fit import resize_to_fit

_SIZE = QSize(720, 520)


def diagnostics_text(facts: Mapping[str, Mapping[str, str]], last_error: str, log: str) -> str:
    """Returns everything as plain text.

    Args:
        facts: Names and values, by heading.
        last_error: The last error with its details; "" for none.
        log: The log's lines.
    """
    parts = []
    for heading, values in facts.items():
        width = max(map(len, values), default=0)
        parts.append("\n".join([heading, *(f"  {name.ljust(width)}  {value}" for name, value in values.items())]))
    parts.append(f"Last error\n{_indented(last_error or 'none')}")
    parts.append(f"Log\n{_indented(log or 'empty')}")
    return "\n\n".join(parts) + "\n"


class DiagnosticsDialog(QDialog):
    """Shows `text` and copies it whole. Main thread only."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("diagnostics_dialog")
        self.setWindowTitle("Diagnostics")
        resize_to_fit(self, _SIZE)
        self._view = QPlainTextEdit(text, self)
        self._view.setObjectName("diagnostics_text")
        self._view.setAccessibleName("Diagnostics")
        self._view.setReadOnly(True)
        self._view.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        copy = ActionButton(
            "Copy all", "copy_diagnostics", "Copies the whole page to the clipboard.", icon_name="copy", parent=self
        )
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.text()))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.addButton(copy, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        give_mnemonics(buttons.buttons())
        note = QuietLabel(
            "Nothing here leaves your machine unless you send it. It contains the names of your folders.", self
        )
        column_of(note, fill(self._view), buttons, on=self, margins=SPACING)

    def text(self) -> str:
        """Returns the page's text."""
        return self._view.toPlainText()


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())
