"""Hand-made reports of rounds."""

from __future__ import annotations

import dataclasses

from fooler_gui.core.round_report import FreshShare, HonestyCheck, RoundReport

NAMES = ("gradients", "restarts", "margin", "other steps", "blind search", "transfer")


def make_fresh(kind: str, sure: tuple[float, ...], agreed: tuple[float, ...] | None = None, **changed) -> FreshShare:
    """Returns shares within 60, 300 and 1,000 steps, as many as `sure` has."""
    values = {
        "held_out": kind != "uniform",
        "images": 100,
        "within": (60, 300, 1_000)[: len(sure)],
        "agreed": agreed or (0.0,) * len(sure),
        "median_steps": 40.0,
    }
    return FreshShare(kind=kind, sure=sure, **(values | changed))


def make_check(name: str, *, suspicious: bool = False) -> HonestyCheck:
    return HonestyCheck(
        name=name,
        done=f"Raised the logit's lead over the others instead of the probability, for {name}.",
        found=f"For {name} it drove 35.0 % of the images over 0.999, descent on the probability 30.0 %.",
        meaning="Masking suspected: the softmax is saturated and hides the way up."
        if suspicious
        else "It does no better, as it should be.",
        suspicious=suspicious,
        figures={"share": 0.35, "white_box": 0.3},
    )


def make_report(number: int, **changed) -> RoundReport:
    """Returns the report of round `number`: fooled less often by and by, a little less accurate."""
    fooled = 0.8**number
    values = {
        "number": number,
        "classifier": f"classifier-{number}.keras",
        "control": "",
        "seconds": 60.0,
        "images": 400 if number else 0,
        "found": 380 if number else 0,
        "pool": 1_200 * number,
        "test_accuracy": 0.992 - 0.0005 * number,
        "control_accuracy": min(0.995, 0.992 + 0.0002 * number),
        "fresh": (
            make_fresh("uniform", (0.8 * fooled, 0.9 * fooled + 0.03, 0.9 * fooled + 0.1), (0.0, 0.01, 0.02)),
            make_fresh("permuted", (1.0, 1.0), held_out=False),
            make_fresh("blurred", (0.9 * fooled, 0.68 * fooled + 0.32), (0.0, 0.02)),
            make_fresh("sparse", (0.2, 0.25)),
        ),
        "old_confidence": 0.2 if number else None,
        "scores": tuple(0.02 + 0.01 * (number - made) for made in range(1, number + 1)),
        "former_scores": tuple(0.9995 - 0.3 * (number - 1 - former) / number for former in range(number)),
        "checks": tuple(make_check(name) for name in NAMES),
    }
    return RoundReport(**(values | changed))


def make_reports(rounds: int, **changed) -> tuple[RoundReport, ...]:
    """Returns the reports of the classifier before and of so many rounds, each with what is `changed`."""
    return tuple(make_report(number, **changed) for number in range(rounds + 1))


def without_control(reports: tuple[RoundReport, ...]) -> tuple[RoundReport, ...]:
    return tuple(dataclasses.replace(report, control_accuracy=None) for report in reports)
