from dataclasses import dataclass

import pytest
from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QLabel, QSpinBox

from fooler_gui.core.settings import DescentSettings, Settings, setting
from fooler_gui.widgets.setting_form import SettingForm

NAMES = ("learning_rate", "max_steps", "min_probability", "keep_refining")


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing(Settings):
    shape: str = setting("round", "Shape", "What is drawn.", choices=("round", "square"))


@pytest.fixture
def form(qtbot):
    form = SettingForm(DescentSettings(), NAMES)
    qtbot.addWidget(form)
    return form


def recorded(form):
    values = []
    form.changed.connect(values.append)
    return values


def test_each_kind_of_setting_gets_its_kind_of_editor(form):
    assert isinstance(form.editor("max_steps"), QSpinBox)
    assert isinstance(form.editor("learning_rate"), QDoubleSpinBox)
    assert isinstance(form.editor("keep_refining"), QCheckBox)
    assert form.findChild(QSpinBox, "save_frequency") is None


def test_editors_are_named_and_explained(form):
    for name in NAMES:
        editor, info = form.editor(name), DescentSettings.info(name)
        assert editor.objectName() == name
        assert editor.accessibleName() == info.label
        assert info.tip in editor.toolTip()
    assert "From 1 to 1,000,000 steps." in form.editor("max_steps").toolTip()
    assert form.editor("max_steps").text() == "60 steps"
    assert any(label.text() == "of the pixel range per step" for label in form.findChildren(QLabel))


def test_an_edit_gives_the_new_settings_and_keeps_the_fields_that_are_not_shown(form):
    form.set_value(DescentSettings(save_frequency=7))
    values = recorded(form)
    form.editor("max_steps").setValue(90)
    form.editor("min_probability").setValue(0.99999)
    form.editor("keep_refining").click()
    expected = DescentSettings(save_frequency=7, max_steps=90, min_probability=0.99999, keep_refining=True)
    assert values[-1] == expected
    assert form.value() == expected
    assert len(values) == 3


def test_set_value_shows_the_settings_and_sends_nothing(form):
    values = recorded(form)
    form.set_value(DescentSettings(learning_rate=1e-3, min_probability=0.9999, keep_refining=True))
    assert form.editor("learning_rate").text() == "1e-3"
    assert form.editor("min_probability").text() == "0.9999"
    assert form.editor("keep_refining").isChecked()
    assert values == []


def test_choices_are_offered_in_a_combo_box(qtbot):
    form = SettingForm(Drawing(), ("shape",))
    qtbot.addWidget(form)
    values = recorded(form)
    form.findChild(QComboBox, "shape").setCurrentText("square")
    assert values == [Drawing(shape="square")]
    form.set_value(Drawing())
    assert form.findChild(QComboBox, "shape").currentText() == "round"
    assert len(values) == 1
