"""Binds the evaluation page to the session's model, and serves its exports."""

from __future__ import annotations

import json
from dataclasses import replace

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from fooler_gui.core.evaluation_csv import published_csv, sets_csv
from fooler_gui.core.evaluation_report import EvaluationReport, EvaluationSettings
from fooler_gui.core.lab_state import LabState
from fooler_gui.core.path_text import path_of
from fooler_gui.core.published import is_mnist
from fooler_gui.features.evaluation.evaluation import EvaluationPage
from fooler_gui.session.controller import Controller
from fooler_gui.session.found_images import ALL_RUNS, RUN
from fooler_gui.session.model import NewItems, SessionModel, bind
from fooler_gui.session.user_settings import UserSettings
from fooler_gui.widgets.file_saving import write_text
from fooler_gui.widgets.page_exports import Export, PageExports, text_export, view_export


def make_page(owner: QWidget, model: SessionModel, controller: Controller, memory: UserSettings) -> EvaluationPage:
    """Returns the page with its remembered settings, without files that no longer exist."""
    page = EvaluationPage(owner)
    page.set_settings(memory.settings("evaluation", EvaluationSettings))
    files = memory.table("evaluation_files")
    page.set_files((name, path) for name, path in files.items() if isinstance(path, str) and path_of(path).is_file())
    EvaluationBinding(page, model, controller)
    PageExports(page, page.export_requested, _exports(page), model.tell_done, model.refuse)
    return page


def remember(page: EvaluationPage, memory: UserSettings) -> None:
    """Saves the settings of `page` in `memory`."""
    memory.set_table("evaluation", page.settings().to_dict())
    memory.set_table("evaluation_files", dict(page.files()))


class EvaluationBinding(QObject):
    """Shows the latest evaluation, and requests others.

    Args:
        page: Owner; shows it.
        model: The session's model.
        controller: Evaluates.
    """

    def __init__(self, page: EvaluationPage, model: SessionModel, controller: Controller) -> None:
        super().__init__(page)
        self._page = page
        self._model = model
        self._new_items = NewItems()
        self._digits: object = None
        self._report: object = None
        page.evaluate_requested.connect(controller.evaluate)
        page.stop_requested.connect(controller.stop)
        bind(
            self.synchronise, model.state_changed, model.working_changed, model.classifier_changed,
            model.dataset_changed, model.found_changed, model.evaluation_changed,
        )  # fmt: skip

    @Slot()
    def synchronise(self) -> None:
        """Shows the classifier in use and the state of the latest evaluation."""
        model, page, evaluation = self._model, self._page, self._model.evaluation
        if model.classifier is not None:
            page.set_classifier(model.classifier.name, model.classifier.sha256, model.classifier.topology)
        if model.lacks_dataset:
            page.set_dataset("", "")
        elif model.dataset is not None:
            page.set_dataset(model.dataset.name, model.dataset.sha256)
        page.set_found_counts(model.found.count(RUN), model.found.count(ALL_RUNS))
        if evaluation is not None:
            if self._new_items.is_new(evaluation):
                page.start()
            if model.working is not None and model.state is LabState.EVALUATING:
                page.set_working(model.working)
            if evaluation.digits is not None and evaluation.digits is not self._digits:
                self._digits = evaluation.digits
                page.set_examples(evaluation.examples)
                page.show_digits(evaluation.digits)
            sets = self._new_items.of(evaluation.sets)
            if sets:
                page.set_examples(evaluation.examples)
                page.add_sets(sets)
            if evaluation.report is not None and evaluation.report is not self._report:
                self._report = evaluation.report
                page.show_report(evaluation.report)
        page.set_state(model.state, lacks_dataset=model.lacks_dataset)


def _exports(page: EvaluationPage) -> dict[str, Export]:
    def report() -> EvaluationReport:
        report = page.report()
        assert report is not None, "nothing is exported before there is a report"
        return report

    def why_none_published() -> str:
        dataset, sha256 = report().dataset, report().dataset_sha256
        return "" if is_mnist(sha256) else f"The published values are of MNIST, and these figures of {dataset}."

    def why_none_certified() -> str:
        name, certified = report().classifier, report().certified
        return "" if certified else f"The classifier of these figures, {name}, has no guarantee."

    pictures = {what: view_export(f"evaluation-{what}.png", view) for what, view in page.views().items()}
    return {
        "sets": text_export("evaluation-sets.csv", lambda: sets_csv(report())),
        "published": Export(
            "evaluation-published.csv", lambda path: write_text(path, published_csv(report())), why_none_published
        ),
        "report": text_export(
            "evaluation-report.json", lambda: json.dumps(report().to_dict(), allow_nan=False, indent=2) + "\n"
        ),
        **pictures,
        "certified": replace(pictures["certified"], why_not=why_none_certified),
    }
