"""Hand-made reports of rounds, for tests of what shows them."""

from __future__ import annotations

import numpy as np

from fooler_gui.core.image_kinds import HELD_OUT, kinds_for
from fooler_gui.core.messages import RoundFinished
from fooler_gui.core.round_report import FreshShare, HonestyCheck, RoundReport


def make_report(number: int, *, suspicious: bool = False, control: bool = False) -> RoundReport:
    """Returns the report of round `number`: the more rounds, the harder the classifier is to fool."""
    sure = 1 / (1 + number)
    kinds = [
        FreshShare(
            kind="uniform",
            held_out=False,
            images=80,
            within=(60, 300, 1_000),
            sure=(sure / 4, sure / 2, sure),
            agreed=(0.0, sure / 8, sure / 4),
            median_steps=100.0,
        )
    ]
    for place, kind in enumerate(kinds_for(HELD_OUT)):
        kinds.append(
            FreshShare(
                kind=kind,
                held_out=True,
                images=40,
                within=(60, 300),
                sure=(sure / 5, sure * (place + 1) / 5),
                agreed=(0.0, 0.0),
                median_steps=None if number > 3 else 80.0,
            )
        )
    check = HonestyCheck(
        name="margin",
        done="Raised the logit.",
        found="It found 10.0 %.",
        meaning="Masking suspected: hidden." if suspicious else "It does no better, as it should be.",
        suspicious=suspicious,
        figures={"share": 0.1},
    )
    return RoundReport(
        number=number,
        classifier=f"round-{number:02}.keras" if number else "first.keras",
        control="control.keras" if control and number else "",
        seconds=12.0,
        images=400 if number else 0,
        found=200 // number if number else 0,
        pool=1_200 * number,
        test_accuracy=0.99 + number / 10_000,
        control_accuracy=0.985 if control else None,
        fresh=tuple(kinds),
        old_confidence=0.2 if number else None,
        scores=tuple(0.5 / (number + place + 1) for place in range(number)),
        former_scores=tuple(0.9 / (place + 1) for place in range(number)),
        checks=(check,),
    )


def make_finished(number: int, *, suspicious: bool = False, control: bool = False) -> RoundFinished:
    """Returns the same with images: of three labels two each, but none for number 0."""
    images = np.random.default_rng(number).random((3, 2 if number else 0, 4, 4, 1), np.float32)
    return RoundFinished(
        report=make_report(number, suspicious=suspicious, control=control),
        label_names=("0", "1", "2"),
        images=images,
        probabilities=np.full(images.shape[:2], 0.5, np.float32),
    )
