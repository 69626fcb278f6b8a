"""The steps of the tour: what each says, the control it points at, and what it waits for."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from fooler_gui.core.lab_state import LabState
from fooler_gui.core.settings import CostCoefficients
from fooler_gui.session.model import SessionModel
from fooler_gui.session.run_view import RunView
from fooler_gui.session.work_views import RetrainingView


class Before(NamedTuple):
    """What there was when a step began."""

    run: RunView | None
    selected: tuple[int, int] | None
    coefficients: CostCoefficients
    retraining: RetrainingView | None

    @classmethod
    def now(cls, model: SessionModel) -> Before:
        """Returns what there is."""
        selected = None if model.run is None else model.run.selected
        return cls(model.run, selected, model.setup.coefficients, model.retraining)


class Step(NamedTuple):
    """A step of the tour.

    Attributes:
        title: What it is about.
        words: What to do and what to see, for people who see the window for the first time.
        target: The object name of the control that it points at.
        is_done: Returns whether what it waits for has happened since it began.
    """

    title: str
    words: str
    target: str
    is_done: Callable[[SessionModel, Before], bool]


def _is_ready(model: SessionModel, _before: Before) -> bool:
    return model.classifier is not None and not model.state.busy


def _runs_anew(model: SessionModel, before: Before) -> bool:
    return model.run is not before.run and model.run is not None


def _has_run(model: SessionModel, _before: Before) -> bool:
    return model.run is not None and model.state is LabState.READY


def _is_selected(model: SessionModel, before: Before) -> bool:
    return model.run is not None and model.run.selected not in (None, before.selected)


def _runs_with_other_coefficients(model: SessionModel, before: Before) -> bool:
    changed = model.setup.coefficients != before.coefficients
    return changed and _runs_anew(model, before) and model.state is LabState.READY


def _is_retrained(model: SessionModel, before: Before) -> bool:
    retraining = model.retraining
    return retraining is not None and retraining is not before.retraining and retraining.finished is not None


STEPS = (
    Step(
        "A net that reads images",
        "Here are the images that a net has learned from, and below them the net; at first they are handwritten "
        "digits. It is loading; the line at the bottom of the window says when it is ready.",
        "classifier_dock",
        _is_ready,
    ),
    Step(
        "Fool it",
        "Press Run, or the space bar. Squares of static will be changed, a little at each step, until the net takes "
        "each of them for the class that is chosen above: at first a 3.",
        "run_button",
        _runs_anew,
    ),
    Step(
        "Watch the net become sure",
        "Under each image stands what the net takes it for, and how sure it is. Do you see it too? The run stops when "
        "the net is more than 99.9 % sure of all of them.",
        "batch_grid",
        _has_run,
    ),
    Step(
        "Ask for a second opinion",
        "Click an image. The line above the images says what the net takes it for, and what a second net, which "
        "learned from the same digits, sees in it. A double click opens the inspector, which tells much more.",
        "batch_grid",
        _is_selected,
    ),
    Step(
        "Change the rules",
        "Each penalty forbids an easy way to fool the net. Drag reference to the right: images must stay further from "
        "what real ones do inside the net. Then press Run again, and compare.",
        "reference_cost_coeff_slider",
        _runs_with_other_coefficients,
    ),
    Step(
        "Mend it",
        "Press Retrain. The images that fooled the net go back into training, labelled as nothing in particular. A "
        "table then says whether the net has become harder to fool, and you decide whether to keep it. The usual 2,000 "
        "steps take minutes on a slow machine; the line below the buttons says how long, once they were timed. With "
        "200 in Steps you see it all in about a tenth of the time, but the net learns less.",
        "retrain_button",
        _is_retrained,
    ),
)

LAST_WORDS = (
    "That is the whole circle: fool a net, see why, mend it, and check honestly. F1 opens the guide with a lesson and "
    "answers; the tour is in the Help menu."
)
