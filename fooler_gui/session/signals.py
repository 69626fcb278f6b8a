"""What the lab tells the window."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal


class LabSignals(QObject):
    """Whatever happens in the lab. Main thread only.

    Signals:
        state_changed: (LabState) The lab is in another state.
        status_changed: (str) A sentence on what is happening.
        classifier_changed: (ClassifierInfo, ClassifierInfo or None) The one in use and the former one.
        working: (Working) Something that takes a while goes on.
        training_progressed: (list of TrainingProgress) Of a training or a retraining; the state tells which.
        training_finished: (TrainingFinished)
        run_started: (RunSpec)
        saves_arrived: (list of Save) Every save since the last time, the oldest first.
        recording_stalled: (str) Why the run cannot be recorded at present; it waits until it can.
        recording_went_on: It can be again, and the run goes on.
        remarked: (str) Something to know of the work that goes on, in sentences.
        run_finished: (RunFinished)
        change_applied: (int, str) The first step made with changed coefficients, and what changed.
        retraining_finished: (RetrainingFinished)
        rounds_started: (RoundsSpec)
        rounds_opened: (RoundsSpec) Of an earlier day; its rounds follow.
        rounds_finished: (list of RoundFinished) Every round since the last time; number 0 is before the first one.
        honesty_checked: (HonestyChecked)
        inspected: (Inspection) Of the slot that was asked for, or of one asked for before.
        evaluation_started: (EvaluationSettings)
        digits_evaluated: (DigitFigures)
        set_evaluated: (SetFigures)
        evaluation_finished: (EvaluationReport)
        found_counts_changed: (int, int) Found images of this run, and of all runs of this sitting.
        candidate_changed: (bool) Whether a retrained classifier waits to be kept or discarded.
        worst_images_found: (WorstImages)
        failed: (str, str) A sentence on what went wrong, and details.
    """

    state_changed = Signal(object)
    status_changed = Signal(str)
    classifier_changed = Signal(object, object)
    working = Signal(object)
    training_progressed = Signal(object)
    training_finished = Signal(object)
    run_started = Signal(object)
    saves_arrived = Signal(object)
    recording_stalled = Signal(str)
    recording_went_on = Signal()
    remarked = Signal(str)
    run_finished = Signal(object)
    change_applied = Signal(int, str)
    retraining_finished = Signal(object)
    rounds_started = Signal(object)
    rounds_opened = Signal(object)
    rounds_finished = Signal(object)
    honesty_checked = Signal(object)
    inspected = Signal(object)
    evaluation_started = Signal(object)
    digits_evaluated = Signal(object)
    set_evaluated = Signal(object)
    evaluation_finished = Signal(object)
    found_counts_changed = Signal(int, int)
    candidate_changed = Signal(bool)
    worst_images_found = Signal(object)
    failed = Signal(str, str)
