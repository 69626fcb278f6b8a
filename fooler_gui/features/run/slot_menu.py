"""The context menu of one slot of the grid."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

_TIPS = {
    "inspect_slot_action": "Show in the inspector what the classifier, its layers and others see in the image (Enter).",
    "reinitialise_slot_action": "Replace the image by fresh noise and start its history over.",
    "pin_slot_action": "Keep the image: the descent does not change a pinned image.",
    "copy_slot_action": "Copy the image, in its own size, to the clipboard.",
    "paste_slot_action": "Replace the image by the picture on the clipboard, scaled to the classifier's input.",
    "open_slot_action": "Replace the image by a picture file, scaled to the classifier's input.",
}


_TEXTS = {"paste_slot_action": "Paste image", "open_slot_action": "Open an image…"}
_START_TEXTS = {"paste_slot_action": "Paste as the start", "open_slot_action": "Open as the start…"}
_START_TIP = "The next run starts from this picture, scaled to the classifier's input."


class SlotMenu(QMenu):
    """The actions on a slot.

    Signals:
        inspect_requested: Inspect the slot.
        reinitialise_requested: Reinitialise the slot.
        pin_requested: (bool) True to pin, False to unpin.
        copy_requested: Copy the image to the clipboard.
        paste_requested: Put the clipboard's picture into the slot.
        open_requested: Put a picture file into the slot.
    """

    inspect_requested = Signal()
    reinitialise_requested = Signal()
    pin_requested = Signal(bool)
    copy_requested = Signal()
    paste_requested = Signal()
    open_requested = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("slot_menu")
        self.setAccessibleName("Slot")
        self.setToolTipsVisible(True)
        self.inspect = self._add("inspect_slot_action", "Inspect")
        self.addSeparator()
        self.reinitialise = self._add("reinitialise_slot_action", "Reinitialise")
        self.pin = self._add("pin_slot_action", "Pin")
        self.addSeparator()
        self.copy = self._add("copy_slot_action", "Copy image")
        self.paste, self.open = (self._add(name, text) for name, text in _TEXTS.items())
        self._pinned = False

        self.inspect.triggered.connect(lambda: self.inspect_requested.emit())
        self.reinitialise.triggered.connect(lambda: self.reinitialise_requested.emit())
        self.pin.triggered.connect(lambda: self.pin_requested.emit(not self._pinned))
        self.copy.triggered.connect(lambda: self.copy_requested.emit())
        self.paste.triggered.connect(lambda: self.paste_requested.emit())
        self.open.triggered.connect(lambda: self.open_requested.emit())

    def set_pinned(self, pinned: bool) -> None:
        """Offers to unpin if the slot is `pinned`, otherwise to pin."""
        self._pinned = pinned
        self.pin.setText("Unpin" if pinned else "Pin")

    def set_changes_enabled(self, enabled: bool, reason: str, *, takes_starts: bool = False) -> None:
        """Enables what changes the slot, or disables it with `reason` in the tooltips.

        Args:
            enabled: Whether the slot can be changed.
            reason: Why not.
            takes_starts: Whether pictures are for the next run's start.
        """
        for action in (self.reinitialise, self.pin):
            action.setEnabled(enabled)
            action.setToolTip(_TIPS[action.objectName()] if enabled else reason)
        for action in (self.paste, self.open):
            name = action.objectName()
            action.setEnabled(enabled or takes_starts)
            action.setText((_START_TEXTS if takes_starts else _TEXTS)[name])
            action.setToolTip(_START_TIP if takes_starts else _TIPS[name] if enabled else reason)

    def _add(self, name: str, text: str) -> QAction:
        action = QAction(text, self)
        action.setObjectName(name)
        action.setToolTip(_TIPS[name])
        self.addAction(action)
        return action
