"""Shows beside the grid how far the selected image is from what it started from."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from fooler_gui.features.run.starts.change_strip import ChangeStrip
from fooler_gui.session.model import SessionModel, bind


class ChangeBinding(QObject):
    """Shows the change of the selected image, or of the first, if the run on screen started from images of something.

    Args:
        parent: Owner.
        model: The session's model.
        strip: Shows it; hidden for other runs.
    """

    def __init__(self, parent: QWidget, model: SessionModel, strip: ChangeStrip) -> None:
        super().__init__(parent)
        self._model = model
        self._strip = strip
        bind(
            self.synchronise, model.run_changed, model.saves_changed, model.cursor_changed, model.selection_changed
        )  # fmt: skip

    @Slot()
    def synchronise(self) -> None:
        """Shows the change in the save on screen."""
        run, save = self._model.run, self._model.shown
        first = None if run is None else run.first
        is_shown = run is not None and run.spec.starts_from_images and save is not None and first is not None
        self._strip.setVisible(is_shown)
        if run is not None and save is not None and first is not None and is_shown:
            label, slot = run.looked_at(save)
            place = save.labels.index(label), slot
            self._strip.show_change(
                first.images[place], save.images[place], reinitialised=bool(save.reinitialisations[place])
            )
