"""Binds the page of figures to the session's model, and serves its exports.

The first figure is made by an ordinary run.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from fooler_gui.core.errors import LabError
from fooler_gui.core.run_spec import NOISE
from fooler_gui.exports.figures import write_png
from fooler_gui.exports.provenance import picture_info, software_texts
from fooler_gui.features.figures.figures import FiguresPage
from fooler_gui.session.controller import Controller
from fooler_gui.session.model import SessionModel, bind
from fooler_gui.session.user_settings import UserSettings
from fooler_gui.widgets.page_exports import Export, PageExports, text_export


def make_page(owner: QWidget, model: SessionModel, controller: Controller, memory: UserSettings) -> FiguresPage:
    """Returns the page with its remembered settings."""
    page = FiguresPage(owner)
    page.set_settings(memory.table("figures"))
    FiguresBinding(page, model, controller)
    PageExports(page, page.export_requested, _exports(page, model), model.tell_done, model.refuse)
    return page


def remember(page: FiguresPage, memory: UserSettings) -> None:
    """Saves the settings of `page` in `memory`."""
    memory.set_table("figures", page.settings())


class FiguresBinding(QObject):
    """Shows the run on screen and the worst training images, and requests both.

    Args:
        page: Owner; shows them.
        model: The session's model.
        controller: Makes both.
    """

    def __init__(self, page: FiguresPage, model: SessionModel, controller: Controller) -> None:
        super().__init__(page)
        self._page = page
        self._model = model
        self._controller = controller
        self._worst: object = None
        page.fooling_requested.connect(self._on_fooling_requested)
        page.worst_requested.connect(self._on_worst_requested)
        page.stop_requested.connect(controller.stop)
        bind(
            self.synchronise, model.state_changed, model.working_changed, model.classifier_changed,
            model.dataset_changed, model.run_changed, model.saves_changed, model.worst_images_changed,
        )  # fmt: skip

    @Slot()
    def synchronise(self) -> None:
        """Shows the present figures."""
        model, page, classifier = self._model, self._page, self._model.classifier
        if classifier is not None:
            page.set_class_names(classifier.class_names)
        begins = (
            classifier is not None
            and model.starting is not None
            and classifier.is_figure(model.starting.labels, model.starting.rng_seed)
        )
        page.set_state(model.state, lacks_dataset=model.lacks_dataset)
        page.show_run(model.run, begins=begins, working=model.working)
        if model.working is not None:
            page.set_working(model.working)
        if model.worst_images is not None and model.worst_images is not self._worst:
            self._worst = model.worst_images
            page.show_worst(model.worst_images)

    @Slot(int, float, int, int)
    def _on_fooling_requested(self, slots: int, min_probability: float, max_steps: int, rng_seed: int) -> None:
        classifier, model = self._model.classifier, self._model
        if classifier is None:
            return
        labels = classifier.figure_labels(rng_seed)
        setup = model.present_setup()
        try:
            descent = dataclasses.replace(
                setup.descent,
                min_probability=min_probability,
                mean_probability=1.0,
                max_steps=max_steps,
                keep_refining=False,
            )
            spec = setup.spec(
                classifier.path, labels=labels, slots=slots, start=NOISE, rng_seed=rng_seed, descent=descent
            )
        except LabError as error:
            model.report(str(error))
            return
        model.change_setup(labels=labels, slots=slots)
        self._controller.run(spec)

    @Slot(int)
    def _on_worst_requested(self, count: int) -> None:
        self._page.start_worst()
        self._controller.find_worst_images(count)


def _exports(page: FiguresPage, model: SessionModel) -> dict[str, Export]:
    def write_fooling(path: Path) -> None:
        run = page.run()
        assert run is not None, "nothing is exported before there is a figure"
        info = picture_info(run.classifier.sha256, run.spec, run.marks, run=run.id, label_names=run.label_names)
        write("fooling", path, info)

    def write_worst(path: Path) -> None:
        classifier = model.classifier
        write("worst", path, {} if classifier is None else software_texts(classifier.sha256))

    def write(which: str, path: Path, info: dict[str, str]) -> None:
        picture = page.picture(which)
        assert picture is not None, "nothing is exported before there is a figure"
        write_png(picture, path, info)

    return {
        "fooling": Export("fooling.png", write_fooling),
        "milestones": text_export("milestones.csv", page.milestones_csv),
        "worst": Export("worst.png", write_worst),
    }
