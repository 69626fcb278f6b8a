from __future__ import annotations

import dataclasses

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QInputDialog,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QToolButton,
    QWidget,
)

from fooler_gui.core.classifier_info import ClassifierInfo
from fooler_gui.core.dataset_info import DatasetInfo
from fooler_gui.core.lab_state import LabState
from fooler_gui.core.messages import TrainingFinished, TrainingProgress, WorkTimed
from fooler_gui.core.settings import TrainingSettings
from fooler_gui.core.topology import Convolution, Topology
from fooler_gui.core.topology_size import size_of
from fooler_gui.core.training_presets import TRAINING_PRESETS
from fooler_gui.features.training.training import TrainingPanel
from fooler_gui.features.training.training_plot import TrainingPlot
from fooler_gui.records.speeds import Speeds
from fooler_gui.widgets.panel_layout import VerticalScrollArea
from fooler_gui.widgets.plot import Plot
from fooler_gui.widgets.theme import dark_palette, light_palette

ARTICLE = ClassifierInfo(
    name="article",
    path="article.keras",
    sha256="",
    topology="conv 32 · conv 64 · dense 1024",
    input_shape=(28, 28, 1),
    class_names=tuple("0123456789"),
    recorded_layers=("inputs", "conv0", "conv1", "fc"),
    parameters=3_274_634,
    test_accuracy=0.992,
)
QUICK = dataclasses.replace(ARTICLE, name="quick", test_accuracy=0.985)
BUTTONS = [
    "open_classifier_button",
    "save_classifier_button",
    "use_former_button",
    "train_button",
    "stop_training_button",
    "continue_button",
]


def test_the_input_range_is_chosen_from_a_menu_that_marks_the_one_asked_for(panel, qtbot):
    panel.set_state(LabState.READY)
    panel.set_classifier(dataclasses.replace(ARTICLE, asked_range="-1..1"), None)
    entries = panel.findChild(QPushButton, "input_range_button").menu().actions()
    assert [entry.text() for entry in entries if entry.isChecked()] == ["Pixels from -1 to 1"]
    with qtbot.waitSignal(panel.input_range_requested) as asked:
        entries[0].trigger()
    assert (entries[0].text(), asked.args) == ("As proposed", [""])
    panel.set_classifier(ARTICLE, None)
    assert [entry.text() for entry in entries if entry.isChecked()] == ["As proposed"]


def test_how_long_a_training_takes_is_told_once_one_was_timed(panel):
    net = size_of(Topology(), (28, 28, 1), 10).operations
    settings = TrainingSettings(steps=100, batch_size=50, validation_images=0)
    panel.set_training(Topology(), settings)
    time = panel.findChild(QLabel, "training_time")
    assert time.text() == "Train: not timed on this machine yet."
    panel.set_classifier(dataclasses.replace(ARTICLE, operations=2 * net), None)
    assert time.text() == "Train or Continue: not timed on this machine yet."
    panel.set_classifier(dataclasses.replace(ARTICLE, operations=0), None)
    speeds = Speeds()
    speeds.note(WorkTimed(part="training", operations=net, images=50, times=100, seconds=120.0))
    panel.set_speeds(speeds)
    assert time.text() == "Train: about 2 min on this machine."
    panel.set_training(Topology(), dataclasses.replace(settings, steps=200))
    panel.set_classifier(dataclasses.replace(ARTICLE, operations=2 * net), None)
    assert time.text().splitlines() == [
        "Train: about 4 min on this machine.",
        "Continue: not timed on this machine yet.",
    ]


def test_of_several_outputs_a_dialog_asks_for_one(panel, qtbot):
    panel.ask_which_output(("digit", "parity"))
    dialog = panel.findChild(QInputDialog, "output_question")
    assert dialog.comboBoxItems() == ["digit", "parity"]
    dialog.setTextValue("parity")
    with qtbot.waitSignal(panel.output_requested) as asked:
        dialog.accept()
    assert asked.args == ["parity"]


def test_what_speaks_against_a_classifier_stands_beside_its_accuracy(panel):
    doubt = "The classifier gets 11.4 % of the test images right, little better than guessing."
    panel.set_classifier(dataclasses.replace(ARTICLE, test_accuracy=0.114, doubt=doubt), None)
    assert panel.findChild(QLabel, "classifier_name").text() == "article · 11.4 %"
    assert panel.findChild(QLabel, "classifier_parameters").text().splitlines() == [doubt, "3,274,634 weights"]
    panel.set_classifier(ARTICLE, None)
    assert panel.findChild(QLabel, "classifier_parameters").text() == "3,274,634 weights"


@pytest.fixture
def panel(qtbot):
    made = TrainingPanel()
    qtbot.addWidget(made)
    made.set_classifier(ARTICLE, QUICK)
    made.set_state(LabState.READY)
    made.show()
    return made


def button(panel: QWidget, name: str) -> QPushButton:
    return panel.findChild(QPushButton, name)


def click(qtbot, panel, name):
    found = panel.findChild(QPushButton, name) or panel.findChild(QToolButton, name)
    qtbot.mouseClick(found, Qt.MouseButton.LeftButton)


def point(step: int, accuracy: float | None = None, loss: float = 0.5) -> TrainingProgress:
    return TrainingProgress(
        step=step,
        steps=1000,
        loss=loss,
        validation_accuracy=accuracy,
        images_per_second=1240.0,
        seconds_left=130.0,
    )


def curve(panel: TrainingPanel, name: str) -> tuple[list[float], list[float]]:
    steps, values = panel.findChild(QWidget, name).getPlotItem().listDataItems()[0].getData()
    return ([], []) if steps is None else (list(steps), list(values))


def test_the_classifier_in_use_is_told(panel):
    assert panel.findChild(QLabel, "classifier_name").text() == "article · 99.2 %"
    assert panel.findChild(QLabel, "classifier_topology").text() == "conv 32 · conv 64 · dense 1024"
    assert panel.findChild(QLabel, "classifier_parameters").text() == "3,274,634 weights\nFormer: quick · 98.5 %"


def test_no_classifier_says_what_to_do(panel):
    panel.set_classifier(None, None)
    panel.set_state(LabState.UNTRAINED)
    assert panel.findChild(QLabel, "classifier_name").text() == "No classifier yet"
    assert panel.findChild(QLabel, "classifier_topology").text() == "Train one, or open one."


@pytest.mark.parametrize(
    ("state", "enabled"),
    [
        (LabState.STARTING, ""),
        (LabState.UNTRAINED, "open_classifier_button train_button"),
        (
            LabState.READY,
            "open_classifier_button save_classifier_button use_former_button train_button continue_button",
        ),
        (LabState.WORKING, ""),
        (LabState.TRAINING, "stop_training_button"),
        (LabState.BACKWORKING, ""),
        (LabState.PAUSED, ""),
        (LabState.RETRAINING, ""),
        (LabState.CLOSING, ""),
    ],
)
def test_each_state_enables_its_buttons_and_the_others_say_why_not(panel, state, enabled):
    panel.set_state(LabState.READY)
    usual = {name: button(panel, name).toolTip() for name in BUTTONS if name != "stop_training_button"}
    if state is LabState.UNTRAINED:
        panel.set_classifier(None, None)
    panel.set_state(state)
    assert [name for name in BUTTONS if button(panel, name).isEnabled()] == enabled.split()
    for name, tip in usual.items():
        assert (button(panel, name).toolTip() == tip) is button(panel, name).isEnabled()
        assert tip in button(panel, name).toolTip()


def test_a_disabled_button_names_its_reason(panel):
    panel.set_classifier(ARTICLE, None)
    assert "no former classifier" in button(panel, "use_former_button").toolTip()
    assert "No training is running" in button(panel, "stop_training_button").toolTip()
    panel.set_state(LabState.BACKWORKING)
    assert "Wait until the run ends" in button(panel, "train_button").toolTip()


def test_train_asks_with_the_articles_layers_and_settings(qtbot, panel):
    with qtbot.waitSignal(panel.train_requested, timeout=1000) as asked:
        click(qtbot, panel, "train_button")
    assert asked.args == [Topology(), TrainingSettings()]


def test_continue_asks_with_the_settings_shown(qtbot, panel):
    panel.findChild(QSpinBox, "training_steps").setValue(300)
    with qtbot.waitSignal(panel.continue_requested, timeout=1000) as asked:
        click(qtbot, panel, "continue_button")
    assert asked.args == [TrainingSettings(steps=300)]


def dataset_of(shape: tuple[int, int, int], classes: int) -> DatasetInfo:
    return DatasetInfo(
        name="own",
        path="",
        sha256="",
        image_shape=shape,
        class_names=tuple(map(str, range(classes))),
        train=(9,) * classes,
        test=(3,) * classes,
    )


def offered(panel: TrainingPanel) -> list[str]:
    box = panel.findChild(QComboBox, "training_preset")
    return [box.itemText(index) for index in range(box.count())]


def built(panel: TrainingPanel) -> str:
    return panel.findChild(QLabel, "training_built").text()


def test_presets_suit_the_dataset_and_what_they_build_is_told(panel):
    assert offered(panel) == ["article", "quick"]
    assert built(panel) == "10 classes, images of 28 × 28 × 1: 3,274,634 weights."
    panel.set_dataset(dataset_of((32, 32, 3), 7))
    assert offered(panel) == ["deep", "deep-quick"]
    assert (panel.topology(), panel.settings()) == (
        TRAINING_PRESETS["deep"].topology,
        TRAINING_PRESETS["deep"].settings,
    )
    weights = size_of(panel.topology(), (32, 32, 3), 7).parameters
    assert built(panel) == f"7 classes, images of 32 × 32 × 3: {weights:,} weights."
    panel.set_dataset(dataset_of((28, 28, 1), 10))
    assert panel.topology() == Topology()


def test_own_layers_stay_when_the_dataset_changes(panel):
    own = Topology(convolutions=(Convolution(filters=7),), dense=(8,))
    panel.set_training(own, TrainingSettings(steps=9))
    panel.set_dataset(dataset_of((200, 200, 3), 5))
    assert (panel.topology(), panel.settings()) == (own, TrainingSettings(steps=9))
    assert offered(panel) == ["large", "own"]
    assert panel.findChild(QComboBox, "training_preset").currentText() == "own"


def test_layers_that_do_not_fit_the_images_cannot_be_trained_and_say_why(panel):
    panel.set_training(Topology(convolutions=(Convolution(pool=8),) * 3), TrainingSettings())
    assert built(panel).startswith("For images of 28 × 28 × 1. conv2: the pool must get maps of more than 1 × 1 units,")
    assert not button(panel, "train_button").isEnabled()
    assert "conv2: the pool must get" in button(panel, "train_button").toolTip()
    panel.set_training(Topology(), TrainingSettings())
    assert button(panel, "train_button").isEnabled()


def test_stop_and_use_former_ask(qtbot, panel):
    with qtbot.waitSignal(panel.use_former_requested, timeout=1000):
        click(qtbot, panel, "use_former_button")
    panel.set_state(LabState.TRAINING)
    with qtbot.waitSignal(panel.stop_requested, timeout=1000):
        click(qtbot, panel, "stop_training_button")


def test_a_preset_sets_layers_and_settings_but_leaves_the_seed(qtbot, panel):
    panel.findChild(QSpinBox, "training_rng_seed").setValue(7)
    preset = panel.findChild(QComboBox, "training_preset")
    assert preset.currentText() == "article"
    preset.setCurrentText("quick")
    assert panel.topology() == TRAINING_PRESETS["quick"].topology
    assert panel.settings() == dataclasses.replace(TRAINING_PRESETS["quick"].settings, rng_seed=7)
    assert panel.findChild(QSpinBox, "training_steps").value() == 3000
    assert panel.findChild(QDoubleSpinBox, "training_learning_rate").value() == 1e-3


@pytest.mark.parametrize("name", ["training_steps", "training_batch_size", "conv1_filters"])
def test_a_changed_preset_is_called_own_until_it_is_changed_back(panel, name):
    preset, box = panel.findChild(QComboBox, "training_preset"), panel.findChild(QSpinBox, name)
    before = box.value()
    box.setValue(before + 1)
    assert preset.currentText() == "own"
    box.setValue(before)
    assert preset.currentText() == "article"


def test_settings_of_both_forms_are_kept_together(qtbot, panel):
    panel.findChild(QSpinBox, "training_batch_size").setValue(64)
    panel.findChild(QSpinBox, "training_steps").setValue(100)
    assert panel.settings() == TrainingSettings(batch_size=64, steps=100)


def test_training_set_from_outside_is_shown_and_asks_for_nothing(qtbot, panel):
    topology = Topology(convolutions=(Convolution(kernel=(3, 7), filters=8, padding="valid", pool=1),), dense=(9, 10))
    settings = TrainingSettings(steps=12, rng_seed=5)
    with qtbot.assertNotEmitted(panel.train_requested), qtbot.assertNotEmitted(panel.continue_requested):
        panel.set_training(topology, settings)
    assert panel.topology() == topology
    assert panel.settings() == settings
    assert panel.findChild(QLineEdit, "conv0_kernel").text() == "3×7"
    assert panel.findChild(QSpinBox, "training_steps").value() == 12
    assert panel.findChild(QComboBox, "training_preset").currentText() == "own"


def test_layers_and_settings_are_hidden_until_wanted(qtbot, panel):
    steps = panel.findChild(QSpinBox, "training_batch_size")
    assert not panel.settings_visible()
    assert not steps.isVisible()
    click(qtbot, panel, "training_disclosure")
    assert panel.settings_visible()
    assert steps.isVisible()
    panel.set_settings_visible(False)
    assert not steps.isVisible()


def test_a_file_is_chosen_to_open(qtbot, panel, tmp_path):
    path = tmp_path / "mine.keras"
    path.write_bytes(b"")
    click(qtbot, panel, "open_classifier_button")
    dialog = panel.findChild(QFileDialog)
    assert dialog.nameFilters() == ["Keras classifiers (*.keras *.h5 *.hdf5)", "All files (*)"]
    dialog.selectFile(str(path))
    with qtbot.waitSignal(panel.open_requested, timeout=1000) as asked:
        dialog.accept()
    assert asked.args == [str(path)]


def test_a_file_is_chosen_to_save_and_gets_its_ending(qtbot, panel, tmp_path):
    click(qtbot, panel, "save_classifier_button")
    dialog = panel.findChild(QFileDialog)
    dialog.setDirectory(str(tmp_path))
    dialog.selectFile("mine")
    with qtbot.waitSignal(panel.save_requested, timeout=1000) as asked:
        dialog.accept()
    assert asked.args == [str(tmp_path / "mine.keras")]


def test_every_point_is_drawn_though_drawing_is_rare(qtbot, panel):
    panel.start_training()
    panel.set_state(LabState.TRAINING)
    for step in range(1, 501):
        panel.add_progress([point(step, accuracy=step / 1000 if step % 100 == 0 else None)])
    assert curve(panel, "training_loss_plot") == ([], [])
    qtbot.waitUntil(lambda: len(curve(panel, "training_loss_plot")[0]) == 500, timeout=2000)
    steps, accuracies = curve(panel, "training_accuracy_plot")
    assert steps == [100, 200, 300, 400, 500]
    assert accuracies == pytest.approx([10, 20, 30, 40, 50])


def test_a_loss_of_zero_and_one_that_is_no_number_can_be_drawn(panel):
    panel.start_training()
    panel.add_progress([point(1, loss=0.5), point(2, loss=0.0), point(3, loss=float("nan"))])
    panel.findChild(TrainingPlot).redraw()
    assert curve(panel, "training_loss_plot")[1][1] == -6


@pytest.mark.parametrize("palette", [light_palette, dark_palette])
def test_a_palette_that_comes_while_it_is_shown_reaches_both_plots(panel, palette):
    panel.start_training()
    panel.setPalette(palette())
    ground = palette().color(QPalette.ColorRole.Base)
    assert [plot.backgroundBrush().color() for plot in panel.findChildren(Plot)] == [ground, ground]


def test_progress_is_told_in_words(panel):
    panel.start_training()
    panel.add_progress([point(250), point(500)])
    assert panel.findChild(QLabel, "training_progress_text").text() == ("Step 500 of 1,000\n1,240 images/s · 2:10 left")


def test_a_new_training_clears_the_curves(panel):
    assert panel.findChild(TrainingPlot) is None
    panel.start_training()
    plot = panel.findChild(TrainingPlot)
    panel.add_progress([point(1, accuracy=0.5)])
    plot.redraw()
    panel.start_training()
    assert curve(panel, "training_loss_plot") == ([], [])
    assert curve(panel, "training_accuracy_plot") == ([], [])
    assert plot.isVisible()


@pytest.mark.parametrize(
    ("stopped", "sentence"),
    [
        (False, "Trained 3,000 steps in 1:20.\nTest accuracy 99.1 %."),
        (True, "Stopped after 3,000 steps, 1:20; weights kept.\nTest accuracy 99.1 %."),
    ],
)
def test_the_end_is_told_in_a_sentence(panel, stopped, sentence):
    panel.start_training()
    panel.set_state(LabState.TRAINING)
    panel.add_progress([point(1)])
    panel.set_finished(
        TrainingFinished(steps=3000, seconds=80, images_per_second=1.0, test_accuracy=0.991, stopped=stopped)
    )
    panel.set_state(LabState.READY)
    assert panel.findChild(QLabel, "training_progress_text").text() == sentence
    assert len(curve(panel, "training_loss_plot")[0]) == 1


def test_a_training_that_failed_is_not_shown_as_running(panel):
    panel.start_training()
    panel.set_state(LabState.TRAINING)
    panel.set_state(LabState.READY)
    assert panel.findChild(QLabel, "training_progress_text").text() == "The training ended early."


def test_the_panel_fits_300_pixels_beside_a_scroll_bar(qtbot):
    panel = TrainingPanel()
    panel.set_settings_visible(True)
    panel.start_training()
    area = VerticalScrollArea(panel)
    qtbot.addWidget(area)
    area.resize(300, 200)
    area.show()
    assert panel.width() <= area.viewport().width()
    assert area.minimumWidth() <= 300


def test_every_control_has_its_names_and_a_tooltip(panel):
    kinds = (QPushButton, QToolButton, QSpinBox, QDoubleSpinBox, QComboBox)
    for kind in kinds:
        for control in panel.findChildren(kind):
            assert control.objectName()
            assert control.accessibleName(), control.objectName()
            assert control.toolTip(), control.objectName()


def test_without_a_dataset_nothing_is_trained_and_the_buttons_say_why(panel):
    panel.set_state(LabState.READY)
    panel.set_dataset(dataclasses.replace(dataset_of((28, 28, 1), 10), train=(), test=()))
    for name in ("train_button", "continue_button"):
        assert not button(panel, name).isEnabled()
        assert "needs a dataset" in button(panel, name).toolTip()
    panel.set_dataset(dataset_of((28, 28, 1), 10))
    assert button(panel, "train_button").isEnabled()
