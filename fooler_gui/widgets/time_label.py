"""How long work will take, told before it begins."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtWidgets import QWidget

from fooler_gui.core.work_time import TIME_TIP
from fooler_gui.widgets.panel_layout import QuietLabel
from fooler_gui.widgets.tooltips import paragraphs


class TimeLabel(QuietLabel):
    """A line for each button that starts long work, and one for those that take the same time. Main thread only."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setObjectName(name)
        self.setToolTip(paragraphs(TIME_TIP))
        self.hide()

    def show_times(self, times: Mapping[str, str]) -> None:
        """Shows the expected time, in words, by the button's text; nothing if there is none."""
        buttons: dict[str, list[str]] = {}
        for what, time in times.items():
            buttons.setdefault(time, []).append(what)
        self.setText("\n".join(f"{' or '.join(whats)}: {time}." for time, whats in buttons.items()))
        self.setVisible(bool(times))
