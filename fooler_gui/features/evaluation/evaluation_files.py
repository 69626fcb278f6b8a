"""The user's files of further sets: those with published figures, and any others."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QLabel, QSizePolicy, QWidget

from fooler_gui.core.evaluation_report import FILE_SETS, FOUND, TEST, made_sets, set_info
from fooler_gui.features.evaluation.evaluation_words import NOT_LOADED
from fooler_gui.widgets.action_button import ActionButton
from fooler_gui.widgets.icon_button import IconButton
from fooler_gui.widgets.panel_layout import SPACING, QuietLabel, at, column_of, fill, row_of
from fooler_gui.widgets.shortcut_keys import keep_space
from fooler_gui.widgets.tooltips import paragraphs, set_disabled_because

FILTER = "Images (*.npz *.npy *ubyte *ubyte.gz *.idx);;All files (*)"
_NAME_WIDTH = 150
_FILE_TIP = (
    "An .npz file with an array “images”, an .npy file, or an IDX file, the format of MNIST and its successors. The "
    "transposed images in IDX files of EMNIST are turned upright."
)


class EvaluationFiles(QWidget):
    """A row for each set with published figures, and for each other file. Main thread only.

    Signals:
        changed: A file was opened or removed.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._paths: dict[str, str] = {}
        self._rows: dict[str, _Row] = {}
        self._add = ActionButton(
            "Add another set…",
            "add_set",
            f"Evaluates any images in a file. {_FILE_TIP}",
            icon_name="add",
            parent=self,
        )
        self._layout = column_of(at(Qt.AlignmentFlag.AlignLeft, self._add), on=self, gap=SPACING // 2)
        self._show()

        self._add.clicked.connect(self._on_add_clicked)

    def files(self) -> tuple[tuple[str, str], ...]:
        """Returns (name, path) of every set that has a file, in row order."""
        return tuple((name, self._paths[name]) for name in self._rows if name in self._paths)

    def set_files(self, files: Iterable[tuple[str, str]]) -> None:
        """Shows `files`, (name, path) each, and no others."""
        self._paths = dict(files)
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        names = tuple(dict.fromkeys((*FILE_SETS, *self._paths)))
        for name in [name for name in self._rows if name not in names]:
            row = self._rows.pop(name)
            self._layout.removeWidget(row)
            row.hide()
            row.deleteLater()
        for place, name in enumerate(names):
            if name not in self._rows:
                self._rows[name] = self._make_row(name)
                self._layout.insertWidget(place, self._rows[name])
            self._rows[name].set_path(self._paths.get(name, ""))

    def _make_row(self, name: str) -> _Row:
        row = _Row(name, self)
        row.open_requested.connect(lambda: self._on_open_clicked(name))
        row.remove_requested.connect(lambda: self._on_remove_clicked(name))
        return row

    def _on_open_clicked(self, name: str) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self, f"Open {set_info(name).title}", self._folder(self._paths.get(name)), FILTER
        )
        if path:
            self.set_files((*self.files(), (name, path)))

    def _on_remove_clicked(self, name: str) -> None:
        self.set_files(file for file in self.files() if file[0] != name)

    def _on_add_clicked(self) -> None:
        paths, _ = QFileDialog.getOpenFileNames(self, "Add sets", self._folder(None), FILTER)
        if paths:
            added = dict(self.files())
            for path in paths:
                added[_free_name(Path(path).name.split(".")[0], added)] = path
            self.set_files(added.items())

    def _folder(self, path: str | None) -> str:
        """Returns the folder of the set's own file, or of the one opened last."""
        path = path or next(reversed(self._paths.values()), "")
        return str(Path(path).parent) if path else ""


class _Row(QWidget):
    """A set with the name of its file, and buttons to open and remove it.

    Signals:
        open_requested: Choose a file.
        remove_requested: Remove the file.
    """

    open_requested = Signal()
    remove_requested = Signal()

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        info = set_info(name)
        title = QLabel(self.fontMetrics().elidedText(info.title, Qt.TextElideMode.ElideRight, _NAME_WIDTH), self)
        title.setToolTip(paragraphs(info.title if name not in FILE_SETS else info.tip))
        title.setTextFormat(Qt.TextFormat.PlainText)
        self._state = QuietLabel("", self)
        self._state.setObjectName(f"file_{name}")
        self._state.setWordWrap(False)
        self._state.setTextFormat(Qt.TextFormat.PlainText)
        self._state.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._open = ActionButton("Open…", f"open_{name}", f"Chooses the file of this set. {_FILE_TIP}", parent=self)
        self._open.setAccessibleName(f"Open {info.title}")
        self._open.setVisible(name in FILE_SETS)
        self._remove = IconButton("remove", self)
        self._remove.setObjectName(f"remove_{name}")
        self._remove.setAccessibleName(f"Remove {info.title}")
        self._remove.setToolTip(paragraphs("Leaves this set out of the next evaluation; the file is kept."))
        keep_space(self._remove)
        row_of(fill(column_of(title, self._state, gap=0)), self._open, self._remove, on=self, gap=SPACING // 2)

        self._open.clicked.connect(self.open_requested)
        self._remove.clicked.connect(self.remove_requested)

    def set_path(self, path: str) -> None:
        name = Path(path).name
        elided = self._state.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, _NAME_WIDTH)
        self._state.setText(elided if path else NOT_LOADED)
        self._state.setToolTip(paragraphs(path))
        set_disabled_because(self._remove, "" if path else "This set has no file.")


def _free_name(name: str, taken: Iterable[str]) -> str:
    """Returns `name`, followed by a number if it is already taken."""
    used = {TEST, *made_sets(), FOUND, *FILE_SETS, *taken}
    numbered = (f"{name} ({number})" for number in range(2, len(used) + 3))
    return name if name not in used else next(free for free in numbered if free not in used)
