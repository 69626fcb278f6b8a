from __future__ import annotations

import keras
import numpy as np
import pytest
from generators import outcome
from tiny import make_dataset

from fooler_gui.core.objectives import MARGIN, PROBABILITY
from fooler_gui.core.round_report import HonestyCheck
from fooler_gui.core.run_control import RunControl
from fooler_gui.engine.descent import fresh_attack
from fooler_gui.engine.descent.fresh_attack import drive_fresh, judge_of
from fooler_gui.engine.guarantee.densities import Densities
from fooler_gui.engine.guarantee.mixture import Mixture
from fooler_gui.engine.guarantee.network import with_guarantee
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
    assert list(checks) == [
        "gradients",
        "restarts",
        "other starts",
        "margin",
        "other steps",
        "blind search",
        "transfer",
    ]
    assert not any(check.suspicious for check in checks.values())
    assert checks["margin"].figures["white_box"] == 1.0
    assert checks["gradients"].figures["zero_gradients"] == 0
    for check in checks.values():
        for sentence in (check.done, check.found, check.meaning):
            assert sentence.endswith(".")


def test_where_a_guarantee_proves_that_nothing_fools_a_vanished_gradient_is_no_masking() -> None:
    def mixture(variance: float) -> Mixture:
        return Mixture(centres=np.zeros((1, 64)), variances=np.array([variance]), log_weights=np.zeros(1))

    densities = Densities(matrix=np.eye(64), offset=np.zeros(64), inside=mixture(0.001), outside=mixture(0.05))
    check = checked(with_guarantee(linear(1.0), densities))["gradients"]
    assert not check.suspicious
    assert check.figures["zero_gradients"] == 0
    assert "Nor had 100.0 %, which provably cannot fool it." in check.found
    assert "provably nothing to find" in check.meaning


def test_saturated_logits_are_called_masking() -> None:
    plain, masked = linear(1.0), linear(1e5)
    checks = checked(masked, plain)
    assert checks["gradients"].suspicious
    assert checks["gradients"].figures["zero_gradients"] > 0.3
    assert checks["margin"].figures["share"] == 1.0
    assert checks["margin"].figures["white_box"] < 0.7
    assert not checks["margin"].suspicious
    assert "use its share" in checks["margin"].meaning
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


def test_noise_that_was_driven_already_gives_the_first_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fresh_attack, "WITHIN", (10, 80, 90))
    monkeypatch.setattr(honesty, "STEPS", 40)
    net, calls = linear(0.8), []
    evaluated = net.label_gradient
    _, fresh = outcome(drive_fresh(net, judge_of(net), DATASET, 0, 1, RunControl(), noted_at=40))

    def counted(images: np.ndarray, labels: np.ndarray, objective: str) -> tuple[np.ndarray, np.ndarray]:
        calls.append((objective, images, labels.tolist()))
        return evaluated(images, labels, objective)

    monkeypatch.setattr(net, "label_gradient", counted)
    _, checks = outcome(honesty_checks(net, None, DATASET, 0, 1, RunControl(), fresh))
    figures = {check.name: check.figures for check in checks}
    over = fresh.noted.over.reshape(3, 2, 4)  # two tries of four images a label
    assert 0 < over[:, 0].mean() < over.any(axis=1).mean() < 1
    assert figures["restarts"]["once"] == figures["margin"]["white_box"] == over[:, 0].mean()
    assert figures["restarts"]["with_restarts"] >= over.any(axis=1).mean()
    # Left are another restart, the other starts, those of equal steps, and the margin, from the noise of the first try.
    assert [(objective, len(images)) for objective, images, _ in calls[:2]] == [(PROBABILITY, 3 * 12), (MARGIN, 12)]
    first = fresh.noise.reshape(3, 2, 4, 8, 8, 1)[:, 0].reshape(12, 8, 8, 1)
    np.testing.assert_array_equal(calls[1][1], first)
    assert calls[1][2] == [0] * 4 + [1] * 4 + [2] * 4


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
