"""Tooltips: wrapped paragraphs, preceded by the reason if a control is disabled."""

from __future__ import annotations

import html

from PySide6.QtWidgets import QWidget

from fooler_gui.core.formats import format_number
from fooler_gui.core.settings import SettingInfo

_LONGEST_WHOLE = 1e9
_USUAL_TIP = "usual_tip"
REASON = "reason"
"""The property of an action that says why it is disabled."""


def paragraphs(*texts: str) -> str:
    """Returns a tooltip with each plain text of `texts` as a wrapping paragraph."""
    return "".join(f"<p>{html.escape(text, quote=False)}</p>" for text in texts if text)


def range_sentence(info: SettingInfo, *, whole: bool) -> str:
    """Returns a setting's allowed range and unit as a sentence, or "" if it has neither."""
    if info.minimum is None or info.maximum is None:
        return f"Unit: {info.unit}." if info.unit else ""
    unit = f" {info.unit}" if info.unit else ""
    lowest = f"{info.minimum:,.0f}" if whole else format_number(info.minimum)
    if info.maximum >= _LONGEST_WHOLE:
        return f"At least {lowest}{unit}."
    highest = f"{info.maximum:,.0f}" if whole else format_number(info.maximum)
    return f"From {lowest} to {highest}{unit}."


def set_disabled_because(widget: QWidget, reason: str) -> None:
    """Disables `widget` with `reason` in its tooltip, or enables it with its usual tooltip if `reason` is ""."""
    if widget.property(_USUAL_TIP) is None:
        widget.setProperty(_USUAL_TIP, widget.toolTip())
    usual = str(widget.property(_USUAL_TIP))
    widget.setToolTip(paragraphs(reason) + usual if reason else usual)
    widget.setEnabled(not reason)


def set_usual_tip(widget: QWidget, tip: str, reason: str = "") -> None:
    """Sets the usual tooltip of `widget`, which is disabled because of `reason` unless that is ""."""
    widget.setProperty(_USUAL_TIP, tip)
    set_disabled_because(widget, reason)
