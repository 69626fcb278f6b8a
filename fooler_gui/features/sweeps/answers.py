"""Answers what the views ask, in the background; of several questions meanwhile only the last."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from fooler_gui.features.sweeps.questions import Answer, Question, answer
from fooler_gui.session.background import Background
from fooler_gui.sweeps.cell_table import CellTable

_Asked = tuple[CellTable, Question]


class Answers(QObject):
    """Computes answers. Main thread only.

    Args:
        parent: Owner.

    Signals:
        answered: (Question, object) A question and its answer.
        problem_changed: (str) Why one cannot be answered.
    """

    answered = Signal(object, object)
    problem_changed = Signal(str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._wanted: _Asked | None = None
        self._is_busy = False
        self._latest: _Asked | None = None
        self._computing = Background(self)
        self._computing.problem_changed.connect(self._on_problem)

    def ask(self, cells: CellTable, question: Question) -> None:
        """Asks `question` of `cells`, unless it was the last to be answered or is being answered."""
        if (cells, question) != self._latest:
            self._wanted = cells, question
            self._go_on()

    def close(self) -> None:
        """Stops computing."""
        self._computing.end()

    def _go_on(self) -> None:
        if self._is_busy or self._wanted is None:
            return
        self._latest, self._wanted, self._is_busy = self._wanted, None, True
        cells, question = self._latest
        self._computing.do(lambda: answer(cells, question), lambda found: self._on_answer(question, found))

    def _on_answer(self, question: Question, found: Answer) -> None:
        self._is_busy = False
        self.answered.emit(question, found)
        self._go_on()

    @Slot(str)
    def _on_problem(self, sentence: str) -> None:
        self._is_busy = False
        self.problem_changed.emit(sentence)
        self._go_on()
