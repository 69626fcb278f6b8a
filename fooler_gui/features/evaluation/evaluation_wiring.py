"""Connects the page of the evaluation and the controller."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from fooler_gui.core.evaluation_report import SetFigures
from fooler_gui.core.lab_state import LabState
from fooler_gui.core.messages import ClassifierInfo, Working
from fooler_gui.features.evaluation.evaluation import EvaluationPage
from fooler_gui.session.controller import Controller
from fooler_gui.shell.main_window import MainWindow


class EvaluationWiring(QObject):
    """Holds the connections between `page` and `controller`.

    Args:
        window: The main window, which owns the wiring.
        controller: The lab's conductor.
        page: The page.
    """

    def __init__(self, window: MainWindow, controller: Controller, page: EvaluationPage) -> None:
        super().__init__(window)
        self._controller = controller
        self._page = page
        page.evaluate_requested.connect(controller.evaluate)
        page.stop_requested.connect(controller.stop)
        controller.state_changed.connect(page.set_state)
        controller.classifier_changed.connect(self._on_classifier_changed)
        controller.found_counts_changed.connect(page.set_found_counts)
        controller.working.connect(self._on_working)
        controller.evaluation_started.connect(lambda _settings: page.start())
        controller.digits_evaluated.connect(page.show_digits)
        controller.set_evaluated.connect(self._on_set_evaluated)
        controller.evaluation_finished.connect(page.show_report)
        if controller.classifier is not None:
            self._on_classifier_changed(controller.classifier, None)
        page.set_found_counts(*(len(controller.found_images(which)) for which in ("run", "sitting")))
        page.set_state(controller.state)

    @Slot(object, object)
    def _on_classifier_changed(self, classifier: ClassifierInfo, _former: ClassifierInfo | None) -> None:
        self._page.set_classifier(classifier.name, classifier.sha256, classifier.topology)

    @Slot(object)
    def _on_working(self, working: Working) -> None:
        if self._controller.state is LabState.EVALUATING:
            self._page.set_working(working)

    @Slot(object)
    def _on_set_evaluated(self, figures: SetFigures) -> None:
        self._page.add_sets([figures])
