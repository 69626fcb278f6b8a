from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from benchmarks.catalogue import BENCHMARKS, NAMES
from benchmarks.row import Quantity, Row, Target, judged, not_installed
from benchmarks.runner import BrokenBenchmark

SOURCES = Path(__file__).parents[2]


def fake_rows(benchmark, function):
    about = {"name": benchmark.name, "work": f"{benchmark.name} by {function}"}
    figures = {"ours": Quantity(20.0, "ms"), "theirs": Quantity(10.0, "ms"), "comparison": "the net"}
    match benchmark.name:
        case "training-torch":
            return [not_installed("torch", Target.at_least(1.0), comparison="PyTorch", **about)]
        case "growth":
            return [Row(**about, table=(("slots", "ms"), (1, 2.0), (256, 123.456)))]
        case "peers":
            return [judged(Target.at_least(1.5), 2.0, **figures, **about)]
        case _:
            return [judged(Target.at_most(1.3), 2.0, note="Taken by turns.", **figures, **about)]


@pytest.fixture
def measured(monkeypatch):
    """Replaces the processes that measure by `fake_rows`; lists what was asked for."""
    asked = []

    def rows_of(benchmark, function):
        asked.append((benchmark.name, function))
        return fake_rows(benchmark, function)

    monkeypatch.setattr("benchmarks.command.rows_of", rows_of)
    return asked


def test_every_benchmark_is_measured_in_order_with_a_process_for_each_function(measured, fooler):
    assert fooler("benchmark").code == 0
    assert measured == [(benchmark.name, function) for benchmark in BENCHMARKS for function in benchmark.functions]


def test_only_measures_what_it_names(measured, fooler):
    assert fooler("benchmark", "--only", "growth", "step-net", "--only", "peers").code == 0
    assert list(dict.fromkeys(name for name, _ in measured)) == ["step-net", "peers", "growth"]


def test_the_table_shows_ours_theirs_ratio_target_and_verdict(measured, fooler):
    lines = fooler("benchmark", "--only", "step-net", "peers", "training-torch").out.splitlines()
    table = [" ".join(line.split()) for line in lines]
    assert "row work ours compared with theirs ratio target" in table
    assert "step-net step-net by measure_one_label 20.0 ms the net 10.0 ms 2.00 × ≤ 1.3 × missed" in table
    assert "peers peers by measure 20.0 ms the net 10.0 ms 2.00 × ≥ 1.5 × met" in table
    assert "training-torch training-torch by measure – PyTorch – – ≥ 1 × not installed" in table
    assert any("Taken by turns." in line for line in table)


def test_a_rows_own_table_is_shown(measured, fooler):
    lines = [line.split() for line in fooler("benchmark", "--only", "growth").out.splitlines()]
    assert [line for line in lines if len(line) == 2][-3:] == [["slots", "ms"], ["1", "2.00"], ["256", "123"]]


def test_json_is_one_object_with_machine_and_rows(measured, fooler):
    outcome = fooler("benchmark", "--json", "--only", "step-net", "training-torch")
    facts = json.loads(outcome.out)
    assert set(facts) == {"machine", "seconds", "rows"}
    assert facts["machine"]["cores"] >= 1
    first, second = facts["rows"]
    assert (first["ours"], first["met"], first["verdict"]) == ({"value": 20.0, "unit": "ms"}, False, "missed")
    assert (second["ours"], second["met"], second["verdict"]) == (None, None, "not installed")
    assert math.isfinite(facts["seconds"])
    assert outcome.err == ""


def test_ctrl_c_keeps_the_rows_that_are_done(monkeypatch, fooler):
    def rows_of(benchmark, function):
        if benchmark.name == "peers":
            raise KeyboardInterrupt
        return fake_rows(benchmark, function)

    monkeypatch.setattr("benchmarks.command.rows_of", rows_of)
    outcome = fooler("benchmark", "--json")
    assert outcome.code == 130
    assert [row["name"] for row in json.loads(outcome.out)["rows"]] == [
        "step-direct",
        "step-net",
        "all-labels",
        "many-slots",
        "terms",
    ]
    assert outcome.err == "Stopped while measuring a step against other libraries; the rows before it are shown.\n"


def test_ctrl_c_before_the_first_row_says_so(monkeypatch, fooler):
    def rows_of(_benchmark, _function):
        raise KeyboardInterrupt

    monkeypatch.setattr("benchmarks.command.rows_of", rows_of)
    outcome = fooler("benchmark")
    assert (outcome.code, outcome.out) == (130, "")


def test_a_benchmark_that_fails_is_shown_and_the_others_go_on(monkeypatch, fooler):
    def rows_of(benchmark, function):
        if benchmark.name == "memory":
            raise BrokenBenchmark("MemoryError: too much", "Traceback: long\nMemoryError: too much\n")
        return fake_rows(benchmark, function)

    monkeypatch.setattr("benchmarks.command.rows_of", rows_of)
    outcome = fooler("benchmark", "--json", "--only", "memory", "growth")
    assert outcome.code == 1
    verdicts = {row["name"]: row["verdict"] for row in json.loads(outcome.out)["rows"]}
    assert verdicts == {"memory": "failed", "growth": "reported"}
    assert outcome.err == "Not everything could be measured: memory; the notes say why.\n"
    assert "Traceback: long" in fooler("benchmark", "--debug", "--only", "memory").err


def test_an_unknown_name_is_refused_with_those_that_are_known(measured, fooler):
    outcome = fooler("benchmark", "--only", "speed")
    assert (outcome.code, outcome.out, outcome.err.count("\n")) == (2, "", 1)
    assert "'speed'" in outcome.err
    assert all(name in outcome.err for name in NAMES)
    assert measured == []


@pytest.fixture
def installed(monkeypatch, tmp_path):
    """The program as it is installed, without its source tree, in an empty folder; returns the folder."""
    monkeypatch.setattr("fooler_gui.cli.benchmark_folder._SOURCES", tmp_path / "site-packages")
    folder = tmp_path / "folder"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def test_without_the_source_tree_command_and_help_tell_where_the_benchmarks_are(installed, fooler, capsys):
    outcome = fooler("benchmark", "--only", "step-net")
    assert (outcome.code, outcome.out, outcome.err.count("\n")) == (2, "", 1)
    assert "in tests/benchmarks; run python main.py benchmark in the folder" in outcome.err
    with pytest.raises(SystemExit):
        fooler("benchmark", "--help")
    assert "in tests/benchmarks" in " ".join(capsys.readouterr().out.split())


def test_an_installed_program_takes_the_benchmarks_of_the_source_tree_that_it_is_started_in(
    installed, monkeypatch, measured, fooler
):
    monkeypatch.chdir(SOURCES)
    assert fooler("benchmark", "--only", "peers").code == 0
    assert measured == [("peers", "measure")]


@pytest.mark.parametrize("project", ['[project]\nname = "other"', "project = 1", "= =", ""])
def test_benchmarks_of_another_project_are_not_taken(installed, project, fooler):
    (installed / "pyproject.toml").write_text(project)
    (installed / "tests" / "benchmarks").mkdir(parents=True)
    (installed / "tests" / "benchmarks" / "catalogue.py").write_text("raise AssertionError")
    assert fooler("benchmark").code == 2


def test_help_lists_every_benchmark(monkeypatch, fooler, capsys):
    monkeypatch.setenv("COLUMNS", "5000")  # so that no name is broken at its hyphen
    with pytest.raises(SystemExit):
        fooler("benchmark", "--help")
    shown = " ".join(capsys.readouterr().out.split())
    assert all(f"{benchmark.name}: {benchmark.work}" in shown for benchmark in BENCHMARKS)
