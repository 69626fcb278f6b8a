from __future__ import annotations

import pytest

from fooler_gui.core.evaluation_count import EvaluationCount
from fooler_gui.core.optimiser_names import EVOLUTION
from fooler_gui.core.run_events import SettingsApplied
from fooler_gui.core.settings import CostCoefficients, DescentSettings

GRADIENTS = DescentSettings()
POPULATION = DescentSettings(optimiser=EVOLUTION, population=200)


def change(step: int, descent: DescentSettings) -> SettingsApplied:
    return SettingsApplied(
        step=step, revision=step + 1, coefficients=CostCoefficients(layer_cost_coeffs={}), descent=descent
    )


def test_a_step_takes_a_gradient_or_under_evolution_the_population() -> None:
    assert EvaluationCount(GRADIENTS).until(7) == 7
    assert EvaluationCount(POPULATION).until(200) == 40_000
    assert EvaluationCount(POPULATION).until(0) == 0


def test_a_change_counts_from_the_first_step_made_with_it() -> None:
    count = EvaluationCount(GRADIENTS)
    count.take([change(4, POPULATION)])
    count.take([change(6, GRADIENTS)])
    assert [count.until(step) for step in (3, 4, 5, 6, 8)] == [3, 203, 403, 404, 406]


@pytest.mark.parametrize("step", [0, 1])
def test_settings_that_changed_before_the_first_step_count_from_it(step: int) -> None:
    count = EvaluationCount(GRADIENTS)
    count.take([change(step, POPULATION)])
    assert count.until(2) == 400
