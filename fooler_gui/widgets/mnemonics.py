"""Mnemonics: the underlined letters by which a menu's entries are chosen; no two are equal within one menu."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QMenuBar


def plain(text: str) -> str:
    """Returns the `text` of an action as it is read, without the mark of its mnemonic."""
    return re.sub("&(.)", r"\1", text)


def give_mnemonics(actions: Iterable[QAction]) -> None:
    """Marks a letter of each of `actions`: the first letter of a word, else any, that none before it has."""
    taken: set[str] = set()
    for action in actions:
        text = plain(action.text())
        place = next((place for place in _candidates(text) if text[place].lower() not in taken), None)
        marked = text.replace("&", "&&")
        if place is not None:
            taken.add(text[place].lower())
            before, after = (part.replace("&", "&&") for part in (text[:place], text[place:]))
            marked = f"{before}&{after}"
        if marked != action.text():
            action.setText(marked)


def keep_mnemonics(menu: QMenu | QMenuBar) -> None:
    """Gives the entries of `menu` and of all menus in it mnemonics, now and whenever one is about to be shown."""
    entries = menu.actions()
    give_mnemonics(action for action in entries if not action.isSeparator())
    if isinstance(menu, QMenu):
        menu.aboutToShow.connect(lambda: give_mnemonics(entry for entry in menu.actions() if not entry.isSeparator()))
    for action in entries:
        inner = action.menu()
        if isinstance(inner, QMenu):
            keep_mnemonics(inner)


def _candidates(text: str) -> Iterator[int]:
    """Yields the places of letters and digits in `text`, those that begin a word first."""
    yield from (match.start() for match in re.finditer(r"\b[A-Za-z0-9]", text))
    yield from (match.start() for match in re.finditer(r"[A-Za-z0-9]", text))
