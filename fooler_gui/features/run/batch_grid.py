"""The grid in the window's centre: the images of the batch, and everything that can be done to one of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QPoint, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
)
from PySide6.QtWidgets import QFileDialog, QToolTip, QWidget

from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.done_words import measure_of, measure_text, measured, over_what
from fooler_gui.core.net_words import by_net_sentence
from fooler_gui.core.save import Save
from fooler_gui.features.run.batch_table import BatchTable
from fooler_gui.features.run.slot_menu import SlotMenu
from fooler_gui.widgets.grid_stage import NO_IMAGES, GridStage
from fooler_gui.widgets.reinitialised_highlights import Slot
from fooler_gui.widgets.slot_images import (
    ImageRefusedError,
    Shape,
    file_filter,
    image_from_array,
    image_from_file,
    image_from_mime,
    is_drawing,
)

_TIP = (
    "Each square is one image of the batch, with the probability of its label. Click or use the arrow keys to select "
    "one; double-click or press Enter to inspect it; right-click or press the Menu key for its menu."
)
_PASTED, _DROPPED = "pasted picture", "dropped picture"
KEYS = (
    ("Arrow keys, Home, End", "Select an image"),
    ("Enter", "Inspect the selected image"),
    ("Menu or Shift+F10", "Open the menu of the selected image"),
    ("Ctrl+C", "Copy the selected image"),
    ("Ctrl+V", "Put a copied picture in its place, during a run"),
)
"""The keys of the grid, and what they do."""
_NO_CHANGES = "A slot can be changed during a run. Press Space to start."


class BatchGrid(GridStage):
    """Shows the slots of a save, selects one, and requests changes to it.

    Main thread only. A slot is named by its label and its number, from 0, among that label's slots.

    Args:
        parent: Owner.
        clock: A monotonic clock, in seconds.

    Signals:
        selection_changed: (int, int) The label and slot that the user selected.
        inspect_requested: (int, int) Inspect this label and slot.
        reinitialise_requested: (int, int) Reinitialise this label and slot.
        pin_requested: (int, int, bool) Label and slot, and whether to pin it.
        image_requested: (int, int, object) Label and slot, and its new image: (H, W, C) float32 in [0, 1].
        start_requested: (object, str) A picture was given while no run is in progress: a function that makes it for a
            shape, and its name. It is meant to be what the next run starts from.
        refusal_changed: (str) Why an image was refused, in one sentence.
    """

    selection_changed = Signal(int, int)
    inspect_requested = Signal(int, int)
    reinitialise_requested = Signal(int, int)
    pin_requested = Signal(int, int, bool)
    image_requested = Signal(int, int, object)
    start_requested = Signal(object, str)
    refusal_changed = Signal(str)

    def __init__(self, parent: QWidget | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(parent, clock)
        self._changes_enabled, self._reason = False, _NO_CHANGES
        self._takes_starts = False
        self._nets: tuple[str, ...] = ()
        self.setObjectName("batch_grid")
        self.setAccessibleName("Images of the batch")
        self.setToolTip(_TIP)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAcceptDrops(True)
        self._table = BatchTable(self.viewport(), self)
        self._table.slot_selected.connect(lambda label, slot: self._select((label, slot)))
        self._menu = SlotMenu(self)
        self._menu.set_changes_enabled(self._changes_enabled, self._reason)
        self._describe_selection()

        self._menu.inspect_requested.connect(lambda: self._for_selected(self.inspect_requested.emit))
        self._menu.reinitialise_requested.connect(lambda: self._for_selected(self.reinitialise_requested.emit))
        self._menu.pin_requested.connect(lambda pin: self._for_selected(self.pin_requested.emit, pin))
        self._menu.copy_requested.connect(lambda: self._for_selected(self.copy_image))
        self._menu.paste_requested.connect(lambda: self._for_selected(self.paste_image))
        self._menu.open_requested.connect(lambda: self._for_selected(self._ask_for_file))

    def show_save(self, save: Save) -> None:
        """Shows `save`, and highlights the slots reinitialised at it."""
        super().show_save(save)
        if self._selected is not None and self._selected not in self._slots():
            self._selected = None
            self.redraw_overlay()

    def clear(self, message: str = NO_IMAGES) -> None:
        """Shows `message`, which says what to do, in place of images."""
        super().clear(message)
        self._menu.close()

    def set_net_names(self, names: Sequence[str]) -> None:
        """Sets the names of the nets that the images are driven to fool."""
        self._nets = tuple(names)

    def set_slot_actions_enabled(self, enabled: bool, reason: str = _NO_CHANGES, *, takes_starts: bool = False) -> None:
        """Enables changes of slots, or disables them with `reason` in the tooltips.

        Args:
            enabled: Whether slots can be changed.
            reason: Why not.
            takes_starts: Whether pictures are meant for the next run's start, as no run is in progress.
        """
        self._changes_enabled, self._reason, self._takes_starts = enabled, reason, takes_starts
        self._menu.set_changes_enabled(enabled, reason, takes_starts=takes_starts)

    def selected(self) -> Slot | None:
        """Returns (label, slot) of the selected slot, or None."""
        return self._selected

    def set_selected(self, label: int, slot: int) -> None:
        """Selects a slot if it is shown, and scrolls to it."""
        if (label, slot) in self._slots():
            self._selected = (label, slot)
            self._scroll_to(label, slot)
            self.redraw_overlay()

    def describe(self, label: int, slot: int) -> str:
        """Returns a sentence that describes a slot; "" if it is not shown."""
        save = self._save
        if save is None or (label, slot) not in self._slots():
            return ""
        place = save.labels.index(label), slot
        done = f", over {over_what(save)}" if save.done[place] else ""
        pinned = ", pinned" if save.pinned[place] else ""
        sentence = (
            f"Label {self.class_name(label)}, slot {slot + 1} of {save.images.shape[1]}: "
            f"{measure_of(save)} {measure_text(save, float(measured(save)[place]))}{done}, "
            f"reinitialised {int(save.reinitialisations[place])} ×{pinned}."
        )
        return " ".join(filter(None, (sentence, by_net_sentence(self._nets, save, place))))

    def copy_image(self, label: int, slot: int) -> None:
        """Copies the image of a slot, in its own size, to the clipboard."""
        if self._save is not None:
            image = self._save.images[self._save.labels.index(label), slot]
            QGuiApplication.clipboard().setImage(image_from_array(image))

    def paste_image(self, label: int, slot: int) -> None:
        """Requests that the clipboard's picture be put into a slot, or at rest become the next run's start."""
        self._give(label, slot, _pasted, _PASTED)

    def open_image(self, label: int, slot: int, path: str) -> None:
        """Requests that the picture in the file `path` be put into a slot, or at rest become the next run's start."""
        self._give(label, slot, lambda shape: image_from_file(path, shape), Path(path).stem)

    def redraw_overlay(self) -> None:
        """Redraws captions and outlines at the next paint event, and updates what screen readers are told."""
        super().redraw_overlay()
        self._table.follow(self._save, self._layout, self._names, self.mosaic_rect(), self.devicePixelRatioF())
        self._table.select(self._selected)
        self._describe_selection()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Selects the slot under the mouse."""
        slot = self.slot_at(event.position().toPoint())
        if slot is not None:
            self._select(slot)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Ends a click."""
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Requests an inspection of the slot under the mouse."""
        if self.slot_at(event.position().toPoint()) is not None:
            self._for_selected(self.inspect_requested.emit)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Selects by arrow keys, Home and End; inspects by Enter; opens the menu; copies and pastes."""
        menu_key = event.key() == Qt.Key.Key_Menu or (
            event.key() == Qt.Key.Key_F10 and event.modifiers() == Qt.KeyboardModifier.ShiftModifier
        )
        if menu_key:
            self._open_menu_at_selection()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._for_selected(self.inspect_requested.emit)
        elif event.matches(QKeySequence.StandardKey.Copy):
            self._for_selected(self.copy_image)
        elif event.matches(QKeySequence.StandardKey.Paste):
            if self._takes_starts:
                self.start_requested.emit(_pasted, _PASTED)
            else:
                self._for_selected(self.paste_image)
        elif (target := self._target_of(Qt.Key(event.key()))) is not None:
            self._select(target)
        else:
            event.ignore()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Opens the menu of the slot under the mouse, or of the selected one."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self._open_menu_at_selection()
        elif (slot := self.slot_at(event.pos())) is not None:
            self._select(slot)
            self._open_menu(event.globalPos())

    def viewportEvent(self, event: QEvent) -> bool:
        """Shows the tooltip of the slot under the mouse."""
        if isinstance(event, QHelpEvent) and (slot := self.slot_at(event.pos())) is not None:
            QToolTip.showText(event.globalPos(), self.describe(*slot), self.viewport())
            return True
        return super().viewportEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accepts what may be a picture; files at rest and vector drawings are left to the window."""
        if self._takes_starts:
            data = event.mimeData()
            event.setAccepted(data.hasImage() and not any(url.isLocalFile() for url in data.urls()))
        elif self._save is not None and _may_be_picture(event.mimeData()):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Accepts it only over a slot, unless it is for the next run."""
        event.setAccepted(self._takes_starts or self.slot_at(event.position().toPoint()) is not None)

    def dropEvent(self, event: QDropEvent) -> None:
        """Requests that a dropped picture be put into the slot, or become the next run's start."""
        slot, data = self.slot_at(event.position().toPoint()), event.mimeData()
        if self._takes_starts:
            event.acceptProposedAction()
            self.start_requested.emit(lambda shape: image_from_mime(data, shape), _DROPPED)
            return
        if slot is None:
            return
        event.acceptProposedAction()
        self._select(slot)
        self._give(*slot, lambda shape: image_from_mime(data, shape), _DROPPED)

    def _select(self, slot: Slot) -> None:
        if slot != self._selected:
            self.set_selected(*slot)
            self.selection_changed.emit(*slot)

    def _target_of(self, key: Qt.Key) -> Slot | None:
        """Returns the slot that `key` selects, or None for other keys."""
        slots = self._slots()
        if not slots or self._layout is None:
            return None
        ends = {Qt.Key.Key_Home: slots[0], Qt.Key.Key_End: slots[-1]}
        moves = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}
        if key in ends:
            return ends[key]
        if key not in moves:
            return None
        if self._selected is None:
            return slots[0]
        across, down = moves[key]
        index = slots.index(self._selected)
        if across:
            return slots[max(0, min(index + across, len(slots) - 1))]
        group, slot = divmod(index, self._layout.slots)
        x, y, width, height = self._layout.cell_box(group, slot)
        found = self._layout.slot_at(x + width // 2, y + height // 2 + down * height)
        return self._selected if found is None else slots[found[0] * self._layout.slots + found[1]]

    def _for_selected(self, act: Callable[..., object], *arguments: object) -> None:
        if self._selected is not None and self._save is not None:
            act(*self._selected, *arguments)

    def _give(self, label: int, slot: int, make: Callable[[Shape], FloatArray], name: str) -> None:
        """Emits the image that `make` returns for the shape, or why it was refused; at rest it is a start."""
        if self._takes_starts:
            self.start_requested.emit(make, name)
            return
        if self._save is None:
            return
        if not self._changes_enabled:
            self.refusal_changed.emit(self._reason)
            return
        height, width, channels = self._save.images.shape[2:]
        try:
            image = make((height, width, channels))
        except ImageRefusedError as refusal:
            self.refusal_changed.emit(str(refusal))
        else:
            self.image_requested.emit(label, slot, image)

    def _ask_for_file(self, label: int, slot: int) -> None:
        dialog = QFileDialog(self, "Open an image", "", file_filter())
        dialog.setObjectName("open_slot_image_dialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: self.open_image(label, slot, path))
        dialog.open()

    def _open_menu_at_selection(self) -> None:
        if self._selected is not None and not self._menu.isVisible():
            self._scroll_to(*self._selected)
            self._open_menu(self.viewport().mapToGlobal(self.image_rect(*self._selected).center()))

    def _open_menu(self, position: QPoint) -> None:
        if self._selected is not None and self._save is not None:
            label, slot = self._selected
            self._menu.set_pinned(bool(self._save.pinned[self._save.labels.index(label), slot]))
            self._menu.popup(position)

    def _describe_selection(self) -> None:
        text = self.describe(*self._selected) if self._selected is not None else "No slot is selected."
        if text != self.accessibleDescription():
            self.setAccessibleDescription(text)


def _pasted(shape: Shape) -> FloatArray:
    return image_from_mime(QGuiApplication.clipboard().mimeData(), shape)


def _may_be_picture(data: QMimeData) -> bool:
    return data.hasImage() or any(url.isLocalFile() and not is_drawing(url.toLocalFile()) for url in data.urls())
