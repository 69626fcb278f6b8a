"""Binds the page of rounds to the session's model, and serves its exports."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from fooler_gui.core.rounds_csv import figures_csv, scores_csv
from fooler_gui.core.rounds_spec import RoundsSettings, default_rounds
from fooler_gui.exports.figures import write_png
from fooler_gui.features.rounds.rounds import RoundsPage
from fooler_gui.session.controller import Controller
from fooler_gui.session.model import NewItems, SessionModel, bind
from fooler_gui.session.user_settings import UserSettings
from fooler_gui.widgets.file_saving import FileSaving, write_text, write_view

_PICTURE, _TABLE = "PNG picture (*.png)", "Table (*.csv)"


def make_page(owner: QWidget, model: SessionModel, controller: Controller, memory: UserSettings) -> RoundsPage:
    """Returns the page with its remembered settings."""
    page = RoundsPage(owner)
    page.set_settings(memory.settings("rounds", RoundsSettings))
    RoundsBinding(page, model, controller)
    RoundsExports(page, model)
    return page


def remember(page: RoundsPage, memory: UserSettings) -> None:
    """Saves the settings of `page` in `memory`."""
    memory.set_table("rounds", page.settings().to_dict())


class RoundsBinding(QObject):
    """Shows the rounds made or opened last, and requests more.

    Args:
        page: Owner; shows them.
        model: The session's model.
        controller: Makes the rounds.
    """

    def __init__(self, page: RoundsPage, model: SessionModel, controller: Controller) -> None:
        super().__init__(page)
        self._page = page
        self._model = model
        self._controller = controller
        self._new_items = NewItems()
        self._checked: object = None
        self._latest: object = None
        page.start_requested.connect(self._on_start)
        page.continue_requested.connect(self._on_continue)
        page.pause_requested.connect(controller.pause)
        page.resume_requested.connect(controller.resume)
        page.stop_requested.connect(controller.stop)
        page.use_requested.connect(controller.open_classifier)
        page.open_requested.connect(controller.open_rounds)
        page.check_requested.connect(controller.check_honesty)
        bind(self.synchronise, model.state_changed, model.rounds_changed, model.honesty_changed)

    @Slot()
    def synchronise(self) -> None:
        """Shows the state of the rounds, and the latest honesty checks."""
        model, page, rounds = self._model, self._page, self._model.rounds
        if rounds is not None:
            if self._new_items.is_new(rounds):
                (page.open if rounds.opened else page.start)(rounds.spec)
            finished = self._new_items.of(rounds.rounds)
            if finished:
                page.add_rounds(finished)
            if rounds.latest is not None and rounds.latest is not self._latest:
                self._latest = rounds.latest
                page.set_latest(rounds.latest)
        if model.checked is not None and model.checked is not self._checked:
            self._checked = model.checked
            page.show_checks(model.checked)
        page.set_state(model.state)

    @Slot(object, object)
    def _on_start(self, settings: RoundsSettings, starts: tuple[str, ...]) -> None:
        classifier = self._model.classifier
        if classifier is None:
            return
        spec = dataclasses.replace(
            default_rounds(classifier.path, classifier.recorded_layers), settings=settings, starts=starts
        )
        if self._page.with_penalties():
            setup = self._model.present_setup()
            spec = dataclasses.replace(spec, coefficients=setup.coefficients, method=setup.method)
        self._controller.perform_rounds(spec)

    @Slot(object, object)
    def _on_continue(self, settings: RoundsSettings, _starts: tuple[str, ...]) -> None:
        if self._model.rounds is not None:
            self._controller.continue_rounds(dataclasses.replace(self._model.rounds.spec, settings=settings))


class RoundsExports(QObject):
    """Serves the page's export menu. Main thread only.

    Args:
        page: Owner.
        model: Shows the outcome.
    """

    def __init__(self, page: RoundsPage, model: SessionModel) -> None:
        super().__init__(page)
        self._page = page
        self._model = model
        self._files = FileSaving(page, model.tell_done, model.refuse)
        page.export_requested.connect(self.export)

    @Slot(str)
    def export(self, what: str) -> None:
        """Asks where to write the export `what` of the page's `EXPORTS`, and writes it."""
        if what == "images" and self._page.gallery().picture() is None:
            self._model.refuse("There are no images before the first round; select a later one.")
            return
        is_table = what in ("figures", "scores")
        name = f"rounds-{what}.{'csv' if is_table else 'png'}"
        self._files.save(name, _TABLE if is_table else _PICTURE, lambda path: self._write(what, path))

    def _write(self, what: str, path: Path) -> None:
        if what == "figures":
            write_text(path, figures_csv(self._page.reports()))
        elif what == "scores":
            write_text(path, scores_csv(self._page.reports()))
        elif what == "images":
            picture = self._page.gallery().picture()
            assert picture is not None, "only a round with images can be exported"
            write_png(picture, path, {})
        else:
            write_view(path, self._page.views()[what])
