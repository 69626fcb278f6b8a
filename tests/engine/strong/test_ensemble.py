from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from generators import outcome

from fooler_gui.core.arrays import FloatArray, IntArray
from fooler_gui.core.messages import Working
from fooler_gui.core.run_control import RunControl
from fooler_gui.engine.strong.ensemble import Worst, attacked
from fooler_gui.engine.strong.plan import PlannedAttack
from fooler_gui.engine.strong.rise import Search, Tried

STARTS = np.arange(4, dtype=np.float32).reshape(4, 1, 1, 1) / 10
LABELS = np.arange(4)


def scripted(name: str, length: int, *winners: int, confidence: float = 0.9995) -> PlannedAttack:
    """Returns an attack of so many steps that makes the images of the labels `winners` sure in its last step."""

    def begin(images: FloatArray, labels: IntArray) -> Search:
        for step in range(length + 1):
            sure = np.isin(labels, winners) & (step == length)
            kept = yield Tried(images, np.where(sure, np.float32(confidence), np.float32(0.2 + step / 100)))
            images, labels = images[kept] + np.float32(0.01), labels[kept]
        return images

    return PlannedAttack(name=name, length=length, begin=begin)


def made(
    attacks: Sequence[PlannedAttack], restarts: int = 0, control: RunControl | None = None
) -> tuple[list[Working], Worst]:
    def fresh(places: IntArray, attempt: int) -> FloatArray:
        return np.full((len(places), 1, 1, 1), 0.5 + attempt / 10, np.float32)

    return outcome(attacked(attacks, STARTS, LABELS, restarts, fresh, control or RunControl()))


def test_each_attack_is_tried_on_what_withstood_and_the_worst_counts() -> None:
    told, worst = made([scripted("one", 2, 1), scripted("two", 3, 1, 2), scripted("three", 1)])
    assert worst.by.tolist() == [-1, 0, 1, -1]
    assert worst.tried.tolist() == [4, 3, 2]
    assert worst.plain.tolist() == [False, True, False, False]
    np.testing.assert_allclose(worst.confidences, [0.23, 0.9995, 0.9995, 0.23])
    np.testing.assert_allclose(worst.images.ravel(), [0.03, 0.12, 0.23, 0.33])
    assert not worst.stopped
    fractions = [working.fraction for working in told]
    assert fractions == sorted(fractions)
    assert [working.sentence for working in told][:4] == ["Attacking by one"] * 3 + ["Attacking by two"]
    assert fractions[3] == 2 / 6


def test_a_confidence_that_is_not_over_the_threshold_does_not_count() -> None:
    _, worst = made([scripted("one", 1, 0, 1, 2, 3, confidence=0.999)])
    assert not worst.over.any()
    np.testing.assert_allclose(worst.confidences, 0.999)


def test_restarts_try_what_withstood_from_other_starts() -> None:
    attacks = [scripted("one", 1, 1), scripted("two", 1)]
    _, worst = made(attacks, restarts=2)
    assert worst.tried.tolist() == [4 + 3 + 3, 3 + 3 + 3]
    assert worst.plain.tolist() == [False, True, False, False]


def test_nothing_more_is_tried_once_all_are_over() -> None:
    told, worst = made([scripted("one", 1, 0, 1, 2, 3), scripted("two", 50)], restarts=3)
    assert worst.over.all()
    assert worst.tried.tolist() == [4, 0]
    assert len(told) == 2


def test_a_stop_keeps_what_was_found() -> None:
    control = RunControl()
    attacks = [scripted("one", 2, 1), scripted("two", 5, 2)]

    def fresh(places: IntArray, _attempt: int) -> FloatArray:
        return STARTS[places]

    def stop_at_the_second(working: Working) -> None:
        if working.sentence.endswith("two"):
            control.stop()

    told, worst = outcome(attacked(attacks, STARTS, LABELS, 0, fresh, control), stop_at_the_second)
    assert worst.stopped
    assert worst.by.tolist() == [-1, 0, -1, -1]
    assert told[-1].sentence == "Attacking by two"
