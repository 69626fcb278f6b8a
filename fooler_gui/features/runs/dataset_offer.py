"""Offers to open the dataset that a recorded run was made with, or to locate it, where another one is in use."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QFileDialog, QMessageBox, QPushButton, QWidget

from fooler_gui.core import jobs
from fooler_gui.core.dataset_info import NO_DATASET, DatasetUse
from fooler_gui.core.path_text import path_of
from fooler_gui.records.run_folder import RunRecord
from fooler_gui.session.controller import Controller
from fooler_gui.session.model import SessionModel
from fooler_gui.widgets.mnemonics import give_mnemonics


class _Waiting(NamedTuple):
    """What waits for a run's dataset: what needs it, and what is called if it does not come."""

    record: RunRecord
    then: Callable[[], object]
    leave: Callable[[], object]


class DatasetOffer(QObject):
    """Asks which dataset a run needs to be opened with. Main thread only.

    Args:
        parent: Owner of its dialogs.
        model: The session's model.
        controller: Opens datasets.
    """

    def __init__(self, parent: QWidget, model: SessionModel, controller: Controller) -> None:
        super().__init__(parent)
        self._parent = parent
        self._model = model
        self._controller = controller
        self._waiting: _Waiting | None = None
        model.state_changed.connect(self._on_state_changed)

    def with_dataset(
        self, record: RunRecord, then: Callable[[], object], *, without: str = "", leave: Callable[[], object]
    ) -> None:
        """Calls `then` at once if the run's dataset is in use, or once it has been opened.

        Args:
            record: The run's; one of earlier versions, without a dataset, goes with any.
            then: What needs the dataset.
            without: What a button says that calls `then` with the dataset in use; "" for no such button.
            leave: Called instead of `then` if the person does not want it, or it cannot be opened.
        """
        dataset = self._model.dataset
        if dataset is None or record.dataset_sha256 in ("", dataset.sha256):
            then()
            return
        box = QMessageBox(self._parent)
        box.setObjectName("dataset_offer")
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle("Another dataset")
        box.setTextFormat(Qt.TextFormat.PlainText)
        role, waiting = QMessageBox.ButtonRole.AcceptRole, _Waiting(record, then, leave)
        if record.dataset_name == NO_DATASET:
            box.setText(f"The run was made without a dataset; {dataset.name} is in use.")
            self._offer(box, "Use none", role, partial(self._open, waiting, _classifier(record, DatasetUse.NONE)))
        else:
            box.setText(f"The run was made with the dataset {record.dataset_name}; {dataset.name} is in use.")
            box.setInformativeText(record.dataset_words)
            if record.dataset_path and path_of(record.dataset_path).exists():
                known = partial(self._open, waiting, _with(record, record.dataset_path))
                self._offer(box, f"Open {record.dataset_name}", role, known)
            self._offer(box, "Locate file…", role, partial(self._locate, waiting, folder=False))
            self._offer(box, "Locate folder…", role, partial(self._locate, waiting, folder=True))
        if without:
            self._offer(box, without, QMessageBox.ButtonRole.DestructiveRole, then)
        box.setEscapeButton(self._offer(box, "Cancel", QMessageBox.ButtonRole.RejectRole, leave))
        give_mnemonics(box.buttons())
        box.open()

    def _offer(
        self, box: QMessageBox, text: str, role: QMessageBox.ButtonRole, do: Callable[[], object]
    ) -> QPushButton:
        button = box.addButton(text, role)
        button.setObjectName(text.rstrip("…").lower().replace(" ", "_"))
        button.clicked.connect(lambda: do())
        return button

    def _locate(self, waiting: _Waiting, *, folder: bool) -> None:
        dialog = QFileDialog(self._parent, f"Locate {waiting.record.dataset_name}")
        dialog.setObjectName("locate_dataset")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.Directory if folder else QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda path: self._open(waiting, _with(waiting.record, path)))
        dialog.rejected.connect(lambda: waiting.leave())
        dialog.open()

    def _open(self, waiting: _Waiting, job: jobs.OpenDataset | jobs.OpenClassifier) -> None:
        if self._controller.open(job):
            self._waiting = waiting
        else:
            waiting.leave()

    @Slot()
    def _on_state_changed(self) -> None:
        if self._waiting is None or self._model.state.busy:
            return
        waiting, self._waiting = self._waiting, None
        dataset = self._model.dataset
        if dataset is not None and dataset.sha256 == waiting.record.dataset_sha256:
            waiting.then()
        else:
            waiting.leave()


def _with(record: RunRecord, path: str) -> jobs.OpenDataset:
    """Returns what opens the dataset at `path` and the run's classifier, if this is still there, for it."""
    is_there = path_of(record.spec.classifier).exists()
    return jobs.OpenDataset(
        path=path,
        largest_side=record.largest_side,
        sha256=record.dataset_sha256,
        classifier=_classifier(record, DatasetUse.REQUIRED) if is_there else None,
    )


def _classifier(record: RunRecord, dataset: DatasetUse) -> jobs.OpenClassifier:
    return jobs.OpenClassifier(
        path=record.spec.classifier,
        dataset=dataset,
        input_range=record.asked_range,
        output=record.asked_output,
        recorded_layers=tuple(record.spec.coefficients.layer_cost_coeffs) or None,
    )
