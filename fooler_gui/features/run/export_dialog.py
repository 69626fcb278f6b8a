"""Asks for the options of a picture of the grid."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QDialog, QDialogButtonBox, QFormLayout, QWidget

from fooler_gui.widgets.mnemonics import give_mnemonics
from fooler_gui.widgets.number_fields import WholeSpinBox


class ExportDialog(QDialog):
    """Scale and captions of a picture. Main thread only.

    Args:
        scale: The first one shown.
        parent: The window.
    """

    def __init__(self, scale: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("export_dialog")
        self.setWindowTitle("Export the grid")
        self._scale = WholeSpinBox(1, 16, self)
        self._scale.setObjectName("export_scale")
        self._scale.setAccessibleName("Scale")
        self._scale.setToolTip("Side length of an image's pixel, in pixels of the picture. From 1 to 16.")
        self._scale.setValue(scale)
        self._scale.setSuffix(" ×")
        self._captions = QCheckBox("Probability under each image", self)
        self._captions.setObjectName("export_captions")
        self._captions.setAccessibleName("Probability under each image")
        self._captions.setToolTip("Off: the picture contains only the images.")
        self._captions.setChecked(True)
        buttons = QDialogButtonBox(self)
        choose = buttons.addButton("Choose file…", QDialogButtonBox.ButtonRole.AcceptRole)
        choose.setDefault(True)
        buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        form = QFormLayout(self)
        form.setContentsMargins(16, 16, 16, 16)
        form.setSpacing(8)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignRight)
        form.addRow("&Scale", self._scale)
        form.addRow("", self._captions)
        form.addRow(buttons)
        give_mnemonics([self._captions, *buttons.buttons()])

        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)

    def scale(self) -> int:
        """Returns the side length of an image's pixel."""
        return self._scale.value()

    def captions(self) -> bool:
        """Returns whether probabilities are written under the images."""
        return self._captions.isChecked()
