from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from fooler_gui.sweeps.differences import differences
from fooler_gui.sweeps.grouping import ALL_FOOL, FOOLING, Groups, figures_of, values_of
from fooler_gui.sweeps.pivot import pivot, strips
from fooler_gui.sweeps.statistics import Interval, median, share
from fooler_gui.sweeps.summary import summarise
from fooler_gui.sweeps.sweep_spec import SweepError

VARIED = ("labels", "batch", "rng_seed")


def cell(labels: int, batch: float, seed: int, fooling: float | None = 8.0, **more: Any) -> dict[str, Any]:
    figures = {"fooling": fooling, "images": 8.0, "distance": labels + 10 * batch + seed, "seconds": 1.0}
    return {"labels": labels, "batch": batch, "rng_seed": seed, "state": "done", **figures, **more}


@pytest.fixture
def rows() -> list[dict[str, Any]]:
    return [cell(labels, batch, seed) for labels in (7, 3) for batch in (0.5, 0.0) for seed in (0, 1, 2)]


def test_cells_that_share_the_named_options_are_a_group_and_the_others_are_pooled(rows: list[dict[str, Any]]) -> None:
    groups = Groups(rows, ["batch"])
    assert groups.settings == ((0.5,), (0.0,))
    assert groups.numbers.tolist() == [0, 0, 0, 1, 1, 1] * 2
    assert groups.counts("done") == [6, 6]
    assert groups.intervals("distance") == [median([12, 13, 14, 8, 9, 10]), median([7, 8, 9, 3, 4, 5])]


def test_without_options_all_cells_are_one_group(rows: list[dict[str, Any]]) -> None:
    groups = Groups(rows, [])
    assert groups.settings == ((),)
    assert groups.intervals("seconds") == [Interval(value=1.0, low=1.0, high=1.0, count=12)]
    assert Groups([], []).intervals("seconds") == []


def test_of_images_that_fool_a_group_has_the_share_and_of_cells_that_of_those_where_all_do() -> None:
    rows = [cell(3, 0.0, 0, 8.0), cell(3, 0.0, 1, 4.0), cell(3, 0.0, 2, 0.0), cell(3, 0.5, 0, None)]
    groups = Groups(rows, ["batch"])
    assert groups.intervals(FOOLING) == [share(12, 24), None]
    assert groups.intervals(ALL_FOOL) == [share(1, 3), None]
    assert values_of(rows, FOOLING)[:3].tolist() == [1.0, 0.5, 0.0]
    assert values_of(rows, ALL_FOOL)[:3].tolist() == [1.0, 0.0, 0.0]
    assert math.isnan(values_of(rows, ALL_FOOL)[3])


@pytest.mark.parametrize("given", [None, "much", math.inf, -math.inf, True])
def test_what_is_no_finite_number_is_not_known(given: Any) -> None:
    rows = [cell(3, 0.0, 0, distance=given), cell(3, 0.0, 1, distance=2.0)]
    assert Groups(rows, ["labels"]).intervals("distance") == [Interval(value=2.0, low=2.0, high=2.0, count=1)]


@pytest.mark.parametrize(("fooling", "images"), [(9.0, 8.0), (-1.0, 8.0), (0.0, 0.0), (3.0, None), ("3", 8.0)])
def test_counts_that_are_no_part_of_a_whole_are_not_known(fooling: Any, images: Any) -> None:
    rows = [cell(3, 0.0, 0, fooling, images=images)]
    assert Groups(rows, ["labels"]).intervals(FOOLING) == [None]
    assert Groups(rows, ["labels"]).intervals(ALL_FOOL) == [None]


def test_cells_that_are_not_done_say_nothing() -> None:
    rows = [cell(3, 0.0, 0, state="failed"), cell(3, 0.0, 1, state="waiting"), cell(3, 0.0, 2)]
    groups = Groups(rows, ["labels"])
    assert (groups.counts("done"), groups.counts("failed")) == ([1], [1])
    assert groups.intervals(FOOLING) == [share(8, 8)]


def test_the_figures_of_a_sweep_are_what_its_job_found_and_the_time() -> None:
    columns = ("place", "state", "seconds", "worker", "labels", "memory", "steps", "images", "fooling", "spread")
    assert figures_of(columns, ["labels"]) == ("fooling", "all_fool", "spread", "steps", "memory", "seconds")
    assert figures_of(("place", "seconds", "accuracy"), []) == ("accuracy", "seconds")


def test_a_pivot_is_a_grid_in_order_for_each_value_of_a_third_option(rows: list[dict[str, Any]]) -> None:
    found = pivot(rows[:-3], VARIED, "distance", "labels", "batch", by="rng_seed")
    assert (found.across, found.down) == ((3, 7), (0.0, 0.5))
    assert [panel.value for panel in found.panels] == [0, 1, 2]
    assert found.panels[1].grid == ((None, median([8])), (median([9]), median([13])))


def test_a_pivot_over_one_option_pools_the_others(rows: list[dict[str, Any]]) -> None:
    found = pivot(rows, VARIED, "distance", "labels")
    (panel,) = found.panels
    assert (found.across, found.down, panel.value) == ((3, 7), (None,), None)
    assert panel.grid == ((median([8, 9, 10, 3, 4, 5]), median([12, 13, 14, 7, 8, 9])),)
    assert pivot([], VARIED, "distance", "labels").panels == ()


def test_values_that_are_no_numbers_stand_last_in_their_own_order() -> None:
    rows = [{"x": x, "state": "done", "y": 1.0} for x in ("margin", 10, "logit", 2)]
    assert pivot(rows, ["x"], "y", "x").across == (2, 10, "margin", "logit")


@pytest.mark.parametrize("options", [("labels", "labels"), ("colour", None), ("distance", "labels")])
def test_options_that_are_not_varied_and_options_twice_are_refused(
    rows: list[dict[str, Any]], options: tuple[str, str | None]
) -> None:
    with pytest.raises(SweepError, match=r"must be varied ones, each once, of labels, batch, rng_seed; received"):
        pivot(rows, VARIED, "distance", *options)


def test_strips_are_the_single_cells_of_each_setting_with_its_interval(rows: list[dict[str, Any]]) -> None:
    rows[1]["distance"] = None
    first, second = strips(rows, VARIED, "distance", ["batch"])
    assert (first.values, second.values) == ({"batch": 0.5}, {"batch": 0.0})
    assert first.places.tolist() == [0, 2, 6, 7, 8]
    assert first.figures.tolist() == [12.0, 14.0, 8.0, 9.0, 10.0]
    assert first.interval == median([8, 9, 10, 12, 14])


def test_settings_are_compared_with_the_first_in_pairs_that_share_everything_else() -> None:
    """By hand: of four pairs one is lost and none won, so p is 1; the distances are all smaller by 10."""
    rows = [cell(labels, batch, seed) for batch in (1.0, 0.0) for labels in (7, 3) for seed in (0, 1)]
    rows[-1] |= {"fooling": 7.0}
    none, found = differences(Groups(rows, ["batch"]), VARIED, ["distance", FOOLING, ALL_FOOL])
    assert none == ()
    distance, fooling, all_fool = found
    assert (distance.comparison.difference, distance.comparison.p, distance.comparison.count) == (-10.0, 0.125, 4)
    assert (fooling.comparison.difference, fooling.comparison.count) == (0.0, 4)
    assert (all_fool.comparison.difference, all_fool.comparison.p) == (-0.25, 1.0)


def test_mcnemars_test_counts_cells_in_which_every_image_fools() -> None:
    """Six pairs, all of them lost: p = 2 / 2⁶. Corrected for two comparisons, of which the other one is as small."""
    rows = [cell(3, batch, seed, 8.0 if batch == 0 else 7.0) for batch in (0.0, 0.5, 1.0) for seed in range(6)]
    _, half, whole = differences(Groups(rows, ["labels", "batch"]), VARIED, [ALL_FOOL])
    for (difference,) in (half, whole):
        assert difference.comparison.difference == -1.0
        assert difference.comparison.p == pytest.approx(0.03125)
        assert difference.corrected == pytest.approx(0.0625)


def test_cells_without_a_partner_are_not_compared() -> None:
    rows = [cell(3, 0.0, 0), cell(3, 0.0, 1), cell(3, 0.5, 1), cell(3, 0.5, 2), cell(3, 1.0, 5)]
    _, half, whole = differences(Groups(rows, ["labels", "batch"]), VARIED, ["distance"])
    assert half[0].comparison.count == 1
    assert whole == ()


def test_a_summary_has_each_setting_over_its_seeds(rows: list[dict[str, Any]]) -> None:
    rows[-1] |= {"state": "failed", "fooling": None, "distance": None}
    settings = summarise(rows, VARIED)
    assert [tuple(setting.values.values()) for setting in settings] == [(7, 0.5), (7, 0.0), (3, 0.5), (3, 0.0)]
    assert [(setting.cells, setting.failed) for setting in settings] == [(3, 0), (3, 0), (3, 0), (2, 1)]
    assert settings[0].figures["distance"] == median([12, 13, 14])
    assert settings[3].figures[FOOLING] == share(16, 16)
    assert [each.figure for each in settings[3].differences] == [FOOLING, ALL_FOOL, "distance", "seconds"]
    assert [tuple(setting.values) for setting in summarise(rows, VARIED, by=["labels"])] == [("labels",)] * 2
    assert summarise([], VARIED) == ()


def test_the_interval_does_not_depend_on_what_other_groups_there_are() -> None:
    generator = np.random.default_rng(0)
    rows = [cell(labels, 0.0, seed, distance=generator.normal()) for labels in range(5) for seed in range(labels + 2)]
    together = Groups(rows, ["labels"]).intervals("distance")
    assert together == [median([row["distance"] for row in rows if row["labels"] == labels]) for labels in range(5)]
