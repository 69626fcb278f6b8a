from __future__ import annotations

import pytest

from fooler_gui.core.figure_settings import FoolingFigureSettings, WorstFigureSettings
from fooler_gui.core.settings import DescentSettings, SettingError


def test_the_figures_of_the_article_are_the_defaults() -> None:
    assert FoolingFigureSettings().to_dict() == {
        "slots": 8, "min_probability": 0.999, "max_steps": 1_000, "rng_seed": 0,
    }  # fmt: skip
    assert WorstFigureSettings().to_dict() == {"slots": 8}


def test_threshold_and_steps_are_those_of_the_descent() -> None:
    for name in ("min_probability", "max_steps"):
        assert FoolingFigureSettings.info(name) is DescentSettings.info(name)


@pytest.mark.parametrize("changed", [{"slots": 0}, {"slots": 1025}, {"min_probability": 1.5}, {"max_steps": 0}])
def test_values_out_of_range_are_refused(changed: dict[str, float]) -> None:
    with pytest.raises(SettingError):
        FoolingFigureSettings(**changed)
