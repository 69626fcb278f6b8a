from __future__ import annotations

import numpy as np
import pytest
from foreign_files import FOREIGN
from PIL import Image

from fooler_gui.cli import main
from fooler_gui.core.file_kind import CLASSIFIER, IMAGES, START_IMAGES, TOML, FileKind
from fooler_gui.core.topology import Topology
from fooler_gui.engine.nets.building import build_classifier
from fooler_gui.engine.nets.classifier_file import save_classifier
from fooler_gui.resources import runs_folder

GOOD_IMAGES = np.full((2, 28, 28), 0.5, np.float32)


@pytest.fixture
def files(tmp_path, classifier_file):
    """Fills a folder with every kind of bad file, and returns it."""
    np.savez(tmp_path / "good.npz", images=GOOD_IMAGES)
    np.savez(tmp_path / "empty.npz", images=GOOD_IMAGES[:0])
    np.savez(tmp_path / "shape.npz", images=GOOD_IMAGES[:, :20])
    np.savez(tmp_path / "range.npz", images=GOOD_IMAGES * 9)
    np.savez(tmp_path / "nan.npz", images=GOOD_IMAGES * np.nan)
    np.savez(tmp_path / "kind.npz", images=GOOD_IMAGES.astype(np.int32))
    np.savez(tmp_path / "pickle.npz", images=np.array([{}], object))
    np.savez(tmp_path / "other.npz", pictures=GOOD_IMAGES, labels=np.zeros(2))
    (tmp_path / "cut.npz").write_bytes((tmp_path / "good.npz").read_bytes()[:500])
    Image.fromarray(np.zeros((28, 28), np.uint8)).save(tmp_path / "cut.png")
    (tmp_path / "cut.png").write_bytes((tmp_path / "cut.png").read_bytes()[:50])
    (tmp_path / "tiny.keras").write_bytes(classifier_file.read_bytes())
    (tmp_path / "cut.keras").write_bytes(classifier_file.read_bytes()[:900])
    (tmp_path / "text.keras").write_text("no classifier")
    two = {"train_images": np.zeros((4, 28, 28), np.uint8), "train_labels": np.array([0, 1, 0, 1])}
    np.savez(tmp_path / "two.npz", **two, test_images=two["train_images"], test_labels=two["train_labels"])
    save_classifier(
        build_classifier(Topology(convolutions=(), dense=()), (28, 28, 1), tuple("abcdefghijk"), 0),
        tmp_path / "eleven.keras",
        0.1,
    )
    (tmp_path / "syntax.toml").write_text("batch_cost_coeff = = 1")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "digits.toml").write_text("batch_cost_coeff = " + "9" * 5000)
    (tmp_path / "hexadecimal.toml").write_text("batch_cost_coeff = 0x" + "f" * 5000)
    (tmp_path / "deep.toml").write_text("batch_cost_coeff = " + "[" * 5000)
    (tmp_path / "nan.toml").write_text("batch_cost_coeff = nan")
    (tmp_path / "inf.toml").write_text("[layer_cost_coeffs]\nfc = inf")
    (tmp_path / "negative.toml").write_text("misclassification_coeff = -1")
    (tmp_path / "text.toml").write_text("misclassification_coeff = 'ten'")
    (tmp_path / "unknown.toml").write_text("coefficient = 1")
    (tmp_path / "flat.toml").write_text("layer_cost_coeffs = 3")
    (tmp_path / "layer.toml").write_text("[layer_cost_coeffs]\nconv9 = 1")
    (tmp_path / "folder").mkdir()
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "run.toml").write_text("format = 2")
    (tmp_path / "older").mkdir()
    (tmp_path / "older" / "run.toml").write_text("format = 1")
    (tmp_path / "newer").mkdir()
    (tmp_path / "newer" / "run.toml").write_text("format = 99")
    return tmp_path


BACKWORK = "backwork --classifier tiny.keras --max-steps 1 --slots 1 --label 1"
COSTS = "costs --classifier tiny.keras --label 1 --images"
BAD = {
    "": "COMMAND",
    "drive": "invalid choice: 'drive'",
    "train": "--out",
    "train --out f.keras --steps 0": "--steps must be a whole number from 1",
    "train --out f.keras --steps 1.5": "--steps must be a whole number",
    "train --out f.keras --learning-rate nan": "--learning-rate must be a number",
    "train --out f.keras --preset slow": "invalid choice: 'slow'",
    "train --out f.keras --conv 5by5": "such as 5x5x32",
    "train --out f.keras --conv 5x5x0": "filters must be",
    "train --out f.keras --conv 5x5x1 none": "not both",
    "train --out f.keras --dense 0": "--dense must be",
    "train --out f.h5": "must be a .keras file; received f.h5",
    "train --out nowhere/f.keras": "no folder nowhere",
    "train --out good.npz/f.keras": "no folder good.npz",
    "train --out tiny.keras": "exists already",
    "train --out folder": "must be a .keras file",
    "backwork --label eleven": "received 'eleven'",
    "backwork --label -1": "received '-1'",
    "backwork --label 3 --label 3": "3 more than once",
    "backwork --label all 3": "received both",
    "backwork": "--label",
    f"{BACKWORK} --slots 0": "--slots must be a whole number from 1 to 1024; received 0",
    f"{BACKWORK} --slots many": "received 'many'",
    f"{BACKWORK} --rng-seed -1": "--rng-seed must be",
    f"{BACKWORK} --min-probability nan": "--min-probability must be a number from 0 to 1; received 'nan'",
    f"{BACKWORK} --keep-refining": "--keep-refining",
    f"{BACKWORK} --start zeros": "bernoulli, digits:CLASS, a picture, a folder of pictures, or an .npz, "
    ".npy or IDX file of images; there is no zeros",
    f"{BACKWORK} --start missing.npz": "there is no missing.npz",
    f"{BACKWORK} --start good.npz noise": "--start must be one kind of images, or files alone; received good.npz noise",
    f"{BACKWORK} --start digits:ten": "--start digits:CLASS must be a class, by its name or its number from 0 to 9; "
    "received 'ten'",
    f"{BACKWORK} --start digits:10": "from 0 to 9; received 10",
    f"{BACKWORK} --start cut.png": "cut.png must be an intact picture",
    f"{BACKWORK} --slots 200 --start digits:7": "The start digits:7 needs a test image of class 7 for each of the 200 "
    "slots; there are ",
    f"{BACKWORK} --term blur=1": "--term must name one of misclassification, reference, batch, closeness, "
    "total_variation; received 'blur'",
    f"{BACKWORK} --term closeness": "--term must be a term and its coefficient, such as closeness=1; received "
    "'closeness'",
    f"{BACKWORK} --term closeness=-1": "--term closeness must be a number from 0 to 1000000; received -1.",
    f"{BACKWORK} --term closeness=1 batch=2 closeness=1": "closeness more than once",
    f"{BACKWORK} --objective unit": "--objective unit needs --unit, a recorded layer and the number of a channel",
    f"{BACKWORK} --objective unit --unit fc": "--unit must be a recorded layer and the number of a channel or unit in "
    "it, such as conv1:5; received 'fc'",
    f"{BACKWORK} --objective unit --unit fc:8": "unit must be from fc:0 to fc:7; received 'fc:8'",
    f"{BACKWORK} --objective unit --unit conv5:0": "one of inputs, conv0, fc, ",
    f"{BACKWORK} --unit fc:1": "--unit and --unit-done go with --objective unit",
    f"{BACKWORK} --objective unit --unit fc:1 --unit-done -1": "--unit-done must be a number from 0",
    f"{COSTS} good.npz --term blur=1": "--term must name one of",
    "figure worst --out f.png --start noise": "--start does not go with figure worst",
    "figure worst --out f.png --term closeness=1": "--term does not go with figure worst",
    f"{BACKWORK} --start shape.npz": "images must hold images of 28 × 28 × 1; received",
    f"{BACKWORK} --slots 3 --start good.npz": "at least 3 images",
    f"{BACKWORK} --out good.npz": "good.npz is a file",
    f"{BACKWORK} --out good.npz/run": "is a file",
    f"{BACKWORK} --out broken": "holds a run already",
    f"{BACKWORK} 10": "from 0 to 9; received 10",
    "backwork --repeat missing": "there is no such folder",
    "backwork --repeat folder": "must hold a run, that is run.toml and history.sqlite",
    "backwork --repeat good.npz": "must be the folder of a run; it is an .npz file",
    "backwork --repeat broken": "must have about.begun",
    "backwork --repeat older": "must be of format 2; received 1",
    "backwork --repeat newer": "must be of format 2; received 99",
    "backwork --label 1 --classifier missing.keras": "there is no missing.keras",
    "backwork --label 1 --classifier good.npz": "must be an intact .keras or .h5 file; good.npz is an .npz file",
    "backwork --label 1 --classifier cut.keras": "must be an intact .keras or .h5 file",
    "backwork --label 1 --classifier text.keras": "must be an intact .keras or .h5 file",
    "backwork --label 1 --classifier eleven.keras --data two.npz": "must distinguish 2 classes",
    **{
        f"{BACKWORK} --coefficients {name}.toml": sentence
        for name, sentence in {
            "missing": "there is no missing.toml",
            "syntax": "must be written in TOML",
            "bytes": "must be written in TOML; bytes.toml is a text file in UTF-16 or UTF-32; save it in UTF-8",
            "digits": "a whole number in it does not fit into 64 bits",
            "hexadecimal": "a whole number in it does not fit into 64 bits",
            "deep": "it is nested too deeply",
            "nan": "received nan",
            "inf": "received inf",
            "negative": "received -1",
            "text": "received 'ten'",
            "unknown": "'coefficient' is not a coefficient",
            "flat": "must be a table",
            "layer": "no layer 'conv9'",
        }.items()
    },
    f"{COSTS} missing.npz": "there is no missing.npz",
    f"{COSTS} folder": "must be an intact .npz file of plain arrays; folder is a folder",
    f"{COSTS} cut.npz": "must be an intact .npz file",
    f"{COSTS} pickle.npz": "must be an intact .npz file",
    f"{COSTS} other.npz": "must hold the array 'images'; it holds labels, pictures",
    f"{COSTS} empty.npz": "N of at least 1",
    f"{COSTS} range.npz": "must be in [0, 1]",
    f"{COSTS} nan.npz": "must be in [0, 1]",
    f"{COSTS} kind.npz": "received int32",
    f"{COSTS} good.npz --references range.npz": "must be in [0, 1]",
    "costs --classifier tiny.keras --label 10 --images good.npz": "from 0 to 9; received 10",
    "costs --classifier tiny.keras --label all --images good.npz": "received 'all'",
    "retrain --run missing --out f.keras --classifier tiny.keras": "no such folder",
    "retrain --run folder --out f.keras --classifier tiny.keras": "must hold a run",
    "retrain --run broken --out f.keras --classifier tiny.keras": "must have about.begun",
    "retrain --run older --out f.keras --classifier tiny.keras": "must be of format 2; received 1",
    "retrain --run newer --out f.keras --classifier tiny.keras": "must be of format 2; received 99",
    "retrain --out f.keras": "--run",
    "benchmark --only": "expected at least one",
    "benchmark --only speed": "invalid choice: 'speed'",
    "figure best --out f.png": "invalid choice: 'best'",
    "figure worst --out f.jpg --classifier tiny.keras": "must be a .png file",
    "figure worst --out f.png --run folder": "--run does not go with figure worst",
    "figure worst --out f.png --min-probability 0.9": "--min-probability does not go with figure worst",
    "figure worst --out f.png --milestones f.csv": "--milestones does not go with figure worst",
    "figure fooling --out f.png --max-steps 0": "--max-steps must be a whole number from 1",
    "figure fooling --out f.png --min-probability 2": "--min-probability must be a number from 0 to 1; received 2",
    "figure fooling --out f.png --milestones f.txt": "--milestones must be a .csv file; received f.txt",
    "figure fooling --out f.png --milestones nowhere/f.csv": "no folder nowhere",
    "figure fooling --out f.png --run folder --max-steps 9": "--max-steps does not go with --run",
    "figure fooling --out f.png --run folder --slots 3": "--slots does not go with --run",
    "figure fooling --out f.png --run folder": "must hold a run",
}


@pytest.mark.parametrize("line", BAD)
def test_bad_input_ends_with_one_sentence_and_leaves_every_file_as_it_was(line, files, monkeypatch, capsys):
    monkeypatch.chdir(files)
    before = {path: path.is_file() and path.read_bytes() for path in files.rglob("*")}
    assert main(line.split()) == 2
    out, err = capsys.readouterr()
    assert BAD[line] in err
    assert (out, err.count("\n"), "Traceback" in err) == ("", 1, False)
    assert {path: path.is_file() and path.read_bytes() for path in files.rglob("*")} == before
    assert list(runs_folder().glob("*/*")) == []


OPTIONS = {
    "--classifier": ("costs --label 1 --images good.npz --classifier", CLASSIFIER),
    "--images": (COSTS, IMAGES),
    "--references": (f"{COSTS} good.npz --references", IMAGES),
    "--coefficients": (f"{COSTS} good.npz --coefficients", TOML),
    "--start": (f"{BACKWORK} --start", START_IMAGES),
    "--former": ("honesty --classifier tiny.keras --former", CLASSIFIER),
}


@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize("name", FOREIGN)
def test_a_file_of_another_kind_is_told_for_what_it_is_on_every_option(option, name, files, monkeypatch, capsys):
    monkeypatch.chdir(files)
    (command, wanted), (content, kind) = OPTIONS[option], FOREIGN[name]
    if kind in wanted.kinds | {FileKind.UNKNOWN}:
        return
    (files / "strange.file").write_bytes(content)
    assert main([*command.split(), "strange.file"]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert f"{wanted.words}; strange.file is {kind.value}" in err


def test_a_missing_dataset_is_told_in_a_sentence(fooler, classifier_file, images_file, monkeypatch):
    def missing(_name):
        raise FileNotFoundError("The program's own file mnist.npz is missing; reinstall the program.")

    monkeypatch.setattr("fooler_gui.cli.session.resource", missing)
    outcome = fooler("costs", "--label", 1, "--images", images_file, "--classifier", classifier_file)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == "The program's own file mnist.npz is missing; reinstall the program.\n"
