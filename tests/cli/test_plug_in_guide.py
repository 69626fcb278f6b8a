"""The page of the guide on plug-ins: its package is installed as it is written, listed, checked and used."""

from __future__ import annotations

import json
import re
import runpy
import tomllib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from plug_ins import installed_packages

from fooler_gui.core.image_kinds import KINDS
from fooler_gui.core.run_spec import RunSpec
from fooler_gui.core.start_words import start_name
from fooler_gui.core.terms import TERMS
from fooler_gui.records.run_folder import read_record
from fooler_gui.records.run_reader import read_last_save
from fooler_gui.resources import resource

FILES = dict(re.findall(r"^`([\w./]+)`\n\n```\w+\n(.*?)^```$", resource("guide/plug-ins.md").read_text(), re.M | re.S))


@pytest.fixture
def extras(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Installs the guide's package, and returns the folder that it is in."""
    project = tomllib.loads(FILES["pyproject.toml"])["project"]
    folder = tmp_path / "site"
    with installed_packages(folder, monkeypatch, TERMS, KINDS) as install:
        install(FILES, project["name"], project["entry-points"])
        yield folder


def test_the_page_shows_a_whole_package() -> None:
    assert list(FILES) == [
        "pyproject.toml", "fooler_extras/__init__.py", "fooler_extras/contrast.py", "fooler_extras/stripes.py",
        "test_extras.py",
    ]  # fmt: skip
    assert tomllib.loads(FILES["pyproject.toml"])["tool"]["setuptools"]["packages"] == ["fooler_extras"]


@pytest.mark.parametrize(("command", "name"), [("terms", "contrast"), ("starts", "stripes")])
def test_its_term_and_its_start_are_listed(extras, fooler, command, name):
    listed = json.loads(fooler(command, "--json").out)
    assert listed["left_out"] == []
    (entry,) = [entry for entry in listed[command] if entry["package"] == "fooler-extras"]
    assert (entry["name"], entry["source"]) == (name, "an example")
    assert "Package  fooler-extras" in re.sub(r"  +", "  ", fooler(command).out)


def test_its_own_tests_pass(extras):
    tests = {name: test for name, test in runpy.run_path(str(extras / "test_extras.py")).items() if name[:5] == "test_"}
    assert len(tests) == 2
    for test in tests.values():
        test()


def test_a_run_starts_from_its_stripes_and_is_driven_by_its_contrast(extras, fooler, classifier_file, tmp_path):
    coefficients, run = tmp_path / "even.toml", tmp_path / "run"
    coefficients.write_text("[term_coeffs]\ncontrast = 0.5\n")
    options = ("--classifier", classifier_file, "--slots", 2, "--max-steps", 2, "--min-probability", 1)
    outcome = fooler(
        "backwork", "--label", 3, *options, "--start", "stripes", "--coefficients", coefficients, "--out", run
    )
    assert (outcome.code, outcome.err) == (0, "")
    spec: RunSpec = read_record(run).spec
    assert (spec.start, start_name(spec.start)) == ("stripes", "stripes")
    assert spec.coefficients.term_coeffs["contrast"] == 0.5
    save = read_last_save(run)
    assert save.costs[0].of("contrast").slot_values == pytest.approx(save.images[0].var(axis=(1, 2, 3)), rel=1e-4)
    assert np.isfinite(save.images).all()
    again = fooler("backwork", "--repeat", run, "--out", tmp_path / "again")
    assert (again.code, again.err) == (0, "")
    np.testing.assert_array_equal(read_last_save(tmp_path / "again").images, save.images)
