"""The menu entry *Vary this…* of every setting: controls know their option, and panels their job."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractSpinBox, QMenu, QWidget

_TEXT = "Vary this…"


class VaryOffer(QObject):
    """Lets the settings of a panel be varied. Main thread only.

    Args:
        panel: Owner; holds controls that `name_option` named.
        job: The job whose options they edit.

    Signals:
        requested: (str, str) Vary this option of this job.
    """

    requested = Signal(str, str)

    def __init__(self, panel: QWidget, job: str) -> None:
        super().__init__(panel)
        self.job = job


def name_option(option: str, *controls: QWidget) -> None:
    """Says that `controls` edit the option called `option`, as on the command line but with underscores."""
    for control in controls:
        _Entry(control, option)


class _Entry(QObject):
    """Adds the entry to a control's context menu wherever a panel around it lets its settings be varied."""

    def __init__(self, control: QWidget, option: str) -> None:
        super().__init__(control)
        self._control, self._option = control, option
        control.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Opens the menu at the mouse, or with its keys beside the control."""
        at: QPoint | None = None
        if event.type() == QEvent.Type.ContextMenu and isinstance(event, QContextMenuEvent):
            at = event.globalPos()
        elif event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and _opens_menu(event):
            at = self._control.mapToGlobal(self._control.rect().bottomLeft())
        offer = None if at is None else _offer_around(self._control)
        if at is None or offer is None:
            return super().eventFilter(watched, event)
        menu = _menu_of(self._control)
        menu.setObjectName("vary_menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        action = menu.addAction(_TEXT, lambda: offer.requested.emit(offer.job, self._option))
        action.setObjectName("vary_action")
        menu.popup(at)
        return True


def _opens_menu(event: QKeyEvent) -> bool:
    with_shift = event.modifiers() == Qt.KeyboardModifier.ShiftModifier
    return event.key() == Qt.Key.Key_Menu or (event.key() == Qt.Key.Key_F10 and with_shift)


def _offer_around(widget: QWidget) -> VaryOffer | None:
    around: QWidget | None = widget
    while around is not None:
        offer = around.findChild(VaryOffer, options=Qt.FindChildOption.FindDirectChildrenOnly)
        if offer is not None:
            return offer
        around = around.parentWidget()
    return None


def _menu_of(control: QWidget) -> QMenu:
    """Returns the menu that a control has by itself; an empty one for most."""
    if not isinstance(control, QAbstractSpinBox):
        return QMenu(control)
    menu = control.lineEdit().createStandardContextMenu()
    menu.addSeparator()
    return menu
