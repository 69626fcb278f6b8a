"""Hand-made results of the strongest attack, for tests of what shows them."""

from __future__ import annotations

import numpy as np

from fooler_gui.core.messages import StronglyAttacked
from fooler_gui.core.strong_attack import (
    AttackMade,
    KindAttacked,
    StrongAttackReport,
    StrongAttackSettings,
    SureImage,
)


def make_attacked(
    name: str = "net",
    *,
    settings: StrongAttackSettings | None = None,
    stopped: bool = False,
    withstands: bool = False,
    blind: int = 0,
) -> StronglyAttacked:
    """Returns ten images of uniform noise, two driven over by descent and one by Adam, and ten sparse that withstood.

    The first image that remains sure is white and the second opinion differs about it; the others are black. Their
    nearest training images are grey.

    Args:
        name: The classifier's.
        settings: How the attack was made.
        stopped: Whether it was.
        withstands: Whether none of the uniform noise was driven over either.
        blind: How many images the random search drove over.
    """
    images = () if withstands else (("Adam on the logit", False), ("descent", True), ("descent", True))
    count = len(images)
    report = StrongAttackReport(
        classifier=name,
        settings=settings or StrongAttackSettings(),
        guaranteed=False,
        kinds=(
            KindAttacked(
                kind="uniform", images=10, plain=min(2, count), over=count, agreed=min(2, count), highest=0.9995
            ),
            KindAttacked(kind="sparse", images=10, plain=0, over=0, agreed=0, highest=0.4),
        ),
        attacks=(
            AttackMade(name="descent", tried=20, over=min(2, count)),
            AttackMade(name="Adam on the logit", tried=20 - min(2, count), over=max(0, count - 2)),
            AttackMade(name="random search", tried=17, over=blind, blind=True),
        ),
        images=tuple(
            SureImage(kind="uniform", attack=attack, confidence=0.9995, label=1, agreed=agreed, nearest=2)
            for attack, agreed in images
        ),
        seconds=90.0,
        stopped=stopped,
    )
    shown = np.zeros((count, 8, 6, 1), np.float32)
    shown[:1] = 1
    return StronglyAttacked(report=report, images=shown, nearest=np.full((count, 8, 6, 1), 0.5, np.float32))
