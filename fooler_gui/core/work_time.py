"""The parts of long work whose time is measured, so that a later one can be told how long it will take.

A part applies a classifier many times, each time to as many images; its time is taken to be proportional to both. Times
are told only of a net that was timed itself: two nets with equally many multiplications can differ fourfold.
"""

from __future__ import annotations

import math

from fooler_gui.core.label_sample import MOST_LABELS
from fooler_gui.core.rounds_spec import CONTROL, RoundsSettings
from fooler_gui.core.settings import RetrainingSettings, TrainingSettings

TRAINING = "training"
VALIDATING = "validating"
COMPARING = "comparing"
ROUND_TRAINING = "training in a round"
DRIVING = "driving"
DRIVING_PENALISED = "driving with penalties"
ATTACKING = "attacking"
PARTS = (TRAINING, VALIDATING, COMPARING, ROUND_TRAINING, DRIVING, DRIVING_PENALISED, ATTACKING)

TIME_TIP = (
    "An estimate, from what this machine has done with this net before: images × the time that an image took then, "
    "in batches of about this size."
)

PROGRESS_EVERY = 10
"""Steps of a training between two reports of progress."""

VALIDATIONS = 20
"""How often the validation accuracy is measured during a training."""

_VALIDATION_SHARE = 6
"""At most one of so many training images is kept for validation."""

Work = tuple[tuple[str, int, float], ...]
"""Parts of work, each with the images at a time, and how many times."""


def validate_every(steps: int) -> int:
    """Returns after how many steps each the validation accuracy is measured in a training of `steps`."""
    return max(PROGRESS_EVERY, math.ceil(steps / VALIDATIONS))


def validation_count(train_images: int, wanted: int = TrainingSettings.default("validation_images")) -> int:
    """Returns how many of so many training images are kept for validation: those `wanted`, but at most a sixth."""
    return min(wanted, train_images // _VALIDATION_SHARE)


def training_work(settings: TrainingSettings, train_images: int) -> Work:
    """Returns the work of a training on a dataset of so many training images."""
    return _trained(settings.steps, settings.batch_size, validation_count(train_images, settings.validation_images))


def retraining_work(settings: RetrainingSettings, train_images: int, classes: int) -> Work:
    """Returns the work of a retraining, which measures the classifier of so many `classes` before and after."""
    trained = _trained(settings.steps, settings.batch_size, validation_count(train_images))
    return (*trained, (COMPARING, 1, 2 * attacked_labels(classes)))


def _trained(steps: int, batch_size: int, validation_images: int) -> Work:
    validations = math.ceil(steps / validate_every(steps)) if validation_images else 0
    return (TRAINING, batch_size, steps), (VALIDATING, validation_images, validations)


def rounds_work(settings: RoundsSettings, classes: int, *, with_penalties: bool, done: int = 0) -> Work:
    """Returns the work of rounds, the attack before the first included.

    Args:
        settings: Of the rounds.
        classes: How many the classifier has.
        with_penalties: Whether images are driven with penalties.
        done: How many rounds are finished already, that before the first included.
    """
    numbers = range(max(1, done), settings.rounds + 1)
    found = min(settings.labels_per_round, classes) * settings.images_per_label
    extra = 0 if settings.policy == CONTROL else settings.noise + settings.blanks
    pooled = found * settings.stages if settings.trains_on_found else 0
    trained = sum(settings.digits * (1 + settings.control) + extra + pooled * number for number in numbers)
    driven = len(numbers) * driven_batches(settings, classes)
    return (
        (driving_part(with_penalties=with_penalties), settings.images_per_label, driven),
        (ROUND_TRAINING, settings.batch_size, trained / settings.batch_size),
        (ATTACKING, 1, (settings.rounds + 1 - done) * attacked_labels(classes)),
    )


def driven_batches(settings: RoundsSettings, classes: int) -> int:
    """Returns how many batches a round drives, each counted once a step."""
    return min(settings.labels_per_round, classes) * settings.steps_per_round


def driving_part(*, with_penalties: bool) -> str:
    """Returns the name of the part that drives images in a round."""
    return DRIVING_PENALISED if with_penalties else DRIVING


def attacked_labels(classes: int) -> int:
    """Returns towards how many labels a classifier of so many `classes` is attacked to measure it."""
    return min(MOST_LABELS, classes)
