"""Status messages as plain sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fooler_gui.core.class_words import class_name
from fooler_gui.core.done_words import measure_of, measure_text, measured, over_what
from fooler_gui.core.evaluation_report import UNIFORM, EvaluationReport
from fooler_gui.core.formats import format_count, format_number, format_seconds, format_share
from fooler_gui.core.found import is_held_back
from fooler_gui.core.least_change import LeastChangeReport
from fooler_gui.core.messages import HonestyChecked, RunFinished, TrainingProgress
from fooler_gui.core.round_report import RoundReport
from fooler_gui.core.run_spec import RunSpec
from fooler_gui.core.save import (
    INTERRUPTED,
    STOPPED_BY_ACTIVATION,
    STOPPED_BY_FAULT,
    STOPPED_BY_PROBABILITY,
    STOPPED_BY_STEPS,
    STOPPED_BY_TOLERANCE,
    STOPPED_BY_USER,
    Save,
)
from fooler_gui.core.settings import LAYER_PREFIX, DescentSettings
from fooler_gui.core.terms import known_terms

HELD_BACK = "The penalties hold a picture back; the preset no penalties takes fewer steps."
SAME_IMAGES = "They are the same as before: the same seed and settings give the same images; Other noise draws others."

_LONGEST_VALUE = 60

_REASONS = {
    STOPPED_BY_PROBABILITY: "every image is over the threshold",
    STOPPED_BY_ACTIVATION: "every image is over the activation goal",
    STOPPED_BY_STEPS: "the step limit is reached",
    STOPPED_BY_TOLERANCE: "the cost no longer changed",
    STOPPED_BY_USER: "you stopped it",
    STOPPED_BY_FAULT: "it failed",
    INTERRUPTED: "it was interrupted",
}


def run_sentence(save: Save, settings: DescentSettings, steps_per_second: float | None) -> str:
    """Returns the status of a run: ``Step 37 of at most 60 · lowest probability .9410 · 52 steps/s``.

    Args:
        save: Its newest save.
        settings: Its present settings.
        steps_per_second: Its speed; None while its pace holds it back.
    """
    limit = "" if settings.keep_refining else f" of at most {settings.max_steps:,}"
    reinitialised = int((save.reinitialisations > 0).sum())
    slots = f"{format_count(reinitialised, 'slot')} reinitialised"
    speed = "" if steps_per_second is None else f" · {steps_per_second:.0f} steps/s"
    lowest = measure_text(save, float(measured(save).min()))
    return f"Step {save.step:,}{limit} · lowest {measure_of(save)} {lowest} · {slots}{speed}"


def finished_sentence(finished: RunFinished, save: Save | None) -> str:
    """Returns how and why a run ended, with its last `save` if there was one."""
    reasons = list(dict.fromkeys(finished.stopped_by))
    if len(reasons) == 1:
        why = _REASONS[reasons[0]]
    else:
        counts = {reason: finished.stopped_by.count(reason) for reason in reasons}
        why = "; ".join(f"for {format_count(count, 'label')} {_REASONS[reason]}" for reason, count in counts.items())
    time = f"{finished.seconds:.1f} s" if finished.seconds < 10 else format_seconds(finished.seconds)
    sentence = f"Stopped after {format_count(finished.steps, 'step')}, {time} of computing: {why}."
    if save is None:
        return sentence
    if save.activations is not None and not save.done.any():
        lowest, highest = (measure_text(save, extreme) for extreme in (save.activations.min(), save.activations.max()))
        return f"{sentence} The activations are {lowest} to {highest}."
    return f"{sentence} {int(save.done.sum())} of {save.done.size} images are over {over_what(save)}."


def held_back_sentence(spec: RunSpec, save: Save) -> str:
    """Returns what to do about a run that ended with `save` if its penalties held it back; "" otherwise."""
    return HELD_BACK if is_held_back(spec, save) else ""


def given_sentence(count: int) -> str:
    """Returns that `count` images were over the threshold from the start; "" if none were."""
    if count == 0:
        return ""
    if count == 1:
        return "One image was over the threshold from the start and is no found image."
    return f"{count:,} images were over the threshold from the start and are no found images."


def given_in_round(count: int) -> str:
    """Returns that a round trains on `count` images, at least one, that were over the threshold from the start."""
    return f"{given_sentence(count)} In training {'it counts' if count == 1 else 'they count'} as nothing all the same."


def reached_sentence(reached: int, images: int, threshold: float, steps: int) -> str:
    """Returns how many images are over a threshold, such as: All 80 images are over 0.9999 after 61 steps."""
    if reached == images:
        who = "The only image is" if images == 1 else f"All {images:,} images are"
    else:
        who = f"{reached:,} of {images:,} images are"
    return f"{who} over {threshold:.10g} after {format_count(steps, 'step')}."


def round_sentence(report: RoundReport) -> str:
    """Returns the result of a round."""
    uniform = report.fresh[0]
    fooled = (
        f"of fresh noise, {format_share(uniform.sure[-1])} fools it within {uniform.within[-1]:,} steps; it classifies "
        f"{format_share(report.test_accuracy, 2)} of the test images correctly"
    )
    return f"Round {report.number}: {fooled}." if report.number else f"Before the first round: {fooled}."


def honesty_sentence(checked: HonestyChecked) -> str:
    """Returns the result of a classifier's honesty checks."""
    suspicious = [check.name for check in checked.checks if check.suspicious]
    if suspicious:
        return f"{checked.name}: masking suspected by {', '.join(suspicious)}."
    return f"{checked.name}: no masking found in {len(checked.checks)} honesty checks."


def evaluation_sentence(report: EvaluationReport) -> str:
    """Returns the result of an evaluation."""
    begin = "Stopped; evaluated so far" if report.stopped else "Evaluated"
    confidence = report.figure(UNIFORM, "mean_confidence")
    noise = "" if confidence is None else f"; its mean confidence on uniform noise is {format_share(confidence)}"
    right = format_share(report.test.accuracy, 2)
    return f"{begin}: {report.classifier} classifies {right} of the test images correctly{noise}."


def least_change_sentence(report: LeastChangeReport, class_names: Sequence[str]) -> str:
    """Returns how near the images found are to their starts."""
    begin = "" if report.is_over else f"After {format_count(report.steps, 'step')}: "
    images = format_count(len(report.changes), "image")
    label = class_name(class_names, report.label)
    found = f"{begin}{report.found} of {images} became {label}"
    if not report.found:
        return f"{found}."
    already = sum(change.found and change.start_class == report.label for change in report.changes)
    if already:
        found += f" ({already:,} {'was' if already == 1 else 'were'} {label} from the start)"
    return f"{found}; mean L2 {report.means['l2']:.3f}, mean L∞ {report.means['linf']:.3f}."


def training_sentence(progress: TrainingProgress) -> str:
    """Returns the status of a training."""
    return (
        f"Training: step {progress.step:,} of {progress.steps:,} · {progress.images_per_second:,.0f} images/s · "
        f"{format_seconds(progress.seconds_left)} left"
    )


def accuracy_sentence(name: str, accuracy: float | None) -> str:
    """Returns that a classifier is ready for use, without a dataset if its accuracy is None."""
    if accuracy is None:
        return f"The classifier {name} is ready, without a dataset. Press Space to run."
    right = format_share(accuracy)
    return f"The classifier {name} is ready: it classifies {right} of the test images correctly. Press Space to run."


def made_otherwise(before: Mapping[str, str], now: Mapping[str, str]) -> str:
    """Returns which versions or facts of the machine changed between two records; "" if none did.

    Entries of only one record are left out.
    """
    changed = [name for name in before if name in now and before[name] != now[name]]
    return ", ".join(f"{name} ({before[name][:_LONGEST_VALUE]}, now {now[name][:_LONGEST_VALUE]})" for name in changed)


def change_sentence(changes: Mapping[str, float]) -> str:
    """Returns coefficients and their new values: ``fc 1, batch 0.5``."""
    return ", ".join(f"{coefficient_name(name)} {format_number(value)}" for name, value in changes.items())


def coefficient_name(name: str) -> str:
    """Returns the name on screen of a coefficient named as in `CostCoefficients.flat`: ``fc``, ``batch``."""
    titles = {term.coefficient_name: term.title for term in known_terms().values()}
    return titles.get(name, name.removeprefix(LAYER_PREFIX))
