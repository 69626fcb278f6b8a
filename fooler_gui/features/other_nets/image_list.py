"""The list of images that nets are asked about: the run on screen, recorded runs, and files of others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QFileDialog, QWidget

from fooler_gui.core.class_words import short_name
from fooler_gui.widgets.action_button import ActionButton
from fooler_gui.widgets.number_fields import ChoiceBox
from fooler_gui.widgets.panel_layout import SPACING, column_of, fill, row_of
from fooler_gui.widgets.record_column import Column
from fooler_gui.widgets.record_table import RecordTable
from fooler_gui.widgets.shortcut_keys import keep_space
from fooler_gui.widgets.tooltips import paragraphs, set_disabled_because

RUN, FILE = "run", "file"
"""The kinds of further images: of a recorded run, or of a file or a folder of pictures."""

_FILTER = "Images (*.npz *.npy *ubyte *ubyte.gz *.idx);;All files (*)"
_EMPTY = "No further images."
_ROWS = 4
_FILE_TIP = (
    "Images of others: an .npz file with images, adv or x, and perhaps labels or y, as users of ART, Foolbox and "
    "CleverHans save them; an .npy or IDX file."
)


@dataclass(frozen=True, slots=True)
class Further:
    """Further images: `RUN` or `FILE`, and the run's folder or the file."""

    kind: str
    path: str

    @property
    def name(self) -> str:
        """The last part of its path."""
        return self.path.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]


class ImageList(QWidget):
    """Chooses images. Main thread only.

    Args:
        runs: The folder in which runs are recorded, where a run is looked for first.
        parent: Owner.

    Signals:
        changed: Other images are chosen.
    """

    changed = Signal()

    def __init__(self, runs: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runs = runs
        self._screen = QCheckBox(self)
        self._screen.setObjectName("ask_screen")
        self._screen.setChecked(True)
        keep_space(self._screen)
        self._which = ChoiceBox(self)
        self._which.setObjectName("ask_which")
        self._which.setAccessibleName("Which images of a run")
        self._which.setToolTip(paragraphs("Of a run only the images over its threshold, or every image."))
        self._which.addItems(["found images", "all images"])
        self._table: RecordTable[Further] = RecordTable(
            "ask_table", "Further images", _columns(), lambda further: further, empty=_EMPTY, several=True, parent=self
        )
        make = self._make_button
        self._add_run = make("Add run…", "ask_add_run", "Adds the last images of a recorded run.", "add")
        self._add_file = make("Add file…", "ask_add_file", _FILE_TIP, "add")
        pictures = "Adds a folder of pictures, perhaps with a folder for each class."
        self._add_folder = make("Add pictures…", "ask_add_folder", pictures, "add")
        self._remove = make("Remove", "ask_remove", "Leaves the selected images out; they stay on disk.", "remove")
        line = self._table.verticalHeader().defaultSectionSize()
        self._table.setFixedHeight(self._table.horizontalHeader().sizeHint().height() + _ROWS * line + SPACING)
        column_of(
            row_of(fill(self._screen), self._which),
            self._table,
            row_of(fill(self._add_run), fill(self._add_file)),
            row_of(fill(self._add_folder), fill(self._remove)),
            on=self,
        )
        self._connect()
        self.set_screen(0, 0)
        self._enable_controls()

    def found_only(self) -> bool:
        """Returns whether only the found images of runs are meant."""
        return self._which.currentIndex() == 0

    def set_found_only(self, found_only: bool) -> None:
        """Sets whether only the found images of runs are meant."""
        self._which.setCurrentIndex(0 if found_only else 1)

    def asks_about_screen(self) -> bool:
        """Returns whether the run on screen is meant, and there is one."""
        return self._screen.isEnabled() and self._screen.isChecked()

    def ask_about_screen(self) -> None:
        """Chooses the run on screen."""
        self._screen.setChecked(True)

    def set_screen(self, found: int, images: int) -> None:
        """Shows how many images are on screen, 0 if there is no run, and how many of them are found images."""
        self._screen.setText(f"On screen ({found:,} found of {images:,})" if images else "On screen (none)")
        set_disabled_because(self._screen, "" if images else "There is no run on screen.")
        self.changed.emit()

    def further(self) -> tuple[Further, ...]:
        """Returns the further images, in order."""
        return self._table.records()

    def add(self, further: Iterable[Further]) -> None:
        """Adds further images."""
        self._table.put(further)
        self.changed.emit()

    def _make_button(self, text: str, name: str, tip: str, icon_name: str) -> ActionButton:
        return ActionButton(text, name, tip, icon_name=icon_name, parent=self)

    def _connect(self) -> None:
        self._screen.toggled.connect(lambda _checked: self.changed.emit())
        self._which.currentIndexChanged.connect(lambda _index: self.changed.emit())
        self._add_run.clicked.connect(lambda: self._on_add_folder(RUN, "Add the images of a run", self._runs))
        self._add_folder.clicked.connect(lambda: self._on_add_folder(FILE, "Add a folder of pictures", self._last()))
        self._add_file.clicked.connect(self._on_add_file)
        self._remove.clicked.connect(self._on_remove)
        self._table.delete_requested.connect(self._remove.click)
        self._table.selection_changed.connect(self._enable_controls)

    def _last(self) -> str:
        files = [further.path for further in self.further() if further.kind == FILE]
        return str(Path(files[-1]).parent) if files else ""

    def _on_add_folder(self, kind: str, title: str, beginning: str) -> None:
        folder = QFileDialog.getExistingDirectory(self, title, beginning)
        if folder:
            self.add([Further(kind, folder)])

    def _on_add_file(self) -> None:
        paths, _ = QFileDialog.getOpenFileNames(self, "Add images of others", self._last(), _FILTER)
        self.add(Further(FILE, path) for path in paths)

    def _on_remove(self) -> None:
        self._table.remove(self._table.selected())
        self.changed.emit()

    def _enable_controls(self) -> None:
        set_disabled_because(self._remove, "" if self._table.selected() else "Select images first.")


def _columns() -> tuple[Column[Further], ...]:
    return (
        Column(
            words="Further images",
            tip="Recorded runs, and files or folders of pictures.",
            text=lambda further: short_name(further.name),
            of_words=True,
            widest="0" * 8,
            share=1,
            cell_tip=lambda further: paragraphs(further.path),
        ),
        Column(
            words="Kind",
            tip="Whether they are of a run or of a file.",
            text=lambda further: further.kind,
            of_words=True,
            widest="file",
        ),
    )
