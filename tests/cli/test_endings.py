"""Files are taken and written whatever case their endings are in."""

from __future__ import annotations

import shutil

import pytest

IN_CAPITALS = ("PNG", "GIF", "APNG", "WEBP", "SVG", "PDF", "NPZ", "CSV", "JSON")


@pytest.fixture
def capitals(tmp_path, classifier_file, images_file):
    """Returns a folder whose files end in capitals."""
    shutil.copy(classifier_file, tmp_path / "NET.KERAS")
    shutil.copy(images_file, tmp_path / "IMAGES.NPZ")
    (tmp_path / "GENTLE.TOML").write_text("misclassification_coeff = 5\n")
    return tmp_path


def test_files_that_end_in_capitals_are_taken_on_every_option(fooler, capitals):
    net, images, gentle = (capitals / name for name in ("NET.KERAS", "IMAGES.NPZ", "GENTLE.TOML"))
    outcome = fooler(
        "costs", "--label", 3, "--images", images, "--references", images, "--classifier", net, "--coefficients", gentle
    )  # fmt: skip
    assert outcome.code == 0, outcome.err
    outcome = fooler(
        "backwork", "--label", 3, "--start", images, "--classifier", net, "--max-steps", 1, "--out", capitals / "run"
    )
    assert outcome.code == 0, outcome.err


@pytest.mark.parametrize("ending", IN_CAPITALS)
def test_a_run_is_exported_to_a_file_whose_ending_is_in_capitals(fooler, run_folder, tmp_path, ending):
    path = tmp_path / f"RUN.{ending}"
    outcome = fooler("export", run_folder, "--to", path)
    assert outcome.code == 0, outcome.err
    assert [entry.name for entry in tmp_path.iterdir() if entry.name.startswith("RUN")] == [path.name]
    shown = fooler("export", run_folder, "--to", tmp_path / f"small.{ending.lower()}")
    assert shown.code == 0
    assert path.stat().st_size == pytest.approx((tmp_path / f"small.{ending.lower()}").stat().st_size, rel=0.01)


def test_a_figure_is_drawn_to_a_file_whose_ending_is_in_capitals(fooler, capitals, run_folder):
    figure, table = capitals / "FIGURE.PNG", capitals / "TABLE.CSV"
    outcome = fooler("figure", "fooling", "--run", run_folder, "--out", figure, "--milestones", table)
    assert outcome.code in (0, 1), outcome.err
    assert figure.read_bytes().startswith(b"\x89PNG")
    assert table.read_text().startswith("label")


def test_a_classifier_is_trained_into_a_file_whose_ending_is_in_capitals(fooler, tmp_path):
    path = tmp_path / "NET.KERAS"
    outcome = fooler("train", "--out", path, "--preset", "quick", "--steps", 2, "--conv", "none", "--dense", "none")
    assert outcome.code == 0, outcome.err
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["NET.KERAS", "NET.training"]
    assert fooler("export", tmp_path / "NET.training", "--to", tmp_path / "COURSE.CSV").code == 0
