from __future__ import annotations

import json
import sys

import numpy as np
import pytest
from PIL import Image
from sweep_samples import done_sweep

from fooler_gui.exports.provenance import read_provenance
from fooler_gui.exports.recorded_run import RecordedRun

SWEEP = 'job = "train"\n[vary]\nrng_seed = [0, 1]\n'
EVERY = (".png", ".gif", ".webp", ".apng", ".svg", ".pdf", ".npz", ".csv", ".json")


@pytest.fixture
def sweep_folder(tmp_path):
    return done_sweep(tmp_path / "sweep", SWEEP, lambda options: {"accuracy": 0.9 + options["rng_seed"] / 100})


@pytest.mark.parametrize("ending", EVERY)
def test_a_run_is_exported_by_the_ending_of_the_file(fooler, run_folder, tmp_path, ending):
    path = tmp_path / f"run{ending}"
    outcome = fooler("export", run_folder, "--to", path)
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out == f"Wrote {path}\n"
    assert path.stat().st_size > 100
    assert list(tmp_path.iterdir()) == [path]


def test_pictures_tell_the_run_they_show(fooler, run_folder, tmp_path):
    path = tmp_path / "run.png"
    facts = json.loads(fooler("export", run_folder, "--to", path, "--step", 1, "--json").out)
    with Image.open(path) as picture, RecordedRun(run_folder) as run:
        assert facts == {"file": str(path), "saves": 1, "of": 3, "width": picture.width, "height": picture.height}
        found = read_provenance(path)
        assert (found.run, found.step, found.spec.labels) == (run.record.id, 1, (3, 7))


@pytest.mark.parametrize("ending", [".svg", ".pdf"])
def test_drawings_tell_the_run_they_show(fooler, run_folder, tmp_path, ending):
    path = tmp_path / f"run{ending}"
    assert fooler("export", run_folder, "--to", path, "--step", 1).code == 0
    with RecordedRun(run_folder) as run:
        assert read_provenance(path) == run.provenance(1)


def test_a_name_without_an_ending_is_a_folder_of_images_as_they_are(fooler, run_folder, tmp_path):
    assert fooler("export", run_folder, "--to", tmp_path / "tiles").code == 0
    with RecordedRun(run_folder) as run:
        image = run.save(2).images[1, 0, ..., 0]
    with Image.open(tmp_path / "tiles" / "label 7 slot 1.png") as tile:
        np.testing.assert_array_equal(np.asarray(tile), np.rint(image * 255))


def test_a_thinned_animation_says_so(fooler, run_folder, tmp_path):
    outcome = fooler("export", run_folder, "--to", tmp_path / "run.gif", "--frames", 2, "--fps", 5, "--scale", 1)
    assert "It shows 2 of 3 saves, evenly thinned; --frames allows more." in outcome.out
    with Image.open(tmp_path / "run.gif") as film:
        assert film.n_frames == 2
        assert film.info["duration"] == 200


def test_nothing_is_replaced_unasked(fooler, run_folder, tmp_path):
    path = tmp_path / "run.csv"
    path.write_text("mine")
    outcome = fooler("export", run_folder, "--to", path)
    assert outcome.code == 2
    assert "exists already; give another name, or --overwrite" in outcome.err
    assert path.read_text() == "mine"
    assert fooler("export", run_folder, "--to", path, "--overwrite").code == 0
    assert path.read_text().startswith("step,seconds")
    assert fooler("export", run_folder, "--to", tmp_path / "tiles").code == 0
    assert fooler("export", run_folder, "--to", tmp_path / "tiles").code == 2
    (tmp_path / "tiles" / "notes.txt").write_text("mine")
    assert "holds something else" in fooler("export", run_folder, "--to", tmp_path / "tiles", "--overwrite").err


@pytest.mark.parametrize(
    ("name", "options", "sentence"),
    [
        ("run.bmp", (), "--to must end in one of .png, .gif, "),
        (
            "run.gif",
            ("--step", 1),
            "--step goes with a picture of one save; received 1 beside a file that ends in .gif.",
        ),
        ("run.png", ("--fps", 5), "--fps goes with an animation; received 5"),
        ("run.npz", ("--frames", 5), "--frames goes with an animation; received 5"),
        ("run.json", ("--scale", 5), "--scale goes with a picture; received 5"),
        ("run.png", ("--scale", 17), "--scale must be a whole number from 1 to 16; received 17."),
        ("run.png", ("--step", 9), "The run has no save of step 9; near it has step 2."),
        ("missing/run.png", (), "--to must be in a folder that exists"),
        (".", ("--overwrite",), "holds something else"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(fooler, run_folder, tmp_path, name, options, sentence):
    (tmp_path / "mine.txt").write_text("mine")
    outcome = fooler("export", run_folder, "--to", tmp_path / name, *options)
    assert outcome.code == 2
    assert sentence in outcome.err
    assert outcome.err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_folder_without_a_run_is_refused(fooler, tmp_path):
    assert "must hold a run" in fooler("export", tmp_path, "--to", tmp_path / "run.png").err


def test_a_video_without_the_extra_names_the_command(fooler, run_folder, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    outcome = fooler("export", run_folder, "--to", tmp_path / "run.mp4")
    assert outcome.code == 2
    assert outcome.err == (
        "A video needs FFmpeg, which is not installed; get it by: python -m pip install imageio-ffmpeg\n"
    )


@pytest.mark.parametrize("ending", [".gif", ".npz", ".json", ""])
def test_ctrl_c_leaves_no_half_file(fooler, run_folder, tmp_path, monkeypatch, ending):
    read = RecordedRun.save

    def interrupted(run, place):
        if place == 1:
            raise KeyboardInterrupt
        return read(run, place)

    monkeypatch.setattr(RecordedRun, "save", interrupted)
    outcome = fooler("export", run_folder, "--to", tmp_path / f"run{ending}", *(("--step", 1) if not ending else ()))
    assert (outcome.code, outcome.err) == (130, "Stopped; nothing was written.\n")
    assert list(tmp_path.iterdir()) == []


def test_coefficients_with_a_name_are_taken(fooler, classifier_file, images_file, tmp_path):
    preset = tmp_path / "mine.toml"
    preset.write_text('format = 1\nname = "mine"\nmisclassification_coeff = 2\n')
    options = ("--label", 3, "--classifier", classifier_file, "--images", images_file, "--json")
    facts = json.loads(fooler("costs", *options, "--coefficients", preset).out)
    assert facts["weighted_misclassification_cost"] == pytest.approx(2 * facts["misclassification_cost"])


def test_everything_of_the_dialog_is_an_option(fooler, run_folder, tmp_path):
    options = ("--what", "before-after", "--title", "Mine", "--size", "640x480", "--no-captions")
    moving = ("--seconds", 3, "--hold", 1)
    facts = json.loads(fooler("export", run_folder, "--to", tmp_path / "run.gif", *options, *moving, "--json").out)
    assert (facts["width"], facts["height"], facts["saves"]) == (640, 480, 3)
    with Image.open(tmp_path / "run.gif") as film:
        times = []
        for frame in range(film.n_frames):
            film.seek(frame)
            times.append(film.info["duration"])
        assert (film.size, times) == ((640, 480), [1000, 1000, 1000])
    facts = json.loads(fooler("export", run_folder, "--to", tmp_path / "run.png", *options, "--json").out)
    assert (facts["width"], facts["height"]) == (640, 480)


@pytest.mark.parametrize(
    ("name", "options", "sentence"),
    [
        ("run.gif", ("--size", "wide"), "--size must be width x height in pixels, such as 1920x1080; received 'wide'."),
        ("run.gif", ("--size", "20x20"), "Each side of a size must have 64 to 3,840 pixels; received 20 × 20."),
        ("run.gif", ("--size", "640x480", "--scale", 2), "--size does not go with --scale; give one of them."),
        ("run.gif", ("--seconds", 5, "--fps", 2), "--seconds does not go with --fps; give one of them."),
        ("run.gif", ("--seconds", 1), "need at least 1.6 s; received 1 s."),
        ("run.png", ("--hold", 0), "--hold goes with an animation; received 0 beside a file that ends in .png."),
        ("run.csv", ("--title", "Mine"), "--title goes with a picture; received Mine beside"),
        ("run.svg", ("--size", "640x480"), "--size does not go with a file that ends in .svg."),
        ("tiles", ("--no-captions",), "--no-captions does not go with a folder of single images."),
    ],
)
def test_options_that_do_not_go_together_are_refused(fooler, run_folder, tmp_path, name, options, sentence):
    outcome = fooler("export", run_folder, "--to", tmp_path / name, *options)
    assert outcome.code == 2
    assert sentence in outcome.err
    assert list(tmp_path.iterdir()) == []


def test_a_sweep_is_exported_by_the_ending_of_the_file(fooler, sweep_folder, tmp_path):
    for ending in (".html", ".csv", ".parquet", ".json"):
        outcome = fooler("export", sweep_folder, "--to", tmp_path / f"sweep{ending}")
        assert (outcome.code, outcome.out, outcome.err) == (0, f"Wrote {tmp_path / f'sweep{ending}'}\n", "")
    rows = (tmp_path / "sweep.csv").read_text(encoding="utf-8").splitlines()
    assert len(rows) == 3
    again = fooler("export", sweep_folder, "--to", tmp_path / "sweep.csv")
    assert (again.code, "exists already" in again.err) == (2, True)
    assert fooler("export", sweep_folder, "--to", tmp_path / "sweep.csv", "--overwrite").code == 0


@pytest.mark.parametrize(
    ("options", "wrong"),
    [
        (
            ("--to", "sweep.png"),
            "--to must end in one of .html, .csv, .parquet, .json for a sweep; received sweep.png.",
        ),
        (("--to", "sweep.html", "--step", 3), "--step does not go with a sweep."),
        (("--to", "sweep.html", "--no-captions"), "--no-captions does not go with a sweep."),
        (("--to", "sweep.html", "--fps", 3), "--fps does not go with a sweep."),
    ],
)
def test_what_goes_with_a_run_alone_is_refused_for_a_sweep(fooler, sweep_folder, tmp_path, monkeypatch, options, wrong):
    monkeypatch.chdir(tmp_path)
    outcome = fooler("export", sweep_folder, *options)
    assert (outcome.code, outcome.out, outcome.err) == (2, "", f"{wrong}\n")
    assert not list(tmp_path.glob("sweep.*"))
