"""Puts what a person set last time back into the window, and takes it from there when the window closes."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from fooler_gui.core.errors import LabError
from fooler_gui.core.evaluation_report import EvaluationSettings
from fooler_gui.core.path_text import path_of
from fooler_gui.core.rounds_spec import RoundsSettings
from fooler_gui.core.settings import (
    CostCoefficients,
    DescentSettings,
    MethodSettings,
    RetrainingSettings,
    Settings,
    TrainingSettings,
)
from fooler_gui.core.topology import Topology
from fooler_gui.features.evaluation.evaluation import EvaluationPage
from fooler_gui.features.rounds.rounds import RoundsPage
from fooler_gui.shell.main_window import MainWindow
from fooler_gui.shell.user_settings import UserSettings

_log = logging.getLogger(__name__)
SettingsT = TypeVar("SettingsT", bound=Settings)


def remember(window: MainWindow, memory: UserSettings) -> None:
    """Takes every setting from `window` into `memory` and writes it."""
    run_bar, descent = window.run_bar, window.descent
    memory.set_table("descent", descent.descent().to_dict())
    memory.set_table("method", descent.method().to_dict())
    memory.set_table(
        "run",
        {
            "labels": list(run_bar.labels()),
            "slots": run_bar.slots(),
            "pace": run_bar.pace() or 0,
            "start": descent.start(),
            "rng_seed": descent.rng_seed(),
        },
    )
    coefficients = window.coefficients.coefficients()
    if coefficients.layer_cost_coeffs:  # none before there is a classifier: those of the last time stay
        memory.set_table("coefficients", coefficients.to_dict())
    memory.set_table("topology", window.training.topology().to_dict())
    memory.set_table("training", window.training.settings().to_dict())
    memory.set_table("retraining", window.retraining.settings().to_dict())
    memory.set_table("salience", window.inspector.salience_settings())
    if window.rounds is not None:
        memory.set_table("rounds", window.rounds.settings().to_dict())
    if window.evaluation is not None:
        files = dict(window.evaluation.files())
        memory.set_table("evaluation", window.evaluation.settings().to_dict())
        memory.set_table("evaluation_files", files)
    if window.figures is not None:
        memory.set_table("figures", window.figures.settings())
    memory.set_table(
        "window",
        {
            "theme": next(choice for choice, action in window.theme_actions.items() if action.isChecked()),
            "reduce_motion": window.actions_.reduce_motion.isChecked(),
            "inspector_sections": list(window.inspector.open_sections()),
            "training_settings_visible": window.training.settings_visible(),
            "retraining_settings_visible": window.retraining.settings_visible(),
        },
    )
    memory.save()


def recall(window: MainWindow, memory: UserSettings) -> None:
    """Puts the settings of `memory` into `window`; bad ones are logged and left at their defaults."""
    window.descent.set_descent(_settings(DescentSettings, memory.table("descent")))
    window.descent.set_method(_settings(MethodSettings, memory.table("method")))
    window.retraining.set_settings(_settings(RetrainingSettings, memory.table("retraining")))
    topology = memory.table("topology")
    _try(
        lambda: window.training.set_training(
            Topology.from_dict(topology) if topology else window.training.topology(),
            _settings(TrainingSettings, memory.table("training")) if topology else window.training.settings(),
        )
    )
    shown = memory.table("window")
    window.actions_.reduce_motion.setChecked(shown.get("reduce_motion") is True)
    window.training.set_settings_visible(shown.get("training_settings_visible") is True)
    window.retraining.set_settings_visible(shown.get("retraining_settings_visible") is True)
    window.inspector.set_salience_settings(memory.table("salience"))
    sections = shown.get("inspector_sections")
    if isinstance(sections, list):
        window.inspector.set_open_sections(name for name in sections if isinstance(name, str))
    run = memory.table("run")
    if "labels" in run:
        _try(lambda: window.run_bar.set_labels(tuple(run["labels"])))
    if "slots" in run:
        _try(lambda: window.run_bar.set_slots(run["slots"]))
    if "pace" in run:
        _try(lambda: window.run_bar.set_pace(run["pace"] or None))
    if "start" in run:
        _try(lambda: window.descent.set_start(run["start"]))
    if "rng_seed" in run:
        _try(lambda: window.descent.set_rng_seed(run["rng_seed"]))


def recall_rounds(rounds: RoundsPage, memory: UserSettings) -> None:
    """Puts the settings of `memory` into the page of rounds."""
    rounds.set_settings(_settings(RoundsSettings, memory.table("rounds")))


def recall_evaluation(evaluation: EvaluationPage, memory: UserSettings) -> None:
    """Puts the settings and files of `memory` into the page of the evaluation; files that are gone are left out."""
    evaluation.set_settings(_settings(EvaluationSettings, memory.table("evaluation")))
    files = memory.table("evaluation_files")
    evaluation.set_files(
        (name, path) for name, path in files.items() if isinstance(path, str) and path_of(path).is_file()
    )


def recall_coefficients(window: MainWindow, memory: UserSettings, recorded_layers: Iterable[str]) -> None:
    """Puts the coefficients of `memory` into `window` if they are those of `recorded_layers`."""
    table, layers = memory.table("coefficients"), tuple(recorded_layers)
    remembered = table.get("layer_cost_coeffs")
    if isinstance(remembered, dict) and set(remembered) == set(layers):
        _try(lambda: window.coefficients.set_coefficients(CostCoefficients.from_dict(table, layers)))


def _settings(kind: type[SettingsT], table: Mapping[str, Any]) -> SettingsT:
    settings, problems = kind.from_dict_leniently(table)
    for problem in problems:
        _log.warning("Remembered setting passed over: %s", problem)
    return settings


def _try(put: Callable[[], object]) -> None:
    try:
        put()
    except (LabError, TypeError, ValueError, OverflowError) as error:
        _log.warning("Remembered setting passed over: %s", error)
