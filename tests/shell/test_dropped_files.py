"""Files and folders that are dropped onto the window; exported pictures restore the set-up that made them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import dropping
import numpy as np
import pytest
from fake_engine import LIMIT, FakeEngine, FakeLab
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot
from run_samples import make_run
from saves import make_save

from fooler_gui import app as app_module
from fooler_gui.app import Lab
from fooler_gui.core.export_settings import ExportSettings
from fooler_gui.core.lab_state import LabState
from fooler_gui.core.run_spec import AVERAGES, BRANCH, ROUND, Parent, RunSpec
from fooler_gui.core.settings import DescentSettings, MethodSettings, article_coefficients
from fooler_gui.exports.recorded_run import RecordedRun
from fooler_gui.exports.run_export import export_run
from fooler_gui.records.rounds_folder import ROUNDS_FILE
from fooler_gui.records.training_record import new_training

ENDINGS = (".png", ".apng", ".gif", ".webp", ".svg", ".pdf")
LAYERS = ("inputs", "conv0", "fc")
IMAGES = np.full((1, 4, 4, 1), 0.5, np.float32)
SPEC = RunSpec(
    classifier="first.keras",
    labels=(0, 2),
    slots=5,
    rng_seed=77,
    start=AVERAGES,
    coefficients=article_coefficients(LAYERS).with_terms(batch=0.25),
    descent=DescentSettings(learning_rate=0.03, max_steps=9),
    method=MethodSettings(self_pairs=True),
)


@pytest.fixture
def lab(qtbot: QtBot, qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setattr(app_module, "make_engine", lambda: FakeEngine(FakeLab().answer))
    lab = Lab(qapp, tmp_path / "config")
    lab.window.show()
    lab.start_engine()
    qtbot.waitUntil(lambda: lab.model.state is LabState.READY, timeout=LIMIT)
    yield lab
    lab.window.close_requested.emit()
    assert lab.controller.close(LIMIT)


def drop(lab: Lab, path: Path) -> None:
    """Drags the file `path` to the middle of the window, which the grid of images takes up, and lets it go."""
    target = lab.window.grid.viewport()
    assert dropping.drop(target, [str(path)], target.rect().center())


def text(lab: Lab, name: str) -> str:
    label = lab.window.findChild(QLabel, name)
    assert label is not None
    return label.text()


def exported(folder: Path, spec: RunSpec, ending: str = ".png") -> Path:
    """Returns the picture of a run of `spec`."""
    layers = tuple(spec.coefficients.layer_cost_coeffs)
    saves = tuple(make_save(spec.labels, spec.slots, (4, 4, 1), step, layers=layers) for step in range(2))
    picture = folder / f"run{ending}"
    with RecordedRun(make_run(folder / "run", spec=spec, saves=saves)) as run:
        for _ in export_run(run, picture, ExportSettings()):
            pass
    return picture


@pytest.mark.parametrize("ending", ENDINGS)
def test_an_exported_picture_restores_the_set_up_that_made_it(lab: Lab, tmp_path: Path, ending: str) -> None:
    drop(lab, exported(tmp_path, SPEC, ending))
    assert text(lab, "status_sentence") == f"Restored the set-up of run{ending}: seed 77. Press Space to run."
    run_bar, descent = lab.window.run_bar, lab.window.descent
    assert (run_bar.labels(), run_bar.slots()) == (SPEC.labels, SPEC.slots)
    assert lab.window.coefficients.coefficients() == SPEC.coefficients
    assert (descent.descent(), descent.method()) == (SPEC.descent, SPEC.method)
    assert (descent.rng_seed(), descent.start()) == (SPEC.rng_seed, SPEC.start)


@pytest.mark.parametrize(
    ("spec", "missing"),
    [
        (replace(SPEC, start=BRANCH, parent=Parent(run="a", step=3)), "the start images, which are not in the picture"),
        (replace(SPEC, start=ROUND), "the start images, which are not in the picture"),
        (
            replace(SPEC, coefficients=article_coefficients(("fc",))),
            "the coefficients, which are for a classifier with other layers (fc)",
        ),
        (
            replace(SPEC, start="/mine/images.npz", coefficients=article_coefficients(("fc",))),
            "the coefficients, which are for a classifier with other layers (fc) and the start images, which are not "
            "in the picture",
        ),
    ],
)
def test_what_of_a_set_up_cannot_be_restored_is_told(lab: Lab, tmp_path: Path, spec: RunSpec, missing: str) -> None:
    start = spec.start if spec.start == AVERAGES else lab.window.descent.start()
    drop(lab, exported(tmp_path, spec))
    assert text(lab, "error_sentence") == f"The set-up of run.png was restored except {missing}."
    assert lab.window.descent.rng_seed() == SPEC.rng_seed
    assert lab.window.descent.start() == start


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_picture_of_another_program_is_refused_in_a_sentence(lab: Lab, tmp_path: Path, ending: str) -> None:
    picture = tmp_path / f"mine{ending}"
    picture.write_text("<svg xmlns='http://www.w3.org/2000/svg'><desc>A horse</desc></svg>")
    seed = lab.window.descent.rng_seed()
    drop(lab, picture)
    sentence = f"mine{ending} holds no set-up of a run; only pictures exported by this program do."
    assert text(lab, "error_sentence") == sentence
    assert lab.window.descent.rng_seed() == seed


@pytest.mark.parametrize("ending", [".svg", ".pdf"])
def test_a_drawing_is_taken_over_images_too(lab: Lab, tmp_path: Path, ending: str) -> None:
    lab.window.grid.show_save(make_save(SPEC.labels, SPEC.slots, (4, 4, 1)))
    (tmp_path / f"mine{ending}").write_text("%PDF-1.4")
    drop(lab, tmp_path / f"mine{ending}")
    assert "holds no set-up of a run" in text(lab, "error_sentence")


def test_a_dropped_training_opens_what_it_made(lab: Lab, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "mine.training").mkdir()
    new_training("training", "conv 2", {}, 9).write(tmp_path / "mine.training")
    drop(lab, tmp_path / "mine.training")
    qtbot.waitUntil(lambda: lab.model.classifier.path == str(tmp_path / "mine.keras"), timeout=LIMIT)


def test_dropped_rounds_are_shown(lab: Lab, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / ROUNDS_FILE).touch()
    drop(lab, tmp_path)
    qtbot.waitUntil(
        lambda: lab.pages["rounds"] is not None and lab.pages["rounds"].settings().noise == 7, timeout=LIMIT
    )


def test_a_dropped_folder_that_is_nothing_else_is_opened_as_a_dataset(lab: Lab, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "pets").mkdir()
    drop(lab, tmp_path / "pets")
    qtbot.waitUntil(lambda: lab.model.dataset.path == str(tmp_path / "pets"), timeout=LIMIT)
    assert text(lab, "dataset_name") == str(tmp_path / "pets")  # as the fake engine calls it


@pytest.mark.parametrize(
    ("name", "arrays"),
    [
        ("sevens.npz", {"images": IMAGES}),
        ("one.npz", {"arr_0": IMAGES}),
        ("scored.npz", {"images": IMAGES, "p": IMAGES}),
        ("art.npz", {"x": IMAGES, "x_adv": IMAGES, "y": np.zeros(1, np.int64)}),
    ],
)
def test_a_file_of_images_without_labels_becomes_the_start(lab: Lab, tmp_path: Path, name: str, arrays: dict) -> None:
    np.savez(tmp_path / name, **arrays)
    before = lab.model.dataset
    drop(lab, tmp_path / name)
    assert lab.model.setup.start == str(tmp_path / name)
    assert lab.model.dataset is before
    assert text(lab, "status_sentence") == f"The next run starts from “{Path(name).stem}”. Press Space to run."


def test_a_single_array_becomes_the_start_too(lab: Lab, tmp_path: Path) -> None:
    np.save(tmp_path / "one.npy", IMAGES)
    drop(lab, tmp_path / "one.npy")
    assert lab.model.setup.start == str(tmp_path / "one.npy")


def test_a_folder_of_nothing_but_pictures_becomes_the_start(lab: Lab, tmp_path: Path) -> None:
    folder = tmp_path / "found"
    folder.mkdir()
    (folder / "one.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    before = lab.model.dataset
    drop(lab, folder)
    assert lab.model.setup.start == str(folder)
    assert lab.model.dataset is before


def test_images_of_another_shape_are_refused_and_the_kind_before_stays(lab: Lab, qtbot: QtBot, tmp_path: Path) -> None:
    np.savez(tmp_path / "large.npz", images=np.zeros((1, 9, 9, 1), np.float32))
    before = lab.model.setup.start
    drop(lab, tmp_path / "large.npz")
    qtbot.waitUntil(lambda: "large.npz" in text(lab, "error_sentence"), timeout=LIMIT)
    assert lab.model.setup.start == before


def test_a_file_of_images_with_labels_is_a_dataset(lab: Lab, qtbot: QtBot, tmp_path: Path) -> None:
    np.savez(tmp_path / "set.npz", images=IMAGES, labels=np.zeros(1, np.int64))
    drop(lab, tmp_path / "set.npz")
    qtbot.waitUntil(lambda: lab.model.dataset.path == str(tmp_path / "set.npz"), timeout=LIMIT)


def test_what_else_is_dropped_is_refused_in_a_sentence(lab: Lab, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "horse.doc").touch()
    drop(lab, tmp_path / "horse.doc")
    qtbot.waitUntil(lambda: "can be opened; received" in text(lab, "error_sentence"), timeout=LIMIT)
