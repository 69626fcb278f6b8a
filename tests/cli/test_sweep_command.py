from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import numpy as np
import pytest
from recorded_runs import saves_of

from fooler_gui.cli import cell as cell_module
from fooler_gui.cli import session as session_module
from fooler_gui.cli import sweep_command
from fooler_gui.cli.cell import arguments_of, check_cell, perform_cell
from fooler_gui.cli.option_values import BadArguments
from fooler_gui.core.messages import Working
from fooler_gui.records.recorder import NotRecorded
from fooler_gui.resources import resource
from fooler_gui.sweeps.in_process import InProcess
from fooler_gui.sweeps.results import Results
from fooler_gui.sweeps.sweep_spec import SweepSpec, read_sweep
from fooler_gui.sweeps.sweeping import SweepProgress


class HerePool(InProcess):
    def __init__(self, job, workers):
        super().__init__(job)
        self.workers = workers


@pytest.fixture(autouse=True)
def _in_this_process(monkeypatch):
    monkeypatch.setattr(sweep_command, "Pool", HerePool)
    monkeypatch.setattr(session_module, "_kept", None)
    monkeypatch.setattr(cell_module, "prepare", lambda: None)


@pytest.fixture
def sweep(tmp_path, classifier_file):
    def write(text):
        path = tmp_path / "sweep.toml"
        path.write_text(text.replace("CLASSIFIER", str(classifier_file)), encoding="utf-8")
        return path

    return write


def rows_of(folder):
    with closing(Results(folder / "results.sqlite")) as results:
        return list(results.rows())


BACKWORK = """
job = "backwork"
classifier = "CLASSIFIER"
labels = [3, 7]
slots = 2
max_steps = 3
[vary]
batch_cost_coeff = [0.0, 0.5]
rng_seed = {from = 0, to = 2}
"""


def test_a_cell_is_a_command_line():
    options = {
        "labels": [3, 7],
        "rng_seed": 4,
        "learning_rate": 0.01,
        "batch_cost_coeff": 0.5,
        "term_coeff_closeness": 1.0,
        "layer_cost_coeff_conv0": 1e-4,
        "classifier": "a net.keras",
    }
    assert arguments_of("backwork", options) == [
        "backwork", "--label=3", "--label=7", "--rng-seed=4", "--learning-rate=0.01", "--term=batch=0.5",
        "--term=closeness=1.0", "--layer-coefficient=conv0=0.0001", "--classifier=a net.keras",
    ]  # fmt: skip
    assert arguments_of("rounds", {"control": True}) == ["rounds", "--control"]
    assert arguments_of("rounds", {"control": False}) == ["rounds"]


@pytest.mark.parametrize("name", ["out", "json", "overwrite", "repeat"])
def test_what_a_sweep_sets_itself_is_refused(name):
    with pytest.raises(BadArguments, match=f"The cells of a sweep have no {name}; leave it out"):
        arguments_of("backwork", {name: "x"})


@pytest.mark.parametrize(
    ("job", "options", "wrong"),
    [
        ("backwork", {"label": 3, "learning_rate": 1_000}, "--learning-rate must be a number from"),
        ("backwork", {"label": 3, "colour": "red"}, "backwork has no option 'colour'; see"),
        ("transfer", {"run": "a", "table=/home/x.csv": True}, "transfer has no option 'table=/home/x.csv'"),
        ("transfer", {"runs": ["a", "--table=/home/x.csv"]}, "runs must not begin with a dash; write ./--table"),
        ("train", {"help": True}, "train has no option 'help'"),
        ("train", {"": True}, "train has no option ''"),
        ("backwork", {"label": 3, "layer_cost_coeff_conv0": "much"}, "--layer-coefficient conv0 must be a number"),
        ("train", {"steps": 0}, "--steps must be a whole number"),
        ("retrain", {}, "--run"),
    ],
)
def test_options_that_a_job_does_not_have_are_refused_before_anything_is_done(job, options, wrong):
    with pytest.raises(BadArguments, match=wrong):
        check_cell(job, options)


def test_of_many_numbers_the_extremes_are_tried_and_of_everything_else_each(monkeypatch):
    tried = []
    monkeypatch.setattr(sweep_command, "check_cell", lambda _job, options: tried.append(options))
    spec = SweepSpec.from_dict(
        {"job": "backwork", "vary": {"rng_seed": {"from": 0, "to": 90_000}, "objective": ["logit", "margin", "unit"]}}
    )
    sweep_command._check(spec)
    assert [options["rng_seed"] for options in tried[:3]] == [0, 0, 90_000]
    assert [options["objective"] for options in tried[3:]] == ["logit", "margin", "unit"]


def test_a_sweep_makes_a_run_for_each_cell_and_tells_each_setting_over_its_seeds(
    fooler, sweep, tmp_path, small_dataset
):
    outcome = fooler("sweep", sweep(BACKWORK), "--out", tmp_path / "out", "--json")
    assert outcome.code == 0, outcome.err
    facts = json.loads(outcome.out)
    assert (facts["cells"], facts["done"], facts["failed"]) == (6, 6, 0)
    assert [setting["values"]["batch_cost_coeff"] for setting in facts["settings"]] == [0.0, 0.5]
    assert all(setting["figures"]["fooling"]["count"] == 12 for setting in facts["settings"])
    assert facts["settings"][0]["beside_the_first"] == []
    beside = {each["figure"]: each for each in facts["settings"][1]["beside_the_first"]}
    assert beside["spread"]["pairs"] == 3
    connection = sqlite3.connect(tmp_path / "out" / "results.sqlite")
    rows = connection.execute(
        "SELECT batch_cost_coeff, rng_seed, run, distance, reference_distance FROM cells ORDER BY place"
    ).fetchall()
    connection.close()
    assert [row[:2] for row in rows] == [(coefficient, seed) for coefficient in (0.0, 0.5) for seed in (0, 1, 2)]
    with np.load(small_dataset) as whole:
        references = [whole["train_images"][whole["train_labels"] == label].reshape(-1, 784) / 255 for label in (3, 7)]
    for coefficient, _, run, distance, reference_distance in rows:
        last = saves_of(tmp_path / "out" / run)[-1]
        nearest = [
            np.square(own - image.reshape(-1)).mean(axis=1).min()
            for own, images in zip(references, last.images, strict=True)
            for image in images
        ]
        assert float(np.mean(nearest)) == pytest.approx(reference_distance, abs=1e-6)
        assert float(np.median(last.distances)) == pytest.approx(distance, abs=1e-6)
        assert f"batch_cost_coeff = {coefficient}" in (tmp_path / "out" / run / "run.toml").read_text()
    told = fooler("sweep", sweep(BACKWORK), "--out", tmp_path / "out")
    assert told.code == 0
    assert "6 of 6 cells done" in told.out
    assert told.out.splitlines()[0].split("  ")[0] == "batch_cost_coeff"


def test_cells_share_a_session_and_find_the_same_as_a_command_of_its_own(fooler, sweep, tmp_path, classifier_file):
    assert fooler("sweep", sweep(BACKWORK), "--out", tmp_path / "out").code == 0
    assert session_module._kept is not None
    assert len(session_module._kept) == 1
    session_module._kept = None
    options = ["--classifier", classifier_file, "--slots", 2, "--max-steps", 3, "--rng-seed", 2, "--term", "batch=0.5"]
    assert fooler("backwork", "--label", 3, 7, *options, "--out", tmp_path / "alone").code == 0
    connection = sqlite3.connect(tmp_path / "out" / "results.sqlite")
    ((run,),) = connection.execute("SELECT run FROM cells WHERE rng_seed = 2 AND batch_cost_coeff = 0.5").fetchall()
    connection.close()
    for ours, alone in zip(saves_of(tmp_path / "out" / run), saves_of(tmp_path / "alone"), strict=True):
        np.testing.assert_array_equal(ours.images, alone.images)
        np.testing.assert_array_equal(ours.probabilities, alone.probabilities)


def test_another_classifier_at_the_same_path_is_opened_anew(tmp_path, classifier_file, sweep):
    from fooler_gui.engine.nets.building import build_classifier
    from fooler_gui.engine.nets.classifier_file import save_classifier

    options = {"label": 3, "slots": 2, "max_steps": 1, "classifier": str(tmp_path / "net.keras")}
    (tmp_path / "net.keras").write_bytes(classifier_file.read_bytes())
    first = perform_cell("backwork", options, str(tmp_path / "first"))
    from fooler_gui.core.topology import Convolution, Topology

    topology = Topology(convolutions=(Convolution(filters=3),), dense=(8,))
    save_classifier(build_classifier(topology, (28, 28, 1), tuple("0123456789"), 6), tmp_path / "net.keras", 0.9, "")
    second = perform_cell("backwork", options, str(tmp_path / "second"))
    assert first["mean_probability"] != second["mean_probability"]


def test_cells_that_retrain_and_ask_other_nets_have_figures(tmp_path, classifier_file):
    run = {"label": 3, "slots": 2, "max_steps": 1, "min_probability": 0.0, "classifier": str(classifier_file)}
    perform_cell("backwork", run, str(tmp_path / "run"))
    options = {"run": [str(tmp_path / "run")], "classifier": str(classifier_file)}
    retrained = perform_cell("retrain", options | {"steps": 2, "noise": 0}, str(tmp_path / "better.keras"))
    assert retrained["found_images"] == 2
    assert {"before_test_accuracy", "after_test_accuracy", "after_fresh_fooled_share"} <= retrained.keys()
    asked = perform_cell("transfer", {"run": options["run"], "classifier": str(tmp_path / "better.keras")}, "")
    assert asked["asked"] == 2
    assert asked["called_share"] == asked["called"] / 2


def done_in(folder):
    with closing(sqlite3.connect(folder / "results.sqlite")) as connection:
        rows = connection.execute("SELECT hash, worker, spread, seconds FROM cells WHERE state = 'done'")
        return {row[0]: row[1:] for row in rows}


def test_what_another_shard_did_is_gathered_and_the_rest_is_done(fooler, sweep, tmp_path):
    file = sweep(BACKWORK)
    assert fooler("sweep", file, "--out", tmp_path / "second", "--shard", "2/2").code == 0
    outcome = fooler("sweep", file, "--out", tmp_path / "all", "--gather", tmp_path / "second", "--json")
    assert (outcome.code, json.loads(outcome.out)["done"]) == (0, 6)
    before, after = (done_in(tmp_path / name) for name in ("second", "all"))
    assert before.items() <= after.items()
    assert len(before) == 3
    refused = fooler("sweep", file, "--out", tmp_path / "all", "--gather", tmp_path)
    assert (refused.code, "must be the folder of a sweep" in refused.err) == (2, True)


def test_a_dry_run_does_one_cell_and_tells_what_the_others_take(fooler, sweep, tmp_path):
    outcome = fooler("sweep", sweep(BACKWORK), "--out", tmp_path / "out", "--dry-run", "--json", "--workers", 2)
    facts = json.loads(outcome.out)
    assert (outcome.code, facts["cells"], facts["done"], facts["workers"]) == (0, 6, 1, 2)
    assert facts["seconds_left"] == pytest.approx(facts["seconds_per_cell"] * 5 / 2)
    assert facts["bytes"] == 6 * facts["bytes_per_cell"] > 0
    told = fooler("sweep", sweep(BACKWORK), "--out", tmp_path / "out", "--dry-run").out
    assert told.startswith("6 cells, of which 2 done.")


def test_cells_that_fail_are_told_and_done_again_on_demand(fooler, sweep, tmp_path):
    text = 'job = "backwork"\nclassifier = "CLASSIFIER"\nslots = 2\nmax_steps = 1\n[vary]\nlabel = [3, 40]\n'
    outcome = fooler("sweep", sweep(text), "--out", tmp_path / "out")
    assert outcome.code == 1
    assert "1 cell failed, the first one so: " in outcome.err
    assert "40" in outcome.err
    again = fooler("sweep", sweep(text), "--out", tmp_path / "out", "--again")
    assert again.code == 1


def test_a_cell_does_not_wait_for_room_on_a_full_disk(monkeypatch, classifier_file, tmp_path):
    def full(_path):
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorname = "SQLITE_FULL"
        raise error

    monkeypatch.setattr("fooler_gui.records.row_writer.opened_to_write", full)
    options = {"label": 3, "slots": 2, "max_steps": 2, "classifier": str(classifier_file)}
    with pytest.raises(NotRecorded, match=r"cannot be recorded in .* \(database or disk is full\)\.$"):
        perform_cell("backwork", options, str(tmp_path / "run"))


def test_training_is_swept_too(fooler, sweep, tmp_path):
    text = (
        'job = "train"\nsteps = 2\nconv = ["3x3x2"]\ndense = [4]\nvalidation_images = 100\n[vary]\nrng_seed = [0, 1]\n'
    )
    outcome = fooler("sweep", sweep(text), "--out", tmp_path / "out", "--json")
    assert outcome.code == 0, outcome.err
    assert len(list((tmp_path / "out" / "runs").glob("*.keras"))) == 2
    (setting,) = json.loads(outcome.out)["settings"]
    assert setting["cells"] == 2
    assert any("accuracy" in name for name in setting["figures"])


def test_runs_are_kept_as_asked_for(fooler, sweep, tmp_path):
    best = fooler("sweep", sweep(BACKWORK), "--out", tmp_path / "best", "--keep", "best", "--workers", 0)
    assert best.code == 0, best.err
    assert len(list((tmp_path / "best" / "runs").iterdir())) == 2
    dry = fooler("sweep", sweep(BACKWORK), "--out", tmp_path / "few", "--keep-at-most", "12 kB", "--dry-run", "--json")
    assert json.loads(dry.out)["bytes"] == 12_000


def test_several_classifiers_are_an_ensemble():
    arguments = arguments_of("backwork", {"label": 3, "classifier": ["a.keras", "b.keras=0.5"]})
    assert arguments[2:] == ["--classifier=a.keras", "--classifier=b.keras=0.5"]
    check_cell("backwork", {"label": 3, "classifier": ["a.keras", "b.keras=0.5"]})


def test_an_interrupt_in_this_process_stops_the_sweep_which_then_continues(fooler, sweep, tmp_path, monkeypatch):
    def interrupted(job, options, path):
        if options["rng_seed"] == 1:
            raise KeyboardInterrupt
        return perform_cell(job, options, path)

    monkeypatch.setattr(sweep_command, "perform_cell", interrupted)
    stopped = fooler("sweep", sweep(BACKWORK), "--out", tmp_path / "out", "--workers", 0)
    assert (stopped.code, stopped.err) == (130, "Stopped with 5 cells to do; the same command continues.\n")
    monkeypatch.undo()
    assert [row["state"] for row in rows_of(tmp_path / "out")] == ["done"] + 5 * ["waiting"]


def test_transfer_is_swept_and_records_nothing(fooler, sweep, tmp_path, run_folder):
    text = f'job = "transfer"\nruns = ["{run_folder}"]\n[vary]\nall = [true, false]\n'
    outcome = fooler("sweep", sweep(text), "--out", tmp_path / "out", "--json")
    assert outcome.code == 0, outcome.err
    assert [(row["state"], row["run"]) for row in rows_of(tmp_path / "out")] == [("done", "")] * 2


def test_a_term_that_is_not_installed_has_its_sentence():
    with pytest.raises(
        BadArguments, match="term_coeff_none_such needs the term none_such, which is not installed here"
    ):
        perform_cell("backwork", {"label": 3, "term_coeff_none_such": 1.0}, "")


@pytest.mark.parametrize(
    ("options", "wrong"),
    [
        (("--keep", "none", "--keep-at-most", "2GB"), "--keep-at-most does not go with --keep none."),
        (("--keep-at-most", "2"), "--keep-at-most must be a size in kB, MB, GB or TB, such as 500MB; received '2'"),
        (("--keep-at-most", "much GB"), "--keep-at-most must be a size"),
        (("--keep-at-most=-2GB",), "--keep-at-most must be a size"),
        (("--keep-at-most", "1e999TB"), "--keep-at-most must be a size"),
        (("--dask", "tcp://127.0.0.1:1", "--workers", 2), "--workers does not go with --dask, whose workers are"),
    ],
)
def test_options_that_do_not_go_together_are_refused(fooler, sweep, tmp_path, options, wrong):
    outcome = fooler("sweep", sweep(BACKWORK), "--out", tmp_path / "out", *options)
    assert (outcome.code, wrong in outcome.err) == (2, True)
    assert not (tmp_path / "out").exists()


def test_the_best_of_what_cannot_fool_is_refused(fooler, sweep, tmp_path):
    outcome = fooler("sweep", sweep('job = "train"\nsteps = 2'), "--out", tmp_path / "out", "--keep", "best")
    assert (
        outcome.err
        == "To keep the best runs, images must be driven to fool: by the job backwork, or train with attack; "
        "received train.\n"
    )


def test_the_progress_of_a_continued_sweep_tells_the_time_that_the_sweep_tells():
    before = SweepProgress(waiting=5, running=0, done=5, failed=0, seconds_left=None)
    assert sweep_command._told(before) == Working(sentence="5 of 10 cells", fraction=None)
    after = SweepProgress(waiting=3, running=1, done=5, failed=1, seconds_left=40.0)
    assert sweep_command._told(after) == Working(sentence="6 of 10 cells, 1 failed", fraction=0.6, seconds_left=40.0)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ('job = "bake"', "job must be one of"),
        ('job = "backwork"\nlabel = 3\n[vary]\nlearning_rate = [0.1, 90]', "--learning-rate must be a number from"),
        ('job = "backwork"\nlabel = 3\n[vary]\nout = ["a"]', "The cells of a sweep have no out"),
        ("job =", "must be written in TOML"),
    ],
)
def test_bad_sweeps_are_refused_in_a_sentence_and_nothing_is_made(fooler, sweep, tmp_path, text, wrong):
    outcome = fooler("sweep", sweep(text), "--out", tmp_path / "out")
    assert outcome.code == 2
    assert wrong in outcome.err
    assert len(outcome.err.splitlines()) == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("shard", ["0/2", "3/2", "1", "a/b", "1/0"])
def test_a_shard_is_one_of_so_many(fooler, sweep, tmp_path, shard):
    outcome = fooler("sweep", sweep(BACKWORK), "--out", tmp_path / "out", "--shard", shard)
    assert (outcome.code, "--shard must be I/N" in outcome.err) == (2, True)


def test_a_sweep_that_ships_is_called_by_its_name(fooler, tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(sweep_command, "read_sweep", lambda file: asked.append(file) or read_sweep(file))
    monkeypatch.setattr(sweep_command, "_work", lambda *_arguments, **_options: sweep_command._Ended(0, False, ""))
    assert fooler("sweep", "nets", "--out", tmp_path / "out").code == 0
    assert asked == [resource("sweeps", "nets.toml")]
    refused = fooler("sweep", "nests", "--out", tmp_path / "out")
    assert refused.code == 2
    assert refused.err.startswith("FILE must be the name of one that ships, or written in TOML; there is no ")


@pytest.mark.parametrize("file", sorted(resource("sweeps").glob("*.toml")), ids=lambda file: file.stem)
def test_sweeps_that_ship_have_options_that_their_jobs_have(file):
    spec = read_sweep(file)
    sweep_command._check(spec)
    assert len(spec) in (900, 20, 60)
