"""Entries of a menu for what was opened recently."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtWidgets import QMenu

from fooler_gui.core.path_text import path_of


def add_recent(menu: QMenu, paths: Iterable[str], open_path: Callable[[str], object]) -> None:
    """Adds an entry for each of `paths`, in their order; those that no longer exist are disabled.

    Args:
        menu: The menu, about to be shown.
        paths: Files or folders.
        open_path: Called with the chosen path.
    """
    menu.setToolTipsVisible(True)
    for path in paths:
        action = menu.addAction(path_of(path).name.replace("&", "&&"))
        exists = path_of(path).exists()
        action.setEnabled(exists)
        action.setToolTip(path if exists else f"{path} is no longer there.")
        action.triggered.connect(lambda _checked, chosen=path: open_path(chosen))


def fill_recent(
    menu: QMenu,
    paths: Iterable[str],
    open_path: Callable[[str], object],
    clear: Callable[[], object],
    nothing: str,
) -> None:
    """Replaces the entries of `menu` by `paths` as `add_recent` does, and one that clears the list.

    Args:
        menu: The menu, about to be shown.
        paths: Files or folders.
        open_path: Called with the chosen path.
        clear: Empties the list.
        nothing: The only entry while there are no paths.
    """
    menu.clear()
    add_recent(menu, paths, open_path)
    if menu.isEmpty():
        menu.addAction(nothing).setEnabled(False)
        return
    menu.addSeparator()
    menu.addAction("Clear this list", clear)
