"""The dialog that asks how a run is exported, and shows what would be written."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QWidget

from fooler_gui.core.net_words import run_title
from fooler_gui.features.export.export_form import ExportForm
from fooler_gui.features.export.export_preview import ExportPreview
from fooler_gui.features.export.preview_drawer import Preview, PreviewDrawer, PreviewWish
from fooler_gui.widgets.action_button import ActionButton
from fooler_gui.widgets.debounce import Debounce
from fooler_gui.widgets.mnemonics import give_mnemonics
from fooler_gui.widgets.panel_layout import SPACING, STRETCH, column_of, fill, row_of
from fooler_gui.widgets.window_fit import resize_to_fit

_SIZE = QSize(960, 620)
_FORM_WIDTH = 320


class ExportDialog(QDialog):
    """The choices of an export beside a live preview. Main thread only.

    Args:
        drawer: Draws the previews of a source that was given to it.
        ending: The ending of the format that is chosen at first.
        parent: The window.

    Signals:
        file_requested: Ask where to write what is chosen.
    """

    file_requested = Signal()

    def __init__(self, drawer: PreviewDrawer, ending: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("export_dialog")
        self.setWindowTitle("Export")
        self._drawer = drawer
        self.form = ExportForm(ending, self)
        self.form.setFixedWidth(_FORM_WIDTH)
        self._preview = ExportPreview(self)
        self._changes = Debounce(self)
        buttons = QDialogButtonBox(self)
        self._choose = ActionButton(
            "Choose file…", "export_choose_file", "Asks where to write it, then writes it.", primary=True, parent=self
        )
        buttons.addButton(self._choose, QDialogButtonBox.ButtonRole.AcceptRole)
        self._choose.setDefault(True)
        buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        left = column_of(self.form, STRETCH)
        column_of(
            fill(row_of(left, fill(self._preview), gap=2 * SPACING)), buttons, on=self, gap=2 * SPACING,
            margins=2 * SPACING,
        )  # fmt: skip
        give_mnemonics(buttons.buttons())
        resize_to_fit(self, _SIZE)
        self._changes.value_changed.connect(self._ask)
        self.form.changed.connect(self._on_form_changed)
        self._preview.frame_requested.connect(self._ask)
        drawer.preview_changed.connect(self._on_preview_changed)
        buttons.accepted.connect(self.file_requested)
        buttons.rejected.connect(self.reject)
        self._wanted = self.form.form()
        self._ask()

    @Slot()
    def _on_form_changed(self) -> None:
        if self.form.form() is not self._wanted:
            self._wanted = self.form.form()
            self._preview.set_waiting()
        self._changes.submit(None)

    @Slot()
    def _ask(self) -> None:
        wish = PreviewWish(form=self._wanted, settings=self.form.settings(), frame=self._preview.frame())
        self._drawer.ask(wish)

    @Slot(object)
    def _on_preview_changed(self, preview: Preview) -> None:
        if preview.wish.form is not self._wanted:
            return
        self._preview.set_preview(preview)
        self._choose.setEnabled(not preview.problem)
        self.form.set_times(preview.seconds)
        shot = preview.shot
        if shot is not None:
            self.form.propose(run_title(shot.spec, shot.class_names), shot.save.images.shape[2:4])
