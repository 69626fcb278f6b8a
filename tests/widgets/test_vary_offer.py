from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QWidget
from pytestqt.qtbot import QtBot

from fooler_gui.core.settings import DescentSettings
from fooler_gui.widgets.panel_layout import column_of
from fooler_gui.widgets.setting_form import SettingForm
from fooler_gui.widgets.vary_offer import VaryOffer


@pytest.fixture
def form(qtbot: QtBot) -> SettingForm:
    form = SettingForm(DescentSettings(), ("learning_rate", "objective", "max_steps"))
    panel = QWidget()
    column_of(form, on=panel)
    panel.offer = VaryOffer(panel, "backwork")
    form.panel = panel
    qtbot.addWidget(panel)
    panel.show()
    return form


def menu_at(control: QWidget) -> QMenu | None:
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, QPoint(3, 3), control.mapToGlobal(QPoint(3, 3)))
    QApplication.sendEvent(control, event)
    return open_menu(control)


def open_menu(control: QWidget) -> QMenu | None:
    return next((menu for menu in control.findChildren(QMenu, "vary_menu") if menu.isVisible()), None)


@pytest.mark.parametrize("name", ["learning_rate", "objective", "max_steps"])
def test_every_setting_can_be_varied_from_its_menu(qtbot: QtBot, form: SettingForm, name: str) -> None:
    menu = menu_at(form.editor(name))
    assert menu is not None
    action = menu.actions()[-1]
    assert action.text() == "Vary this…"
    with qtbot.waitSignal(form.panel.offer.requested) as asked:
        action.trigger()
    assert asked.args == ["backwork", name]
    menu.close()


def test_a_number_keeps_what_its_menu_had(form: SettingForm) -> None:
    menu = menu_at(form.editor("max_steps"))
    texts = " ".join(action.text() for action in menu.actions())
    assert "Paste" in texts.replace("&", "")
    menu.close()


@pytest.mark.parametrize(
    ("key", "modifier"),
    [(Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier), (Qt.Key.Key_Menu, Qt.KeyboardModifier.NoModifier)],
)
def test_the_menu_opens_with_its_keys(
    qtbot: QtBot, form: SettingForm, key: Qt.Key, modifier: Qt.KeyboardModifier
) -> None:
    qtbot.keyClick(form.editor("objective"), key, modifier)
    menu = open_menu(form.editor("objective"))
    assert menu is not None
    menu.close()


def test_the_name_beside_a_field_has_the_menu_too(form: SettingForm) -> None:
    label = next(label for label in form.findChildren(QLabel) if label.buddy() is form.editor("objective"))
    menu = menu_at(label)
    assert menu is not None
    menu.close()


def test_without_an_offer_around_it_a_control_is_as_it_was(qtbot: QtBot) -> None:
    form = SettingForm(DescentSettings(), ("objective",))
    qtbot.addWidget(form)
    form.show()
    assert menu_at(form.editor("objective")) is None
