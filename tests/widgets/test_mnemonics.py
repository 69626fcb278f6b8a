from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QLabel, QMenu, QWidget

from fooler_gui.features.export.export_dialog import ExportDialog
from fooler_gui.features.export.preview_drawer import PreviewDrawer
from fooler_gui.widgets.mnemonics import give_mnemonics, keep_mnemonics, plain


def test_the_first_letter_of_a_word_is_marked_that_no_entry_before_has(qapp):
    actions = [QAction(text) for text in ("Run", "Runs…", "Rounds of retraining…", "Recent", "3", "…")]
    give_mnemonics(actions)
    assert [action.text() for action in actions] == ["&Run", "R&uns…", "Rounds &of retraining…", "R&ecent", "&3", "…"]
    assert [plain(action.text()) for action in actions][:2] == ["Run", "Runs…"]


def test_an_ampersand_in_a_name_stays_one(qapp):
    actions = [QAction("salt && pepper"), QAction("&& more")]
    give_mnemonics(actions)
    assert [action.text() for action in actions] == ["&salt && pepper", "&& &more"]
    give_mnemonics(actions)
    assert [plain(action.text()) for action in actions] == ["salt & pepper", "& more"]


def test_entries_that_come_later_get_their_letters_when_the_menu_is_shown(qtbot):
    menu = QMenu("Menu")
    qtbot.addWidget(menu)
    inner = menu.addMenu("Inner")
    keep_mnemonics(menu)
    added = inner.addAction("Added")
    inner.aboutToShow.emit()
    assert (menu.actions()[0].text(), added.text()) == ("&Inner", "&Added")


def test_the_buttons_of_a_dialog_have_letters_of_their_own(qtbot):
    owner = QWidget()
    dialog = ExportDialog(PreviewDrawer(owner), ".gif", owner)
    qtbot.addWidget(owner)
    texts = [
        *(label.text() for label in dialog.findChildren(QLabel) if label.buddy()),
        *(button.text() for button in buttons_of(dialog)),
    ]
    letters = [text[text.index("&") + 1].lower() for text in texts]
    assert len(set(letters)) == len(letters) == 12


def buttons_of(dialog):
    return [button for button in dialog.findChildren(QAbstractButton) if button.text()]
