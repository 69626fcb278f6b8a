"""Binds the page of a guarantee to the session's model."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from fooler_gui.core.guarantee import GuaranteeSettings
from fooler_gui.core.lab_state import LabState
from fooler_gui.features.guarantee.guarantee import GuaranteePage
from fooler_gui.session.controller import Controller
from fooler_gui.session.model import SessionModel, bind
from fooler_gui.session.user_settings import UserSettings


def make_page(owner: QWidget, model: SessionModel, controller: Controller, memory: UserSettings) -> GuaranteePage:
    """Returns the page with its remembered settings."""
    page = GuaranteePage(owner)
    page.set_settings(memory.settings("guarantee", GuaranteeSettings))
    GuaranteeBinding(page, model, controller)
    return page


def remember(page: GuaranteePage, memory: UserSettings) -> None:
    """Saves the settings of `page` in `memory`."""
    memory.set_table("guarantee", page.settings().to_dict())


class GuaranteeBinding(QObject):
    """Shows the classifier with a guarantee that was made last, and requests others.

    Args:
        page: Owner; shows it.
        model: The session's model.
        controller: Makes them, and puts them in use.
    """

    def __init__(self, page: GuaranteePage, model: SessionModel, controller: Controller) -> None:
        super().__init__(page)
        self._page = page
        self._model = model
        page.make_requested.connect(controller.make_guarantee)
        page.stop_requested.connect(controller.stop)
        page.use_requested.connect(controller.open_classifier)
        bind(
            self.synchronise, model.state_changed, model.working_changed, model.classifier_changed,
            model.dataset_changed, model.guarantee_changed,
        )  # fmt: skip

    @Slot()
    def synchronise(self) -> None:
        """Shows the classifier in use, the state of the work and what it made."""
        model, page = self._model, self._page
        page.set_classifier(model.classifier)
        if model.guarantee is not None and model.guarantee is not page.made():
            page.show_made(model.guarantee)
        page.set_state(model.state, lacks_dataset=model.lacks_dataset)
        if model.working is not None and model.state is LabState.GUARANTEE:
            page.set_working(model.working)
