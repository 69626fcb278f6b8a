from __future__ import annotations

import math
import tomllib
from pathlib import Path
from typing import Any

import pytest

from fooler_gui.core.errors import LabError
from fooler_gui.sweeps.sweep_spec import MOST_CELLS, SweepError, SweepSpec, read_sweep, telling


def sweep(text: str) -> SweepSpec:
    return SweepSpec.from_dict(tomllib.loads(text))


def varied(spec: SweepSpec) -> list[dict[str, Any]]:
    return [cell.varied for cell in spec.cells()]


GRID = """
job = "backwork"
labels = [3, 7]
[vary]
batch_cost_coeff = [0.0, 0.5]
rng_seed = {from = 4, to = 8, step = 2}
"""


def test_a_grid_has_all_combinations_and_the_last_option_varies_fastest() -> None:
    spec = sweep(GRID)
    assert len(spec) == 6
    assert spec.varied == ("batch_cost_coeff", "rng_seed")
    assert varied(spec) == [
        {"batch_cost_coeff": coefficient, "rng_seed": seed} for coefficient in (0.0, 0.5) for seed in (4, 6, 8)
    ]
    first = next(iter(spec.cells()))
    assert (first.job, first.options) == ("backwork", {"labels": [3, 7], "batch_cost_coeff": 0.0, "rng_seed": 4})


def test_without_anything_varied_there_is_one_cell() -> None:
    assert varied(sweep('job = "train"')) == [{}]


def test_draws_are_repeated_at_each_point_of_the_grid_and_by_the_same_seed() -> None:
    text = """
    job = "backwork"
    [vary]
    label = [3, 7]
    [draw]
    count = 50
    seed = 1
    learning_rate = {low = 1e-3, high = 0.1, log = true}
    slots = {low = 2, high = 4, whole = true}
    objective = ["margin", "logit"]
    """
    drawn = varied(sweep(text))
    assert len(drawn) == 100
    assert [values | {"label": 7} for values in drawn[:50]] == drawn[50:]
    rates = [values["learning_rate"] for values in drawn]
    assert all(1e-3 <= rate <= 0.1 for rate in rates)
    assert 10 < sum(rate < 1e-2 for rate in rates[:50]) < 40  # of their logarithms half are below
    assert {values["slots"] for values in drawn} == {2, 3, 4}
    assert {values["objective"] for values in drawn} == {"margin", "logit"}
    assert varied(sweep(text)) == drawn
    assert varied(sweep(text.replace("seed = 1", "seed = 2"))) != drawn


def test_whole_numbers_drawn_by_their_logarithms_stay_within_the_ends() -> None:
    drawn = varied(sweep('job = "train"\n[draw]\ncount = 200\nsteps = {low = 1, high = 9, log = true, whole = true}'))
    assert {values["steps"] for values in drawn} == set(range(1, 10))


def test_a_hash_is_of_the_job_and_its_options_in_any_order() -> None:
    hashes = [cell.hash for cell in sweep(GRID).cells()]
    assert len(set(hashes)) == 6
    assert all(len(text) == 16 and int(text, 16) >= 0 for text in hashes)
    otherwise = 'job = "backwork"\nrng_seed = 4\nbatch_cost_coeff = 0.0\nlabels = [3, 7]'
    assert [cell.hash for cell in sweep(otherwise).cells()] == hashes[:1]
    assert [cell.hash for cell in sweep(otherwise.replace("backwork", "train")).cells()] != hashes[:1]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("labels = [3]", "must say its job, one of backwork, rounds, train, retrain, transfer; received None"),
        ('job = "bake"', "job must be one of backwork, .*received 'bake'"),
        ('job = "train"\nvary = 3', "vary must be a table; received 3"),
        ('job = "train"\n[vary]\nsteps = []', r"vary.steps must be a list of values, .* received \[\]"),
        ('job = "train"\n[vary]\nsteps = 3', "vary.steps must be a list of values, .* received 3"),
        ('job = "train"\n[vary]\nsteps = [3, 4, 3]', "vary.steps must not name a value twice"),
        ('job = "train"\nsteps = 3\n[vary]\nsteps = [3]', "steps must be fixed, varied or drawn, only one of them"),
        ('job = "train"\n[vary]\nsteps = {from = 3}', "must be a range with from, to and perhaps step"),
        ('job = "train"\n[vary]\nsteps = {from = 3, to = 2}', "steps.to must be a whole number from 3 on; received 2"),
        ('job = "train"\n[vary]\nsteps = {from = 0, to = 9, step = 0}', "steps.step must be .* from 1 on; received 0"),
        ('job = "train"\n[vary]\nsteps = {from = 0, to = 9999999}', "at most 1,000,000 cells"),
        ('job = "train"\n[vary]\na = {from = 1, to = 2000}\nb = {from = 1, to = 2000}', "this one has 4,000,000"),
        ('job = "train"\n[draw]\ncount = 3', "draw must name what is drawn; it holds count alone"),
        ('job = "train"\n[draw]\ncount = 0\na = [1]', "draw.count must be a whole number from 1 on; received 0"),
        ('job = "train"\n[draw]\nseed = true\na = [1]', "draw.seed must be a whole number from 0 on; received True"),
        ('job = "train"\n[draw]\na = {low = 1}', "draw.a must be a list of choices, or"),
        ('job = "train"\n[draw]\na = {low = 1, high = 2, log = 1}', "draw.a.log must be true or false; received 1"),
        ('job = "train"\n[draw]\na = {low = 2, high = 1}', "low not above high"),
        ('job = "train"\n[draw]\na = {low = "x", high = 1}', "low and high of a drawn setting must be numbers"),
        ('job = "train"\n[draw]\na = {low = 1.2, high = 1.8, whole = true}', "a whole number from low to high"),
        ('job = "train"\nsteps = 2026-01-01', "steps must be a finite number, a text, true, false or a list of these"),
        (
            'job = "train"\n[vary]\na = [1, {b = 2}]',
            "a must be a finite number, a text, true, false or a list of these",
        ),
        ('job = "train"\n[draw]\na = {low = 0, high = 1, log = true}', "low must be above 0; received 0"),
        ('job = "train"\n[vary]\na = [1.0, nan]', "a must be a finite number, .* received nan"),
        ('job = "train"\nx = [[1]]', r"x must be a finite number, .* received \[\[1\]\]"),
        (
            'job = "train"\n[vary]\na = {from = -9000000000000000000, to = 9000000000000000000}',
            "at most 1,000,000 cells",
        ),
        ('job = "train"\n[draw]\ncount = 9000000000000000000\na = [1]', "has 9,000,000,000,000,000,000"),
        ('job = "train"\n[vary]\n' + "".join(f"a{n} = [1]\n" for n in range(201)), "at most 200 options; .* 201"),
        (f'job = "train"\n[vary]\n{"a" * 201} = [1]', "Names must have at most 200 characters"),
        (f'job = "{"a" * 9_999}"', "received 'a{199}…"),
        ('job = "train"\n[descent]\nobjective = "margin"', "tables vary and draw and no others; received descent"),
    ],
)
def test_what_is_no_sweep_is_refused_in_a_sentence(text: str, wrong: str) -> None:
    with pytest.raises(SweepError, match=wrong) as refused:
        sweep(text)
    assert str(refused.value).endswith(".")


def test_a_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "sweep.toml"
    path.write_text(GRID, encoding="utf-8")
    assert read_sweep(path) == sweep(GRID)
    with pytest.raises(LabError, match=r"There is no file .*other\.toml"):
        read_sweep(tmp_path / "other.toml")


@pytest.mark.parametrize(
    "text",
    [GRID, 'job = "train"', 'job = "train"\n[vary]\na = [1, 2]\nb = [3, 4, 5]\n[draw]\ncount = 4\nc = [6, 7, 8]'],
)
def test_a_cell_is_known_by_its_place(text: str) -> None:
    spec = sweep(text)
    assert [spec.cell(place) for place in range(len(spec))] == list(spec.cells())


def test_the_largest_sweep_is_made_cell_by_cell() -> None:
    cells = sweep(f'job = "train"\n[vary]\nrng_seed = {{from = 1, to = {MOST_CELLS}}}').cells()
    assert next(cells).varied == {"rng_seed": 1}
    assert math.isclose(next(cells).varied["rng_seed"], 2)


def test_a_long_list_is_read_at_once_and_a_product_of_many_is_never_made() -> None:
    values = ", ".join(map(str, range(100_000)))
    assert len(sweep(f'job = "train"\n[vary]\nrng_seed = [{values}]')) == 100_000
    many = "".join(f"a{n} = {{from = 1, to = 1000000}}\n" for n in range(1_000))
    with pytest.raises(SweepError, match="this one has 1,000,000,000,000"):
        sweep(f'job = "train"\n[vary]\n{many}')


def test_of_many_numbers_the_extremes_of_each_kind_tell_whether_all_are_allowed() -> None:
    assert telling((1, 2.5, 3, "adam", True, 2)) == [1, 3, 2.5, 2.5, "adam", True]
    assert telling(()) == []
