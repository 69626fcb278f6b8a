"""The parts of long work whose time is measured, so that a later one can be told how long it will take.

A part applies a classifier many times, each time to as many images; its time is taken to be proportional to both. Times
are told only of a net that was timed itself: two nets with equally many multiplications can differ fourfold.
"""

from __future__ import annotations

import math
from collections import defaultdict

from fooler_gui.core.label_sample import MOST_LABELS
from fooler_gui.core.rounds_spec import CONTROL, GUARANTEE, RoundsSettings
from fooler_gui.core.settings import RetrainingSettings, TrainingSettings

TRAINING = "training"
VALIDATING = "validating"
COMPARING = "comparing"
ROUND_TRAINING = "training in a round"
DRIVING = "driving"
DRIVING_PENALISED = "driving with penalties"
ATTACKING = "attacking"
FITTING = "fitting a guarantee"
"""It applies no classifier; its time, told for a net like that of the others, is that of the whole."""
_OF_A_CLASSIFIER = (TRAINING, VALIDATING, COMPARING, ROUND_TRAINING, DRIVING, DRIVING_PENALISED, ATTACKING)


def with_new_guarantee(part: str) -> str:
    """Returns the name of `part` with a classifier that was given its guarantee by the same work."""
    return f"{part} with a guarantee"


PARTS = (*_OF_A_CLASSIFIER, *map(with_new_guarantee, _OF_A_CLASSIFIER), FITTING)

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


def retraining_work(
    settings: RetrainingSettings, train_images: int, classes: int, *, has_guarantee: bool = False
) -> Work:
    """Returns the work of a retraining, which measures the classifier before and after.

    Args:
        settings: Of the retraining.
        train_images: How many the dataset has.
        classes: How many the classifier has.
        has_guarantee: Whether it has a guarantee already.
    """
    trained = _trained(settings.steps, settings.batch_size, validation_count(train_images))
    labels = attacked_labels(classes)
    if not settings.guarantee or has_guarantee:
        return (*trained, (COMPARING, 1, 2 * labels))
    after = (*trained, (COMPARING, 1, labels))
    return (
        (COMPARING, 1, labels),
        (FITTING, 1, 1),
        *((with_new_guarantee(part), images, times) for part, images, times in after),
    )


def _trained(steps: int, batch_size: int, validation_images: int) -> Work:
    validations = math.ceil(steps / validate_every(steps)) if validation_images else 0
    return (TRAINING, batch_size, steps), (VALIDATING, validation_images, validations)


def rounds_work(
    settings: RoundsSettings, classes: int, *, with_penalties: bool, done: int = 0, has_guarantee: bool = False
) -> Work:
    """Returns the work of rounds, the attack before the first included.

    Args:
        settings: Of the rounds.
        classes: How many the classifier has.
        with_penalties: Whether images are driven with penalties.
        done: How many rounds are finished already, that before the first included.
        has_guarantee: Whether the classifier has a guarantee before the first.
    """
    given = settings.policy == GUARANTEE and not has_guarantee
    driving = driving_part(with_penalties=with_penalties)
    found = min(settings.labels_per_round, classes) * settings.images_per_label
    extra = 0 if settings.policy == CONTROL else settings.noise + settings.blanks
    pooled = found * settings.stages if settings.trains_on_found else 0
    work: defaultdict[tuple[str, int], float] = defaultdict(float)

    def add(part: str, images: int, times: float, *, guaranteed: bool) -> None:
        work[with_new_guarantee(part) if guaranteed else part, images] += times

    for number in range(max(1, done), settings.rounds + 1):
        trained = settings.digits + extra + pooled * number
        add(driving, settings.images_per_label, driven_batches(settings, classes), guaranteed=given and number > 1)
        add(ROUND_TRAINING, settings.batch_size, trained / settings.batch_size, guaranteed=given)
        if settings.control:
            add(ROUND_TRAINING, settings.batch_size, settings.digits / settings.batch_size, guaranteed=False)
    for number in range(done, settings.rounds + 1):
        add(ATTACKING, 1, attacked_labels(classes), guaranteed=given and number > 0)
    if given and done <= 1:
        add(FITTING, 1, 1, guaranteed=False)
    return tuple((part, images, times) for (part, images), times in work.items())


def driven_batches(settings: RoundsSettings, classes: int) -> int:
    """Returns how many batches a round drives, each counted once a step."""
    return min(settings.labels_per_round, classes) * settings.steps_per_round


def driving_part(*, with_penalties: bool) -> str:
    """Returns the name of the part that drives images in a round."""
    return DRIVING_PENALISED if with_penalties else DRIVING


def attacked_labels(classes: int) -> int:
    """Returns towards how many labels a classifier of so many `classes` is attacked to measure it."""
    return min(MOST_LABELS, classes)
