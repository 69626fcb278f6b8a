"""The whole window on the real engine: the road a person takes, from training to a picture on disk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
from PIL import Image
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QDoubleSpinBox, QLabel, QListWidget, QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from recorded_runs import change_a_pixel, saves_of

from fooler_gui.app import Lab
from fooler_gui.core.evaluation_report import EvaluationSettings
from fooler_gui.core.inspection import Inspection
from fooler_gui.core.lab_state import LabState
from fooler_gui.core.rounds_spec import RoundsSettings
from fooler_gui.core.run_spec import Parent
from fooler_gui.core.save import Save
from fooler_gui.core.settings import TrainingSettings
from fooler_gui.core.topology import Convolution, Topology
from fooler_gui.data.dataset import to_float
from fooler_gui.data.loading import load_dataset
from fooler_gui.exports.figures import lay_out_figure
from fooler_gui.exports.provenance import read_provenance
from fooler_gui.records.run_folder import read_record
from fooler_gui.resources import resource

WidgetT = TypeVar("WidgetT")

_LONG = 90_000
_TINY = Topology(convolutions=(Convolution(kernel=(3, 3), filters=4, pool=4),), dense=(16,))
_SHORT_TRAINING = TrainingSettings(steps=60, batch_size=50, learning_rate=3e-3, validation_images=200)


@pytest.fixture
def lab(qtbot: QtBot, qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    lab = Lab(qapp, tmp_path / "config")
    lab.window.show()
    lab.start_engine()
    qtbot.waitUntil(lambda: lab.model.state is LabState.READY, timeout=_LONG)
    yield lab
    lab.window.close_requested.emit()
    assert lab.controller.close(_LONG)


def _until_ready(qtbot: QtBot, lab: Lab) -> None:
    qtbot.waitUntil(lambda: lab.model.state is LabState.READY, timeout=_LONG)


def _child(lab: Lab, kind: type[WidgetT], name: str) -> WidgetT:
    child = lab.window.findChild(kind, name)
    assert child is not None, f"the window has no {kind.__name__} called {name}"
    return child


def _train_tiny(qtbot: QtBot, lab: Lab) -> None:
    lab.window.training.set_training(_TINY, _SHORT_TRAINING)
    _child(lab, QPushButton, "train_button").click()
    assert lab.model.state is LabState.TRAINING
    _until_ready(qtbot, lab)


def _step_of(save: Save | None) -> int:
    return -1 if save is None else save.step


def test_the_whole_road_from_training_to_a_picture(qtbot: QtBot, lab: Lab, tmp_path: Path) -> None:
    window = lab.window
    assert lab.model.classifier is not None
    assert lab.model.classifier.name == "article"
    assert lab.model.classifier.test_accuracy >= 0.99

    _train_tiny(qtbot, lab)
    assert lab.model.classifier.name.startswith("trained")
    assert lab.model.classifier.recorded_layers == ("inputs", "conv0", "fc")
    assert window.findChild(QDoubleSpinBox, "layer_cost_coeff_conv1") is None

    window.run_bar.set_pace(None)
    window.descent.set_descent(
        replace(window.descent.descent(), keep_refining=True, min_probability=0.3, reinitialise_below=0.0)
    )
    run_action, stop_action = _child(lab, QAction, "run_action"), _child(lab, QAction, "stop_action")
    run_action.trigger()
    qtbot.waitUntil(lambda: _step_of(lab.model.newest) >= 3, timeout=_LONG)
    assert lab.model.newest is not None
    assert lab.model.newest.revision == 0

    _child(lab, QDoubleSpinBox, "layer_cost_coeff_fc").setValue(0.25)
    qtbot.waitUntil(lambda: bool(lab.model.run.marks), timeout=_LONG)
    (step, text) = lab.model.run.marks[0]
    assert lab.model.newest.revision == 1
    assert 0 < step <= lab.model.newest.step
    assert text == "fc 0.25"
    assert f"Applied at step {step:,}" in _child(lab, QLabel, "coefficients_applied").text()

    window.grid.reinitialise_requested.emit(3, 2)
    qtbot.waitUntil(lambda: (3, 2) in window.grid.highlighted(), timeout=_LONG)
    qtbot.waitUntil(lambda: lab.model.newest.reinitialisations[0, 2] == 1, timeout=_LONG)

    qtbot.waitUntil(lambda: bool(lab.model.newest.done.any()), timeout=_LONG)
    stop_action.trigger()
    _until_ready(qtbot, lab)
    found = len(lab.model.found.found("run")[0])
    assert found == int(lab.model.newest.done.sum()) > 0

    window.retraining.set_settings(replace(window.retraining.settings(), steps=20, noise=10, blanks=10))
    _child(lab, QPushButton, "retrain_button").click()
    assert lab.model.state is LabState.RETRAINING
    _until_ready(qtbot, lab)
    keep = _child(lab, QPushButton, "keep_button")
    assert keep.isEnabled()
    keep.click()
    _until_ready(qtbot, lab)
    assert lab.model.classifier.name.startswith("retrained")

    path = tmp_path / "grid.png"
    lab.exports.export_grid(path, scale=2, captions=True)
    save, names = lab.model.newest, ["3"]
    captions = [["" for _ in range(8)]]
    with Image.open(path) as picture:
        pixels = np.asarray(picture.convert("L"))
        assert picture.text["Random seed"] == "0"
    layout = lay_out_figure(save.images, names, [["x.xxxx" for _ in row] for row in captions], scale=2)
    for slot, (x, y, width, height) in enumerate(layout.cells[0]):
        shown = pixels[y : y + height : 2, x : x + width : 2]
        np.testing.assert_allclose(shown, save.images[0, slot, ..., 0] * 255, atol=1)


def test_pause_step_and_go_on_are_a_key_away(qtbot: QtBot, lab: Lab) -> None:
    _train_tiny(qtbot, lab)
    lab.window.descent.set_descent(replace(lab.window.descent.descent(), keep_refining=True))
    _child(lab, QAction, "step_action").trigger()
    qtbot.waitUntil(lambda: _step_of(lab.model.newest) == 1, timeout=_LONG)
    assert lab.model.state is LabState.PAUSED
    _child(lab, QAction, "step_action").trigger()
    qtbot.waitUntil(lambda: _step_of(lab.model.newest) == 2, timeout=_LONG)
    _child(lab, QAction, "run_action").trigger()
    qtbot.waitUntil(lambda: _step_of(lab.model.newest) > 3, timeout=_LONG)
    _child(lab, QAction, "pause_action").trigger()
    assert lab.model.state is LabState.PAUSED
    _child(lab, QAction, "stop_action").trigger()
    _until_ready(qtbot, lab)
    assert "you stopped it" in _child(lab, QLabel, "status_sentence").text()


def test_closing_during_a_run_asks_once_and_then_ends(qtbot: QtBot, lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    _train_tiny(qtbot, lab)
    lab.window.descent.set_descent(replace(lab.window.descent.descent(), keep_refining=True))
    _child(lab, QAction, "run_action").trigger()
    qtbot.waitUntil(lambda: _step_of(lab.model.newest) >= 1, timeout=_LONG)
    asked = []

    def answer(question: QMessageBox) -> int:
        asked.append(question.text())
        choice = "Cancel" if len(asked) == 1 else "Stop and close"
        next(button for button in question.buttons() if button.text().replace("&", "") == choice).click()
        return 0

    monkeypatch.setattr(QMessageBox, "exec", answer)
    assert not lab.window.close()
    assert lab.model.state is LabState.BACKWORKING
    assert lab.window.close()
    assert len(asked) == 2
    assert lab.controller.close(2_000)


def test_settings_are_remembered_from_one_start_to_the_next(
    qtbot: QtBot, lab: Lab, qapp: QApplication, tmp_path: Path
) -> None:
    window = lab.window
    window.run_bar.set_labels((1, 7))
    window.run_bar.set_slots(5)
    window.run_bar.set_pace(None)
    window.descent.set_descent(replace(window.descent.descent(), max_steps=123))
    _child(lab, QDoubleSpinBox, "batch_cost_coeff").setValue(2.5)
    window.theme_actions["dark"].trigger()
    window.close()
    assert lab.controller.close(_LONG)

    again = Lab(qapp, tmp_path / "config")
    again.start_engine()
    qtbot.waitUntil(lambda: again.model.state is LabState.READY, timeout=_LONG)
    assert again.window.run_bar.labels() == (1, 7)
    assert again.window.run_bar.slots() == 5
    assert again.window.run_bar.pace() is None
    assert again.window.descent.descent().max_steps == 123
    assert again.window.coefficients.coefficients().term_coeffs["batch"] == 2.5
    assert again.window.theme_actions["dark"].isChecked()
    again.window.close_requested.emit()
    assert again.controller.close(_LONG)


def test_a_bad_classifier_file_gets_one_sentence_and_loses_nothing(qtbot: QtBot, lab: Lab, tmp_path: Path) -> None:
    path = tmp_path / "bad.keras"
    path.write_bytes(b"no classifier")
    lab.controller.open_classifier(str(path))
    error_bar = _child(lab, QWidget, "error_bar")
    qtbot.waitUntil(error_bar.isVisible, timeout=_LONG)
    assert "bad.keras must be an intact .keras or .h5 file" in _child(lab, QLabel, "error_sentence").text()
    _until_ready(qtbot, lab)
    assert lab.model.classifier is not None
    assert lab.model.classifier.name == "article"


def test_every_interactive_widget_has_an_object_name_and_an_accessible_name(lab: Lab) -> None:
    from PySide6.QtWidgets import QAbstractButton, QAbstractSlider, QAbstractSpinBox, QComboBox, QScrollBar

    kinds = (QAbstractButton, QAbstractSlider, QAbstractSpinBox, QComboBox)
    nameless = [
        f"{type(widget).__name__} {widget.objectName()!r} in {widget.parentWidget().objectName()!r}"
        for widget in lab.window.findChildren(QWidget)
        if isinstance(widget, kinds)
        and not isinstance(widget, QScrollBar)
        and not widget.objectName().startswith("qt_")
        and (not widget.objectName() or not (widget.accessibleName() or getattr(widget, "text", str)()))
    ]
    assert nameless == []


def test_rounds_end_with_a_classifier_that_is_put_in_use(
    qtbot: QtBot, lab: Lab, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("fooler_gui.engine.descent.fresh_attack.WITHIN", (1, 2, 3))
    monkeypatch.setattr("fooler_gui.engine.mending.honesty.STEPS", 2)
    _train_tiny(qtbot, lab)
    lab.pages.show("rounds")
    rounds = lab.pages["rounds"]
    assert rounds is not None
    settings = RoundsSettings(
        rounds=1, policy="none-class", images_per_label=2, steps_per_round=2, stages=1, digits=100, noise=10, blanks=2
    )
    rounds.set_settings(settings)
    _child(lab, QPushButton, "start_rounds").click()
    assert lab.model.state is LabState.ROUNDS
    _until_ready(qtbot, lab)
    assert [report.number for report in rounds.reports()] == [0, 1]
    assert rounds.gallery().picture() is not None
    _child(lab, QPushButton, "use_round").click()
    _until_ready(qtbot, lab)
    classifier = lab.model.classifier
    assert classifier is not None
    assert classifier.class_names[-1] == "none"
    assert tmp_path in Path(classifier.path).parents
    lab.window.descent.set_descent(replace(lab.window.descent.descent(), max_steps=2))
    lab.window.run_bar.set_labels(tuple(range(10)))
    lab.window.commands["run"].trigger()
    _until_ready(qtbot, lab)
    assert _step_of(lab.model.newest) == 2
    assert lab.window.commands["export_fooling"].isEnabled()


def test_an_image_is_looked_at_closer_and_the_classifier_evaluated(qtbot: QtBot, lab: Lab) -> None:
    _train_tiny(qtbot, lab)
    window = lab.window
    _child(lab, QAction, "inspector_action").trigger()
    window.descent.set_descent(replace(window.descent.descent(), keep_refining=True, reinitialise_below=0.0))
    _child(lab, QAction, "run_action").trigger()
    qtbot.waitUntil(lambda: _step_of(lab.model.newest) >= 1, timeout=_LONG)
    looks: list[Inspection] = []
    lab.model.inspection_changed.connect(lambda: looks.append(lab.model.inspection))
    lab.model.select((3, 5))
    qtbot.waitUntil(lambda: bool(looks), timeout=_LONG)
    going = looks[-1]
    assert (going.label, going.slot, going.fooled) == (3, 5, ())
    assert [layer.name for layer in going.layers] == ["inputs", "conv0", "fc"]
    assert all(layer.nearest is not None for layer in going.layers)
    _child(lab, QAction, "stop_action").trigger()
    _until_ready(qtbot, lab)
    qtbot.waitUntil(lambda: bool(looks[-1].fooled), timeout=_LONG)
    resting = looks[-1]
    np.testing.assert_array_equal(resting.image, lab.model.newest.images[0, 5])
    assert resting.probabilities[3] == pytest.approx(lab.model.newest.probabilities[0, 5], abs=1e-5)
    assert {share.who for share in resting.fooled} == {"independent net", "nearest neighbours"}
    assert "slot 6 of 8" in _child(lab, QLabel, "inspector_title").text()
    _child(lab, QAction, "inside_action").trigger()
    qtbot.waitUntil(lambda: looks[-1].maps is not None, timeout=_LONG)
    maps, layer = looks[-1].maps, looks[-1].layers[1]
    assert (maps.layer, layer.name) == ("conv0", "conv0")
    assert np.square(maps.own - maps.nearest).mean() == pytest.approx(layer.distance, rel=1e-3)
    assert _child(lab, QLabel, "inside_distance").text().startswith(f"Distance {layer.distance:.4f}")

    lab.pages.show("evaluation")
    page = lab.pages["evaluation"]
    page.set_settings(EvaluationSettings(images=20))
    _child(lab, QPushButton, "evaluate").click()
    assert lab.model.state is LabState.EVALUATING
    _until_ready(qtbot, lab)
    report = page.report()
    assert report.test.images == 10_000
    assert report.test.accuracy == pytest.approx(lab.model.classifier.test_accuracy, abs=1e-4)
    assert [figures.images for figures in report.sets][:6] == [20] * 6


def test_a_run_is_recorded_looked_back_at_branched_and_repeated(qtbot: QtBot, lab: Lab, tmp_path: Path) -> None:
    _train_tiny(qtbot, lab)
    window, timeline = lab.window, lab.window.timeline
    window.run_bar.set_pace(None)
    window.descent.set_descent(
        replace(window.descent.descent(), max_steps=12, min_probability=1.0, reinitialise_below=0.0)
    )
    _child(lab, QAction, "run_action").trigger()
    _until_ready(qtbot, lab)
    folder, last = Path(lab.model.run.folder), lab.model.newest
    assert last.step == 12
    saves = saves_of(folder)
    assert [save.step for save in saves] == list(range(13))
    np.testing.assert_array_equal(saves[-1].images, last.images)

    timeline.set_place(4)
    timeline.place_changed.emit(4)
    assert lab.model.shown.step == 4
    path = tmp_path / "fourth.png"
    lab.exports.export_grid(path, scale=1, captions=False)
    provenance = read_provenance(path)
    assert (provenance.step, provenance.run) == (4, read_record(folder).id)

    _child(lab, QDoubleSpinBox, "layer_cost_coeff_fc").setValue(0.25)
    _child(lab, QAction, "branch_action").trigger()
    _until_ready(qtbot, lab)
    branch = Path(lab.model.run.folder)
    record = read_record(branch)
    assert record.spec.parent == Parent(run=provenance.run, step=4)
    np.testing.assert_array_equal(saves_of(branch)[0].images, saves[4].images)
    assert record.spec.coefficients.layer_cost_coeffs["fc"] == 0.25

    lab.model.look_at(0)
    _child(lab, QAction, "go_on_action").trigger()
    _until_ready(qtbot, lab)
    further = Path(lab.model.run.folder)
    assert read_record(further).spec.parent == Parent(run=record.id, step=12)
    np.testing.assert_array_equal(saves_of(further)[0].images, saves_of(branch)[-1].images)

    lab.runs.open(str(folder))
    qtbot.waitUntil(lambda: lab.model.run.folder == str(folder), timeout=_LONG)
    np.testing.assert_array_equal(lab.model.shown.images, last.images)
    assert timeline.place() == 12

    lab.runs.repeat(str(branch))
    qtbot.waitUntil(lambda: lab.model.state is not LabState.READY, timeout=_LONG)
    _until_ready(qtbot, lab)
    repeated = saves_of(Path(lab.model.run.folder))
    assert Path(lab.model.run.folder) not in (folder, branch, further)
    np.testing.assert_array_equal(repeated[-1].images, saves_of(branch)[-1].images)
    status = _child(lab, QLabel, "status_sentence")
    same = "The images are identical to the last bit."
    qtbot.waitUntil(lambda: status.text() == same, timeout=_LONG)

    change_a_pixel(branch, step=7)
    lab.runs.repeat(str(branch))
    qtbot.waitUntil(lambda: lab.model.state is not LabState.READY, timeout=_LONG)
    _until_ready(qtbot, lab)
    qtbot.waitUntil(lambda: "differ from step 7 on" in window.error_bar.last_error(), timeout=_LONG)
    assert window.error_bar.isVisible()

    window.descent.set_rng_seed(99)
    lab.setups.restore(path)
    assert window.descent.rng_seed() == 0
    assert (
        window.coefficients.coefficients().layer_cost_coeffs["fc"]
        == provenance.spec.coefficients.layer_cost_coeffs["fc"]
    )


def test_a_run_from_an_image_of_the_dataset_begins_with_it_and_is_repeated_exactly(qtbot: QtBot, lab: Lab) -> None:
    window = lab.window
    _child(lab, QAction, "start_gallery_action").trigger()
    classes, images = _child(lab, QListWidget, "gallery_classes"), _child(lab, QListWidget, "gallery_images")
    classes.setCurrentRow(7)
    qtbot.waitUntil(lambda: images.count() > 100, timeout=_LONG)
    images.setCurrentRow(100)  # a 7 that the net thinks very unlikely to be a 3
    _child(lab, QPushButton, "use_image_button").click()
    picked = lab.model.setup.start
    name, _, number = Path(picked).stem.rpartition(" ")
    dataset = load_dataset(resource("mnist.npz"))
    assert (name, dataset.test_labels[int(number) - 1]) == ("mnist 7, test image", 7)

    # From now on slots are reinitialised, so that the noise after the start's own is compared, too.
    descent = replace(lab.model.setup.descent, max_steps=8, reinitialise_below=0.5)
    lab.model.change_setup(descent=descent, pace=None, slots=4)
    _child(lab, QAction, "run_action").trigger()
    _until_ready(qtbot, lab)
    run = Path(lab.model.run.folder)
    first = saves_of(run)[0].images[0]
    np.testing.assert_array_equal(first[0], to_float(dataset.test_images[int(number) - 1]))
    assert 0.005 < np.abs(first[1:] - first[0]).mean() < 0.02
    assert window.change_strip.isVisible()
    assert saves_of(run)[-1].reinitialisations.any()

    Path(picked).unlink()
    lab.runs.repeat(str(run))
    qtbot.waitUntil(lambda: lab.model.state is not LabState.READY, timeout=_LONG)
    _until_ready(qtbot, lab)
    again = Path(lab.model.run.folder)
    assert again != run
    for before, after in zip(saves_of(run), saves_of(again), strict=True):
        np.testing.assert_array_equal(before.images, after.images)
