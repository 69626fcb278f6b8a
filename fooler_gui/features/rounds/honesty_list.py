"""The honesty checks of a round, in sentences: whether a classifier merely hides its gradients."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from fooler_gui.core.round_report import HonestyCheck, RoundReport
from fooler_gui.widgets.colours import DONE, INK, REINITIALISED
from fooler_gui.widgets.panel_layout import SPACING, STRETCH, QuietLabel, column_of, empty_grid, heading, row_of
from fooler_gui.widgets.tooltips import paragraphs

EMPTY = "No checks yet. Every round ends with them."
STANDS = "✓ stands"
SUSPECTED = "⚠ masking suspected"
_MASKING_TIP = (
    "A classifier that hides its gradients only seems hard to fool. An attack that needs no gradients, or sees them "
    "unsaturated, would then succeed more often than descent."
)
_SENTENCES = ("done", "found", "meaning")


class HonestyList(QWidget):
    """The checks of one round below a summary. It does not scroll by itself. Main thread only."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("honesty_list")
        self._heading = heading("")
        self._heading.setObjectName("honesty_heading")
        self._heading.setWordWrap(True)
        self._heading.setToolTip(paragraphs(_MASKING_TIP))
        self._empty = QuietLabel(EMPTY, self)
        self._empty.setObjectName("honesty_empty")
        self._checks: list[QWidget] = []
        self._layout = column_of(self._empty, self._heading, STRETCH, on=self, gap=2 * SPACING)
        self.set_report(None)

    def set_report(self, report: RoundReport | None) -> None:
        """Shows the checks of `report`, or that there are none yet."""
        whose = "" if report is None else f"Round {report.number}" if report.number else "Before the first round"
        self.set_checks(report.checks if report else (), whose)

    def set_checks(self, checks: tuple[HonestyCheck, ...], whose: str) -> None:
        """Shows `checks`; their summary begins with `whose` they are."""
        for widget in self._checks:
            self._layout.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self._checks = [_Check(check, self) for check in checks]
        for index, widget in enumerate(self._checks):
            self._layout.insertWidget(2 + index, widget)
        self._heading.setText(f"{whose} · {_summary(checks)}")
        self._heading.setVisible(bool(checks))
        self._empty.setVisible(not checks)


class _Check(QWidget):
    """One check: its name, its verdict and three sentences."""

    def __init__(self, check: HonestyCheck, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(f"honesty_{check.name.replace(' ', '_')}")
        verdict = SUSPECTED if check.suspicious else STANDS
        self.setAccessibleName(f"{check.name}: {verdict}")
        name = heading(_sentence_case(check.name))
        name.setObjectName("check_name")
        grid = empty_grid(self)
        grid.setColumnStretch(1, 1)
        chip = _chip(verdict, REINITIALISED if check.suspicious else DONE)
        grid.addLayout(row_of(name, chip, STRETCH), 0, 0, 1, 2)
        for row, part in enumerate(_SENTENCES, start=1):
            caption = QuietLabel(part, self)
            caption.setWordWrap(False)
            sentence = QLabel(getattr(check, part), self)
            sentence.setObjectName(f"check_{part}")
            sentence.setWordWrap(True)
            sentence.setTextFormat(Qt.TextFormat.PlainText)
            sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            top_right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop
            grid.addWidget(caption, row, 0, top_right)
            grid.addWidget(sentence, row, 1)


def _chip(text: str, ground: str) -> QLabel:
    chip = QLabel(text)
    chip.setObjectName("check_verdict")
    palette = chip.palette()
    palette.setColor(QPalette.ColorRole.Window, QColor(ground))
    palette.setColor(QPalette.ColorRole.WindowText, QColor(INK))
    chip.setPalette(palette)
    chip.setAutoFillBackground(True)
    chip.setContentsMargins(SPACING // 2, 1, SPACING // 2, 1)
    chip.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return chip


def _summary(checks: tuple[HonestyCheck, ...]) -> str:
    """Returns a summary of all checks."""
    suspicious = [check.name for check in checks if check.suspicious]
    if suspicious:
        *others, last = suspicious
        return f"Masking suspected by {', '.join(others) + ' and ' if others else ''}{last}."
    return f"No masking found in {len(checks)} {'check' if len(checks) == 1 else 'checks'}."


def _sentence_case(name: str) -> str:
    return name[:1].upper() + name[1:]
