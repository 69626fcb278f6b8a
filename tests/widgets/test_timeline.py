import numpy as np
import pytest
from clocks import Clock
from colour_checks import has_colour
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QHelpEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QToolTip, QWidget

from fooler_gui.widgets.colours import CHANGED, REINITIALISED
from fooler_gui.widgets.timeline import SPEEDS, TimelinePanel
from fooler_gui.widgets.timeline_track import TimelineTrack


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def panel(qtbot, clock):
    panel = TimelinePanel(clock=clock)
    qtbot.addWidget(panel)
    panel.resize(900, 40)
    with qtbot.waitExposed(panel):
        panel.show()
    return panel


@pytest.fixture
def heard(panel):
    """Returns a list of what the panel emits."""
    heard = []
    panel.place_changed.connect(heard.append)
    panel.live_requested.connect(lambda: heard.append("live"))
    return heard


def fill(panel, count, reinitialised=(), changes=()):
    counts = np.zeros(count, int)
    for place, slots in reinitialised:
        counts[place] = slots
    panel.set_index(np.arange(count), counts, changes)


def part(panel, name) -> QWidget:
    return panel.findChild(QWidget, f"timeline_{name}")


def track(panel) -> TimelineTrack:
    return panel.findChild(TimelineTrack, "timeline_track")


def words(panel) -> str:
    label = panel.findChild(QLabel, "timeline_words")
    return label.text() if label.isVisible() else ""


def is_live(panel) -> bool:
    return part(panel, "live").isChecked()


def click(qtbot, panel, name):
    qtbot.mouseClick(part(panel, name), Qt.MouseButton.LeftButton)


def tick(panel):
    panel._play_timer.timeout.emit()


# Empty and full


def waits_to_emit(panel) -> bool:
    """Whether a place that a person chose is still to be emitted."""
    return panel._moves._timer.isActive()


def test_without_saves_it_says_so_and_nothing_can_be_pressed(panel):
    panel.clear("The run has no saves yet.")
    assert panel.place() == -1
    assert panel.step() is None
    assert words(panel) == ""
    for name in ("first", "back", "play", "forward", "last", "track"):
        assert not part(panel, name).isEnabled()
        assert "The run has no saves yet." in part(panel, name).toolTip()
    assert not part(panel, "live").isEnabled()
    assert "No run is running." in part(panel, "live").toolTip()


def test_a_whole_run_is_shown_at_its_last_save(panel, heard, qtbot):
    panel.set_index(np.arange(0, 122, 2), np.zeros(61))
    assert (panel.place(), panel.step()) == (60, 120)
    assert words(panel) == "Step 120 · save 61 of 61"
    assert "last save" in part(panel, "forward").toolTip()
    assert not part(panel, "last").isEnabled()
    assert part(panel, "first").isEnabled()
    assert not waits_to_emit(panel)
    assert heard == []


def test_one_save_leaves_nothing_to_choose(panel):
    fill(panel, 1)
    assert words(panel) == "Step 0 · save 1 of 1"
    for name in ("first", "back", "play", "forward", "last", "track"):
        assert "There is only one save." in part(panel, name).toolTip()
        assert not part(panel, name).isEnabled()


def test_a_new_index_keeps_the_step_that_is_looked_at(panel):
    fill(panel, 61)
    panel.set_place(30)
    panel.set_index([0, 10, 20, 25, 40, 60], np.zeros(6))
    assert (panel.place(), panel.step()) == (3, 25)
    panel.set_index([50, 60], np.zeros(2))
    assert panel.place() == 0
    panel.clear()
    assert panel.place() == -1
    fill(panel, 5)
    assert panel.place() == 4


def test_a_place_from_outside_is_not_echoed_and_brought_into_the_range(panel, heard, qtbot):
    fill(panel, 10)
    for asked, shown in ((4, 4), (99, 9), (-3, 0)):
        panel.set_place(asked)
        assert panel.place() == shown
    assert not waits_to_emit(panel)
    assert heard == []


# A person chooses


def test_buttons_move_by_one_and_to_the_ends(panel, heard, qtbot):
    fill(panel, 10)
    for name, place in (("back", 8), ("first", 0), ("forward", 1), ("last", 9)):
        with qtbot.waitSignal(panel.place_changed, timeout=2000):
            click(qtbot, panel, name)
        assert panel.place() == place
    assert heard == [8, 0, 1, 9]
    panel.set_place(0)
    assert not part(panel, "back").isEnabled()
    assert "first save" in part(panel, "back").toolTip()


def test_keys_move_by_one_and_home_and_end_need_the_focus(panel, heard, qtbot):
    fill(panel, 10)
    panel.activateWindow()
    with qtbot.waitSignal(panel.place_changed, timeout=2000):
        qtbot.keyClick(panel, Qt.Key.Key_Left, Qt.KeyboardModifier.ControlModifier)
    assert heard == [8]
    track(panel).setFocus()
    for key, place in ((Qt.Key.Key_Home, 0), (Qt.Key.Key_Right, 1), (Qt.Key.Key_End, 9), (Qt.Key.Key_PageDown, 8)):
        with qtbot.waitSignal(panel.place_changed, timeout=2000):
            qtbot.keyClick(track(panel), key)
        assert heard[-1] == place


def test_a_drag_is_told_of_sparsely_and_its_end_always(panel, heard, qtbot):
    fill(panel, 100)
    line = track(panel)
    middle = line.height() // 2
    qtbot.mousePress(line, Qt.MouseButton.LeftButton, pos=QPoint(round(line.x_of(99)), middle))
    for place in range(98, 40, -1):
        line.mouseMoveEvent(_move(line, line.x_of(place)))
    assert panel.place() == 41
    qtbot.mouseRelease(line, Qt.MouseButton.LeftButton, pos=QPoint(round(line.x_of(41)), middle))
    qtbot.waitUntil(lambda: heard[-1:] == [41], timeout=2000)
    assert len(heard) < 30


def _move(line, x):
    where = QPointF(x, line.height() / 2)
    left = Qt.MouseButton.LeftButton
    return QMouseEvent(
        QEvent.Type.MouseMove, where, line.mapToGlobal(where), left, left, Qt.KeyboardModifier.NoModifier
    )


def test_saves_that_arrive_do_not_swallow_a_choice(panel, heard, qtbot):
    panel.set_run_going(True)
    panel.add_saves(range(10), np.zeros(10))
    click(qtbot, panel, "first")
    panel.add_saves([10], [0])
    qtbot.waitUntil(lambda: heard == [0], timeout=2000)
    assert panel.place() == 0


# Live


def test_live_follows_the_newest_save_until_another_one_is_chosen(panel, heard, qtbot):
    panel.set_run_going(True)
    assert is_live(panel)
    panel.add_saves([0], [0])
    panel.add_saves([1, 2], [0, 1])
    assert (panel.place(), panel.step()) == (2, 2)
    assert is_live(panel)
    assert part(panel, "live").text() == "● Live"
    with qtbot.waitSignal(panel.place_changed, timeout=2000):
        click(qtbot, panel, "back")
    panel.add_saves([3], [0])
    assert not is_live(panel)
    assert part(panel, "live").text() == "○ Live"
    assert panel.place() == 1
    qtbot.keyClick(panel, Qt.Key.Key_L)
    assert is_live(panel)
    assert panel.place() == 3
    click(qtbot, panel, "live")
    assert is_live(panel)
    assert heard == [1, "live", "live"]


def test_an_ended_run_is_no_longer_live_and_rests_at_its_last_save(panel, heard, qtbot):
    panel.set_run_going(True)
    panel.add_saves(range(5), np.zeros(5))
    panel.set_run_going(False)
    assert not is_live(panel)
    assert panel.place() == 4
    qtbot.keyClick(panel, Qt.Key.Key_L)
    panel.go_live()
    assert not is_live(panel)
    assert heard == []


def test_going_live_from_outside_forgets_a_choice_that_waits(panel, heard, qtbot):
    panel.set_run_going(True)
    panel.add_saves(range(5), np.zeros(5))
    click(qtbot, panel, "first")
    panel.go_live()
    assert not waits_to_emit(panel)
    assert heard == []
    assert panel.place() == 4


# Play


def test_playing_shows_save_after_save_by_the_clock(panel, heard, qtbot, clock):
    fill(panel, 40)
    panel.set_place(2)
    panel.findChild(QComboBox, "timeline_speed").setCurrentIndex(SPEEDS.index(5))
    click(qtbot, panel, "play")
    assert panel.is_playing()
    assert panel._play_timer.interval() == 200
    assert part(panel, "play").icon_name() == "pause"
    for now in (0.1999, 0.41, 1.0):
        clock.now = now
        tick(panel)
    assert heard == [3, 4, 7]
    click(qtbot, panel, "play")
    assert not panel.is_playing()
    assert part(panel, "play").icon_name() == "run"
    clock.now = 9.0
    assert panel.place() == 7


def test_another_speed_counts_from_where_it_is_chosen(panel, heard, qtbot, clock):
    fill(panel, 1000)
    panel.set_place(0)
    click(qtbot, panel, "play")
    clock.now = 1.0
    tick(panel)
    panel.findChild(QComboBox, "timeline_speed").setCurrentIndex(SPEEDS.index(100))
    assert panel._play_timer.interval() == 30
    clock.now = 1.5
    tick(panel)
    assert heard == [10, 60]


def test_playing_ends_at_the_last_save_and_begins_at_the_first_again(panel, heard, qtbot, clock):
    fill(panel, 10)
    click(qtbot, panel, "play")
    qtbot.waitUntil(lambda: heard == [0], timeout=2000)
    clock.now = 5.0
    tick(panel)
    assert heard == [0, 9]
    assert not panel.is_playing()


def test_playing_up_to_the_newest_save_of_a_run_that_goes_on_is_live(panel, heard, qtbot, clock):
    panel.set_run_going(True)
    panel.add_saves(range(10), np.zeros(10))
    assert not part(panel, "play").isEnabled()
    assert "newest save" in part(panel, "play").toolTip()
    panel.set_place(5)
    qtbot.keyClick(panel, Qt.Key.Key_Space, Qt.KeyboardModifier.ControlModifier)
    clock.now = 1.0
    tick(panel)
    assert heard == [9, "live"]
    assert is_live(panel)


def test_a_choice_ends_the_playing_and_so_does_hiding(panel, qtbot):
    fill(panel, 10)
    for end in (lambda: click(qtbot, panel, "forward"), panel.hide):
        panel.set_place(3)
        click(qtbot, panel, "play")
        assert panel.is_playing()
        end()
        assert not panel.is_playing()


# Marks


def test_marks_are_drawn_and_told_under_the_mouse(panel):
    fill(panel, 61, reinitialised=[(20, 2)], changes=[(40, "fc 0.1"), (40, "batch 2")])
    line = track(panel)
    assert has_colour(panel, REINITIALISED)
    assert has_colour(panel, CHANGED)
    assert line.text_at(line.x_of(20)) == "Step 20 · save 21 of 61\nStep 20: 2 slots reinitialised"
    assert line.text_at(line.x_of(40)) == "Step 40 · save 41 of 61\nStep 40: fc 0.1\nStep 40: batch 2"
    assert line.text_at(line.x_of(30)) == "Step 30 · save 31 of 61"
    fill(panel, 61)
    assert not has_colour(panel, REINITIALISED)
    assert not has_colour(panel, CHANGED)


def test_the_tooltip_follows_the_mouse(panel):
    fill(panel, 61)
    line = track(panel)
    at = QPoint(round(line.x_of(12)), 5)
    QApplication.sendEvent(line, QHelpEvent(QEvent.Type.ToolTip, at, line.mapToGlobal(at)))
    assert QToolTip.text() == "Step 12 · save 13 of 61"
    QToolTip.hideText()


def test_marks_of_saves_that_arrive_are_counted_from_the_first(panel):
    panel.add_saves([0, 1], [1, 0])
    panel.add_saves([2, 3], [0, 3], [(3, "fc 2")])
    line = track(panel)
    assert line.text_at(line.x_of(0)).endswith("Step 0: 1 slot reinitialised")
    assert line.text_at(line.x_of(3)).endswith("Step 3: 3 slots reinitialised\nStep 3: fc 2")


def test_many_marks_are_counted_up_by_pixel(panel):
    count = 100_000
    fill(
        panel,
        count,
        reinitialised=[(place, 1) for place in range(0, count, 10)],
        changes=[(place, "x") for place in range(900)],
    )
    line = track(panel)
    columns, counts = line.reinitialised_ticks()
    assert len(columns) <= line.width()
    assert counts.sum() == count / 10
    assert (np.diff(columns) > 0).all()
    lines = line.text_at(line.x_of(0)).split("\n")
    assert lines[1].startswith("Steps 0 to ")
    assert len(lines) == 8
    assert lines[-1].endswith("more changes")
    assert has_colour(panel, REINITIALISED)


# Room


def test_words_are_shortened_and_then_left_off_where_there_is_no_room(panel):
    fill(panel, 61)
    shown = []
    for width in (900, 500, 400):
        panel.resize(width, 40)
        shown.append(words(panel))
        assert track(panel).width() >= track(panel).minimumSizeHint().width()
    assert shown == ["Step 60 · save 61 of 61", "Step 60", ""]
    assert panel.minimumSizeHint().width() <= 400


def test_words_do_not_change_their_width_while_playing(panel):
    fill(panel, 1000)
    label = panel.findChild(QLabel, "timeline_words")
    widths = set()
    for place in (0, 9, 99, 999):
        panel.set_place(place)
        widths.add(label.width())
    assert len(widths) == 1
    assert label.width() >= label.sizeHint().width()


def test_every_control_has_a_name(panel):
    for name in ("first", "back", "play", "forward", "last", "live", "speed", "track"):
        assert part(panel, name).accessibleName()
    fill(panel, 3)
    assert track(panel).accessibleDescription() == "Step 2 · save 3 of 3"
