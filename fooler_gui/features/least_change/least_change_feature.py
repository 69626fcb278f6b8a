"""Binds the page of least change to the session's model, and serves its exports."""

from __future__ import annotations

import json
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from fooler_gui.core.lab_state import LabState
from fooler_gui.core.messages import LeastChangeFound
from fooler_gui.exports.least_change import WRITERS
from fooler_gui.features.least_change.least_change import LeastChangePage
from fooler_gui.session.controller import Controller
from fooler_gui.session.model import SessionModel, bind
from fooler_gui.session.user_settings import UserSettings
from fooler_gui.widgets.page_exports import Export, PageExports, text_export


def make_page(owner: QWidget, model: SessionModel, controller: Controller, memory: UserSettings) -> LeastChangePage:
    """Returns the page with its remembered settings."""
    page = LeastChangePage(owner)
    page.set_settings(memory.table("least_change"))
    binding = LeastChangeBinding(page, model, controller)
    PageExports(page, page.export_requested, _exports(binding), model.tell_done, model.refuse)
    return page


def remember(page: LeastChangePage, memory: UserSettings) -> None:
    """Saves the settings of `page` in `memory`."""
    memory.set_table("least_change", page.settings())


class LeastChangeBinding(QObject):
    """Shows what was found last, and requests searches.

    Args:
        page: Owner; shows it.
        model: The session's model.
        controller: Searches.

    Attributes:
        class_names: The names of all classes, as they were for what is on screen.
    """

    def __init__(self, page: LeastChangePage, model: SessionModel, controller: Controller) -> None:
        super().__init__(page)
        self._page = page
        self._model = model
        self.class_names: tuple[str, ...] = ()
        page.search_requested.connect(controller.find_least_change)
        page.stop_requested.connect(controller.stop)
        bind(
            self.synchronise, model.state_changed, model.working_changed, model.classifier_changed,
            model.dataset_changed, model.least_change_changed,
        )  # fmt: skip

    @Slot()
    def synchronise(self) -> None:
        """Shows the classes, the state of the search and what it found."""
        model, page = self._model, self._page
        if model.classifier is not None:
            page.set_classes(model.classifier.label_names, () if model.dataset is None else model.dataset.test)
            if model.least_change is not None and model.least_change is not page.found():
                self.class_names = model.classifier.class_names
                page.show_found(model.least_change, self.class_names)
        page.set_state(model.state, lacks_dataset=model.lacks_dataset)
        if model.working is not None and model.state is LabState.LEAST_CHANGE:
            page.set_working(model.working)

    def found(self) -> LeastChangeFound:
        """Returns what is on screen; nothing is exported before there is something."""
        found = self._page.found()
        assert found is not None
        return found


def _exports(binding: LeastChangeBinding) -> dict[str, Export]:
    def export(ending: str) -> Export:
        def write(path: Path) -> None:
            WRITERS[ending](binding.found(), binding.class_names, path)

        return Export(f"least-change{ending}", write)

    return {
        "picture": export(".png"),
        "arrays": export(".npz"),
        "table": export(".csv"),
        "report": text_export(
            "least-change.json",
            lambda: json.dumps(binding.found().report.to_dict(), allow_nan=False, indent=2) + "\n",
        ),
    }
