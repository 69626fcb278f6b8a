"""Answers the program's questions at random, without showing anything."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable, Iterator
from unittest.mock import patch

from PySide6.QtWidgets import QDialog, QFileDialog, QMessageBox

Answer = Callable[..., object]


@contextlib.contextmanager
def answered(rng: random.Random, path: Callable[[], str], noted: Callable[[Answer], Answer]) -> Iterator[None]:
    """Answers questions at random inside.

    Args:
        rng: Makes the choices.
        path: Returns a file, or "" for none.
        noted: Wraps an answer so that its use is noted.
    """

    def exec_box(box: QMessageBox) -> int:
        buttons = box.buttons()
        if buttons:
            rng.choice(buttons).click()
        return box.result()

    def exec_dialog(dialog: QDialog) -> int:
        dialog.show()
        (dialog.accept if rng.random() < 0.7 else dialog.reject)()
        return dialog.result()

    def to_read(*_: object, **__: object) -> tuple[str, str]:
        return path(), ""

    def to_write(*_: object, **__: object) -> tuple[str, str]:
        name = path()
        return (f"{name}-{rng.randrange(1_000)}" if name and rng.random() < 0.7 else name), ""

    def answer_ok(*_: object, **__: object) -> QMessageBox.StandardButton:
        return QMessageBox.StandardButton.Ok

    answers: tuple[tuple[type, str, Answer], ...] = (
        (QDialog, "exec", exec_dialog),
        (QMessageBox, "exec", exec_box),
        (QMessageBox, "information", answer_ok),
        (QMessageBox, "warning", answer_ok),
        (QMessageBox, "question", answer_ok),
        (QMessageBox, "about", answer_ok),
        (QFileDialog, "getOpenFileName", to_read),
        (QFileDialog, "getSaveFileName", to_write),
        (QFileDialog, "getOpenFileNames", lambda *_, **__: ([path()], "")),
        (QFileDialog, "getExistingDirectory", lambda *_, **__: path()),
    )
    with contextlib.ExitStack() as stack:
        for owner, name, answer in answers:
            stack.enter_context(patch.object(owner, name, noted(answer)))
        yield


@contextlib.contextmanager
def closing_is_allowed(*, allowed: bool = True) -> Iterator[None]:
    """Answers the question whether to close."""

    def exec_box(box: QMessageBox) -> int:
        role = QMessageBox.ButtonRole.AcceptRole if allowed else QMessageBox.ButtonRole.RejectRole
        next(button for button in box.buttons() if box.buttonRole(button) is role).click()
        return box.result()

    with patch.object(QMessageBox, "exec", exec_box):
        yield
