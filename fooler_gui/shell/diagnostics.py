"""What a bug report needs: versions, paths, the log and the last error, to copy with one click."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSize, Slot
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPlainTextEdit, QWidget

from fooler_gui.core.array_store import ArrayStore
from fooler_gui.core.errors import reason_of
from fooler_gui.core.formats import format_bytes
from fooler_gui.widgets.action_button import ActionButton
from fooler_gui.widgets.mnemonics import give_mnemonics
from fooler_gui.widgets.panel_layout import SPACING, QuietLabel, column_of, fill
from fooler_gui.widgets.tooltips import paragraphs
from fooler_gui.widgets.window_fit import resize_to_fit

_SIZE = QSize(720, 520)
_DELETE_TIP = "Frees the room on disk; the next run of each classifier records the training images again."


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
    """Shows `text` and copies it whole; deletes what is kept on disk to save time. Main thread only.

    Args:
        text: The page.
        kept: What is kept on disk.
        parent: Owner.
    """

    def __init__(self, text: str, kept: ArrayStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kept = kept
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
        self._delete = ActionButton("Delete kept references", "delete_references", _DELETE_TIP, parent=self)
        self._delete.clicked.connect(self._delete_references)
        buttons.addButton(self._delete, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        give_mnemonics(buttons.buttons())
        self._note = QuietLabel(
            "Nothing here leaves your machine unless you send it. It contains the names of your folders.", self
        )
        self._show_kept()
        column_of(self._note, fill(self._view), buttons, on=self, margins=SPACING)

    def text(self) -> str:
        """Returns the page's text."""
        return self._view.toPlainText()

    @Slot()
    def _delete_references(self) -> None:
        freed = self._kept.bytes_kept()
        try:
            self._kept.clear()
        except OSError as error:
            self._note.setText(f"The kept references cannot be deleted: {reason_of(error)}.")
        else:
            self._note.setText(f"{format_bytes(freed)} of kept references were deleted.")
        self._show_kept()

    def _show_kept(self) -> None:
        kept = self._kept.bytes_kept() > 0
        self._delete.setEnabled(kept)
        self._delete.setToolTip(paragraphs(_DELETE_TIP, "" if kept else "No references are kept on disk."))


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())
