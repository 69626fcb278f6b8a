import dataclasses

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QUndoStack
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QLabel,
    QSpinBox,
    QWidget,
)

from fooler_gui.core.settings import METHODS, DescentSettings, MethodSettings
from fooler_gui.features.run.descent import DescentPanel


@pytest.fixture
def stack():
    return QUndoStack()


@pytest.fixture
def panel(qtbot, stack):
    panel = DescentPanel(stack)
    qtbot.addWidget(panel)
    return panel


@pytest.fixture
def setups(panel):
    received = []
    panel.setup_changed.connect(lambda: received.append((panel.start(), panel.rng_seed(), panel.method())))
    return received


def answer_file_dialog(monkeypatch, path):
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (path, ""))


def test_every_setting_of_descent_and_method_has_an_editor(panel):
    for settings in (DescentSettings, MethodSettings):
        for entry in dataclasses.fields(settings):
            editor = panel.findChild(QWidget, entry.name)
            assert editor is not None, entry.name
            assert editor.accessibleName() == settings.info(entry.name).label
            assert settings.info(entry.name).tip in editor.toolTip()


def test_quick_edits_in_several_groups_give_one_signal_with_all_of_them(qtbot, panel):
    received = []
    panel.descent_changed.connect(received.append)
    with qtbot.waitSignal(panel.descent_changed, timeout=2000):
        panel.findChild(QSpinBox, "max_steps").setValue(90)
        panel.findChild(QDoubleSpinBox, "min_probability").setValue(0.99999)
        panel.findChild(QDoubleSpinBox, "learning_rate").setValue(1e-3)
        panel.findChild(QDoubleSpinBox, "reinitialise_below").setValue(0.5)
        panel.findChild(QCheckBox, "keep_refining").click()
    expected = DescentSettings(
        max_steps=90, min_probability=0.99999, learning_rate=1e-3, reinitialise_below=0.5, keep_refining=True
    )
    assert received == [expected]
    assert panel.descent() == expected
    assert panel.findChild(QDoubleSpinBox, "min_probability").text() == "0.99999"


def test_set_descent_shows_the_settings_and_sends_nothing(qtbot, panel):
    descent = DescentSettings(min_steps=5, save_frequency=3, num_mono_dec_saves=4, tolerance=1e-6)
    with qtbot.assertNotEmitted(panel.descent_changed, wait=150):
        panel.set_descent(descent)
    assert panel.descent() == descent
    assert panel.findChild(QSpinBox, "save_frequency").value() == 3
    assert panel.findChild(QDoubleSpinBox, "tolerance").text() == "1e-6"


CHANNELS = {"inputs": 1, "conv0": 32, "fc": 1024}


def choose_unit(panel):
    panel.set_units(CHANNELS)
    panel.findChild(QComboBox, "objective").setCurrentText("unit")


def test_the_unit_and_its_goal_are_shown_only_while_the_unit_is_the_objective(panel):
    fields = [panel.findChild(QWidget, name) for name in ("unit", "unit_done")]
    assert not any(field.isVisibleTo(panel) for field in fields)
    choose_unit(panel)
    assert all(field.isVisibleTo(panel) for field in fields)
    assert panel.descent().unit == "fc:0"
    panel.findChild(QComboBox, "unit_layer").setCurrentText("conv0")
    panel.findChild(QSpinBox, "unit_number").setValue(5)
    panel.findChild(QDoubleSpinBox, "unit_done").setValue(3.5)
    assert panel.descent() == DescentSettings(objective="unit", unit="conv0:5", unit_done=3.5)
    panel.set_descent(DescentSettings())
    assert not any(field.isVisibleTo(panel) for field in fields)


def test_a_unit_that_another_classifier_lacks_is_replaced(panel):
    choose_unit(panel)
    panel.set_descent(dataclasses.replace(panel.descent(), unit="conv0:31"))
    panel.set_units({"inputs": 1, "conv0": 32})
    assert panel.descent().unit == "conv0:31"
    panel.set_units({"inputs": 1, "conv0": 16})
    assert panel.descent().unit == "conv0:0"
    panel.set_descent(DescentSettings(unit="conv0:3"))
    panel.set_units({"inputs": 1})
    assert panel.descent() == DescentSettings()


def test_changes_can_be_undone_one_by_one_and_leave_other_settings_alone(qtbot, panel, stack):
    choose_unit(panel)
    panel.findChild(QSpinBox, "unit_number").setValue(7)
    panel.findChild(QSpinBox, "max_steps").setValue(90)
    panel.findChild(QSpinBox, "max_steps").setValue(91)
    assert [stack.text(place) for place in range(stack.count())] == [
        "objective probability → unit", "unit fc:0 → fc:7", "at most 60 → 91",
    ]  # fmt: skip
    stack.undo()
    assert panel.descent() == DescentSettings(objective="unit", unit="fc:7")
    panel.set_descent(dataclasses.replace(panel.descent(), save_frequency=4))
    with qtbot.waitSignal(panel.descent_changed, timeout=2000) as undone:
        stack.undo()
        stack.undo()
    assert undone.args == [DescentSettings(save_frequency=4)]
    assert panel.findChild(QComboBox, "objective").currentText() == "probability"
    stack.redo()
    assert panel.descent() == DescentSettings(objective="unit", unit="fc:0", save_frequency=4)


def test_a_method_preset_sets_the_four_points(panel, setups):
    panel.findChild(QComboBox, "method_preset").setCurrentText("2016 program")
    assert panel.method() == METHODS["2016"]
    assert panel.findChild(QCheckBox, "self_pairs").isChecked()
    assert setups == [("noise", 0, METHODS["2016"])]


def test_a_method_that_is_no_preset_is_shown_as_own(panel, setups):
    preset = panel.findChild(QComboBox, "method_preset")
    panel.findChild(QCheckBox, "self_pairs").click()
    assert preset.currentText() == "own"
    assert setups == [("noise", 0, MethodSettings(self_pairs=True))]
    panel.findChild(QCheckBox, "self_pairs").click()
    assert preset.currentText() == "article"


def test_set_method_start_and_seed_send_nothing(panel, setups):
    panel.set_method(METHODS["2016"])
    panel.set_start("averages")
    panel.set_rng_seed(41)
    assert panel.findChild(QComboBox, "method_preset").currentText() == "2016 program"
    assert panel.findChild(QComboBox, "start_kind").currentText() == "averages of training images"
    assert panel.findChild(QSpinBox, "rng_seed").value() == 41
    assert (panel.start(), panel.rng_seed(), panel.method()) == ("averages", 41, METHODS["2016"])
    assert setups == []


def test_the_start_is_chosen_by_kind(panel, setups):
    panel.findChild(QComboBox, "start_kind").setCurrentText("averages of training images")
    assert [start for start, _, _ in setups] == ["averages"]


def test_test_images_of_a_class_are_shown_by_name_and_can_be_left_and_chosen_again(panel, setups):
    kind = panel.findChild(QComboBox, "start_kind")
    kinds = kind.count()
    for start in ("digits:7", "noise", "digits:7"):
        panel.set_start(start)
        assert panel.start() == start
    assert (kind.currentText(), kind.count(), setups) == ("test images of class 7", kinds + 1, [])
    assert not panel.findChild(QAbstractButton, "start_file_button").isVisibleTo(panel)
    kind.setCurrentText("averages of training images")
    kind.setCurrentText("test images of class 7")
    assert [start for start, _, _ in setups] == ["averages", "digits:7"]


def test_a_file_of_start_images_is_chosen_with_the_button(qtbot, monkeypatch, panel, setups):
    answer_file_dialog(monkeypatch, "/somewhere/found.npz")
    panel.findChild(QComboBox, "start_kind").setCurrentText("images from a file…")
    assert panel.start() == "noise"
    qtbot.mouseClick(panel.findChild(QAbstractButton, "start_file_button"), Qt.MouseButton.LeftButton)
    assert panel.start() == "/somewhere/found.npz"
    assert any(label.text() == "found.npz" for label in panel.findChildren(QLabel))
    assert [start for start, _, _ in setups] == ["/somewhere/found.npz"]


def test_a_person_who_picks_files_is_asked_for_one_at_once(monkeypatch, panel, setups):
    answer_file_dialog(monkeypatch, "/somewhere/found.npz")
    kind = panel.findChild(QComboBox, "start_kind")
    kind.setCurrentText("images from a file…")
    kind.activated.emit(kind.currentIndex())
    assert [start for start, _, _ in setups] == ["/somewhere/found.npz"]


def test_a_cancelled_file_dialog_goes_back_to_the_former_start(monkeypatch, panel, setups):
    answer_file_dialog(monkeypatch, "")
    kind = panel.findChild(QComboBox, "start_kind")
    kind.setCurrentText("images from a file…")
    kind.activated.emit(kind.currentIndex())
    assert (panel.start(), kind.currentText()) == ("noise", "uniform noise")
    assert setups == []


def test_a_path_is_shown_by_its_name_and_told_whole_in_the_tooltip(panel):
    panel.set_start("/somewhere/far/away/images.npz")
    label = next(label for label in panel.findChildren(QLabel) if label.text() == "images.npz")
    assert "/somewhere/far/away/images.npz" in label.toolTip()
    assert panel.start() == "/somewhere/far/away/images.npz"


def test_a_new_seed_is_another_one(qtbot, panel, setups):
    panel.set_rng_seed(2**31 - 1)
    qtbot.mouseClick(panel.findChild(QAbstractButton, "new_seed_button"), Qt.MouseButton.LeftButton)
    assert 0 <= panel.rng_seed() < 2**31 - 1
    assert [seed for _, seed, _ in setups] == [panel.rng_seed()]


def test_during_a_run_start_seed_and_method_are_fixed_and_say_why(panel):
    fixed = ("start_kind", "start_file_button", "rng_seed", "new_seed_button", "method_preset", "self_pairs",
             "reference_memory")  # fmt: skip
    panel.set_run_going(True)
    for name in fixed:
        assert not panel.findChild(QWidget, name).isEnabled()
        assert "during a run" in panel.findChild(QWidget, name).toolTip()
    assert panel.findChild(QSpinBox, "max_steps").isEnabled()
    panel.set_run_going(False)
    for name in fixed:
        assert panel.findChild(QWidget, name).isEnabled()
        assert "during a run" not in panel.findChild(QWidget, name).toolTip()


def test_the_memory_for_references_is_edited_and_told(panel, setups):
    assert panel.reference_memory() == 2.0
    panel.set_reference_memory(0.5)
    assert (panel.reference_memory(), setups) == (0.5, [])
    panel.findChild(QAbstractSpinBox, "reference_memory").setValue(4.0)
    assert (panel.reference_memory(), len(setups)) == (4.0, 1)


def test_it_fits_a_narrow_dock(panel):
    panel.set_start("/somewhere/a_file_with_a_rather_long_name_that_goes_on_and_on_for_ever.npz")
    assert panel.minimumSizeHint().width() <= 300


UNUSED_BY_EVOLUTION = ("learning_rate", "objective", "tolerance", "transformations", "blur_every", "reinitialise_below")


def test_only_what_the_way_of_making_steps_uses_is_shown_and_usable(panel):
    search = panel.findChild(QComboBox, "optimiser")
    of_evolution = [panel.findChild(QWidget, name) for name in ("encoding", "population")]
    unused = [panel.findChild(QWidget, name) for name in UNUSED_BY_EVOLUTION]
    for chosen, evolves in (("adam", False), ("evolution", True), ("sign", False)):
        search.setCurrentText(chosen)
        assert panel.descent().optimiser == chosen
        assert [editor.isVisibleTo(panel) for editor in of_evolution] == [evolves] * 2
        for editor in unused:
            assert editor.isEnabled() is not evolves
            assert ("Evolution does not use this" in editor.toolTip()) is evolves


def test_evolution_has_no_unit_even_if_the_unit_is_the_objective(panel):
    panel.set_descent(DescentSettings(objective="unit", unit="fc:1"))
    assert panel.findChild(QWidget, "unit").isVisibleTo(panel)
    panel.findChild(QComboBox, "optimiser").setCurrentText("evolution")
    assert not panel.findChild(QWidget, "unit").isVisibleTo(panel)
    assert panel.descent().driven_unit == ""


def test_settings_of_evolution_that_are_set_from_elsewhere_are_shown(panel):
    panel.set_descent(DescentSettings(optimiser="evolution", encoding="cppn", population=50))
    assert panel.findChild(QComboBox, "encoding").isVisibleTo(panel)
    assert panel.findChild(QComboBox, "encoding").currentText() == "CPPN"
    assert panel.findChild(QSpinBox, "population").value() == 50
