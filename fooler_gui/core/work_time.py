"""The parts of long work whose time is measured, so that a later one can be told how long it will take.

The time of a part is taken to be proportional to its images, and to the multiplications that the classifier makes for
one image.
"""

from __future__ import annotations

from dataclasses import dataclass

from fooler_gui.core.formats import format_about
from fooler_gui.core.label_sample import MOST_LABELS
from fooler_gui.core.rounds_spec import CONTROL, RoundsSettings
from fooler_gui.core.settings import RetrainingSettings, TrainingSettings

TRAINING = "training"
COMPARING = "comparing"
ROUND_TRAINING = "training in a round"
DRIVING = "driving"
DRIVING_PENALISED = "driving with penalties"
ATTACKING = "attacking"
PARTS = (TRAINING, COMPARING, ROUND_TRAINING, DRIVING, DRIVING_PENALISED, ATTACKING)

TIME_TIP = (
    "An estimate, from what this machine has done before: images × multiplications of the net for an image ÷ the speed "
    "measured with the net of the nearest size."
)

Work = tuple[tuple[str, int], ...]
"""Parts of work, each with its number of images."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeEstimate:
    """How long work is expected to take.

    Attributes:
        seconds: The time.
        same_size: Whether every part was measured with a classifier of the same size; else it is scaled from another.
    """

    seconds: float
    same_size: bool

    @property
    def words(self) -> str:
        """``about 2 min``, or ``about 2 min, judged by another net``."""
        return format_about(self.seconds) + ("" if self.same_size else ", judged by another net")


def training_work(settings: TrainingSettings) -> Work:
    """Returns the work of a training."""
    return ((TRAINING, settings.steps * settings.batch_size),)


def retraining_work(settings: RetrainingSettings, classes: int) -> Work:
    """Returns the work of a retraining, which measures the classifier of so many `classes` before and after."""
    return (TRAINING, settings.steps * settings.batch_size), (COMPARING, 2 * attacked_labels(classes))


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
    return (
        (driving_part(with_penalties=with_penalties), len(numbers) * driven_images(settings, classes)),
        (ROUND_TRAINING, trained),
        (ATTACKING, (settings.rounds + 1 - done) * attacked_labels(classes)),
    )


def driven_images(settings: RoundsSettings, classes: int) -> int:
    """Returns how many images a round drives, each counted once a step."""
    return min(settings.labels_per_round, classes) * settings.images_per_label * settings.steps_per_round


def driving_part(*, with_penalties: bool) -> str:
    """Returns the name of the part that drives images in a round."""
    return DRIVING_PENALISED if with_penalties else DRIVING


def attacked_labels(classes: int) -> int:
    """Returns towards how many labels a classifier of so many `classes` is attacked to measure it."""
    return min(MOST_LABELS, classes)
