"""Binds the page of other nets to the session's model, and serves its exports."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from fooler_gui.core.arrays import frozen
from fooler_gui.core.lab_state import LabState
from fooler_gui.core.path_text import path_of, text_of
from fooler_gui.core.transfer import (
    FileImages,
    ImageSet,
    ImageSource,
    RunImages,
    TransferReport,
    answers_csv,
    transfer_csv,
)
from fooler_gui.exports.figures import write_png
from fooler_gui.exports.transfer_picture import draw_transfer
from fooler_gui.features.other_nets.image_list import FILE, RUN, Further
from fooler_gui.features.other_nets.other_nets import OtherNetsPage
from fooler_gui.resources import runs_folder
from fooler_gui.session.controller import Controller
from fooler_gui.session.model import SessionModel, bind
from fooler_gui.session.run_view import RunView
from fooler_gui.session.user_settings import UserSettings
from fooler_gui.widgets.page_exports import Export, PageExports, text_export

_TABLE = "other_nets"


def make_page(owner: QWidget, model: SessionModel, controller: Controller, memory: UserSettings) -> OtherNetsPage:
    """Returns the page with its remembered nets and images, without those that no longer exist."""
    remembered = memory.table(_TABLE)
    page = OtherNetsPage(text_of(runs_folder()), owner)
    page.images().set_found_only(remembered.get("found_only") is not False)
    page.images().add(Further(kind, path) for kind in (RUN, FILE) for path in _existing(remembered, f"{kind}s"))
    OtherNetsBinding(page, model, controller, tuple(_existing(remembered, "nets")))
    PageExports(page, page.export_requested, _exports(page), model.tell_done, model.refuse)
    return page


def remember(page: OtherNetsPage, memory: UserSettings) -> None:
    """Saves the nets and images of `page` in `memory`."""
    further = page.images().further()
    memory.set_table(
        _TABLE,
        {
            "nets": list(page.nets().paths()),
            "found_only": page.images().found_only(),
            **{f"{kind}s": [each.path for each in further if each.kind == kind] for kind in (RUN, FILE)},
        },
    )


class OtherNetsBinding(QObject):
    """Shows which nets are open and what they said, and asks them.

    Args:
        page: Owner; shows it.
        model: The session's model.
        controller: Opens and asks them.
        remembered: The files of the nets of the last session, which are opened once the lab is ready.
    """

    def __init__(
        self, page: OtherNetsPage, model: SessionModel, controller: Controller, remembered: tuple[str, ...]
    ) -> None:
        super().__init__(page)
        self._page = page
        self._model = model
        self._controller = controller
        self._remembered = () if model.other_nets else remembered
        self._shown: TransferReport | None = None
        page.nets_requested.connect(self._on_nets_requested)
        page.ask_requested.connect(self._on_ask_requested)
        page.stop_requested.connect(controller.stop)
        model.problem_changed.connect(self._on_problem)
        bind(self._show_nets, model.classifier_changed, model.other_nets_changed)
        bind(self._show_screen, model.run_changed, model.saves_changed, model.cursor_changed)
        bind(self._show_state, model.state_changed, model.working_changed, model.transfer_changed)

    @Slot()
    def _show_nets(self) -> None:
        self._page.set_nets(self._model.classifier, self._model.other_nets)

    @Slot()
    def _show_screen(self) -> None:
        run, save = self._model.run, self._model.shown
        if run is None or save is None:
            self._page.images().set_screen(0, 0)
        else:
            self._page.images().set_screen(int(run.found_slots(save).sum()), save.done.size)

    @Slot()
    def _show_state(self) -> None:
        model, page = self._model, self._page
        if page.is_asked() and model.working is not None:
            page.set_working(model.working)
        page.set_state(model.state)
        if model.transfer is not None and model.transfer is not self._shown:
            self._shown = model.transfer
            page.show_report(model.transfer)
        if self._remembered and model.state is LabState.READY:
            paths, self._remembered = self._remembered, ()
            self._on_nets_requested(paths)

    @Slot()
    def _on_problem(self) -> None:
        sentence = self._model.problem[0]
        if self._page.is_asked() and sentence:
            self._page.set_notice(sentence)

    @Slot(object)
    def _on_nets_requested(self, paths: tuple[str, ...]) -> None:
        if self._controller.open_other_nets(paths):
            self._page.start()

    @Slot()
    def _on_ask_requested(self) -> None:
        if self._controller.measure_transfer(tuple(self._sources())):
            self._page.start()

    def _sources(self) -> Iterator[ImageSource]:
        images, run = self._page.images(), self._model.run
        if images.asks_about_screen() and run is not None:
            yield self._on_screen(run)
        for each in images.further():
            if each.kind == RUN:
                yield RunImages(folder=each.path, found_only=images.found_only())
            else:
                yield FileImages(path=each.path)

    def _on_screen(self, run: RunView) -> ImageSet:
        """Returns the images of the save on screen."""
        save = self._model.shown
        assert save is not None, "the images on screen are those of a save"
        slots = run.found_slots(save) if self._page.images().found_only() else np.ones_like(save.done)
        return ImageSet(
            name=f"{path_of(run.folder).name}, step {save.step:,}",
            images=frozen(save.images_of(slots)),
            labels=frozen(save.labels_of(slots)),
            made_with=run.classifier.name,
            sha256=run.classifier.sha256,
            class_names=run.classifier.label_names,
        )


def _existing(remembered: Mapping[str, Any], name: str) -> Iterator[str]:
    paths = remembered.get(name, [])
    for path in paths if isinstance(paths, list) else []:
        if isinstance(path, str) and path and path_of(path).exists():
            yield path


def _exports(page: OtherNetsPage) -> dict[str, Export]:
    def report() -> TransferReport:
        report = page.report()
        assert report is not None, "nothing is exported before there is a report"
        return report

    return {
        "matrix": text_export("transfer.csv", lambda: transfer_csv(report())),
        "answers": text_export("transfer-images.csv", lambda: answers_csv(report())),
        "report": text_export(
            "transfer.json", lambda: json.dumps(report().to_dict(), allow_nan=False, indent=2) + "\n"
        ),
        "picture": Export("transfer.png", lambda path: write_png(draw_transfer(report()), path)),
    }
