"""The menu that opens a dataset: from a file or folder, a recent one, one that Keras downloads, or none."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from fooler_gui.core.downloads import DOWNLOADS
from fooler_gui.core.formats import format_bytes
from fooler_gui.widgets.recent_menu import add_recent
from fooler_gui.widgets.tooltips import REASON

_FILES = (
    "Datasets (*.npz *.csv *.tes *.tra *.data *.bin *.gz *ubyte *.idx)",
    "All files (*)",
)


class DatasetMenu(QMenu):
    """Offers datasets. Main thread only.

    Signals:
        open_requested: (str) The file or folder of a dataset; "" for the bundled one.
        get_requested: (str) The name of a dataset to download, a key of `DOWNLOADS`.
        leave_requested: Use the classifier without a dataset.
    """

    open_requested = Signal(str)
    get_requested = Signal(str)
    leave_requested = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__("Dataset", parent)
        self.setObjectName("dataset_menu")
        self.setToolTipsVisible(True)
        self._add("Open file…", "open_dataset_file", "An NPZ, IDX, CSV or CIFAR file").triggered.connect(self.ask_file)
        folder = self._add("Open folder…", "open_dataset_folder", "Pictures in a folder for each class, or data files")
        folder.triggered.connect(self.ask_folder)
        self._recent = self.addMenu("Recent")
        self._recent.setObjectName("recent_datasets")
        self.addSeparator()
        bundled = self._add("MNIST", "open_bundled_dataset", "The handwritten digits that come with the program")
        bundled.triggered.connect(lambda: self.open_requested.emit(""))
        for download in DOWNLOADS.values():
            words = f"Get {download.title} ({format_bytes(download.bytes)})"
            tip = f"Downloads {download.title} through Keras, and keeps it in your data folder"
            get = self._add(words, f"get_{download.name}", tip)
            get.triggered.connect(lambda _checked, name=download.name: self.get_requested.emit(name))
        self.addSeparator()
        self._leave = self._add("No dataset", "leave_dataset", "Uses the classifier in use without a dataset")
        self._leave.triggered.connect(self.leave_requested)

    def set_recent(self, paths: Sequence[str]) -> None:
        """Offers the datasets at `paths`, newest first."""
        self._recent.clear()
        add_recent(self._recent, paths, self.open_requested.emit)
        self._recent.setEnabled(bool(paths))

    def set_disabled_because(self, reason: str, *, can_leave: bool) -> None:
        """Disables every entry if there is a `reason`; that for no dataset also unless it `can_leave`."""
        for action in self.actions():
            action.setEnabled(not reason)
            action.setProperty(REASON, reason)
        self._recent.setEnabled(not reason and not self._recent.isEmpty())
        self._leave.setEnabled(not reason and can_leave)

    def ask_file(self) -> None:
        """Asks for the file of a dataset."""
        self._ask(QFileDialog.FileMode.ExistingFile)

    def ask_folder(self) -> None:
        """Asks for the folder of a dataset."""
        self._ask(QFileDialog.FileMode.Directory)

    def _ask(self, mode: QFileDialog.FileMode) -> None:
        dialog = QFileDialog(self.parentWidget(), "Open a dataset")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if mode is QFileDialog.FileMode.ExistingFile:
            dialog.setNameFilters(_FILES)
        dialog.setFileMode(mode)
        dialog.fileSelected.connect(self.open_requested)
        dialog.open()

    def _add(self, text: str, name: str, tip: str) -> QAction:
        action = self.addAction(text)
        action.setObjectName(f"{name}_action")
        action.setToolTip(tip)
        return action
