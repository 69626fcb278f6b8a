"""Mnemonics: the underlined letters that choose entries of a menu or press buttons; no two are equal in one place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QMenu, QMenuBar


def plain(text: str) -> str:
    """Returns the `text` of an action as it is read, without the mark of its mnemonic."""
    return re.sub("&(.)", r"\1", text)


def give_mnemonics(entries: Iterable[QAction | QAbstractButton]) -> None:
    """Marks a letter of each of `entries`: the first letter of a word, else any, that none before it has."""
    taken: set[str] = set()
    for entry in entries:
        text = plain(entry.text())
        place = next((place for place in _candidates(text) if text[place].lower() not in taken), None)
        marked = text.replace("&", "&&")
        if place is not None:
            taken.add(text[place].lower())
            before, after = (part.replace("&", "&&") for part in (text[:place], text[place:]))
            marked = f"{before}&{after}"
        if marked != entry.text():
            entry.setText(marked)


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
