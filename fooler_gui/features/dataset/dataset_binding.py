"""Binds the dataset's box and menu to the session's model."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from fooler_gui.core import jobs
from fooler_gui.core.lab_state import why_not_now
from fooler_gui.core.published import MNIST_SHA256
from fooler_gui.features.dataset.dataset_box import DatasetBox
from fooler_gui.features.dataset.dataset_menu import DatasetMenu
from fooler_gui.resources import bundled_classifier
from fooler_gui.session.controller import Controller
from fooler_gui.session.model import SessionModel, bind
from fooler_gui.session.recent_paths import RecentPaths


class DatasetBinding(QObject):
    """Shows the dataset in use, and requests others.

    Args:
        parent: Owner.
        model: The session's model.
        controller: Opens and gets datasets.
        box: Shows the one in use.
        menu: Offers others.
        recent: The datasets opened recently.
    """

    def __init__(
        self,
        parent: QWidget,
        model: SessionModel,
        controller: Controller,
        box: DatasetBox,
        menu: DatasetMenu,
        recent: RecentPaths,
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._controller = controller
        self._box = box
        self._menu = menu
        self._recent = recent
        menu.open_requested.connect(self.open)
        menu.get_requested.connect(controller.get_dataset)
        menu.leave_requested.connect(controller.leave_dataset)
        bind(self._show_dataset, model.dataset_changed)
        bind(self._enable, model.state_changed, model.dataset_changed, model.classifier_changed)

    @Slot(str)
    def open(self, path: str) -> None:
        """Opens the dataset at `path`, or for "" the bundled one with its classifier; or says why not now."""
        reason = why_not_now(self._model.state, needs_classifier=False)
        if reason:
            self._model.report(reason)
        else:
            bundled = None if path else jobs.OpenClassifier(path=str(bundled_classifier()))
            self._controller.open(jobs.OpenDataset(path=path, classifier=bundled))

    @Slot()
    def _show_dataset(self) -> None:
        dataset = self._model.dataset
        if dataset is not None:
            if dataset.path and dataset.sha256 != MNIST_SHA256:
                self._recent.add(dataset.path)
            self._box.set_dataset(dataset, self._model.examples)
        self._menu.set_recent(self._recent.paths())

    @Slot()
    def _enable(self) -> None:
        reason = why_not_now(self._model.state, needs_classifier=False)
        dataset = self._model.dataset
        can_leave = self._model.classifier is not None and dataset is not None and dataset.has_images
        self._box.set_disabled_because(reason)
        self._menu.set_disabled_because(reason, can_leave=can_leave)
