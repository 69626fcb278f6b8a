from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from fooler_gui.sweeps.sweep_spec import Distribution, SweepError, SweepSpec, read_sweep
from fooler_gui.sweeps.sweep_text import begin_folder, source_text, sweep_text, text_of, values_of, write_sweep

SPEC = SweepSpec(
    job="backwork",
    fixed={"labels": [3, 7], "classifier": 'a "net".keras', "max_steps": 20},
    vary={"rng_seed": (0, 1, 2, 3, 4), "batch_cost_coeff": (0.0, 0.5), "slots": (2, 4, 6, 8), "maps": ("a", "b")},
    draw={"learning_rate": Distribution(low=1e-3, high=0.1, log=True), "objective": ("margin", "logit")},
    draws=3,
    seed=7,
)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("0, 0.5", (0, 0.5)),
        (" 3 ", (3,)),
        ("0 to 4", (0, 1, 2, 3, 4)),
        ("-2 to 4 by 3", (-2, 1, 4)),
        ("1e-4,2e-4", (1e-4, 2e-4)),
        ("adam, sign", ("adam", "sign")),
        ("true, false", (True, False)),
        ('"a, b.keras", digits:7', ("a, b.keras", "digits:7")),
        ("inf, nan", ("inf", "nan")),
    ],
)
def test_values_are_read_and_written_alike(text: str, values: tuple[Any, ...]) -> None:
    assert values_of(text) == values
    assert values_of(text_of(values)) == values


def test_whole_numbers_in_a_row_are_written_as_a_range_and_floats_in_their_shortest_form() -> None:
    assert text_of((0, 1, 2)) == "0, 1, 2"
    assert text_of((0, 1, 2, 3)) == "0 to 3"
    assert text_of((5, 15, 25, 35)) == "5 to 35 by 10"
    assert text_of((0.0, 0.25, 1e-4)) == "0, 0.25, 1e-4"
    assert text_of((3, 2, 1, 0)) == "3, 2, 1, 0"


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("", "received none"),
        (" , ", "received none"),
        ("1, 2, 1", "must differ"),
        ("5 to 2", "must go upwards"),
        ("0 to 9 by 0", "must go upwards"),
        ("0 to 99999999", "at most 1,000,000 cells"),
    ],
)
def test_other_values_are_refused_with_a_sentence(text: str, refusal: str) -> None:
    with pytest.raises(SweepError, match=refusal):
        values_of(text)


def test_a_sweep_is_read_back_from_its_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "sweep.toml"
    write_sweep(path, SPEC)
    assert read_sweep(path) == SPEC
    assert "from = 2\nto = 8\nstep = 2" in sweep_text(SPEC)
    write_sweep(tmp_path / "copy.toml", dataclasses.replace(SPEC, folder=tmp_path / "elsewhere"))
    assert read_sweep(tmp_path / "copy.toml").folder == tmp_path / "elsewhere"


def test_draws_are_told_in_words() -> None:
    assert source_text(SPEC.draw["learning_rate"], 3) == "3 numbers from 1e-3 to 0.1, logarithmic"
    assert source_text(Distribution(low=20, high=200, whole=True), 50) == "50 whole numbers from 20 to 200"
    assert source_text(("margin", "logit"), 2) == "2 draws of margin, logit"


def test_a_folder_is_begun_once_and_belongs_to_one_sweep(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "sweep"
    file = begin_folder(folder, SPEC)
    assert read_sweep(file) == SPEC
    written = file.stat().st_mtime_ns
    assert begin_folder(folder, SPEC) == file
    assert file.stat().st_mtime_ns == written
    other = SweepSpec(job="train", fixed={}, vary={"rng_seed": (0,)}, draw={})
    with pytest.raises(SweepError, match="holds another sweep"):
        begin_folder(folder, other)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("Dear Sir")
    with pytest.raises(SweepError, match="holds something else"):
        begin_folder(tmp_path / "full", SPEC)
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["letter.txt"]
