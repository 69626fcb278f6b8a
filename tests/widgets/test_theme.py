from __future__ import annotations

import pytest
from colour_checks import contrast, has_colour
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import (
    QCheckBox,
    QDialogButtonBox,
    QFileDialog,
    QMessageBox,
    QPushButton,
    QRadioButton,
    QStyle,
    QStyleOptionButton,
    QWidget,
)

from fooler_gui.widgets.action_button import ActionButton
from fooler_gui.widgets.colours import PAPER, SELECTED
from fooler_gui.widgets.theme import apply_theme, dark_palette, is_dark, light_palette, tabular_font

Role = QPalette.ColorRole
PAIRS = (
    (Role.WindowText, Role.Window),
    (Role.WindowText, Role.Base),
    (Role.Text, Role.Base),
    (Role.Text, Role.AlternateBase),
    (Role.ButtonText, Role.Button),
    (Role.PlaceholderText, Role.Base),
    (Role.PlaceholderText, Role.Window),
    (Role.Link, Role.Window),
    (Role.Link, Role.Base),
    (Role.LinkVisited, Role.Base),
    (Role.HighlightedText, Role.Highlight),
    (Role.ToolTipText, Role.ToolTipBase),
)


@pytest.fixture(autouse=True)
def _former_look(qapp):
    palette, style = QPalette(qapp.palette()), qapp.style().name()
    yield
    apply_theme(qapp, "light")
    qapp.setStyle(style)
    qapp.setPalette(palette)


def test_contrast_of_black_on_white_is_21():
    assert contrast(QColor("black"), QColor("white")) == pytest.approx(21)


@pytest.mark.parametrize("make_palette", [light_palette, dark_palette])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
@pytest.mark.parametrize("group", [QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive])
def test_text_can_be_read(qapp, make_palette, text, ground, group):
    palette = make_palette()
    assert contrast(palette.color(group, text), palette.color(group, ground)) >= 4.5


def sign_of(box) -> tuple[QColor, QColor]:
    """Returns the colours of the middle of the sign, and of where it differs most from the window."""
    option = QStyleOptionButton()
    option.initFrom(box)
    part = QStyle.SubElement.SE_CheckBoxIndicator
    if isinstance(box, QRadioButton):
        part = QStyle.SubElement.SE_RadioButtonIndicator
    place = box.style().subElementRect(part, option, box)
    image = box.grab(place).toImage()
    pixels = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    window = box.window().palette().color(Role.Window)
    middle = image.pixelColor(image.width() // 2, image.height() // 2)
    return middle, max(pixels, key=lambda colour: contrast(colour, window))


@pytest.mark.parametrize("choice", ["light", "dark"])
@pytest.mark.parametrize("make", [QCheckBox, QRadioButton])
def test_a_box_is_seen_on_the_window_and_a_chosen_one_is_told_from_another(qapp, qtbot, make, choice):
    apply_theme(qapp, choice)
    frame = QWidget()
    qtbot.addWidget(frame)
    box = make("words", frame)
    box.resize(box.sizeHint())
    frame.show()
    empty, edge = sign_of(box)
    assert contrast(edge, qapp.palette().color(Role.Window)) >= (3 if choice == "dark" else 1.5)
    palette = box.palette()
    assert contrast(palette.color(Role.Text), palette.color(Role.Base)) >= 3
    box.setChecked(True)
    chosen, _ = sign_of(box)
    assert contrast(chosen, empty) >= 4.5
    other = "light" if choice == "dark" else "dark"
    apply_theme(qapp, other)
    qtbot.waitUntil(lambda: box.palette().color(Role.Base) == qapp.palette().color(Role.Base))


@pytest.mark.parametrize("choice", ["light", "dark"])
def test_the_primary_buttons_words_can_be_read(qtbot, qapp, choice):
    apply_theme(qapp, choice)
    button = ActionButton("", "blank", "Nothing.", primary=True)
    qtbot.addWidget(button)
    button.resize(100, 26)
    assert button.grab().toImage().pixelColor(50, 13) == QColor(SELECTED)
    assert contrast(SELECTED, PAPER) >= 4.5
    button.setText("Run")
    assert has_colour(button, PAPER)
    button.set_primary(False)
    assert not has_colour(button, SELECTED)


@pytest.mark.parametrize(("choice", "dark"), [("light", False), ("dark", True)])
def test_a_theme_is_shown_in_fusion_style_by_every_widget(qtbot, qapp, choice, dark):
    button = QPushButton("Train")
    qtbot.addWidget(button)
    button.show()
    apply_theme(qapp, choice)
    assert qapp.style().baseStyle().name() == "fusion"
    assert is_dark(qapp) is dark
    expected = dark_palette() if dark else light_palette()
    qtbot.waitUntil(lambda: button.palette().color(Role.ButtonText) == expected.color(Role.ButtonText), timeout=2000)


def make_message() -> QMessageBox:
    return QMessageBox(QMessageBox.Icon.Question, "title", "text", QMessageBox.StandardButton.Cancel)


def make_file_dialog() -> QFileDialog:
    dialog = QFileDialog()
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    return dialog


@pytest.mark.parametrize("make", [make_message, make_file_dialog])
def test_the_buttons_of_dialogs_carry_no_pictures_of_qt(qapp, qtbot, make):
    apply_theme(qapp, "dark")
    dialog = make()
    qtbot.addWidget(dialog)
    dialog.show()
    buttons = dialog.findChild(QDialogButtonBox).buttons()
    assert buttons
    assert all(button.icon().isNull() for button in buttons)


def test_a_system_that_does_not_tell_counts_as_light(qapp):
    apply_theme(qapp, "dark")
    apply_theme(qapp, "system")
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Unknown)
    assert not is_dark(qapp)


def test_the_systems_change_is_followed(qapp):
    apply_theme(qapp, "system")
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert is_dark(qapp)
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Light)
    assert not is_dark(qapp)


def test_the_systems_change_is_not_followed_once_a_theme_is_chosen(qapp):
    apply_theme(qapp, "system")
    apply_theme(qapp, "light")
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert not is_dark(qapp)


def test_an_unknown_theme_is_refused_with_what_is_allowed(qapp):
    with pytest.raises(ValueError, match="system, light, dark; received 'pink'"):
        apply_theme(qapp, "pink")


def test_tabular_figures_leave_the_given_font_as_it_is(qapp):
    font = QFont(qapp.font())
    tabular = tabular_font(font)
    assert tabular.featureValue(QFont.Tag("tnum")) == 1
    assert not font.isFeatureSet(QFont.Tag("tnum"))
    assert tabular.family() == font.family()
