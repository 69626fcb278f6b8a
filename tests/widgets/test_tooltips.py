from PySide6.QtWidgets import QPushButton

from fooler_gui.core.settings import DescentSettings
from fooler_gui.widgets.tooltips import paragraphs, range_sentence, set_disabled_because


def test_plain_text_becomes_paragraphs():
    assert paragraphs("a < b", "", "c") == "<p>a &lt; b</p><p>c</p>"


def test_a_range_is_told_with_its_unit():
    assert range_sentence(DescentSettings.info("max_steps"), whole=True) == "From 1 to 1,000,000 steps."
    assert range_sentence(DescentSettings.info("keep_refining"), whole=False) == ""


def test_a_disabled_control_says_why_and_then_what_it_does(qtbot):
    button = QPushButton()
    qtbot.addWidget(button)
    button.setToolTip("<p>Starts.</p>")
    set_disabled_because(button, "Nothing to start.")
    assert button.toolTip() == "<p>Nothing to start.</p><p>Starts.</p>"
    assert not button.isEnabled()
    set_disabled_because(button, "")
    assert button.toolTip() == "<p>Starts.</p>"
    assert button.isEnabled()
