from __future__ import annotations

import keras
import numpy as np
import pytest
from generators import outcome
from tiny import make_dataset

from fooler_gui.core.round_report import HonestyCheck
from fooler_gui.core.run_control import RunControl
from fooler_gui.engine.mending import honesty
from fooler_gui.engine.mending.honesty import beats, honesty_checks
from fooler_gui.engine.nets.classifier import Classifier

DATASET = make_dataset()


def linear(factor: float, rng_seed: int = 0) -> Classifier:
    """A softmax of pixels' sums, whose logits are multiplied by `factor`."""
    images = keras.Input((8, 8, 1))
    logits = keras.layers.Dense(3)(keras.layers.Flatten()(images))
    network = keras.Model(images, keras.layers.Softmax()(logits))
    weights = np.random.default_rng(rng_seed).normal(size=(64, 3))
    network.set_weights([factor * weights, factor * -weights.sum(axis=0) / 2])
    return Classifier(network, ("0", "1", "2"))


def checked(classifier: Classifier, former: Classifier | None = None) -> dict[str, HonestyCheck]:
    _, checks = outcome(honesty_checks(classifier, former, DATASET, 0, 1, RunControl()))
    return {check.name: check for check in checks}


def test_a_plain_classifier_is_not_called_masked() -> None:
    checks = checked(linear(1.0), linear(1.0, rng_seed=1))
    assert list(checks) == ["gradients", "restarts", "other starts", "logit", "other steps", "blind search", "transfer"]
    assert not any(check.suspicious for check in checks.values())
    assert checks["logit"].figures["white_box"] == 1.0
    assert checks["gradients"].figures["zero_gradients"] == 0
    for check in checks.values():
        for sentence in (check.done, check.found, check.meaning):
            assert sentence.endswith(".")


def test_saturated_logits_are_called_masking() -> None:
    plain, masked = linear(1.0), linear(1e5)
    checks = checked(masked, plain)
    assert checks["gradients"].suspicious
    assert checks["gradients"].figures["zero_gradients"] > 0.3
    assert checks["logit"].figures["share"] == 1.0
    assert checks["logit"].figures["white_box"] < 0.7
    assert not checks["logit"].suspicious
    assert "use its share" in checks["logit"].meaning
    assert checks["transfer"].suspicious
    assert "Masking suspected" in checks["transfer"].meaning


def test_without_a_former_classifier_nothing_is_transferred(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(honesty, "STEPS", 3)
    assert "transfer" not in checked(linear(1.0))


def test_the_blind_search_climbs(monkeypatch: pytest.MonkeyPatch) -> None:
    shares = []
    for steps in (2, 150):
        monkeypatch.setattr(honesty, "STEPS", steps)
        shares.append(checked(linear(1.0))["blind search"].figures["share"])
    assert shares[1] > shares[0]


def test_restarts_can_only_add() -> None:
    figures = checked(linear(0.15))["restarts"].figures
    assert figures["with_restarts"] >= figures["once"]


@pytest.mark.parametrize(
    ("won", "lost", "expected"),
    [(0, 0, False), (4, 0, False), (5, 0, True), (9, 4, False), (20, 6, True), (0, 30, False)],
)
def test_an_attack_beats_another_beyond_chance(won: int, lost: int, expected: bool) -> None:
    both = 7
    challenger = np.array([True] * (won + both) + [False] * lost)
    white_box = np.array([False] * won + [True] * (both + lost))
    assert beats(challenger, white_box) is expected


def test_a_stop_ends_the_checks_without_a_result() -> None:
    control = RunControl()
    control.stop()
    assert outcome(honesty_checks(linear(1.0), None, DATASET, 0, 1, control))[1] is None
