"""The full specification of rounds of backwork and retraining: the same specification gives the same classifiers."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from fooler_gui.core.image_kinds import ROUNDS, kinds_for
from fooler_gui.core.label_sample import MOST_LABELS
from fooler_gui.core.settings import (
    CostCoefficients,
    MethodSettings,
    SettingError,
    Settings,
    batch_size_setting,
    no_penalties,
    seed_setting,
    setting,
    training_rate_setting,
)
from fooler_gui.core.terms import known_terms

UNIFORM, NONE_CLASS, GUARANTEE, NOISE_ONLY, CONTROL = "uniform", "none-class", "guarantee", "noise", "control"
POLICIES = (UNIFORM, NONE_CLASS, GUARANTEE, NOISE_ONLY, CONTROL)

DEFAULT_STARTS = ("uniform", "permuted", "patches", "faint")

NONE_NAME = "none"
"""The name of the class that the policy "none-class" adds, where no other class has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundsSettings(Settings):
    """How rounds are made (method.md, Retraining)."""

    rounds: int = setting(
        5,
        "Rounds",
        "More make the classifier harder to fool: how often images are driven and it is trained on them.",
        minimum=1,
        maximum=1_000,
    )
    policy: str = setting(
        UNIFORM,
        "Label of the images",
        "Decides what the classifier learns to say of noise: found images and noise are trained as every class equally "
        "likely (uniform), as a class of their own (none-class), as every class equally likely by a classifier that is "
        "given a guarantee first (guarantee), noise alone (noise), or neither (control).",
        choices=POLICIES,
    )
    images_per_label: int = setting(
        40,
        "Images per label",
        "More attack more widely and take longer: how many fresh images are driven towards each label in a round.",
        minimum=1,
        maximum=1_024,
        unit="images",
    )
    labels_per_round: int = setting(
        MOST_LABELS,
        "Labels per round",
        "More take longer: towards how many labels images are driven in a round. Of more classes, as many are drawn "
        "anew each time.",
        minimum=1,
        maximum=100_000,
        unit="labels",
    )
    steps_per_round: int = setting(
        150,
        "Steps per round",
        "More attack harder and take longer: how long images are driven in a round, whether they fool or not.",
        minimum=1,
        maximum=100_000,
        unit="steps",
    )
    stages: int = setting(
        3,
        "Kept stages",
        "More teach weaker fooling images, too: how often images are kept on their way, at equal intervals, the last "
        "time at the end.",
        minimum=1,
        maximum=100,
    )
    digits: int = setting(
        20_000,
        "Training images",
        "More keep the accuracy and take longer: how many images of the training data are trained on in a round, "
        "chosen anew each time.",
        minimum=1,
        maximum=1_000_000,
        unit="images",
    )
    noise: int = setting(
        1_000,
        "Noise images",
        "More make the classifier less sure of noise: how many images of it, fresh and uniform, are trained on in a "
        "round.",
        minimum=0,
        maximum=1_000_000,
        unit="images",
    )
    blanks: int = setting(
        50,
        "Blank images",
        "More make the classifier less sure of black images: how many are trained on in a round.",
        minimum=0,
        maximum=1_000_000,
        unit="images",
    )
    batch_size: int = batch_size_setting(128, "More makes steps steadier and slower: how many images each sees.")
    learning_rate: float = training_rate_setting(
        1e-3,
        "More learns faster and less steadily: Adam's step for the weights at the start of a round, on the "
        "cross-entropy summed over the batch. It falls to zero towards the round's end, so that the classifier "
        "settles.",
    )
    control: bool = setting(
        False,
        "Train a control too",
        "Shows what the rounds cost in accuracy: does the same training without noise, blanks or found images, too.",
    )
    rng_seed: int = seed_setting(
        "The same seed gives the same rounds: the number that starts noise and the order of images."
    )

    @property
    def trains_on_found(self) -> bool:
        """Whether found images are trained on."""
        return self.policy in (UNIFORM, NONE_CLASS, GUARANTEE)

    def as_control(self) -> RoundsSettings:
        """Returns the same training without found images, noise and blanks."""
        return dataclasses.replace(self, policy=CONTROL)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundsSpec:
    """Rounds of backwork and retraining.

    Attributes:
        classifier: Path of the first classifier's ``.keras`` file.
        starts: Kinds of images that rounds can train on (`image_kinds.kinds_for`), used in equal parts.
        settings: Rounds, policy, images, training.
        coefficients: The factors of the cost that drives the images.
        method: The article's or the 2016 program's way of taking distances and changing pixels.
    """

    classifier: str
    starts: tuple[str, ...] = DEFAULT_STARTS
    settings: RoundsSettings = field(default_factory=RoundsSettings)
    coefficients: CostCoefficients
    method: MethodSettings = field(default_factory=MethodSettings)

    def __post_init__(self) -> None:
        if not isinstance(self.classifier, str):
            raise SettingError(f"classifier must be a text; received {self.classifier!r}.")
        known = tuple(kinds_for(ROUNDS))
        strange = any(start not in known for start in self.starts)
        if strange or not self.starts or len(set(self.starts)) < len(self.starts):
            raise SettingError(
                f"starts must be one or more of {', '.join(known)}, none twice; received "
                f"{', '.join(map(str, self.starts)) or 'none'}."
            )

    @property
    def has_penalties(self) -> bool:
        """Whether any layer term counts besides the classifier's output."""
        return bool(self.penalised_layers)

    @property
    def penalised_layers(self) -> tuple[str, ...]:
        """The layers whose terms count."""
        coefficients = self.coefficients
        if not any(coefficients.term_coeffs[name] for name, term in known_terms().items() if term.is_of_layers):
            return ()
        return tuple(name for name, value in coefficients.layer_cost_coeffs.items() if value)

    def to_dict(self) -> dict[str, Any]:
        """Returns the specification as a dict for TOML and JSON."""
        return {
            "classifier": self.classifier,
            "starts": list(self.starts),
            "settings": self.settings.to_dict(),
            "coefficients": self.coefficients.to_dict(),
            "method": self.method.to_dict(),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], recorded_layers: Iterable[str]) -> Self:
        """Returns the specification that `to_dict` turned into `data`.

        Raises:
            SettingError: A name is missing or unknown, or a value is not allowed.
        """
        known = ("classifier", "starts", "settings", "coefficients", "method")
        for name in data:
            if name not in known:
                raise SettingError(f"{name!r} is not a setting of rounds; known are {', '.join(known)}.")
        if "classifier" not in data or not isinstance(data.get("starts"), list):
            raise SettingError(f"Rounds need a classifier and a list of starts; received {sorted(data)}.")
        return cls(
            classifier=data["classifier"],
            starts=tuple(data["starts"]),
            settings=RoundsSettings.from_dict(data.get("settings", {})),
            coefficients=CostCoefficients.from_dict(data.get("coefficients", {}), recorded_layers),
            method=MethodSettings.from_dict(data.get("method", {})),
        )


def default_rounds(classifier: str, recorded_layers: Iterable[str], **changed: Any) -> RoundsSpec:
    """Returns the default specification: driven by the misclassification cost alone.

    Args:
        classifier: Path of the first classifier.
        recorded_layers: Its recorded layers.
        changed: Settings that differ from the default, by name.
    """
    return RoundsSpec(
        classifier=classifier, coefficients=no_penalties(recorded_layers), settings=RoundsSettings(**changed)
    )
