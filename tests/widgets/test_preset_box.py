import pytest

from fooler_gui.widgets.preset_box import PresetBox


@pytest.fixture
def box(qtbot):
    box = PresetBox({"article": "article", "2016": "2016 program"})
    qtbot.addWidget(box)
    return box


def test_choosing_a_preset_gives_its_name(qtbot, box):
    with qtbot.waitSignal(box.preset_requested, timeout=2000) as signal:
        box.setCurrentText("2016 program")
    assert signal.args == ["2016"]


def test_showing_sends_nothing(box):
    chosen = []
    box.preset_requested.connect(chosen.append)
    box.show_preset("2016")
    assert box.currentText() == "2016 program"
    box.show_other("own")
    assert box.currentText() == "own"
    box.show_preset("article")
    assert [box.itemText(index) for index in range(box.count())] == ["article", "2016 program"]
    assert chosen == []


def test_a_preset_can_be_chosen_again_from_another_state(qtbot, box):
    box.show_other("article, changed")
    with qtbot.waitSignal(box.preset_requested, timeout=2000) as signal:
        box.setCurrentIndex(0)
    assert signal.args == ["article"]
