"""Binds the page of rounds to the session's model, and serves its exports."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from fooler_gui.core.lab_state import LabState
from fooler_gui.core.rounds_csv import figures_csv, scores_csv
from fooler_gui.core.rounds_spec import RoundsSettings, default_rounds
from fooler_gui.core.strong_attack import NONE_SURE, StrongAttackSettings
from fooler_gui.exports.figures import write_png
from fooler_gui.features.rounds.rounds import RoundsPage
from fooler_gui.features.rounds.strongest_panel import StrongestPanel
from fooler_gui.session.controller import Controller
from fooler_gui.session.model import NewItems, SessionModel, bind
from fooler_gui.session.user_settings import UserSettings
from fooler_gui.widgets.page_exports import Export, PageExports, text_export, view_export


def make_page(owner: QWidget, model: SessionModel, controller: Controller, memory: UserSettings) -> RoundsPage:
    """Returns the page with its remembered settings."""
    page = RoundsPage(owner)
    page.set_settings(memory.settings("rounds", RoundsSettings))
    page.strongest().set_settings(memory.settings("strongest_attack", StrongAttackSettings))
    RoundsBinding(page, model, controller)
    PageExports(page, page.export_requested, _exports(page), model.tell_done, model.refuse)
    strongest = page.strongest()
    PageExports(page, strongest.export_requested, _exports_of_attack(strongest), model.tell_done, model.refuse)
    return page


def remember(page: RoundsPage, memory: UserSettings) -> None:
    """Saves the settings of `page` in `memory`."""
    memory.set_table("rounds", page.settings().to_dict())
    memory.set_table("strongest_attack", page.strongest().settings().to_dict())


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
        self._checked: tuple[object, object] = (None, None)
        self._latest: object = None
        page.start_requested.connect(self._on_start)
        page.continue_requested.connect(self._on_continue)
        page.pause_requested.connect(controller.pause)
        page.resume_requested.connect(controller.resume)
        page.stop_requested.connect(controller.stop)
        page.use_requested.connect(controller.open_classifier)
        page.open_requested.connect(controller.open_rounds)
        page.check_requested.connect(controller.check_honesty)
        page.strongest().attack_requested.connect(controller.attack_strongly)
        page.strongest().stop_requested.connect(controller.stop)
        bind(
            self.synchronise, model.state_changed, model.classifier_changed, model.dataset_changed,
            model.rounds_changed, model.honesty_changed, model.attacked_changed,
            model.speeds_changed,
        )  # fmt: skip
        bind(self._show_working, model.working_changed)

    @Slot()
    def synchronise(self) -> None:
        """Shows the state of the rounds, and the latest honesty checks."""
        model, page, rounds = self._model, self._page, self._model.rounds
        if model.classifier is not None:
            page.gallery().set_class_names(model.classifier.label_names)
        if rounds is not None:
            if self._new_items.is_new(rounds):
                (page.open if rounds.opened else page.start)(rounds.spec)
            finished = self._new_items.of(rounds.rounds)
            if finished:
                page.add_rounds(finished)
            if rounds.latest is not None and rounds.latest is not self._latest:
                self._latest = rounds.latest
                page.set_latest(rounds.latest)
        self._show_checks()
        page.set_speeds(model.speeds, model.classifier)
        page.set_state(model.state, lacks_dataset=model.lacks_dataset)

    def _show_checks(self) -> None:
        """Shows the plain checks and the strongest attack made last; both if they are of one classifier."""
        checked, attacked = latest = self._model.checked, self._model.attacked
        before, self._checked = self._checked, latest
        if attacked is not None and attacked is not before[1]:
            assert self._model.classifier is not None
            self._page.strongest().show_attacked(attacked, self._model.classifier.class_names)
        if latest == before or (checked is None and attacked is None):
            return
        if checked is not None and attacked is not None and checked.name != attacked.report.classifier:
            checked, attacked = (checked, None) if checked is not before[0] else (None, attacked)
        self._page.show_checks(checked, attacked)

    @Slot()
    def _show_working(self) -> None:
        if self._model.working is not None and self._model.state is LabState.ATTACKING:
            self._page.strongest().set_working(self._model.working)

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


def _exports(page: RoundsPage) -> dict[str, Export]:
    def write_images(path: Path) -> None:
        picture = page.gallery().picture()
        assert picture is not None, "only a round with images can be exported"
        write_png(picture, path, {})

    def why_no_images() -> str:
        return "" if page.gallery().picture() else "There are no images before the first round; select a later one."

    return {
        **{what: view_export(f"rounds-{what}.png", view) for what, view in page.views().items()},
        "images": Export("rounds-images.png", write_images, why_no_images),
        "figures": text_export("rounds-figures.csv", lambda: figures_csv(page.reports())),
        "scores": text_export("rounds-scores.csv", lambda: scores_csv(page.reports())),
    }


def _exports_of_attack(panel: StrongestPanel) -> dict[str, Export]:
    def write_picture(path: Path) -> None:
        picture = panel.picture()
        assert picture is not None, "only images that remain sure can be exported"
        write_png(picture, path, {})

    def figures() -> str:
        attacked = panel.attacked()
        assert attacked is not None, "the export waits for the attack"
        return json.dumps(attacked.report.to_dict(), allow_nan=False, indent=2) + "\n"

    return {
        "picture": Export("sure-images.png", write_picture, lambda: "" if panel.picture() else NONE_SURE),
        "figures": text_export("strongest-attack.json", figures),
    }
