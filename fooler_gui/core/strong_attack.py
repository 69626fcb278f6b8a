"""The strongest attack on a classifier: how it is made, and how often images fool the classifier after it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from fooler_gui.core.formats import format_count, format_probability, format_share
from fooler_gui.core.image_kinds import KINDS
from fooler_gui.core.round_report import THRESHOLD, HonestyCheck
from fooler_gui.core.settings import SettingError, Settings, seed_setting, setting

PLAIN_STEPS = 1_000
"""Steps of the plain descent, the first of the attacks: as many as those by which rounds are judged."""

USUAL_STARTS = ("uniform", "half black", "sparse")
MIXED_STARTS = {"mixed 25": 0.25, "mixed 50": 0.5, "mixed 75": 0.75}
"""Images between uniform noise and training images, by name, with the share of the training image."""
NONE_SURE = "No image remains of which the classifier is sure."

_FEWEST_BY_CHANCE = 5
"""From so many images on, what a blind search finds after all gradients failed is more than chance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StrongAttackSettings(Settings):
    """How long each of the attacks searches, and from how many images."""

    images_a_kind: int = setting(
        20,
        "Images of a kind",
        "More measure more exactly and take longer: how many images of each kind of starts are attacked.",
        minimum=1,
        maximum=10_000,
        unit="images",
    )
    steps: int = setting(
        100,
        "Steps",
        "More search longer: the steps of each attack that halves its steps, three objectives and the targets.",
        minimum=1,
        maximum=100_000,
        unit="steps",
    )
    targets: int = setting(
        3,
        "Targets",
        "More try more classes: so many of the likeliest after the start are each a target.",
        minimum=0,
        maximum=100,
        unit="classes",
    )
    adam_steps: int = setting(
        3_000,
        "Steps by Adam",
        "More search longer: the steps of Adam on the logit.",
        minimum=1,
        maximum=1_000_000,
        unit="steps",
    )
    queries: int = setting(
        5_000,
        "Queries",
        "More search longer: how often the random search, which sees no gradient, asks about each image.",
        minimum=1,
        maximum=1_000_000,
        unit="queries",
    )
    restarts: int = setting(
        1,
        "Restarts",
        "More try images longer that withstood: how often all attacks are made again on them, from other starts.",
        minimum=0,
        maximum=100,
    )
    rng_seed: int = seed_setting("The number that starts the noise.")


def strong_starts() -> tuple[str, ...]:
    """Returns the names of all starts that there are."""
    return (*(name for name, kind in KINDS.known().items() if kind.is_start), *MIXED_STARTS)


def check_starts(starts: tuple[str, ...]) -> None:
    """Checks the names of starts.

    Raises:
        SettingError: One is not known.
    """
    known = strong_starts()
    unknown = [name for name in starts if name not in known]
    if unknown:
        raise SettingError(f"Starts must be some of {', '.join(known)}; received {', '.join(unknown)}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class KindAttacked:
    """How images of one kind of starts fared.

    Attributes:
        kind: The kind.
        images: How many were attacked: without those of a kind that may show a class that were over the threshold from
            the start.
        plain: How many of them the plain descent drove over the threshold.
        over: How many any attack did.
        agreed: How many of these the second opinion calls the class that the classifier is sure of; None if there is
            nobody to ask.
        highest: The highest confidence that was reached, 0 to 1; 0 without images.
    """

    kind: str
    images: int
    plain: int
    over: int
    agreed: int | None
    highest: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AttackMade:
    """How one of the attacks fared, over all kinds and restarts.

    Attributes:
        name: What it is called.
        tried: How many images it was tried on: those that had withstood all attacks before, counted at each restart.
        over: How many of them it drove over the threshold.
        blind: Whether it sees no gradient.
    """

    name: str
    tried: int
    over: int
    blind: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SureImage:
    """An image that the classifier is sure of after the attack.

    Attributes:
        kind: What it started from.
        attack: The attack that found it.
        confidence: The classifier's, 0 to 1.
        label: The class that the classifier is sure of.
        agreed: Whether the second opinion calls it that, too; None if there is nobody to ask.
        nearest: The class of the nearest training image; None without a dataset.
    """

    kind: str
    attack: str
    confidence: float
    label: int
    agreed: bool | None
    nearest: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StrongAttackReport:
    """How often images fool a classifier after the strongest attack.

    Attributes:
        classifier: Its name.
        settings: How the attack was made.
        guaranteed: Whether the classifier has a guarantee, so that the attack also followed its densities.
        kinds: One for each kind of starts.
        attacks: One for each attack, in the order in which they were made.
        images: The images over the threshold; first those that the second opinion does not call the class.
        seconds: The time that it took.
        stopped: Whether a person ended it early.
    """

    classifier: str
    settings: StrongAttackSettings
    guaranteed: bool
    kinds: tuple[KindAttacked, ...]
    attacks: tuple[AttackMade, ...]
    images: tuple[SureImage, ...]
    seconds: float
    stopped: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Returns the report as a dict for JSON."""
        return dataclasses.asdict(self)


def strongest_check(report: StrongAttackReport) -> HonestyCheck:
    """Returns the strongest attack as an honesty check beside the plain ones."""
    images, over = (sum(getattr(kind, part) for kind in report.kinds) for part in ("images", "over"))
    plain = sum(kind.plain for kind in report.kinds)
    seen = [kind.agreed for kind in report.kinds if kind.agreed is not None]
    blind = sum(attack.over for attack in report.attacks if attack.blind)
    suspicious = blind >= _FEWEST_BY_CHANCE
    figures = {"share": _part(over, images), "white_box": _part(plain, images)}
    figures |= {f"share of {kind.kind}": _part(kind.over, kind.images) for kind in report.kinds}
    if seen:
        figures["agreed"] = _part(sum(seen), images)
    return HonestyCheck(
        name="strongest attack",
        done=_done(report, images),
        found=_found(report, sum(seen) if seen else None),
        meaning=_meaning(blind, over - plain, suspicious=suspicious),
        suspicious=suspicious,
        figures=figures,
    )


def strong_attack_sentence(report: StrongAttackReport) -> str:
    """Returns the result of the attack in a sentence."""
    shares = ", ".join(f"{format_share(_part(kind.over, kind.images))} of {kind.kind}" for kind in report.kinds)
    begun = "Stopped; so far the" if report.stopped else "The"
    return f"{report.classifier}: {begun[0].lower()}{begun[1:]} strongest attack drove {shares} over {THRESHOLD}."


def _done(report: StrongAttackReport, images: int) -> str:
    kinds = ", ".join(kind.kind for kind in report.kinds)
    begun = "Stopped early: " if report.stopped else ""
    names = ", ".join(attack.name for attack in report.attacks)
    tries = format_count(report.settings.restarts, "restart")
    return (
        f"{begun}{format_count(images, 'image')} ({kinds}) went through these attacks, each tried on those that had "
        f"withstood the ones before, with {tries}: {names}."
    )


def _found(report: StrongAttackReport, agreed: int | None) -> str:
    parts = [
        f"of {kind.kind} {format_share(_part(kind.over, kind.images))} (descent of {PLAIN_STEPS:,} steps "
        f"{format_share(_part(kind.plain, kind.images))}; highest confidence {format_probability(kind.highest)})"
        for kind in report.kinds
    ]
    asked = "" if agreed is None else f" The second opinion calls {agreed:,} of these images what this net does."
    return f"It drove over {THRESHOLD}: {', '.join(parts)}.{asked}"


def _meaning(blind: int, more: int, *, suspicious: bool) -> str:
    if suspicious:
        return f"Masking suspected: random search fooled it with {blind:,} images that withstood all gradients."
    if more:
        return "Use this share: the plain descent, by which rounds are judged, finds fewer."
    return "It does no better than the plain descent, by which rounds are judged."


def _part(some: int, of: int) -> float:
    return some / of if of else 0.0
