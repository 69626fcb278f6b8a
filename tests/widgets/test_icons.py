from __future__ import annotations

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon, QImage, QPalette

from fooler_gui.resources import resource
from fooler_gui.widgets import icons
from fooler_gui.widgets.icons import icon

NAMES = [
    "run", "pause", "step", "stop", "export", "undo", "redo", "open", "save", "reset", "pin", "reinitialise", "add",
    "remove", "retrain", "train", "copy", "theme", "app", "first", "back", "forward", "last", "draw", "erase",
    "close", "float", "help", "show", "classifier", "lesson",
]  # fmt: skip


def strongest(image: QImage) -> QColor:
    pixels = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    return max(pixels, key=lambda colour: colour.alpha())


@pytest.mark.parametrize("name", NAMES)
def test_every_icon_is_drawn(qapp, name):
    image = icon(name, QColor("red")).pixmap(QSize(16, 16)).toImage()
    assert image.size() == QSize(16, 16)
    assert strongest(image).alpha() > 150


def test_every_file_has_its_icon_in_the_list():
    assert sorted(path.stem for path in resource("icons").glob("*.svg")) == sorted(NAMES)


def test_an_icon_takes_the_colour_given(qapp):
    assert strongest(icon("stop", QColor("#123456")).pixmap(16).toImage()).name() == "#123456"


def test_an_icon_takes_the_palettes_colours_for_both_modes(qapp):
    palette = QPalette()
    role = QPalette.ColorRole.ButtonText
    palette.setColor(QPalette.ColorGroup.Active, role, QColor("#00ff00"))
    palette.setColor(QPalette.ColorGroup.Disabled, role, QColor("#0000ff"))
    made = icon("stop", palette)
    assert strongest(made.pixmap(QSize(16, 16), QIcon.Mode.Normal).toImage()).name() == "#00ff00"
    assert strongest(made.pixmap(QSize(16, 16), QIcon.Mode.Disabled).toImage()).name() == "#0000ff"


def test_a_disabled_icon_of_one_colour_is_paler(qapp):
    disabled = icon("stop", QColor("red")).pixmap(QSize(16, 16), QIcon.Mode.Disabled).toImage()
    assert strongest(disabled).alphaF() == pytest.approx(0.4, abs=0.05)


def test_an_icon_is_drawn_afresh_for_screens_of_double_density(qapp):
    pixmap = icon("run", QColor("black")).pixmap(QSize(16, 16), 2.0)
    assert pixmap.size() == QSize(32, 32)
    assert pixmap.devicePixelRatio() == 2.0


def test_a_missing_icon_is_named(qapp):
    with pytest.raises(ValueError, match="no icon called 'unicorn'"):
        icon("unicorn", QColor("black"))


def test_an_icon_that_several_buttons_have_is_drawn_once(qapp, monkeypatch):
    drawn = []
    draw = icons._drawn
    monkeypatch.setattr(icons, "_drawn", lambda *arguments: drawn.append(arguments) or draw(*arguments))
    first, again = icon("run", QColor("#0a1b2c")), icon("run", QColor("#0a1b2c"))
    assert len(drawn) == 2 * len(first.availableSizes())
    for mode in (QIcon.Mode.Normal, QIcon.Mode.Disabled):
        assert again.pixmap(QSize(24, 24), mode).toImage() == first.pixmap(QSize(24, 24), mode).toImage()
    icon("run", QColor("#0a1b2d"))
    assert len(drawn) == 4 * len(first.availableSizes())
