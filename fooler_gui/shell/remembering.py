"""Saves the settings of window and model when the window closes, and restores them at the next start."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from fooler_gui.core.errors import LabError
from fooler_gui.core.pace import ADAPTIVE
from fooler_gui.core.settings import (
    CostCoefficients,
    DescentSettings,
    MethodSettings,
    RetrainingSettings,
    TrainingSettings,
)
from fooler_gui.core.topology import Topology
from fooler_gui.session.model import SessionModel
from fooler_gui.session.user_settings import UserSettings
from fooler_gui.shell.main_window import MainWindow

_log = logging.getLogger(__name__)


def remember(window: MainWindow, model: SessionModel, memory: UserSettings) -> None:
    """Copies every setting from `window` and `model` into `memory`."""
    setup = model.present_setup()
    memory.set_table("descent", setup.descent.to_dict())
    memory.set_table("method", setup.method.to_dict())
    memory.set_table(
        "run",
        {
            "labels": list(setup.labels),
            "slots": setup.slots,
            "pace": setup.pace or 0,
            "start": setup.start,
            "rng_seed": setup.rng_seed,
            "reference_memory": setup.reference_memory,
        },
    )
    # The program begins with the article's classifier, for which those of a very different one are not made.
    if model.classifier is not None and model.classifier.fits_article:
        memory.set_table("coefficients", setup.coefficients.to_dict())
    memory.set_table("topology", window.training.topology().to_dict())
    memory.set_table("training", window.training.settings().to_dict())
    memory.set_table("retraining", window.retraining.settings().to_dict())
    memory.set_table("salience", window.inspector.salience_settings())
    memory.set_table(
        "window",
        {
            "theme": next(choice for choice, action in window.theme_actions.items() if action.isChecked()),
            "reduce_motion": window.commands["reduce_motion"].isChecked(),
            "inspector_sections": list(window.inspector.open_sections()),
            "training_settings_visible": window.training.settings_visible(),
            "retraining_settings_visible": window.retraining.settings_visible(),
        },
    )


def recall(window: MainWindow, model: SessionModel, memory: UserSettings) -> None:
    """Restores the settings in `memory` to `window` and `model`; bad ones are logged and keep their defaults."""
    window.retraining.set_settings(memory.settings("retraining", RetrainingSettings))
    topology = memory.table("topology")
    _try(
        lambda: window.training.set_training(
            Topology.from_dict(topology) if topology else window.training.topology(),
            memory.settings("training", TrainingSettings) if topology else window.training.settings(),
        )
    )
    shown = memory.table("window")
    window.commands["reduce_motion"].setChecked(shown.get("reduce_motion") is True)
    window.training.set_settings_visible(shown.get("training_settings_visible") is True)
    window.retraining.set_settings_visible(shown.get("retraining_settings_visible") is True)
    window.inspector.set_salience_settings(memory.table("salience"))
    sections = shown.get("inspector_sections")
    if isinstance(sections, list):
        window.inspector.set_open_sections(name for name in sections if isinstance(name, str))
    model.change_setup(
        descent=memory.settings("descent", DescentSettings), method=memory.settings("method", MethodSettings)
    )
    _recall_run(model, memory.table("run"))


def recall_coefficients(model: SessionModel, memory: UserSettings) -> None:
    """Restores the coefficients in `memory` to the set-up if they fit the classifier in use."""
    table, layers = memory.table("coefficients"), tuple(model.setup.coefficients.layer_cost_coeffs)
    remembered = table.get("layer_cost_coeffs")
    if isinstance(remembered, dict) and set(remembered) == set(layers):
        _try(lambda: model.change_setup(coefficients=CostCoefficients.from_dict(table, layers)))


def _recall_run(model: SessionModel, run: Mapping[str, Any]) -> None:
    """Restores the next run's set-up; invalid values are ignored."""
    taken: dict[str, Callable[[Any], Any]] = {
        "labels": tuple,
        "slots": int,
        "pace": lambda pace: ADAPTIVE if pace == ADAPTIVE else float(pace) or None,
        "start": str,
        "rng_seed": int,
        "reference_memory": float,
    }

    def put(name: str, value: Any) -> None:
        change = {name: taken[name](value)}
        if name != "pace":
            model.setup.spec("", **change)
        model.change_setup(**change)

    for name in taken.keys() & run.keys():
        _try(partial(put, name, run[name]))


def _try(put: Callable[[], object]) -> None:
    try:
        put()
    except (LabError, TypeError, ValueError, OverflowError) as error:
        _log.warning("Remembered setting ignored: %s", error)
