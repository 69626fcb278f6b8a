"""Connects the page of figures and the controller."""

from __future__ import annotations

import dataclasses

from PySide6.QtCore import QObject, Slot

from fooler_gui.core.errors import LabError
from fooler_gui.core.messages import ClassifierInfo
from fooler_gui.core.run_spec import RunSpec
from fooler_gui.features.figures.figures import FiguresPage
from fooler_gui.features.run.wiring import Wiring
from fooler_gui.session.controller import Controller
from fooler_gui.shell.main_window import MainWindow


class FiguresWiring(QObject):
    """Holds the connections between `page` and `controller`. The first figure is made by a run like any other.

    Args:
        window: The main window, which owns the wiring and whose coefficients and method a figure is made with.
        controller: The lab's conductor.
        wiring: Knows the run on screen.
        page: The page.
    """

    def __init__(self, window: MainWindow, controller: Controller, wiring: Wiring, page: FiguresPage) -> None:
        super().__init__(window)
        self._window = window
        self._controller = controller
        self._page = page
        page.fooling_requested.connect(self._on_fooling_requested)
        page.worst_requested.connect(self._on_worst_requested)
        page.stop_requested.connect(controller.stop)
        controller.state_changed.connect(page.set_state)
        controller.classifier_changed.connect(self._on_classifier_changed)
        controller.working.connect(page.set_working)
        controller.run_started.connect(self._on_run_started)
        controller.saves_arrived.connect(page.add_saves)
        controller.run_finished.connect(page.finish_run)
        controller.worst_images_found.connect(page.show_worst)
        if controller.classifier is not None:
            self._on_classifier_changed(controller.classifier, None)
        page.set_state(controller.state)
        if wiring.spec is not None and wiring.classifier is not None and controller.save is not None:
            page.take_over(wiring.spec, wiring.classifier.label_names, controller.save, wiring.milestones.copied())

    @Slot(int, float, int, int)
    def _on_fooling_requested(self, slots: int, min_probability: float, max_steps: int, rng_seed: int) -> None:
        classifier, window = self._controller.classifier, self._window
        if classifier is None:
            return
        labels = tuple(range(len(classifier.label_names)))
        window.commit_edits()
        try:
            spec = RunSpec(
                classifier=classifier.path,
                labels=labels,
                slots=slots,
                rng_seed=rng_seed,
                descent=dataclasses.replace(
                    window.descent.descent(),
                    min_probability=min_probability,
                    mean_probability=1.0,
                    max_steps=max_steps,
                    keep_refining=False,
                ),
                method=window.descent.method(),
                coefficients=window.coefficients.coefficients(),
            )
        except LabError as error:
            window.error_bar.show_error(str(error))
            return
        window.run_bar.set_labels(labels)
        window.run_bar.set_slots(slots)
        self._controller.run(spec, None)

    @Slot(int)
    def _on_worst_requested(self, count: int) -> None:
        self._page.start_worst()
        self._controller.find_worst_images(count)

    @Slot(object)
    def _on_run_started(self, spec: RunSpec) -> None:
        classifier = self._controller.classifier
        if classifier is not None:
            self._page.start_run(spec, classifier.label_names)

    @Slot(object, object)
    def _on_classifier_changed(self, classifier: ClassifierInfo, _former: ClassifierInfo | None) -> None:
        self._page.set_class_names(classifier.class_names)
